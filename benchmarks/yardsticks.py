"""What Quorate is measured against: a search written by hand for one protocol, and Spin on the same protocol."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.explorer.native.compiler import compiler

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Run:
    """One measured search. `bytes` is the peak resident memory of its process, 0 where it was not measured."""

    name: str
    states: int
    edges: int
    seconds: float
    bytes: int = 0

    @property
    def speed(self) -> float:
        """Return the steps taken in a second."""
        return self.edges / self.seconds


def handwritten(managers: int, folder: Path) -> Run:
    """Return a run of two_phase_commit.c, compiled as it says itself."""
    program = folder / "yardstick"
    source = HERE / "two_phase_commit.c"
    _output([*compiler(), "-O3", "-march=native", f"-DMANAGERS={managers}", "-o", str(program), str(source)])
    found = _numbers(r"states=(\d+) edges=(\d+) depth=\d+ sec=([\d.]+)", _output([str(program)]))
    return Run("by hand in C, for this protocol alone", int(found[0]), int(found[1]), float(found[2]))


def spin(managers: int, folder: Path) -> Run | None:
    """Return a run of Spin, built with -O2 -DSAFETY -DNOREDUCE; None where Spin is not installed."""
    if not shutil.which("spin"):
        return None
    model = folder / "model.pml"
    model.write_text(_output([sys.executable, str(HERE / "two_phase_commit_promela.py"), str(managers)]))
    _output(["spin", "-a", model.name], folder)
    _output([*compiler(), "-O2", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"], folder)
    text = _output(["./pan", "-m100000", "-w24"], folder)
    states = int(float(_numbers(r"([\d.e+]+) states, stored", text)[0]))
    edges = int(float(_numbers(r"([\d.e+]+) transitions", text)[0]))
    seconds = float(_numbers(r"elapsed time ([\d.]+) seconds", text)[0])
    return Run(_numbers(r"\((Spin Version \S+)", text)[0], states, edges, seconds)


def _output(command: Sequence[str], folder: Path | None = None) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def _numbers(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    if not match:
        raise ValueError(f"no {pattern!r} in {text!r}")
    return match.groups()
