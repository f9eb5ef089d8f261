"""What a class may not define: Python's own hooks, which change what comparing, building or walking a value means.

The language says what `==`, `<`, `len` and the rest mean for each of its types, and C does as it says. A record or enum with an
`__eq__` or a `__post_init__` of its own would mean something else in Python alone. And an enum has one order, that of its
declaration: one whose members are numbers or texts, too, must ascend in it, or `<` and `sorted` would not agree.
"""

from __future__ import annotations

import ast
from enum import Enum, Flag
from itertools import pairwise
from typing import TYPE_CHECKING

from quorate.language.declare import Record, State
from quorate.language.errors import ModelError
from quorate.language.loading.execution import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quorate.language.loading.model import Source

BEGINNING = "give each field its first value, `n: T = durable(...)`, or compute them in a method that is marked `@initial`"
SHOWN = frozenset({"__repr__", "__str__", "__doc__"})  # for people alone: nothing is decided by them


def check_classes(sources: Iterable[Source]) -> None:
    """Refuse classes that mean something else in Python than in the language. Errors: ModelError."""
    for source in sources:
        for node, cls in _classes(source):
            if issubclass(cls, Record | State | Enum):
                _check_hooks(source, node, cls)
            if issubclass(cls, Enum):
                _check_order(source, node, cls)


def _classes(source: Source) -> Iterator[tuple[ast.ClassDef, type]]:
    """Yield the classes that a module defines at its top level, and still has under their names."""
    for node in ast.walk(source.tree):
        cls = vars(source.module).get(node.name) if isinstance(node, ast.ClassDef) else None
        if isinstance(node, ast.ClassDef) and isinstance(cls, type) and cls.__module__ == source.module.__name__:
            yield node, cls


def _check_hooks(source: Source, node: ast.ClassDef, cls: type) -> None:
    for inner in ast.walk(node):
        names = [inner.name] if isinstance(inner, ast.FunctionDef) else []
        if isinstance(inner, ast.Assign):
            names = [t.id for t in inner.targets if isinstance(t, ast.Name)]
        for name in names:
            if name.startswith("__") and name.endswith("__") and name not in SHOWN and name in vars(cls):
                assert isinstance(inner, ast.stmt)
                what = f"`{cls.__name__}.{name}` changes what Python does with a value, and the language says what that is"
                begins = name == "__init__" and issubclass(cls, State)
                remedy = BEGINNING if begins else "leave it out, or write a method with a name of its own"
                raise ModelError(what, place_of(source, inner), remedy)


def _check_order(source: Source, node: ast.ClassDef, cls: type[Enum]) -> None:
    if issubclass(cls, Flag):
        what = f"`{cls.__name__}` is a flag: its members can be combined into further ones"
        raise ModelError(what, place_of(source, node), "write an `Enum`, and a set of its members")
    if issubclass(cls, int | float | str):
        values = [m.value for m in cls]
        if any(not a < b for a, b in pairwise(values)):
            what = f"the order of `{cls.__name__}` by value is not that of its declaration"
            raise ModelError(what, place_of(source, node), "write an `Enum`, or give its members values that ascend")
