"""Lines of imports, which the vendor and partners have alike: each for their own."""

from collections.abc import Callable

from django.db.models import Model

from echelon.records.facts.models import Batch
from tests.echelon.isolation.lines import Line, Lines

_SALES = "number,who,day\n1,nobody,2026-01-01\n"


def _batch_is(state: str) -> Callable[[dict[str, Model]], None]:
    """Put a company's batch into a state."""

    def put(made: dict[str, Model]) -> None:
        Batch.objects.filter(pk=made["batch"].pk).update(state=state)

    return put


def lines(place: str) -> Lines:
    """The lines of the imports at a place."""
    one = f"{place}<uuid:batch>/"
    return {
        (f"{place}", "GET"): Line("facts: load"),
        (f"{place}new/", "GET"): Line("facts: load"),
        (f"{place}new/", "POST"): Line(
            "facts: load",
            form={"type": "sales"},
            files={"file": ("sales.csv", _SALES)},
        ),
        (one, "GET"): Line("facts: load"),
        (f"{one}map/", "GET"): Line("facts: load"),
        (f"{one}map/", "POST"): Line(
            "facts: load",
            form={"column-0": "0", "value-1": "somebody", "value-2": "2026-01-01"},
            unaudited="nothing counts yet: loading a file and committing it are audited",
        ),
        (f"{one}rows/", "GET"): Line("facts: load"),
        (f"{one}rows/", "POST"): Line("facts: load", form={"again": "1"}),
        (f"{one}rows/<str:form>/", "GET"): Line("facts: load"),
        (f"{one}commit/", "POST"): Line("facts: load"),
        (f"{one}drop/", "POST"): Line("facts: load"),
        (f"{one}again/", "POST"): Line(
            "facts: load", unaudited="what was asked for is asked for once more"
        ),
        (f"{one}undo/", "GET"): Line("facts: load", before=_batch_is("committed")),
        (f"{one}undo/", "POST"): Line("facts: load", before=_batch_is("committed")),
    }


LINES: Lines = {**lines("vendor/data/imports/"), **lines("portal/data/")}
