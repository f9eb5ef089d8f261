"""Raft, the election only.

Source: Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), section 5.2.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import (
    Faults,
    Group,
    Message,
    Preset,
    Process,
    Range,
    action,
    always,
    broadcast,
    durable,
    limit,
    param,
    receive,
    require,
    send,
    sometimes,
    volatile,
)

SERVERS = param(3, "servers in the cluster")
MAX_TERM = param(2, "highest term explored")

Term = Annotated[int, Range(0, MAX_TERM)]


class Role(Enum):
    FOLLOWER = auto()
    CANDIDATE = auto()
    LEADER = auto()


class RequestVote(Message):
    term: Term


class Vote(Message):
    term: Term


class Server(Process):
    term: Term = durable(0)
    voted_for: Server | None = durable(None)
    role: Role = volatile(Role.FOLLOWER)
    votes: set[Server] = volatile(set())

    @action
    def start_election(self) -> None:
        require(self.role is not Role.LEADER)
        limit(self.term < MAX_TERM)
        self.term += 1
        self.role, self.voted_for, self.votes = Role.CANDIDATE, self, {self}
        broadcast(RequestVote(term=self.term), to=servers)

    @receive
    def on_request_vote(self, m: RequestVote, sender: Server) -> None:
        if m.term > self.term:
            self.term, self.role, self.voted_for = m.term, Role.FOLLOWER, None
        if m.term == self.term and self.voted_for in (None, sender):
            self.voted_for = sender
            send(Vote(term=self.term), to=sender)

    @receive
    def on_vote(self, m: Vote, sender: Server) -> None:
        if m.term == self.term and self.role is Role.CANDIDATE:
            self.votes.add(sender)
            if 2 * len(self.votes) > len(servers):
                self.role = Role.LEADER


servers = Group(Server, SERVERS)


@always
def one_leader_per_term() -> bool:
    "Two leaders never share a term."
    return all(a is b or a.term != b.term for a in servers for b in servers if a.role is b.role is Role.LEADER)


@sometimes
def a_leader_is_elected() -> bool:
    return any(s.role is Role.LEADER for s in servers)


presets = [
    Preset("default", holds=[one_leader_per_term]),
    Preset("forgotten vote", faults=Faults(crash=1, amnesia=1), violates=[one_leader_per_term]),
]
