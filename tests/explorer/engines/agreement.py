"""What both engines have to agree on for one model, and a way to run it in each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from quorate.explorer.check import Request, check
from quorate.explorer.contract.engine import Limits
from quorate.language.errors import QuorateError

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

DEPTH = 4  # a limit by depth stops both engines at the same states


def essence(result: Result) -> object:
    """Return what has to be equal: everything but times, bytes, and the engine's name."""
    counts = replace(result.exploration, seconds=0.0, peak_bytes=0, engine="native", threads=1)
    answers = [(a.name, a.verdict, a.notes, a.trace) for a in result.answers]
    return counts, answers, bool(result.error), result.error_trace, result.stuck_trace


def request(path: Path, depth: int | None = DEPTH, engine: Literal["native", "reference"] = "reference") -> Request:
    return Request(model=str(path), limits=Limits(depth=depth), witnesses=True, engine=engine)


def answered(asked: Request) -> Result | str:
    """Return what one engine answers, or the words in which it refuses."""
    try:
        return check(asked)
    except QuorateError as refusal:
        return str(refusal)


def agreed(path: Path, depth: int | None = DEPTH, *, threads: tuple[int, ...] = (1, 2)) -> Result | str:
    """Return what both engines answer, or the words in which both refuse."""
    asked = request(path, depth)
    truth = answered(asked)
    for number in threads:
        also = answered(replace(asked, engine="native", threads=number))
        if isinstance(truth, str) or isinstance(also, str):
            assert also == truth
            break
        assert essence(also) == essence(truth)
    return truth
