"""Latency in places, against every quorum of small systems; the command and what is wrong with its files."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import pytest

from quorate.cli import main
from quorate.language.errors import UsageError
from quorate.properties.quorum.clusters.expressions import Node, choose, majority, numbered
from quorate.properties.quorum.strategies.places import Latency, Map, by_strategy, map_of, moves, nearest
from quorate.properties.quorum.strategies.strategy import System, Wanted, best, uniform
from tests.properties.quorum.test_documents import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from quorate.properties.quorum.clusters.expressions import Expression

F = Fraction
ZONES = ("asia", "east", "west")


def placed(draw: random.Random) -> tuple[System, Map]:
    count = draw.randint(2, 5)
    reads = choose(draw.randint(1, count), numbered(count))
    if draw.random() < 0.5:
        reads = choose(1, [Node("n1") * Node("n2"), *numbered(count)[2:]]) if count > 2 else reads
    nodes = reads.nodes
    trips = {(a, b): F(draw.randint(1, 9) if a != b else draw.randint(0, 1)) for a in ZONES for b in ZONES if a <= b}
    trips |= {(b, a): t for (a, b), t in trips.items()}
    system = System(
        reads,
        reads.dual(),
        latencies={n: F(draw.randint(0, 2)) for n in nodes},
        zone_of={n: draw.choice(ZONES) for n in nodes},
    )
    return system, map_of(system, trips, {zone: F(draw.randint(0, 3)) for zone in ZONES} | {"east": F(1)})


def every(expression: Expression, system: System, places: Map, zone: str) -> list[Fraction]:
    return [max(places.wait(system, zone, n) for n in quorum) for quorum in expression.quorums()]


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_quorum_is_the_quickest_of_all(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(20):
        system, places = placed(draw)
        found = nearest(system, places)
        for expression, times in ((system.reads, found.reads), (system.writes, found.writes)):
            least = {zone: min(every(expression, system, places, zone)) for zone in places.clients}
            assert times.mean == sum(p * least[zone] for zone, p in places.clients.items())
            late = sum(p for zone, p in places.clients.items() if least[zone] > times.tail)
            assert late <= F(1, 100) < late + sum(p for zone, p in places.clients.items() if least[zone] == times.tail)


@pytest.mark.parametrize("seed", range(5))
def test_a_strategy_is_the_mixture_of_its_quorums(seed: int) -> None:
    draw = random.Random(100 + seed)
    for _ in range(20):
        system, places = placed(draw)
        even = by_strategy(uniform(system), places)
        for expression, times in ((system.reads, even.reads), (system.writes, even.writes)):
            quorums = {frozenset(q) for q in expression.quorums()}
            smallest = [q for q in quorums if not any(p < q for p in quorums)]
            waits = [(max(places.wait(system, z, n) for n in q), p) for q in smallest for z, p in places.clients.items()]
            assert times.mean == sum((w * p for w, p in waits), F(0)) / len(smallest)
            assert sum(p for _, p in times.times) == 1
        least_load = by_strategy(best(system, Wanted()), places)
        assert least_load.mean(F(1, 2)) >= nearest(system, places).mean(F(1, 2))


@pytest.mark.parametrize("seed", range(3))
def test_every_move_is_worth_it_and_none_is_left_out(seed: int) -> None:
    draw = random.Random(200 + seed)
    for _ in range(10):
        system, places = placed(draw)
        before = nearest(system, places).mean(F(1, 2))
        found = {(move.node, move.zone): move.mean for move in moves(system, places, F(1, 2))}
        alike = {names[0]: names for names in system.classes()}
        every_move = {
            (names[0], zone): nearest(replace(system, zone_of={**system.zone_of, names[0]: zone}), places).mean(F(1, 2))
            for names in alike.values()
            for zone in ZONES
        }
        assert found == {move: mean for move, mean in every_move.items() if mean < before}
        assert list(found.values()) == sorted(found.values())


def test_the_tail_is_the_least_time_for_99_in_100() -> None:
    times = tuple((F(t), F(p, 200)) for t, p in ((1, 150), (5, 48), (90, 2)))
    assert Latency(times).tail == 5
    assert Latency((*times[:2], (F(80), F(1, 200)), (F(90), F(1, 200)))).tail == 5
    assert Latency(((F(1), F(98, 100)), (F(7), F(2, 100)))).tail == 7


def test_like_nodes_of_two_zones_are_not_alike() -> None:
    three = majority(numbered(3))
    system = System(three, three, zone_of={"n1": "east", "n2": "east", "n3": "west"})
    places = map_of(system, {("east", "west"): F(10), ("west", "east"): F(10)})
    assert places.clients == {"east": F(1, 2), "west": F(1, 2)}
    assert nearest(system, places).reads.times == ((F(0), F(1, 2)), (F(10), F(1, 2)))
    assert by_strategy(best(system, Wanted()), places).reads.tail == 10


def test_a_missing_zone_or_round_trip_is_said() -> None:
    three = majority(numbered(3))
    with pytest.raises(UsageError, match="node `n3` has no zone"):
        map_of(System(three, three, zone_of={"n1": "east", "n2": "east"}), {})
    with pytest.raises(UsageError, match="between `east` and `west` is missing"):
        map_of(System(three, three, zone_of={"n1": "east", "n2": "east", "n3": "west"}), {})
    with pytest.raises(UsageError, match=r"no zone `eats` \(did you mean `east`\?\)"):
        map_of(System(three, three, zone_of=dict.fromkeys(("n1", "n2", "n3"), "east")), {}, {"eats": F(1)})


FILE = """
reads = 2
writes = 4
read_fraction = 0.9
[clients]
east = 3
west = 1
[round_trips.east]
east = 1
west = 70
asia = 180
[round_trips.west]
asia = 110
[nodes.a]
zone = "east"
[nodes.b]
zone = "east"
[nodes.c]
zone = "west"
[nodes.d]
zone = "asia"
[nodes.e]
zone = "asia"
"""


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)

    def call(text: str, *options: str) -> tuple[int, str, str]:
        (tmp_path / "places.toml").write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as stopped:
            main(["quorum", "latency", "places.toml", *options])
        out, err = capsys.readouterr()
        return int(cast("int", stopped.value.code) or 0), out, err

    return call


def test_what_is_printed(run: Callable[..., tuple[int, str, str]], golden: Callable[[str, str], None]) -> None:
    code, out, err = run(FILE)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    golden("latency.txt", out)


def test_the_document(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = run(FILE, "--json")
    found = json.loads(out)
    assert faults(found, "quorum.schema.json") == []
    assert (code, found["exit_code"], found["moves"][0]["to"]) == (0, 0, "west")
    assert found["nearest"]["reads"] == {
        "expected": "73/4", "p99": "70", "times": [{"time": "1", "probability": "3/4"}, {"time": "70", "probability": "1/4"}],
    }  # fmt: skip
    code, out, _ = run(FILE, "--json", "--timeout", "0.001")
    late = json.loads(out)
    assert faults(late, "quorum.schema.json") == []
    assert (code, late["moves"]) == (3, None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[round_trips", "[roundtrips", "`roundtrips` is not a field"),
        ("west = 70", 'west = "far"', "`west` must be a number from 0"),
        ("west = 70", "west = -1", "`west` must be a number from 0"),
        ("[round_trips.west]", "[round_trips.west]\neast = 71", "another round trip from `west` than back"),
        ("east = 3\nwest = 1", "east = 0", "`clients` needs a zone with a weight above 0"),
        ("east = 3", "eats = 3", "there is no zone `eats`"),
        ("asia = 110", "", "between `west` and `asia` is missing"),
        ('[nodes.a]\nzone = "east"', "[nodes.a]", "node `a` has no zone"),
        ("writes = 4", "writes = 3", "reads may miss writes"),
        ("[round_trips.west]\nasia = 110", "[round_trips]\nwest = 3", "must be a table, such as `[round_trips.east]`"),
    ],
)
def test_what_is_wrong_is_said(run: Callable[..., tuple[int, str, str]], old: str, new: str, said: str) -> None:
    text = FILE.replace(old, new)
    assert text != FILE
    code, out, err = run(text)
    assert (code, out) == (2, "")
    assert said in err or "is not TOML" in err


def test_round_trips_are_needed(run: Callable[..., tuple[int, str, str]]) -> None:
    code, _, err = run("[nodes.a]\n[nodes.b]\n")
    assert (code, "`round_trips` is missing" in err) == (2, True)
