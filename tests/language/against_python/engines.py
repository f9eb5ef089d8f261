"""What the two engines say of entries: many steps in one model, one for each entry, run from each of the world's first states.

Read next: `plain.py`, what they are held against.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import cached_property
from textwrap import indent
from typing import TYPE_CHECKING

from quorate import Faults, load
from quorate.explorer.contract.engine import Limits
from quorate.explorer.contract.setting import setting_of
from quorate.explorer.native.native import NativeEngine
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.language.c.to_c import emit
from quorate.language.errors import ModelError, Unsupported
from quorate.language.lowering.lower import lower
from tests.language.against_python.plain import STARTS, WORLD, Outcome, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.explorer.native.machine import Counts
    from quorate.language.loading.model import Model
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global

STEP = """
    @action
    def entry_{number}(self) -> None:
        require(self.turn == {number})
        self.turn = 0
"""
MADE = "\n\npeers = "  # where the process's class ends
MOST_STATES = 256  # more than the choices of any entry lead to


@dataclass(frozen=True)
class Ran:
    """What the engines reach from each first state; `native` is None where the entry has no C meaning."""

    reference: tuple[Outcome, ...]
    native: tuple[Outcome, ...] | None


@dataclass(frozen=True)
class Refused:
    """Why no engine runs the model, and whether the entry's own line is blamed."""

    why: str
    here: bool


Answer = Ran | Refused


def answers(statements: Sequence[str]) -> list[Answer]:
    """Return what the engines say of each statement; all in one model, unless it is refused for some."""
    if len(statements) == 1:
        refusal = refusal_of(statements[0])
        return [alone(statements[0], refusal)] if refusal else together(statements)
    try:
        return together(statements)
    except Exception:  # noqa: BLE001  (a crash of the tool is an answer, too)
        refusals = {s: refusal for s in statements if (refusal := refusal_of(s))}
        rest = iter(together([s for s in statements if s not in refusals]))
        return [alone(s, refusals[s]) if s in refusals else next(rest) for s in statements]


def together(statements: Sequence[str]) -> list[Answer]:
    batch = Batch(statements)
    engine = batch.native
    return [Ran(batch.by_reference(n), batch.by_native(engine, n)) for n in range(1, len(statements) + 1)]


def alone(statement: str, refusal: Exception) -> Answer:
    """Return what comes of a statement that at least the native engine refuses."""
    if isinstance(refusal, Unsupported):
        return Ran(Batch([statement], lowered=False).by_reference(1), None)
    return Refused(str(refusal) or repr(refusal), is_blamed(statement, refusal))


def refusal_of(statement: str) -> Exception | None:
    """Return why the native engine refuses a statement, if it does; in a world with the helpers alone that it calls."""
    try:
        model = load(small_world(statement), turns=1)
        emit(lower(model), setting_of(model, Faults(), "unordered", None))
    except Exception as refusal:  # noqa: BLE001  (the same)
        return refusal
    return None


def is_blamed(statement: str, refusal: Exception) -> bool:
    """Say whether the refusal names a line of the statement."""
    tree = ast.parse(small_world(statement))
    (step,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "entry_1"]
    where = refusal.where if isinstance(refusal, ModelError) else None
    return where is not None and step.lineno <= where.line <= (step.end_lineno or 0)


def small_world(statement: str) -> str:
    """Return the model of one statement without the first states, and without the helpers that it does not need."""
    tree = ast.parse(text_of([statement]))
    (node,) = [c for c in tree.body if isinstance(c, ast.ClassDef) and c.name == "Node"]
    functions = {f.name: f for f in node.body if isinstance(f, ast.FunctionDef)}
    needed: list[str] = ["entry_1"]
    for name in needed:
        called = {n.attr for n in ast.walk(functions[name]) if isinstance(n, ast.Attribute)}
        needed += sorted(called.intersection(functions).difference(needed))
    node.body = [part for part in node.body if not isinstance(part, ast.FunctionDef) or part.name in needed]
    return ast.unparse(tree)


def text_of(statements: Sequence[str]) -> str:
    """Return the model in which each statement has its turn."""
    declared, made = WORLD.read_text(encoding="utf-8").split(MADE)
    steps = [STEP.format(number=n) + indent(text, " " * 8) + "\n" for n, text in enumerate(statements, 1)]
    return declared + "\n" + "".join(steps) + MADE + made


class Batch:
    """One model in which every statement has its turn."""

    def __init__(self, statements: Sequence[str], *, lowered: bool = True) -> None:
        self.model: Model = load(text_of(statements), turns=len(statements))
        self.setting = setting_of(self.model, Faults(), "unordered", None)
        self.program: Program | None = lower(self.model) if lowered else None

    @cached_property
    def initial(self) -> dict[tuple[object, object], Global]:
        """Return the first states, by whose turn it is and where it starts."""
        states = ReferenceEngine(self.model, self.setting, self.program).initial_states()
        return {(row["turn"], row["start"]): state for state in states for row in [self._fields(state)]}

    @cached_property
    def native(self) -> NativeEngine:
        assert self.program is not None
        return NativeEngine(self.model, self.program, self.setting, initial_states=[*self.initial.values()])

    def by_reference(self, number: int) -> tuple[Outcome, ...]:
        (step,) = [step for step in self.model.steps if step.name.endswith(f"entry_{number}")]
        engine = ReferenceEngine(replace(self.model, steps=(step,)), self.setting, self.program)
        return tuple(self._referred(engine, self.initial[number, start]) for start in STARTS)

    def _referred(self, engine: ReferenceEngine, state: Global) -> Outcome:
        edges = engine.successors(state).edges
        targets = [edge.target for edge in edges if edge.target]
        return Outcome(len(targets) < len(edges), self._rows(targets), len(targets))

    def by_native(self, engine: NativeEngine, number: int) -> tuple[Outcome, ...]:
        """Search from all first states at once; from each by itself where what was seen cannot be told apart afterwards."""
        states = [self.initial[number, start] for start in STARTS]
        counts, found = self._searched(engine, states)
        if counts.error or counts.edges != len(found):
            each = [self._searched(engine, [state]) for state in states]
            return tuple(Outcome(counts.error, self._rows(found), counts.edges) for counts, found in each)
        by_start = [[state for state in found if self._fields(state)["start"] == start] for start in STARTS]
        return tuple(Outcome(False, self._rows(found), len(found)) for found in by_start)

    def _searched(self, engine: NativeEngine, states: Sequence[Global]) -> tuple[Counts, list[Global]]:
        orders = engine.orders(Limits(depth=1))
        counts = engine.machine.explore([engine.layout.pack(state) for state in states], orders, MOST_STATES)
        return counts, [engine.layout.unpack(words) for words in counts.frontier]

    def _rows(self, states: Iterable[Global]) -> frozenset[Row]:
        return frozenset(tuple(v for name, v in self._fields(state).items() if name != "turn") for state in states)

    def _fields(self, state: Global) -> dict[str, object]:
        """Return the values of the process's fields, by name."""
        number = next(p.number for p in self.model.processes if type(p).__name__ == "Node")
        return dict(zip([f.name for f in self.model.fields["Node"]], state.fields[number], strict=True))
