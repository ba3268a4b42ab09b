"""Works out figures: every metric, parameter and tier of every partner, on any date."""

from rulebook.measuring.figures import Figures
from rulebook.measuring.qualify import Qualifying

__all__ = ["Figures", "Qualifying"]
