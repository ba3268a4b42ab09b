"""A partner program as a typed document: tiers, requirements, movement, benefits, tracks."""

from rulebook.program.benefit import Benefit
from rulebook.program.movement import Cadence, Movement, TimeSpan
from rulebook.program.parameter import Parameter, Segmented
from rulebook.program.program import Example, Fx, Ladder, Program, Track
from rulebook.program.requirement import AllOf, AnyOf, AtLeast, Leaf, Requirement
from rulebook.program.tier import Tier

__all__ = [
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Benefit",
    "Cadence",
    "Example",
    "Fx",
    "Ladder",
    "Leaf",
    "Movement",
    "Parameter",
    "Program",
    "Requirement",
    "Segmented",
    "Tier",
    "TimeSpan",
    "Track",
]
