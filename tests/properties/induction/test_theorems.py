"""Every shipped theorem is proved and every twin comes out as its page says, with the shortest run pinned."""

from __future__ import annotations

import pytest

from quorate.properties.induction.catalogue import Case, cases, theorems
from quorate.properties.induction.check import check, unsafe
from quorate.properties.induction.finite import Search
from quorate.properties.induction.outcome import settle
from quorate.properties.induction.vocabulary.counting import CounterSystem
from quorate.properties.induction.vocabulary.system import Proof

CASES = [case for proof in theorems().values() for case in cases(proof)]
PROOFS = [proof for proof in theorems().values() if isinstance(proof, Proof)]

SHORTEST_RUN = {
    "counted-register --twin reads-miss": 3,
    "counted-two-phase-commit --twin impatient": 5,
    "counted-voting --twin plain-majority": 2,
    "fencing --twin no-fencing": 4,
    "fencing --twin forgetful-store": 5,
    "fencing --twin reused-tokens": 3,
    "leases --twin drift-beyond-margin": 6,
    "one-leader --twin half-quorums": 4,
    "one-leader --twin volatile-vote": 8,
    "one-leader-any-rule --twin third-quorums": 4,
    "one-leader-any-rule --twin volatile-vote": 8,
    "paxos --twin half-quorums": 8,
    "paxos --twin volatile-promise": 9,
    "one-server-change --twin by-two": 4,
    "joint-consensus --twin one-round": 4,
    "write-once-register --twin reads-miss": 4,
    "write-once-register --twin writes-miss": 4,
}


def test_the_promised_theorems_are_there() -> None:
    promised = {
        "one-leader",
        "one-leader-any-rule",
        "one-server-change",
        "joint-consensus",
        "fencing",
        "leases",
        "write-once-register",
        "paxos",
        "counted-register",
        "counted-two-phase-commit",
        "counted-voting",
    }
    assert promised <= theorems().keys()
    assert all(proof.twins for proof in theorems().values())


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_each_case_comes_out_as_expected(case: Case) -> None:
    found = settle(case, timeout=20)
    assert found.verdict == case.expected, found.notes
    runs = [story.steps for story in found.stories if story.kind == "run"]
    assert runs == ([SHORTEST_RUN[case.name]] if case.expected == "violated" else [])
    if case.expected == "proved":
        assert {q.answer for q in found.questions} == {"proved"}
        assert [story.kind for story in found.stories] == ["witness"]


def test_every_broken_twin_has_a_pinned_run() -> None:
    assert {c.name for c in CASES if c.expected == "violated"} == SHORTEST_RUN.keys()


def test_an_unreachable_counterexample_is_said_to_be_unreachable() -> None:
    (case,) = (c for c in CASES if c.twin == "missing-invariant")
    assert not isinstance(case.claim, CounterSystem)
    report = check(case.claim, known=case.known)
    assert report.counterexample is not None
    assert report.counterexample.reached is None
    assert report.counterexample.excluded == "a later proposal is safe"
    # Without the finished proof nothing shows it: then only the bound is said.
    bare = check(case.claim)
    assert bare.counterexample is not None
    assert bare.counterexample.excluded is None
    assert any("no run of at most 10 steps" in note for note in bare.notes)


@pytest.mark.parametrize("name", ["one-leader", "fencing", "leases", "write-once-register", "joint-consensus"])
def test_no_short_run_on_a_small_cluster_contradicts_a_proof(name: str) -> None:
    (proof,) = (p for p in PROOFS if p.name == name)
    protocol = proof.protocol
    axioms = {p.name: p.axiom for p in protocol.premises}
    for cluster in protocol.clusters[:2]:
        assert Search(protocol, cluster, axioms, 20).run_to(unsafe(protocol), 6) is None


@pytest.mark.parametrize("case", [c for c in CASES if c.expected == "violated"], ids=lambda c: c.name)
def test_a_twin_differs_from_its_theorem(case: Case) -> None:
    original = case.proof.protocol if isinstance(case.proof, Proof) else case.proof.system
    assert case.claim != original
    assert case.change
