"""Two engines, one truth: generated protocols give the same counts, verdicts and traces in both, on any number of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.protocols import protocols

if TYPE_CHECKING:
    from pathlib import Path


@settings(
    max_examples=60,
    derandomize=True,  # the same protocols in every run: a difference is found where it was made, not days later
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(source=protocols())
def test_generated_protocols_mean_the_same(source: str, tmp_path: Path) -> None:
    path = tmp_path / "generated.py"
    path.write_text(source, encoding="utf-8")
    agreed(path)
