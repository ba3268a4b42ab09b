"""How forms look: one template for all of them, and the classes that Tabler knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

_CLASSES = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


class Shown(BoundField):
    """A field as pages show it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """Add the class, and that what is wrong stands beside it."""
        widget = widget or self.field.widget
        found = super().build_widget_attrs(attrs, widget)
        kind = next(name for of, name in _CLASSES if isinstance(widget, of))
        given = {**widget.attrs, **found}.get("class", "")
        found["class"] = f"{kind} {given} {'is-invalid' if self.errors else ''}".strip()
        if self.errors and self.auto_id:
            described = [found.get("aria-describedby", ""), f"{self.auto_id}_error"]
            if f"{self.auto_id}_error" not in described[0]:
                found["aria-describedby"] = " ".join(filter(None, described))
        return found

    @property
    def is_checkbox(self) -> bool:
        """Whether the label stands behind the box."""
        return isinstance(self.field.widget, forms.CheckboxInput)


class Forms(TemplatesSetting):
    """Renders forms by the shell's templates."""

    form_template_name = "shell/form.html"
    field_template_name = "shell/field.html"
    bound_field_class = Shown
