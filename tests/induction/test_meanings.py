"""The meanings of a formula agree: plain truth in a state, Z3 on that finite cluster, and Z3 with quantifiers there."""

from __future__ import annotations

import itertools

import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quorate.properties.induction.formula import (
    And,
    AtMost,
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
from quorate.properties.induction.meaning import AnySize, Element, FiniteSize, Reading, Symbols, Truth
from quorate.properties.induction.run import Snapshot
from quorate.properties.induction.system import Cluster

level = Sort("level", "l", ordered=True)
VARIABLES = level.variables("x y z")
above = Relation("above", (level, level), "")
peak = Function("peak", (level,), level, "")
SIZE = 3
cluster = Cluster({level: SIZE})
PAIRS = list(itertools.product(range(SIZE), repeat=2))

terms: st.SearchStrategy[Term] = st.recursive(
    st.sampled_from(VARIABLES),
    lambda inner: st.builds(peak, inner) | st.builds(lambda p, a, b: Choice(AtMost(p, a), a, b), inner, inner, inner),
    max_leaves=3,
)
atoms = st.builds(above, terms, terms) | st.builds(Same, terms, terms) | st.builds(AtMost, terms, terms)
formulas: st.SearchStrategy[Formula] = st.recursive(
    atoms,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(lambda a, b: And((a, b)), inner, inner)
        | st.builds(lambda a, b: Or((a, b)), inner, inner)
        | st.builds(Implies, inner, inner)
        | st.builds(lambda v, f: ForAll((v,), f), st.sampled_from(VARIABLES), inner)
        | st.builds(lambda v, f: Exists((v,), f), st.sampled_from(VARIABLES), inner)
    ),
    max_leaves=6,
)
snapshots = st.builds(
    lambda pairs, values: Snapshot({above: frozenset(pairs)}, {peak: {(i,): v for i, v in enumerate(values)}}),
    st.sets(st.sampled_from(PAIRS)),
    st.lists(st.integers(0, SIZE - 1), min_size=SIZE, max_size=SIZE),
)


def facts(state: Snapshot, logic: FiniteSize) -> list[z3.BoolRef]:
    members, named = logic.members(level), Symbols()
    order = [logic.at_most(level, members[i], members[j]) == (i <= j) for i, j in PAIRS]
    related = [named.holds(above, [members[i], members[j]]) == ((i, j) in state.relations[above]) for i, j in PAIRS]
    values = [named.value(peak, [members[i]]) == members[v] for (i,), v in state.functions[peak].items()]
    return [z3.Distinct(*members), *order, *related, *values]


@settings(max_examples=100, deadline=None)
@given(formulas, snapshots)
def test_three_meanings_agree(formula: Formula, state: Snapshot) -> None:
    closed = ForAll(VARIABLES, formula)
    truth: Reading[bool, Element] = Reading(Truth(cluster), state)
    expected = truth.truth(closed, {})
    finite, any_size = FiniteSize(cluster), AnySize()
    x = z3.Const("any", finite.members(level)[0].sort())
    only_these = z3.ForAll([x], z3.Or(*(x == m for m in finite.members(level))))
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
