"""The parts of the generator, one file a subject."""
