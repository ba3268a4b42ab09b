"""Who is there, what was promised, what happened."""
