"""What one person asks for and another must decide before it is done."""
