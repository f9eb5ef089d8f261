"""A result as a document for programs: `--json`, versioned, described by docs/result.schema.json.

Names and meanings are kept within a version; what is added later is optional. Traces in it are as in trace files.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quorate.explorer.traces.trace_file import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.contract.verdict import Answer, Exploration, Result
    from quorate.explorer.coverage import Coverage

VERSION = 1


def document(result: Result) -> dict[str, object]:
    """Return one result as plain data."""
    return {
        "version": VERSION,
        "model": result.setup.model,
        "preset": result.setup.preset,
        "outcome": result.outcome,
        "overridden": result.setup.overridden,
        "exit_code": result.exit_code,
        "parameters": {name: _plain(value) for name, value in result.setup.parameters.items()},
        "faults": {**result.setup.faults},
        "network": result.setup.network,
        "capacity": result.setup.capacity,
        **_counts(result.exploration),
        "compared": result.compared,
        "properties": [_answer(answer) for answer in result.answers],
        "error": result.error or None,
        "error_trace": _trace(result.error_trace),
        "stuck_trace": _trace(result.stuck_trace),
        "surprises": [*result.surprises],
        "notes": [*result.notes],
        "coverage": _coverage(result.coverage) if result.coverage else None,
    }


def _coverage(coverage: Coverage) -> dict[str, object]:
    return {
        "statements": len(coverage.statements),
        "unreached": [{"function": s.function, "file": s.file, "line": s.first} for s in coverage.unreached],
        "one_sided": [
            {"function": c.function, "file": c.file, "line": c.line, "condition": c.text, "outcome": c.outcome}
            for c in coverage.one_sided
        ],
        "silent": [*coverage.silent],
        "unreceived": [*coverage.unreceived],
    }


def documents(results: Sequence[Result], exit_code: int) -> dict[str, object]:
    """Return several results, of `--preset all`, as one document."""
    return {"version": VERSION, "exit_code": exit_code, "results": [document(result) for result in results]}


def text(plain: object) -> str:
    """Return a document as it is printed: indented, in the characters that people write."""
    return json.dumps(plain, indent=2, ensure_ascii=False)


def _counts(exploration: Exploration) -> dict[str, object]:
    return {
        "states": exploration.states,
        "edges": exploration.edges,
        "depth": exploration.depth,
        "terminal": exploration.terminal,
        "stuck": exploration.stuck,
        "fired": {**exploration.fired},
        "limits": [{"text": limit.text, "stopped": limit.times} for limit in exploration.limits],
        "cut": exploration.cut,
        "seconds": exploration.seconds,
        "peak_bytes": exploration.peak_bytes,
        "engine": exploration.engine,
        "threads": exploration.threads,
        "store": exploration.store,
        "odds": exploration.odds,
    }


def _answer(answer: Answer) -> object:
    return {
        "name": answer.name,
        "modality": answer.modality,
        "statement": answer.statement,
        "verdict": answer.verdict.value,
        "expected": answer.expected,
        "as_expected": answer.as_expected,
        "claimed": answer.claimed,
        "because": answer.because,
        "notes": [*answer.notes],
        "trace": _trace(answer.trace),
    }


def _trace(trace: Trace | None) -> object:
    return to_json(trace) if trace else None


def _plain(value: object) -> object:
    """Return a parameter's value: numbers, texts and truth as they are, members of enums and the rest by their text."""
    return value if isinstance(value, bool | int | str | None) else getattr(value, "name", str(value))
