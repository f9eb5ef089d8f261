"""State spaces kept whole, and the graphs that are drawn of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from quorate.explorer.check import Request, check, configure
from quorate.explorer.contract.engine import NO_LIMITS, Limits
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.space.graph import Graph, graph_of
from quorate.explorer.space.space import Space, space_of
from quorate.language.errors import UsageError
from tests.cli.running import CHATTER, LOCK


def engine_of(model: str, preset: str | None = None) -> ReferenceEngine:
    configuration = configure(Request(model=model, preset=preset))
    return ReferenceEngine(configuration.model, configuration.setting, configuration.program)


def drawn(model: str, *fields: str, limits: Limits = NO_LIMITS, preset: str | None = None) -> Graph:
    engine = engine_of(model, preset)
    return graph_of(engine, space_of(engine, limits), fields)


@pytest.mark.parametrize(("model", "preset"), [(LOCK, "default"), (LOCK, "server restarts"), (CHATTER, "default")])
def test_the_space_is_that_of_the_search(model: str, preset: str) -> None:
    searched = check(Request(model=model, preset=preset, engine="reference")).exploration
    space = space_of(engine_of(model, preset), NO_LIMITS)
    assert (len(space.states), len(space.links), max(space.depths)) == (searched.states, searched.edges, searched.depth)
    assert len(space.terminal) == searched.terminal
    assert {n: t for n, t in searched.fired.items() if t} == Counter(link.edge.act.step for link in space.links)
    assert (space.cut, space.expanded) == (None, len(space.states))
    assert sum(link.new for link in space.links) == searched.states - space.initial


def test_a_limit_keeps_what_was_found() -> None:
    engine = engine_of(CHATTER)
    some, whole = space_of(engine, Limits(states=40)), space_of(engine, NO_LIMITS)
    assert (some.cut, len(some.states)) == ("states", 40)
    assert some.states == whole.states[:40]
    assert some.links == tuple(link for link in whole.links if link.source < some.expanded)
    assert space_of(engine, Limits(depth=2)).states == tuple(
        s for s, depth in zip(whole.states, whole.depths, strict=True) if depth <= 2
    )


def test_marks_say_what_a_state_is() -> None:
    graph = drawn(CHATTER)
    violating = [n for n in graph.nodes if "violating" in n.marks]
    assert violating
    assert all(n.properties == ("the_listener_has_peace",) for n in violating)
    assert {n.text[1] for n in violating} == {"Listener: heard 2"}
    assert [n.depth for n in graph.nodes if "initial" in n.marks] == [0]
    (last,) = [n for n in graph.nodes if "terminal" in n.marks]
    assert last.text == ("Talker: told 3", "Listener: heard 2", "Bystander 1: steps 3", "Bystander 2: steps 3")
    assert "stuck" not in last.marks


def test_a_projection_is_the_quotient() -> None:
    """Nodes, sizes and arcs are those counted by hand from the whole space."""
    graph = drawn(CHATTER, "heard", "Talker.told")
    space: Space = space_of(engine_of(CHATTER), NO_LIMITS)
    keys = [(s.fields[0], s.fields[1]) for s in space.states]
    assert Counter(keys) == Counter({k: n.states for k, n in zip(dict.fromkeys(keys), graph.nodes, strict=True)})
    between = Counter(
        (keys[link.source], keys[link.target], link.edge.act.step.rpartition(".")[2])
        for link in space.links
        if link.target is not None and keys[link.source] != keys[link.target]
    )
    assert sorted(arc.times for arc in graph.arcs) == sorted(between.values())
    assert {arc.text for arc in graph.arcs} == {"tell", "on_note"}
    assert graph.nodes[0].text == ("Talker: told 0", "Listener: heard 0")


def test_the_network_can_be_projected_to() -> None:
    assert [n.text for n in drawn(CHATTER, "flight").nodes] == [
        (),
        ("in flight: Note() Talker -> Listener",),
        ("in flight: Note() Talker -> Listener x2",),
        ("in flight: Note() Talker -> Listener x3",),
    ]
    assert {n.text for n in drawn(LOCK, "down", preset="server restarts").nodes} >= {(), ("down: Server",)}


def test_an_error_is_a_node_of_its_own() -> None:
    engine = engine_of(CHATTER)
    narrow = ReferenceEngine(engine.system.model, replace(engine.system.setting, capacity=1), engine.program)
    graph = graph_of(narrow, space_of(narrow, NO_LIMITS))
    (error,) = [n for n, node in enumerate(graph.nodes) if "error" in node.marks]
    assert error == len(graph.nodes) - 1
    assert {arc.text for arc in graph.arcs if arc.target == error} == {"Talker: tell()"}


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean `heard`"):
        drawn(CHATTER, "herd")
