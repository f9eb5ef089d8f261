"""The time and the memory of a search: what its limits say, and when its observer hears of it."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.explorer.contract.engine import Progress

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Limits, Observer
    from quorate.explorer.contract.exploration import Cut

PULSE = 0.1  # seconds between two calls of an observer


@dataclass
class Clock:
    """Time, memory and progress of a search: what its limits say, and how its observer hears of it."""

    limits: Limits
    observer: Observer | None
    started: float = field(default_factory=time.monotonic)
    heard: float = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def cut(self, states: int, edges: int, depth: int, queue: int) -> Cut | None:
        """Return which limit stops the search now, if any; about ten times a second the observer hears how far it is."""
        now = self.seconds
        if self.observer and now - self.heard >= PULSE:
            self.heard = now
            self.observer(Progress(states, edges, depth, queue, now, peak_bytes()))
        if self.limits.states is not None and states > self.limits.states:
            return "states"
        if self.limits.seconds is not None and now > self.limits.seconds:
            return "time"
        return "memory" if self.limits.memory is not None and peak_bytes() > self.limits.memory else None


def peak_bytes() -> int:
    """Return the most memory that this process has had resident, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
