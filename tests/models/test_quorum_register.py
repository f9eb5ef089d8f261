"""The register is fresh exactly where the two quorums meet, and its shortest stale read touches each replica once."""

from __future__ import annotations

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.verdict import Verdict

SIZES = [(n, w, r) for n in (1, 2, 3) for w in range(1, n + 1) for r in range(1, n + 1)]


@pytest.mark.parametrize(("n", "w", "r"), SIZES)
def test_reads_are_fresh_exactly_where_quorums_meet(n: int, w: int, r: int) -> None:
    result = check(Request(model="quorum_register", parameters={"n": n, "w": w, "r": r}, engine="native"))
    answer = next(a for a in result.answers if a.name == "no_stale_read")
    assert answer.verdict is (Verdict.HOLDS if w + r > n else Verdict.VIOLATED)
    if w + r <= n:
        assert answer.trace is not None
        # Two steps begin the write and the read; each replica of a quorum takes its request and gives its answer.
        assert len(answer.trace.moments) == 2 + 2 * w + 2 * r


@pytest.mark.parametrize(("w", "r"), [(w, r) for n, w, r in SIZES if n == 3])
def test_once_hints_are_handed_off_a_sloppy_quorum_is_a_strict_one(w: int, r: int) -> None:
    parameters = {"n": 3, "w": w, "r": r, "hinted": 1, "handed_off": True}
    result = check(Request(model="quorum_register", parameters=parameters, engine="native"))
    answer = next(a for a in result.answers if a.name == "no_stale_read")
    assert answer.verdict is (Verdict.HOLDS if w + r > 3 else Verdict.VIOLATED)
