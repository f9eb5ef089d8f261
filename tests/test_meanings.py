"""One enum of operators, and one table for each meaning of the IR: all have the same keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.language.c.expressions import OPERATORS
from quorate.language.program.ir import Operator

if TYPE_CHECKING:
    from collections.abc import Mapping

MEANINGS: dict[str, Mapping[Operator, object]] = {"c": OPERATORS}


@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_operator_has_a_row(meaning: str) -> None:
    assert set(MEANINGS[meaning]) == set(Operator)
