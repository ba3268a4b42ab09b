"""What this room refuses: the same form as the room below it, so that pages show both alike."""

from __future__ import annotations

from echelon.records.partners.errors import Refused

__all__ = ["Refused"]
