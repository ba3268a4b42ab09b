"""What machines see: REST, described by OpenAPI."""
