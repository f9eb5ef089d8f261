"""Hinted writes give up the overlap only until the hints come home. (`tests/quorum` holds all sizes against the arithmetic.)"""

from __future__ import annotations

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.verdict import Verdict

SIZES = [(w, r) for w in (1, 2, 3) for r in (1, 2, 3)]


@pytest.mark.parametrize(("w", "r"), SIZES)
def test_once_hints_are_handed_off_a_sloppy_quorum_is_a_strict_one(w: int, r: int) -> None:
    parameters = {"n": 3, "w": w, "r": r, "hinted": 1, "handed_off": True}
    result = check(Request(model="quorum_register", parameters=parameters, engine="native"))
    stale, _, witness = result.answers
    assert (stale.name, witness.verdict) == ("no_stale_read", Verdict.HOLDS)
    assert stale.verdict is (Verdict.HOLDS if w + r > 3 else Verdict.VIOLATED)
