"""What the vendor's people see."""
