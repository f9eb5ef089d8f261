"""Counter abstraction: nodes that are alike are only counted, and Z3 finds the invariant by itself, for any number of them.

A protocol whose nodes have finitely many local states and no names is a vector of counts, one for each state; a step moves
one node from one to another, and a quorum is a linear comparison. Spacer, Z3's engine for constrained Horn clauses, looks
for an invariant with N, W, R left open. What it finds is made smaller and checked once more in fresh solvers, so nothing
rests on Spacer; where it finds a counterexample, a breadth-first search in plain Python shows a shortest run of the
smallest cluster that has one.

Source: German & Sistla, "Reasoning about Systems with Many Processes" (JACM 1992); Komuravelli, Gurfinkel & Chaki,
"SMT-Based Model Checking for Recursive Programs" (CAV 2014). `spacer.py` asks Z3.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic import sets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Counts = tuple[int, ...]
"""One state: the value of each name, in the order of `CounterSystem.names`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One atomic step: where `guard` holds, the named counts change to these terms; the others stay."""

    name: str
    phrase: str
    guard: sets.Formula
    changes: Mapping[str, sets.Term]


def move(name: str, phrase: str, source: str, target: str, guard: sets.Formula | None = None) -> Step:
    """Return the step that takes one node from a local state to another."""
    here, there = sets.number(source), sets.number(target)
    present = here >= 1
    return Step(name, phrase, present if guard is None else present & guard, {source: here - 1, target: there + 1})


@dataclass(frozen=True, slots=True)
class CounterSystem:
    """Counts of nodes by local state, flags that belong to no node, and parameters that never change.

    `required` is about the parameters; `initially` gives the counts that do not start at 0; `law` is what every step
    conserves, such as that the counts add up to N. `witness` is a state that some run must reach, else the claim would
    say nothing.
    """

    parameters: tuple[str, ...]
    counts: tuple[str, ...]
    flags: tuple[str, ...]
    required: sets.Formula
    initially: Mapping[str, sets.Term]
    law: sets.Formula
    steps: tuple[Step, ...]
    bad: sets.Formula
    witness: sets.Formula

    @property
    def names(self) -> tuple[str, ...]:
        """Every number of a state, the parameters first."""
        return (*self.parameters, *self.counts, *self.flags)


@dataclass(frozen=True, slots=True)
class CounterTwin:
    """A variant with one thing changed; it is expected to be refuted by a run."""

    name: str
    change: str
    system: CounterSystem


@dataclass(frozen=True, slots=True)
class CounterProof:
    """A named theorem whose invariant is found, not given."""

    name: str
    sentence: str
    source: str
    system: CounterSystem
    twins: tuple[CounterTwin, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedRun:
    """A run of a cluster of one size: a state more than there are steps."""

    system: CounterSystem
    states: tuple[Counts, ...]
    steps: tuple[Step, ...] = field(default=())

    def story(self) -> Iterator[str]:
        """Yield the run in plain text: the parameters and first counts, then each step with the counts it leads to."""
        yield f"  0. {self._text(0, self.system.names)}"
        for index, step in enumerate(self.steps):
            yield f"{index + 1:>3}. {step.phrase}"
            yield f"     {self._text(index + 1, tuple(step.changes))}"

    def _text(self, at: int, names: tuple[str, ...]) -> str:
        values = dict(zip(self.system.names, self.states[at], strict=True))
        return ", ".join(f"{name} = {values[name]}" for name in names)


def holds(system: CounterSystem, claim: sets.Formula, state: Counts) -> bool:
    """Say whether a claim about the counts is true in a state, by arithmetic alone."""
    return _numbers(system, state).satisfies(claim)


def _numbers(system: CounterSystem, state: Counts) -> sets.Cluster:
    return sets.Cluster((), {}, dict(zip(system.names, state, strict=True)))


def successors(system: CounterSystem, state: Counts) -> Iterator[tuple[Step, Counts]]:
    """Yield each step that can be taken, and the state it leads to."""
    here = _numbers(system, state)
    for step in system.steps:
        if here.satisfies(step.guard):
            after = {**here.numbers, **{name: int(here.value(term)) for name, term in step.changes.items()}}
            yield step, tuple(after[name] for name in system.names)


def starts(system: CounterSystem, largest: int) -> Iterator[Counts]:
    """Yield the initial state of every configuration, least parameters first, none above `largest`."""
    ranges = [range(largest + 1)] * len(system.parameters)
    for parameters in sorted(itertools.product(*ranges), key=lambda p: (max(p, default=0), p)):
        given = sets.Cluster((), {}, dict(zip(system.parameters, parameters, strict=True)))
        if given.satisfies(system.required):
            counted = {name: int(given.value(term)) for name, term in system.initially.items()}
            yield tuple({**given.numbers, **counted}.get(name, 0) for name in system.names)


def shortest_run(system: CounterSystem, goal: sets.Formula, largest: int) -> CountedRun | None:
    """Return a shortest run to the goal of the smallest configuration that has one, or `None` up to that size."""
    return next((run for start in starts(system, largest) if (run := _search(system, start, goal))), None)


def _search(system: CounterSystem, start: Counts, goal: sets.Formula) -> CountedRun | None:
    parents: dict[Counts, tuple[Counts, Step] | None] = {start: None}
    frontier = [start]
    for state in frontier:
        if holds(system, goal, state):
            return _run(system, state, parents)
        for step, after in successors(system, state):
            if after not in parents:
                parents[after] = (state, step)
                frontier.append(after)
    return None


def _run(system: CounterSystem, last: Counts, parents: Mapping[Counts, tuple[Counts, Step] | None]) -> CountedRun:
    states, steps = [last], list[Step]()
    while parent := parents[states[-1]]:
        states.append(parent[0])
        steps.append(parent[1])
    return CountedRun(system, tuple(reversed(states)), tuple(reversed(steps)))
