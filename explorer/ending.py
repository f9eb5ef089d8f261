"""Answers to properties of whole runs: what comes in the end, what comes again and again, what can always still come.

They need every state, so a search that was cut says nothing of them, and neither does one that kept fingerprints alone. Read
next: `contract/liveness.py`, what is asked of an engine; `traces/lasso.py`, the run that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.explorer.contract.deciding import IDLE
from quorate.explorer.contract.liveness import Halted
from quorate.explorer.contract.verdict import Verdict
from quorate.explorer.traces.lasso import tell_run
from quorate.language.declare import LIVENESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.engine import Engine, Findings, Limits, Observer
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.liveness import Lasso, Runs
    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.loading.model import Asked, PropertyDeclaration

COMPACT = "the compact store keeps no states to find runs in: use `--store exact`"
LIMITED = "a run that a `limit` stopped, or that is fair only by one, might break it: `require` what ends the protocol itself"


@dataclass(frozen=True, slots=True)
class Ending:
    """The verdict of one property of whole runs, why, and a run that breaks it."""

    verdict: Verdict
    because: str = ""
    trace: Trace | None = None


def endings(  # noqa: PLR0917  (an engine, what it saw, what is assumed, and who tells the story)
    engine: Engine,
    teller: ReferenceEngine,
    findings: Findings,
    fairness: Fairness,
    limits: Limits,
    observer: Observer | None = None,
) -> dict[str, Ending]:
    """Return the answer to each property of whole runs of the teller's model."""
    model = teller.system.model
    properties = [p for p in model.properties if p.modality in LIVENESS]
    undecided = _undecided(findings)
    if undecided or not properties:
        return {p.name: undecided for p in properties if undecided}
    runs = engine.runs(fairness, limits, observer)
    return {p.name: _ending(runs, teller, p, findings, fairness) for p in properties}


def _undecided(findings: Findings) -> Ending | None:
    """Return what is said of every property where the search cannot tell."""
    exploration = findings.exploration
    if findings.error:
        return Ending(Verdict.CUT, "an error of the model stopped the search")
    if exploration.cut:
        return Ending(Verdict.CUT, f"the search was stopped ({exploration.cut})")
    if exploration.idle:
        return Ending(Verdict.VACUOUS, IDLE)
    return Ending(Verdict.CUT, COMPACT) if exploration.store == "compact" else None


def _ending(runs: Runs, teller: ReferenceEngine, prop: PropertyDeclaration, findings: Findings, fairness: Fairness) -> Ending:
    model = teller.system.model
    every, trace = model.asked(prop), None
    broken: list[Asked] = []
    limited: list[Asked] = []
    for asked in every:
        judged = runs.judge(asked)
        if judged.says == "cut":
            return Ending(Verdict.CUT, f"the search for runs was stopped ({judged.cut})")
        limited += [asked] if judged.says == "limited" else []
        if judged.says == "violated":
            broken.append(asked)
            if trace is None and judged.lasso is not None:
                trace = _told(teller, asked, judged.lasso, fairness)
    if broken:
        halted = "" if trace else "the search for a run to show was stopped"
        return Ending(Verdict.VIOLATED, "; ".join(filter(None, (_of(broken, every, "fails"), halted))), trace)
    if limited:
        said = _of(limited, every, "undecided")
        return Ending(Verdict.CUT, f"{said}: {LIMITED}" if said else LIMITED)
    within = " within the limits" if findings.exploration.limits else ""
    if prop.modality == "leads_to" and not any(a.name in findings.found for a in every):
        return Ending(Verdict.VACUOUS, f"`{prop.name}` was never true{within}, so nothing had to follow")
    return Ending(Verdict.HOLDS)


def _told(teller: ReferenceEngine, asked: Asked, lasso: Lasso, fairness: Fairness) -> Trace | None:
    try:
        return tell_run(teller, asked, lasso, fairness)
    except Halted:
        return None


def _of(some: Sequence[Asked], every: Sequence[Asked], word: str) -> str:
    """Return for which processes the property has this word, where it is asked of several."""
    return "" if len(every) == 1 else f"{word} for {', '.join(f'`{a.name}`' for a in some)} of {len(every)}"
