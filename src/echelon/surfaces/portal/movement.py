"""How a ladder moves its partners, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rulebook.program import Cadence, Movement, TimeSpan

_ENDS = {
    "day": gettext_lazy("every day"),
    "week": gettext_lazy("at the end of each week"),
    "month": gettext_lazy("at the end of each month"),
    "quarter": gettext_lazy("at the end of each quarter"),
    "half": gettext_lazy("at the end of each half year"),
    "year": gettext_lazy("at the end of each year"),
    "fiscal quarter": gettext_lazy("at the end of each fiscal quarter"),
    "fiscal half": gettext_lazy("at the end of each fiscal half year"),
    "fiscal year": gettext_lazy("at the end of each fiscal year"),
}
_EACH = {
    "week": gettext_lazy("on day {day} of each week"),
    "month": gettext_lazy("on day {day} of each month"),
    "quarter": gettext_lazy("on day {day} of each quarter"),
    "half": gettext_lazy("on day {day} of each half year"),
    "year": gettext_lazy("on day {day} of each year"),
}
_EFFECTIVE = {
    "next week": gettext_lazy("A move counts from the week after."),
    "next month": gettext_lazy("A move counts from the month after."),
    "next quarter": gettext_lazy("A move counts from the quarter after."),
    "next half": gettext_lazy("A move counts from the half year after."),
    "next year": gettext_lazy("A move counts from the year after."),
    "next fiscal quarter": gettext_lazy("A move counts from the fiscal quarter after."),
    "next fiscal half": gettext_lazy("A move counts from the fiscal half year after."),
    "next fiscal year": gettext_lazy("A move counts from the fiscal year after."),
}


def in_words(movement: Movement | None) -> list[str]:
    """Return the policy of a ladder as sentences to a partner."""
    policy = movement or Movement()
    return [*_up(policy), *_down(policy), *_approved(policy)]


def _up(policy: Movement) -> Iterator[str]:
    when = _when(policy.promote)
    if policy.promote.kind == "immediately":
        yield _("You move up as soon as you meet what a tier asks for.")
    elif policy.promote.kind == "never":
        yield _("Nobody moves up by the figures alone: your vendor decides.")
    else:
        yield _("Moves up are decided {when}.").format(when=when)
    if policy.up == "one":
        yield _("You move up one tier at a time.")
    if policy.effective in _EFFECTIVE:
        yield str(_EFFECTIVE[policy.effective])


def _down(policy: Movement) -> Iterator[str]:
    if policy.demote.kind == "never":
        yield _("A tier that you hold isn't lost.")
        return
    if policy.demote.kind == "immediately":
        yield _("A tier is lost when you no longer meet what it takes to keep it.")
    else:
        yield _("Moves down are decided {when}.").format(when=_when(policy.demote))
    if policy.grace is not None:
        yield _("You may be below the bar for {span} before a tier is lost.").format(
            span=_span(policy.grace)
        )
    if policy.down == "one":
        yield _("You move down at most one tier at a time.")
    if policy.hold == "until_anniversary":
        yield _("A tier once reached is yours until the anniversary of your enrollment.")
    elif isinstance(policy.hold, TimeSpan):
        yield _("A tier once reached is yours for {span}.").format(span=_span(policy.hold))
    if policy.newcomers.hold is not None:
        yield _("Nobody moves down in the first {span} after enrolling.").format(
            span=_span(policy.newcomers.hold)
        )


def _approved(policy: Movement) -> Iterator[str]:
    match (policy.approval.promotion, policy.approval.demotion):
        case ("required", "required"):
            yield _("A person at your vendor approves each move.")
        case ("required", _automatic):
            yield _("A person at your vendor approves each move up.")
        case (_automatic, "required"):
            yield _("A person at your vendor approves each move down.")


def _when(cadence: Cadence) -> str:
    match cadence.kind:
        case "anniversary":
            return _("on the anniversary of your enrollment")
        case "period":
            return str(_ENDS.get(cadence.unit, cadence.unit))
        case "each":
            return str(_EACH[cadence.unit]).format(day=cadence.day)
        case "days":
            days = [
                _("{day} {month}").format(day=day, month=MONTHS[month])
                for month, day in cadence.days
            ]
            if len(days) == 1:
                return _("each year on {day}").format(day=days[0])
            return _("each year on {days} and {last}").format(
                days=", ".join(days[:-1]), last=days[-1]
            )
    return cadence.kind


def _span(span: TimeSpan) -> str:
    forms = {
        "day": ngettext("{count} day", "{count} days", span.count),
        "week": ngettext("{count} week", "{count} weeks", span.count),
        "month": ngettext("{count} month", "{count} months", span.count),
        "quarter": ngettext("{count} quarter", "{count} quarters", span.count),
        "half": ngettext("{count} half year", "{count} half years", span.count),
        "year": ngettext("{count} year", "{count} years", span.count),
    }
    return forms[span.unit].format(count=span.count)
