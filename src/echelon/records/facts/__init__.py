"""What happened: typed, dated, append-only, as the engine reads it."""
