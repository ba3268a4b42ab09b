"""Writes of this room: versions of programs, and the vendor's catalogue of tiers."""
