from __future__ import annotations

import io
from typing import TYPE_CHECKING

from quorate.explorer.contract.engine import Progress
from quorate.report import progress
from quorate.report.progress import observing, phrase

if TYPE_CHECKING:
    import pytest

SOME = Progress(states=12_000, edges=40_000, depth=7, queue=1_500, seconds=2.0, bytes=12_000_000)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_in_a_phrase() -> None:
    assert phrase(SOME) == "12,000 states, depth 7, 1,500 waiting, 6,000 states/s, 12 MB, 2 s"


def test_a_short_search_says_nothing() -> None:
    for stream in (io.StringIO(), Terminal()):
        with observing(stream) as observer:
            assert observer is not None
            observer(SOME)
        assert stream.getvalue() == ""


def test_a_pipe_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("quorate.report.progress.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    with observing(stream) as observer:
        assert observer is not None
        for now[0] in (105.0, 111.0, 112.0, 122.0):
            observer(SOME)
    assert stream.getvalue().splitlines() == [phrase(SOME)] * 2


def test_a_terminal_gets_a_line_that_is_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with observing(stream) as observer:
        assert observer is not None
        observer(SOME)
    assert "12,000 states, depth 7" in stream.getvalue()


def test_quiet_means_no_observer() -> None:
    with observing(Terminal(), quiet=True) as observer:
        assert observer is None
