"""Which partner is in which program, from when to when, agreed by whom."""
