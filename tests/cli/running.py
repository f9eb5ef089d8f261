"""Runs the command line in this process, and gives what it printed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from quorate.cli import main

LOCK = str(Path(__file__).parent / "protocols" / "lock.py")
CHATTER = str(Path(__file__).parent / "protocols" / "chatter.py")


class Ran(NamedTuple):
    """An exit code, and the text on both streams."""

    code: int
    out: str
    err: str


class Runner:
    """Calls `quorate` with arguments; the reference engine searches, so that no compiler is needed."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *arguments: str) -> Ran:
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        printed = self.capture.readouterr()
        return Ran(int(exit_.value.code or 0), printed.out, printed.err)

    def check(self, *arguments: str, model: str = LOCK) -> Ran:
        return self("check", model, "--engine", "reference", *arguments)
