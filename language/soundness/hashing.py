"""Hashing: what is an item of a set or a key of a dict is one that Python can hash.

The rule. A list, a dict and a `set` are neither, nor is a tuple or an option of such; a `frozenset` is. A record is hashed by
its values, the sets and dicts in it included, and so may hold such. A value counts as what it is in Python, before it is
converted to what a field holds: `self.teams.add({p})` fails there, whatever the field's items are. To look for a `set` among
frozensets is allowed, as in Python. C knows nothing of this: it would go on where Python fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import ModelError
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.program.traversal import expressions, statements, within
from quorate.language.values.lattice import in_words, is_hashable
from quorate.language.values.types import DictOf, ListOf, Option, SetOf, TupleOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quorate.language.errors import Place
    from quorate.language.values.types import Type

SAME = (Op.CONVERT, Op.INJECT)  # the operand itself, as far as Python is concerned
LOOKED_FOR = (Op.CONTAINS, Op.SET_DISCARD, Op.SET_REMOVE)  # the second operand: in these, Python hashes a `set` as a frozenset
KEYED = (Op.DICT_SET, Op.DICT_GET, Op.DICT_FIND, Op.DICT_DELETE, Op.INDEX, Op.SET_ADD)  # the second operand is hashed


def hashing(program: ir.Program) -> list[ModelError]:
    """Return what Python cannot hash, in the order of the source."""
    bodies: list[tuple[Sequence[ir.Stmt], Place | None]] = [(step.body, step.where) for step in program.steps]
    bodies += [(prop.body, prop.where) for prop in program.conditions]
    bodies += [(function.body, None) for function in program.functions.values()]
    found: dict[tuple[Place | None, str], ModelError] = {}
    for body, where in bodies:
        for at, value in hashed(body, where):
            t = unhashable(value)
            if t is not None:
                problem = refusal(t, at)
                found.setdefault((at, problem.what), problem)
    return list(found.values())


def refusal(t: Type, at: Place | None) -> ModelError:
    remedy = "write a `frozenset`" if isinstance(t, SetOf) else "use a `tuple`, a `frozenset` or a `Record` of such"
    return ModelError(f"Python cannot hash a `{in_words(t)}`: it is no item of a set and no key of a dict", at, remedy)


def hashed(body: Iterable[ir.Stmt], where: Place | None) -> Iterator[tuple[Place | None, ir.Expr]]:
    """Yield what is hashed in a body, with the place of the statement or of the expression that does it."""
    at = where
    for statement in statements(body):
        at = statement.where or where
        for whole in expressions(statement):
            for expr in within(whole):
                for value in operands(expr):
                    yield getattr(value, "where", None) or getattr(expr, "where", None) or at, value


def operands(expr: ir.Expr) -> Iterator[ir.Expr]:
    """Yield the operands that an expression hashes."""
    match expr:
        case ir.Apply(_, Op.MAKE_SET, items):
            yield from items
        case ir.Apply(_, Op.MAKE_DICT, pairs):
            yield from pairs[::2]
        case ir.Apply(_, Op.TO_SET, (source,)) if isinstance(source.type, ListOf):
            yield ir.Local(source.type.item, "item")
        case ir.Apply(_, operator, (container, value, *_)) if operator in LOOKED_FOR:
            if isinstance(container.type, SetOf | DictOf) and not (is_set(value) and is_set(container)):
                yield value
        case ir.Apply(_, operator, (container, value, *_)) if operator in KEYED:
            if isinstance(container.type, SetOf | DictOf):
                yield value
        case ir.Comprehension(_, (Reduction.SET | Reduction.DICT), _, made):
            yield made[0]
        case _:
            pass


def is_set(value: ir.Expr) -> bool:
    """Say whether a value is a set of its own, and not a dict's keys."""
    found = underlying(value)
    return isinstance(found.type, SetOf) and not (isinstance(found, ir.Apply) and found.operator is Op.KEYS)


def underlying(value: ir.Expr) -> ir.Expr:
    """Return what a value is before it is converted."""
    while isinstance(value, ir.Let) or (isinstance(value, ir.Apply) and value.operator in SAME):
        value = value.body if isinstance(value, ir.Let) else value.operands[0]
    return value


def unhashable(value: ir.Expr) -> Type | None:
    """Return the type of what in a value cannot be hashed, or None."""
    match underlying(value):
        case ir.Apply(_, Op.MAKE_TUPLE, items):
            return next((t for t in map(unhashable, items) if t is not None), None)
        case ir.Apply(_, Op.IF, (_, first, second)):
            return unhashable(first) or unhashable(second)
        case found:
            return None if is_hashable(found.type) else part_of(found.type)


def part_of(t: Type) -> Type:
    """Return the part of a type that is the reason why its values cannot be hashed."""
    inner = t.items if isinstance(t, TupleOf) else (t.item,) if isinstance(t, Option) else ()
    return next((part_of(i) for i in inner if not is_hashable(i)), t)
