"""A channel that the engine can level, as the tests of standings have it."""

from tests.echelon.outcomes.standings.conftest import channel, tables

__all__ = ["channel", "tables"]
