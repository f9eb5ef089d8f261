"""Quorum expressions as linear arithmetic: how many nodes of each class a quorum takes, and which gates it opens.

Nodes that stand under the same gates with the same votes are interchangeable, so a class of them is one integer. Two
majorities of 21 nodes are then four unknowns instead of 352,716 quorums; an expression where every node is different is
0/1 variables, and repeated nodes need nothing special.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.linear import All, Linear, Row
from quorate.properties.quorum.clusters.expressions import Expression, Node, Threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

Class = tuple[str, ...]


def classes(expressions: Sequence[Expression], mark: Callable[[str], Hashable] = lambda _: None) -> list[Class]:
    """Return the nodes in classes whose members can change places; `mark` keeps apart what differs. Errors: OutOfTimeError."""
    places: dict[str, list[Hashable]] = defaultdict(list)
    for which, expression in enumerate(expressions):
        for path, leaf, votes in _leaves(expression, (which,)):
            places[leaf].append((path, votes))
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for name, stands in places.items():
        patience.keep()
        groups[frozenset(Counter(stands).items()), mark(name)].append(name)
    return [tuple(g) for g in groups.values()]


def _leaves(expression: Expression, path: tuple[int, ...]) -> list[tuple[tuple[int, ...], str, int]]:
    if isinstance(expression, Node):
        return [(path, expression.name, 1)]
    assert isinstance(expression, Threshold)
    patience.keep()
    found: list[tuple[tuple[int, ...], str, int]] = []
    for i, (part, votes) in enumerate(zip(expression.parts, expression.votes, strict=True)):
        if isinstance(part, Node):
            found.append((path, part.name, votes))
        else:
            found += _leaves(part, (*path, i))
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """A quorum by counts: `unknown(c)` is how many nodes of class c it takes; `claim` says that it is a quorum."""

    prefix: str
    claim: Linear

    def unknown(self, c: Class) -> str:
        return taken(self.prefix, c)


def taken(prefix: str, c: Class) -> str:
    return f"{prefix}:{c[0]}"


def quorum(expression: Expression, prefix: str, among: Sequence[Class]) -> Taken:
    """Return the claim that the counts under this prefix hold a quorum of the expression."""
    class_of = {name: c for c in among for name in c}
    rows: list[Linear] = []
    for c in among:
        patience.keep()
        rows += [Row(((taken(prefix, c), 1),), 0), Row(((taken(prefix, c), -1),), len(c))]
    _gate(expression, prefix, class_of, (), rows)
    return Taken(prefix, All(tuple(rows)))


def _gate(expression: Expression, prefix: str, class_of: dict[str, Class], path: tuple[int, ...], rows: list[Linear]) -> None:
    """Add the rows of a gate: open only with enough votes below it; the top one must be open."""
    if isinstance(expression, Node):
        rows.append(Row(((taken(prefix, class_of[expression.name]), 1),), -1))
        return
    assert isinstance(expression, Threshold)
    below: dict[str, int] = defaultdict(int)
    for i, (part, votes) in enumerate(zip(expression.parts, expression.votes, strict=True)):
        if isinstance(part, Node):
            continue
        name = _open(prefix, (*path, i))
        rows += [Row(((name, 1),), 0), Row(((name, -1),), 1)]
        below[name] = votes
        _gate(part, prefix, class_of, (*path, i), rows)
    for c, votes in _class_votes(expression, class_of).items():
        below[taken(prefix, c)] = votes
    gate = [(_open(prefix, path), -expression.needed)] if path else []
    constant = 0 if path else -expression.needed
    rows.append(Row((*below.items(), *gate), constant))


def _class_votes(gate: Threshold, class_of: dict[str, Class]) -> dict[Class, int]:
    """Return the votes a gate gives to each node of a class: all its members stand here alike."""
    patience.keep()
    votes: Counter[str] = Counter()
    for part, v in zip(gate.parts, gate.votes, strict=True):
        if isinstance(part, Node):
            votes[part.name] += v
    return {class_of[name]: v for name, v in votes.items() if class_of[name][0] == name}


def _open(prefix: str, path: tuple[int, ...]) -> str:
    # A `#` where nodes have a `:`, so that no name of a node can be a gate.
    return f"{prefix}#{'.'.join(map(str, path))}"
