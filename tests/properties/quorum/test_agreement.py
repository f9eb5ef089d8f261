"""Brute force over every subset agrees with Z3 and with the level-by-level arithmetic, on generated systems."""

from __future__ import annotations

import random
import time
from fractions import Fraction
from itertools import chain, combinations, combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.properties.quorum.arithmetic.linear import holds
from quorate.properties.quorum.arithmetic.regions import total
from quorate.properties.quorum.arithmetic.sets import EVERYONE, Cluster, Formula, NodeSet, Term, number, size, weight
from quorate.properties.quorum.clusters import overlap, table
from quorate.properties.quorum.clusters.cluster import from_expressions
from quorate.properties.quorum.clusters.cover import cheapest, smallest_count, smallest_quorums
from quorate.properties.quorum.clusters.expressions import Expression, Node, Threshold
from quorate.properties.quorum.clusters.load import Load, best_load
from quorate.properties.quorum.clusters.overlap import least_overlap, smallest_blocking
from quorate.properties.quorum.theorems.assessment import assess
from quorate.properties.quorum.theorems.derivation import derive
from quorate.properties.quorum.theorems.proof import Verdict, prove

A, B, C = (NodeSet.named(n) for n in "abc")
N = size(EVERYONE)
MOST = 6
SETS = {2: (A, B), 3: (A, B, C)}


def clusters(n: int, sets: int) -> list[Cluster]:
    """Return every cluster of n nodes, up to the names of the nodes: each node lies in one of the 2^sets regions."""
    nodes = tuple(f"n{i}" for i in range(n))
    names = "abc"[:sets]
    regions = [frozenset(c) for k in range(sets + 1) for c in combinations(names, k)]
    return [
        Cluster(nodes, {s: frozenset(x for x, r in zip(nodes, chosen, strict=True) if s in r) for s in names})
        for chosen in combinations_with_replacement(regions, n)
    ]


CLUSTERS = {2: {n: clusters(n, 2) for n in range(MOST + 1)}, 3: {n: clusters(n, 3) for n in range(5)}}


@st.composite
def terms(draw: st.DrawFn, sets: int) -> Term:
    pieces = [*SETS[sets], A & B, A | B, ~A, A - B, EVERYONE]
    chosen = draw(st.lists(st.tuples(st.sampled_from(pieces), st.integers(-3, 3)), min_size=1, max_size=3))
    return sum((size(s) * k for s, k in chosen), Term.of(draw(st.integers(-3, 3))))


@st.composite
def formulas(draw: st.DrawFn, sets: int) -> Formula:
    left, right = draw(terms(sets)), draw(terms(sets))
    plain = draw(st.sampled_from([left >= right, left > right, left.equals(right), left // 2 >= right]))
    kind = draw(st.sampled_from(["plain", "denied", "or"]))
    if kind == "denied":
        return ~plain
    return plain if kind == "plain" else plain | (draw(terms(sets)) >= 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(formulas(2), max_size=2), formulas(2))
def test_z3_and_counting_agree_on_two_sets_of_up_to_six_nodes(hypotheses: list[Formula], goal: Formula) -> None:
    _compare(hypotheses, goal, 2, MOST)


@settings(max_examples=30, deadline=None)
@given(st.lists(formulas(3), max_size=2), formulas(3))
def test_z3_and_counting_agree_on_three_sets_of_up_to_four_nodes(hypotheses: list[Formula], goal: Formula) -> None:
    _compare(hypotheses, goal, 3, 4)


def _compare(hypotheses: list[Formula], goal: Formula, sets: int, most: int) -> None:
    bounded = [*hypotheses, most >= N]
    found = prove(bounded, goal)
    meeting = {n: [c for c in CLUSTERS[sets][n] if all(c.satisfies(h) for h in hypotheses)] for n in range(most + 1)}
    broken = [n for n, met in meeting.items() if any(not c.satisfies(goal) for c in met)]
    if not any(meeting[n] for n in range(1, most + 1)):
        assert found.verdict is Verdict.VACUOUS
    elif not broken:
        assert found.verdict is Verdict.PROVED
    else:
        assert found.verdict is Verdict.VIOLATED
        assert found.split is not None
        assert len(found.split.nodes) == broken[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(-1, 2), st.integers(1, 2))
def test_the_derived_condition_is_true_exactly_where_no_arrangement_splits(a: int, b: int, c: int, least: int) -> None:
    p, q = number("p"), number("q")
    hypotheses = [a * size(A) >= p, b * size(B) >= q + c, p >= 1, q >= 1]
    goal = size(A & B) >= least
    condition = derive(hypotheses, goal)
    assert condition.condition is not None
    assert condition.given is not None
    for n, x, y in product(range(5), range(1, 5), range(1, 5)):
        at = {total("nodes"): n, "p": x, "q": y}
        met = [s for s in CLUSTERS[2][n] if a * len(s.sets["a"]) >= x and b * len(s.sets["b"]) >= y + c]
        assert holds(condition.given, at) == bool(met), (at, condition)
        if met:
            safe = all(len(s.sets["a"] & s.sets["b"]) >= least for s in met)
            assert holds(condition.condition, at) == safe, (at, condition)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=3), st.integers(1, 6), st.integers(1, 6))
def test_votes_agree_with_every_division_of_them(votes: list[int], r: int, w: int) -> None:
    whole = sum(votes)
    found = prove([weight(A) >= r, weight(B) >= w, weight(EVERYONE).equals(whole), N.equals(len(votes))], size(A & B) >= 1)
    # Z3 may divide the votes as it likes, so brute force goes over all divisions too.
    divisions = [v for v in product(range(whole + 1), repeat=len(votes)) if sum(v) == whole]
    every = [
        (division, sets)
        for division in divisions
        for sets in product(_subsets(len(votes)), repeat=2)
        if sum(division[i] for i in sets[0]) >= r and sum(division[i] for i in sets[1]) >= w
    ]
    expected = Verdict.VACUOUS if not every else Verdict.PROVED
    if any(not sets[0] & sets[1] for _, sets in every):
        expected = Verdict.VIOLATED
    assert found.verdict is expected


def _subsets(n: int) -> list[frozenset[int]]:
    return [frozenset(c) for k in range(n + 1) for c in combinations(range(n), k)]


@st.composite
def expressions(draw: st.DrawFn, repeated: bool = False) -> Expression:
    """Draw an expression over up to six nodes, each standing once unless `repeated`."""
    names = list("abcdef")[: draw(st.integers(2, 6))]
    leaves = draw(st.permutations([*names, *(names[:2] if repeated else [])]))
    return draw(_trees([Node(n) for n in leaves]))


def _trees(leaves: list[Node]) -> st.SearchStrategy[Expression]:
    @st.composite
    def build(draw: st.DrawFn) -> Expression:
        parts: list[Expression] = list(leaves)
        while len(parts) > 1:
            k = draw(st.integers(2, len(parts)))
            votes = draw(st.lists(st.integers(1, 3), min_size=k, max_size=k))
            gate = Threshold.of(draw(st.integers(1, sum(votes))), parts[:k], votes)
            parts = [*parts[k:], gate]
        return parts[0]

    return build()


def minimal(expression: Expression) -> list[frozenset[str]]:
    sets = chain.from_iterable(combinations(expression.nodes, k) for k in range(len(expression.nodes) + 1))
    accepted = [s for c in sets if expression.accepts(s := frozenset(c))]
    return [q for q in accepted if not any(p < q for p in accepted)]


@settings(max_examples=60, deadline=None)
@given(expressions(), st.booleans(), st.data())
def test_expressions_agree_with_every_subset(expression: Expression, repeated: bool, data: st.DataObject) -> None:
    if repeated:
        expression = data.draw(expressions(repeated=True))
    quorums = minimal(expression)
    assert {q for q in expression.quorums() if not any(p < q for p in quorums)} == set(quorums)
    dual = expression.dual()
    everyone = frozenset(expression.nodes)
    for k in range(len(everyone) + 1):
        for chosen in combinations(sorted(everyone), k):
            assert dual.accepts(frozenset(chosen)) == all(q & frozenset(chosen) for q in quorums)
    smallest = min(len(q) for q in minimal(dual))
    blocking = smallest_blocking(expression, show=50)
    assert blocking is not None
    assert blocking.size == smallest
    assert blocking.count == sum(len(q) == smallest for q in minimal(dual))
    assert set(blocking.examples) <= set(minimal(dual))
    assert set(table.minimal_quorums(expression)) == set(quorums)
    searched = overlap.blocking_by_search(dual, 50, 10.0)
    assert searched is not None
    assert (searched.size, searched.count) == (blocking.size, blocking.count)


@settings(max_examples=40, deadline=None)
@given(expressions(), expressions(repeated=True), st.sets(st.sampled_from("abcdef")))
def test_the_least_overlap_agrees_with_every_pair_of_quorums(left: Expression, right: Expression, counting: set[str]) -> None:
    found = least_overlap(left, right)
    assert found.size == min(len(p & q) for p in minimal(left) for q in minimal(right))
    assert left.accepts(found.left)
    assert right.accepts(found.right)
    by_search = overlap.overlap_by_search(left, right, frozenset(left.nodes) | frozenset(right.nodes), 10.0)
    assert by_search.size == found.size
    some = frozenset(counting)
    among = least_overlap(left, right, counting=some)
    assert among.size == min(len(p & q & some) for p in minimal(left) for q in minimal(right))


@settings(max_examples=25, deadline=None)
@given(expressions(repeated=True), st.fractions(0, 1, max_denominator=5))
def test_the_load_of_repeated_nodes_is_one_whichever_way_quorums_are_found(expression: Expression, reads: Fraction) -> None:
    found = best_load(expression, expression.dual(), reads)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "MOST_NODES", 0)
        assert best_load(expression, expression.dual(), reads).load == found.load
    assert _attained(found, expression, expression.dual(), reads) == found.load


@settings(max_examples=40, deadline=None)
@given(expressions(), st.lists(st.fractions(0, 3, max_denominator=4), min_size=6, max_size=6))
def test_the_cheapest_quorum_is_cheapest(expression: Expression, prices: list[Fraction]) -> None:
    of = dict(zip("abcdef", prices, strict=True))
    cost, quorum = cheapest(expression, of)
    assert expression.accepts(quorum)
    assert cost == sum(of[n] for n in quorum)
    assert cost == min(sum(of[n] for n in q) for q in minimal(expression))
    sizes = min(len(q) for q in minimal(expression))
    found = list(smallest_quorums(expression))
    assert set(found) == {q for q in minimal(expression) if len(q) == sizes}
    assert smallest_count(expression) == (sizes, len(found))


@settings(max_examples=25, deadline=None)
@given(expressions(), st.fractions(0, 1, max_denominator=5))
def test_the_load_is_the_value_of_the_game_against_every_price(expression: Expression, reads: Fraction) -> None:
    dual = expression.dual()
    found = best_load(expression, dual, reads)
    assert found.exact
    assert _attained(found, expression, dual, reads) <= found.load
    # Weak duality: no prices that add up to 1 make the cheapest read and write cost more than the load.
    for n in expression.nodes:
        prices = {m: Fraction(m == n) for m in expression.nodes}
        cost = reads * cheapest(expression, prices)[0] + (1 - reads) * cheapest(dual, prices)[0]
        assert cost <= found.load
    alike = dict.fromkeys(expression.nodes, Fraction(1, len(expression.nodes)))
    assert reads * cheapest(expression, alike)[0] + (1 - reads) * cheapest(dual, alike)[0] <= found.load


def _attained(found: Load, reads: Expression, writes: Expression, share: Fraction) -> Fraction:
    """Return the load of the strategy's busiest node; every choice of it must be a quorum."""
    carried = dict.fromkeys(reads.nodes, Fraction(0))
    for choices, expression, part in ((found.reads, reads, share), (found.writes, writes, 1 - share)):
        assert sum(c.probability for c in choices) == 1
        for choice in choices:
            assert expression.accepts(frozenset(n for c, k in choice.takes for n in c[:k]))
            for members, k in choice.takes:
                for n in members:
                    carried[n] += part * choice.probability * Fraction(k, len(members))
    return max(carried.values())


def test_thirty_products_over_nine_nodes_are_a_table() -> None:
    draw = random.Random(1)
    reads = " + ".join("*".join(draw.sample("abcdefghi", 4)) for _ in range(30))
    began = time.process_time()
    found = assess(from_expressions(reads, None))
    assert time.process_time() - began < 1.5
    quorums = minimal(found.rules.reads)
    assert found.reads.overlap.size == 1
    assert found.writes.overlap.size == min(
        len(p & q) for p in minimal(found.rules.writes) for q in minimal(found.rules.writes)
    )
    assert found.writes_blocked is not None
    assert (found.writes_blocked.size, found.writes_blocked.count) == (4, sum(len(q) == 4 for q in quorums))


def test_twenty_nodes_that_stand_in_several_places_are_a_table() -> None:
    ring = [Node(f"n{i}") for i in range(20)]
    pairs: list[Expression] = [ring[i] * ring[(i + 1) % 20] for i in range(20)]
    found = smallest_blocking(Threshold.of(3, pairs))
    assert table.fits(Threshold.of(3, pairs))
    assert found is not None
    assert (found.size, found.survives) == (9, 8)
