"""Writes of the room: levelling, answers to proposals, overrides, what is due."""
