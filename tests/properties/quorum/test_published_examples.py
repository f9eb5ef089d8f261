"""The examples of quoracle's paper and README: the same resilience, load and capacity, as exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from quorate.properties.quorum.clusters.cluster import Speed
from quorate.properties.quorum.clusters.expressions import Expression, Node, choose, majority, numbered, tree
from quorate.properties.quorum.clusters.expressions import grid as grid_of
from quorate.properties.quorum.clusters.load import best_load
from quorate.properties.quorum.clusters.overlap import least_overlap, smallest_blocking

A, B, C, D, E, F = (Node(n) for n in "abcdef")
GRID = A * B * C + D * E * F


def resilience(expression: Expression) -> int:
    found = smallest_blocking(expression)
    assert found is not None
    return found.survives


def speeds(nodes: str, reads: int, writes: int) -> dict[str, Speed]:
    return {n: Speed(Fraction(reads), Fraction(writes)) for n in nodes}


def capacity(reads: Expression, share: Fraction, of: dict[str, Speed] | None = None) -> Fraction:
    found = best_load(reads, reads.dual(), share, of)
    assert found.exact
    return found.capacity


def test_the_grid_of_two_rows() -> None:
    assert set(GRID.quorums()) == {frozenset("abc"), frozenset("def")}
    assert set(GRID.dual().quorums()) == {frozenset(x + y) for x in "abc" for y in "def"}
    assert (resilience(GRID), resilience(GRID.dual())) == (1, 2)
    found = best_load(GRID, GRID.dual(), Fraction(1, 4))
    assert (found.load, found.capacity, found.exact) == (Fraction(3, 8), Fraction(8, 3), True)


@pytest.mark.parametrize(("share", "expected"), [(0, "1/3"), ("1/2", "5/12"), (1, "1/2")])
def test_the_load_of_the_grid_by_share_of_reads(share: int | str, expected: str) -> None:
    assert best_load(GRID, GRID.dual(), Fraction(share)).load == Fraction(expected)


def test_a_workload_that_changes() -> None:
    shares = {Fraction(1, 10): Fraction(1), Fraction(3, 4): Fraction(1)}
    assert best_load(GRID, GRID.dual(), shares).load == Fraction(97, 240)  # 0.404


def test_nodes_of_different_speed() -> None:
    of = {**speeds("ace", 1000, 1000), **speeds("bdf", 500, 500)}
    assert capacity(GRID, Fraction(3, 4), of) == Fraction(4000, 3)
    of = {**speeds("ace", 10_000, 1000), **speeds("bdf", 5000, 500)}
    found = [capacity(GRID, Fraction(s), of) for s in ("1", "1/2", "0")]
    assert found == [10_000, Fraction(90_000, 23), 2000]  # 10,000, 3913 and 2000


def test_the_paper() -> None:
    three = majority([A, B, C])
    assert resilience(three) == 1
    assert capacity(A * B + B * C + A * C, Fraction(1)) == Fraction(3, 2)
    assert capacity(A * B + C * D, Fraction(1), {**speeds("ab", 100, 100), **speeds("cd", 50, 50)}) == 150
    of = {**speeds("ab", 200, 100), **speeds("cd", 100, 50)}
    assert [capacity(A * B + C * D, Fraction(s), of) for s in ("1", "1/2", "0")] == [300, 200, 100]
    shares = {Fraction(k, 4): Fraction(w, 18) for k, w in zip(range(5), (10, 4, 2, 1, 1), strict=True)}
    reads = A * C + B * D
    assert int(best_load(reads, reads.dual(), shares, of).capacity) == 159


def test_systems_of_five_nodes() -> None:
    walls, paths = A * B + C * D * E, A * B + A * C * E + D * E + D * C * B
    assert resilience(majority([A, B, C, D, E])) == 2
    assert (resilience(walls), resilience(walls.dual())) == (1, 1)
    assert (resilience(paths), resilience(paths.dual())) == (1, 1)
    assert not paths.reads_once


def test_the_two_by_two_grid_of_the_test_suite() -> None:
    of = speeds("abcd", 2, 1)
    reads = A * B + C * D
    assert [best_load(reads, reads.dual(), Fraction(s), of).load for s in (1, 0)] == [Fraction(1, 4), Fraction(1, 2)]


def test_a_missing_overlap_is_shown_instead_of_a_bare_error() -> None:
    found = least_overlap(A + B + C, D + E + F)
    assert found.size == 0
    assert len(found.left) == len(found.right) == 1
    assert not found.left & found.right


def test_large_systems_are_exact() -> None:
    assert best_load(majority(numbered(51)), majority(numbered(51))).load == Fraction(26, 51)
    seven = grid_of(7, 7)
    assert best_load(seven, seven.dual()).load == Fraction(1, 7)
    assert least_overlap(seven, seven.dual()).size == 1
    assert resilience(tree(3, 3)) == 7


def test_fifty_one_different_nodes_by_column_generation() -> None:
    of = {f"n{i + 1}": Speed(Fraction(50 + 2 * i), Fraction(50 + 2 * i)) for i in range(51)}
    found = best_load(majority(numbered(51)), majority(numbered(51)), Fraction(1, 2), of)
    # Every operation takes 26 of 51 nodes: no strategy gets more out of them than their speeds together.
    assert (found.capacity, found.exact) == (Fraction(sum(50 + 2 * i for i in range(51)), 26), True)


def test_a_quorum_of_everything_and_of_anything() -> None:
    assert best_load(choose(3, [A, B, C]), choose(1, [A, B, C]), Fraction(1)).load == 1
    assert best_load(choose(1, [A, B, C]), choose(3, [A, B, C]), Fraction(1)).load == Fraction(1, 3)
