"""The reference engine: a search that runs the user's own functions on real objects, small and plainly right.

It decides what a protocol means; the native engine is held against it. Read next: `stepping.py`, one state's edges;
`layers.py`, the second search, for the simplest trace.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.explorer.contract.account import Account, Sight
from quorate.explorer.contract.edges import Edge, Expansion
from quorate.explorer.contract.engine import Findings, Progress
from quorate.explorer.contract.verdict import Exploration, Stopped
from quorate.explorer.reference.faults import faults
from quorate.explorer.reference.judging import Judge
from quorate.explorer.reference.layers import shortest
from quorate.explorer.reference.present import System
from quorate.explorer.reference.stepping import Stepper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.engine import Guide, Limits, Observer, Target
    from quorate.explorer.contract.verdict import Cut
    from quorate.language.loading.model import Model
    from quorate.language.loading.prelude import Spot
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global, Setting

PULSE = 0.1  # seconds between two calls of an observer


class ReferenceEngine:
    """The `Engine` that needs no compiler. The program, where there is one, gives inferred bounds and numbers quantifiers.

    Without `inferred` bounds it takes nothing from the program that decides what a step does.
    """

    def __init__(self, model: Model, setting: Setting, program: Program | None = None, *, inferred: bool = True) -> None:
        self.system = System.of(model, setting, program if inferred else None)
        self.stepper = Stepper(self.system)
        self.judge = Judge.of(self.system, program)
        self.program = program

    def initial_states(self) -> list[Global]:
        """Return the first states in the order of their values. Errors: ModelError where an `@initial` has one."""
        return self.stepper.first_states()

    def first_limits(self) -> Counter[Spot]:
        """Return how often each limit stopped a way through an `@initial`."""
        return Counter(self.stepper.first_limits())

    def successors(self, state: Global) -> Expansion:
        """Return every edge of the state, sorted by label, errors of the model included."""
        edges, limited = self.stepper.taken(state)
        resets: list[Spot] = []
        return Expansion((*edges, *faults(self.stepper, state, resets)), tuple(limited), tuple(resets))

    def stuck(self, state: Global) -> bool:
        """Say whether a message is in flight to a process that is up; under `set` messages stay, and say nothing."""
        return self.system.setting.network != "set" and any(p.target not in state.down for p in state.flight)

    def account(self, state: Global) -> Account:
        """Return all that the model says of a state."""
        judge, expansion = self.judge, self.successors(state)
        judge.noticed.clear()
        leaps = [(e.act.step, e.target) for e in expansion.edges if e.target is not None]
        failing = Counter(e.cost for e in expansion.edges if e.target is None)
        files = {str(s.module.__file__): s.shown for s in self.system.model.sources}
        return Account(
            edges=Counter(leaps),
            sights={target: _sight(*judge.on_edge(state, target)) for target in {target for _, target in leaps}},
            errors=(failing[0], failing[1]),
            limited=Counter((files[file], line, column) for file, line, column in (*expansion.limited, *expansion.resets)),
            state=_sight(*judge.on_state(state)),
            final=_sight(*judge.on_state(state, terminal=True)) if expansion.terminal else None,
            stuck=expansion.terminal and self.stuck(state),
            exercised=judge.exercised(),
        )

    def explore(self, limits: Limits, observer: Observer | None = None) -> Findings:
        """Visit every state once, breadth first. Errors: ModelError where there is no first state."""
        search = Search(self, limits, observer)
        search.run()
        return search.findings()

    def shortest(self, targets: Sequence[Target], limits: Limits, observer: Observer | None = None) -> dict[Target, Guide]:
        """Return the cheapest way to each target that was reached: fewest faults, then fewest steps."""
        return shortest(self, targets, Clock(limits, observer))

    def limit_text(self, at: Spot) -> str:
        """Return how a `limit` reads in the verdict: as the program says it, else its own line."""
        source = next(s for s in self.system.model.sources if s.module.__file__ == at[0])
        for bound in self.program.limits if self.program else ():
            if (bound.where.file, bound.where.line) == (source.shown, at[1]):
                return bound.text
        return source.text.splitlines()[at[1] - 1].strip()


def _sight(shown: set[str], error: Exception | None) -> Sight:
    return Sight(frozenset(shown), error is not None)


@dataclass
class Clock:
    """Time, memory and progress of a search: what its limits say, and how its observer hears of it."""

    limits: Limits
    observer: Observer | None
    started: float = field(default_factory=time.monotonic)
    heard: float = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def cut(self, states: int, edges: int, depth: int, queue: int) -> Cut | None:
        """Return which limit stops the search now, if any; about ten times a second the observer hears how far it is."""
        now = self.seconds
        if self.observer and now - self.heard >= PULSE:
            self.heard = now
            self.observer(Progress(states, edges, depth, queue, now, peak_bytes()))
        if self.limits.states is not None and states > self.limits.states:
            return "states"
        if self.limits.seconds is not None and now > self.limits.seconds:
            return "time"
        return "memory" if self.limits.memory is not None and peak_bytes() > self.limits.memory else None


def peak_bytes() -> int:
    """Return the most memory that this process has had resident, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@dataclass
class Search:
    """One breadth-first search, level by level, with all that it counts."""

    engine: ReferenceEngine
    limits: Limits
    observer: Observer | None
    seen: set[Global] = field(default_factory=set)
    decided: set[str] = field(default_factory=set)
    fired: Counter[str] = field(default_factory=Counter)
    limited: Counter[Spot] = field(default_factory=Counter)
    depth: int = 0
    edges: int = 0
    terminal: int = 0
    stuck: int = 0
    error: bool = False
    cut: Cut | None = None

    def run(self) -> None:
        """Search to the end, or to what cuts it. An error of the model ends it with the level that it was found in."""
        self.clock = Clock(self.limits, self.observer)
        level = self.engine.initial_states()
        self.limited.update(self.engine.first_limits())
        self.seen.update(level)
        try:
            while level and not self.cut and not self.error:
                if self._ends_with(level):
                    return
                level = self._expand(level)
                self.depth += bool(level)
        except KeyboardInterrupt:
            self.cut = "interrupted"

    def _ends_with(self, level: list[Global]) -> bool:
        """Say whether this level is not expanded, and why; its states are judged all the same."""
        deepest = self.limits.depth is not None and self.depth >= self.limits.depth
        if deepest or self.limits.first:
            for state in level:
                self._note(*self.engine.judge.on_state(state))
        if self.limits.first and self._violated():
            self.cut = "first"
        elif deepest:
            self.cut = "depth"
        return self.cut is not None

    def _expand(self, level: list[Global]) -> list[Global]:
        found: list[Global] = []
        for index, state in enumerate(level):
            self._note(*self.engine.judge.on_state(state))
            expansion = self.engine.successors(state)
            self.limited.update((*expansion.limited, *expansion.resets))
            for edge in expansion.edges:
                self._take(state, edge, found)
            if expansion.terminal:
                self._end(state)
            self.cut = self.cut or self.clock.cut(len(self.seen), self.edges, self.depth, len(level) - index + len(found))
            if self.cut:
                break
        return found

    def _take(self, state: Global, edge: Edge, found: list[Global]) -> None:
        if edge.target is None:
            self.error = True
            return
        self.edges += 1
        self.fired[edge.act.step] += 1
        self._note(*self.engine.judge.on_edge(state, edge.target))
        if edge.target not in self.seen:
            self.seen.add(edge.target)
            found.append(edge.target)

    def _end(self, state: Global) -> None:
        self.terminal += 1
        self.stuck += self.engine.stuck(state)
        self._note(*self.engine.judge.on_state(state, terminal=True))

    def _note(self, decided: set[str], error: Exception | None) -> None:
        self.error = self.error or error is not None
        self.decided |= decided

    def _violated(self) -> frozenset[str]:
        found = {p.name for p in self.engine.system.model.properties if p.modality == "sometimes"}
        return frozenset(self.decided - found)

    def findings(self) -> Findings:
        """Return what the search saw."""
        system, judge = self.engine.system, self.engine.judge
        steps = [s.name for s in system.model.steps if s.role != "initial"] + list(system.setting.budgets)
        stopped = tuple(Stopped(self.engine.limit_text(at), times) for at, times in sorted(self.limited.items()))
        exploration = Exploration(
            states=len(self.seen),
            edges=self.edges,
            depth=self.depth,
            terminal=self.terminal,
            stuck=self.stuck,
            fired={name: self.fired[name] for name in steps},
            limits=stopped,
            cut=self.cut,
            seconds=self.clock.seconds,
            peak_bytes=peak_bytes(),
            engine="reference",
        )
        violated = self._violated()
        found = frozenset(self.decided) - violated
        return Findings(exploration, violated, found, judge.exercised(), frozenset(judge.evaluated), self.error)
