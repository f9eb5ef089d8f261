"""The two histories on the edge of each guarantee: the smallest that breaks it, and one that it just allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.properties.histories.catalogue import GUARANTEES
from quorate.properties.histories.formats.lines import Lines
from quorate.properties.histories.formats.reading import events
from quorate.properties.histories.judge import judge
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.pairing import history_of
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import NO_LIMITS

if TYPE_CHECKING:
    from quorate.properties.histories.guarantees.guarantee import Edge
    from quorate.properties.histories.record.history import History


def drawn(edge: Edge) -> History:
    lines = Lines("edge", iter(edge.drawn.splitlines(keepends=True)))
    return history_of("edge", events(lines), OBJECTS[edge.of])


@pytest.mark.parametrize("name", GUARANTEES)
def test_one_breaks_it_and_needs_all_of_its_operations(name: str) -> None:
    guarantee = GUARANTEES[name]
    history, target = drawn(guarantee.breaks), OBJECTS[guarantee.breaks.of]
    found = judge(history, target, guarantee, NO_LIMITS)
    assert found.verdict is Verdict.VIOLATED
    assert found.why is not None
    assert {*found.why.operations, *found.why.origins} == {*history.operations}


@pytest.mark.parametrize("name", GUARANTEES)
def test_one_has_it(name: str) -> None:
    guarantee = GUARANTEES[name]
    found = judge(drawn(guarantee.allows), OBJECTS[guarantee.allows.of], guarantee, NO_LIMITS)
    assert found.verdict is Verdict.HOLDS
