"""The kinds of metric, one file each; `METRIC_KINDS` lists them once.

A kind is recognised by the one key that only it has; its tag is that key in <>, so that an
error's location never takes it for a key of the document. The document's schema and reader
follow from the classes; how a kind is measured stands in `rulebook.measuring`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from rulebook.metrics.attested import Attested
from rulebook.metrics.formula import Formula
from rulebook.metrics.measured import Measured
from rulebook.metrics.over_time import OverTime
from rulebook.metrics.percentile import Percentile
from rulebook.metrics.rank import Rank

METRIC_KINDS = (Measured, Formula, OverTime, Rank, Percentile, Attested)

BY_KEY = {kind.key(): kind for kind in METRIC_KINDS}


def _kind(value: Any) -> str | None:
    if isinstance(value, METRIC_KINDS):
        return f"<{type(value).key()}>"
    if isinstance(value, dict):
        return next((f"<{key}>" for key in BY_KEY if key in value), None)
    return None


Metric = Annotated[
    Annotated[Measured, Tag("<from>")]
    | Annotated[Formula, Tag("<formula>")]
    | Annotated[OverTime, Tag("<of>")]
    | Annotated[Rank, Tag("<rank>")]
    | Annotated[Percentile, Tag("<percentile>")]
    | Annotated[Attested, Tag("<attested>")],
    Discriminator(
        _kind,
        custom_error_type="metric_kind",
        custom_error_message="a metric has one of: from, formula, of, rank, percentile, attested",
    ),
]

__all__ = [
    "BY_KEY",
    "METRIC_KINDS",
    "Attested",
    "Formula",
    "Measured",
    "Metric",
    "OverTime",
    "Percentile",
    "Rank",
]
