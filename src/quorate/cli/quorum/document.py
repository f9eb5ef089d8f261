"""What `quorate quorum --json` prints: one versioned document a command, with fractions as strings that stay exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic.wording import formula_text, linear_text
from quorate.properties.quorum.clusters.cluster import mean_share
from quorate.properties.quorum.theorems.assessment import natural
from quorate.properties.quorum.theorems.question import notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from quorate.properties.quorum.arithmetic.sets import Cluster
    from quorate.properties.quorum.clusters.counts import Setting
    from quorate.properties.quorum.clusters.load import Choice, Load
    from quorate.properties.quorum.clusters.overlap import Blocking
    from quorate.properties.quorum.theorems.assessment import Assessment, Meeting, Staleness
    from quorate.properties.quorum.theorems.certificate import Argued
    from quorate.properties.quorum.theorems.proof import Proof
    from quorate.properties.quorum.theorems.question import Finding
    from quorate.properties.quorum.theorems.systems import System

VERSION = 1


def _document(kind: str, **fields: object) -> dict[str, object]:
    return {"format": f"quorate-quorum-{kind}", "version": VERSION, **fields}


def _names(nodes: Iterable[str]) -> list[str]:
    return sorted(nodes, key=natural)


def catalogue(systems: Iterable[System]) -> dict[str, object]:
    """Return the document of `prove --list`."""
    named = [{"name": s.name, "title": s.title, "source": s.source} for s in systems]
    return _document("systems", exit_code=0, systems=named)


def proof(findings: Sequence[Finding], system: str | None, code: int) -> dict[str, object]:
    """Return the document of `prove`."""
    return _document("proof", system=system, exit_code=code, lemmas=[_finding(f, own=system is None) for f in findings])


def _finding(finding: Finding, *, own: bool) -> dict[str, object]:
    lemma = finding.lemma
    return {
        "sentence": lemma.sentence,
        "given": [formula_text(h) for h in lemma.hypotheses],
        "condition": None if lemma.condition is None else formula_text(lemma.condition),
        "goal": formula_text(lemma.goal),
        "notes": notes(lemma) if own else [],
        "as_expected": finding.as_expected,
        **_proof(finding.proof),
        "without_condition": None if finding.without is None else _proof(finding.without),
    }


def _proof(proof: Proof) -> dict[str, object]:
    return {
        "verdict": proof.verdict.value,
        "reason": proof.reason,
        "smallest": proof.smallest,
        "split": None if proof.split is None else split(proof.split),
    }


def split(found: Cluster) -> dict[str, object]:
    """Return a split: its nodes, who is in which set, the numbers, and what each node carries."""
    return {
        "nodes": list(found.nodes),
        "sets": {name: _names(members) for name, members in sorted(found.sets.items())},
        "numbers": dict(sorted(found.numbers.items())),
        "weights": {unit: dict(carried) for unit, carried in found.weights.items()},
    }


def derivation(found: Sequence[Argued], system: str | None, code: int) -> dict[str, object]:
    """Return the document of `derive`."""
    return _document("derivation", system=system, exit_code=code, lemmas=[_derived(f) for f in found])


def _derived(argued: Argued) -> dict[str, object]:
    found = argued.derivation
    return {
        "sentence": argued.sentence,
        "verdict": found.verdict.value,
        "condition": None if found.condition is None else linear_text(found.condition),
        "given": None if found.given is None else linear_text(found.given),
        "reason": found.reason,
        "certificate": None if argued.argument is None else [a.sentences() for a in argued.argument],
        "certificate_late": argued.late,
    }


def assessment(found: Assessment, code: int) -> dict[str, object]:
    """Return the document of `check`."""
    rules = found.rules
    return _document(
        "check",
        exit_code=code,
        verdict=found.verdict.value,
        goal=found.goal,
        nodes=list(rules.nodes),
        reads=str(rules.reads),
        writes=str(rules.writes),
        byzantine=rules.byzantine,
        hints=rules.hints,
        witnesses=_names(rules.witnesses),
        reads_meet_writes=_meeting(found.reads),
        writes_meet_writes=_meeting(found.writes),
        resilience=found.resilience,
        reads_blocked_by=_blocking(found.reads_blocked),
        writes_blocked_by=_blocking(found.writes_blocked),
        zones_survived=None if found.zones_survived is None else list(found.zones_survived),
        load=None if found.load is None else _load(found.load, rules.shares),
        staleness=None if found.staleness is None else _staleness(found.staleness),
    )


def _meeting(meeting: Meeting) -> dict[str, object]:
    return {
        "verdict": meeting.verdict.value,
        "overlap": meeting.overlap.size,
        "overlap_at_least": meeting.overlap.at_least,
        "needed": meeting.needed,
        "example": [_names(meeting.overlap.left), _names(meeting.overlap.right)],
    }


def _blocking(found: Blocking | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {"size": found.size, "count": found.count, "examples": [_names(q) for q in found.examples]}


def _load(found: Load, shares: Mapping[Fraction, Fraction]) -> dict[str, object]:
    return {
        "read_fraction": str(mean_share(shares)),
        "workload": {str(share): str(weight) for share, weight in shares.items()},
        "load": str(found.load),
        "capacity": str(found.capacity),
        "exact": found.exact,
        "reads": [_choice(c) for c in found.reads],
        "writes": [_choice(c) for c in found.writes],
    }


def _choice(choice: Choice) -> dict[str, object]:
    return {"probability": str(choice.probability), "takes": [{"any": n, "of": list(c)} for c, n in choice.takes]}


def _staleness(found: Staleness) -> dict[str, object]:
    return {
        "stale": str(found.stale),
        "versions_within_99.9%": found.versions,
        "visibility": [
            {"after_ms": v.after, "fresh": v.fresh, "low": v.low, "high": v.high, "trials": v.trials, "seed": v.seed}
            for v in found.visible
        ],
    }


def settings(found: Sequence[Setting]) -> dict[str, object]:
    """Return the document of `table`."""
    rows = [
        {
            "w": s.w,
            "r": s.r,
            "overlap": s.overlap,
            "writes_overlap": s.writes_overlap,
            "reads_survive": s.reads_survive,
            "writes_survive": s.writes_survive,
            "load": str(s.load),
            "stale": str(s.stale),
        }
        for s in found
    ]
    return _document("table", nodes=found[0].n, read_fraction=str(found[0].read_fraction), rows=rows)
