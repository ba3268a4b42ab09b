"""Fills one row of every model for a company: a canary in each text, a prime in each amount.

It knows models by their fields, so that a room that comes tomorrow is in the world at once. Where
a room asks for more than types can say (a state, a document that parses), `shapes` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from graphlib import TopologicalSorter
from itertools import count
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models

from tests.echelon.isolation.roles import RELATIONS
from tests.echelon.isolation.shapes import LEFT_OUT, SHAPES
from tests.factories.partners import NOW

#: A canary: whose it is, in which model. In capitals or cut off behind these it is still found.
CANARY = re.compile(r"zq([a-y]+)z([a-y]+)", re.IGNORECASE)


#: Ids that are numbers: long enough to be told from other numbers.
_IDS = count(900_000_001)


def canary(relation: str, model: str) -> str:
    """The mark of a company's rows of a model; letters alone, so that nothing escapes them."""
    return f"zq{relation}z{model.lower().replace('z', 's')}z"


def canaries(text: str) -> set[tuple[str, str]]:
    """Whose rows of which models are in a text: (relation, model in small letters)."""
    found = {(whose.lower(), model.lower()) for whose, model in CANARY.findall(text)}
    return {(whose, model) for whose, model in found if whose in RELATIONS}  # or it is chance


def ours() -> list[type[models.Model]]:
    """The models that a world has rows of, those that others point to first."""
    known = {
        model
        for model in apps.get_models()
        if model.__module__.startswith("echelon.") and model._meta.label not in LEFT_OUT
    }
    order = TopologicalSorter(
        {
            model: {
                field.related_model
                for field in model._meta.concrete_fields
                if field.is_relation and field.related_model in known - {model}
            }
            for model in sorted(known, key=lambda model: model._meta.label)
        }
    )
    return [model for model in order.static_order() if model in known]


class Filler:
    """Makes the rows of one company. `made` holds them by the model's name in small letters."""

    def __init__(self, relation: str, made: dict[str, models.Model], primes: Iterator[int]) -> None:
        self.relation, self.made, self.primes = relation, made, primes

    def mark(self, model: str, more: str = "") -> str:
        """A text with the canary of one of this company's rows."""
        return f"{canary(self.relation, model)}{more}"

    def fill(self, model: type[models.Model]) -> models.Model:
        """Make one row, unless a shape says that another one will do."""
        shape = SHAPES.get(model._meta.label)
        given: dict[str, Any] = shape(self) if shape else {}
        for field in model._meta.concrete_fields:
            if field.name in given or field.attname in given:
                continue
            value = self.value(model, field)
            if value is not models.NOT_PROVIDED:
                given[field.name] = value
        return model._default_manager.create(**given)

    def value(self, model: type[models.Model], field: models.Field[Any, Any]) -> Any:
        """What goes into a field; NOT_PROVIDED leaves it to the field's default."""
        if field.is_relation:
            target = self.made.get(field.related_model._meta.model_name)
            return None if target is None or field.related_model is model else target
        if isinstance(field, models.AutoField):
            return next(_IDS)
        if field.name == "partner":
            return self.made["partner"].pk
        if field.choices:
            return field.default if field.has_default() else field.choices[0][0]
        match field:
            case models.EmailField():
                return f"{self.mark(model.__name__)}@canary.test"
            case models.CharField() | models.TextField():
                text = self.mark(model.__name__, field.name.replace("_", ""))
                short = field.max_length is not None and field.max_length < len(text)
                return f"{uuid4().hex}"[: field.max_length] if short else text
            case models.DecimalField():
                return Decimal(next(self.primes))
            case models.JSONField() if field.has_default() and field.get_default() == []:
                return [self.mark(model.__name__)]
            case _ if field.has_default() or field.null:
                return models.NOT_PROVIDED
            case models.DateTimeField():
                return NOW
            case models.DateField():
                return date(2026, 1, 1)
            case models.UUIDField():
                return uuid4()
            case models.JSONField():
                return {"note": self.mark(model.__name__)}
            case models.BooleanField():
                return False
            case models.BinaryField():
                return self.mark(model.__name__).encode()
            case _:
                return 1
