"""What a step may touch: the fields it reads and writes, and the messages it sends and receives, helpers included.

Partial-order reduction asks it; so does the check that a helper called from a property changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.traversal import calls, every_expression, statements
from quorate.language.values.types import RecordOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Cell = tuple[str, str]  # a field, as (kind, name): of any holder of that kind


@dataclass(frozen=True, slots=True)
class Footprint:
    """Fields as (kind, name), messages by name. `chooses`: it has several ways."""

    reads: frozenset[Cell] = frozenset()
    writes: frozenset[Cell] = frozenset()
    sends: frozenset[str] = frozenset()
    receives: frozenset[str] = frozenset()
    chooses: bool = False

    @property
    def is_pure(self) -> bool:
        """Say whether it changes nothing, sends nothing and chooses nothing."""
        return not (self.writes or self.sends or self.chooses)

    def __or__(self, other: Footprint) -> Footprint:
        return Footprint(
            self.reads | other.reads,
            self.writes | other.writes,
            self.sends | other.sends,
            self.receives | other.receives,
            self.chooses or other.chooses,
        )


def footprint(step: ir.Step, program: ir.Program) -> Footprint:
    """Return what the step may touch, through any of its ways."""
    received = [p.type.name for p in step.parameters if isinstance(p.type, RecordOf)] if step.role == "receive" else []
    return footprint_of(step.body, program.functions) | Footprint(receives=frozenset(received))


def footprint_of(body: Iterable[ir.Stmt], functions: Mapping[str, ir.Function]) -> Footprint:
    """Return what a body may touch, helpers that it calls included."""
    body = tuple(body)
    found = _direct(body)
    for name in sorted(calls(body)):
        found |= footprint_of(functions[name].body, functions)
    return found


def _direct(body: tuple[ir.Stmt, ...]) -> Footprint:
    reads: set[Cell] = set()
    writes: set[Cell] = set()
    sends: set[str] = set()
    chooses = False
    for expr in every_expression(body):
        if isinstance(expr, ir.Field):
            reads.add((expr.kind, expr.name))
        chooses = chooses or isinstance(expr, ir.Choose)
    for statement in statements(body):
        if isinstance(statement, ir.Assign) and isinstance(statement.target, ir.Field):
            writes.add((statement.target.kind, statement.target.name))
        if isinstance(statement, ir.Send):
            sends.add(statement.message.type.name if isinstance(statement.message.type, RecordOf) else "?")
    return Footprint(frozenset(reads), frozenset(writes), frozenset(sends), frozenset(), chooses)
