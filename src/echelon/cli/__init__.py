"""The `echelon` command, one file per command. Engine commands import nothing of the platform."""

from echelon.cli.main import main

__all__ = ["main"]
