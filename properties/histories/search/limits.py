"""The time and the memory that a search may take; beyond them it is given up, and nothing is claimed."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, field


class Exhausted(Exception):  # it is no error: the answer is `unknown`
    """A limit was reached; its text says which."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up: seconds from its making on, and bytes of the whole process."""

    seconds: float | None = None
    memory: float | None = None
    started: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise Exhausted where a limit is reached."""
        if self.seconds is not None and time.monotonic() - self.started > self.seconds:
            raise Exhausted(f"the time limit of {self.seconds:g} s was reached")
        if self.memory is not None and peak_bytes() > self.memory:
            raise Exhausted(f"the memory limit of {self.memory:,.0f} bytes was reached")

    def within(self, seconds: float) -> Limits:
        """Return limits that begin now and end after so many seconds, or with these if that is sooner."""
        if self.seconds is not None:
            seconds = min(seconds, self.seconds - (time.monotonic() - self.started))
        return Limits(seconds, self.memory)


NO_LIMITS = Limits()


def peak_bytes() -> int:
    """Return the most memory that this process has had resident, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
