"""Judging recorded histories, timed; and a plain search of Wing & Gong (1993) on the same histories in the same run.

    python -m benchmarks.histories         # writes results/history_benchmarks.md

The plain search remembers nothing, judges all keys together, and tries what nobody saw end like anything else. It is given up
after a time limit. Recordings are those of the tests; larger histories are made here, by clients of one register.
"""

from __future__ import annotations

import csv
import gc
import os
import platform
import random
import statistics
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.language.errors import Place
from quorate.properties.histories.catalogue import GUARANTEES
from quorate.properties.histories.judge import judge, read
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.record.history import PENDING, History, Operation
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import NO_LIMITS, Exhausted, Limits
from quorate.properties.histories.search.orders import RealTime
from quorate.properties.histories.search.search import Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.properties.histories.objects.sequential import Sequential

ROOT = Path(__file__).resolve().parent.parent
RECORDINGS, RESULTS = ROOT / "tests/properties/histories/recordings", ROOT / "results/history_benchmarks.md"
LIMIT = 10.0  # seconds for the plain search
REPEATS, FEW = 5, 500  # of a history of more operations the search is timed once
SOMEWHERE = Place("", 1, 1)


# -- the yardstick ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """What came so far: the operations left, in the order in which they begin, and the states of the keys."""

    left: tuple[Operation, ...]
    states: dict[object, object]


def plain(operations: Sequence[Operation], target: Sequential, limits: Limits) -> bool:
    """Say whether there is an order: try whatever is not after another, depth first. Errors: Exhausted."""
    first = Frame(tuple(operations), dict.fromkeys({o.key for o in operations}, target.initial))
    stack = [_tries(first, target)]
    met = 0
    while stack:
        found = next(stack[-1], None)
        met += 1
        if met % 256 == 0:
            limits.check()
        if found is None:
            stack.pop()
        elif all(o.ends is None for o in found.left):
            return True
        else:
            stack.append(_tries(found, target))
    return False


def _tries(at: Frame, target: Sequential) -> Iterator[Frame]:
    until = min(o.deadline() for o in at.left)
    for i, operation in enumerate(at.left):
        if operation.begins > until:
            return
        taken = target.functions[operation.function].step(at.states[operation.key], operation.argument)
        if taken is not None and operation.result in (PENDING, taken[1]):
            yield Frame(at.left[:i] + at.left[i + 1 :], {**at.states, operation.key: taken[0]})


# -- histories that are made --------------------------------------------------------------------------------------------


def made(clients: int, count: int, *, seed: int = 1, lost: int = 0) -> History:
    """Return a linearizable history of one register, every value written once; of `lost` writes nobody saw the end."""
    chance = random.Random(seed)  # noqa: S311  (it makes an example)
    state: object = None
    found: list[Operation] = []
    free = [0] * clients
    for number in range(count):
        who = min(range(clients), key=free.__getitem__)
        begins = free[who] + chance.randrange(1, 10)
        free[who] = begins + chance.randrange(1, 40)
        found.append(Operation(number, str(who), 0, "read", None, None, None, begins, free[who], SOMEWHERE))
    moments = sorted((chance.uniform(o.begins, o.ends or 0), o.number) for o in found)
    for _, number in moments:
        if chance.random() < 0.5:
            state = number
            found[number] = replace(found[number], function="write", argument=number, result=DONE)
        else:
            found[number] = replace(found[number], result=state)
    writes = [o.number for o in found if o.function == "write"]
    for number in chance.sample(writes, lost):
        found[number] = replace(found[number], client=f"lost {number}", result=PENDING, ends=None)
    events = sorted((t, o.number) for o in found for t in (o.begins, o.deadline()))
    at = {(t, n): i for i, (t, n) in enumerate(events)}
    whole = [replace(o, begins=at[o.begins, o.number], ends=o.ends and at[o.ends, o.number]) for o in found]
    in_order = sorted(whole, key=lambda o: o.begins)
    return History("made", tuple(replace(o, number=i) for i, o in enumerate(in_order)), (None,))


def broken(history: History) -> History:
    """Return the history with its last read of an older value than it was: the search has to go everywhere before it."""
    reads = [o for o in history.operations if o.function == "read"]
    last = reads[-1]
    older = next(o.result for o in reads if o.result is not None)
    return replace(history, operations=tuple(replace(o, result=older) if o is last else o for o in history.operations))


# -- the report ---------------------------------------------------------------------------------------------------------


def timed(history: History, target: Sequential) -> tuple[float, int, bool]:
    """Return the median time of judging it without why it is false, the configurations met, and the answer."""
    pieces = [[o for o in history.operations if o.key == key] for key in history.keys]
    times = []
    gc.collect()
    for _ in range(REPEATS if len(history.operations) <= FEW else 1):
        began = time.process_time()
        searches = [Search(RealTime(piece), target, NO_LIMITS) for piece in pieces]
        found = [search.run() is not None for search in searches]
        times.append(time.process_time() - began)
    return statistics.median(times), sum(search.met for search in searches), all(found)


def compared(name: str, history: History, target: Sequential, expected: bool) -> str:
    """Return a row of the table: our time, that of the plain search, and the ratio."""
    ours, met, answer = timed(history, target)
    assert answer == expected, name
    began = time.process_time()
    try:
        assert plain(history.operations, target, Limits(LIMIT)) == expected, name
        theirs, given_up = time.process_time() - began, False
    except Exhausted:
        theirs, given_up = time.process_time() - began, True
    gc.collect()
    other = f"not in {LIMIT:g} s" if given_up else milliseconds(theirs)
    times = theirs / ours
    ratio = f"{'over ' if given_up else ''}{times:,.0f}" if times >= 10 else f"{'over ' if given_up else ''}{times:.1f}"
    verdict = "holds" if answer else "violated"
    return f"| {name} | {len(history.operations):,} | {verdict} | {met:,} | {milliseconds(ours)} | {other} | {ratio} |"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def recordings() -> Iterator[str]:
    """Yield a row for each recording of the tests."""
    with (RECORDINGS / "verdicts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            target = OBJECTS["cas-register" if row["file"].startswith("etcd") else "key-value"]
            history = read(str(RECORDINGS / row["file"]), target)
            yield compared(f"`{row['file']}`", history, target, row["linearizable"] == "true")


def made_ones() -> Iterator[str]:
    """Yield rows for larger histories."""
    for clients, count, lost in ((5, 1_000, 0), (10, 1_000, 0), (10, 10_000, 0), (10, 300, 5)):
        history = made(clients, count, lost=lost)
        name = f"register, {clients} clients" + (f", {lost} writes that nobody saw end" if lost else "")
        yield compared(name, history, OBJECTS["register"], expected=True)
        yield compared(f"{name}, one read wrong", broken(history), OBJECTS["register"], expected=False)


def guarantees() -> Iterator[str]:
    """Yield a row for each guarantee, on one linearizable history that has them all."""
    history, target = made(5, 300), OBJECTS["register"]
    for guarantee in GUARANTEES.values():
        began = time.process_time()
        found = judge(history, target, guarantee, Limits(LIMIT))
        assert found.verdict in {Verdict.HOLDS, Verdict.VACUOUS, Verdict.UNKNOWN}, guarantee.name
        taken = milliseconds(time.process_time() - began)
        yield f"| `{guarantee.name}` | {found.verdict.value} | {taken} |"


def reading() -> str:
    """Return how fast a recording is read."""
    file, target = RECORDINGS / "c10-bad.txt", OBJECTS["key-value"]
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        history = read(str(file), target)
        times.append(time.process_time() - began)
    return f"{len(history.operations) / statistics.median(times):,.0f}"


def main() -> None:
    """Run everything and write the results."""
    machine = f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    head = "| history | operations | linearizable | configurations | Quorate | plain search | ratio |"
    text = f"""# Recorded histories, measured

Made by `python -m benchmarks.histories` on {machine}. Seconds of the processor, since the search is one
thread of pure Python. Quorate: the median of {REPEATS} (of more than {FEW} operations: once), the search alone.
The plain search is Wing & Gong's: it remembers nothing and judges all keys together; once, given up after {LIMIT:g} s by
the clock: the ratio then is of what it had used of the processor.

{head}
|---|--:|---|--:|--:|--:|--:|
"""
    text += "\n".join([*recordings(), *made_ones()])
    text += f"\n\nA recording in EDN is read at {reading()} operations a second.\n\n"
    text += "Each guarantee, on one history of a register of 5 clients and 300 operations that is linearizable:\n\n"
    text += "| guarantee | verdict | time |\n|---|---|--:|\n" + "\n".join(guarantees()) + "\n"
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201 - a script


if __name__ == "__main__":
    main()
