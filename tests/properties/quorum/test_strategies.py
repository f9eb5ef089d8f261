"""Strategies: the numbers of quoracle's paper, case study and tutorial; brute force over small systems; search."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from fractions import Fraction
from itertools import combinations

import pytest

from quorate.language.errors import UsageError
from quorate.properties.quorum.arithmetic.patience import OutOfTimeError
from quorate.properties.quorum.clusters import table
from quorate.properties.quorum.clusters.cluster import Speed
from quorate.properties.quorum.clusters.expressions import Expression, Node, choose, majority, numbered
from quorate.properties.quorum.clusters.load import best_load
from quorate.properties.quorum.strategies import choices as choosing
from quorate.properties.quorum.strategies import search as searching
from quorate.properties.quorum.strategies.choices import choices
from quorate.properties.quorum.strategies.search import search
from quorate.properties.quorum.strategies.strategy import NoStrategyError, Strategy, System, Wanted, best, given, uniform

F = Fraction
A, B, C, D, E, G = (Node(n) for n in "abcdef")
GRID = A * B * C + D * E * G
ONLY_READS, HALF, ONLY_WRITES = {F(1): F(1)}, {F(1, 2): F(1)}, {F(0): F(1)}


def speeds(nodes: str, reads: int, writes: int) -> dict[str, Speed]:
    return {n: Speed(F(reads), F(writes)) for n in nodes}


def system(reads: Expression, of: dict[str, Speed] | None = None, latencies: str = "", nodes: str = "abcdef") -> System:
    return System(reads, reads.dual(), of or {}, dict(zip(nodes, map(F, latencies.split()), strict=False)))


def named(sides: Strategy, which: int = 0) -> dict[frozenset[str], Fraction]:
    """Return a strategy over nodes that are all different by name."""
    chosen = (sides.reads, sides.writes)[which]
    return {frozenset(n for (n,), k in zip(sides.classes, c.counts, strict=True) if k): p for c, p in chosen}


TUTORIAL = {**speeds("ace", 10_000, 1000), **speeds("bdf", 5000, 500)}
TUTORIAL_GRID = system(GRID, TUTORIAL, "1 2 3 4 5 6")
CASE = {**speeds("ace", 4000, 2000), **speeds("bd", 2000, 1000)}
CASE_WORKLOAD = {F(k, 10): F(w) for k, w in zip(range(10, -1, -1), (0, 10, 20, 100, 100, 100, 60, 30, 30, 20, 0), strict=True)}
CASE_SYSTEMS = {
    "majority": majority([A, B, C, D, E]),
    "grid": A * B + C * D * E,
    "paths": A * B + A * C * E + D * E + D * C * B,
}


def case(name: str) -> System:
    return system(CASE_SYSTEMS[name], CASE, "1 1 3 4 5", "abcde")


@pytest.mark.parametrize(
    ("name", "plain", "one_fails", "quick"),
    [("majority", 3667, 2750, 3.238), ("grid", 4200, 1375, 1.953), ("paths", 4125, 1375, 2.434)],
)
def test_the_case_study_of_the_paper(name: str, plain: int, one_fails: int, quick: float) -> None:
    wanted = Wanted(workload=CASE_WORKLOAD)
    assert round(float(best(case(name), wanted).capacity(wanted))) == plain
    resilient = Wanted(workload=CASE_WORKLOAD, failures=1)
    assert round(float(best(case(name), resilient).capacity(resilient))) == one_fails
    found = best(case(name), Wanted("latency", CASE_WORKLOAD, load=F(1, 2000)))
    assert (round(float(found.latency(wanted)), 3), found.exact) == (quick, True)
    assert found.load(wanted) <= F(1, 2000)


def test_the_uniform_majority_of_the_case_study() -> None:
    wanted = Wanted(workload=CASE_WORKLOAD)
    found = uniform(case("majority"))
    assert (round(float(found.capacity(wanted))), found.latency(wanted)) == (2292, F(9, 2))


@pytest.mark.parametrize(
    ("options", "reads", "capacity", "latency"),
    [
        ({}, "(c + (b * d)) * (a + e)", 5005, 4.149),
        ({"failures": 1}, "choose(3, a, c, b + d, e)", 3012, 3.398),
        ({"aim": "latency", "load": F(1, 2000)}, "choose(2, a, b, c * d * e)", 2000, 1.477),
    ],
)
def test_the_searches_of_the_case_study(options: dict[str, object], reads: str, capacity: int, latency: float) -> None:
    wanted = Wanted(workload=CASE_WORKLOAD, **options)  # type: ignore[arg-type]
    latencies = dict(zip("abcde", map(F, (1, 1, 3, 4, 5)), strict=True))
    found = search("abcde", wanted, speeds=CASE, latencies=latencies, resilience=1, timeout=60)
    assert (str(found.system.reads), found.complete, found.strategy.exact) == (reads, True, True)
    assert round(float(found.strategy.capacity(wanted))) == capacity
    assert round(float(found.strategy.latency(wanted)), 3) == latency


def test_the_strategies_of_the_paper() -> None:
    of = {**speeds("ab", 200, 100), **speeds("cd", 100, 50)}
    square, two = system(A * B + C * D, of), system(choose(2, [A, B, C, D]), of)
    one = Wanted(workload=ONLY_READS, failures=1)
    assert [best(s, Wanted(workload=ONLY_READS)).capacity(one) for s in (square, two)] == [300, 300]
    assert [best(s, one).capacity(one) for s in (square, two)] == [100, 200]
    timed = system(A * B + C * D, of, "4 4 1 1")
    found = best(timed, Wanted(workload=ONLY_READS))
    assert [found.capacity(one), found.network(one), found.latency(one)] == [300, 2, 3]
    limited = Wanted("latency", ONLY_READS, load=F(1, 150), network=F(2))
    assert {tuple(sorted(c.counts)): p for c, p in best(timed, limited).reads}.keys() == {(0, 2)}
    assert best(timed, limited).latency(limited) == 2
    fastest = search("abcd", limited, speeds=of, latencies=timed.latencies)
    assert str(fastest.system.reads) == "a + b + c + d"
    assert [fastest.strategy.network(limited), fastest.strategy.latency(limited)] == [1, 1]
    assert fastest.strategy.capacity(limited) >= 150  # quoracle's own has just that; any mixture of c and d will do


def test_the_tutorial() -> None:
    reads = {frozenset("abc"): F(2), frozenset("def"): F(1)}
    writes = {frozenset("ad"): F(1), frozenset("be"): F(1), frozenset("cf"): F(1)}
    own = given(system(GRID), reads, writes)
    assert own.load(Wanted(workload=ONLY_READS)) == F(2, 3)
    assert own.load(Wanted(workload=ONLY_WRITES)) == F(1, 3)
    quarter = Wanted(workload={F(1, 4): F(1)})
    assert own.load(quarter) == F(5, 12)
    loads = {names[0]: own.node_load(c, F(1, 4)) for c, names in enumerate(own.classes)}
    assert loads == {**dict.fromkeys("abc", F(5, 12)), **dict.fromkeys("def", F(1, 3))}
    found = best(system(GRID), quarter)
    assert [found.load(quarter), found.capacity(quarter)] == [F(3, 8), F(8, 3)]
    assert [found.load(Wanted(workload=w)) for w in (ONLY_WRITES, HALF, ONLY_READS)] == [F(1, 3), F(5, 12), F(1, 2)]
    changing = Wanted(workload={F(1, 10): F(1), F(3, 4): F(1)})
    assert best(system(GRID), changing).load(changing) == F(97, 240)


def test_the_tutorial_with_different_nodes() -> None:
    fixed = [Wanted(workload=w) for w in (ONLY_READS, HALF, ONLY_WRITES)]
    assert [round(best(TUTORIAL_GRID, w).capacity(w)) for w in fixed] == [10_000, 3913, 2000]
    one = Wanted(workload=ONLY_WRITES, failures=1)
    assert best(TUTORIAL_GRID, one).capacity(one) == 1000
    two = choose(2, [A, B, C, D, E])
    pairs = System(two.dual(), two, TUTORIAL)
    assert [best(pairs, w).capacity(w) for w in (Wanted(workload=ONLY_WRITES), one)] == [2000, F(4000, 3)]
    quick = best(TUTORIAL_GRID, Wanted("latency", HALF))
    assert [quick.latency(w) for w in fixed] == [3, F(7, 2), 4]
    assert (named(quick), named(quick, 1)) == ({frozenset("abc"): F(1)}, {frozenset("ad"): F(1)})
    small = Wanted("network", HALF)
    assert best(TUTORIAL_GRID, small).network(small) == F(5, 2)


def test_the_limits_of_the_tutorial() -> None:
    quick = Wanted("latency", HALF, load=F(1, 1500))
    found = best(TUTORIAL_GRID, quick)
    assert found.capacity(quick) >= 1500
    loaded = Wanted("load", HALF, latency=F(4))
    assert best(TUTORIAL_GRID, loaded).latency(loaded) <= 4
    three = Wanted("network", HALF, load=F(1, 2000), latency=F(4))
    assert best(TUTORIAL_GRID, three).network(three) == F(5, 2)
    with pytest.raises(NoStrategyError, match="keeps these limits"):
        best(TUTORIAL_GRID, Wanted("load", HALF, latency=F(1)))


def brute(expression: Expression, failures: int) -> set[frozenset[str]]:
    """Return the minimal sets that hold a quorum without any so many of their members."""
    sets = [frozenset(c) for k in range(len(expression.nodes) + 1) for c in combinations(expression.nodes, k)]
    holding = [
        s for s in sets if all(expression.accepts(s - frozenset(f)) for f in combinations(s, min(failures, len(s)))) and s
    ]
    return {s for s in holding if not any(t < s for t in holding)}


def tree(draw: random.Random, names: str) -> Expression:
    parts: list[Expression] = [Node(n) for n in draw.sample(names, len(names))]
    while len(parts) > 1:
        k = draw.randint(2, len(parts))
        parts = [*parts[k:], choose(draw.randint(1, k), parts[:k])]
    return parts[0]


@pytest.mark.parametrize("seed", range(5))
def test_choices_are_the_minimal_sets_that_survive(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(12):
        expression = tree(draw, "abcdef"[: draw.randint(2, 6)]) + (A * B if draw.random() < 0.5 else A)
        waits = {n: F(draw.randint(0, 3)) for n in expression.nodes}
        singles = [(n,) for n in expression.nodes]
        for failures in (0, 1, 2):
            expected = brute(expression, failures)
            by_table = choices(expression, singles, waits, failures)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(table, "MOST_NODES", 0)
                assert choices(expression, singles, waits, failures) == by_table
            found = {frozenset(n for (n,), k in zip(singles, c.counts, strict=True) if k): c.latency for c in by_table}
            assert found.keys() == expected
            for quorum, latency in found.items():
                in_time = frozenset(n for n in quorum if waits[n] <= latency)
                assert expression.accepts(in_time)
                assert not expression.accepts(frozenset(n for n in quorum if waits[n] < latency))


@pytest.mark.parametrize("seed", range(4))
def test_no_mixture_is_better_than_the_best(seed: int) -> None:
    """The load is that of the program of `load.py`; the other aims, which are linear, are attained by single quorums."""
    draw = random.Random(seed)
    for _ in range(10):
        names = "abcdef"[: draw.randint(2, 6)]
        reads = tree(draw, names)
        of = {n: Speed(F(draw.randint(1, 4)), F(draw.randint(1, 4))) for n in names}
        some = System(reads, reads.dual(), of, {n: F(draw.randint(0, 5)) for n in names})
        workload = {F(draw.randint(0, 4), 4): F(draw.randint(1, 3)) for _ in range(draw.randint(1, 3))}
        wanted = Wanted(workload=workload)
        found = best(some, wanted)
        assert found.exact
        assert found.load(wanted) == best_load(reads, reads.dual(), workload, of).load
        share = sum(f * p for f, p in wanted.shares())
        quorums = [brute(e, 0) for e in (some.reads, some.writes)]
        least = {
            "network": [F(min(map(len, side))) for side in quorums],
            "latency": [min(max(map(some.latency, q)) for q in side) for side in quorums],
        }
        for aim, sides in least.items():
            one = best(some, Wanted(aim, workload))
            assert getattr(one, aim)(wanted) == share * sides[0] + (1 - share) * sides[1]
        assert uniform(some).load(wanted) >= found.load(wanted)


ASKED = [
    Wanted(workload={F(1, 4): F(1), F(1): F(2)}),
    Wanted(workload=HALF, failures=1),
    Wanted(workload=HALF, latency=F(3)),
    Wanted("latency", {F(3, 4): F(1)}, network=F(2)),
]


@pytest.mark.parametrize("number", range(len(ASKED)))
def test_a_search_finds_what_looking_at_every_system_finds(number: int) -> None:
    wanted, draw = ASKED[number], random.Random(number)
    of = {n: Speed(F(draw.randint(1, 3)), F(draw.randint(1, 3))) for n in "abcd"}
    latencies = {n: F(draw.randint(1, 4)) for n in "abcd"}
    found = search("abcd", wanted, speeds=of, latencies=latencies, resilience=1, timeout=60)
    values: list[Fraction] = []
    for text, reads in {str(e): e for e in searching.arrangements(list("abcd"))}.items():
        crashes = [frozenset(e.nodes) - {n} for e in (reads, reads.dual()) for n in "abcd"]
        if all(e.accepts(alive) for e, alive in zip([reads] * 4 + [reads.dual()] * 4, crashes, strict=True)):
            with suppress(NoStrategyError):
                values.append(getattr(best(System(reads, reads.dual(), of, latencies), wanted), wanted.aim)(wanted))
        assert text
    assert getattr(found.strategy, wanted.aim)(wanted) == min(values)
    assert found.complete


def test_every_system_is_looked_at() -> None:
    found = {str(e): e for e in searching.arrangements(list("abcd"))}
    assert {str(choose(2, [A, B, C, D])), "a + b + c + d", "a * b * c * d", "(a * b) + (c * d)"} <= found.keys()
    tables = {table.accepted(e, table.frame(tuple("abcd"))) for e in found.values()}
    assert len(tables) == len(found)  # no two are the same system


def test_a_search_ends_in_time_with_the_best_so_far() -> None:
    names = [f"n{i}" for i in range(9)]
    of = {n: Speed(F(100 + 7 * i), F(50 + i)) for i, n in enumerate(names)}
    began = time.process_time()
    seen: list[searching.Progress] = []
    found = search(names, Wanted(), speeds=of, resilience=1, timeout=1.0, observe=seen.append)
    assert time.process_time() - began < 2
    assert not found.complete
    assert seen[-1].looked_at > 10
    with pytest.raises(OutOfTimeError):
        search(names, Wanted(), speeds=of, resilience=1, timeout=0.001)


def test_alike_nodes_are_counted() -> None:
    some = majority(numbered(51))
    wanted = Wanted(failures=3)
    found = best(System(some, some), wanted)
    assert (found.load(wanted), len(found.reads)) == (F(29, 51), 1)
    alike = search([f"n{i}" for i in range(6)], Wanted(), resilience=2)
    assert alike.complete


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"aim": "load", "load": F(1)}, "the best load has no limit on the load"),
        ({"failures": -1}, "give a number from 0"),
        ({"workload": {}}, "needs shares of reads"),
        ({"workload": {F(1): F(0)}}, "needs shares of reads"),
    ],
)
def test_what_nobody_can_want(wanted: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Wanted(**wanted)  # type: ignore[arg-type]


def test_what_is_no_quorum_is_refused() -> None:
    with pytest.raises(UsageError, match="is no read quorum"):
        given(system(GRID), {frozenset("ab"): F(1)}, {frozenset("ad"): F(1)})
    with pytest.raises(UsageError, match="weights"):
        given(system(GRID), {}, {frozenset("ad"): F(1)})


def test_too_many_quorums_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST_CHOICES", 3)
    of = {f"n{i + 1}": Speed(F(i + 1), F(1)) for i in range(5)}
    some = majority(numbered(5))
    with pytest.raises(UsageError, match="there are 10 quorums"):
        best(System(some, some, of), Wanted())
    wide = {f"n{i + 1}": Speed(F(i + 1), F(1)) for i in range(30)}
    with pytest.raises(UsageError, match="too many quorums to choose from"):
        best(System(majority(numbered(30)), majority(numbered(30)), wide), Wanted())
