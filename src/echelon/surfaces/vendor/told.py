"""Says briefly what became of many: what is the same for several is said once, with names."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

#: So many sentences are said, and so many names with each.
MOST, NAMED = 8, 5


def warn(request: HttpRequest, said: Iterable[tuple[str, str]]) -> None:
    """Add warnings to the next page: pairs of a name and what is to be known of it."""
    grouped: dict[str, list[str]] = {}
    for name, sentence in said:
        grouped.setdefault(sentence, []).append(name)
    for sentence, names in list(grouped.items())[:MOST]:
        more = len(names) - NAMED
        shown = ", ".join(names[:NAMED])
        if more > 0:
            shown = _("%(names)s and %(more)s more") % {"names": shown, "more": more}
        messages.warning(request, f"{shown}: {sentence}")
    if len(grouped) > MOST:
        left = sum(len(names) for names in list(grouped.values())[MOST:])
        messages.warning(request, _("And something of %(left)s more.") % {"left": left})
