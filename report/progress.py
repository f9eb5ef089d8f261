"""How far a running search is, on stderr: one line that is rewritten on a terminal, a line now and then elsewhere.

It observes; it never changes what the search does. An observer is called about ten times a second.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from quorate.report.quantities import counted, duration, rate, size

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from quorate.explorer.contract.engine import Observer, Progress

PATIENCE = 1.0  # seconds before the first word: a short check says nothing
PERIOD = 10.0  # seconds between lines where there is no terminal


def phrase(progress: Progress) -> str:
    """Return where the search is: `1,024 states, 12 MB, depth 7, 80 waiting, 400 states/s, 2.5 s`."""
    parts = [
        counted(progress.states, "state"),
        f"depth {progress.depth}",
        f"{progress.queue:,} waiting",
        rate(progress.states, progress.seconds),
        size(progress.bytes),
        duration(progress.seconds),
    ]
    return ", ".join(part for part in parts if part)


@contextmanager
def observing(stream: TextIO, *, quiet: bool = False) -> Generator[Observer | None, None, None]:
    """Give an observer that shows progress on the stream while the context lasts; None where it is to be quiet."""
    if quiet:
        yield None
    elif stream.isatty():
        yield from _rewriting(stream)
    else:
        yield _lines(stream)


def _lines(stream: TextIO) -> Observer:
    due = time.monotonic() + PERIOD

    def show(progress: Progress) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + PERIOD
            print(phrase(progress), file=stream, flush=True)

    return show


def _rewriting(stream: TextIO) -> Iterator[Observer]:
    from rich.console import Console  # noqa: PLC0415  (a tenth of a second that only a terminal needs)
    from rich.status import Status  # noqa: PLC0415

    status = Status("", console=Console(file=stream))
    began, running = time.monotonic(), False

    def show(progress: Progress) -> None:
        nonlocal running
        if not running and time.monotonic() - began >= PATIENCE:
            status.start()
            running = True
        if running:
            status.update(phrase(progress))

    try:
        yield show
    finally:
        if running:
            status.stop()
