"""What a program means on given tables: every name resolved, every expression typed."""

from rulebook.meaning.program import Meaning, understand

__all__ = ["Meaning", "understand"]
