"""The models of this room have the verdicts that are known of them, with and without fairness."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import from_json, to_json
from quorate.language.loading.load import load

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.contract.verdict import Result

HERE = Path(__file__).parent
MODELS = sorted(
    path for path in HERE.glob("*.py") if path.stem not in {"__init__", "small"} and not path.stem.startswith("test_")
)
PRESETS = [(path, preset.name) for path in MODELS for preset in load(path).presets]


@pytest.mark.parametrize(("path", "preset"), PRESETS, ids=[f"{path.stem}-{preset}" for path, preset in PRESETS])
def test_known_verdicts(path: Path, preset: str) -> None:
    """Every preset is as it expects in both engines, with the same runs; each that is shown runs again from its file."""
    request = Request(model=str(path), preset=preset, engine="native", threads=2)
    native, result = check(request), check(replace(request, engine="reference"))
    assert result.exit_code == 0, (result.surprises, [(a.name, a.verdict) for a in result.answers])
    assert [(a.name, a.verdict, a.trace) for a in native.answers] == [(a.name, a.verdict, a.trace) for a in result.answers]
    for trace in traces(result):
        again = replay(from_json(to_json(trace)))
        assert not again.corrected
        assert not again.changed


def traces(result: Result) -> list[Trace]:
    return [answer.trace for answer in result.answers if answer.trace]
