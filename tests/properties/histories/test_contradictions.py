"""What is shown contradicts itself whatever the other operations did, and needs all that is shown: by brute force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings

from quorate.properties.histories.catalogue import GUARANTEES
from quorate.properties.histories.contradiction import contradiction, forgotten
from quorate.properties.histories.guarantees.guarantee import Edge
from quorate.properties.histories.judge import judge
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.record.history import PENDING, History
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import NO_LIMITS
from quorate.properties.histories.search.orders import Sessions
from quorate.properties.histories.search.search import Search
from quorate.properties.histories.wording import sentence
from tests.properties.histories import brute
from tests.properties.histories.small import histories, versioned
from tests.properties.histories.test_edges import drawn as history_drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation

ASKED: dict[tuple[str, str], Callable[[Sequence[Operation], Sequential], bool]] = {
    ("linearizable", "cas-register"): brute.linearizable,
    ("linearizable", "queue"): brute.linearizable,
    ("linearizable", "lock"): brute.linearizable,
    ("sequential", "register"): brute.sequential,
    ("sequential", "list-append"): brute.sequential,
    ("pram", "register"): brute.pram,
    ("causal-memory", "register"): brute.causal_memory,
    ("regular", "register"): brute.regular,
}


@pytest.mark.parametrize(("guarantee", "name"), ASKED)
def test_it_contradicts_itself_and_needs_all_of_it(guarantee: str, name: str) -> None:
    target = OBJECTS[name]
    drawn = versioned(name, most=5) if GUARANTEES[guarantee].versions else histories(name, most=5)

    def holds(operations: Sequence[Operation], kept: Sequence[Operation]) -> bool:
        left = [o if o in kept else forgotten(o, target) for o in operations]
        return ASKED[guarantee, name]([o for o in left if o is not None], target)

    @settings(max_examples=50, deadline=None, derandomize=True, database=None)
    @given(drawn)
    def suffices(operations: list[Operation]) -> None:
        found = GUARANTEES[guarantee].judge(operations, target, NO_LIMITS).verdict
        assume(found is Verdict.VIOLATED)
        why = contradiction(operations, target, GUARANTEES[guarantee], NO_LIMITS)
        assert why.least
        assert not holds(operations, why.operations), why
        for one in why.operations:
            assert holds(operations, [o for o in why.operations if o is not one]), (why, one)
        assert sentence(why, target, GUARANTEES[guarantee])

    suffices()


@pytest.mark.parametrize("name", ["register", "cas-register", "queue"])
def test_keys_apart_say_the_same_as_keys_together(name: str) -> None:
    target, guarantee = OBJECTS[name], GUARANTEES["linearizable"]

    @settings(max_examples=80, deadline=None, derandomize=True, database=None)
    @given(histories(name, keys=("x", "y"), most=6))
    def agree(operations: list[Operation]) -> None:
        whole = History("", tuple(operations), tuple(dict.fromkeys(o.key for o in operations)))
        apart = judge(whole, target, guarantee, NO_LIMITS).verdict
        together = guarantee.judge(operations, target, NO_LIMITS).verdict
        assert (apart is Verdict.VIOLATED) == (together is Verdict.VIOLATED)

    agree()


def test_what_was_forgotten_in_two_sessions_is_not_the_same() -> None:
    """Client b's write has to come before b reads, so a's is the one that is left for later."""
    drawn = Edge("""
        a: [write 1]
        b:    [write 1] [read -> 1] [read -> 2]
        c:              [write 2]   [read -> 1]
    """)
    target = OBJECTS["register"]
    operations = [replace(o, result=PENDING) if o.argument == 1 else o for o in history_drawn(drawn).operations]
    assert brute.sequential(operations, target)
    assert GUARANTEES["sequential"].judge(operations, target, NO_LIMITS).verdict is Verdict.HOLDS
    assert Search(Sessions(operations), target, NO_LIMITS).run() is not None
