"""One measured search of Quorate, in a process of its own, so that its peak of memory is its own.

    python -m benchmarks.runs '{"model": "raft", "preset": "default", "parameters": {}, "threads": 1, "store": "exact"}'
prints what it measured as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Literal

from benchmarks.yardsticks import Run
from quorate.explorer.check import Configuration, Request, configure
from quorate.explorer.contract.clock import peak_bytes
from quorate.explorer.contract.engine import NO_LIMITS
from quorate.explorer.native.native import NativeEngine
from quorate.explorer.reference.reference import ReferenceEngine

SAMPLE = 200  # states out of the middle of a search, for the reference engine


@dataclass(frozen=True, slots=True)
class Task:
    """What to search and how."""

    model: str
    preset: str
    parameters: dict[str, int] = field(default_factory=dict)
    threads: int = 1
    store: Literal["exact", "compact"] = "exact"

    @property
    def name(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"Quorate, {self.store} store, {threads}"


@dataclass(frozen=True, slots=True)
class Measured:
    """A run, and what else is said of it: the mean bytes of a packed state, the depth, and whether it is whole."""

    run: Run
    packed: float
    depth: int
    cut: str | None


def measured(task: Task) -> Measured:
    """Return the measures of a search in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.runs", json.dumps(asdict(task))]
    data = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return Measured(Run(**data.pop("run")), **data)


def configuration(task: Task) -> Configuration:
    return configure(Request(model=task.model, preset=task.preset, parameters=task.parameters))


def engine(task: Task, at: Configuration) -> NativeEngine:
    assert at.program is not None, at.slow
    return NativeEngine(at.model, at.program, at.setting, task.threads, task.store)


def search(task: Task) -> Measured:
    """Run the search here and now."""
    native = engine(task, configuration(task))
    counts = native.machine.explore(native.initial, native.orders(NO_LIMITS))
    run = Run(task.name, counts.states, counts.edges, counts.seconds, peak_bytes())
    return Measured(run, 8 * counts.words / counts.states, counts.depth, counts.cut)


def reference_speed(task: Task, depth: int, seconds: float) -> float:
    """Return the steps a second of the reference engine, over states taken evenly from a level in the middle."""
    at = configuration(task)
    states = engine(task, at).sample(depth, SAMPLE)
    reference = ReferenceEngine(at.model, at.setting, at.program)
    edges, start = 0, time.perf_counter()
    for state in states:
        reference.judge.on_state(state)
        edges += len(reference.successors(state).edges)
        if time.perf_counter() - start > seconds:
            break
    return edges / (time.perf_counter() - start)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(search(Task(**json.loads(sys.argv[1]))))))
