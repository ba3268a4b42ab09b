"""Every seeded fault is seen: the engine then differs from the reference on some case.

A difference that is there without the fault too proves nothing and is passed over.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import pytest

from tests.reference.agree import outcome
from tests.reference.faults import FAULTS, Fault
from tests.reference.generate import seeded_case

CASES = 400
SECONDS = 150  # of this process, however busy the machine is
HEADING = "Seeded faults"

# The case to look at first, for speed: the first that saw the fault. Any other does as well.
FIRST = {
    "ago_left_out": 1,
    "any_first": 5,
    "branch_is_the_member": 98,
    "comparisons_at_full_precision": 27,
    "dates_not_on_period_ends": 46,
    "distinct_left_out": 2,
    "enrolled_cut": 6,
    "enrollment_end_exclusive": 17,
    "everyone_ranked": 23,
    "family_double": 27,
    "family_of_children": 14,
    "fiscal_year_ignored": 29,
    "half_to_even": 31,
    "lower_median": 3,
    "minor_unit": 4,
    "month_end_runs_over": 3,
    "month_without_its_year": 92,
    "null_counted": 4,
    "off_by_one_window": 12,
    "percentile_of_all": 19,
    "rank_ties": 14,
    "rate_of_the_wrong_day": 68,
    "rate_rounding": 14,
    "repeated_rows_counted": 161,
    "sequential_left_out": 11,
    "strict_bar": 19,
    "until_inclusive": 17,
    "weeks_from_sunday": 177,
    "wrong_rounding": 4,
}


@cache
def sound(seed: int) -> bool:
    """Whether engine and reference agree on a case as things stand."""
    return not outcome(seeded_case(seed))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_seeded_fault_is_seen(fault: Fault, figures: Any) -> None:
    ends = time.process_time() + SECONDS
    first = FIRST.get(fault.name, 0)
    for seed in (first, *(other for other in range(CASES) if other != first)):
        if time.process_time() > ends:
            break
        with pytest.MonkeyPatch.context() as monkey:
            fault.patch(monkey)
            found = outcome(seeded_case(seed))
        # Another answer, not a breakdown: a fault that breaks the engine proves nothing.
        seen = bool(found) and not found[0].startswith("refused")
        if seen and sound(seed):
            figures.record(HEADING, f"{fault.breaks} ({fault.name})", f"seen in case {seed}")
            return
    pytest.fail(f"{fault.breaks}: not seen in {CASES} cases or {SECONDS} s", pytrace=False)


def test_there_are_twenty_and_each_says_what_it_breaks() -> None:
    assert len({fault.breaks for fault in FAULTS}) == len(FAULTS) >= 20
