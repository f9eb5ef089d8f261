"""Majority and joint configurations as etcd's Raft has them: what is committed, and how an election stands.

After the package `quorum` of etcd's raft library (go.etcd.io/raft). Its conventions are kept: a half that is empty leaves
the other half alone, so an empty configuration has everything committed (`ENDLESS`) and wins every election; a member that
has acknowledged nothing has acknowledged index 0; who is no member does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENDLESS = inf  # the committed index of an empty configuration: nothing holds it back


class Election(Enum):
    """How an election stands; the values are the words of the reports."""

    WON = "won"
    LOST = "lost"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Majority:
    """A configuration that more than half of its members decide for."""

    members: frozenset[str]

    @property
    def needed(self) -> int:
        """How many members are a quorum."""
        return len(self.members) // 2 + 1

    def committed(self, acknowledged: Mapping[str, int]) -> float:
        """Return the highest index that a majority has acknowledged: a whole number, or ENDLESS where there are no members."""
        if not self.members:
            return ENDLESS
        return sorted((acknowledged.get(m, 0) for m in self.members), reverse=True)[self.needed - 1]

    def election(self, votes: Mapping[str, bool]) -> Election:
        """Return how the election stands; members that are not in `votes` have not voted yet."""
        if not self.members:
            return Election.WON
        ayes = sum(votes.get(m) is True for m in self.members)
        if ayes >= self.needed:
            return Election.WON
        open_ = sum(m not in votes for m in self.members)
        return Election.PENDING if ayes + open_ >= self.needed else Election.LOST


@dataclass(frozen=True, slots=True)
class Joint:
    """Two configurations, both of which have to decide (Ongaro & Ousterhout, Raft, 2014, section 6)."""

    incoming: Majority
    outgoing: Majority

    @property
    def members(self) -> frozenset[str]:
        return self.incoming.members | self.outgoing.members

    def committed(self, acknowledged: Mapping[str, int]) -> float:
        """Return the highest index that both halves have committed."""
        return min(self.incoming.committed(acknowledged), self.outgoing.committed(acknowledged))

    def election(self, votes: Mapping[str, bool]) -> Election:
        """Return how the election stands: one half that is lost loses it, both have to win it."""
        halves = {self.incoming.election(votes), self.outgoing.election(votes)}
        if Election.LOST in halves:
            return Election.LOST
        return Election.WON if halves == {Election.WON} else Election.PENDING


def configuration(members: Iterable[str], joint: Iterable[str] = ()) -> Joint:
    """Return the configuration of these members, joint with the others where there are any."""
    return Joint(Majority(frozenset(members)), Majority(frozenset(joint)))
