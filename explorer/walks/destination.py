"""Where a walk by hand may be sent: a violation, a witness, a step, a condition; and the shortest way there from a state.

The search is breadth first, by the reference engine, and at least one step long; it visits a stated number of states at
most and says whether it ended or was stopped. Read next: `afar.py`, for what is farther; `excursion.py`, which takes the way.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from quorate.explorer.contract.engine import ERROR, STUCK
from quorate.language.declare import LIVENESS, VIOLABLE
from quorate.language.errors import ModelError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.edges import Edge, Expansion
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.evaluation.condition import Condition
    from quorate.language.values.state import Global

MOST_STATES = 20_000  # the reference engine visits some hundreds to thousands a second
NEAR_STATES = 1_000  # visited before the native engine is asked
MOST_SECONDS = 60.0


class Destination(Protocol):
    """What a search looks for. `text` names it in messages."""

    @property
    def text(self) -> str: ...

    def on(self, edge: Edge, before: Global) -> bool:
        """Say whether this edge gets there, by itself or by the state that it leads to."""
        ...

    def ends(self, state: Global, expansion: Expansion) -> bool:
        """Say whether the state gets there because of what can happen in it."""
        ...


@dataclass(frozen=True, slots=True)
class Showing:
    """A state or edge that shows one of these targets: a violated property, a witnessed one, an error, stuck messages."""

    engine: ReferenceEngine
    targets: frozenset[str]
    text: str

    def on(self, edge: Edge, before: Global) -> bool:
        if edge.target is None:
            return ERROR in self.targets
        judge = self.engine.judge
        in_state, wrong = judge.on_state(edge.target)
        across, broken = judge.on_edge(before, edge.target)
        return bool(self.targets & (in_state | across)) or (ERROR in self.targets and bool(wrong or broken))

    def ends(self, state: Global, expansion: Expansion) -> bool:
        if not expansion.terminal:
            return False
        found, wrong = self.engine.judge.on_state(state, terminal=True)
        stuck = STUCK in self.targets and self.engine.stuck(state)
        return bool(self.targets & found) or stuck or (ERROR in self.targets and wrong is not None)


@dataclass(frozen=True, slots=True)
class Taking:
    """An edge of this step."""

    step: str

    @property
    def text(self) -> str:
        return f"step `{self.step}`"

    def on(self, edge: Edge, before: Global) -> bool:  # noqa: ARG002  (the state before does not matter)
        return edge.act.step == self.step

    def ends(self, state: Global, expansion: Expansion) -> bool:  # noqa: ARG002  (nor what can happen)
        return False


@dataclass(frozen=True, slots=True)
class Satisfying:
    """A state that satisfies a condition."""

    condition: Condition

    @property
    def text(self) -> str:
        return f"a state with `{self.condition.text}`"

    def on(self, edge: Edge, before: Global) -> bool:  # noqa: ARG002  (a condition is about one state)
        return edge.target is not None and self.condition.holds(edge.target)

    def ends(self, state: Global, expansion: Expansion) -> bool:  # noqa: ARG002  (and only that)
        return False


def violation(engine: ReferenceEngine) -> Showing:
    """Return the destination where any property is violated, or the model has an error, or messages are stuck."""
    names = {p.name for p in engine.system.model.properties if p.modality in VIOLABLE}
    return Showing(engine, frozenset({*names, ERROR, STUCK}), "a violation")


def named(engine: ReferenceEngine, name: str) -> Destination:
    """Return the property or the step of this name; its own name is enough where no other has it. Errors: UsageError."""
    properties = {p.name: p for p in engine.system.model.properties}
    if name in properties:
        if properties[name].modality in LIVENESS:
            raise UsageError(f"`{name}` is a property of whole runs, which no single state violates: use `quorate check`")
        what = "a witness of" if properties[name].modality == "sometimes" else "a violation of"
        return Showing(engine, frozenset({name}), f"{what} `{name}`")
    steps = steps_of(engine)
    alike = [s for s in steps if name in {s, s.rpartition(".")[2]}]
    if len(alike) > 1 and name not in steps:
        raise UsageError(f"there are several steps `{name}`: say which of " + ", ".join(f"`{s}`" for s in alike))
    if not alike:
        near = did_you_mean(name, [*properties, *steps, *(s.rpartition(".")[2] for s in steps)])
        raise UsageError(f"`{engine.system.model.name}` has no property and no step `{name}`{near}")
    return Taking(name if name in steps else alike[0])


def steps_of(engine: ReferenceEngine) -> list[str]:
    """Return the names of all steps that edges may have, faults included."""
    return [*(s.name for s in engine.system.model.steps if s.role != "initial"), *engine.system.setting.budgets]


@dataclass(frozen=True, slots=True)
class Way:
    """What a search found: the edges to the destination, or None; then `cut` says what stopped it, if anything did.

    `limited`: somewhere a `limit` of the model stopped a step; `errors`: a step or condition had an error on the way.
    `fewest_faults`: the way has the fewest faults and then the fewest steps; else the fewest steps.
    """

    edges: tuple[Edge, ...] | None
    states: int
    cut: str | None
    limited: bool
    errors: int
    fewest_faults: bool = False


@dataclass
class _Search:
    engine: ReferenceEngine
    to: Destination
    start: Global
    stopped: Callable[[], bool]
    states: int
    seconds: float
    parents: dict[Global, tuple[Global, Edge] | None] = field(default_factory=dict)
    limited: bool = False
    errors: int = 0
    cut: str | None = None

    def run(self) -> tuple[Edge, ...] | None:
        """Return the edges of a shortest way; a level's own states are looked at before the edges that leave them."""
        self.started = time.monotonic()
        self.parents[self.start] = None
        level = [self.start]
        while level and self.cut is None:
            following: list[tuple[Global, Expansion]] = []
            for state in level:
                if self._is_over():
                    return None
                expansion = self.engine.successors(state)
                self.limited |= bool(expansion.limited)
                if state is not self.start and self.to.ends(state, expansion):
                    return self._path(state)
                following.append((state, expansion))
            found, level = self._expand(following)
            if found is not None:
                return found
        return None

    def _expand(self, following: list[tuple[Global, Expansion]]) -> tuple[tuple[Edge, ...] | None, list[Global]]:
        level: list[Global] = []
        for state, expansion in following:
            for edge in expansion.edges:
                if self._gets_there(edge, state):
                    return (*self._path(state), edge), []
                if edge.target is None:
                    self.errors += 1
                elif edge.target not in self.parents:
                    self.parents[edge.target] = state, edge
                    level.append(edge.target)
            if self._is_over():
                break
        return None, level

    def _gets_there(self, edge: Edge, state: Global) -> bool:
        try:
            return self.to.on(edge, state)
        except ModelError:  # a condition without an answer here is not satisfied here; the search says that it met one
            self.errors += 1
            return False

    def _is_over(self) -> bool:
        if self.stopped():
            self.cut = "it was stopped"
        elif len(self.parents) > self.states:
            self.cut = f"{self.states} states"
        elif time.monotonic() - self.started > self.seconds:
            self.cut = f"{self.seconds:.0f} seconds"
        return self.cut is not None

    def _path(self, state: Global) -> tuple[Edge, ...]:
        edges: list[Edge] = []
        came = self.parents[state]
        while came is not None:
            before, edge = came
            edges.append(edge)
            came = self.parents[before]
        return tuple(reversed(edges))


def way(
    engine: ReferenceEngine,
    start: Global,
    to: Destination,
    stopped: Callable[[], bool] = lambda: False,
    *,
    states: int = MOST_STATES,
    seconds: float = MOST_SECONDS,
) -> Way:
    """Return a shortest way of at least one step from `start`, the least by label among those of its length."""
    search = _Search(engine, to, start, stopped, states, seconds)
    edges = search.run()
    return Way(edges, len(search.parents), search.cut, search.limited, search.errors)
