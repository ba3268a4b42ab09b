"""The companies, their families, and who works for which."""
