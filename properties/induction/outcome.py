"""One form for what came of any case, whether its invariant was given or found: what reports read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.properties.induction.check import Counterexample, Report, check
from quorate.properties.induction.spacer import CountReport, check_counts
from quorate.properties.induction.vocabulary.counting import CountedRun, CounterSystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from quorate.properties.induction.catalogue import Case
    from quorate.properties.induction.run import Run
    from quorate.properties.induction.vocabulary.formula import Formula

EXIT_CODES = {"proved": 0, "violated": 1}
"""Exit codes by verdict; whatever is undecided or empty is 3."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that was asked, and the answer; `shown` is what shows it."""

    part: str
    step: str
    claim: str
    answer: str
    seconds: float
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A run or a step in plain text, on one concrete cluster."""

    kind: str
    heading: str
    steps: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. `hypotheses` are the premises that are part of the claim, and were not proved."""

    verdict: str
    questions: tuple[Question, ...]
    hypotheses: tuple[str, ...]
    invariant: tuple[str, ...]
    stories: tuple[Story, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        """The exit code of this verdict alone."""
        return EXIT_CODES.get(self.verdict, 3)


def settle(case: Case, timeout: float) -> Outcome:
    """Check a case, with at most `timeout` seconds for each query."""
    if isinstance(case.claim, CounterSystem):
        return _counted(check_counts(case.claim, timeout))
    return _inductive(check(case.claim, known=case.known, timeout=timeout), case)


def _inductive(report: Report, case: Case) -> Outcome:
    assert not isinstance(case.claim, CounterSystem)
    premises = [
        Question("premise", "", s.premise.sentence, s.discharged.verdict, s.seconds, s.discharged.shown)
        for s in report.premises
        if s.discharged
    ]
    queries = [
        Question(
            r.obligation.part.value,
            r.obligation.action.name if r.obligation.action else "",
            r.obligation.conjunct,
            r.answer.value,
            r.seconds,
        )
        for r in report.results
    ]
    stories = [
        *_witness(report.witness),
        *(_failure(report.counterexample, case.claim.safety) if report.counterexample else ()),
    ]
    return Outcome(
        report.verdict,
        (*premises, *queries),
        tuple(s.premise.sentence for s in report.premises if s.discharged is None),
        tuple(f"{name}: {claim}" for name, claim in case.claim.invariants.items()),
        tuple(stories),
        (*_exclusion(report.counterexample), *report.notes),
        report.seconds,
    )


def _exclusion(found: Counterexample | None) -> Iterator[str]:
    if found and found.excluded:
        yield (
            f"no run reaches the state above, on a cluster of any size: it breaks `{found.excluded}`, which the full proof "
            "shows of every state that is reached. The argument fails here, not the protocol"
        )


def _witness(witness: Run | CountedRun | None) -> Iterator[Story]:
    if witness:
        where = f"on {witness.cluster}" if not isinstance(witness, CountedRun) else "with the least numbers"
        steps = len(witness.states) - 1
        heading = f"the claim is not empty: a run of {steps} step{'s' * (steps != 1)} {where} does what it is about"
        yield Story("witness", heading, steps, tuple(witness.story()))


def _failure(found: Counterexample, safety: Mapping[str, Formula]) -> Iterator[Story]:
    claim, step = found.obligation, found.step
    at = f" by `{claim.action.name}`" if claim.action else ""
    heading = f"counterexample to the {claim.part.value} of `{claim.conjunct}`{at}, on {step.cluster}"
    yield Story("step", heading, len(step.moves), tuple(step.story()))
    if found.reached:
        run = found.reached
        steps = len(run.moves)
        broken = ", ".join(f"`{name}`" for name, claim in safety.items() if not run.satisfies(claim, -1))
        heading = f"a run from the start breaks {broken} in {steps} steps, and none on {run.cluster} in fewer"
        yield Story("run", heading, steps, tuple(run.story()))


def _counted(report: CountReport) -> Outcome:
    claims = {"initiation": "the invariant", "consecution": "the invariant", "safety": "nothing unsafe"}
    questions = tuple(Question(c.part.value, c.step, claims[c.part.value], c.answer.value, c.seconds) for c in report.checks)
    run = report.run
    stories = [*_witness(report.witness)]
    if run:
        stories.append(Story("run", f"a run of {len(run.steps)} steps is not safe", len(run.steps), tuple(run.story())))
    return Outcome(report.verdict, questions, (), report.invariant, tuple(stories), report.notes, report.seconds)
