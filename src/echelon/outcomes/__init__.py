"""What the rules conclude from the records."""
