"""Each guarantee agrees with brute force, on small histories of each object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.properties.histories.guarantees.catalogue import GUARANTEES
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import NO_LIMITS
from tests.properties.histories import brute
from tests.properties.histories.small import histories

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation

SEARCHED: dict[str, Callable[[Sequence[Operation], Sequential], bool]] = {
    "linearizable": brute.linearizable,
    "sequential": brute.sequential,
}


@pytest.mark.parametrize("guarantee", SEARCHED)
@pytest.mark.parametrize("name", OBJECTS)
def test_it_agrees(guarantee: str, name: str) -> None:
    target = OBJECTS[name]
    keys = (None,) if guarantee == "linearizable" else ("x", "y")

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        operations = data.draw(histories(name, keys=keys))
        found = GUARANTEES[guarantee].judge(operations, target, NO_LIMITS).verdict
        assert (found is Verdict.HOLDS) == SEARCHED[guarantee](operations, target), operations

    agree()
