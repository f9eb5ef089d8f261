"""Judgements as a document for programs: `quorate history --json`, described by docs/judgement.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.record.values import plain
from quorate.properties.histories.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.judge import Judgement
    from quorate.properties.histories.record.history import Operation

VERSION = 1


def document(found: Sequence[Judgement], exit_code: int) -> dict[str, object]:
    """Return what was found of one or several recordings, as plain data."""
    return {"version": VERSION, "exit_code": exit_code, "judgements": [_judgement(one) for one in found]}


def _judgement(found: Judgement) -> dict[str, object]:
    history = found.history
    return {
        "file": history.file,
        "object": found.target.name,
        "initial": plain(found.target.initial),
        "guarantee": found.guarantee.name,
        "statement": found.guarantee.statement,
        "verdict": found.verdict.value,
        "because": found.because,
        "operations": len(history.operations),
        "indeterminate": history.indeterminate,
        "clients": [*history.clients],
        "parts": [
            {"key": plain(p.key), "verdict": p.verdict.value, "because": p.because, "configurations": p.met}
            for p in found.parts
        ],
        "why": _why(found),
        "notes": [*history.notes],
        "seconds": found.seconds,
    }


def _why(found: Judgement) -> dict[str, object] | None:
    if found.why is None:
        return None
    return {
        "sentence": sentence(found.why, found.target, found.guarantee),
        "least": found.why.least,
        "operations": [_operation(o) for o in found.why.operations],
        "origins": [_operation(o) for o in found.why.origins],
    }


def _operation(operation: Operation) -> dict[str, object]:
    """Return an operation; its events are numbered from 0, those of the nemesis left out."""
    return {
        "client": operation.client,
        "f": operation.function,
        "key": plain(operation.key),
        "argument": plain(operation.argument),
        "result": None if operation.optional or operation.result == DONE else plain(operation.result),
        "begins": operation.begins,
        "ends": operation.ends,
        "line": operation.where.line,
    }
