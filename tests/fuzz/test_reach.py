"""What the generated protocols reach, over the seeds that the suite runs: every operator and statement of the IR."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fuzz.comparison import CONSTRUCTS, constructs
from tests.fuzz.features import FEATURES
from tests.fuzz.protocols import protocol
from tests.fuzz.test_two_engines import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_every_construct_is_reached(tmp_path: Path) -> None:
    """By the protocols that the suite runs; most of them by the first few."""
    missing, path = set(CONSTRUCTS), tmp_path / "generated.py"
    for seed in range(EXAMPLES):
        path.write_text(protocol(seed), encoding="utf-8")
        missing -= constructs(path)
        if not missing:
            return
    assert not missing


def test_a_seed_is_a_protocol() -> None:
    assert protocol(7) == protocol(7)
    assert len({protocol(seed) for seed in range(20)}) == 20


def test_features_can_be_left_out() -> None:
    everything = frozenset(FEATURES)
    assert "Base" not in protocol(1, everything)
    assert any("class Base" in protocol(seed, everything - {"inheritance"}) for seed in range(10))
