"""Both engines and a brute force over every set of states agree about generated protocols, with random fairness and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check, configure
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.language.declare import LIVENESS
from tests.explorer.engines.agreement import essence
from tests.explorer.runs.small import MOST, Brute, protocol

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

EXAMPLES, CHUNK = 120, 10
WORDS = {"holds": "holds", "violated": "violated", "vacuous": "holds", "cut": "limited"}


@pytest.mark.parametrize("first", range(0, EXAMPLES, CHUNK))
def test_generated_protocols_end_the_same(first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CFLAGS", "-O0 -DBUFFER_LEAST=1")  # what waits is forgotten, and made again
    for seed in range(first, first + CHUNK):
        path = tmp_path / f"protocol_{seed}.py"
        path.write_text(protocol(seed), encoding="utf-8")
        reference = check(Request(model=str(path), engine="reference"))
        native = check(Request(model=str(path), engine="native", threads=1 + seed % 2))
        assert essence(native) == essence(reference), f"seed {seed}"
        if not reference.error and reference.exploration.states <= MOST and not reference.exploration.idle:
            assert told(reference) == brute(path), f"seed {seed}"


def told(result: Result) -> dict[str, str]:
    return {a.name: WORDS[a.verdict.value] for a in result.answers if a.modality in LIVENESS}


def brute(path: Path) -> dict[str, str]:
    """Return the verdicts by brute force: the worst for any choice of processes."""
    configuration = configure(Request(model=str(path)))
    strengths = {(t.step, t.process, t.sender): s for t, s in configuration.fairness.turns.items()}
    force = Brute(ReferenceEngine(configuration.model, configuration.setting, configuration.program), {**strengths})
    found: dict[str, str] = {}
    for prop in configuration.model.properties:
        words = {force.verdict(asked) for asked in configuration.model.asked(prop)}
        found[prop.name] = next(word for word in ("violated", "limited", "holds") if word in words)
    return found
