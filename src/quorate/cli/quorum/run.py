"""`quorate quorum check --run`: the cluster's numbers as a run of the register model, with the stale read step by step.

The arithmetic is about quorums alone; here a writer, a reader and the replicas exchange messages, and every order of them is
searched. The two answer the same question in different ways, so where both decide they have to agree.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from quorate.explorer.check import Request
from quorate.explorer.check import check as search
from quorate.explorer.contract.verdict import Result, Verdict
from quorate.language.errors import Defect
from quorate.properties.quorum.theorems.proof import Verdict as Proved
from quorate.report.documents.document import document
from quorate.report.progress import observing
from quorate.report.screen import Role, Span, line, wrapped
from quorate.report.terminal.account import account
from quorate.report.terminal.verdicts import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.properties.quorum.theorems.assessment import Assessment
    from quorate.report.screen import Line, Screen

MODEL = "quorum_register"
FRESH, WITNESS = "no_stale_read", "a_read_sees_a_write"
MOST_REPLICAS, MOST_NODES = 5, 6  # home replicas, and with the nodes outside: up to four million states, and seconds
SAME = {Proved.PROVED: Verdict.HOLDS, Proved.VIOLATED: Verdict.VIOLATED}
AGREED = {
    Verdict.HOLDS: "the search agrees with the arithmetic: within these limits no read misses a write that was complete",
    Verdict.VIOLATED: "the search agrees with the arithmetic: a read misses a write that was complete",
}


def run(found: Assessment) -> Result | str:
    """Return what the search of the register model found for these numbers; or why the model cannot run the question."""
    why = _refusal(found)
    if why:
        return why
    with observing(sys.stderr) as observer:
        result = search(Request(model=MODEL, parameters=_parameters(found), properties=(FRESH, WITNESS)), observer)
    seen, expected = result.answers[0].verdict, SAME.get(found.reads.verdict)
    if seen.decided and expected is not None and seen is not expected:
        raise Defect(f"arithmetic says `{expected.value}`, and the run of the register `{seen.value}`: one is wrong")
    return result


def exit_code(code: int, ran: Result | str) -> int:
    """Return the exit code of the assessment, but never 0 where a run began and decided nothing."""
    undecided = isinstance(ran, Result) and not ran.answers[0].verdict.decided
    return code or (ran.exit_code if isinstance(ran, Result) and undecided else 0)


def lines(found: Assessment, ran: Result | str, screen: Screen) -> Iterator[Line]:
    """Yield what follows the assessment in a terminal: the verdicts of the search, and the story of a stale read."""
    yield ()
    if isinstance(ran, str):
        yield from _filled(f"not shown as a run: {ran}", screen, Role.DOUBT)
        return
    numbers = " ".join(f"--set {name}={value}" for name, value in _parameters(found).items())
    yield line(Span("the same as a run of the register model", Role.STRONG))
    yield line(f"  quorate check {MODEL} {numbers}")
    yield ()
    yield from verdicts(ran, screen)
    for trace in (answer.trace for answer in ran.answers if answer.trace):
        yield from [(), *account(trace, screen)]
    yield from _conclusion(found, ran, screen)


def _conclusion(found: Assessment, ran: Result, screen: Screen) -> Iterator[Line]:
    yield ()
    seen = ran.answers[0].verdict
    if SAME.get(found.reads.verdict) is seen:
        yield from _filled(AGREED[seen], screen, Role.STRONG)
    if found.goal == "both" and found.writes.verdict is Proved.VIOLATED:
        yield from _filled("writes that miss each other are not part of the run: one client writes", screen, Role.DOUBT)


def fields(ran: Result | str) -> dict[str, object]:
    """Return what the run adds to the document: `run`, a result as in docs/result.schema.json, or why there is none."""
    return {"run": None, "not_run": ran} if isinstance(ran, str) else {"run": document(ran), "not_run": None}


def _refusal(found: Assessment) -> str:
    rules, (n, *_) = found.rules, found.rules.counts or (0,)
    limits = {
        "the model's replicas are all alike: give `-n`, `-r` and `-w`": rules.counts is None,
        "the model's replicas do not lie: leave out `--byzantine`": rules.byzantine > 0,
        "the model's replicas all hold data: leave out `--witnesses`": bool(rules.witnesses),
        "one client of the model writes, so no two writes miss each other: leave out `--goal writes`": found.goal == "writes",
        f"the model is searched up to {MOST_REPLICAS} replicas: give a smaller `-n`": n > MOST_REPLICAS,
        f"the model is searched up to {MOST_NODES} nodes, those for hints included: give a smaller `-n` or `--hints`": (
            n + rules.hints > MOST_NODES
        ),
    }
    return next((why for why, applies in limits.items() if applies), "")


def _parameters(found: Assessment) -> dict[str, int]:
    n, r, w = found.rules.counts or (0, 0, 0)
    hinted = found.rules.hints
    return {"n": n, "w": w, "r": r} | ({"hinted": hinted} if hinted else {})


def _filled(text: str, screen: Screen, role: Role) -> Iterator[Line]:
    return (line(Span(part, role)) for part in wrapped(text, screen.width, "  "))
