"""Judging whole runs, measured beside the safety search of the same space: `python -m benchmarks.liveness`.

It writes results/liveness_benchmarks.md. Times are those of the processor, as both are one thread; memory is what judging holds
on top of the search. `--quick` takes small instances, to try the command out.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.explorer.check import Request, configure
from quorate.explorer.contract.engine import NO_LIMITS
from quorate.explorer.contract.fairness import fairness_of
from quorate.explorer.native.native import NativeEngine
from quorate.explorer.native.runs import NativeRuns
from quorate.language.declare import LIVENESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.explorer.check import Configuration

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "results/liveness_benchmarks.md"
HEAD = """\
# Judging whole runs

Made by `python -m benchmarks.liveness`. Numbers of other machines differ; the ratios are what is meant: the time of the
judgement, without that of the search, over the time of the safety search of the same space, one thread each.
"""
COLUMNS = ("model", "states", "safety, s", "property", "fairness", "says", "judged, s", "ratio", "bytes a state on top")
IN_THE_END = """

from quorate import eventually, leads_to, possible


def is_settled(m: Manager) -> bool:
    return m.stage in {Stage.COMMITTED, Stage.ABORTED}


@eventually
def it_is_decided() -> bool:
    return coordinator.decision is not None


@leads_to(is_settled)
def who_is_prepared(m: Manager) -> bool:
    return m.stage is Stage.PREPARED


@possible
def all_may_settle() -> bool:
    return all(is_settled(m) for m in managers)
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A model in one configuration, and what is assumed of its runs, one after the other."""

    name: str
    path: str
    parameters: dict[str, object]
    safety: str  # a property that the plain search checks
    fairness: tuple[str, ...]


def subjects(folder: Path, *, quick: bool) -> Iterator[Subject]:
    """Yield what is measured: a space that is nearly one loop, and one without any."""
    seats, managers = (9, 5) if quick else (17, 8)
    yield Subject(
        f"philosophers, {seats} seats",
        str(ROOT / "benchmarks/philosophers.py"),
        {"SEATS": seats},
        "neighbours_do_not_eat_at_once",
        ("none", "weak", "strong"),
    )
    path = folder / "two_phase_commit.py"
    path.write_text((ROOT / "models/consensus/two_phase_commit.py").read_text(encoding="utf-8") + IN_THE_END, encoding="utf-8")
    yield Subject(
        f"two-phase commit, {managers} managers", str(path), {"MANAGERS": managers}, "managers_agree", ("none", "weak")
    )


def rows(subject: Subject) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one subject."""
    whole = configured(subject)
    plain = engine(configured(subject, subject.safety))
    start = time.process_time()
    states = plain.explore(NO_LIMITS).exploration.states
    safety = time.process_time() - start
    searched = engine(whole)
    for fairness in subject.fairness:
        searched.explore(NO_LIMITS)
        runs = searched.runs(fairness_of(whole.model, whole.setting, fairness), NO_LIMITS)
        assert isinstance(runs, NativeRuns)
        for prop in (p for p in whole.model.properties if p.modality in LIVENESS):
            start = time.process_time()
            judged = runs.judge(whole.model.asked(prop)[0])
            spent = time.process_time() - start
            times = f"{safety:.2f}", prop.name, fairness, judged.says, f"{spent:.2f}", f"{spent / safety:.2f}"
            yield (subject.name, f"{states:,}", *times, f"{runs.bytes / states:.1f}")


def configured(subject: Subject, *properties: str) -> Configuration:
    return configure(Request(model=subject.path, preset="default", parameters=subject.parameters, properties=properties))


def engine(at: Configuration) -> NativeEngine:
    assert at.program is not None, at.slow
    return NativeEngine(at.model, at.program, at.setting)


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        found = [row for subject in subjects(Path(folder), quick=quick) for row in rows(subject)]
    rule = (":--", "--:", "--:", ":--", ":--", ":--", "--:", "--:", "--:")
    text = "\n".join([HEAD, *("| " + " | ".join(cells) + " |" for cells in (COLUMNS, rule, *found))]) + "\n"
    sys.stdout.write(text)
    if not quick:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
