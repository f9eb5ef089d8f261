"""What must never be taken for a proof: empty claims, contradictions, time limits, invariants that are not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from quorate.properties.induction.check import check
from quorate.properties.induction.finite import Search
from quorate.properties.induction.obligation import Answer, Part, discharge, obligations
from quorate.properties.induction.proofs import one_leader
from quorate.properties.induction.run import Move, Run, Snapshot, shown
from quorate.properties.induction.vocabulary.cluster import Cluster
from quorate.properties.induction.vocabulary.formula import (
    FALSE,
    TIME,
    TRUE,
    Formula,
    Function,
    Relation,
    Sort,
    Update,
    exists,
    forall,
    implies,
    same,
)
from quorate.properties.induction.vocabulary.premise import Discharged, Family, Premise, overlap
from quorate.properties.induction.vocabulary.system import Action, Hint, Protocol, System
from quorate.properties.quorum.arithmetic.sets import EVERYONE, size

node = Sort("node", "n")
a, b = node.variables("a b")
marked = Relation("marked", (node,), "{0} is marked")
mark = Action("mark", (a,), "{a} is marked", TRUE, (marked.add(a),))
system = System((node,), (), (marked,), ~marked(a), (mark,))
two = Cluster({node: 2})


def protocol(safety: Formula, invariants: dict[str, Formula] | None = None, **changes: object) -> Protocol:
    made = Protocol(system, {"safe": safety}, invariants or {"safe": safety}, (two,), exists(a, holds=marked(a)))
    return replace(made, **changes)  # type: ignore[arg-type]


def undecided(_timeout: float) -> Discharged:
    return Discharged("unknown", "time ran out")


def test_a_false_claim_is_violated_by_its_shortest_run() -> None:
    report = check(protocol(implies(marked(a) & marked(b), same(a, b))))
    assert report.verdict == "violated"
    assert report.counterexample is not None
    assert report.counterexample.reached is not None
    assert len(report.counterexample.reached.moves) == 2


def test_a_contradictory_initial_condition_is_vacuous() -> None:
    report = check(protocol(FALSE, system=replace(system, initially=marked(a) & ~marked(a))))
    assert report.verdict == "vacuous"
    assert not report.results


def test_contradictory_axioms_are_vacuous() -> None:
    assert check(protocol(FALSE, system=replace(system, axioms={"no": FALSE}))).verdict == "vacuous"


def test_a_contradictory_hypothesis_is_vacuous() -> None:
    assert check(protocol(FALSE, premises=(Premise("no", "nothing is so", FALSE),))).verdict == "vacuous"


def test_a_system_that_never_does_anything_is_vacuous() -> None:
    stuck = replace(mark, guard=FALSE)
    report = check(protocol(implies(marked(a), same(a, b)), system=replace(system, actions=(stuck,))))
    assert report.verdict == "vacuous"
    assert "would be empty" in report.notes[0]


def test_a_rule_that_no_set_satisfies_is_vacuous() -> None:
    impossible = Family(one_leader.quorum, one_leader.member, lambda q: size(q) > size(EVERYONE))
    report = check(one_leader.election(impossible, overlap(impossible, impossible, "each is more than all")))
    assert report.verdict == "vacuous"


def test_without_time_nothing_is_proved() -> None:
    report = check(one_leader.by_majority, timeout=1e-9)
    assert report.verdict == "unknown"


def test_a_premise_that_is_unknown_is_not_assumed() -> None:
    doubtful = replace(one_leader.by_majority.premises[0], theorem=undecided)
    report = check(replace(one_leader.by_majority, premises=(doubtful,)), timeout=2)
    assert report.verdict == "unknown"
    safety = [r for r in report.results if r.obligation.part is Part.SAFETY]
    assert [r.answer for r in safety] == [Answer.REFUTED]


def test_an_unused_premise_that_is_unknown_still_leaves_the_claim_undecided() -> None:
    doubtful = Premise("x", "something else", TRUE, undecided)
    assert check(protocol(TRUE, premises=(doubtful,))).verdict == "unknown"


def test_an_invariant_that_only_some_steps_keep_is_refused() -> None:
    wrong = {"nobody is marked": ~marked(a)}
    report = check(protocol(TRUE, wrong))
    assert report.verdict == "unknown"
    answers = {r.obligation.part: r.answer for r in report.results}
    assert answers[Part.INITIATION] is Answer.PROVED
    assert answers[Part.CONSECUTION] is Answer.REFUTED
    assert answers[Part.SAFETY] is Answer.PROVED


def test_a_false_hint_is_refused() -> None:
    hinted = protocol(TRUE, hints={"mark": (Hint("nobody is marked", ~marked(b)),)})
    report = check(hinted)
    assert report.verdict == "unknown"
    assert [r.answer for r in report.results if r.obligation.part is Part.HINT] == [Answer.REFUTED]


def test_a_hint_speaks_of_the_action_s_own_parameters() -> None:
    fresh = replace(mark, guard=~marked(a))
    hinted = protocol(TRUE, hints={"mark": (Hint("it is not marked", ~marked(a)),)}, system=replace(system, actions=(fresh,)))
    results = [discharge(hinted, {}, o, 5) for o in obligations(hinted)]
    assert {r.answer for r in results} == {Answer.PROVED}


def test_no_variable_of_an_update_is_captured() -> None:
    """`marked(x)` becomes `for all a: marked(a) or a != x`, which changes nothing, whatever variable stands for x outside."""
    x = node.variable("_x")
    again = Update(marked, (x,), forall(a, holds=marked(a) | ~same(a, x)))
    copying = replace(system, actions=(mark, Action("copy", (), "copy", TRUE, (again,))))
    claim = protocol(TRUE, {"someone is": exists(a, holds=marked(a))}, system=copying)
    (kept,) = (o for o in obligations(claim) if o.action and o.action.name == "copy")
    assert discharge(claim, {}, kept, 5).answer is Answer.PROVED


def test_a_run_that_was_tampered_with_does_not_replay() -> None:
    found = Search(protocol(TRUE), two, {}, 5).run_to(exists(a, holds=marked(a)), 3)
    assert found is not None
    assert found.follows()
    other = Snapshot({marked: frozenset({(0,), (1,)})}, {})
    assert not replace(found, states=(found.states[0], other)).follows()
    never = replace(found.moves[0].action, guard=FALSE)
    assert not replace(found, moves=(Move(never, found.moves[0].parameters),)).follows()


def test_a_function_s_updates_replay() -> None:
    points = Function("points", (node,), node, "{0} points to {1}")
    turn = Action("turn", (a, b), "{a} turns to {b}", ~same(points(a), b), (points.put(a, value=b),))
    ring = System((node,), (), (points,), same(points(a), a), (turn,))
    goal = exists(a, b, holds=~same(a, b) & same(points(a), b) & same(points(b), a))
    found = Search(Protocol(ring, {}, {}, (two,)), two, {}, 5).run_to(goal, 4)
    assert isinstance(found, Run)
    assert len(found.moves) == 2
    assert found.follows()
    assert "points to" in "\n".join(found.story())


@pytest.mark.parametrize(("instant", "text"), [("1/4", "0.25"), ("3", "3"), ("1/3", "1/3"), ("0", "0")])
def test_instants_are_shown_exactly(instant: str, text: str) -> None:
    assert shown(two, TIME, Fraction(instant)) == text
