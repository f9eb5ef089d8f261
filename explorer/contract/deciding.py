"""From what a search saw to the verdict of one property, and a sentence where the word alone does not explain itself.

What rests on "no reachable state" is decided only where no `limit` hid one: docs/semantics.md says for each answer what a limit
does to it. Read next: `verdict.py`, the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.explorer.contract.verdict import Verdict
from quorate.language.declare import LIVENESS

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Findings
    from quorate.language.loading.model import PropertyDeclaration
    from quorate.language.values.state import Setting

IDLE = "no step of the protocol was ever taken"
BEYOND = "a limit stopped a step {}: what lies beyond it was not visited"
REPEATED = "on a `set` network a message can be received again and again: have the handler `require` that it still needs it"
LIMITED = "a state in which a `limit` stops a step is not terminal: `require` what ends the protocol itself"
ENDLESS = "everywhere some step can be taken, if only back to the same state: `require` in each step what it still has to do"

DEAD = 'in every terminal state all are down: leave some up (`crash="1 of ..."`), or have them go on (`restart=...`)'


def decided(prop: PropertyDeclaration, findings: Findings, setting: Setting, sites: int) -> tuple[Verdict, str]:
    """Return the verdict and why; `sites` is how many quantifiers the property has."""
    exploration = findings.exploration
    if prop.name in findings.violated:
        return Verdict.VIOLATED, ""
    hollow = bool(sites) and not findings.exercised.get(prop.name)
    if prop.name in findings.found and not hollow and prop.modality not in LIVENESS:
        return Verdict.HOLDS, ""
    if findings.error:
        return Verdict.CUT, "an error of the model stopped the search"
    if exploration.cut:
        return Verdict.CUT, f"the search was stopped ({exploration.cut})"
    if prop.modality == "sometimes" and prop.name not in findings.found:
        return _unwitnessed(findings)
    if exploration.idle:
        return Verdict.VACUOUS, IDLE
    if prop.modality in {"step", "final"} and prop.name not in findings.evaluated:
        return Verdict.VACUOUS, _unended(findings, setting) if prop.modality == "final" else "no step was taken"
    if hollow:
        within = " within the limits" if exploration.limits else ""
        return Verdict.VACUOUS, f"its quantifiers never had anything to range over{within}"
    return (Verdict.PROBABLE, f"odds {exploration.odds:.2g}") if exploration.odds > 0 else (Verdict.HOLDS, "")


def _unwitnessed(findings: Findings) -> tuple[Verdict, str]:
    """Return what a witness that no visited state is comes to: beyond a limit there may be one."""
    exploration = findings.exploration
    if exploration.limits:
        times = sum(stopped.times for stopped in exploration.limits)
        return Verdict.CUT, BEYOND.format("once" if times == 1 else f"{times:,} times")
    if exploration.odds > 0:
        return Verdict.PROBABLE, f"no visited state satisfies it; one was missed with odds of {exploration.odds:.2g}"
    return Verdict.VIOLATED, "no reachable state satisfies it"


def _unended(findings: Findings, setting: Setting) -> str:
    """Return why there is no terminal state in which somebody is up, and what to write instead."""
    if findings.exploration.terminal:
        return DEAD
    why = LIMITED if findings.exploration.limits else REPEATED if setting.network == "set" else ENDLESS
    return f"no terminal state was reached: {why}"
