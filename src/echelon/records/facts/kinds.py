"""Which kinds of facts and references there are, and what their columns are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from echelon.foundation.access import Hidden
from echelon.records.facts import builtin
from echelon.records.facts.models import FactType, ReferenceType
from echelon.records.facts.specs import layout_of
from rulebook.loading.layout import Layout

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def fact_type(slug: str) -> FactType:
    """Return a type by its slug, or raise Hidden."""
    return _found(FactType, builtin.fact_types(), slug)


def reference_type(slug: str) -> ReferenceType:
    """Return a type of references by its slug, or raise Hidden."""
    return _found(ReferenceType, builtin.reference_types(), slug)


def _found(model: Any, files: Mapping[str, builtin.Builtin], slug: str) -> Any:
    if (found := model.objects.filter(slug=slug).first()) is not None:
        return found
    if slug not in files:
        raise Hidden
    one = files[slug]
    made: dict[str, Any]
    made = {"label": one.label, "spec": one.spec, "changed_at": _EPOCH}
    if one.owner:
        made["owner"] = one.owner
    return model.objects.get_or_create(slug=slug, defaults=made)[0]


def reference_specs() -> dict[str, Any]:
    """Return the sections of all reference types, by slug."""
    known = {one.slug: one.spec for one in builtin.reference_types().values()}
    return known | dict(ReferenceType.objects.values_list("slug", "spec"))


def layout(type_: FactType) -> Layout:
    """Return a type's columns as the engine reads them."""
    return layout_of(type_.slug, type_.spec, reference_specs())
