"""Fuzzes for as long as one likes: `make fuzz`, or `python -m tests.fuzz --seconds 3600 --processes 2`.

Each seed is one protocol. What is not the same in both engines is shrunk and saved as `SEED.py` in `--into` (`fuzz-found/`),
with its seed and what differs at its head; at most `--most` of a kind. The exit code is 1 where anything differed, and 3
where more than a third was refused: then the fuzz says little.

To reproduce: `python -m tests.fuzz --seed 1234` runs that protocol again, and `--show` prints it; a saved file is a model
like any other (`quorate check ./fuzz-found/1234.py --engine native`, and `--engine reference`), and `--file` compares both on
it. A seed means the same protocol only with the same `--without` and the same version of this folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from tests.fuzz.comparison import PATIENCE, Outcome, judged
from tests.fuzz.features import FEATURES
from tests.fuzz.protocols import protocol
from tests.fuzz.shrinking import shrunk

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_REFUSED = 1 / 3


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n\n")[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=600, help="how long to run")
    parser.add_argument("--count", type=int, help="how many protocols to run, instead of a time")
    parser.add_argument("--from", dest="start", type=int, help="the first seed; fresh ones where nothing is said")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--into", type=Path, default=Path("fuzz-found"), help="where to save what differs")
    parser.add_argument("--without", default="", help=f"features to leave out, with commas between: {', '.join(FEATURES)}")
    parser.add_argument("--shrink", type=float, default=120, help="seconds to shrink each difference")
    parser.add_argument("--most", type=int, default=5, help="how many of each kind of difference to save")
    parser.add_argument("--seed", type=int, help="run this protocol alone")
    parser.add_argument("--show", action="store_true", help="print the protocol of `--seed`")
    parser.add_argument("--file", type=Path, help="compare the engines on this file")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Task:
    """One seed to compare the opinions on, and what to do where they differ."""

    seed: int
    without: frozenset[str]
    into: Path
    shrink: float
    most: int


def run(task: Task) -> tuple[Task, Outcome, Path | None]:
    """Compare the opinions on one seed; a difference is shrunk and saved."""
    outcome = judged(protocol(task.seed, task.without))
    return task, outcome, saved(task, outcome) if outcome.kind == "differ" else None


def tasks(asked: argparse.Namespace) -> Iterator[Task]:
    """Yield seeds until the time is up."""
    number = SystemRandom().randrange(10**9) * 1000 if asked.start is None else asked.start
    until, last = time.monotonic() + asked.seconds, number + asked.count if asked.count else None
    while time.monotonic() < until and number != last:
        yield Task(number, left_out(asked), asked.into, asked.shrink, asked.most)
        number += 1


def left_out(asked: argparse.Namespace) -> frozenset[str]:
    names = frozenset(n for n in asked.without.split(",") if n)
    if unknown := names - FEATURES.keys():
        sys.exit(f"no such feature: {', '.join(sorted(unknown))}")
    return names


def saved(task: Task, outcome: Outcome) -> Path | None:
    """Shrink a difference and save it, unless there are as many of its kind as are wanted."""
    task.into.mkdir(parents=True, exist_ok=True)
    head = f"# differs in: {outcome.what}\n"
    if sum(path.read_text(encoding="utf-8").startswith(head) for path in task.into.glob("*.py")) >= task.most:
        return None
    small = shrunk(protocol(task.seed, task.without), lambda source: judged(source).what == outcome.what, task.shrink)
    path = task.into / f"{task.seed}.py"
    without = f" --without {','.join(sorted(task.without))}" if task.without else ""
    path.write_text(f"{head}# python -m tests.fuzz --seed {task.seed}{without}\n{small}", encoding="utf-8")
    return path


def campaign(asked: argparse.Namespace) -> int:
    """Run seeds in several processes, print what differs and the counts, and return the exit code."""
    counts: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {"differ": Counter(), "refused": Counter(), "slow": Counter()}
    with ProcessPoolExecutor(asked.processes, get_context("fork"), quiet) as pool:
        waiting: set[Future[tuple[Task, Outcome, Path | None]]] = set()
        for task in tasks(asked):
            waiting.add(pool.submit(run, task))
            while len(waiting) >= 2 * asked.processes:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    note(*future.result(), counts, kinds)
        for future in waiting:
            note(*future.result(), counts, kinds)
    return summary(counts, kinds)


def note(task: Task, outcome: Outcome, path: Path | None, counts: Counter[str], kinds: dict[str, Counter[str]]) -> None:
    counts[outcome.kind] += 1
    counts["error"] += outcome.error
    counts["third"] += outcome.third
    if outcome.kind in kinds:
        kinds[outcome.kind][outcome.what] += 1
    if outcome.kind == "differ":
        say(f"seed {task.seed} differs in: {outcome.what}{f' ({path})' if path else ''}")


def summary(counts: Counter[str], kinds: dict[str, Counter[str]]) -> int:
    total = sum(counts[k] for k in ("same", "refused", "slow", "long", "differ"))
    say(f"{total} run, {counts['same']} the same, {counts['refused']} refused by both, {counts['slow']} without C, ", end="")
    say(
        f"{counts['differ']} differed; {counts['error']} ended in an error of the model; the oracle joined in {counts['third']}"
    )
    for kind, whats in kinds.items():
        for what, number in whats.most_common(12):
            say(f"  {kind} {number}: {what}")
    if counts["long"]:
        say(f"  {counts['long']} took more than {PATIENCE} seconds and were left")
    if counts["differ"]:
        return 1
    return 3 if total and (counts["refused"] + counts["slow"]) / total > MOST_REFUSED else 0


def say(text: str = "", end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def quiet() -> None:
    """Keep Python's warnings about generated sources to itself, and compile fast: the C is run for a moment only."""
    warnings.simplefilter("ignore")
    os.environ.setdefault("CFLAGS", "-O0")


def main() -> int:
    asked = arguments()
    quiet()
    if asked.file:
        outcome = judged(asked.file.read_text(encoding="utf-8"))
    elif asked.seed is not None:
        source = protocol(asked.seed, left_out(asked))
        if asked.show:
            say(source)
            return 0
        outcome = judged(source)
    else:
        return campaign(asked)
    say(f"{outcome.kind}: {outcome.what}" if outcome.what else outcome.kind)
    return int(outcome.kind == "differ")


if __name__ == "__main__":
    sys.exit(main())
