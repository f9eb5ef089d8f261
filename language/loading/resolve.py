"""From the annotations of a model to the types of the language, read in the source so that bounds keep their names.

Every part of an annotation is resolved in the module that wrote it; what has no finite meaning is refused where it stands.
"""

from __future__ import annotations

import ast
import types
import typing
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, cast

from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen

from quorate.language.declare import Group, Max, Process, Range, Record, Shared
from quorate.language.errors import ModelError, did_you_mean
from quorate.language.imports import import_of
from quorate.language.loading.branches import class_node, executed, statements
from quorate.language.loading.execution import place_of, says
from quorate.language.values.lattice import is_hashable
from quorate.language.values.types import (
    Bool,
    DictOf,
    Enumeration,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    Size,
    TupleOf,
    Type,
    is_many,
)
from quorate.language.values.values import LARGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.loading.model import Source

MOST_ITEMS = 1 << 32  # values of a set's items: a set is one of 2 to the power of these
_REFUSED: dict[object, str] = {
    str: "use an `Enum`: its members are the finitely many words",
    float: "use an `int` with `Range(lo, hi)`, in the smallest unit that matters",
    bytes: "use an `Enum` or an `int` with `Range(lo, hi)`",
    object: "say which values it has",
    typing.Any: "say which values it has",
    list: "say what it holds and how many: `Annotated[list[T], Max(n)]`",
    set: "say what it holds: `set[T]`",
    frozenset: "say what it holds: `frozenset[T]`",
    dict: "say what it holds: `dict[K, V]`",
    tuple: "say what it holds: `tuple[A, B]`",
}


@dataclass
class Resolver:
    """Resolves annotations of one execution. `ids` are the id types by class; `records` and `enums` are met on the way."""

    sources: Sequence[Source]
    ids: dict[type[Process], ProcessId]
    records: dict[type[Record], RecordOf] = field(default_factory=dict)
    enums: dict[type[Enum], Enumeration] = field(default_factory=dict)
    open: list[type[Record]] = field(default_factory=list)  # records that are being resolved, to find recursion

    def type_of(self, node: ast.expr, source: Source) -> Type:
        """Return the type that the annotation means. Errors: ModelError with the place of the part that has no meaning."""
        match node:
            case ast.Constant(value=None):
                return Nothing()
            case ast.Constant(value=str(text)):
                return self.type_of(self._parsed(text, node, source), source)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return self._option([left, right], node, source)
            case ast.Subscript(value=head, slice=arguments):
                items = arguments.elts if isinstance(arguments, ast.Tuple) else [arguments]
                return self._generic(self.value_of(head, source), items, node, source)
            case ast.Name() | ast.Attribute():
                return self._named(self.value_of(node, source), node, source)
            case _:
                remedy = "write a type of the language, such as `bool` or `set[T]`"
                raise self._refusal(node, source, "this is not a type", remedy)

    def value_of(self, node: ast.expr, source: Source) -> object:
        """Return what an expression of an annotation evaluates to in its module."""
        try:
            return eval(compile(ast.Expression(node), source.shown, "eval"), vars(source.module))  # noqa: S307
        except NameError as error:
            missing = import_of(error.name)
            near = "" if missing else did_you_mean(error.name or "", vars(source.module))
            what = f"`{error.name}` is not defined{near}"
            raise self._refusal(node, source, what, missing or "define or import it") from None
        except Exception as error:  # noqa: BLE001  (an annotation may raise anything)
            raise self._refusal(node, source, says(error), "correct the annotation") from None

    # -- by form ------------------------------------------------------------------------------------------------------

    def _named(self, meant: object, node: ast.expr, source: Source) -> Type:
        if isinstance(meant, type) and not isinstance(meant, types.GenericAlias):
            return self._class(meant, node, source)
        if meant is None:
            return Nothing()
        for home in (source, *self.sources):
            for alias in (*aliases(home, meant, self), *handed_over(home, meant, self)):
                return self.type_of(alias, home)
        return self._refused(meant, node, source)

    def _class(self, meant: type, node: ast.expr, source: Source) -> Type:
        if meant is bool:
            return Bool()
        if meant is int:
            return Int(None, None)
        if issubclass(meant, Enum):
            return self.enumeration(meant)
        if issubclass(meant, Process):
            return self._process(meant, node, source)
        if issubclass(meant, Record) and meant is not Record:
            return self.record(meant, node, source)
        return self._refused(meant, node, source)

    def _generic(self, head: object, items: list[ast.expr], node: ast.Subscript, source: Source) -> Type:
        if (head is set or head is frozenset) and len(items) == 1:
            return SetOf(self._hashed(items[0], source), frozen=head is frozenset)
        if head is dict and len(items) == 2:
            return DictOf(self._hashed(items[0], source), self.type_of(items[1], source))
        if head is list and len(items) == 1:
            return ListOf(self.type_of(items[0], source), None)
        if head is tuple and not any(isinstance(i, ast.Constant) and i.value is ... for i in items):
            return TupleOf(tuple(self.type_of(i, source) for i in items))
        if head is typing.Optional:
            return Option(self.type_of(items[0], source))
        if head is typing.Union:
            return self._option(items, node, source)
        if head is typing.Annotated:
            return self._annotated(items[0], items[1:], source)
        return self._refused(head, node, source)

    def _option(self, parts: list[ast.expr], node: ast.expr, source: Source) -> Type:
        found = [self.type_of(p, source) for p in parts]
        items = [t for t in found if not isinstance(t, Nothing)]
        if len(items) == 1 and len(found) == 2:
            return items[0] if isinstance(items[0], Option) else Option(items[0])
        remedy = "only `T | None` is a union of the language: use a `Record` with an `Enum` that says which it is"
        raise self._refusal(node, source, "a value is of one type, or None", remedy)

    def _hashed(self, node: ast.expr, source: Source) -> Type:
        """Return the type of a set's items or a dict's keys, which Python must be able to hash."""
        found = self.type_of(node, source)
        if not is_hashable(found):
            remedy = "use `frozenset`, `tuple` or a `Record` of such"
            raise self._refusal(
                node,
                source,
                "Python cannot hash an item of a set or a key of a dict with a list, a dict or a `set` in it",
                remedy,
            )
        if is_many(found, MOST_ITEMS):
            what = f"there are more than {MOST_ITEMS:,} such values, and a set or dict has a place for each"
            raise self._refusal(node, source, what, "give them narrower bounds")
        return found

    # -- classes ------------------------------------------------------------------------------------------------------

    def enumeration(self, meant: type[Enum]) -> Enumeration:
        """Return the type of an enum's members."""
        return self.enums.setdefault(meant, Enumeration(meant.__qualname__, tuple(m.name for m in meant)))

    def _process(self, meant: type[Process], node: ast.expr, source: Source) -> Type:
        found = self.ids.get(meant)
        if found is None or not found.members:
            remedy = f"write `{meant.__name__.lower()}s = Group({meant.__name__}, n)` or `{meant.__name__}.single()`"
            raise self._refusal(node, source, f"there is no process of kind `{meant.__name__}`", remedy)
        return found

    def record(self, meant: type[Record], node: ast.expr | ast.stmt, source: Source) -> RecordOf:
        """Return the type of a record or message, its fields in order."""
        if meant in self.records:
            return self.records[meant]
        if meant in self.open:
            remedy = "hold an id or an index instead: every value of the language is finite"
            raise self._refusal(node, source, f"`{meant.__name__}` holds itself", remedy)
        self.open.append(meant)
        fields = tuple((n, self.type_of(a, home)) for n, a, home in annotations_of(meant, self.sources))
        self.open.pop()
        return self.records.setdefault(meant, RecordOf(meant.__qualname__, fields))

    # -- bounds -------------------------------------------------------------------------------------------------------

    def _annotated(self, item: ast.expr, metadata: list[ast.expr], source: Source) -> Type:
        found = self.type_of(item, source)
        for node in metadata:
            home, call = self._call(node, source)
            value = self.value_of(node, source)
            if isinstance(found, Int):
                found = self._bounded(found, value, call, node, home)
            elif isinstance(found, ListOf):
                found = ListOf(found.item, self._longest(value, call, node, home))
            else:
                raise self._refusal(node, source, "only an `int` and a `list` have bounds", "leave the bound out")
        return found

    def _call(self, node: ast.expr, source: Source) -> tuple[Source, ast.Call | None]:
        """Return the call that makes a bound, following the name of one that is defined elsewhere."""
        if isinstance(node, ast.Call):
            return source, node
        value = self.value_of(node, source)
        for home in (source, *self.sources):
            for alias in aliases(home, value, self):
                if isinstance(alias, ast.Call):
                    return home, alias
        return source, None

    def _bounded(self, t: Int, value: object, call: ast.Call | None, node: ast.expr, source: Source) -> Int:
        low, high = t.low, t.high
        match value:
            case Range(lo, hi):
                low, high = self._size(lo, call, "lo", 0, source), self._size(hi, call, "hi", 1, source)
            case Interval(ge=ge, gt=gt, le=le, lt=lt):
                low = self._limit(ge, gt, call, 1, source) or low
                high = self._limit(le, lt, call, -1, source) or high
            case Ge(ge):
                low = self._size(cast("int", ge), call, "ge", 0, source)
            case Gt(gt):
                low = self._size(cast("int", gt), call, "gt", 0, source, 1)
            case Le(le):
                high = self._size(cast("int", le), call, "le", 0, source)
            case Lt(lt):
                high = self._size(cast("int", lt), call, "lt", 0, source, -1)
            case _:
                raise self._refusal(node, source, "this bound has no meaning for an `int`", "write `Range(lo, hi)`")
        if any(size and not -LARGEST - 1 <= size.value <= LARGEST for size in (low, high)):
            raise self._refusal(node, source, "this bound is beyond 64 bits", "write a nearer one: 2**63 - 1 is the greatest")
        if low and high and low.value > high.value:
            raise self._refusal(node, source, f"no number lies from {low.value} to {high.value}", "write the lower bound first")
        return Int(low, high)

    def _limit(self, closed: object, opened: object, call: ast.Call | None, inward: int, source: Source) -> Size | None:
        """Return the bound that an `Interval` sets on one side, if any."""
        if closed is not None:
            return self._size(cast("int", closed), call, "ge" if inward == 1 else "le", 9, source)
        if opened is not None:
            return self._size(cast("int", opened), call, "gt" if inward == 1 else "lt", 9, source, inward)
        return None

    def _longest(self, value: object, call: ast.Call | None, node: ast.expr, source: Source) -> Size | None:
        match value:
            case Max(length):
                return self._size(length, call, "length", 0, source)
            case MaxLen(length):
                return self._size(length, call, "max_length", 0, source)
            case Len(0, int() as length):
                return self._size(length, call, "max_length", 1, source)
            case _:
                raise self._refusal(node, source, "this bound has no meaning for a list", "write `Max(n)`")

    def _size(  # noqa: PLR0917  (a bound is a value, its call, the argument's name and position there)
        self, value: object, call: ast.Call | None, keyword: str, position: int, source: Source, shift: int = 0
    ) -> Size:
        """Return the bound with the text of the argument that sets it; `shift` makes an open bound closed."""
        argument = next((k.value for k in call.keywords if k.arg == keyword), None) if call else None
        if call and argument is None and position < len(call.args):
            argument = call.args[position]
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refusal(argument or call, source, f"a bound is an `int`, not {value!r}", "write whole numbers")
        sign = {1: " + 1", -1: " - 1", 0: ""}[shift]
        number = isinstance(argument, (ast.Constant, ast.UnaryOp)) or argument is None
        return Size(value + shift, str(value + shift) if number else ast.unparse(cast("ast.expr", argument)) + sign)

    # -- refusals -----------------------------------------------------------------------------------------------------

    def _refused(self, meant: object, node: ast.expr, source: Source) -> Type:
        text = ast.unparse(node)
        remedy = _REFUSED.get(meant) if isinstance(meant, typing.Hashable) else None
        if isinstance(meant, Group) or (isinstance(meant, type) and issubclass(meant, (Group, Shared))):
            remedy = "name the kind of process: its ids are values"
        elif isinstance(node, ast.Subscript) and meant is tuple:
            remedy = "say each item's type, `tuple[A, B]`, or use `Annotated[list[T], Max(n)]`"
        raise self._refusal(node, source, f"`{text}` is not a type of the language", remedy or "use a type of the language")

    def _refusal(self, node: ast.expr | ast.stmt | None, source: Source, what: str, remedy: str) -> ModelError:
        return ModelError(what, place_of(source, node) if node else None, remedy)

    def _parsed(self, text: str, node: ast.expr, source: Source) -> ast.expr:
        try:
            parsed = ast.parse(text, mode="eval").body
        except SyntaxError:
            raise self._refusal(node, source, "this is not a type", "correct the text of the annotation") from None
        for inner in ast.walk(parsed):
            ast.copy_location(inner, node)
        return parsed


def aliases(source: Source, meant: object, resolver: Resolver) -> list[ast.expr]:
    """Return the expressions at the source's top level (also in a block) that give some name this value."""
    found: list[ast.expr] = []
    for statement in statements(source.tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value):
                same = name in vars(source.module) and vars(source.module)[name] is meant
                plain = isinstance(value, ast.Constant | ast.Name)  # another name for it says no more
                if same and value is not None and not plain and _is(resolver, value, source, meant):
                    found.append(value)
            case _:
                pass
    return found


def handed_over(source: Source, meant: object, resolver: Resolver) -> list[ast.expr]:
    """Return the expressions for this type in calls that the top level binds: `register = Register(set[Node], initial=...)`."""
    calls = [s.value for s in source.tree.body if isinstance(s, ast.Assign) and isinstance(s.value, ast.Call)]
    parts = [n for call in calls for a in call.args for n in ast.walk(a) if isinstance(n, ast.Subscript | ast.BinOp)]
    return [n for n in parts if _is(resolver, n, source, meant)]


def _is(resolver: Resolver, node: ast.expr, source: Source, meant: object) -> bool:
    try:
        return bool(resolver.value_of(node, source) == meant)
    except ModelError:
        return False


def annotations_of(cls: type, sources: Sequence[Source]) -> list[tuple[str, ast.expr, Source]]:
    """Return the annotated names of a class and of its bases, inherited ones first, each with the module that wrote it.

    Only what was executed counts, and the last annotation of a name, as in Python.
    """
    found: dict[str, tuple[str, ast.expr, Source]] = {}
    for base in reversed(cls.__mro__):
        source = next((s for s in sources if s.module.__name__ == base.__module__), None)
        if source is not None:
            for statement in executed(class_node(base, source), source):
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    found[statement.target.id] = (statement.target.id, statement.annotation, source)
    return list(found.values())
