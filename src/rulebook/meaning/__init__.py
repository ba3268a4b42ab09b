"""What a program means on given tables: every name resolved, every expression typed."""

from rulebook.meaning.model import Meaning
from rulebook.meaning.program import understand

__all__ = ["Meaning", "understand"]
