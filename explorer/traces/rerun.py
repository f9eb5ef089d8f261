"""A run taken again without some of its steps, and shrunk until no step can be left out.

The labels are tried one after another through the reference engine; one that does not exist where it comes is left out, too.
Source of the shrinking: Zeller & Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), ddmin on labels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from quorate.explorer.contract.engine import ERROR, STUCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from quorate.explorer.contract.edges import Act, Edge, Expansion
    from quorate.explorer.contract.engine import Target
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.values.state import Global


@dataclass(frozen=True, slots=True)
class Run:
    """A run from a first state to a target. `numbers` says of each edge where its label stood among those that were tried."""

    start: Global
    edges: tuple[Edge, ...]
    numbers: tuple[int, ...] = ()

    @property
    def states(self) -> tuple[Global, ...]:
        """Return the states in order; an edge that is an error of the model leads to none."""
        return (self.start, *[e.target for e in self.edges if e.target is not None])

    @property
    def last(self) -> Global:
        """Return the state that the run ends in, or that its error leaves."""
        return self.states[-1]


@dataclass
class Rerun:
    """Runs labels again through the reference engine, and says where one of the targets shows."""

    engine: ReferenceEngine
    targets: frozenset[Target]
    expansions: dict[Global, Expansion] = field(default_factory=dict)

    @cached_property
    def ends(self) -> bool:
        """Say whether it matters which states are terminal."""
        final = {p.name for p in self.engine.system.model.properties if p.modality == "final"}
        return bool(self.targets & (final | {STUCK}))

    def expansion(self, state: Global) -> Expansion:
        """Return the state's edges; the runs that are tried share most of their states."""
        if state not in self.expansions:
            self.expansions[state] = self.engine.successors(state)
        return self.expansions[state]

    def at(self, state: Global) -> frozenset[Target]:
        """Return the targets that the state itself shows."""
        found, error = self.engine.judge.on_state(state)
        if self.ends and self.expansion(state).terminal:
            final, late = self.engine.judge.on_state(state, terminal=True)
            found, error = found | final, error or late
            found |= {STUCK} if self.engine.stuck(state) else set()
        return self.targets & (found | ({ERROR} if error else set()))

    def across(self, before: Global, after: Global) -> frozenset[Target]:
        """Return the targets that the edge shows."""
        found, error = self.engine.judge.on_edge(before, after)
        return self.targets & (found | ({ERROR} if error else set()))

    def taken(self, state: Global, act: Act) -> Edge | None:
        """Return the edge with this label, where it exists."""
        return next((e for e in self.expansion(state).edges if e.act == act), None)

    def follow(self, start: Global, acts: Sequence[Act], numbers: Sequence[int] | None = None) -> Run | None:
        """Take the labels one after another, without those that do not exist, to the target; None where it never shows.

        `numbers` are the labels' own, by default their places from 0.
        """
        state = start
        edges: list[Edge] = []
        kept: list[int] = []
        if self.at(state):
            return Run(start, ())
        for number, act in zip(range(len(acts)) if numbers is None else numbers, acts, strict=True):
            edge = self.taken(state, act)
            if edge is None or (edge.target is None and ERROR not in self.targets):
                continue
            edges.append(edge)
            kept.append(number)
            if edge.target is None or self.across(state, edge.target) or self.at(edge.target):
                return Run(start, tuple(edges), tuple(kept))
            state = edge.target
        return None


def shrinking(again: Rerun, run: Run, accepts: Callable[[Run], bool] = lambda _: True) -> Iterator[Run]:
    """Yield ever shorter runs to the same target, by leaving out ever smaller parts; no step of the last can be left out.

    `accepts` may ask more of a shorter run than that it reaches the target.
    """
    size = max(len(run.edges) // 2, 1)
    while size and run.edges:
        start, before = 0, len(run.edges)
        while start < len(run.edges):
            kept = [(e.act, run.numbers[n]) for n, e in enumerate(run.edges) if not start <= n < start + size]
            shorter = again.follow(run.start, [act for act, _ in kept], [number for _, number in kept])
            if shorter and len(shorter.edges) < len(run.edges) and accepts(shorter):
                run = shorter
                yield run
            else:
                start += size
        if size > 1 or len(run.edges) == before:
            size //= 2
