"""Dining philosophers, of whom the first begins on the right: from 17 seats on millions of states, nearly all in one loop.

It is a model for measuring (`liveness.py`); tests/explorer/runs/philosophers.py has its verdicts.
"""

from __future__ import annotations

from quorate import (
    Group,
    Preset,
    Process,
    Shared,
    action,
    always,
    always_eventually,
    durable,
    param,
    possible,
    progress,
    require,
)

SEATS = param(17, "philosophers at the table", choices=range(2, 20))


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
    return right(p) if p.index == 0 else p


def second_fork(p: Philosopher) -> Philosopher:
    return p if p.index == 0 else right(p)


table = Table.single()
philosophers = Group(Philosopher, SEATS)


@always
def neighbours_do_not_eat_at_once() -> bool:
    return not any(p.eating and right(p).eating for p in philosophers)


@always_eventually
def the_first_eats() -> bool:
    return philosophers[0].eating


@possible
def the_first_may_eat() -> bool:
    return philosophers[0].eating


meals_end = progress(Philosopher.put_down)

presets = [Preset("default")]
