"""The type and the bounds of every field and every local of a model, as the engines store them: `quorate show NAME --types`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.traversal import assigned, every_expression, statements
from quorate.language.values.lattice import in_words
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quorate.language.values.types import Type
    from quorate.report.screen import Line, Screen


def types_card(program: ir.Program, screen: Screen) -> list[Line]:
    """Return the types as lines, by kind for the fields, by function for the locals."""
    lines: list[Line] = [line(Span("types, as inferred", Role.STRONG))]
    for name, named in [*fields_of(program), *locals_of(program)]:
        lines.append(line("  ", Span(name, Role.CHANGE)))
        for variable, t in named:
            first, *rest = wrapped(f"{variable}: {in_words(t, bounds=True)}", screen.width - 4, "  ")
            lines += [line("    ", part) for part in (first, *rest)]
    return lines


def fields_of(program: ir.Program) -> Iterator[tuple[str, list[tuple[str, Type]]]]:
    """Yield each kind that has fields, with their types."""
    for kind, fields in program.fields.items():
        if fields:
            yield kind, [(f.name, f.type) for f in fields]


def locals_of(program: ir.Program) -> Iterator[tuple[str, list[tuple[str, Type]]]]:
    """Yield each step, helper and property that has locals, with their types in the order of their first use."""
    bodies = [(step.name, step.parameters, step.body) for step in program.steps]
    bodies += [(name, function.parameters, function.body) for name, function in program.functions.items()]
    bodies += [(prop.name, (), prop.body) for prop in program.conditions]
    for name, parameters, body in bodies:
        found = {variable.name: variable.type for variable in (*parameters, *_locals(body)) if variable.name != "self"}
        if found:
            yield name, list(found.items())


def _locals(body: Iterable[ir.Stmt]) -> Iterator[ir.Local]:
    for statement in statements(body):
        if isinstance(statement, ir.For):
            yield from statement.targets
    for expr in every_expression(body):
        if isinstance(expr, ir.Comprehension):
            for clause in expr.clauses:
                yield from clause.targets
    yield from (target for target in assigned(body) if isinstance(target, ir.Local))
