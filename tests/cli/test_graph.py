"""`quorate graph`: the files it writes are what other tools read, and what is too large is refused."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import networkx as nx

from quorate.report.spaces.graph_svg import layout
from tests.cli.running import CHATTER, LOCK
from tests.explorer.space.test_graph import drawn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.running import Runner


def test_dot(quorate: Runner, golden: Callable[[str, str], None]) -> None:
    ran = quorate("graph", LOCK)
    assert ran.code == 0
    golden("graph_lock.dot", ran.out)


def test_condensed_dot(quorate: Runner, golden: Callable[[str, str], None]) -> None:
    golden("graph_chatter.dot", quorate("graph", CHATTER, "--project", "heard").out)


def test_networkx_reads_the_graphml(quorate: Runner) -> None:
    graph = nx.read_graphml(io.BytesIO(quorate("graph", LOCK, "--format", "graphml").out.encode()))
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (12, 16)
    assert graph.nodes["0"]["marks"] == "initial"
    assert max(nx.single_source_shortest_path_length(graph, "0").values()) == 4
    depths = nx.get_node_attributes(graph, "depth")
    assert depths == dict(nx.single_source_shortest_path_length(graph, "0"))


def test_svg(quorate: Runner, tmp_path: Path) -> None:
    file = tmp_path / "lock.svg"
    ran = quorate("graph", LOCK, "--out", str(file))
    assert (ran.out, ran.err) == ("", f"lock: 12 states, 16 edges, in {file}\n")
    root = ET.parse(file).getroot()
    space = "{http://www.w3.org/2000/svg}"
    groups = root.findall(f"{space}g")
    assert sum(g.get("id", "").startswith("state-") for g in groups) == 12
    assert len(root.findall(f"{space}g/{space}path")) == 16
    assert not root.findall(f".//{space}script")


def test_no_two_states_lie_on_one_another() -> None:
    graph = drawn(CHATTER)
    rows: dict[int, list[tuple[float, float]]] = {}
    for node, spot in zip(graph.nodes, layout(graph), strict=True):
        rows.setdefault(node.depth, []).append((spot.x - spot.width / 2, spot.x + spot.width / 2))
    assert len(rows) == max(n.depth for n in graph.nodes) + 1
    for row in rows.values():
        assert all(left[1] < right[0] for left, right in pairwise(sorted(row)))


def test_what_is_too_large_is_refused(quorate: Runner) -> None:
    ran = quorate("graph", CHATTER, "--max-states", "100", "-q")
    assert (ran.code, ran.out) == (2, "")
    assert "has more than 100 states, too many to draw" in ran.err
    ran = quorate("graph", CHATTER, "--project", "heard,told,steps", "--max-nodes", "9", "-q")
    assert ran.code == 2
    assert "name fewer fields" in ran.err


def test_a_part_is_said_to_be_one(quorate: Runner) -> None:
    ran = quorate("graph", CHATTER, "--project", "heard", "--max-states", "50", "-q")
    assert ran.code == 3
    assert "only the first part: the search was stopped (states)" in ran.err
    assert "only the first part" in ran.out
    assert quorate("graph", CHATTER, "--max-depth", "2", "-q").code == 0


def test_wrong_options_are_refused(quorate: Runner, tmp_path: Path) -> None:
    assert "does not say the format" in quorate("graph", LOCK, "--out", "x.png").err
    assert "did you mean `heard`" in quorate("graph", CHATTER, "--project", "herd").err
    assert "cannot be saved" in quorate("graph", LOCK, "--out", str(tmp_path / "no" / "x.svg")).err
