"""What any room may need: who may do what, jobs, news, the audit trail, files, accounts."""
