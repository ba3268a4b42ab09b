"""A second reading of the two programs, written without the engine, to test it against."""
