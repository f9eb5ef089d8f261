"""Each guarantee agrees with brute force, on small histories of each object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.properties.histories.catalogue import GUARANTEES
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import NO_LIMITS
from tests.properties.histories import brute
from tests.properties.histories.small import histories, versioned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation

SEARCHED: dict[str, Callable[[Sequence[Operation], Sequential], bool]] = {
    "linearizable": brute.linearizable,
    "sequential": brute.sequential,
}

SEEN: dict[str, Callable[[Sequence[Operation], Sequential], bool]] = {
    "causal-memory": brute.causal_memory,
    "causal-convergence": brute.causal_convergence,
    "causal": brute.causal,
    "pram": brute.pram,
}
SESSIONS = ("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads")
IN_TIME: dict[str, Callable[[Sequence[Operation], Sequential], bool]] = {
    "regular": brute.regular,
    "safe": brute.safe,
    "bounded-staleness": brute.bounded_staleness,
}
VERSIONED = ("register", "list-append", "set")


def test_every_guarantee_is_tried() -> None:
    assert {*SEARCHED, *SEEN, *SESSIONS, *IN_TIME} == {*GUARANTEES}


@pytest.mark.parametrize("guarantee", SEARCHED)
@pytest.mark.parametrize("name", OBJECTS)
def test_it_agrees(guarantee: str, name: str) -> None:
    target = OBJECTS[name]
    keys = (None,) if guarantee == "linearizable" else ("x", "y")

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        operations = data.draw(histories(name, keys=keys))
        found = GUARANTEES[guarantee].judge(operations, target, NO_LIMITS).verdict
        assert (found is Verdict.HOLDS) == SEARCHED[guarantee](operations, target), operations

    agree()


@pytest.mark.parametrize("guarantee", [*SEEN, *SESSIONS])
@pytest.mark.parametrize("name", VERSIONED)
def test_it_agrees_on_what_reads_have_seen(guarantee: str, name: str) -> None:
    target = OBJECTS[name]

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(versioned(name, keys=("x", "y")))
    def agree(operations: list[Operation]) -> None:
        found = GUARANTEES[guarantee].judge(operations, target, NO_LIMITS).verdict
        expected = (
            SEEN[guarantee](operations, target) if guarantee in SEEN else brute.session_guarantee(guarantee, operations, target)
        )
        assert (found is not Verdict.VIOLATED) == expected, operations

    agree()


@pytest.mark.parametrize("guarantee", IN_TIME)
def test_it_agrees_on_registers_in_real_time(guarantee: str) -> None:
    target = OBJECTS["register"]

    @settings(max_examples=80, deadline=None, derandomize=True, database=None)
    @given(histories("register"))
    def agree(operations: list[Operation]) -> None:
        found = GUARANTEES[guarantee].judge(operations, target, NO_LIMITS).verdict
        assert (found is Verdict.HOLDS) == IN_TIME[guarantee](operations, target), operations

    agree()


@pytest.mark.parametrize("name", VERSIONED)
def test_the_stronger_implies_the_weaker(name: str) -> None:
    target = OBJECTS[name]
    asked = [g for g in GUARANTEES.values() if name == "register" or not g.timed or g.name == "linearizable"]

    @settings(max_examples=80, deadline=None, derandomize=True, database=None)
    @given(versioned(name, keys=("x", "y"), most=8))
    def imply(operations: list[Operation]) -> None:
        found = {g.name: g.judge(operations, target, NO_LIMITS).verdict for g in asked}
        for guarantee in asked:
            for weaker in guarantee.weaker:
                if found[guarantee.name] is Verdict.HOLDS and weaker in found:
                    assert found[weaker] is not Verdict.VIOLATED, (guarantee.name, weaker, operations)

    imply()
