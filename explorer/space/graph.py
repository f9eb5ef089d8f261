"""A state space as a graph to draw: whole, or condensed by a projection onto chosen fields.

Condensed, a node stands for all states that agree on these fields, and an arc for all edges of one step between two nodes:
whatever is reachable is a path, but not every path is a run. Read next: `report/spaces/graph.py`, how it is written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quorate.explorer.traces.story import Narrator
from quorate.language.errors import UsageError, did_you_mean
from quorate.language.values.values import show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.explorer.contract.exploration import Cut
    from quorate.explorer.contract.trace import Snapshot
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.explorer.space.space import Link, Space
    from quorate.language.values.state import Global

Mark = Literal["initial", "violating", "witness", "terminal", "stuck", "error"]
Shadow = tuple[str, ...]  # what a projection leaves of a state, as lines of text

NETWORK = ("flight", "down", "cut")  # what a projection may name besides fields
ERROR_TEXT = "an error of the model"


@dataclass(frozen=True, slots=True)
class Node:
    """States that are drawn as one. `properties` are those that some of them violate or witness."""

    text: Shadow
    depth: int
    states: int
    marks: frozenset[Mark]
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arc:
    """Edges that are drawn as one, `times` of them. `properties` are those of steps that some of them violate."""

    source: int
    target: int
    text: str
    fault: bool
    times: int
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn. `projected` are the fields of a condensed graph. `cut`: these are only the first of the states."""

    name: str
    nodes: tuple[Node, ...]
    arcs: tuple[Arc, ...]
    states: int
    edges: int
    projected: tuple[str, ...]
    cut: Cut | None


def graph_of(engine: ReferenceEngine, space: Space, fields: Sequence[str] = ()) -> Graph:
    """Return the graph of a space; given fields, the one condensed to them. Errors: UsageError for an unknown field."""
    shadow = projection(engine, fields) if fields else _whole
    shadows = [shadow(Narrator(engine.system).snapshot(state)) for state in space.states]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(shadows))}
    place = [numbers[text] for text in shadows] if fields else list(range(len(shadows)))
    nodes = _nodes(engine, space, shadows, place)
    arcs = _arcs(engine, space, place, condensed=bool(fields))
    if any(link.target is None for link in space.links):
        last = max(node.depth for node in nodes) + 1
        nodes.append(Node((ERROR_TEXT,), last, 0, frozenset({"error"}), ()))
    name, edges = engine.system.model.name, len(space.links)
    return Graph(name, tuple(nodes), tuple(arcs), len(space.states), edges, tuple(fields), space.cut)


def _whole(snapshot: Snapshot) -> Shadow:
    """Return a state as lines: a process each, then what is in flight and what has failed."""
    lines = [
        f"{label}: {', '.join(f'{name} {show(value)}' for name, value in values.items())}"
        for label, values in snapshot.fields.items()
        if values
    ]
    return (*lines, *_network(snapshot, NETWORK))


def _network(snapshot: Snapshot, wanted: Sequence[str]) -> Shadow:
    flying = Counter(f"{show(e.message)} {e.source} -> {e.target}" for e in snapshot.flight)
    flight = ", ".join(f"{text} x{n}" if n > 1 else text for text, n in flying.items())
    texts = {"flight": flight, "down": ", ".join(snapshot.down), "cut": ", ".join(f"{a} -> {b}" for a, b in snapshot.cut)}
    names = {"flight": "in flight", "down": "down", "cut": "cut"}
    return tuple(f"{names[what]}: {texts[what]}" for what in wanted if texts[what])


def projection(engine: ReferenceEngine, fields: Sequence[str]) -> Callable[[Snapshot], Shadow]:
    """Return what keeps only these fields (`term`, `Server.term`), or `flight`, `down`, `cut`. Errors: UsageError."""
    model = engine.system.model
    known = {(kind, f.name) for kind in model.kinds for f in model.fields[kind]}
    names = {name for kind, field in known for name in (field, f"{kind}.{field}")} | set(NETWORK)
    for field in fields:
        if field not in names:
            raise UsageError(f"`{model.name}` has no field `{field}`{did_you_mean(field, names)}")
    kinds = {h.label: type(h).__name__ for h in (*model.processes, *model.shared)}

    def shadow(snapshot: Snapshot) -> Shadow:
        lines: list[str] = []
        for label, values in snapshot.fields.items():
            kept = [f"{n} {show(v)}" for n, v in values.items() if n in fields or f"{kinds[label]}.{n}" in fields]
            lines += [f"{label}: {', '.join(kept)}"] if kept else []
        return (*lines, *_network(snapshot, [f for f in fields if f in NETWORK]))

    return shadow


# -- nodes and arcs ---------------------------------------------------------------------------------------------------


def _nodes(engine: ReferenceEngine, space: Space, shadows: Sequence[Shadow], place: Sequence[int]) -> list[Node]:
    members: dict[int, list[int]] = {}
    for number, node in enumerate(place):
        members.setdefault(node, []).append(number)
    return [_node(engine, space, shadows[numbers[0]], numbers) for numbers in members.values()]


def _node(engine: ReferenceEngine, space: Space, text: Shadow, numbers: Sequence[int]) -> Node:
    marks: set[Mark] = set()
    names: set[str] = set()
    for number in numbers:
        found = _judged(engine, space.states[number], terminal=number in space.terminal)
        names |= found
        marks |= {"initial"} if number < space.initial else set()
        if number in space.terminal:
            marks |= {"terminal", "stuck"} if engine.stuck(space.states[number]) else {"terminal"}
    witnesses = {p.name for p in engine.system.model.properties if p.modality == "sometimes"}
    marks |= {"violating"} if names - witnesses else set()
    marks |= {"witness"} if names & witnesses else set()
    return Node(text, min(space.depths[n] for n in numbers), len(numbers), frozenset(marks), tuple(sorted(names)))


def _judged(engine: ReferenceEngine, state: Global, *, terminal: bool) -> set[str]:
    found, _ = engine.judge.on_state(state)
    return found | engine.judge.on_state(state, terminal=True)[0] if terminal else found


def _arcs(engine: ReferenceEngine, space: Space, place: Sequence[int], *, condensed: bool) -> list[Arc]:
    """Return the arcs; condensed ones are named by their step alone, and those inside a node are left out."""
    times: Counter[tuple[int, int, str, bool]] = Counter()
    names: dict[tuple[int, int, str, bool], set[str]] = {}
    narrator, nowhere = Narrator(engine.system), max(place) + 1
    for link in space.links:
        target = nowhere if link.target is None else place[link.target]
        text = link.edge.act.step.rpartition(".")[2] if condensed else narrator.text(link.edge)
        key = place[link.source], target, text, link.edge.act.sort == "fault"
        if condensed and key[0] == key[1]:
            continue
        times[key] += 1
        names.setdefault(key, set()).update(_crossed(engine, space, link))
    return [Arc(*key, many, tuple(sorted(names[key]))) for key, many in times.items()]


def _crossed(engine: ReferenceEngine, space: Space, link: Link) -> set[str]:
    if link.target is None:
        return set()
    return engine.judge.on_edge(space.states[link.source], space.states[link.target])[0]
