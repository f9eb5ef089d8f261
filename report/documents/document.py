"""A result as a document for programs: `--json`, versioned, described by docs/result.schema.json.

Names and meanings are kept within a version; what is added later is optional. Traces in it are as in trace files.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quorate.explorer.traces.trace_file import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.coverage import Coverage
    from quorate.explorer.contract.exploration import Exploration
    from quorate.explorer.contract.setup import Setup
    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.contract.verdict import Answer, Result
    from quorate.explorer.walks.simulate import Simulation

VERSION = 1


def document(result: Result) -> dict[str, object]:
    """Return one result as plain data."""
    return {
        "version": VERSION,
        **_setup(result.setup),
        "outcome": result.outcome,
        "exit_code": result.exit_code,
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


def simulated(found: Simulation) -> dict[str, object]:
    """Return what random walks found, as plain data: docs/simulation.schema.json."""
    walk, plan = found.walk, found.plan
    return {
        "version": VERSION,
        **_setup(found.setup),
        "outcome": found.outcome,
        "exit_code": found.exit_code,
        "seed": plan.seed,
        "walks": walk.walks,
        "steps": walk.steps,
        "longest": walk.deepest,
        "cut": walk.cut,
        "seconds": walk.seconds,
        "engine": found.engine,
        "found": walk.target,
        "expected": found.expected,
        "walk": walk.number + 1 if found.trace else None,
        "length": found.found if found.trace else None,
        "trace": _trace(found.trace),
        "notes": [*found.notes],
    }


def _setup(setup: Setup) -> dict[str, object]:
    return {
        "model": setup.model,
        "preset": setup.preset,
        "overridden": setup.overridden,
        "parameters": {name: _plain(value) for name, value in setup.parameters.items()},
        "faults": {**setup.faults},
        "network": setup.network,
        "capacity": setup.capacity,
        "full": setup.full,
        "fairness": [*setup.fairness],
        "start": [*setup.start],
    }


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
    return value if isinstance(value, bool | int | float | str | None) else getattr(value, "name", str(value))
