"""A limit is for all of an answer and kept to within a second; what is settled by then is said, the rest is unknown."""

from __future__ import annotations

import random
import time

import pytest

from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.sets import EVERYONE, Formula, NodeSet, size
from quorate.properties.quorum.clusters.cluster import Rules, from_counts, from_expressions, from_votes, from_zones
from quorate.properties.quorum.theorems.assessment import assess
from quorate.properties.quorum.theorems.certificate import argue
from quorate.properties.quorum.theorems.proof import Verdict, prove, prove_each
from quorate.properties.quorum.theorems.question import settle_all
from quorate.properties.quorum.theorems.systems import systems

GRACE = 1.0  # of the time that this process had: others may keep the machine busy


def products(nodes: int, count: int, each: int) -> Rules:
    draw = random.Random(nodes)
    names = [f"n{i}" for i in range(nodes)]
    return from_expressions(" + ".join(" * ".join(draw.sample(names, each)) for _ in range(count)), None)


HARD = {
    "60 odd votes": lambda: from_votes({f"s{i}": (i * 7919) % 1000 + 1 for i in range(60)}, None, None),
    "40 products over 40 nodes": lambda: products(40, 40, 6),
    "5,000 alike": lambda: from_counts(5000, 2000, 2500),
    "5,000 alike, one asked": lambda: from_counts(5000, 1, 1),
    "1,000 odd votes": lambda: from_votes({f"s{i}": (i * 7919) % 1000 + 1 for i in range(1000)}, None, None),
    "26 zones": lambda: from_zones(dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 3), None, None),
}


@pytest.mark.parametrize("seconds", [0.001, 0.4])
@pytest.mark.parametrize("name", HARD)
def test_check_keeps_its_time(name: str, seconds: float) -> None:
    rules = HARD[name]()
    began = time.process_time()
    assess(rules, timeout=seconds)
    assert time.process_time() - began < seconds + GRACE


def test_what_was_settled_stands() -> None:
    found = assess(HARD["60 odd votes"](), timeout=2.0)
    assert found.reads.verdict is Verdict.PROVED
    assert found.load is None
    late = assess(HARD["60 odd votes"](), timeout=0.001)
    assert (late.verdict, late.reads_blocked, late.load) == (Verdict.UNKNOWN, None, None)


def meeting(count: int) -> tuple[list[Formula], Formula]:
    sets = [NodeSet.named(f"s{i}") for i in range(count)]
    common = sets[0]
    for one in sets[1:]:
        common &= one
    return [2 * size(s) > size(EVERYONE) for s in sets], size(common) >= 1


@pytest.mark.parametrize("seconds", [0.001, 0.3])
def test_prove_and_derive_keep_their_time(seconds: float) -> None:
    claims, goal = meeting(12)
    began = time.process_time()
    assert prove(claims, goal, timeout=seconds).verdict is Verdict.UNKNOWN
    assert time.process_time() - began < seconds + GRACE
    lemmas = [lemma for system in systems().values() for lemma in system.lemmas]
    began = time.process_time()
    settle_all(lemmas, timeout=seconds)
    argue([m for m in lemmas if m.condition is not None], certified=True, timeout=seconds)
    assert time.process_time() - began < 2 * seconds + GRACE


def test_a_hard_goal_leaves_time_to_the_others() -> None:
    claims, hard = meeting(11)
    easy = size(NodeSet.named("s0") & NodeSet.named("s1")) >= 1
    found = prove_each([*claims], [hard, easy], timeout=4.0)
    assert found[1].verdict is Verdict.PROVED


def test_an_inner_limit_only_shortens_an_outer_one() -> None:
    with patience.within(0.05):
        with patience.within(100):
            assert patience.left() <= 0.05
        time.sleep(0.06)
        with pytest.raises(patience.OutOfTimeError):
            patience.keep()
    assert patience.left() == float("inf")
