"""How much of a test to run: a sample on every change, the full figure in ``make proof``."""

import os
from collections.abc import Callable

import hypothesis
import pytest

PROOF = os.environ.get("ECHELON_PROOF", "") not in ("", "0")

# A sample that a build runs is the same on every run: a red build then means the change. The
# proof looks at fresh cases each time. Where a case is slow is a matter for benchmarks.
hypothesis.settings.register_profile(
    "echelon", deadline=None, derandomize=not PROOF, print_blob=True
)
hypothesis.settings.load_profile("echelon")


def sample_size(*, ci: int, proof: int) -> int:
    """The size for this run; for decorators, where a fixture can't reach."""
    return proof if PROOF else ci


@pytest.fixture(scope="session")
def sample() -> Callable[..., int]:
    """``sample(ci=200, proof=2000)`` is the size for this run."""
    return sample_size
