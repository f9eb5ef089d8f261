"""The JSON document of `quorate prove`; `docs/proofs.md` describes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.properties.induction.catalogue import Case
    from quorate.properties.induction.outcome import Outcome
    from quorate.properties.induction.vocabulary.counting import CounterProof
    from quorate.properties.induction.vocabulary.system import Proof

VERSION = 1


def document(settled: Sequence[tuple[Case, Outcome]], exit_code: int) -> dict[str, object]:
    """Return the document of these cases, in order."""
    return {
        "quorate": "prove",
        "version": VERSION,
        "exit_code": exit_code,
        "cases": [_case(case, found) for case, found in settled],
    }


def catalogue(theorems: Iterable[Proof | CounterProof]) -> dict[str, object]:
    """Return the document of `prove --list`."""
    listed = [
        {
            "theorem": proof.name,
            "sentence": proof.sentence,
            "source": proof.source,
            "twins": [{"twin": twin.name, "change": twin.change} for twin in proof.twins],
        }
        for proof in theorems
    ]
    return {"quorate": "prove", "version": VERSION, "exit_code": 0, "theorems": listed}


def _case(case: Case, found: Outcome) -> dict[str, object]:
    return {
        "theorem": case.proof.name,
        "twin": case.twin,
        "change": case.change or None,
        "sentence": case.proof.sentence,
        "source": case.proof.source,
        "expected": case.expected,
        "verdict": found.verdict,
        "hypotheses": list(found.hypotheses),
        "queries": [asdict(question) for question in found.questions],
        "invariant": list(found.invariant),
        "runs": [{**asdict(story), "lines": list(story.lines)} for story in found.stories],
        "notes": list(found.notes),
        "seconds": round(found.seconds, 6),
    }
