"""Families: for each partner itself and its descendants, and through which child each came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


class Families:
    """The tree of partners as the data has it now."""

    def __init__(self, partners: Iterable[str], parents: Mapping[str, str]) -> None:
        """Keep who is under whom; a circle has been refused before."""
        self.partners = list(partners)
        self.parents = parents

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """The direct children of each partner that has any, in the partners' order."""
        found: dict[str, list[str]] = {}
        for partner in self.partners:
            if partner in self.parents:
                found.setdefault(self.parents[partner], []).append(partner)
        return found

    def members(self, partner: str) -> list[tuple[str, str]]:
        """Return the partner and its descendants, each with its branch.

        The branch is the direct child through which a fact came; the partner itself for
        its own facts.
        """
        found = [(partner, partner)]
        waiting = [(child, child) for child in reversed(self.children.get(partner, []))]
        while waiting:
            member, branch = waiting.pop()
            found.append((member, branch))
            waiting += [(child, branch) for child in reversed(self.children.get(member, []))]
        return found

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each partner."""
        return {partner: place for place, partner in enumerate(self.partners)}

    @cached_property
    def closure(self) -> tuple[Places, Places, Places]:
        """Every (ancestor or itself, member, branch), by their places, in three arrays."""
        order = self.order
        parent = np.full(len(self.partners), -1, np.int64)
        for child, above in self.parents.items():
            if child in order and above in order:
                parent[order[child]] = order[above]
        top = np.arange(len(self.partners))
        member, branch = top, top
        found = [(top, member, branch)]
        while True:
            higher = parent[top] >= 0
            branch, member = top[higher], member[higher]
            top = parent[branch]
            if not len(top):
                break
            found.append((top, member, branch))
        tops, members, branches = (np.concatenate(each) for each in zip(*found, strict=True))
        return tops, members, branches

    def pairs(self) -> list[tuple[str, str, str]]:
        """Return every (ancestor or itself, member, branch)."""
        return [
            (partner, member, branch)
            for partner in self.partners
            for member, branch in self.members(partner)
        ]
