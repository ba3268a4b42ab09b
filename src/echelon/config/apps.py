"""Brings together who announces and who listens, when everything is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

#: Modules of a room that register something by being imported.
LISTENING = ("handlers", "jobs")


class Wiring(AppConfig):
    """Imports every room's handlers and jobs, and the checks of routes."""

    name = "echelon.config"
    label = "wiring"

    def ready(self) -> None:
        """Called by Django once all rooms are loaded."""
        import_module("echelon.foundation.access.routes")
        import_module("echelon.foundation.outbox.services")
        for room in apps.get_app_configs():
            for part in LISTENING:
                if room.name.startswith("echelon.") and find_spec(f"{room.name}.{part}"):
                    import_module(f"{room.name}.{part}")
