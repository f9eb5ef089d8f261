"""Quorum arithmetic, timed; and quoracle 0.0.4 (Whittaker et al., PaPoC 2021) on the same systems in the same run.

    python benchmarks/quorum.py            # writes results/quorum_benchmarks.md

quoracle is not a dependency: `pip install quoracle==0.0.4` beside Quorate to have its column. Each of its calls runs in a
process of its own with a time and a memory limit, since it lists every quorum and a majority of 51 has 2.5e14.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import statistics
import time
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.properties.induction import outcome as induction
from quorate.properties.induction.catalogue import cases, theorems
from quorate.properties.quorum.arithmetic.sets import EVERYONE, NodeSet, size
from quorate.properties.quorum.clusters.cluster import Speed
from quorate.properties.quorum.clusters.expressions import Node, grid, majority, numbered
from quorate.properties.quorum.clusters.load import best_load
from quorate.properties.quorum.clusters.overlap import least_overlap
from quorate.properties.quorum.strategies.search import search
from quorate.properties.quorum.strategies.strategy import System, Wanted, best, uniform
from quorate.properties.quorum.theorems.proof import Verdict, prove_each
from quorate.properties.quorum.theorems.question import settle
from quorate.properties.quorum.theorems.systems import systems

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import SimpleQueue

    from quorate.properties.induction.catalogue import Case
    from quorate.properties.quorum.clusters.expressions import Expression

RESULTS = Path(__file__).resolve().parent.parent / "results" / "quorum_benchmarks.md"
LIMIT = 180  # seconds for one call of quoracle
MEMORY = 4 << 30  # bytes
REPEATS = 5
# The case study of quoracle's paper: five nodes with their speed at writes (reads are twice as fast) and latency.
CASE_NODES = (("a", 2000, 1), ("b", 1000, 1), ("c", 2000, 3), ("d", 1000, 4), ("e", 2000, 5))
CASE_SPEEDS = {name: Speed(Fraction(2 * speed), Fraction(speed)) for name, speed, _ in CASE_NODES}
CASE_LATENCIES = {name: Fraction(wait) for name, _, wait in CASE_NODES}
CASE_WEIGHTS = (0, 10, 20, 100, 100, 100, 60, 30, 30, 20, 0)
CASE_WORKLOAD = {Fraction(10 - k, 10): Fraction(weight) for k, weight in enumerate(CASE_WEIGHTS)}
CASE_NUMBERS = [3666.56, 2749.92, 3.24, 2291.6, 4200.22, 1374.96, 1.95, 2749.92, 4124.88, 1374.96, 2.43, 2749.92]


@dataclass(frozen=True, slots=True)
class Task:
    """Something both libraries can be asked; `answer` is what Quorate must say, `theirs` names a function below."""

    name: str
    ours: Callable[[], object]
    answer: object
    theirs: str = ""
    limit: int = LIMIT


def quoracle_majority_load(n: int, *, uneven: bool = False) -> float:
    quoracle = import_module("quoracle")
    nodes = [quoracle.Node(f"n{i}", capacity=50 + 2 * i if uneven else 1) for i in range(n)]
    return float(quoracle.QuorumSystem(reads=quoracle.majority(nodes)).load(read_fraction=0.5))


def quoracle_grid_load(side: int) -> float:
    quoracle = import_module("quoracle")
    rows = [[quoracle.Node(f"r{i}c{j}") for j in range(side)] for i in range(side)]
    lines = [quoracle.choose(side, row) for row in rows]
    return float(quoracle.QuorumSystem(reads=quoracle.choose(1, lines)).load(read_fraction=0.5))


def quoracle_overlap(n: int) -> bool:
    quoracle = import_module("quoracle")
    nodes = [quoracle.Node(f"n{i}") for i in range(n)]
    quoracle.QuorumSystem(reads=quoracle.majority(nodes), writes=quoracle.majority(nodes))
    return True


def quoracle_case() -> tuple[object, ...]:
    """Return the nodes and the workload of the case study of quoracle's paper, as its own examples have them."""
    quoracle = import_module("quoracle")
    seconds = import_module("datetime").timedelta
    nodes = [
        quoracle.Node(name, write_capacity=speed, read_capacity=2 * speed, latency=seconds(seconds=wait))
        for name, speed, wait in CASE_NODES
    ]
    return nodes, {float(share): float(weight) for share, weight in CASE_WORKLOAD.items()}


def quoracle_strategies() -> list[float]:
    quoracle = import_module("quoracle")
    (a, b, c, d, e), workload = quoracle_case()  # type: ignore[misc]
    found: list[float] = []
    for reads in (quoracle.majority([a, b, c, d, e]), a * b + c * d * e, a * b + a * c * e + d * e + d * c * b):
        system = quoracle.QuorumSystem(reads=reads)
        found += [system.capacity(read_fraction=workload), system.capacity(read_fraction=workload, f=1)]
        quick = system.strategy(read_fraction=workload, optimize="latency", load_limit=1 / 2000)
        found += [quick.latency(read_fraction=workload).total_seconds(), system.uniform_strategy().capacity(workload)]
    return found


def quoracle_search(**wanted: object) -> float:
    quoracle = import_module("quoracle")
    nodes, workload = quoracle_case()
    _, found = quoracle.search(nodes=nodes, resilience=1, read_fraction=workload, **wanted)
    return float(found.capacity(read_fraction=workload))


THEIRS: dict[str, Callable[[], object]] = {
    "majority 15": lambda: quoracle_majority_load(15),
    "majority 51": lambda: quoracle_majority_load(51),
    "uneven 51": lambda: quoracle_majority_load(51, uneven=True),
    "grid 7": lambda: quoracle_grid_load(7),
    "overlap 21": lambda: quoracle_overlap(21),
    "case strategies": quoracle_strategies,
    "case search": quoracle_search,
    "case search f": lambda: quoracle_search(f=1),
    "case search latency": lambda: quoracle_search(optimize="latency", load_limit=1 / 2000),
}


def overlap_21() -> object:
    return least_overlap(majority(numbered(21)), majority(numbered(21))).size


def grid_7() -> object:
    return best_load(grid(7, 7), grid(7, 7).dual()).load


def majority_load(n: int) -> object:
    return best_load(majority(numbered(n)), majority(numbered(n))).load


def uneven_51() -> object:
    speeds = {f"n{i + 1}": Speed(Fraction(50 + 2 * i), Fraction(50 + 2 * i)) for i in range(51)}
    return best_load(majority(numbered(51)), majority(numbered(51)), Fraction(1, 2), speeds).capacity


def pairs_190() -> object:
    sets = [NodeSet.named(f"s{i}") for i in range(20)]
    goals = [size(a & b) >= 1 for i, a in enumerate(sets) for b in sets[:i]]
    return sum(p.verdict is Verdict.PROVED for p in prove_each([2 * size(s) > size(EVERYONE) for s in sets], goals))


def case_system(reads: Expression) -> System:
    return System(reads, reads.dual(), CASE_SPEEDS, CASE_LATENCIES)


def case_strategies() -> object:
    """Return the numbers of the case study: plain, with one failure, quick within a load, and of the uniform strategy."""
    a, b, c, d, e = (Node(name) for name, _, _ in CASE_NODES)
    plain, one = Wanted(workload=CASE_WORKLOAD), Wanted(workload=CASE_WORKLOAD, failures=1)
    quick = Wanted("latency", CASE_WORKLOAD, load=Fraction(1, 2000))
    found: list[float] = []
    for reads in (majority([a, b, c, d, e]), a * b + c * d * e, a * b + a * c * e + d * e + d * c * b):
        system = case_system(reads)
        found += [float(best(system, w).capacity(w)) for w in (plain, one)]
        found += [float(best(system, quick).latency(quick)), float(uniform(system).capacity(plain))]
    return [round(x, 2) for x in found]


def case_search(wanted: Wanted) -> object:
    names = [name for name, _, _ in CASE_NODES]
    found = search(names, wanted, speeds=CASE_SPEEDS, latencies=CASE_LATENCIES, resilience=1, timeout=60)
    assert found.complete
    return round(found.strategy.capacity(wanted))


TASKS = (
    Task("load of a majority of 15", lambda: majority_load(15), Fraction(8, 15), "majority 15"),
    Task("load of a majority of 51", lambda: majority_load(51), Fraction(26, 51), "majority 51", 20),
    Task("load of a 7x7 grid", grid_7, Fraction(1, 7), "grid 7", 20),
    Task("overlap of two explicit majorities of 21", overlap_21, 1, "overlap 21"),
    Task("load of a majority of 51, every node of its own speed", uneven_51, Fraction(5100, 26), "uneven 51", 20),
    Task("case study: four strategies of three systems", case_strategies, CASE_NUMBERS, "case strategies"),
    Task("case study: search for capacity", lambda: case_search(Wanted(workload=CASE_WORKLOAD)), 5005, "case search"),
    Task(
        "case study: search, one node may fail",
        lambda: case_search(Wanted(workload=CASE_WORKLOAD, failures=1)),
        3012,
        "case search f",
    ),
    Task(
        "case study: search for latency, capacity at least 2000",
        lambda: case_search(Wanted("latency", CASE_WORKLOAD, load=Fraction(1, 2000))),
        2000,
        "case search latency",
    ),
    Task("190 pairs of 20 sets, any N", pairs_190, 190),
)


def timed(task: Callable[[], object], expected: object) -> float:
    """Return the median time in seconds; every answer must be the expected one."""
    times: list[float] = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        found = task()
        times.append(time.perf_counter() - began)
        assert found == expected, (found, expected)
    return statistics.median(times)


def theirs(name: str, limit: int) -> tuple[float, str]:
    """Return quoracle's time, or the limit and why it stopped there."""
    context = multiprocessing.get_context("spawn")
    results: SimpleQueue[float] = context.SimpleQueue()
    process = context.Process(target=_child, args=(name, results))
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
        return float(limit), f"not finished in {limit} s"
    return (results.get(), "") if not results.empty() else (float("nan"), "out of 4 GiB of memory")


def _child(name: str, results: SimpleQueue[float]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with Path(os.devnull).open("w", encoding="utf-8") as quiet:
        os.dup2(quiet.fileno(), 2)
    began = time.perf_counter()
    THEIRS[name]()
    results.put(time.perf_counter() - began)


MEASURED: dict[str, tuple[float, float]] = {}


def whole_case() -> str:
    """Return the row of the case study as a whole, from what was measured of its parts."""
    parts = [times for name, times in MEASURED.items() if name.startswith("case study")]
    ours, other = (sum(times) for times in zip(*parts, strict=True)) if parts else (0.0, 0.0)
    ratio = f"{other / ours:,.0f}" if parts else ""
    return f"| case study, all of it | {milliseconds(ours)} | {milliseconds(other)} | {ratio} |"


def compared(task: Task) -> str:
    """Return a row of the table: our time, theirs, and the ratio."""
    ours = timed(task.ours, task.answer)
    if not task.theirs:
        return f"| {task.name} | {milliseconds(ours)} | it has no such question | |"
    if find_spec("quoracle") is None:
        return f"| {task.name} | {milliseconds(ours)} | quoracle is not installed | |"
    other, why = theirs(task.theirs, task.limit)
    MEASURED[task.name] = ours, other
    ratio = f"{'over ' if why else ''}{other / ours:,.0f}" if other == other else ""  # noqa: PLR0124 - not a number
    return f"| {task.name} | {milliseconds(ours)} | {why or milliseconds(other)} | {ratio} |"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def named_proofs() -> list[str]:
    """Return rows for the named lemmas about quorums: the slowest, and all of them."""
    times: dict[str, float] = {}
    for system in systems().values():
        for lemma in system.lemmas:
            began = time.perf_counter()
            assert settle(lemma).as_expected
            times[f"{system.name}: {lemma.sentence}"] = time.perf_counter() - began
    slowest = max(times, key=times.__getitem__)
    return [
        f"| all {len(times)} named lemmas, with their smallest splits | {milliseconds(sum(times.values()))} | | |",
        f"| the slowest of them ({slowest.split(':')[0]}) | {milliseconds(times[slowest])} | | |",
    ]


def theorems_of_protocols() -> list[str]:
    """Return a row for each theorem of `quorate prove`: premises, every query, and the search for a witness."""
    rows: list[str] = []
    for proof in theorems().values():
        theorem = next(cases(proof))
        rows.append(f"| `{theorem.name}` | {milliseconds(timed(partial(verdict, theorem), theorem.expected))} |")
    return rows


def verdict(case: Case) -> str:
    return induction.settle(case, timeout=10).verdict


def main() -> None:
    """Run everything and write the results."""
    rows = [compared(task) for task in TASKS] + [whole_case()] + named_proofs()
    busy = f"load average {os.getloadavg()[0]:.0f}"
    machine = f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores, {busy}"
    text = f"""# Quorum arithmetic, measured

Made by `python benchmarks/quorum.py` on {machine}.
Quorate: the median of {REPEATS} in one process. quoracle 0.0.4: once, in a process of its own, imports not counted.

| question | Quorate | quoracle 0.0.4 | ratio |
|---|---|---|---|
"""
    text += "\n".join(rows)
    text += "\n\nEach theorem of `quorate prove`, with its premises and the run that shows that it is not empty:\n\n"
    text += "| theorem | time |\n|---|---|\n" + "\n".join(theorems_of_protocols()) + "\n"
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201 - a script


if __name__ == "__main__":
    main()
