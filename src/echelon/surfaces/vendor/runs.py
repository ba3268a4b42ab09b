"""Runs: what was levelled when, by which version, what came of it; and asking for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import EVERY, Hidden, Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.jobs import selectors as jobs
from echelon.foundation.jobs.states import OPEN
from echelon.foundation.jobs.states import State as JobState
from echelon.outcomes.standings import names, selectors
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.services import asking
from echelon.outcomes.standings.states import Outcome
from echelon.records.facts import selectors as facts
from echelon.records.programs import selectors as programs
from echelon.surfaces.shell.paging import page

TONES = {Outcome.DONE: "green", Outcome.FAILED: "red"}


class Asking(forms.Form):
    """Which program is to be levelled, and as of when."""

    program = forms.ChoiceField(label=gettext_lazy("Program"))
    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: today. Never before the day last levelled."),
    )

    def __init__(self, there: Iterable[Any], *args: Any, **kwargs: Any) -> None:
        """Offer the programs that there are."""
        super().__init__(*args, **kwargs)
        choices = [(str(each.id), each.name) for each in there]
        self.fields["program"].choices = choices  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Shown:
    """A run, how it went and how long it took."""

    run: Any

    @property
    def tone(self) -> str:
        """The colour of its outcome."""
        return TONES[Outcome(self.run.outcome)]

    @property
    def took(self) -> str:
        """How long it took."""
        return _took(self.run.ended_at - self.run.started_at)


@guarded(Right.STANDINGS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show runs, the newest first, and what waits to be levelled."""
    return _listed(request, None)


@guarded(Right.STANDINGS_RUN)
@require_POST
def asked(request: HttpRequest) -> HttpResponse:
    """Ask for a run; the page then shows how far it is."""
    scope = scope_of(request)
    form = Asking(programs.programs(scope), request.POST)
    if not form.is_valid():
        return _listed(request, form)
    program, day = UUID(form.cleaned_data["program"]), form.cleaned_data["as_of"]
    try:
        job = asking.ask(scope, program=program, as_of=day, at=timezone.now())
    except Refused as refused:
        form.add_error("as_of", refused.problems)
        return _listed(request, form)
    query = urlencode({"program": program, "job": job})
    return redirect(f"{reverse('vendor:runs')}?{query}")


@guarded(Right.STANDINGS_READ)
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """Show how far a run is that was asked for: a part of the page, which asks again for it."""
    found = selectors.asked(scope_of(request), _job(request))
    if found is None:
        raise Hidden
    return render(request, "vendor/run_progress.html", _progress(found))


@guarded(Right.STANDINGS_READ)
@require_GET
def detail(request: HttpRequest, run: UUID) -> HttpResponse:
    """Show one run: what it rests on, who moved, what is wrong."""
    scope = scope_of(request)
    found = selectors.run(scope, run)
    words = names.names(timezone.now())
    moved = page(selectors.movers(scope, run), request.GET.get("after", ""))
    ladders = [
        {
            "track": words.track(found.program_id, track),
            "tiers": [
                (label, counts["held"].get(name or "", 0), counts["qualified"].get(name or "", 0))
                for name, label in _ladder(words, found.program_id, track)
            ],
        }
        for track, counts in found.counts.items()
    ]
    movers = [
        (
            row,
            words.track(row.program_id, row.track),
            words.tier(row.program_id, row.track, row.was or None),
            words.tier(row.program_id, row.track, row.held),
            _is_up(list(words.tiers(row.program_id, row.track)), row.was, row.now),
        )
        for row in moved.rows
    ]
    context = {
        "shown": Shown(found),
        "page": moved,
        "movers": movers,
        "ladders": ladders,
        "begun": bool(request.GET.get("after")),
        "filter_query": "",
    }
    return render(request, "vendor/run.html", context)


def _listed(request: HttpRequest, form: Asking | None) -> HttpResponse:
    """Show the list, to who may see everybody: runs count everybody."""
    scope, query = scope_of(request), request.GET
    there = list(programs.programs(scope))
    program = next((each.id for each in there if str(each.id) == query.get("program")), None)
    found = page(selectors.runs(scope, program), query.get("after", ""))
    by_id = {each.id: each for each in there}
    job = selectors.asked(scope, _job(request))
    may_run = scope.partners(Right.STANDINGS_RUN) is EVERY
    context = {
        "page": found,
        "runs": [Shown(run) for run in found.rows],
        "programs": there,
        "program": program,
        "begun": bool(query.get("after")),
        "filter_query": urlencode({"program": program}) if program else "",
        "waiting": [(by_id.get(each.program), each) for each in selectors.waiting(scope)],
        "fresh": sorted(facts.freshness().items()),
        "form": (form or Asking(there, initial={"program": program})) if may_run else None,
        **(_progress(job) if job else {}),
    }
    return render(request, "vendor/runs.html", context)


def _job(request: HttpRequest) -> int:
    """Return the number of the job that an address names; 0 if it names none."""
    which = request.GET.get("job", "")
    return int(which) if which.isdecimal() and len(which) < 99 else 0


def _progress(job: jobs.Seen) -> dict[str, Any]:
    return {"job": job, "going": job.state in OPEN, "done": job.state is JobState.DONE}


def _ladder(words: names.Names, program: UUID, track: str) -> list[tuple[str | None, str]]:
    tiers: list[tuple[str | None, str]] = [*reversed(words.tiers(program, track).items())]
    return [*tiers, (None, words.tier(program, track, None))]


def _is_up(order: list[str], before: str, after: str) -> bool:
    """Whether a tier is the higher one; no tier is below all, one that is gone too."""
    ranks = {name: rank for rank, name in enumerate(order)}
    return ranks.get(after, -1) > ranks.get(before, -1)


def _took(time: timedelta) -> str:
    seconds = time.total_seconds()
    if seconds < 60:
        return _("%(seconds).1f s") % {"seconds": seconds}
    return _("%(minutes)d min %(seconds)d s") % {
        "minutes": seconds // 60,
        "seconds": seconds % 60,
    }
