"""The types of the generated protocols: any nesting that the language allows, written as Python writes it, with variables.

`parse("dict[K, list[T]]")` is a pattern; `match` binds its variables to the parts of a type, `bound` puts them in. What a
variable may stand for is in `KINDS`: one letter a kind. Read next: `shapes.py`, which is written in these patterns.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_DOMAIN = 24  # values of what is in a set or is a key: beyond, packed states grow more than they show
FLAT = ("bool", "Small", "Color", "Level", "Node")


@dataclass(frozen=True, slots=True)
class Sort:
    """A type: `Small`, `list[Pair]`, `Opt[Node]`. A name of one letter is a variable."""

    name: str
    parts: tuple[Sort, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.parts))}]" if self.parts else self.name

    @property
    def is_variable(self) -> bool:
        return len(self.name) == 1

    @property
    def is_mutable(self) -> bool:
        """Say whether a value of the type can be changed in place, or holds one that can."""
        return self.name in {"list", "set", "dict", "Bundle"} or any(p.is_mutable for p in self.parts)


@cache
def parse(text: str) -> Sort:
    return _read(ast.parse(text, mode="eval").body)


def _read(node: ast.expr) -> Sort:
    match node:
        case ast.Name(name):
            return Sort(name)
        case ast.Subscript(ast.Name(name), ast.Tuple(parts)):
            return Sort(name, tuple(map(_read, parts)))
        case ast.Subscript(ast.Name(name), part):
            return Sort(name, (_read(part),))
        case _:
            raise AssertionError(ast.dump(node))


def match(pattern: Sort, sort: Sort, known: Mapping[str, Sort]) -> dict[str, Sort] | None:
    """Return what the pattern's variables stand for where it is that sort; None where it is not."""
    if pattern.is_variable:
        if pattern.name in known:
            return dict(known) if known[pattern.name] == sort else None
        return {**known, pattern.name: sort} if allowed(pattern.name, sort) else None
    if pattern.name != sort.name or len(pattern.parts) != len(sort.parts):
        return None
    found: dict[str, Sort] | None = dict(known)
    for mine, its in zip(pattern.parts, sort.parts, strict=True):
        found = None if found is None else match(mine, its, found)
    return found


def bound(pattern: Sort, known: Mapping[str, Sort]) -> Sort:
    """Return the pattern with its variables put in."""
    if pattern.is_variable:
        return known[pattern.name]
    return Sort(pattern.name, tuple(bound(p, known) for p in pattern.parts))


def variables(pattern: Sort) -> set[str]:
    return {pattern.name} if pattern.is_variable else set().union(*map(variables, pattern.parts))


def allowed(variable: str, sort: Sort) -> bool:
    """Say whether a variable may stand for a sort."""
    if variable in "HJK":
        return is_hashable(sort)
    if variable == "O":
        return is_ordered(sort)
    if variable == "L":
        return is_comparable(sort)
    if variable == "P":
        return sort.name in {"Small", "Color", "Level"} or (sort.name == "tuple" and is_ordered(sort))
    if variable == "M":
        return sort.name != "Opt"
    return True


def is_hashable(sort: Sort) -> bool:
    if sort.name in {"list", "set", "dict", "Bundle", "int"}:
        return False
    return all(map(is_hashable, sort.parts)) and domain(sort) <= LARGEST_DOMAIN


def is_composed(sort: Sort) -> bool:
    """Say whether a value of the sort is a tuple, a record or an option, or a container of these."""
    return sort.name in {"tuple", "Pair", "Entry", "Bundle", "Opt"} or any(map(is_composed, sort.parts))


def is_ordered(sort: Sort) -> bool:
    return sort.name in {"Small", "bool", "Color", "Level", "Node"} or (
        sort.name == "tuple" and all(map(is_ordered, sort.parts))
    )


def is_comparable(sort: Sort) -> bool:
    """Say whether `<` compares values of the sort."""
    return sort.name in {"Small", "bool"} or (sort.name == "tuple" and all(map(is_comparable, sort.parts)))


def domain(sort: Sort) -> int:
    """Return about how many values a hashable sort has."""
    if sort.name in {"set", "frozenset"}:
        return 1 << domain(sort.parts[0])
    own = {"bool": 2, "Small": 3, "Color": 3, "Level": 2, "Node": 3, "Pair": 6, "Entry": 12}.get(sort.name, 1)
    for part in sort.parts:
        own *= domain(part)
    return own + (sort.name == "Opt")


def written(sort: Sort) -> str:
    """Return the annotation of a sort."""
    inner = [written(p) for p in sort.parts]
    match sort.name:
        case "Opt":
            return f"{inner[0]} | None"
        case "list":
            return f"Annotated[list[{inner[0]}], Max(2)]"
        case _:
            return f"{sort.name}[{', '.join(inner)}]" if inner else sort.name


def loosely(sort: Sort) -> str:
    """Return the annotation of a helper's parameter or result: bounds are inferred there."""
    inner = [loosely(p) for p in sort.parts]
    match sort.name:
        case "Small":
            return "int"
        case "Opt":
            return f"{inner[0]} | None"
        case _:
            return f"{sort.name}[{', '.join(inner)}]" if inner else sort.name
