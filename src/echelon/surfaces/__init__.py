"""What people and machines see: the only views and templates."""
