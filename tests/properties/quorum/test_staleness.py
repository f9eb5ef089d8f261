"""Staleness: the closed form against every pair of quorums, the simulation against what it must tend to."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest

from quorate.properties.quorum.clusters.cluster import from_counts
from quorate.properties.quorum.clusters.counts import settings
from quorate.properties.quorum.clusters.staleness import Latencies, stale_within, versions_within, visibility, wilson
from quorate.properties.quorum.theorems.assessment import assess


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_closed_form_counts_every_pair_of_quorums(n: int) -> None:
    for r in range(1, n + 1):
        for w in range(1, n + 1):
            pairs = [(a, b) for a in combinations(range(n), r) for b in combinations(range(n), w)]
            missed = sum(not set(a) & set(b) for a, b in pairs)
            assert stale_within(n, r, w) == Fraction(missed, len(pairs))


def test_more_versions_are_missed_less_often() -> None:
    # N = 3, R = W = 1: 2/3 misses one version (Bailis et al. give 0.703 within two and 0.868 within five).
    assert [stale_within(3, 1, 1, k) for k in (1, 3, 5)] == [Fraction(2, 3), Fraction(8, 27), Fraction(32, 243)]
    assert versions_within(3, 1, 1, Fraction(999, 1000)) == 18
    assert versions_within(3, 2, 2, Fraction(999, 1000)) == 1


def test_a_seed_gives_one_answer_and_overlap_is_always_fresh() -> None:
    assert visibility(3, 1, 1, 0.0, trials=500, seed=7) == visibility(3, 1, 1, 0.0, trials=500, seed=7)
    assert visibility(3, 1, 1, 0.0, trials=500, seed=7) != visibility(3, 1, 1, 0.0, trials=500, seed=8)
    assert visibility(3, 2, 2, 0.0, trials=500).fresh == 1.0


def test_time_makes_reads_fresh_and_instant_reads_need_the_write_to_have_arrived() -> None:
    slow = Latencies(write=100.0, acknowledge=0.001, read=0.001, respond=0.001)
    at_once = visibility(2, 1, 1, 0.0, means=slow, trials=2000)
    # One node has the write, the other gets it much later; a read asks either with equal chance.
    assert at_once.low < 0.5 < at_once.high
    assert visibility(2, 1, 1, 1e6, means=slow, trials=200).fresh == 1.0
    later = visibility(2, 1, 1, 69.3, means=slow, trials=2000)  # half of the late arrivals: ln 2 of 100 ms
    assert later.low < 0.75 < later.high


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(0, 10)
    assert low == 0.0
    assert high == pytest.approx(0.2775, abs=1e-4)


@pytest.mark.parametrize("n", [1, 2, 4, 6])
def test_the_table_says_what_the_check_says(n: int) -> None:
    for setting in settings(n, Fraction(1, 3)):
        rules = from_counts(n, setting.r, setting.w)
        found = assess(type(rules)(rules.reads, rules.writes, read_fraction=Fraction(1, 3)))
        assert found.reads_blocked is not None
        assert found.writes_blocked is not None
        assert found.load is not None
        seen = (found.reads.overlap.size, found.writes.overlap.size, found.load.load)
        assert seen == (setting.overlap, setting.writes_overlap, setting.load)
        survived = (found.reads_blocked.survives, found.writes_blocked.survives)
        assert survived == (setting.reads_survive, setting.writes_survive)


def test_the_least_number_of_versions_is_exact() -> None:
    splits = [(n, r, w) for n in range(1, 9) for r in range(1, n + 1) for w in range(1, n + 1 - r)]
    for n, r, w in splits:
        for wanted in (Fraction(999, 1000), Fraction(1, 2), Fraction(0)):
            k = versions_within(n, r, w, wanted)
            assert k is not None
            assert 1 - stale_within(n, r, w, k) >= wanted
            assert k == 1 or 1 - stale_within(n, r, w, k - 1) < wanted
    assert versions_within(5000, 1, 1, Fraction(999, 1000)) == 34536
    assert versions_within(5000, 2000, 2500, Fraction(999, 1000)) == 1
