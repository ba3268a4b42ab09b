"""Writes of this room: people who sign in, invitations, keys of machines."""
