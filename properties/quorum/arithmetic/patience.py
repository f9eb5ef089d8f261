"""How long a question may take, all its parts together; what was settled by then stands, the rest is unknown.

`within` sets an end that everything below it keeps: Z3 and HiGHS are given what is left, loops call `keep`. An end inside
another can only be nearer. Kept to within a second, as far as measured (`tests/properties/quorum/test_time_limits.py`).
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from typing import TYPE_CHECKING, ClassVar

from quorate.language.errors import QuorateError

if TYPE_CHECKING:
    from collections.abc import Generator

_end: ContextVar[float] = ContextVar("_end", default=inf)


class OutOfTimeError(QuorateError):
    """The time allowed has passed; nothing is wrong with the input, and nothing is known of the answer."""

    exit_code: ClassVar[int] = 3


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Allow what is inside so many seconds, or less where an outer limit ends sooner."""
    before = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(before)


def left() -> float:
    """Return the seconds that are left, never below 0; infinite without a limit."""
    return max(0.0, _end.get() - time.monotonic())


def keep() -> None:
    """Errors: OutOfTimeError where the time has passed."""
    if time.monotonic() > _end.get():
        raise OutOfTimeError("the time allowed has passed; a longer `--timeout` may settle it")
