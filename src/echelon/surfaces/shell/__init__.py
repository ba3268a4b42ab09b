"""What all surfaces share: layout, components, static files."""
