"""Brings together who announces and who listens, when everything is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from echelon.foundation.access.walls import raise_walls

#: Modules of a room that register something by being imported.
LISTENING = ("handlers", "jobs", "approvals")


class Wiring(AppConfig):
    """Imports what every room registers, the checks of routes, and the walls of tables."""

    name = "echelon.config"
    label = "wiring"

    def ready(self) -> None:
        """Called by Django once all rooms are loaded."""
        import_module("echelon.foundation.access.routes")
        post_migrate.connect(raise_walls, dispatch_uid="walls")
        for room in apps.get_app_configs():
            for part in LISTENING:
                if room.name.startswith("echelon.") and find_spec(f"{room.name}.{part}"):
                    import_module(f"{room.name}.{part}")
