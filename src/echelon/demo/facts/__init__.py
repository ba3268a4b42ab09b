"""What the demo's partners did, as the files that a vendor would load: one module a kind."""
