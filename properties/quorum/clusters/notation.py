"""What people type: quorum expressions (`a*b + majority(c, d, e)`) and claims (`w + r > n`, `size(read & write) >= 2`).

Python's own grammar is used and nothing is ever evaluated: each node of the syntax tree is looked up in a table here, and
what is not in it is answered with its place, a caret, and what to write instead.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import TYPE_CHECKING

from quorate.language.errors import ModelError, Place, UsageError, did_you_mean
from quorate.properties.quorum.arithmetic.sets import (
    EVERYONE,
    NODES,
    Formula,
    NodeSet,
    Term,
    every,
    implies,
    number,
    size,
    weight,
)
from quorate.properties.quorum.clusters.expressions import Expression, Node, Threshold, choose, majority, weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

DEEPEST = 50


class _Source:
    """The text being read, to point into it."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    def tree(self, grammar: str) -> ast.expr:
        if not self.text.strip():
            raise UsageError(f"`{self.file}` is empty: write {grammar}")
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as e:
            # Python places what is missing at the end on a line of its own.
            line, column = (e.lineno or 1, e.offset or 1) if e.offset else (1, len(self.text) + 1)
            place = Place(self.file, line, column, (self.text.splitlines() or [""])[line - 1])
            raise ModelError(f"this is not an expression: {e.msg}", place, f"write {grammar}") from None
        except (ValueError, RecursionError, MemoryError):
            raise UsageError(f"`{self.file}` cannot be read: write {grammar}") from None
        if _depth(tree) > DEEPEST:
            raise UsageError(f"`{self.file}` nests more than {DEEPEST} levels deep: write it flatter")
        return tree

    def refused(self, node: ast.AST, what: str, remedy: str) -> ModelError:
        """Return the error that points at a node of the syntax tree."""
        column = getattr(node, "col_offset", 0)
        line = getattr(node, "lineno", 1)
        shown = self.text.splitlines()[line - 1] if self.text else ""
        return ModelError(what, Place(self.file, line, column + 1, shown), remedy)

    def shown(self, node: ast.AST) -> str:
        return ast.unparse(node)


def _depth(node: ast.AST) -> int:
    # A long sum leans left, one level a term: only what is not a chain of operators counts as depth.
    deepest = 0
    stack: list[tuple[ast.AST, int]] = [(node, 1)]
    while stack:
        at, depth = stack.pop()
        deepest = max(deepest, depth)
        chain = isinstance(at, ast.BinOp)
        stack += [(c, depth if chain and isinstance(c, ast.BinOp) else depth + 1) for c in ast.iter_child_nodes(at)]
    return deepest


QUORUMS = "nodes joined by `+` (or) and `*` (and), or choose(2, a, b, c), majority(a, b, c), weighted(3, a=2, b=1)"


def quorum_expression(text: str, file: str, nodes: Collection[str] | None = None) -> Expression:
    """Return the quorum expression; ModelError with a caret where it is none, or a node is not among `nodes`."""
    source = _Source(text, file)
    return _Quorums(source, nodes).read(source.tree(QUORUMS))


class _Quorums:
    def __init__(self, source: _Source, nodes: Collection[str] | None) -> None:
        self.source = source
        self.nodes = nodes

    def read(self, node: ast.expr) -> Expression:
        match node:
            case ast.Name(id=name) | ast.Constant(value=str(name)):
                return self._node(node, name)
            case ast.BinOp(left=left, op=ast.Add() | ast.Mult() as op, right=right):
                a, b = self.read(left), self.read(right)
                return a + b if isinstance(op, ast.Add) else a * b
            case ast.Call(func=ast.Name(id=name)):
                return self._call(node, name)
            case _:
                raise self.source.refused(node, f"`{self.source.shown(node)}` is not part of a quorum expression", QUORUMS)

    def _node(self, node: ast.expr, name: str) -> Node:
        if self.nodes is not None and name not in self.nodes:
            hint = did_you_mean(name, self.nodes)
            raise self.source.refused(node, f"there is no node `{name}`{hint}", f"the nodes are {', '.join(self.nodes)}")
        return Node(name)

    def _call(self, node: ast.Call, name: str) -> Expression:
        if name not in ("choose", "majority", "weighted"):
            hint = did_you_mean(name, ("choose", "majority", "weighted"))
            raise self.source.refused(node, f"there is no quorum rule `{name}`{hint}", QUORUMS)
        try:
            return self._weighted(node) if name == "weighted" else self._threshold(node, name)
        except UsageError as e:
            what, _, remedy = str(e).partition(": ")
            raise self.source.refused(node, what, remedy) from None

    def _threshold(self, node: ast.Call, name: str) -> Threshold:
        if node.keywords:
            raise self.source.refused(node, f"`{name}` takes no names", "votes are written weighted(3, a=2, b=1)")
        if name == "majority":
            return majority([self.read(a) for a in node.args])
        return choose(self._count(node), [self.read(a) for a in node.args[1:]])

    def _weighted(self, node: ast.Call) -> Threshold:
        if len(node.args) != 1 or not node.keywords:
            raise self.source.refused(node, "`weighted` needs a threshold and the votes", "write weighted(3, a=2, b=1, c=1)")
        votes: dict[str, int] = {}
        for keyword in node.keywords:
            match keyword:
                case ast.keyword(arg=str(name), value=value) if (vote := _integer(value)) is not None:
                    votes[self._node(value, name).name] = vote
                case _:
                    raise self.source.refused(keyword, "votes are whole numbers", "write weighted(3, a=2, b=1, c=1)")
        return weighted(self._count(node), votes)

    def _count(self, node: ast.Call) -> int:
        count = _integer(node.args[0]) if node.args else None
        if count is None:
            name = self.source.shown(node.func)
            remedy = f"write {name}(2, a, b, c)" if name == "choose" else "write weighted(3, a=2, b=1)"
            raise self.source.refused(node, f"`{name}` begins with how many are needed", remedy)
        return count


def _integer(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
        case _:
            return None


CLAIMS = "comparisons such as `w + r > n`, joined by `and`, `or` and `not`"
TERMS = "sums of numbers times constants, `n // 2`, size(read & write), votes(a - b), stake(everyone)"
SETS = "set names joined by `&`, `|`, `-` and `~`, such as `read & write - faulty`"
UNITS = {"size": NODES, "votes": "votes", "stake": "stake", "weight": "weight"}
WHOLE_CLUSTER = "n"
ROLES = frozenset("rwqf")  # papers write R, W, Q and F; both letters are one number


def claim(text: str, file: str) -> Formula:
    """Return the claim; names inside size() and votes() are sets, `n` is the size of the cluster, others are numbers."""
    source = _Source(text, file)
    return _Claims(source).formula(source.tree(CLAIMS))


class _Claims:
    def __init__(self, source: _Source) -> None:
        self.source = source

    def formula(self, node: ast.expr) -> Formula:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return every(self.formula(v) for v in values)
            case ast.BoolOp(values=values):
                first, *rest = (self.formula(v) for v in values)
                for other in rest:
                    first = first | other
                return first
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ~self.formula(operand)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return implies(self.formula(test), self.formula(body)) & (self.formula(test) | self.formula(orelse))
            case ast.Compare(left=left, ops=ops, comparators=rights):
                sides = [left, *rights]
                return every(self._comparison(node, op, a, b) for op, a, b in zip(ops, sides, sides[1:], strict=False))
            case _:
                raise self.source.refused(node, f"`{self.source.shown(node)}` is not a claim", f"write {CLAIMS}")

    def _comparison(self, node: ast.expr, op: ast.cmpop, left: ast.expr, right: ast.expr) -> Formula:
        made = _COMPARISONS.get(type(op))
        if made is None:
            raise self.source.refused(node, "only < <= == != >= > compare numbers", f"write {CLAIMS}")
        return made(self.term(left), self.term(right))

    def term(self, node: ast.expr) -> Term:
        match node:
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int(value)):
                return Term.of(value)
            case ast.Constant(value=float()):
                return Term.of(Fraction(self.source.shown(node)))
            case ast.Name(id=name):
                small = name.lower()
                return size(EVERYONE) if small == WHOLE_CLUSTER else number(small if small in ROLES else name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.term(operand)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.term(left) + self.term(right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return self.term(left) - self.term(right)
            case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv()):
                return self._product(node)
            case ast.Call(func=ast.Name(id=name), args=[of], keywords=[]):
                return self._measure(node, name, of)
            case _:
                pass
        raise self.source.refused(node, f"`{self.source.shown(node)}` is not a number here", f"write {TERMS}")

    def _product(self, node: ast.BinOp) -> Term:
        left, right = self.term(node.left), self.term(node.right)
        if isinstance(node.op, ast.Mult) and not (left.parts and right.parts):
            return left * right.constant if left.parts else right * left.constant
        if isinstance(node.op, ast.Mult) or right.parts:
            raise self.source.refused(node, "two unknowns cannot be multiplied or divided", f"write {TERMS}")
        if right.constant <= 0:
            raise self.source.refused(node.right, "a number is divided by a positive constant only", "write n // 2 or n / 3")
        if isinstance(node.op, ast.Div):
            return left / right.constant
        if right.constant.denominator != 1:
            raise self.source.refused(node.right, "`//` divides by a whole number", "write n // 2")
        return left // int(right.constant)

    def _measure(self, node: ast.Call, name: str, of: ast.expr) -> Term:
        if name not in UNITS:
            hint = did_you_mean(name, UNITS)
            raise self.source.refused(node, f"there is no measure `{name}`{hint}", f"write {TERMS}")
        unit = UNITS[name]
        return size(self.nodes(of)) if unit == NODES else weight(self.nodes(of), unit)

    def nodes(self, node: ast.expr) -> NodeSet:
        match node:
            case ast.Name(id="everyone"):
                return EVERYONE
            case ast.Name(id=name):
                return NodeSet.named(name)
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return ~self.nodes(operand)
            case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
                return self.nodes(left) & self.nodes(right)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.nodes(left) | self.nodes(right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return self.nodes(left) - self.nodes(right)
            case _:
                raise self.source.refused(node, f"`{self.source.shown(node)}` is not a set of nodes", f"write {SETS}")


_COMPARISONS: dict[type[ast.cmpop], Callable[[Term, Term], Formula]] = {
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a.equals(b),
    ast.NotEq: lambda a, b: ~a.equals(b),
}
