"""A benefit: what each tier gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from rulebook.terms import Model, Number, Text, read_decimal, read_each, read_yes_no, wrong

BenefitType = Literal["yes_no", "percent", "amount", "number", "text"]
BenefitValue = Decimal | bool | str
WORDS = ("label", "description", "type", "of", "cap", "all")


class Benefit(Model):
    """A promise with a value per tier, or one for everyone enrolled under `all`."""

    label: Text | None = None
    description: Text | None = None
    type: BenefitType
    of: Text | None = Field(None, description="the metric that a percent is of")
    cap: Number | None = Field(None, description="the most that a percent comes to")
    values: dict[str, BenefitValue] = Field(default_factory=dict, description="a value per tier")

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Move the keys that name tiers (and `all`) under `values`, read by the type."""
        if not isinstance(value, dict):
            return value
        known = {key: item for key, item in value.items() if key in WORDS and key != "all"}
        values = {key: item for key, item in value.items() if key not in known}
        kind = known.get("type", "text")
        return {**known, "values": read_each(values, lambda _, item: _read(str(kind), item))}

    def value_for(self, tier: str | None) -> BenefitValue | None:
        """Return what a tier gives: its own value, else the one for everyone, else None."""
        if tier is not None and tier in self.values:
            return self.values[tier]
        return self.values.get("all")


def _read(kind: str, item: Any) -> BenefitValue:
    if not isinstance(item, str | bool | int | Decimal):
        raise wrong("a benefit has one value per tier")
    if kind == "yes_no":
        return read_yes_no(item)
    return str(item) if kind == "text" else read_decimal(item)


BenefitEntry = Annotated[
    Benefit,
    BeforeValidator(lambda value: value),
    WithJsonSchema(
        {
            "type": "object",
            "required": ["type"],
            "properties": {
                "label": {"type": "string"},
                "description": {"type": "string"},
                "type": {"enum": ["yes_no", "percent", "amount", "number", "text"]},
                "of": {"type": "string", "description": "the metric that a percent is of"},
                "cap": {"type": ["number", "string"]},
            },
            "additionalProperties": {
                "type": ["string", "number", "boolean"],
                "description": "a tier's value; `all` is for everyone enrolled",
            },
        }
    ),
]
