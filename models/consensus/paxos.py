"""Paxos, for a single decision.

A proposer first asks a quorum of acceptors to promise that they will ignore older ballots, and learns what they have
accepted so far; then it asks a quorum to accept a value: the one accepted under the highest ballot that it heard of, or else
its own. A value that a quorum has accepted under one ballot is chosen. Any two quorums meet, so whoever comes later hears of
it.

Source: Lamport, "Paxos Made Simple" (2001), section 2. Quorums of two sizes: Howard, Malkhi & Spiegelman, "Flexible Paxos:
Quorum Intersection Revisited" (2016).

Abstracted: values (a proposer's own value is its name); learners (each proposer learns of its own ballots); refusals (an
acceptor is silent about old ballots). A proposer's ballots are its number, then that plus the number of proposers, and so on.
"""

from __future__ import annotations

from typing import Annotated

from quorate import (
    Faults,
    Group,
    Message,
    Preset,
    Process,
    Range,
    Record,
    action,
    always,
    broadcast,
    durable,
    limit,
    param,
    receive,
    send,
    sometimes,
    volatile,
)

# -- parameters -------------------------------------------------------------------------------------------------------

PROPOSERS = param(2, "proposers, each with a value of its own", choices=range(1, 6))
ACCEPTORS = param(3, "acceptors", choices=range(1, 8))
ROUNDS = param(1, "ballots that each proposer may start", choices=range(1, 5))
PREPARE_QUORUM = param(ACCEPTORS // 2 + 1, "promises that a proposer needs", choices=range(1, 8))
ACCEPT_QUORUM = param(ACCEPTORS // 2 + 1, "acceptances that choose a value", choices=range(1, 8))
PROMISE_DURABLE = param(True, "acceptors keep their promises on disk")
LAST_BALLOT = PROPOSERS * ROUNDS

# -- types ------------------------------------------------------------------------------------------------------------

Ballot = Annotated[int, Range(0, LAST_BALLOT)]  # 0 is below every ballot in use


class Vote(Record):
    """What an acceptor has accepted: a value, and under which ballot."""

    ballot: Ballot
    value: Proposer


# -- messages ---------------------------------------------------------------------------------------------------------


class Prepare(Message):
    ballot: Ballot


class Promise(Message):
    ballot: Ballot
    accepted: Vote | None


class Accept(Message):
    ballot: Ballot
    value: Proposer


class Accepted(Message):
    ballot: Ballot


# -- processes --------------------------------------------------------------------------------------------------------


class Proposer(Process):
    ballot: Ballot = durable(0)
    promised: set[Acceptor] = volatile(set())
    highest: Vote | None = volatile(None)  # of the votes that the promises told of
    value: Proposer | None = volatile(None)  # what it asks to accept, once it has asked
    accepted: set[Acceptor] = volatile(set())
    chosen: Proposer | None = durable(None)

    @action
    def start_ballot(self) -> None:
        following = self.index + 1 if self.ballot == 0 else self.ballot + PROPOSERS
        limit(following <= LAST_BALLOT)
        self.ballot = following
        self.promised, self.highest, self.value, self.accepted = set(), None, None, set()
        broadcast(Prepare(ballot=self.ballot), to=acceptors)

    @receive
    def on_promise(self, m: Promise, sender: Acceptor) -> None:
        if m.ballot != self.ballot or self.value is not None:
            return
        self.promised.add(sender)
        if m.accepted is not None and (self.highest is None or m.accepted.ballot > self.highest.ballot):
            self.highest = m.accepted
        if len(self.promised) >= PREPARE_QUORUM:
            value = self if self.highest is None else self.highest.value
            self.value = value
            broadcast(Accept(ballot=self.ballot, value=value), to=acceptors)

    @receive
    def on_accepted(self, m: Accepted, sender: Acceptor) -> None:
        if m.ballot != self.ballot:
            return
        self.accepted.add(sender)
        if len(self.accepted) >= ACCEPT_QUORUM:
            self.chosen = self.value


class Acceptor(Process):
    promise: Ballot = durable(0) if PROMISE_DURABLE else volatile(0)
    accepted: Vote | None = durable(None)

    @receive
    def on_prepare(self, m: Prepare, sender: Proposer) -> None:
        if m.ballot > self.promise:
            self.promise = m.ballot
            send(Promise(ballot=m.ballot, accepted=self.accepted), to=sender)

    @receive
    def on_accept(self, m: Accept, sender: Proposer) -> None:
        if m.ballot >= self.promise:
            self.promise = m.ballot
            self.accepted = Vote(ballot=m.ballot, value=m.value)
            send(Accepted(ballot=m.ballot), to=sender)


# -- groups -----------------------------------------------------------------------------------------------------------

proposers = Group(Proposer, PROPOSERS)
acceptors = Group(Acceptor, ACCEPTORS)

# -- properties -------------------------------------------------------------------------------------------------------


@always
def agreement() -> bool:
    "No two values are chosen."
    return all(a.chosen == b.chosen for a in proposers for b in proposers if a.chosen is not None and b.chosen is not None)


@sometimes
def a_value_is_chosen() -> bool:
    "A proposer can get its own value chosen."
    return any(p.chosen is p for p in proposers)


# -- presets ----------------------------------------------------------------------------------------------------------

presets = [
    Preset(
        "default",
        network="set",
        states=33_489,
        depth=24,
        about="Two proposers compete and agree, although every message may come late, twice, or never.",
    ),
    Preset(
        "acceptor crashes",
        network="set",
        faults=Faults(crash="1 of acceptors", restart="1 of acceptors"),
        states=167_445,
        depth=26,
        about="What it promised and accepted is on its disk, so a crash is no more than a delay: it holds as `default` does.",
    ),
    Preset(
        "forgotten promise",
        network="set",
        params={"PROMISE_DURABLE": False},
        faults=Faults(crash="1 of acceptors", restart="1 of acceptors"),
        violates={"agreement": 20},
        states=1_094_895,
        depth=29,
        about="It promised a ballot, forgets so, and accepts an older one behind the back of the newer proposer.",
    ),
    Preset(
        "forgotten vote",
        network="set",
        faults=Faults(crash="1 of acceptors", amnesia="1 of acceptors"),
        violates={"agreement": 20},
        states=691_083,
        depth=28,
        about="It held the vote that the two quorums share, and comes back with an empty disk: a second value is chosen.",
    ),
    Preset(
        "small quorum",
        network="set",
        params={"PREPARE_QUORUM": 1},
        violates={"agreement": 14},
        states=110_889,
        depth=22,
        about="One promise does not meet every two acceptances. No fault is needed; `flexible` and `default` are its siblings.",
    ),
    Preset(
        "flexible",
        network="set",
        params={"PREPARE_QUORUM": 3, "ACCEPT_QUORUM": 1},
        states=2_916,
        depth=26,
        about="All must promise, and then one acceptance is enough: only quorums of different phases have to meet.",
    ),
    Preset(
        "unordered",
        states=158_458,
        depth=24,
        about="The same competition where every message comes once.",
    ),
    Preset(
        "three proposers",
        network="set",
        params={"PROPOSERS": 3},
        states=6_128_487,
        depth=36,
        about="Three compete: the large one, for measuring.",
    ),
]
