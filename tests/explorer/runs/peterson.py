"""Peterson's algorithm (1981): two processes share a critical section."""

from __future__ import annotations

from enum import Enum, auto

from quorate import (
    Group,
    Preset,
    Process,
    Shared,
    action,
    always,
    choose,
    durable,
    eventually,
    eventually_always,
    leads_to,
    others,
    possible,
    progress,
    require,
    weak,
)


class At(Enum):
    AWAY = auto()
    ASKED = auto()
    WAITING = auto()
    INSIDE = auto()


class Turn(Shared):
    whose: Worker | None = durable(None)
    wants: set[Worker] = durable(set())


class Worker(Process):
    at: At = durable(At.AWAY)

    @action
    def think(self) -> None:
        require(self.at is At.AWAY)

    @action
    def ask(self) -> None:
        require(self.at is At.AWAY)
        self.at = At.ASKED
        turn.wants.add(self)

    @action
    def yield_turn(self) -> None:
        require(self.at is At.ASKED)
        self.at = At.WAITING
        turn.whose = choose(others(self))

    @action
    def enter(self) -> None:
        require(self.at is At.WAITING)
        require(turn.whose is self or turn.wants == {self})
        self.at = At.INSIDE

    @action
    def leave(self) -> None:
        require(self.at is At.INSIDE)
        self.at = At.AWAY
        turn.wants.discard(self)


turn = Turn.single()
workers = Group(Worker, 2)


@always
def one_inside() -> bool:
    return sum(w.at is At.INSIDE for w in workers) <= 1


def is_inside(w: Worker) -> bool:
    return w.at is At.INSIDE


@leads_to(is_inside)
def asked(w: Worker) -> bool:
    "Whoever asks comes in."
    return w.at is At.ASKED


@leads_to(is_inside)
def waiting(w: Worker) -> bool:
    "Whoever waits comes in: the other one cannot pass twice."
    return w.at is At.WAITING


@eventually
def comes_in(w: Worker) -> bool:
    "Nobody has to ask."
    return w.at is At.INSIDE


@eventually_always
def settled() -> bool:
    return all(w.at is At.AWAY for w in workers)


@possible
def may_come_in(w: Worker) -> bool:
    return w.at is At.INSIDE


no_deadlock = progress()
goes_on = progress(Worker.leave)

presets = [
    Preset(
        "default",
        fairness=[weak(Worker.yield_turn, Worker.enter, Worker.leave)],
        violates={comes_in: 1, settled: 6, goes_on: 1},
        holds=[one_inside, asked, waiting, may_come_in, no_deadlock],
        states=24,
    ),
    Preset(
        "nothing fair",
        violates={asked: 2, waiting: 3, comes_in: 1, settled: 2, goes_on: 1},
        holds=[one_inside, may_come_in, no_deadlock],
    ),
]
