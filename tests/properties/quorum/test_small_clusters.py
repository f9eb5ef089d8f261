"""Every cluster of up to four nodes, with and without hints: proof, check and plain enumeration say the same."""

from __future__ import annotations

import dataclasses
from itertools import combinations

import pytest

from quorate.properties.quorum.arithmetic.sets import number
from quorate.properties.quorum.clusters.cluster import from_counts
from quorate.properties.quorum.theorems.assessment import assess
from quorate.properties.quorum.theorems.proof import Verdict, prove
from quorate.properties.quorum.theorems.systems import named

SLOPPY = named("sloppy").lemmas[0]


def subsets(items: range, least: int) -> list[frozenset[int]]:
    return [frozenset(c) for k in range(least, len(items) + 1) for c in combinations(items, k)]


def may_miss(n: int, r: int, w: int, hints: int) -> bool:
    """Say whether a read of the home nodes misses a write of which up to `hints` answers came from outside."""
    writes = [home for home in subsets(range(n), 0) if len(home) + hints >= w]
    return any(not home & read for home in writes for read in subsets(range(n), r))


@pytest.mark.parametrize(("n", "hints"), [(n, hints) for n in (1, 2, 3, 4) for hints in (0, 1, 2) if hints <= n])
def test_all_three_agree(n: int, hints: int) -> None:
    for r in range(1, n + 1):
        for w in range(1, n + 1):
            expected = Verdict.VIOLATED if may_miss(n, r, w, hints) else Verdict.PROVED
            fixed = [number(x).equals(v) for x, v in {"N": n, "R": r, "W": w, "h": hints}.items()]
            assert prove([*SLOPPY.hypotheses, *fixed], SLOPPY.goal).verdict is expected, (n, r, w)
            rules = dataclasses.replace(from_counts(n, r, w), hints=hints, counts=None)
            assert assess(rules).reads.verdict is expected, (n, r, w)
