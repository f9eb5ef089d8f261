"""How long a check takes to begin: compiling a model for the first time, and starting warm."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.runs import configuration
from quorate.explorer.native.compiler import cache_folder, library
from quorate.language.c.to_c import emit

if TYPE_CHECKING:
    from benchmarks.runs import Task

CHECK = "from quorate.explorer.check import Request, check; check(Request(model={model!r}, preset={preset!r}))"


@dataclass(frozen=True, slots=True)
class Compilation:
    """One model's emitted code: how long it is, and how long the compiler takes."""

    model: str
    lines: int
    seconds: float


def compilation(task: Task) -> Compilation:
    """Return how long it takes to compile the task's model, with an empty cache."""
    at = configuration(task)
    assert at.program is not None, at.slow
    source = emit(at.program, at.setting)
    with tempfile.TemporaryDirectory() as empty:
        kept = os.environ.get("XDG_CACHE_HOME")
        os.environ["XDG_CACHE_HOME"] = empty
        cache_folder.cache_clear()
        start = time.perf_counter()
        library(source)
        seconds = time.perf_counter() - start
        os.environ.pop("XDG_CACHE_HOME") if kept is None else os.environ.update(XDG_CACHE_HOME=kept)
        cache_folder.cache_clear()
    return Compilation(f"{task.model}, {task.preset}", source.count("\n"), seconds)


def seconds_of(code: str, times: int = 5) -> float:
    """Return the least wall time of a Python process that runs this code."""
    least = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)
        least = min(least, time.perf_counter() - start)
    return least


def warm_check(task: Task) -> float:
    """Return how long a check in a new process takes when its library is in the cache."""
    return seconds_of(CHECK.format(model=task.model, preset=task.preset))
