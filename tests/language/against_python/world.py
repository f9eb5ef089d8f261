"""The world that every entry of the table runs in: one process with fields of every sort, and helpers that change them.

It is a model, and it is plain Python: the harness puts one step for each entry where the class ends (see `engines.py`),
and `plain.py` executes the same text with nothing of Quorate's. `turn` says whose turn it is, `start` where it began.
Helpers come in sorts: those that note in which order they were called, those that change what others read, those that
end the step or fail.
"""

from __future__ import annotations

from enum import Enum, IntEnum, auto
from typing import Annotated

from quorate import Group, Max, Process, Range, Record, action, choose, durable, initial, param, require, skip, some

TURNS = param(1, "how many entries there are")
Small = Annotated[int, Range(0, 5)]
Wide = Annotated[int, Range(-9, 20)]


class Color(Enum):
    RED = auto()
    GREEN = auto()
    BLUE = auto()


class Level(IntEnum):
    LOW = 1
    MIDDLE = 2
    HIGH = 4


class Entry(Record):
    term: Small
    color: Color


class Peer(Process):
    pass


class Node(Process):
    turn: Annotated[int, Range(0, 999)] = durable(0)
    start: Annotated[int, Range(0, 3)] = durable(0)
    trace: Annotated[int, Range(0, 99999)] = durable(0)  # what `note` noted, digit by digit
    noted: Small = durable(0)

    x: Annotated[int, Range(-9, 9)] = durable(1)
    y: Annotated[int, Range(-9, 9)] = durable(2)
    p: bool = durable(False)
    q: bool = durable(True)
    o: Small | None = durable(None)
    l: Annotated[list[Small], Max(6)] = durable([3, 1, 2])  # noqa: E741
    m: Annotated[list[Small], Max(6)] = durable([])
    ll: Annotated[list[Annotated[list[Small], Max(3)]], Max(3)] = durable([[1], [2, 3]])
    s: set[Small] = durable({1, 2})
    t: set[Small] = durable({2, 3})
    d: dict[Small, Small] = durable({1: 2, 3: 0})
    ds: dict[Small, set[Small]] = durable({1: {1, 2}})
    w: tuple[Small, Small] = durable((1, 2))
    st: set[tuple[Small, Small]] = durable({(1, 2)})
    lo: Annotated[list[Small | None], Max(3)] = durable([None, 1])
    c: Color = durable(Color.GREEN)
    cs: Annotated[list[Color], Max(4)] = durable([Color.BLUE, Color.RED])
    k: Level = durable(Level.LOW)
    ks: Annotated[list[Level], Max(4)] = durable([Level.HIGH, Level.LOW])
    r: Entry = durable(Entry(term=1, color=Color.RED))
    rs: Annotated[list[Entry], Max(3)] = durable([])
    mate: Peer | None = durable(None)
    seen: set[Peer] = durable(set())
    acks: dict[Peer, Small] = durable({})

    a_bool: bool = durable(False)
    a_int: Annotated[int, Range(-99, 999)] = durable(0)
    a_maybe: Wide | None = durable(None)
    a_list: Annotated[list[Wide], Max(8)] = durable([])
    a_set: set[Wide] = durable(set())
    a_dict: dict[Wide, Wide] = durable({})
    a_pair: tuple[Wide, Wide] | None = durable(None)
    a_triple: tuple[Wide, Wide, Wide] | None = durable(None)
    pairs: Annotated[list[tuple[Wide, Wide]], Max(4)] = durable([])
    flags: Annotated[list[bool], Max(4)] = durable([])
    lists: Annotated[list[Annotated[list[Wide], Max(4)]], Max(3)] = durable([])
    maybes: Annotated[list[Wide | None], Max(3)] = durable([])
    a_color: Color | None = durable(None)
    colors: Annotated[list[Color], Max(4)] = durable([])
    a_level: Level | None = durable(None)
    levels: Annotated[list[Level], Max(4)] = durable([])
    an_entry: Entry | None = durable(None)
    entries: Annotated[list[Entry], Max(3)] = durable([])
    a_peer: Peer | None = durable(None)
    some_peers: set[Peer] = durable(set())

    @initial
    def begin(self) -> None:
        self.turn = choose(range(1, TURNS + 1))
        self.start = choose(range(4))
        if self.start == 1:
            self.x, self.y, self.p, self.q, self.o = 3, 0, True, False, 3
            self.l, self.m, self.ll = [], [1, 1, 2], []
            self.s, self.t, self.d, self.ds = set(), {1, 2, 3}, {}, {2: {1}, 3: {3}}
            self.w, self.st, self.lo = (0, 0), set(), [3]
            self.c, self.cs = Color.BLUE, []
            self.r, self.rs = Entry(term=3, color=Color.BLUE), [Entry(term=1, color=Color.BLUE), Entry(term=1, color=Color.RED)]
            self.mate, self.seen, self.acks = peers[1], {peers[0], peers[1]}, {peers[1]: 2}
        if self.start == 2:
            self.x, self.y, self.o = 0, -2, 0
            self.l, self.m, self.ll = [2, 2, 0, 5], [2, 2, 0], [[], [5], [0, 1]]
            self.s, self.t, self.d, self.ds = {0, 1, 2, 3, 4, 5}, {5}, {0: 0, 1: 1, 2: 5}, {}
            self.w, self.st, self.lo = (2, 1), {(0, 0), (1, 2)}, []
            self.cs = [Color.RED, Color.RED, Color.GREEN]
            self.rs = [Entry(term=2, color=Color.GREEN)]
            self.mate, self.seen, self.acks = peers[2], {peers[2]}, {peers[0]: 1, peers[2]: 0}
        if self.start == 3:
            self.x, self.y, self.p, self.o = 2, 3, True, 1
            self.l, self.m = [1], [1]
            self.c, self.r = Color.RED, Entry(term=1, color=Color.GREEN)
            self.mate = peers[0]

    # -- that note when they are called

    def note(self, k: Small) -> int:
        self.trace = self.trace * 10 + k
        self.noted = k
        return self.noted

    def says(self, k: Small, answer: bool) -> bool:
        self.note(k)
        return answer

    def listed(self, k: Small) -> list[int]:
        self.note(k)
        return [k, 0]

    def many(self, k: Small) -> set[int]:
        self.note(k)
        return {k, 0}

    def entry(self, k: Small) -> Entry:
        self.note(k)
        return Entry(term=k, color=Color.RED)

    def peer(self, k: Small) -> Peer:
        self.note(k)
        return peers[k]

    # -- that change what others read

    def inc(self) -> int:
        self.x += 1
        return self.x

    def flip(self) -> bool:
        self.p = not self.p
        return self.p

    def push(self) -> int:
        self.l.append(4)
        return len(self.l)

    def drop(self) -> int:
        return self.l.pop()

    def learn(self) -> int:
        self.s.add(4)
        self.d[4] = 4
        return 4

    def forget(self) -> int:
        self.o = None
        self.l = []
        self.s = set()
        self.d = {}
        return 0

    def repaint(self) -> Color:
        self.c = Color.RED if self.c is Color.BLUE else Color.BLUE
        self.r = self.r.replace(term=5)
        return self.c

    # -- that may end the step or fail

    def needed(self) -> int:
        require(self.p)
        return 1

    def given(self) -> int:
        return some(self.o)

    def shorter(self) -> int:
        if self.x > 2:
            skip()
        return self.x

    def picked(self) -> int:
        return choose([1, 2])

    def broken(self) -> int:
        return 1 // (self.y * 0)

    # -- that only compute

    def first(self) -> int:
        for item in self.l:
            return item
        return 0

    def whole(self) -> list[int]:
        return self.l

    def known(self) -> set[int]:
        return self.s

    @action
    def nobody(self) -> None:
        "Calls every helper, so that none depends on the entries beside it; its turn never comes."
        require(self.turn == 0)
        self.a_bool = self.says(0, True)
        self.a_bool = self.flip()
        self.a_int = self.note(5)
        self.a_int = self.inc()
        self.a_int = self.push()
        self.a_int = self.drop()
        self.a_int = self.learn()
        self.a_int = self.forget()
        self.a_int = self.needed()
        self.a_int = self.given()
        self.a_int = self.shorter()
        self.a_int = self.picked()
        self.a_int = self.broken()
        self.a_int = self.first()
        self.a_list = self.listed(5)
        self.a_list = self.whole()
        self.a_set = self.many(5)
        self.a_set = self.known()
        self.an_entry = self.entry(5)
        self.a_color = self.repaint()
        self.a_peer = self.peer(2)


peers = Group(Peer, 3)
node = Node.single()
