"""What every opinion on one protocol has to agree on: the two engines, and the oracle.

This is the one module of the fuzzer that imports Quorate's inside. Read next: `shrinking.py`.
"""

from __future__ import annotations

import re
import tempfile
import traceback
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from multiprocessing import Pipe, get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from quorate.explorer.check import Configuration, Request, configure, searched
from quorate.explorer.contract.engine import Limits
from quorate.language.errors import QuorateError
from quorate.language.program import ir
from tests.oracle.search import explore, explore_preset
from tests.oracle.stage import TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from quorate.explorer.contract.verdict import Result
    from tests.oracle.search import Outcome as Opinion

T = TypeVar("T")
DEPTH = 3  # a limit by depth stops all of them at the same states
PATIENCE = 60.0  # seconds for one protocol
SMALL = 300  # states, beyond which the oracle is not asked
DISAGREE = "the engines disagree"  # then in which state, and in what
SLOW = "`--engine native` cannot run this model"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the opinions on one protocol compare.

    `kind` is `same`, `refused` (by all, in the same words), `slow` (no C meaning: the reference engine alone ran), `long`, or
    `differ`; `what` is a line that says in what, the same for differences of one kind.
    """

    kind: str
    what: str = ""
    states: int = 0
    error: bool = False
    third: bool = False  # the oracle was asked, too


def compared(path: Path, *, depth: int = DEPTH, threads: int = 1, third: bool = True) -> Outcome:
    """Run one protocol in both engines; and by the oracle, where it is so small that all three see the whole of it."""
    opinion = _oracle(path) if third else None
    asked = Request(model=str(path), limits=Limits(depth=None if opinion else depth), witnesses=True, engine="reference")
    truth, native = _answers(asked, replace(asked, engine="native", threads=threads))
    if isinstance(truth, _Crash) or isinstance(native, _Crash):
        return Outcome("differ", f"crash: {truth.what if isinstance(truth, _Crash) else native.what}")  # type: ignore[union-attr]
    if isinstance(truth, str) and isinstance(native, str):
        same = truth == native or SLOW in native
        return Outcome("refused", _head(truth)) if same else Outcome("differ", f"refusals: {_head(truth)} / {_head(native)}")
    if isinstance(native, str):
        return Outcome("slow", _head(native)) if SLOW in native else Outcome("differ", f"native refuses: {_head(native)}")
    if isinstance(truth, str):
        return Outcome("differ", f"reference refuses: {_head(truth)}")
    what = _difference(truth, native) or (_doubt(opinion, truth) if opinion else "")
    return Outcome("differ" if what else "same", what, truth.exploration.states, bool(truth.error), opinion is not None)


def judged(source: str, *, threads: int = 1, patience: float = PATIENCE) -> Outcome:
    """Compare the opinions on one source, in a process of its own: the C code may end it, or never end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.py"
        path.write_text(source, encoding="utf-8")
        mine, its = Pipe(duplex=False)
        process = get_context("fork").Process(target=_send, args=(its, path, threads))
        process.start()
        its.close()
        try:
            if not mine.poll(patience):
                return Outcome("long", f"takes more than {patience} seconds")
            found = mine.recv()
            assert isinstance(found, Outcome)
        except EOFError:
            process.join()
            return Outcome("differ", f"crash: the process ended with {process.exitcode}")
        else:
            return found
        finally:
            process.kill()
            process.join()
            mine.close()


def _send(pipe: Connection, path: Path, threads: int) -> None:
    pipe.send(compared(path, threads=threads))


def _oracle(path: Path) -> Opinion | None:
    """Return the oracle's opinion, with values copied as docs/semantics.md has it; None where it would take long."""
    name = "default" if "Preset(" in path.read_text(encoding="utf-8") else None
    try:
        return (
            explore_preset(path, name, max_states=SMALL, copies=True) if name else explore(path, max_states=SMALL, copies=True)
        )
    except TooLarge:
        return None


def _doubt(opinion: Opinion, truth: Result) -> str:
    """Return in what the oracle's opinion is not the engines', or an empty string."""
    if bool(opinion.error) != bool(truth.error):
        return f"oracle: an error of the model by the {'oracle' if opinion.error else 'engines'} only"
    if opinion.error:
        return ""
    for name in ("states", "edges", "depth", "terminal", "stuck"):
        if getattr(opinion, name) != getattr(truth.exploration, name):
            return f"oracle: {name}"
    if sum(times for _, times in opinion.limits) != sum(stopped.times for stopped in truth.exploration.limits):
        return "oracle: limits"
    for answer in truth.answers:
        if answer.verdict.value != opinion.verdicts.get(answer.name):
            return f"oracle: verdict of @{answer.modality}"
        shortest = opinion.traces.get(answer.name)
        if shortest and answer.trace and len(answer.trace.moments) != shortest[1]:
            return f"oracle: trace of @{answer.modality}"
    return ""


@dataclass(frozen=True, slots=True)
class _Crash:
    what: str


def _answers(*asked: Request) -> list[Result | str | _Crash]:
    """Return what each engine answers, the words in which it refuses, or where it broke. The model is loaded once."""
    made = _attempt("loading", lambda: configure(asked[0]))
    if not isinstance(made, Configuration):
        return [made] * len(asked)
    return [_attempt(each.engine, partial(searched, made, each)) for each in asked]


def _attempt(what: str, answer: Callable[[], T]) -> T | str | _Crash:
    try:
        return answer()
    except QuorateError as refusal:
        return str(refusal)
    except Exception as broken:  # noqa: BLE001  # any of them is a finding
        last = traceback.extract_tb(broken.__traceback__)[-1]
        return _Crash(f"{what}: {type(broken).__name__} in {last.name} of {last.filename.rpartition('/')[2]}")


def _head(said: str) -> str:
    """Return a refusal without its place and numbers, so that refusals of one kind are equal."""
    lines = [line for line in said.splitlines() if line and SLOW not in line]
    line = lines[0].rpartition(".py:")[2].partition(": ")[2] if ".py:" in lines[0] else lines[0]
    if DISAGREE in line:
        line += " in " + next((text.strip() for text in lines[2:] if not text.startswith("    ")), "")
    return re.sub(r"\d+", "#", line)


def _difference(truth: Result, native: Result) -> str:
    """Return the first thing in which two answers differ, or an empty string."""
    if bool(truth.error) != bool(native.error):
        return "an error of the model in the " + ("reference engine only" if truth.error else "native engine only")
    mine, its = truth.exploration, native.exploration
    for name in ("states", "edges", "depth", "terminal", "stuck", "fired", "limits", "cut"):
        if getattr(mine, name) != getattr(its, name):
            return f"{name}"
    for a, b in zip(truth.answers, native.answers, strict=True):
        if (a.name, a.verdict, a.notes) != (b.name, b.verdict, b.notes):
            return f"verdict of @{a.modality}"
        if a.trace != b.trace:
            return f"trace of @{a.modality}"
    if truth.error_trace != native.error_trace:
        return "trace of the error"
    return "" if truth.stuck_trace == native.stuck_trace else "trace of the stuck state"


CONSTRUCTS = frozenset(  # without marks, which are for coverage, and what has no C meaning
    [o.name for o in ir.Operator]
    + [f"{r.name} of a comprehension" for r in ir.Reduction]
    + [node.__name__ for node in (*get_args(ir.Expr), *get_args(ir.Stmt)) if node not in {ir.Mark, ir.Opaque}]
)


def constructs(path: Path) -> set[str]:
    """Return the operators and the sorts of nodes that a protocol's IR has, if it has any."""
    try:
        program = configure(Request(model=str(path))).program
    except QuorateError:
        return set()
    return set() if program is None else set(_names(program))


def _names(node: object) -> Iterator[str]:
    if isinstance(node, ir.Apply):
        yield node.operator.name
    if isinstance(node, ir.Comprehension):
        yield f"{node.reduction.name} of a comprehension"
    if isinstance(node, dict):
        node = tuple(node.values())
    if isinstance(node, tuple):
        for part in node:
            yield from _names(part)
    elif is_dataclass(node):
        yield type(node).__name__
        for f in fields(node):
            yield from _names(getattr(node, f.name))
