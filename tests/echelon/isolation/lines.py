"""One line an address and method: under which row of the roles' table it falls, and what to send.

Kept by hand, beside the table. A route of ours without its line is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model


@dataclass(frozen=True)
class Line:
    """What is known of one address by one method.

    In `query`, `form` and `json` a text such as `{partner}` stands for an id, by the model's name.
    `before` is called with the company's rows and puts them into the state in which it succeeds;
    where that takes another row, it returns its id by the model's name.
    """

    row: str
    #: Sent for GET as the query, and tried with everybody's ids.
    query: Mapping[str, str] = field(default_factory=dict)
    #: What succeeds: fields of a form, or a body of the API.
    form: Mapping[str, Any] | None = None
    json: Any = None
    #: Files to upload: name of the field to (name of the file, its text).
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    before: Callable[[dict[str, Model]], Mapping[str, object] | None] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What stands in the path for places that are no ids, by their names.
    names: Mapping[str, str] = field(default_factory=dict)
    #: Whether the answer to GET must show the canary of the object that the path leads to.
    shows: bool = True
    #: Why a change of this kind leaves no audit event, where that is right.
    unaudited: str = ""
    #: Statuses of success beyond 2xx and 3xx, such as 404 of a page that has nothing to show yet.
    also: tuple[int, ...] = ()


Lines = dict[tuple[str, str], Line]
