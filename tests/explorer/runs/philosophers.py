"""Dining philosophers (Dijkstra 1965; Hoare 1978): forks between neighbours, taken one after the other.

If all take their left fork first, they may wait for ever. If one of them begins on the right, somebody always eats, and under
weak fairness one may still starve: his fork is free again and again, not all the time.
"""

from __future__ import annotations

from quorate import (
    Group,
    Preset,
    Process,
    Shared,
    action,
    always_eventually,
    durable,
    param,
    possible,
    progress,
    require,
    strong,
    weak,
)

SEATS = param(3, "philosophers at the table", choices=range(2, 6))
POLITE = param(False, "whether the first philosopher begins on the right")


class Table(Shared):
    holder: dict[Philosopher, Philosopher] = durable({})  # of the fork on the left of each


class Philosopher(Process):
    first: bool = durable(False)
    eating: bool = durable(False)

    @action
    def take_first(self) -> None:
        require(not self.first and not self.eating and first_fork(self) not in table.holder)
        self.first = True
        table.holder[first_fork(self)] = self

    @action
    def take_second(self) -> None:
        require(self.first and second_fork(self) not in table.holder)
        self.first, self.eating = False, True
        table.holder[second_fork(self)] = self

    @action
    def put_down(self) -> None:
        require(self.eating)
        self.eating = False
        table.holder = {fork: who for fork, who in table.holder.items() if who is not self}


def right(p: Philosopher) -> Philosopher:
    return philosophers[(p.index + 1) % SEATS]


def first_fork(p: Philosopher) -> Philosopher:
    return right(p) if POLITE and p.index == 0 else p


def second_fork(p: Philosopher) -> Philosopher:
    return p if POLITE and p.index == 0 else right(p)


table = Table.single()
philosophers = Group(Philosopher, SEATS)


@always_eventually
def eats(p: Philosopher) -> bool:
    "Everybody eats again and again."
    return p.eating


@always_eventually
def somebody_eats() -> bool:
    return any(p.eating for p in philosophers)


@possible
def may_eat(p: Philosopher) -> bool:
    "Whatever has happened, everybody can still come to eat."
    return p.eating


no_deadlock = progress()
meals_end = progress(Philosopher.put_down)

presets = [
    Preset("default", fairness="strong", violates={eats: 3, somebody_eats: 3, may_eat: 3, no_deadlock: 3, meals_end: 3}),
    Preset(
        "polite, nothing fair",
        params={"POLITE": True},
        violates=[eats],
        holds=[somebody_eats, may_eat, no_deadlock, meals_end],
    ),
    Preset("polite, weak", params={"POLITE": True}, fairness="weak", violates=[eats], holds=[somebody_eats]),
    Preset(
        "polite, strong",
        params={"POLITE": True},
        fairness=[strong(Philosopher.take_first, Philosopher.take_second), weak(Philosopher.put_down)],
        holds=[eats, somebody_eats, may_eat, no_deadlock, meals_end],
    ),
]
