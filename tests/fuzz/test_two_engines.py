"""Two engines and the oracle, one truth: 200 generated protocols give the same counts, verdicts and traces, or are refused.

The same protocols in every run: a difference is found where it was made. `make fuzz` runs others, for as long as one likes.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.fuzz.comparison import judged
from tests.fuzz.protocols import protocol

EXAMPLES, CHUNK = 200, 10


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("first", range(0, EXAMPLES, CHUNK))
def test_generated_protocols_mean_the_same(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk of the fixed protocols; were many of them refused, it would say little."""
    monkeypatch.setenv("CFLAGS", "-O0")
    counts: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        outcome = judged(protocol(seed), threads=1 + seed % 2)
        assert outcome.kind != "differ", f"{outcome.what}: python -m tests.fuzz --seed {seed}"
        counts[outcome.kind] += 1
    assert counts["same"] >= CHUNK / 2
