"""A register on N replicas: a write waits for W of them, a read for R, and takes the newest version that it heard of.

With W + R > N every read meets the last completed write. A read that overlaps a write may return the old version or the new
one; without more, the next read may then return the old one again, after somebody has seen the new. A reader that writes back
what it is about to return, and waits for W replicas to have it, rules that out: the register is atomic.

A sloppy quorum lets a write count nodes outside the N home replicas, which keep it as a hint for a replica that seems dead and
hand it off later. That keeps writes available and gives up the overlap: reads ask the home replicas, so with up to H hints in
a write they are sure to meet it only where W + R > N + H, or once the hints are handed off.

Sources: Gifford, "Weighted Voting for Replicated Data" (1979); DeCandia et al., "Dynamo" (2007), sections 4.5 and 4.6 (hints);
the writing back: Attiya, Bar-Noy & Dolev, "Sharing Memory Robustly in Message-Passing Systems" (1995).

Abstracted: data (a version stands for it); competing writers (one client writes, so versions are simply counted); the
coordinator (each client is its own); timeouts (a request that nobody answers is one still in flight, and a replica may be taken
for dead at any time); the ring (reads and writes know the home replicas); the reply to a hand-off (messages are not lost here).
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
    Shared,
    action,
    always,
    broadcast,
    choose,
    durable,
    ghost,
    limit,
    param,
    receive,
    require,
    send,
    sometimes,
)

# -- parameters -------------------------------------------------------------------------------------------------------

N = param(3, "replicas", choices=range(1, 8))
W = param(min(2, N), "replicas that a write waits for", choices=range(1, N + 1))
R = param(min(2, N), "replicas that a read waits for", choices=range(1, N + 1))
READERS = param(1, "clients that read, each once", choices=range(1, 4))
WRITES = param(1, "writes, one after the other", choices=range(1, 4))
READ_REPAIR = param(False, "a read brings the stale replicas that it heard of up to date, and does not wait for them")
WRITE_BACK = param(False, "a read returns only once W replicas have what it returns, and sees to that")
HINTED = param(0, "of the W, how many may be nodes outside that keep a hint for a home replica", choices=range(N + 1))
HANDED_OFF = param(False, "reads begin only when no hint is kept any more")

# -- types ------------------------------------------------------------------------------------------------------------

Version = Annotated[int, Range(0, WRITES)]  # 0 is what was there at first

# -- messages ---------------------------------------------------------------------------------------------------------


class Store(Message):
    version: Version


class Stored(Message):
    version: Version


class Query(Message):
    """Asks for the newest version."""


class Found(Message):
    version: Version


class Hint(Message):
    """To a node outside: keep this for a home replica that seems dead."""

    version: Version
    home: Replica


class Hinted(Message):
    version: Version
    home: Replica


class HandOff(Message):
    """To the home replica, at last: what was kept for it."""

    version: Version


# -- processes --------------------------------------------------------------------------------------------------------


class Client(Process):
    """Whoever sends requests to the replicas."""


class Replica(Process):
    version: Version = durable(0)

    @receive
    def on_store(self, m: Store, sender: Client) -> None:
        self.version = max(self.version, m.version)
        send(Stored(version=m.version), to=sender)

    @receive
    def on_query(self, m: Query, sender: Reader) -> None:
        send(Found(version=self.version), to=sender)

    if HINTED:

        @receive
        def on_hand_off(self, m: HandOff) -> None:
            self.version = max(self.version, m.version)
            outstanding.hints.discard(Hint(version=m.version, home=self))


class Substitute(Process):
    """A node outside the home replicas. Only a sloppy write uses it, and no read asks it."""

    hints: set[Hint] = durable(set())

    @receive
    def on_hint(self, m: Hint, sender: Writer) -> None:
        self.hints.add(m)
        outstanding.hints.add(m)
        send(Hinted(version=m.version, home=m.home), to=sender)

    @action
    def hand_off(self) -> None:
        hint = choose(self.hints)
        self.hints.remove(hint)
        send(HandOff(version=hint.version), to=hint.home)


class Writer(Client):
    version: Version = durable(0)
    stored: set[Replica] = durable(set())  # who is known to have this version

    @action
    def write(self) -> None:
        self.begin()
        broadcast(Store(version=self.version), to=replicas)

    @receive
    def on_stored(self, m: Stored, sender: Replica) -> None:
        self.count(m.version, sender)

    if HINTED:

        @action
        def write_around(self, dead: set[Replica]) -> None:
            "It takes some for dead, rightly or not, and has others keep the write for them."
            require(0 < len(dead) <= HINTED)
            self.begin()
            broadcast(Store(version=self.version), to=replicas - dead)
            for i, home in enumerate(sorted(dead)):
                send(Hint(version=self.version, home=home), to=substitutes[i])

        @receive
        def on_hinted(self, m: Hinted) -> None:
            self.count(m.version, m.home)

    def begin(self) -> None:
        require(self.version == 0 or len(self.stored) >= W)
        limit(self.version < WRITES)
        self.version += 1
        self.stored = set()

    def count(self, version: Version, home: Replica) -> None:
        "One more has the version, or has it kept."
        if version == self.version:
            self.stored.add(home)
            if len(self.stored) >= W:
                history.written = self.version


class Reader(Client):
    reading: bool = durable(False)
    found: dict[Replica, Version] = durable({})  # the first R answers
    stored: set[Replica] = durable(set())  # who is known to have what it returns
    result: Version | None = durable(None)
    written_before: Version = ghost(0)  # the newest version whose write was complete when the read began
    returned_before: Version = ghost(0)  # the newest version that a read had returned by then

    @action
    def read(self) -> None:
        require(not self.reading and self.may_begin())
        self.reading = True
        self.written_before = history.written
        self.returned_before = history.returned
        broadcast(Query(), to=replicas)

    @receive
    def on_found(self, m: Found, sender: Replica) -> None:
        if len(self.found) == R:
            return  # too late to matter
        self.found[sender] = m.version
        if len(self.found) < R:
            return
        newest = max(self.found.values())
        self.stored = {r for r, version in self.found.items() if version == newest}
        if WRITE_BACK and len(self.stored) < W:
            broadcast(Store(version=newest), to=replicas - self.stored)
            return
        self.finish(newest)
        if READ_REPAIR:
            broadcast(Store(version=newest), to=set(self.found) - self.stored)

    @receive
    def on_stored(self, m: Stored, sender: Replica) -> None:
        if self.result is None:
            self.stored.add(sender)
            if len(self.stored) == W:
                self.finish(m.version)

    if HINTED and HANDED_OFF:

        def may_begin(self) -> bool:
            return len(outstanding.hints) == 0

    else:

        def may_begin(self) -> bool:
            return True

    def finish(self, version: Version) -> None:
        self.result = version
        history.returned = max(history.returned, version)


class History(Shared):
    written: Version = ghost(0)  # the newest version whose write is complete
    returned: Version = ghost(0)  # the newest version that a read has returned


class Outstanding(Shared):
    hints: set[Hint] = durable(set())  # kept by a substitute, or on their way home


# -- groups -----------------------------------------------------------------------------------------------------------

replicas = Group(Replica, N)
writer = Writer.single()
readers = Group(Reader, READERS)
history = History.single()
if HINTED:
    substitutes = Group(Substitute, HINTED)
    outstanding = Outstanding.single()

# -- properties -------------------------------------------------------------------------------------------------------


@always
def no_stale_read() -> bool:
    "A read returns the last write that was complete before it began, or a later one."
    return all(r.result is None or r.result >= r.written_before for r in readers)


@always
def no_new_old_inversion() -> bool:
    "A read returns nothing older than what another had returned before it began."
    return all(r.result is None or r.result >= r.returned_before for r in readers)


@sometimes
def a_read_sees_a_write() -> bool:
    "What is written can be read."
    return any(r.result is not None and r.result > 0 for r in readers)


# -- presets ----------------------------------------------------------------------------------------------------------

presets = [
    Preset(
        "default",
        states=2_671,
        depth=14,
        about="Majorities of three: a read after a write sees it.",
    ),
    Preset(
        "replica down",
        faults=Faults(crash="1 of replicas"),
        states=10_684,
        depth=15,
        about="The same with a replica that dies: two are enough to write and to read, and they meet.",
    ),
    Preset(
        "disk lost",
        faults=Faults(crash="1 of replicas", amnesia="1 of replicas"),
        violates={"no_stale_read": 12},
        states=19_925,
        depth=16,
        about="A replica that comes back empty is counted as if it had the write: W + R > N is not enough then.",
    ),
    Preset(
        "one and one",
        params={"W": 1, "R": 1},
        violates={"no_stale_read": 6},
        states=3_733,
        depth=14,
        about="W + R <= N: written on one replica, read from another. No fault is needed.",
    ),
    Preset(
        "write one, read two",
        params={"W": 1, "R": 2},
        violates={"no_stale_read": 8},
        states=3_619,
        depth=14,
        about="W + R = N: two replicas to read miss the one that was written.",
    ),
    Preset(
        "write all, read one",
        params={"W": 3, "R": 1},
        states=2_425,
        depth=14,
        about="W + R > N from the other side: a read is quick, and a write waits for everyone.",
    ),
    Preset(
        "inversion",
        params={"READERS": 2},
        violates={"no_new_old_inversion": 12},
        states=400_687,
        depth=21,
        about="Although W + R > N: during a write one read returns the new version, and the next the old one.",
    ),
    Preset(
        "read repair",
        params={"READERS": 2, "READ_REPAIR": True},
        violates={"no_new_old_inversion": 12},
        states=931_759,
        depth=25,
        about="Repairing the stale replicas does not help: the read is over before they have the new version.",
    ),
    Preset(
        "write back",
        params={"READERS": 2, "WRITE_BACK": True},
        states=3_441_847,
        depth=29,
        about="A read that waits until W replicas have what it returns: no inversion any more.",
    ),
    Preset(
        "sloppy",
        params={"HINTED": 1},
        violates={"no_stale_read": 10},
        states=15_595,
        depth=16,
        about="One of two acknowledgements is a hint's: although W + R > N, the read meets no node that was written.",
    ),
    Preset(
        "sloppy, handed off",
        params={"HINTED": 1, "HANDED_OFF": True},
        states=14_107,
        depth=15,
        about="The same write, read after the hint has come home: the quorums meet again.",
    ),
    Preset(
        "sloppy, one to spare",
        params={"HINTED": 1, "W": 3},
        states=13_471,
        depth=16,
        about="W + R > N + 1: whichever acknowledgement is a hint's, the read meets another.",
    ),
]
