"""Failover: a leader and its followers, and what is lost when another takes over.

Clients send their writes to the leader, which keeps them in its log and ships the log to the followers. When does it
acknowledge a write? At once (asynchronous), when one chosen follower has it (semi-synchronous), or when all have it
(synchronous). A monitor suspects the leader at any time, for a slow leader looks like a dead one: it promotes a follower,
takes the old leader out of the group, and tells the clients. The old leader hears nothing of it. With fencing every log
carries the epoch of its leader, and nobody takes one of an older epoch; without, everybody takes what comes.

Source: Kleppmann, "Designing Data-Intensive Applications" (2017), chapter 5, "Handling Node Outages"; fencing tokens:
chapter 8, "The leader and the lock".

Abstracted: what is written (a client writes once, and its name stands for the write); shipping by entry (the whole log is
sent); how the monitor notices, and that it is itself replicated.
"""

from __future__ import annotations

from typing import Annotated

from quorate import (
    Faults,
    Group,
    Max,
    Message,
    Preset,
    Process,
    Range,
    action,
    always,
    broadcast,
    choose,
    durable,
    final,
    initial,
    limit,
    param,
    receive,
    require,
    send,
    some,
    sometimes,
    up,
    volatile,
)

# -- parameters -------------------------------------------------------------------------------------------------------

NODES = param(3, "nodes that hold the data; the first leads to begin with", choices=range(2, 6))
CLIENTS = param(2, "clients; each writes once", choices=range(1, 4))
MODE = param(
    "asynchronous",
    "which followers must have a write before it is acknowledged",
    choices=("asynchronous", "semi-synchronous", "synchronous"),
)
FENCING = param(True, "a log of an older epoch is refused")
INFORMED = param(True, "the monitor promotes a follower that must have every acknowledged write, where there is one")
FALLBACK = param(False, "a leader may stop waiting for its followers")
FAILOVERS = param(1, "times that the monitor may suspect the leader", choices=range(4))

CONFIRMERS = {"asynchronous": 0, "semi-synchronous": 1, "synchronous": NODES - 1}[MODE]

# -- types ------------------------------------------------------------------------------------------------------------

Epoch = Annotated[int, Range(0, FAILOVERS)]
Length = Annotated[int, Range(0, CLIENTS)]

# -- messages ---------------------------------------------------------------------------------------------------------


class Write(Message):
    """A client's request: the client's own name is what it writes."""


class Acknowledge(Message):
    """The write stands in the log, behind `place` others."""

    place: Length


class Ship(Message):
    epoch: Epoch
    log: Annotated[list[Client], Max(CLIENTS)]


class Confirm(Message):
    epoch: Epoch
    length: Length


class Promote(Message):
    epoch: Epoch
    confirmers: set[Node]


# -- processes --------------------------------------------------------------------------------------------------------


class Node(Process):
    epoch: Epoch = durable(0)
    leading: bool = durable(False)  # so a leader that comes back still believes that it leads
    log: Annotated[list[Client], Max(CLIENTS)] = durable([])
    confirmers: set[Node] = durable(set())  # a leader's: who must have a write before it is acknowledged
    confirmed: dict[Node, Length] = volatile({})  # a leader's: how much of its log each of them has

    @initial
    def begin(self) -> None:
        if self is nodes[0]:
            self.leading = True
            self.confirmers = chosen(set(nodes), self)

    @receive
    def on_write(self, m: Write, sender: Client) -> None:
        if self.leading:
            before = self.safe()
            self.log.append(sender)
            broadcast(Ship(epoch=self.epoch, log=self.log), to=nodes)
            self.acknowledge(before)

    @receive
    def on_ship(self, m: Ship, sender: Node) -> None:
        if FENCING and m.epoch < self.epoch:
            return
        if FENCING and m.epoch > self.epoch:
            self.epoch, self.leading = m.epoch, False
        elif len(m.log) < len(self.log):
            return  # a longer one has overtaken it
        self.log = m.log
        send(Confirm(epoch=m.epoch, length=len(m.log)), to=sender)

    @receive
    def on_confirm(self, m: Confirm, sender: Node) -> None:
        if self.leading and m.epoch == self.epoch and sender in self.confirmers:
            before = self.safe()
            self.confirmed[sender] = max(m.length, self.confirmed.get(sender, 0))
            self.acknowledge(before)

    @receive
    def on_promote(self, m: Promote) -> None:
        if m.epoch > self.epoch:
            self.epoch, self.leading, self.confirmers, self.confirmed = m.epoch, True, m.confirmers, {}
            broadcast(Ship(epoch=self.epoch, log=self.log), to=nodes)

    if FALLBACK:

        @action
        def fall_back(self) -> None:
            require(self.leading and len(self.confirmers) > 0)
            before = self.safe()
            self.confirmers = set()
            self.acknowledge(before)

    def safe(self) -> int:
        "How much of the log all confirmers have (who lost its own log may hear of more than it has)."
        confirmed = min((self.confirmed.get(n, 0) for n in self.confirmers), default=len(self.log))
        return min(confirmed, len(self.log))

    def acknowledge(self, before: int) -> None:
        for place in range(before, self.safe()):
            send(Acknowledge(place=place), to=self.log[place])


class Client(Process):
    asked: Node | None = durable(None)
    place: Length | None = durable(None)  # of its write in the log, once that is acknowledged

    @action
    def write(self, node: Node) -> None:
        require(self.asked is None)
        self.asked = node
        send(Write(), to=node)

    @receive
    def on_acknowledge(self, m: Acknowledge) -> None:
        self.place = m.place


class Monitor(Process):
    epoch: Epoch = durable(0)
    leader: Node | None = durable(None)
    members: set[Node] = durable(set())

    @initial
    def begin(self) -> None:
        self.leader = nodes[0]
        self.members = set(nodes)

    if FAILOVERS:

        @action
        def suspect(self) -> None:
            limit(self.epoch < FAILOVERS)
            self.members.discard(some(self.leader))
            successor = choose(self.candidates())
            self.epoch += 1
            self.leader = successor
            send(Promote(epoch=self.epoch, confirmers=chosen(self.members, successor)), to=successor)

    def candidates(self) -> set[Node]:
        "Who may be promoted: the semi-synchronous follower, where the monitor knows of it; else any that is left."
        if INFORMED and CONFIRMERS == 1:
            return set(sorted(self.members)[:1])
        return self.members


def chosen(members: set[Node], leader: Node) -> set[Node]:
    "The followers that must have a write: under semi-synchronous replication the first."
    return set(sorted(members - {leader})[:CONFIRMERS])


# -- groups -----------------------------------------------------------------------------------------------------------

nodes = Group(Node, NODES)
clients = Group(Client, CLIENTS)
monitor = Monitor.single()

# -- properties -------------------------------------------------------------------------------------------------------


@always
def no_acknowledged_write_is_lost() -> bool:
    "The leader that the monitor put in charge has every acknowledged write."
    return all(c in n.log for n in nodes if n.leading and n.epoch == monitor.epoch for c in clients if c.place is not None)


@always
def no_split_brain() -> bool:
    "No two clients are told the same place in the log."
    return all(a is b or a.place != b.place for a in clients if a.place is not None for b in clients)


@sometimes
def all_writes_are_acknowledged() -> bool:
    "Every client can be served."
    return all(c.place is not None for c in clients)


if FAILOVERS:

    @sometimes
    def two_nodes_believe_that_they_lead() -> bool:
        "No timeout is right: a slow leader is taken for dead, and goes on."
        return any(a is not b and a.leading and b.leading and up(a) and up(b) for a in nodes for b in nodes)

else:

    @final
    def a_running_leader_answers() -> bool:
        "In the end whoever asked a running leader has an answer."
        return all(c.place is not None for c in clients for n in nodes if c.asked is n and n.leading and up(n))


# -- presets ----------------------------------------------------------------------------------------------------------

ONE_CRASH = Faults(crash="1 of nodes", restart="1 of nodes")

presets = [
    Preset(
        "asynchronous",
        violates={"no_acknowledged_write_is_lost": 5, "no_split_brain": 8},
        states=59_088,
        depth=17,
        about="The leader was slow, not dead: what it acknowledged alone is lost, and it goes on acknowledging.",
    ),
    Preset(
        "asynchronous, no failover",
        params={"FAILOVERS": 0},
        faults=ONE_CRASH,
        states=4_500,
        depth=14,
        about="The sibling without a failover: the leader comes back with its log, and nothing is lost.",
    ),
    Preset(
        "semi-synchronous",
        params={"MODE": "semi-synchronous"},
        faults=ONE_CRASH,
        states=146_516,
        depth=22,
        about="One follower has every acknowledged write, and that one is promoted; its sibling promotes the other.",
    ),
    Preset(
        "semi-synchronous, wrong follower",
        params={"MODE": "semi-synchronous", "INFORMED": False},
        violates={"no_acknowledged_write_is_lost": 7, "no_split_brain": 12},
        states=48_220,
        depth=20,
        about="The monitor promotes a follower that never had the write, and the old leader goes on with the other one.",
    ),
    Preset(
        "semi-synchronous, fallback",
        params={"MODE": "semi-synchronous", "FALLBACK": True},
        violates={"no_acknowledged_write_is_lost": 6, "no_split_brain": 10},
        states=226_152,
        depth=22,
        about="A leader that goes on alone when its follower is slow gives back what waiting had bought.",
    ),
    Preset(
        "semi-synchronous, follower down",
        params={"MODE": "semi-synchronous", "FAILOVERS": 0},
        faults=Faults(crash="1 of nodes"),
        violates={"a_running_leader_answers": 6},
        states=2_232,
        depth=13,
        about="Without the one follower that it waits for, the leader acknowledges nothing.",
    ),
    Preset(
        "semi-synchronous, follower down, fallback",
        params={"MODE": "semi-synchronous", "FAILOVERS": 0, "FALLBACK": True},
        faults=Faults(crash="1 of nodes"),
        states=7_344,
        depth=15,
        about="What the fallback is for: the leader answers again. The other two presets show both halves of the bargain.",
    ),
    Preset(
        "synchronous",
        params={"MODE": "synchronous"},
        faults=ONE_CRASH,
        states=293_590,
        depth=24,
        about="Synchronous and fenced it holds: the old leader, slow or back from a crash, finds nobody to confirm its writes.",
    ),
    Preset(
        "synchronous, not fenced",
        params={"MODE": "synchronous", "FENCING": False},
        violates={"no_acknowledged_write_is_lost": 10, "no_split_brain": 14},
        states=65_162,
        depth=20,
        about="Nobody refuses the old leader's late log: it overwrites what the new leader has acknowledged.",
    ),
    Preset(
        "synchronous, forgetful",
        params={"MODE": "synchronous"},
        faults=Faults(crash="1 of nodes", amnesia="1 of nodes"),
        violates={"no_acknowledged_write_is_lost": 9, "no_split_brain": 16},
        states=559_344,
        depth=23,
        about="A follower confirms a write, loses its disk, and is promoted.",
    ),
    Preset(
        "synchronous, follower down",
        params={"MODE": "synchronous", "FAILOVERS": 0},
        faults=Faults(crash="1 of nodes"),
        violates={"a_running_leader_answers": 6},
        states=1_748,
        depth=13,
        about="The price: one follower that is down stops all writes. Its sibling `asynchronous, follower down` goes on.",
    ),
    Preset(
        "asynchronous, follower down",
        params={"FAILOVERS": 0},
        faults=Faults(crash="1 of nodes"),
        states=3_600,
        depth=13,
        about="A running leader answers whoever else is down; `synchronous, follower down` has the other verdict.",
    ),
]
