"""Marks in the source of a model: a counter before each statement, and on each way out of a condition.

They are put into the syntax tree, before it is lowered. So both meanings have the same ones: in Python a mark is a call that
counts, in the IR it is `ir.Mark`. A model without marks pays nothing for them. Read next: `explorer/coverage.py`.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Literal, cast

from quorate.language.loading.tree.running import as_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quorate.language.loading.model import Model, Source

MARKER = "__mark__"  # no model can call it: a name of its own would be refused
GUARDS = frozenset({"require", "limit"})

Condition = Literal["if", "for", "require", "limit"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a step, or of a function that steps call: its lines (of a compound one, those of its head) and mark."""

    function: str
    file: str
    first: int
    last: int
    mark: int


@dataclass(frozen=True, slots=True)
class Fork:
    """A condition. `reached`, `taken`, `refused` are marks; a loop and a guard have no `refused`: it is what is left over."""

    sort: Condition
    text: str
    function: str
    file: str
    line: int
    reached: int
    taken: int
    refused: int | None


@dataclass
class Marks:
    """All marks of a model, by number; `counts` is what the model's own functions have counted so far."""

    statements: list[Statement] = field(default_factory=list)
    forks: list[Fork] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    counting: Callable[[], bool] = lambda: True

    def count(self, number: int) -> None:
        """Count one pass over a mark, if passes count now."""
        self.counts[number] += self.counting()


def put_marks(model: Model, counting: Callable[[], bool]) -> Marks:
    """Mark the steps of a model and every function that they may call; `counting` says whether a step is run now.

    Requires: the model was loaded for this alone, because its syntax trees and its functions are changed in place.
    Ensures: it does what it did; positions in its source stay as they were.
    """
    marks = Marks(counting=counting)
    for source in model.sources:
        marked = [node for node in _called(model) if any(node is n for n in ast.walk(source.tree))]
        for node in marked:
            _Marking(marks, source, node.name).function(node)
        if marked:
            vars(source.module)[MARKER] = marks.count
            _recompile(model, source)
    return marks


def number_of(call: ast.Call) -> int | None:
    """Return the number of the mark that a call is, or None where it is none."""
    if not isinstance(call.func, ast.Name) or call.func.id != MARKER:
        return None
    return cast("int", cast("ast.Constant", call.args[0]).value)


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Return every function and method of a module, in the order of the source."""
    return sorted((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)), key=lambda n: n.lineno)


def _called(model: Model) -> list[ast.FunctionDef]:
    """Return the steps, each once, and what they call, by name, in the order of the source."""
    every = [n for s in model.sources if not s.prefix for n in functions(s.tree)]
    properties = {id(p.node) for p in (*model.functions, *model.constraints)}
    found = {id(s.node): s.node for s in model.steps if s.role != "initial"}
    waiting = list(found.values())
    while waiting:
        inside = [n.func for n in ast.walk(waiting.pop()) if isinstance(n, ast.Call)]
        names = {f.id if isinstance(f, ast.Name) else f.attr for f in inside if isinstance(f, ast.Name | ast.Attribute)}
        for node in every:
            if node.name in names and id(node) not in found.keys() | properties:
                found[id(node)] = node
                waiting.append(node)
    return [node for node in every if id(node) in found]


class _Marking:
    """Puts marks into one function."""

    def __init__(self, marks: Marks, source: Source, name: str) -> None:
        self.marks, self.source, self.name = marks, source, name

    def function(self, node: ast.FunctionDef) -> None:
        head = node.body[:1] if ast.get_docstring(node) is not None else []
        node.body = head + self._block(node.body[len(head) :])

    def _block(self, nodes: list[ast.stmt]) -> list[ast.stmt]:
        return [new for node in nodes for new in self._statement(node)]

    def _statement(self, node: ast.stmt) -> Iterator[ast.stmt]:
        reached, before = self._mark(node)
        self.marks.statements.append(Statement(self.name, self.source.shown, node.lineno, _last(node), reached))
        yield before
        if isinstance(node, ast.If):
            taken, first = self._mark(node.body[0])
            refused, other = self._mark(node.orelse[0] if node.orelse else node)
            self._fork("if", node, node.test, (reached, taken, refused))
            node.body, node.orelse = [first, *self._block(node.body)], [other, *self._block(node.orelse)]
        elif isinstance(node, ast.For):
            taken, first = self._mark(node.body[0])
            self._fork("for", node, node.iter, (reached, taken, None))
            node.body = [first, *self._block(node.body)]
        yield node
        guard = _guard(node)
        if guard is not None:
            taken, after = self._mark(node)
            self._fork(guard, node, cast("ast.Expr", node).value, (reached, taken, None))
            yield after

    def _mark(self, at: ast.stmt) -> tuple[int, ast.stmt]:
        number = len(self.marks.counts)
        self.marks.counts.append(0)
        call = ast.Call(ast.Name(MARKER, ast.Load()), [ast.Constant(number)], [])
        mark = ast.copy_location(ast.Expr(call), at)
        return number, ast.fix_missing_locations(mark)

    def _fork(self, sort: Condition, at: ast.stmt, test: ast.expr, marks: tuple[int, int, int | None]) -> None:
        file, text = self.source.shown, ast.unparse(test)
        self.marks.forks.append(Fork(sort, text, self.name, file, at.lineno, *marks))


def _last(node: ast.stmt) -> int:
    """Return the last line of a statement; of a compound one the last of its head."""
    head = node.test if isinstance(node, ast.If) else node.iter if isinstance(node, ast.For) else node
    return head.end_lineno or node.lineno


def _guard(node: ast.stmt) -> Literal["require", "limit"] | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        name = node.value.func.id
        return cast("Literal['require', 'limit']", name) if name in GUARDS else None
    return None


# -- the functions behind the tree ------------------------------------------------------------------------------------


def _recompile(model: Model, source: Source) -> None:
    """Give the source's live functions the code of its changed tree."""
    file = str(source.module.__file__)
    codes = {_key(c): c for c in _codes(compile(as_run(copy.deepcopy(source.tree)), file, "exec", dont_inherit=True))}
    for function in _functions(model, source):
        code = codes.get(_key(function.__code__))
        if function.__code__.co_filename == file and code is not None:
            function.__code__ = code


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _functions(model: Model, source: Source) -> list[FunctionType]:
    """Return the functions and methods that a module defines, and the steps."""
    values = list(vars(source.module).values())
    methods = [value for c in values if isinstance(c, type) for value in vars(c).values()]
    steps: list[Callable[..., object]] = [s.function for s in model.steps]
    return [f for f in (*values, *methods, *steps) if isinstance(f, FunctionType)]
