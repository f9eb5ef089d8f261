"""Arithmetic and search say the same: for up to four replicas, Z3 finds a split exactly where the register has a stale read.

Nothing is reduced: every W and R, with and without a hinted write, is searched to its end, so `holds` is of every state.
"""

from __future__ import annotations

import pytest

from quorate.explorer.check import EngineName, Request, check
from quorate.explorer.contract.verdict import Verdict
from quorate.properties.quorum.arithmetic.sets import number
from quorate.properties.quorum.theorems.proof import Verdict as Proved
from quorate.properties.quorum.theorems.proof import prove
from quorate.properties.quorum.theorems.systems import named

SLOPPY = named("sloppy").lemmas[0]
SIZES = [(n, w, r) for n in range(1, 5) for w in range(1, n + 1) for r in range(1, n + 1)]
ASKED = ("no_stale_read", "a_read_sees_a_write")


def proved(n: int, w: int, r: int, hints: int) -> Proved:
    numbers = [number(name).equals(value) for name, value in {"N": n, "W": w, "R": r, "h": hints}.items()]
    return prove([*SLOPPY.hypotheses, *numbers], SLOPPY.goal).verdict


@pytest.mark.parametrize("hints", [0, 1])
@pytest.mark.parametrize(("n", "w", "r"), SIZES)
def test_a_split_is_a_stale_read(n: int, w: int, r: int, hints: int) -> None:
    # Up to two replicas have few hundred states: the reference engine is done before a compiler would have started.
    engine: EngineName = "reference" if n <= 2 else "native"
    parameters = {"n": n, "w": w, "r": r, "hinted": hints}
    result = check(Request(model="quorum_register", parameters=parameters, properties=ASKED, engine=engine))
    stale, witness = result.answers
    assert result.exploration.cut is None
    assert witness.verdict is Verdict.HOLDS
    assert stale.verdict is {Proved.PROVED: Verdict.HOLDS, Proved.VIOLATED: Verdict.VIOLATED}[proved(n, w, r, hints)]
    if stale.verdict is Verdict.VIOLATED:
        assert stale.trace is not None
        # Two steps begin the write and the read; each node of a quorum takes its request and gives its answer.
        assert len(stale.trace.moments) == 2 + 2 * w + 2 * r
