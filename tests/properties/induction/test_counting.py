"""Counter systems: what Spacer finds is checked again, what it proves holds of every small cluster, every run is real."""

from __future__ import annotations

from dataclasses import replace

import pytest
import z3

from quorate.properties.induction import spacer
from quorate.properties.induction.obligation import Answer
from quorate.properties.induction.proofs.counted import PROOFS, commit, register
from quorate.properties.induction.vocabulary.counting import (
    CounterProof,
    CounterSystem,
    holds,
    shortest_run,
    starts,
    successors,
)
from quorate.properties.quorum.arithmetic.sets import number


@pytest.mark.parametrize("proof", PROOFS, ids=lambda p: p.name)
def test_what_is_proved_holds_of_every_small_cluster(proof: CounterProof) -> None:
    assert shortest_run(proof.system, proof.system.bad, 4) is None
    assert any(True for _ in starts(proof.system, 4))


@pytest.mark.parametrize("proof", PROOFS, ids=lambda p: p.name)
def test_every_step_conserves_the_law(proof: CounterProof) -> None:
    for start in starts(proof.system, 3):
        assert holds(proof.system, proof.system.law, start)
        for _, after in successors(proof.system, start):
            assert holds(proof.system, proof.system.law, after)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda p: p.name)
def test_a_twin_s_run_is_one(proof: CounterProof) -> None:
    for twin in proof.twins:
        run = spacer.check_counts(twin.system, 10).run
        assert run is not None
        assert run.states[0] in set(starts(twin.system, 5))
        for before, step, after in zip(run.states, run.steps, run.states[1:], strict=False):
            assert (step, after) in list(successors(twin.system, before))
        assert holds(twin.system, twin.system.bad, run.states[-1])


def test_the_smallest_stale_read() -> None:
    (proof,) = (p for p in PROOFS if p.name == "counted-register")
    run = spacer.check_counts(proof.twins[0].system, 10).run
    assert run is not None
    assert dict(zip(run.system.names, run.states[0], strict=True))["N"] == 2
    assert [s.name for s in run.steps] == ["store", "acknowledge", "read_old"]


def test_a_wrong_invariant_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if Spacer had a bug: it says `proved`, with an invariant that is not one."""

    def mistaken(*_: object) -> tuple[z3.CheckSatResult, list[object]]:
        return z3.sat, [z3.Int("committed") == 0]

    monkeypatch.setattr(spacer, "_spacer", mistaken)
    report = spacer.check_counts(commit, 10)
    assert report.verdict == "unknown"
    assert Answer.REFUTED in {c.answer for c in report.checks}
    assert "not confirmed" in report.notes[0]


def test_a_law_that_is_not_kept_proves_nothing() -> None:
    lawless = replace(commit, law=number("aborted").equals(0))
    assert spacer.check_counts(lawless, 10).verdict == "unknown"


def test_a_requirement_that_nothing_satisfies_is_vacuous() -> None:
    n = number("N")
    none: CounterSystem = replace(register, required=(n >= 1) & (n <= 0))
    assert spacer.check_counts(none, 10).verdict == "vacuous"
