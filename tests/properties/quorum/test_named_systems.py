"""Every named system: proved with its condition, its smallest split without, and the condition found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from quorate.properties.quorum.arithmetic.wording import linear_text
from quorate.properties.quorum.theorems.certificate import for_condition
from quorate.properties.quorum.theorems.derivation import derive_lemma
from quorate.properties.quorum.theorems.proof import Verdict
from quorate.properties.quorum.theorems.question import settle, settle_all
from quorate.properties.quorum.theorems.systems import named, systems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quorate.properties.quorum.arithmetic.sets import Cluster


class Row(NamedTuple):
    """A row of the table of results: nodes and numbers of the smallest split without the condition."""

    condition: str
    nodes: int
    numbers: Mapping[str, int]


ROWS = {
    "dynamo": Row("R + W > N", 2, {"R": 1, "W": 1}),
    "lost-update": Row("2W > N", 2, {"W": 1}),
    "overlap": Row("R + W >= m + N", 1, {"R": 1, "W": 1, "m": 2}),
    "majority": Row("2Q > N", 2, {"Q": 1}),
    "flexible-paxos": Row("Q1 + Q2 > N", 2, {"Q1": 1, "Q2": 1}),
    "fast-paxos": Row("2F + Q > 2N", 2, {"F": 1, "Q": 1}),
    "dissemination": Row("2Q > f + N", 2, {"Q": 1, "f": 0}),
    "byzantine": Row("N > 3f", 3, {"Q": 2, "f": 1}),
    "masking": Row("2Q > 2f + N", 2, {"Q": 1, "f": 0}),
    "masking-sizes": Row("N > 4f", 4, {"Q": 3, "f": 1}),
    "crash-and-byzantine": Row("N > 3b + 2c", 2, {"Q": 1, "b": 0, "c": 1}),
    "weighted-votes": Row("r + w > V", 2, {"r": 1, "w": 1}),
    "one-server-change": Row("d <= 1 or (d <= 2 and s is even)", 2, {"d": 2, "s": 1}),
    "sloppy": Row("R + W > h + N", 2, {"N": 1, "R": 1, "W": 1, "h": 1}),
    "sloppy-both": Row("R + W > 2h + N", 2, {"N": 1, "R": 1, "W": 1, "h": 1}),
    "witnesses": Row("R + W > k + N", 2, {"R": 1, "W": 1, "k": 0}),
}


def split(name: str, lemma: int) -> Cluster:
    found = settle(named(name).lemmas[lemma])
    assert found.proof.verdict is Verdict.VIOLATED
    assert found.proof.smallest
    assert found.proof.split is not None
    return found.proof.split


@pytest.mark.parametrize("name", list(systems()))
def test_every_system_comes_out_as_expected(name: str) -> None:
    findings = settle_all(named(name).lemmas)
    assert findings
    assert all(f.as_expected for f in findings)


@pytest.mark.parametrize(("name", "row"), list(ROWS.items()))
def test_the_condition_is_found_and_the_smallest_split_without_it(name: str, row: Row) -> None:
    lemma = next(m for m in named(name).lemmas if m.condition is not None)
    derived = derive_lemma(lemma)
    assert derived.verdict is Verdict.PROVED
    assert derived.condition is not None
    assert linear_text(derived.condition) == row.condition
    without = settle(lemma).without
    assert without is not None
    assert without.smallest
    assert without.split is not None
    assert (len(without.split.nodes), dict(without.split.numbers)) == (row.nodes, dict(row.numbers))


def test_every_other_system_has_a_condition_in_the_table_or_none_at_all() -> None:
    with_condition = {n for n, s in systems().items() if any(m.condition is not None for m in s.lemmas)}
    by_levels = {"majority-of-majorities", "zones", "tree"}
    assert with_condition == set(ROWS) | by_levels


def test_reads_meeting_writes_does_not_make_writes_meet() -> None:
    found = split("lost-update", 1)
    assert (len(found.nodes), found.numbers["R"], found.numbers["W"]) == (2, 2, 1)
    assert not found.sets["write"] & found.sets["write2"]


def test_plain_majorities_fail_fast_paxos() -> None:
    found = split("fast-paxos", 1)
    assert (len(found.nodes), dict(found.numbers)) == (3, {"F": 2, "Q": 2})
    assert all(len(q) == 2 for q in found.sets.values())
    assert not frozenset.intersection(*found.sets.values())


def test_two_thirds_of_the_stake_is_not_above_two_thirds() -> None:
    found = split("stake", 1)
    assert sum(found.weights["stake"].values()) == 3
    assert found.sets["quorum"] & found.sets["quorum2"] <= found.sets["faulty"]


def test_without_the_joint_phase_two_majorities_are_disjoint() -> None:
    found = split("joint-consensus", 3)
    assert len(found.nodes) == 2
    assert not found.sets["majority_of_old"] & found.sets["majority_of_new"]


def test_a_majority_of_three_with_one_witness_loses_data() -> None:
    found = split("witnesses", 1)
    assert found.sets["read"] & found.sets["write"] == found.sets["witness"]


def test_a_grid_write_that_leaves_out_a_row_misses_a_read() -> None:
    assert len(split("grid", 2).nodes) == 2


def test_majorities_split_exactly_where_three_servers_differ_or_two_with_an_odd_size() -> None:
    # The formula that was derived, against every pair of configurations of up to 6 servers in all.
    def misses(kept: int, gone: int, added: int) -> bool:
        old, new = kept + gone, kept + added
        # Two least majorities; they avoid each other where each uses what only it has first.
        common_needed = max(0, old // 2 + 1 - gone) + max(0, new // 2 + 1 - added)
        return common_needed <= kept

    for d in range(7):
        for s in range(1, 7):
            arrangements = [(s - gone, gone, d - gone) for gone in range(min(s, d) + 1) if s - gone + d - gone >= 1]
            expected = d >= 3 or (d == 2 and s % 2 == 1)
            assert any(misses(*a) for a in arrangements) == expected, (s, d)


@pytest.mark.parametrize("name", ["dynamo", "majority", "fast-paxos", "byzantine", "masking", "weighted-votes", "sloppy"])
def test_the_derived_condition_has_a_counting_argument(name: str) -> None:
    lemma = next(m for m in named(name).lemmas if m.condition is not None)
    arguments = for_condition(lemma, derive_lemma(lemma))
    assert arguments is not None
    assert all(a.gap >= 1 and a.lines for a in arguments)


def test_parity_has_no_counting_argument_and_none_is_claimed() -> None:
    lemma = named("one-server-change").lemmas[-1]
    assert for_condition(lemma, derive_lemma(lemma)) is None


def test_the_counting_argument_of_dynamo_in_words() -> None:
    lemma = named("dynamo").lemmas[0]
    arguments = for_condition(lemma, derive_lemma(lemma))
    assert arguments is not None
    assert arguments[0].sentences() == [
        "since |read & write| < 1",
        "take |read| >= R",
        "take |write| >= W",
        "take R + W >= N + 1",
        (
            "with the sets on one side, this counts a node once where it is in read only, once where it is in write only: "
            "at most N in all"
        ),
        "added together they say 0 >= 1, which is false",
    ]
