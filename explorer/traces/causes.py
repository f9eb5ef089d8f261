"""Why a property has its truth value in a state: which conjunct, for which nodes, with the values it speaks of.

The property is run once more, to see which `return` it leaves through and with what local variables; then the returned
expression is taken apart: the first false part of an `and`, the first item for which an `all` fails, and so on.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, cast

from quorate.explorer.contract.trace import Cause
from quorate.explorer.reference.judging import functions, is_quantifier
from quorate.language.declare import Group, State, entered
from quorate.language.values.values import json_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType

    from quorate.explorer.contract.trace import Json
    from quorate.explorer.reference.present import Present
    from quorate.language.declare import Process
    from quorate.language.loading.model import PropertyDeclaration, Source

DEEPEST = 8  # helpers called by helpers are followed this far


def causes_of(prop: PropertyDeclaration, present: Present, processes: tuple[Process, ...] = ()) -> tuple[Cause, ...]:
    """Return the reasons why the property is false (of `never` and `sometimes`: true) in this world, nearest first."""
    explainer = Explainer(present.system.model.sources)
    with entered(present):
        found = explainer.of_call(prop.function, processes, 0)
    unique: dict[tuple[str, str], Cause] = {(c.text, repr(c.values)): c for c in found}
    return tuple(unique.values())


@dataclass(frozen=True, slots=True)
class Explainer:
    """Takes expressions of a model apart, in the active world."""

    sources: Sequence[Source]

    def of_call(self, function: Callable[..., object], arguments: tuple[object, ...], depth: int) -> list[Cause]:
        """Return the reasons for what a function of the model returns."""
        left = returned(function, arguments)
        if left is None:
            return []
        line, variables = left
        source = next((s for s in self.sources if s.module.__file__ == function.__code__.co_filename), None)
        for definition in functions(source.tree) if source else ():
            for node in ast.walk(definition):
                if isinstance(node, ast.Return) and node.value and node.lineno <= line <= (node.end_lineno or line):
                    return list(self.of(node.value, {**function.__globals__, **variables}, {}, depth))
        return []

    def of(self, node: ast.expr, names: Mapping[str, object], bound: dict[str, object], depth: int) -> Iterator[Cause]:
        """Yield the reasons for an expression's truth value. `bound` are the loop variables on the way to it."""
        known = {**names, **bound}
        truth = bool(evaluated(node, known))
        match node:
            case ast.BoolOp(op=op, values=parts):
                every = truth is isinstance(op, ast.And)
                # Only up to the part that decides: the parts after it may rely on it (`i < len(xs) and xs[i] ...`).
                for part in parts if every else [next(p for p in parts if bool(evaluated(p, known)) is truth)]:
                    yield from self.of(part, names, bound, depth)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield from self.of(operand, names, bound, depth)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                yield from self.of(test, names, bound, depth)
                yield from self.of(body if evaluated(test, known) else orelse, names, bound, depth)
            case ast.Call() if is_quantifier(node) and truth is (cast("ast.Name", node.func).id == "any"):
                item = cast("ast.GeneratorExp", node.args[0])
                yield from self.of(item.elt, names, {**bound, **witness(item, known, truth)}, depth)
            case ast.Call() if not node.keywords and depth < DEEPEST and self._is_ours(node, known):
                function = cast("Callable[..., object]", evaluated(node.func, known))
                yield from self.of_call(function, tuple(evaluated(a, known) for a in node.args), depth + 1)
            case _:
                yield Cause(ast.unparse(node), _json(bound) | values_in(node, known), node.lineno)

    def _is_ours(self, node: ast.Call, known: Mapping[str, object]) -> bool:
        """Say whether the call is of a function that the model defines."""
        function = evaluated(node.func, known) if isinstance(node.func, ast.Name) else None
        files = {s.module.__file__ for s in self.sources}
        return isinstance(function, FunctionType) and function.__code__.co_filename in files


def returned(function: Callable[..., object], arguments: tuple[object, ...]) -> tuple[int, dict[str, object]] | None:
    """Return the line that the function returns from, and its variables there."""
    found: list[tuple[int, dict[str, object]]] = []

    def watch(frame: FrameType, event: str, _: object) -> object:
        if frame.f_code is not function.__code__:
            return None
        if event == "return":
            found.append((frame.f_lineno, dict(frame.f_locals)))
        return watch

    before = sys.gettrace()
    sys.settrace(watch)  # type: ignore[arg-type]
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return found[-1] if found else None


def evaluated(node: ast.expr, names: Mapping[str, object]) -> object:
    """Return the value of an expression of the model in the active world."""
    # Names go in as globals: a comprehension inside `eval` does not see its locals.
    return eval(compile(ast.Expression(node), "<cause>", "eval"), dict(names))  # noqa: S307


def witness(item: ast.GeneratorExp, names: Mapping[str, object], truth: bool) -> dict[str, object]:
    """Return the loop variables of the first item whose body has this truth value."""
    targets = [n for g in item.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)]
    variables = list(dict.fromkeys(n.id for n in targets))
    generators = copy.deepcopy(item.generators)
    generators[-1].ifs.append(item.elt if truth else ast.UnaryOp(ast.Not(), item.elt))
    picked = ast.Tuple([ast.Name(name, ast.Load()) for name in variables], ast.Load())
    search = ast.fix_missing_locations(ast.copy_location(ast.GeneratorExp(picked, generators), item))
    first = next(iter(cast("Iterator[tuple[object, ...]]", evaluated(search, names))))
    return dict(zip(variables, first, strict=True))


def values_in(node: ast.expr, names: Mapping[str, object]) -> dict[str, Json]:
    """Return the variables, fields and calls inside an expression with their values, by their text."""
    inner = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    inner |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    found: dict[str, object] = {}
    for part in ast.walk(node):
        uses = {n.id for n in ast.walk(part) if isinstance(n, ast.Name)}
        speaks = isinstance(part, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)) and not uses & inner
        if speaks and part is not node:
            try:
                value = evaluated(cast("ast.expr", part), names)
            except Exception:  # noqa: BLE001, S112  (the property itself never got to this part, which may fail then)
                continue
            if not callable(value) and not isinstance(value, (ModuleType, Group, Iterator)) and _is_state(part, names):
                found[ast.unparse(part)] = value
    if isinstance(node, (ast.Attribute, ast.Subscript, ast.Name)):
        found[ast.unparse(node)] = evaluated(node, names)
    return _json(found)


def _is_state(part: ast.AST, names: Mapping[str, object]) -> bool:
    """Say whether the expression depends on a process, shared state or a variable: not a member of an enum, say."""
    roots = [names.get(n.id) for n in ast.walk(part) if isinstance(n, ast.Name)]
    return any(not callable(r) and not isinstance(r, ModuleType) for r in roots)


def _json(found: Mapping[str, object]) -> dict[str, Json]:
    return {text: value.label if isinstance(value, State) else json_of(value) for text, value in found.items()}
