"""A call of the library in a thread of its own, and the calling thread that watches it: progress, time, Ctrl-C."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from quorate.explorer.contract.engine import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.engine import Limits, Observer
    from quorate.explorer.contract.exploration import Cut
    from quorate.explorer.native.structures import CControl

T = TypeVar("T")

NONE = 2**64 - 1
PAUSE = 0.1  # seconds between two looks at a running search
CUTS: tuple[Cut | None, ...] = (None, "states", "depth", "time", "memory", "interrupted", "first")  # control.h: enum stop


@dataclass(frozen=True, slots=True)
class Orders:
    """How to search. `decisive` are the properties, bit by bit, whose showing is a violation.

    `sample` is how many states to keep for who compares them, some of every level; None is all. `mask`: which bits of the
    fixed words count when distinct states are counted; they are not where it is empty.
    """

    limits: Limits
    threads: int = 1
    compact: bool = False
    decisive: int = 0
    observer: Observer | None = None
    sample: int | None = 0
    mask: tuple[int, ...] = ()


def watched(control: CControl, orders: Orders, call: Callable[[], T]) -> T:
    """Run the call in a thread and watch it until it ends: progress, the time limit, Ctrl-C.

    The end is an event of our own: a `join` that Ctrl-C interrupts takes a running thread for ended (CPython 3.11).
    """
    results: list[T] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(call())
        finally:
            done.set()

    start = time.monotonic()
    threading.Thread(target=run, name="quorate search").start()
    try:
        while not done.is_set():
            try:
                _look(control, orders, done, start)
            except KeyboardInterrupt:
                _stop(control, "interrupted")
    finally:
        if not done.is_set():  # an exception of the observer must not leave the search running
            _stop(control, "interrupted")
        while not done.is_set():
            with suppress(KeyboardInterrupt):
                done.wait()
    return results[0]


def _look(control: CControl, orders: Orders, done: threading.Event, start: float) -> None:
    """Wait a little for the search, then pass on how far it is, and stop it when its time is over."""
    limit = orders.limits.seconds
    left = NONE if limit is None else start + limit - time.monotonic()
    if done.wait(max(0.001, min(PAUSE, left))):
        return
    seconds = time.monotonic() - start
    if limit is not None and seconds >= limit:
        _stop(control, "time")
    if orders.observer:
        queue = max(0, control.states - control.expanded)  # the two are not read at one moment
        orders.observer(Progress(control.states, control.edges, control.depth, queue, seconds, control.bytes))


def _stop(control: CControl, cut: Cut) -> None:
    if not control.stop:
        control.stop = CUTS.index(cut)
