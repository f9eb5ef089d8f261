"""What makes a state space grow: by depth, by step, by field, by message; and which bound to lower first.

Counts by depth, step and field come from the space that the reference engine keeps (`space.py`), whole or its first part.
Which bound matters is not guessed from them: each is lowered by one and the space is searched again.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from quorate.explorer.check import configure, engine_for
from quorate.explorer.contract.engine import Limits
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.space.space import space_of
from quorate.language.declare import FAULTS
from quorate.language.errors import QuorateError
from quorate.language.packed.routes import walk
from quorate.language.program.ir import Limit, Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from quorate.explorer.check import Configuration, Request
    from quorate.explorer.contract.engine import Observer
    from quorate.explorer.contract.exploration import Cut, Exploration
    from quorate.explorer.space.space import Space
    from quorate.language.values.state import Global


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How far to look: states kept for the tables; seconds of each search; whether to lower bounds and search again."""

    states: int = 5_000
    seconds: float = 20.0
    tries: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    """One depth: its states, and the edges that leave them."""

    depth: int
    states: int
    edges: int


@dataclass(frozen=True, slots=True)
class StepShare:
    """One step or fault: its edges, the states that it was first to find, its edges back to where they start, errors."""

    step: str
    edges: int
    new: int
    idle: int
    errors: int


@dataclass(frozen=True, slots=True)
class FieldShare:
    """One field of a kind, or `in flight`, `down`, `cut`, `budgets`.

    `values` are those that any one holder takes; `factor` is how many times fewer states there were without it: states that
    differ in nothing else counted once.
    """

    name: str
    values: int
    factor: float


@dataclass(frozen=True, slots=True)
class Flight:
    """One sort of message: states with at least one in flight, and the most in one state."""

    message: str
    states: int
    most: int


@dataclass(frozen=True, slots=True)
class Try:
    """One bound lowered by one. `states` None: it could not be lowered, `why` says so. `cut`: there are more.

    `bounds`: a `limit` names it, or it is a fault's budget: it says how far to explore, and the protocol stays the same.
    """

    name: str
    before: str
    after: str
    states: int | None
    cut: Cut | None
    bounds: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """All of it. `whole` is the full search; the tables are of `states` states, `cut` where these are not all.

    `flying[n]` are the states with n messages in flight.
    """

    model: str
    preset: str | None
    whole: Exploration
    states: int
    cut: Cut | None
    levels: tuple[Level, ...]
    steps: tuple[StepShare, ...]
    fields: tuple[FieldShare, ...]
    flying: tuple[int, ...]
    flights: tuple[Flight, ...]
    tries: tuple[Try, ...]

    @property
    def advice(self) -> Try | None:
        """Return what to lower first: the bound with the fewest states left, else the parameter with the fewest."""
        smaller = [t for t in self.tries if t.states is not None and not t.cut and t.states < self.whole.states]
        ranked = sorted(smaller, key=lambda t: (not t.bounds, t.states))
        return ranked[0] if ranked else None


def profile(request: Request, plan: Plan, observer: Observer | None = None) -> Profile:
    """Search the space, keep its first states, and lower each bound. Errors: as `check` has them."""
    configuration = configure(request)
    engine, _ = engine_for(configuration, request)
    limits = Limits(seconds=plan.seconds)
    whole = engine.explore(limits, observer).exploration
    reference = ReferenceEngine(configuration.model, configuration.setting, configuration.program)
    space = space_of(reference, replace(limits, states=plan.states), observer)
    flying = Counter(len(state.flight) for state in space.states)
    return Profile(
        configuration.model.name,
        configuration.preset.name or None,
        whole,
        len(space.states),
        space.cut,
        tuple(_levels(space)),
        tuple(_steps(space)),
        tuple(_fields(reference, space)),
        tuple(flying[n] for n in range(max(flying) + 1)),
        tuple(_flights(space)),
        tuple(_tries(request, configuration, whole, plan, observer)) if plan.tries else (),
    )


def _levels(space: Space) -> Iterator[Level]:
    states = Counter(space.depths)
    edges = Counter(space.depths[link.source] for link in space.links)
    return (Level(depth, states[depth], edges[depth]) for depth in sorted(states))


def _steps(space: Space) -> list[StepShare]:
    """Return the steps, those that found most first."""
    found: dict[str, Counter[str]] = {}
    for link in space.links:
        counts = found.setdefault(link.edge.act.step, Counter())
        counts["edges"] += 1
        counts["new"] += link.new
        counts["idle"] += link.source == link.target
        counts["errors"] += link.target is None
    shares = [StepShare(step, n["edges"], n["new"], n["idle"], n["errors"]) for step, n in found.items()]
    return sorted(shares, key=lambda s: (-s.new, -s.edges, s.step))


def _flights(space: Space) -> list[Flight]:
    states: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for state in space.states:
        for message, many in Counter(p.message for p in state.flight).items():
            states[message] += 1
            most[message] = max(most[message], many)
    return [Flight(message, n, most[message]) for message, n in states.most_common()]


# -- fields -----------------------------------------------------------------------------------------------------------


def _fields(engine: ReferenceEngine, space: Space) -> list[FieldShare]:
    """Return what a state is made of, what multiplies the space most first."""
    shares = [*_own_fields(engine, space), *_network(space)]
    return sorted((s for s in shares if s.values > 1), key=lambda s: (-s.factor, s.name))


def _own_fields(engine: ReferenceEngine, space: Space) -> Iterator[FieldShare]:
    model = engine.system.model
    for kind in dict.fromkeys(type(h) for h in (*model.processes, *model.shared)):
        processes = frozenset(p.number for p in model.processes if type(p) is kind)
        shared = frozenset(s.number for s in model.shared if type(s) is kind)
        for name, (at, _) in engine.system.slots[kind].items():
            rows = [s.fields[n] for s in space.states for n in processes] + [s.shared[n] for s in space.states for n in shared]

            def without(state: Global, at: int = at, p: frozenset[int] = processes, q: frozenset[int] = shared) -> Hashable:
                return replace(state, fields=_blanked(state.fields, p, at), shared=_blanked(state.shared, q, at))

            yield FieldShare(f"{kind.__name__}.{name}", len({row[at] for row in rows}), _factor(space, without))


def _blanked(rows: tuple[tuple[object, ...], ...], numbers: frozenset[int], at: int) -> tuple[tuple[object, ...], ...]:
    """Return the rows, those with these numbers without one value."""
    return tuple((*row[:at], *row[at + 1 :]) if n in numbers else row for n, row in enumerate(rows))


def _network(space: Space) -> Iterator[FieldShare]:
    parts: dict[str, tuple[Callable[[Global], Hashable], Callable[[Global], Hashable]]] = {
        "in flight": (lambda s: s.flight, lambda s: replace(s, flight=())),
        "down": (lambda s: s.down, lambda s: replace(s, down=frozenset())),
        "cut": (lambda s: s.cut, lambda s: replace(s, cut=frozenset())),
        "budgets": (lambda s: s.budgets, lambda s: replace(s, budgets=())),
    }
    for name, (part, without) in parts.items():
        yield FieldShare(name, len({part(s) for s in space.states}), _factor(space, without))


def _factor(space: Space, without: Callable[[Global], Hashable]) -> float:
    return len(space.states) / len({without(state) for state in space.states})


# -- lowering bounds --------------------------------------------------------------------------------------------------


def _tries(
    request: Request, configuration: Configuration, whole: Exploration, plan: Plan, observer: Observer | None
) -> Iterator[Try]:
    """Lower each number that the configuration has by one, and search as many states as there are now."""
    limits = Limits(states=whole.states, seconds=plan.seconds)
    for name, before, after, lowered, bounds in _lowered(request, configuration):
        try:
            smaller = configure(lowered)
            engine, _ = engine_for(smaller, lowered)
            found = engine.explore(limits, observer)
        except QuorateError as error:
            yield Try(name, before, after, None, None, bounds, str(error).splitlines()[0])
            continue
        if found.error:
            yield Try(name, before, after, None, None, bounds, "the model has an error then")
            continue
        yield Try(name, before, after, found.exploration.states, found.exploration.cut, bounds)


def _lowered(request: Request, configuration: Configuration) -> Iterator[tuple[str, str, str, Request, bool]]:
    named = _limiting(configuration)
    for parameter in configuration.model.parameters:
        if isinstance(parameter.value, int) and not isinstance(parameter.value, bool) and parameter.value > 0:
            after = parameter.value - 1
            kept = {n: v for n, v in request.parameters.items() if n.casefold() != parameter.name.casefold()}
            lowered = replace(request, parameters={**kept, parameter.name: after})
            yield parameter.name, str(parameter.value), str(after), lowered, parameter.name in named
    faults = request.faults or configuration.preset.faults
    for fault in FAULTS:
        less = _less(str(getattr(faults, fault)))
        if less is not None:
            lowered = replace(request, faults=replace(faults, **cast("dict[str, Any]", {fault: less})))
            yield f"{fault} budget", str(getattr(faults, fault)), less, lowered, True


def _limiting(configuration: Configuration) -> frozenset[str]:
    """Return the parameters that a `limit` names."""
    program = configuration.program
    bodies = [] if program is None else [*(s.body for s in program.steps), *(f.body for f in program.functions.values())]
    return frozenset(p.name for bound in walk(bodies, Limit) for p in walk(bound.condition, Parameter))


def _less(budget: str) -> str | None:
    """Return a fault's budget with one less; `any` becomes 1, and nothing is less than 0."""
    matched = re.fullmatch(r"(\d+|any)(\s+of\s+\w+)?", budget.strip(), re.IGNORECASE)
    if matched is None or matched.group(1) == "0":
        return None
    count, group = matched.group(1), matched.group(2) or ""
    less = "1" if count.casefold() == "any" else str(int(count) - 1)
    return "0" if less == "0" else f"{less}{group}"
