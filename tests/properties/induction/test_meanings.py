"""The meanings of a formula agree: plain truth in a state, Z3 on that finite cluster, and Z3 with quantifiers there."""

from __future__ import annotations

import itertools

import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quorate.properties.induction.meaning import AnySize, Element, FiniteSize, Reading, Symbols, Truth
from quorate.properties.induction.run import Snapshot
from quorate.properties.induction.vocabulary import z3_logic
from quorate.properties.induction.vocabulary.cluster import Cluster
from quorate.properties.induction.vocabulary.formula import (
    And,
    Choice,
    Exists,
    ForAll,
    Formula,
    Function,
    Implies,
    Not,
    Or,
    Relation,
    Same,
    Sort,
    Term,
    total_order,
)

level = Sort("level", "l", ordered=True)
VARIABLES = level.variables("x y z")
above = Relation("above", (level, level), "")
peak = Function("peak", (level,), level, "")
SIZE = 3
cluster = Cluster({level: SIZE})
PAIRS = list(itertools.product(range(SIZE), repeat=2))


@st.composite
def terms(draw: st.DrawFn, depth: int = 1) -> Term:
    shape = draw(st.integers(0, 3)) if depth else 0
    if shape <= 1:
        return draw(st.sampled_from(VARIABLES))
    if shape == 2:
        return peak(draw(terms(depth - 1)))
    left, right = draw(terms(depth - 1)), draw(terms(depth - 1))
    return Choice(left <= right, right, left)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> Formula:
    shape = draw(st.integers(0, 8)) if depth else draw(st.integers(0, 2))
    if shape <= 2:
        left, right = draw(terms()), draw(terms())
        return (above(left, right), Same(left, right), left <= right)[shape]
    inner, variable = draw(formulas(depth - 1)), draw(st.sampled_from(VARIABLES))
    if shape <= 5:
        return (Not(inner), ForAll((variable,), inner), Exists((variable,), inner))[shape - 3]
    other = draw(formulas(depth - 1))
    return (And((inner, other)), Or((inner, other)), Implies(inner, other))[shape - 6]


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    pairs = draw(st.sets(st.sampled_from(PAIRS)))
    values = draw(st.lists(st.integers(0, SIZE - 1), min_size=SIZE, max_size=SIZE))
    return Snapshot({above: frozenset(pairs)}, {peak: {(i,): v for i, v in enumerate(values)}})


def facts(state: Snapshot, logic: FiniteSize) -> list[z3.BoolRef]:
    members, named, truth = logic.members(level), Symbols(), Truth(cluster)
    order = [
        z3_logic.equal(logic.at_most(level, members[i], members[j]), z3.BoolVal(truth.at_most(level, i, j))) for i, j in PAIRS
    ]
    related = [
        z3_logic.equal(named.holds(above, [members[i], members[j]]), z3.BoolVal((i, j) in state.relations[above]))
        for i, j in PAIRS
    ]
    values = [z3_logic.equal(named.value(peak, [members[i]]), members[int(v)]) for (i,), v in state.functions[peak].items()]
    apart = [z3_logic.negation(z3_logic.equal(members[i], members[j])) for i, j in PAIRS if i < j]
    return [*apart, *order, *related, *values]


@settings(max_examples=100, deadline=None)
@given(formulas(), snapshots())
def test_three_meanings_agree(formula: Formula, state: Snapshot) -> None:
    closed = ForAll(VARIABLES, formula)
    truth: Reading[bool, Element] = Reading(Truth(cluster), state)
    expected = truth.truth(closed, {})
    finite, any_size = FiniteSize(cluster), AnySize()
    x = z3_logic.constant("any", finite.members(level)[0].sort())
    one_of_these = z3_logic.disjunction(z3_logic.equal(x, m) for m in finite.members(level))
    only_these = z3_logic.quantified([x], one_of_these, universal=True)
    for logic in (finite, any_size):
        solver = z3.Solver()
        solver.set("timeout", 1000)
        solver.add(*facts(state, finite), only_these, Reading(logic, Symbols()).truth(closed, {}))
        found = solver.check()
        assume(found != z3.unknown)
        assert (found == z3.sat) == expected


def test_the_order_of_a_sort_is_total() -> None:
    truth: Reading[bool, Element] = Reading(Truth(cluster), Snapshot({}, {}))
    variables = level.variables("a b c")
    assert truth.truth(ForAll(variables, total_order(level)), {})


def test_formulas_read_as_they_are_written() -> None:
    x, y, _ = VARIABLES
    assert str(Implies(above(x, y) & ~Same(x, y), x < y)) == "above(x, y) and x != y -> x < y"
    assert str(~(above(x, y) | above(y, x))) == "not (above(x, y) or above(y, x))"
    assert str(ForAll((x,), Exists((y,), Same(peak(x), y)))) == "for all x: for some y: peak(x) = y"
