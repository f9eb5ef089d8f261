"""The full search: breadth first, level by level, with all that it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.clock import Clock, peak_bytes
from quorate.explorer.contract.engine import Findings
from quorate.explorer.contract.exploration import Exploration
from quorate.language.declare import VIOLABLE

if TYPE_CHECKING:
    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.contract.engine import Limits, Observer
    from quorate.explorer.contract.exploration import Cut
    from quorate.explorer.reference.states import States
    from quorate.language.loading.prelude import Spot
    from quorate.language.values.state import Global


@dataclass
class Search:
    """One breadth-first search, level by level, with all that it counts."""

    engine: States
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
                self._note(*self.engine.judge.on_state(state, runs=True))
        if self.limits.first and self._violated():
            self.cut = "first"
        elif deepest:
            self.cut = "depth"
        return self.cut is not None

    def _expand(self, level: list[Global]) -> list[Global]:
        found: list[Global] = []
        for index, state in enumerate(level):
            self._note(*self.engine.judge.on_state(state, runs=True))
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

    def _plain(self) -> int | None:
        """Return how many states there are without what guarantees keep, or None where none is asked for."""
        shared = self.engine.system.model.shared
        own = [i for i, holder in enumerate(shared) if self.engine.system.model.keeps(holder)]
        if len(own) == len(shared):
            return None
        return len({replace(state, shared=tuple(state.shared[i] for i in own)) for state in self.seen})

    def _violated(self) -> frozenset[str]:
        violable = {p.name for p in self.engine.system.model.properties if p.modality in VIOLABLE}
        return frozenset(self.decided & violable)

    def findings(self) -> Findings:
        """Return what the search saw."""
        system, judge = self.engine.system, self.engine.judge
        steps = [s.name for s in system.model.steps if s.role != "initial"] + list(system.setting.budgets)
        stopped = tuple(self.engine.stopped(at, times) for at, times in sorted(self.limited.items()))
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
            plain=None if self.cut or self.error else self._plain(),
        )
        violated = self._violated()
        found = frozenset(self.decided) - violated
        return Findings(exploration, violated, found, judge.exercised(), frozenset(judge.evaluated), self.error)
