"""What it costs that the engines meet in every check: the comparison beside the search, and the sample within it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.runs import Task, configuration
from quorate.explorer.check import SAMPLE
from quorate.explorer.contract.engine import NO_LIMITS
from quorate.explorer.meeting import compare
from quorate.explorer.native.native import NativeEngine

ROUNDS = 3  # the best counts


@dataclass(frozen=True, slots=True)
class Met:
    """Seconds of a search without a sample and with one, of the comparison, and how many states were compared."""

    bare: float
    sampling: float
    comparing: float
    states: int


def met(task: Task) -> Met:
    """Return what it costs for one search."""
    at = configuration(task)
    assert at.program is not None, at.slow
    bare, sampling = (
        NativeEngine(at.model, at.program, at.setting, task.threads, task.store, sample=sample) for sample in (0, SAMPLE)
    )
    without = min(bare.explore(NO_LIMITS).exploration.seconds for _ in range(ROUNDS))
    found = [sampling.explore(NO_LIMITS) for _ in range(ROUNDS)]
    start = time.process_time()
    states = compare(sampling, found[0].sample, asked=False)
    comparing = time.process_time() - start
    return Met(without, min(f.exploration.seconds for f in found), comparing, states)
