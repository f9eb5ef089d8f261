"""What the generated protocols reach, over the seeds that the suite runs: every operator and statement of the IR."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.fuzz.comparison import CONSTRUCTS, constructs
from tests.fuzz.protocols import FEATURES, protocol
from tests.fuzz.test_two_engines import AWAITED, EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

NOT_REACHED = {"Choose": "`choices` is awaited: goes from here with it"}


def test_every_construct_is_reached(tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    for seed in range(EXAMPLES):
        path = tmp_path / "generated.py"
        path.write_text(protocol(seed, AWAITED), encoding="utf-8")
        found.update(constructs(path))
    assert found.keys() & CONSTRUCTS | NOT_REACHED.keys() == CONSTRUCTS


def test_a_seed_is_a_protocol() -> None:
    assert protocol(7) == protocol(7)
    assert len({protocol(seed) for seed in range(20)}) == 20


def test_features_can_be_left_out() -> None:
    everything = frozenset(FEATURES)
    assert "Base" not in protocol(1, everything)
    assert any("class Base" in protocol(seed, everything - {"inheritance"}) for seed in range(10))
