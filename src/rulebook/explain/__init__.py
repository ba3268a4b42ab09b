"""Says why: opens figures to their records, tiers to their requirements, standings to a sentence.

Nothing is worked out here a second time: what is shown is a by-product of the walk through facts
and of the figures by which a partner was levelled. `Evidence` opens a metric, `Requirements` a
tier, `Sentences` says where a partner stands, `benefit_lines` what that gives it.
"""

from rulebook.explain.benefits import BenefitLine, benefit_lines
from rulebook.explain.evidence import Evidence
from rulebook.explain.figure import Amount, Confirmation, Figure, Part, Peers, Record, Records
from rulebook.explain.requirements import Checked, Needed, Requirements, TierView
from rulebook.explain.sentence import Sentences

__all__ = [
    "Amount",
    "BenefitLine",
    "Checked",
    "Confirmation",
    "Evidence",
    "Figure",
    "Needed",
    "Part",
    "Peers",
    "Record",
    "Records",
    "Requirements",
    "Sentences",
    "TierView",
    "benefit_lines",
]
