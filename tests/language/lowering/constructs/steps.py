"""Every construct of the language, a step each: what one engine makes of it, the other has to make of it, too."""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import (
    Group,
    Max,
    Message,
    Process,
    Range,
    Record,
    Shared,
    action,
    always,
    broadcast,
    choose,
    durable,
    ghost,
    initial,
    limit,
    old,
    others,
    param,
    receive,
    require,
    send,
    skip,
    some,
    sometimes,
    step,
    up,
    volatile,
)

SIZE = param(2, "nodes")
TOP = param(3, "largest number")
WIDE = SIZE + 1

Small = Annotated[int, Range(0, TOP)]


class Color(Enum):
    RED = auto()
    GREEN = auto()
    BLUE = auto()


class Entry(Record):
    key: Small
    color: Color = Color.RED

    def is_red(self) -> bool:
        return self.color is Color.RED

    @property
    def double(self) -> int:
        return 2 * self.key


class Ping(Message):
    n: Small
    names: set[Node]


class Book(Shared):
    count: Small = durable(0)
    seen: set[Node] = ghost(set())

    def note(self, p: Node) -> None:
        self.count = min(self.count + 1, TOP)
        self.seen.add(p)


def clamp(n: int) -> int:
    return max(0, min(n, TOP))


def newest(log: list[Entry], key: int) -> Entry | None:
    for entry in reversed(log):
        if entry.key == key:
            return entry
    return None


class Node(Process):
    n: Small = durable(0)
    plain: int = durable(0)
    peer: Node | None = volatile(None)
    color: Color = durable(Color.RED)
    log: Annotated[list[Entry], Max(2)] = durable([])
    nums: Annotated[list[Small], Max(3)] = durable([])
    peers: set[Node] = volatile(set())
    table: dict[Node, Small] = volatile({})
    nested: dict[Color, set[Node]] = volatile({})
    pair: tuple[Small, bool] = durable((0, False))

    @initial
    def start(self) -> None:
        self.color = choose([Color.RED, Color.BLUE])

    def quorum(self) -> bool:
        return 2 * len(self.peers) > len(nodes)

    def raise_to(self, n: int) -> bool:
        if n > self.n:
            self.n = n
            return True
        return False

    @action
    def arithmetic(self, by: Small) -> None:
        total = self.n * 3 - by // 2 + (by % 2)
        total -= 1
        self.n = clamp(abs(total) - (-by))

    @action
    def comparisons(self, by: Small) -> None:
        require(0 <= self.n <= by < TOP or self.color in (Color.RED, Color.BLUE))
        require(not (self.peer is None and by == 2))
        self.color = Color.GREEN if self.n >= by else Color.BLUE

    @action
    def options(self) -> None:
        if self.peer is None:
            self.peer = choose(others(self))
            return
        self.peers.add(self.peer)
        other = self.peer
        self.peer = None
        if other in self.peers and self.n < 2:
            self.table[other] = self.n

    @action
    def plainly(self) -> None:
        limit(self.plain < SIZE)
        self.plain += 1

    @action
    def lists(self, key: Small) -> None:
        if len(self.log) == 2:
            del self.log[0]
        self.log.append(Entry(key))
        last = self.log[-1]
        if last.is_red() and last.double > 2:
            self.log[-1] = last.replace(color=Color.GREEN)
        found = newest(self.log, key)
        if found is not None and found.color is Color.GREEN:
            self.color = found.color

    @action
    def numbers(self) -> None:
        built: list[int] = []
        for i in range(2):
            built.append(i + self.n)
        built.extend(self.nums)
        built = sorted({x for x in built if x <= TOP}, reverse=True)[:3]
        self.nums = built
        if self.nums and self.nums[0] == 3:
            first = self.nums.pop(0)
            self.n = first - 1

    @action
    def keyed(self) -> None:
        require(len(self.nums) > 0)
        ordered = sorted(self.nums, key=lambda x: (x % 2, x))
        self.n = ordered[0]
        self.nums = [x for i, x in enumerate(ordered) if i != 1]
        self.nums.insert(0, sum(1 for x in ordered if x > 1))

    @action
    def best(self) -> None:
        self.n = max((x for x in self.nums), default=1)
        self.peer = min(self.table, key=lambda p: (self.table[p], p), default=None)

    @action
    def dicts(self) -> None:
        self.table.setdefault(self, 1)
        self.table[self] = clamp(self.table.get(self, 0) + 1)
        for p in self.table:
            self.peers.add(p)
        self.nested.setdefault(self.color, set()).add(self)
        taken = self.table.pop(self, None)
        if taken is not None and taken > 2:
            self.nested = {c: s - {self} for c, s in self.nested.items()}
        if self.peer in self.table:
            self.n = self.table[some(self.peer)]

    @action
    def sets(self) -> None:
        self.peers |= {self}
        self.peers ^= set(nodes)
        if self.peers <= {self} and self not in self.peers:
            self.peers.update(others(self), {self})
        self.peers.discard(choose(sorted(self.peers)))
        if self.quorum() and self.raise_to(2):
            book.note(self)

    @action
    def tuples(self) -> None:
        n, flag = self.pair
        self.pair = (n if flag else clamp(n + 1), not flag)
        self.n, self.plain = self.plain, clamp(self.n)

    @action
    def talk(self) -> None:
        limit(self.n < 2)
        broadcast(Ping(n=self.n, names=self.peers), to=nodes)
        self.peers = set()

    @receive
    def on_ping(self, m: Ping, sender: Node) -> None:
        if m.n == 2:
            skip()
        self.n = clamp(m.n + 1)
        self.peers = m.names | {sender}
        names = set(m.names)
        names.add(self)
        if any(p is self for p in m.names):
            send(Ping(n=3, names=names), to=self)
        assert self.n > 0, f"{self.n}"


@action
def exchange(a: Node, b: Node) -> None:
    require(a is not b and a.n < b.n)
    a.n, b.n = b.n, a.n
    for p in nodes:
        if p.color is Color.GREEN:
            p.color = Color.RED


nodes = Group(Node, SIZE)
book = Book.single()


@always
def small() -> bool:
    return all(p.n <= TOP and p.plain <= WIDE for p in nodes)


@sometimes
def noted() -> bool:
    return book.count > 0 and any(p in book.seen and up(p) for p in nodes)


@step
def counts_up() -> bool:
    return book.count >= old(book).count and all(old(p).plain - 5 <= p.plain for p in nodes)
