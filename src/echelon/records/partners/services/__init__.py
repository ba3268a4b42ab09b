"""All that changes partners: one module a noun, one function a verb."""
