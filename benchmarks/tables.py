"""The report: every table of results/benchmarks.md, measured in one run, so that the ratios mean something."""

from __future__ import annotations

import platform
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.meeting import met
from benchmarks.runs import Task, measured, reference_speed
from benchmarks.startup import compilation, seconds_of, warm_check
from benchmarks.yardsticks import Run, handwritten, spin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.runs import Measured

HEAD = """\
# Benchmarks

Made by `python -m benchmarks` (or `make bench`) on {machine}. Numbers of other machines differ; the ratios are what is meant.
Each search runs in a process of its own, alone; each row is the best of {rounds} rounds, the rows of a table taking turns.
"""
LARGE = (Task("raft", "large"), Task("paxos", "three proposers"))
SMALL = (Task("raft", "default"), Task("paxos", "default"))


def report(*, quick: bool) -> str:
    """Return the whole report."""
    rounds, managers = (1, 5) if quick else (3, 9)
    tasks = SMALL if quick else LARGE
    searches = [measured(task) for task in tasks]
    memory = _memory(tasks, searches, managers)  # before this process grows: a child's peak begins at its parent's
    sections = [
        HEAD.format(machine=f"{_processor()}, {platform.system()}, Python {platform.python_version()}", rounds=rounds),
        _two_phase_commit(managers, rounds),
        _engines(tasks, searches, 0.5 if quick else 3.0),
        _meeting((*SMALL, *tasks) if tasks != SMALL else tasks),
        memory,
        _startup((*tasks, Task("two_phase_commit", "tla"))),
    ]
    return "\n".join(sections)


def _two_phase_commit(managers: int, rounds: int) -> str:
    """Return the table of two-phase commit: one protocol, the same states, four searches of it."""
    one = Task("two_phase_commit", "tla", {"MANAGERS": managers})
    tasks = [one, replace(one, threads=2), replace(one, store="compact")]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        makers: list[Callable[[], Run | None]] = [lambda: handwritten(managers, folder), lambda: spin(managers, folder)]
        makers += [lambda task=task: measured(task).run for task in tasks]  # type: ignore[misc]
        runs = _best(makers, rounds)
    yardstick, spun = runs[0], runs[1]
    assert yardstick is not None
    assert all(run.states == yardstick.states for run in runs if run), runs
    rows = [_row(run, yardstick, spun) for run in runs if run]
    alone, together = runs[2], runs[3]
    assert alone is not None
    assert together is not None
    lines = [
        f"## Two-phase commit, {managers} managers, the TLA+ form of Gray & Lamport",
        "",
        *_table(
            ("search", "states", "steps", "seconds", "million steps/s", "million states/s", "of by hand", "times Spin"), rows
        ),
        "",
        f"Two threads are {alone.seconds / together.seconds:.2f} times as fast as one.",
        "Quorate checks the property of each state; the search by hand checks none.",
    ]
    if spun is None:
        lines.append("Spin is not installed here (`apt-get install spin`), so its row is missing.")
    return "\n".join(lines) + "\n"


def _row(run: Run, yardstick: Run, spun: Run | None) -> tuple[str, ...]:
    speed = _states_speed(run)
    return (
        run.name,
        f"{run.states:,}",
        f"{run.edges:,}",
        f"{run.seconds:.2f}",
        f"{run.speed / 1e6:.1f}",
        f"{speed / 1e6:.2f}",
        f"{speed / _states_speed(yardstick):.2f}",
        f"{speed / _states_speed(spun):.1f}" if spun else "-",
    )


def _engines(tasks: Sequence[Task], searches: Sequence[Measured], seconds: float) -> str:
    """Return the table that holds the native engine against the reference engine, by steps a second."""
    rows = []
    for task, search in zip(tasks, searches, strict=True):
        slow = reference_speed(task, search.depth // 2, seconds)
        rows.append(
            (
                f"{task.model}, {task.preset}",
                f"{search.run.states:,}",
                f"{search.run.edges:,}",
                str(search.depth),
                f"{search.run.seconds:.2f}",
                f"{search.run.speed:,.0f}",
                f"{slow:,.0f}",
                f"{search.run.speed / slow:,.0f}",
            )
        )
    head = ("model", "states", "steps", "depth", "seconds", "native steps/s", "reference steps/s", "ratio")
    text = "The reference engine is timed on states taken evenly from the level in the middle of the same search."
    return "\n".join(["## Native and reference engine, one thread", "", *_table(head, rows), "", text, ""])


def _meeting(tasks: Sequence[Task]) -> str:
    """Return the table of what it costs that the engines are compared in every check."""
    rows = []
    for task in tasks:
        cost = met(task)
        rows.append(
            (
                f"{task.model}, {task.preset}",
                f"{cost.bare:.3f}",
                f"{cost.sampling / cost.bare:.2f}",
                str(cost.states),
                f"{cost.comparing:.3f}",
                f"{cost.comparing / cost.sampling:.3f}",
            )
        )
    head = ("model", "search, seconds", "with its sample, ratio", "states compared", "comparing, seconds", "of the search")
    text = "The first levels take 50 ms of it at most, whatever the model; the sample is of 64 states."
    return "\n".join(["## The engines meet", "", *_table(head, rows), "", text, ""])


def _memory(tasks: Sequence[Task], searches: Sequence[Measured], managers: int) -> str:
    """Return the table of memory: peak resident bytes of the whole process, Python included, over states."""
    everything = [*tasks, Task("two_phase_commit", "tla", {"MANAGERS": managers})]
    exact = [*searches, measured(everything[-1])]
    rows = []
    for task, search in zip(everything, exact, strict=True):
        compact = measured(Task(task.model, task.preset, task.parameters, task.threads, "compact")).run
        rows.append(
            (
                f"{task.model}, {task.preset}",
                f"{search.run.states:,}",
                f"{search.packed:.1f}",
                f"{search.run.bytes / search.run.states:.1f}",
                f"{search.packed + 40:.1f}",
                f"{compact.bytes / compact.states:.1f}",
                "32",
            )
        )
    head = ("model", "states", "packed, mean", "exact", "bound", "compact", "bound")
    text = "Peak resident bytes of the process, Python and its libraries included, over states."
    return "\n".join(["## Memory, bytes a state", "", *_table(head, rows), "", text, ""])


def _startup(tasks: Sequence[Task]) -> str:
    """Return the table of start-up times."""
    made = [compilation(task) for task in tasks]
    rows = [(c.model, str(c.lines), f"{c.seconds:.2f}") for c in made]
    python, imports = seconds_of("pass"), seconds_of("import quorate.explorer.check")
    text = (
        f"A warm check of two-phase commit (`tla`, 3 managers) takes {warm_check(tasks[-1]):.2f} s as a whole: Python alone "
        f"starts in {python:.2f} s, with Quorate's imports in {imports:.2f} s."
    )
    head = ("model", "lines of C", "seconds to compile")
    return "\n".join(["## Start", "", *_table(head, rows), "", text, ""])


def _best(makers: Sequence[Callable[[], Run | None]], rounds: int) -> list[Run | None]:
    """Return the fastest run of each maker; they take turns, so that a busy moment does not fall on one alone."""
    best: list[Run | None] = [None] * len(makers)
    for _ in range(rounds):
        for i, maker in enumerate(makers):
            run, fastest = maker(), best[i]
            if run and (fastest is None or run.seconds < fastest.seconds):
                best[i] = run
    return best


def _states_speed(run: Run) -> float:
    return run.states / run.seconds


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table: the first column to the left, numbers to the right."""
    rule = [":--", *["--:"] * (len(head) - 1)]
    return ["| " + " | ".join(cells) + " |" for cells in (head, rule, *rows)]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
