"""What a worker and those who ask for work may run into."""

from __future__ import annotations


class Lost(Exception):
    """The lease is somebody else's now, or the job was cancelled: stop, and commit nothing."""
