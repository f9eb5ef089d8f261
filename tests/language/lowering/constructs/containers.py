"""Lists and dicts by every method, several assignments, inheritance, helpers with defaults, walks by position."""

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
    never,
    old,
    others,
    param,
    receive,
    require,
    send,
    step,
    volatile,
)

TOP = param(2, "largest number")
LIMITS = (1, 2)
PLENTY = frozenset({0, 1})

Small = Annotated[int, Range(0, TOP)]


class Phase(Enum):
    IDLE = auto()
    BUSY = auto()
    DONE = auto()


class Cell(Record):
    at: tuple[Small, Phase]
    owner: Worker | None = None

    def moved(self, to: int, phase: Phase = Phase.BUSY) -> Cell:
        return Cell((to, phase), owner=self.owner)


class Job(Message):
    cell: Cell
    left: int


class Ledger(Shared):
    total: Annotated[int, Range(0, 20)] = durable(0)
    busiest: Phase = durable(Phase.IDLE)
    history: Annotated[int, Range(0, 20)] = ghost(0)
    squares: Annotated[int, Range(0, 400)] = ghost(0)

    @initial
    def begin(self) -> None:
        self.total = choose({1, 2})


class Worker(Process):
    phase: Phase = volatile(Phase.IDLE)
    marks: Annotated[list[Small], Max(4)] = volatile([])
    seen: set[tuple[Small, Phase]] = volatile(set())
    counts: dict[Phase, Small] = volatile({})
    cell: Cell = durable(Cell((0, Phase.IDLE)))
    friends: dict[Worker, set[Small]] = volatile({})
    limit_: int = durable(0)

    @staticmethod
    def half(n: int) -> int:
        return n // 2

    def busy(self) -> bool:
        return self.phase is not Phase.IDLE

    def extremes(self, low: int = 0, *, high: int = 2) -> tuple[int, int]:
        inside = [m for m in self.marks if low <= m <= high]
        return (min(inside, default=low), max(inside, default=high))

    @action
    def list_methods(self, x: Small) -> None:
        marks: list[int] = []
        marks.append(x)
        marks += [0, x]
        marks.insert(1, TOP)
        if marks.count(x) > 1:
            marks.remove(x)
        marks.reverse()
        marks.sort()
        at = marks.index(x) if x in marks else 0
        marks = [*marks[:-1], at % 3] if at in range(2) else marks[1:]
        self.marks = marks

    @action
    def walks(self) -> None:
        total = 0
        for i, mark in enumerate(self.marks):
            if mark == 0:
                continue
            if i > 2:
                break
            total += mark
        for a, b in zip(self.marks, reversed(self.marks), strict=True):
            total += 1 if a == b else 0
        for i in range(4, 0, -2):
            for j in LIMITS:
                if j > i:
                    break
                total += j
        self.limit_ = min(total, 3)

    @action
    def dict_methods(self, phase: Phase) -> None:
        self.counts[phase] = 0
        self.counts[phase] += 1
        self.counts.update({Phase.DONE: 2})
        if len(self.counts) > 2:
            del self.counts[Phase.IDLE]
        merged = {**self.counts, Phase.BUSY: 1} | {Phase.DONE: 1}
        if Phase.IDLE in merged and merged.get(Phase.IDLE) == 1:
            self.counts.clear()
            return
        most = merged.get(phase, 0)
        self.phase = max((p for p in merged if merged[p] >= most), default=Phase.IDLE)  # type: ignore[type-var]
        self.counts = {p: n for p, n in merged.items() if n in PLENTY or p is phase}

    @action
    def set_methods(self) -> None:
        pairs = {(m, self.phase) for m in self.marks}
        pairs |= {(0, Phase.DONE)}
        pairs.intersection_update(pairs.union(self.seen))
        pairs.difference_update({(1, Phase.IDLE)})
        self.seen.symmetric_difference_update(pairs)
        if self.seen.issubset(pairs) and not self.seen.isdisjoint(pairs):
            self.seen.remove((0, Phase.DONE))
        low, high = self.extremes(high=1)
        self.marks = [low, high][: self.half(4)]

    @action
    def friends_of(self, other: Worker) -> None:
        require(other is not self)
        if other in self.friends:
            self.friends[other].add(min(len(self.friends[other]), 2))
        else:
            self.friends[other] = set()
        a = b = len(self.friends[other])
        flags = sum(x in self.friends[other] for x in range(3))
        require(a == b == flags)
        if not self.friends[other]:
            skipped = sorted(self.friends, reverse=True)
            self.limit_ = len(skipped)

    @action
    def hand_over(self) -> None:
        other = self.cell.owner or self
        number, phase = self.cell.at
        require(phase is not Phase.DONE and (number, 0) < (2, 1))
        self.cell = self.cell.moved(min(number + 1, TOP)).replace(owner=choose(workers))
        send(Job(self.cell, left=number), to=other)
        ledger.total = (ledger.total + 1) % 5
        ledger.history = ledger.total
        ledger.squares = ledger.history * ledger.history

    @receive
    def on_job(self, m: Job) -> None:
        number, _ = m.cell.at
        self.cell = m.cell.moved(number, phase=Phase.DONE) if m.left == 0 else m.cell
        ledger.busiest = max(ledger.busiest, self.phase)  # type: ignore[call-overload]


class Foreman(Worker):
    lead: bool = durable(False)

    def busy(self) -> bool:
        return self.lead

    @action
    def take_lead(self) -> None:
        require(not self.busy())
        self.lead = not self.lead
        self.marks = [0] * 2
        broadcast(Job(self.cell, 1), to=others(self))


@action
def rest(who: Worker) -> None:
    require(who.phase is not Phase.IDLE)
    who.phase, who.marks = Phase.IDLE, who.marks[:2]
    for w in workers:
        w.limit_ = 0


workers = Group(Worker, 2)
foreman = Foreman.single()
ledger = Ledger.single()


@never
def too_much() -> bool:
    return ledger.squares > 16 or len([w for w in workers if w.limit_ > 3]) > 0


@always
def ordered() -> bool:
    found = [w.cell.at[0] for w in workers]
    for n in found:
        if n > TOP:
            return False
    return max(found) <= TOP and foreman.limit_ >= 0


@step
def friends_grow() -> bool:
    return all(set(old(w).friends) <= set(w.friends) or old(w).friends == {} for w in workers)
