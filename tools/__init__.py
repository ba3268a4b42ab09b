"""Tools that the build runs; nothing here is shipped."""
