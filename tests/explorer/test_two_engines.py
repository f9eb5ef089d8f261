"""Two engines, one truth: generated protocols give the same counts, verdicts and traces in both, on any number of threads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from quorate.explorer.check import Request, check
from quorate.explorer.engine import Limits
from quorate.language.errors import QuorateError
from tests.explorer.protocols import protocols

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.verdict import Result

DEPTH = 4  # a limit by depth stops both engines at the same states


def essence(result: Result) -> object:
    """Return what has to be equal: everything but times, bytes, and the engine's name."""
    counts = replace(result.exploration, seconds=0.0, peak_bytes=0, engine="native", threads=1)
    answers = [(a.name, a.verdict, a.notes, a.trace) for a in result.answers]
    return counts, answers, bool(result.error), result.error_trace, result.stuck_trace


def run(path: Path, **how: object) -> object:
    """Return the essence of a check, or the text of the refusal: a refused model is refused by both engines."""
    request = Request(model=str(path), limits=Limits(depth=DEPTH), witnesses=True)
    try:
        return essence(check(replace(request, **how)))  # type: ignore[arg-type]
    except QuorateError as refusal:
        return str(refusal)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(source=protocols())
def test_generated_protocols_mean_the_same(source: str, tmp_path: Path) -> None:
    path = tmp_path / "generated.py"
    path.write_text(source, encoding="utf-8")
    truth = run(path, engine="reference")
    assert run(path, engine="native") == truth
    assert run(path, engine="native", threads=2) == truth
