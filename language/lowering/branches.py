"""`if`, `for`, `break`, `continue`, `return`: what is known where ways part and meet."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.body import assigned_names
from quorate.language.lowering.narrowing import Fact, Flow, assume, path, stable
from quorate.language.lowering.sending import Sending
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import assigned, expressions, statements, within
from quorate.language.soundness.loops import dependence, is_unordered
from quorate.language.values.lattice import NOTHING, integer
from quorate.language.values.types import ListOf, Nothing, Option

if TYPE_CHECKING:
    from collections.abc import Sequence


LOOP_REMEDY = "write `for ... in sorted(...)`, or `choose(...)` to try every item"


class Branches(Sending):
    """Adds branches and loops. `block` comes with the next layer."""

    def block(self, nodes: Sequence[ast.stmt]) -> tuple[ir.Stmt, ...]:
        """Return the statements of a block; what cannot be reached is left out."""
        raise NotImplementedError

    def _if(self, test: ast.expr, then: Sequence[ast.stmt], otherwise: Sequence[ast.stmt]) -> None:
        allowed, noted = self.ghosts_allowed, self.reads_ghosts
        self.ghosts_allowed, self.reads_ghosts = True, False
        condition = self._tested(test)
        asks_ghosts = self.reads_ghosts
        self.ghosts_allowed, self.reads_ghosts = allowed, noted
        before = self.flow.copy()
        assume(self.flow, condition, truth=True)
        yes = self.block(then)
        after = self.flow
        self.flow = before
        assume(self.flow, condition, truth=False)
        no = self.block(otherwise)
        self.flow = after.merged(self.flow) if after.reachable or self.flow.reachable else Flow(reachable=False)
        self.out.append(ir.If(condition, yes, no))
        if asks_ghosts and not all(map(self._is_of_ghosts, statements((*yes, *no)))):
            self._ask_ghosts(test)

    def _ask_ghosts(self, test: ast.expr) -> None:
        """Let a ghost decide what happens: a property may, a helper's caller answers for it, a step is refused."""
        self.reads_ghosts = self.reads_ghosts or self.ghosts_allowed
        if not self.ghosts_allowed:
            self._tested(test)

    def _is_of_ghosts(self, statement: ir.Stmt) -> bool:
        """Say whether a statement does nothing but update ghosts: what is read in it decides nothing else."""
        is_update = isinstance(statement, ir.If | ir.For | ir.Mark) or (
            isinstance(statement, ir.Assign) and self.is_ghost(statement.target)
        )
        inside = [e for expr in expressions(statement) for e in within(expr)]
        return is_update and all(map(self.is_repeatable, inside)) and not any(isinstance(e, ir.Some) for e in inside)

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            raise self.unsupported(
                node, "`else` of a loop is not supported", "keep in a local whether the loop found something"
            )
        source = self.source_of(node.iter)
        walked = self._walked_in_place(node.iter)
        outer = self.flow
        head = outer.copy()
        while True:
            loop, end, breaks = self._looped(node, source, walked, head.copy())
            again = stable(head, end)
            if again == head:
                break
            head = again
        self.flow = head.merged(end) if end.reachable else head
        for flow in breaks:
            self.flow = self.flow.merged(flow)
        self.flow.names = {n: u for n, u in self.flow.names.items() if head.names.get(n) == u}
        self._note_growth(outer, loop)
        self.out.append(loop)
        self._check_dependence(node, loop, set(head.names.values()))

    def _looped(
        self, node: ast.For, source: ir.Expr, walked: ir.Local | ir.Field | None, entry: Flow
    ) -> tuple[ir.For, Flow, list[Flow]]:
        """Write the loop once, given what holds at its head; return it, what holds at its end, and where it is broken."""
        self.flow = entry
        targets = self.targets(node.target, source)
        prologue = self._reassigned(node.target, targets)
        self.times.append(self.most(source))
        self.walking += [walked] if walked is not None else []
        self.leaving.append(([], []))
        body = self.block(node.body)
        broken, continued = self.leaving.pop()
        self.times.pop()
        if walked is not None:
            self.walking.pop()
        end = self.flow
        for flow in continued:
            end = end.merged(flow)
        return ir.For(targets, source, (*prologue, *body)), end, broken

    def _note_growth(self, before: Flow, loop: ir.For) -> None:
        """After a loop that only appends to a local list, it is longer by what all its places append at most."""
        for target in set(assigned(loop.body)):
            grown = self.growth.get(target.name, {}) if isinstance(target, ir.Local) else {}
            if not grown or not isinstance(target.type, ListOf) or None in grown.values():
                continue
            changes = [s.value for s in statements(loop.body) if isinstance(s, ir.Assign) and s.target == target]
            if all(_appends(target, value) for value in changes):
                longest = before.longest(target)
                total = sum(n for n in grown.values() if n is not None)
                self.flow.note(target, Fact(range=integer(0, None if longest is None else longest + total)))

    def _reassigned(self, target: ast.expr, targets: Sequence[ir.Local]) -> list[ir.Stmt]:
        """A loop variable that the function assigns elsewhere, too, is copied into that variable."""
        assert self.node is not None
        names = [t.id for t in (target.elts if isinstance(target, ast.Tuple) else [target]) if isinstance(t, ast.Name)]
        written: list[ir.Stmt] = []
        for name, local in zip(names, targets, strict=True):
            if name in assigned_names(self.node):
                variable = self.assigned(name, local.type, target)
                written.append(ir.Assign(variable, self.into(local, variable.type, target)))
                self.flow.aliased |= {name}
        return written

    def _walked_in_place(self, node: ast.expr) -> ir.Local | ir.Field | None:
        """Return the root of what a loop walks through without a copy."""
        match node:
            case ast.Call(ast.Attribute(base, "items" | "keys" | "values")):
                return self._walked_in_place(base)
            case ast.Call(ast.Name("enumerate" | "zip" | "reversed"), [first, *_]):
                return self._walked_in_place(first)
            case ast.Subscript(base, index) if not isinstance(index, ast.Slice):
                return self._walked_in_place(base)
            case ast.Name() | ast.Attribute():
                expr = self.expr(node)
                while isinstance(expr, ir.Apply) and expr.operands:
                    expr = expr.operands[0]
                return expr if isinstance(expr, ir.Local | ir.Field) else None
            case _:
                pass
        return None

    def _check_dependence(self, node: ast.For, loop: ir.For, outer: set[str]) -> None:
        reason = dependence(loop, outer, self.assembly.functions)
        if reason is None:
            return
        if is_unordered(loop.source):
            raise self.refusal(node, f"the order of a set or dict decides what this loop does: {reason}", LOOP_REMEDY)
        self.mark_group(loop.source)

    def _leave(self, node: ast.Break | ast.Continue) -> None:
        is_break = isinstance(node, ast.Break)
        self.leaving[-1][0 if is_break else 1].append(self.flow.copy())
        self.out.append(ir.Break() if is_break else ir.Continue())
        self.flow.reachable = False

    def _return(self, node: ast.Return, value: ast.expr | None) -> None:
        if value is None or (isinstance(value, ast.Constant) and value.value is None and self.standing.key.startswith("@")):
            if ("result", self.standing.key) in self.inference.known:
                self.inference.learn(("result", self.standing.key), NOTHING)
            self.out.append(ir.Return(self._nothing()))
        else:
            self._return_value(node, value)
        self.flow.reachable = False

    def _nothing(self) -> ir.Expr | None:
        result = self.inference.known.get(("result", self.standing.key))
        return ir.Const(result, None) if result is not None and isinstance(result, Option | Nothing) else None

    def _return_value(self, node: ast.Return, value: ast.expr) -> None:
        known = self.inference.known.get(("result", self.standing.key))
        if known is None and self.node is not None and self.node.returns is not None:
            known = self.names.annotated(self.node.returns, self.source)
        found = self._valued(value, known)
        self.all_fresh = self.all_fresh and self.is_fresh(value, found.type)
        if self.standing.key.startswith("@"):
            self._return_verdict(node, value, found)
            return
        learned = self.inference.learn(("result", self.standing.key), self.seen(found))
        if learned is None:
            raise self.unsupported(node, "this function returns values of two types", "write two functions")
        self.out.append(ir.Return(self.into(found, learned, value)))

    def _return_verdict(self, node: ast.Return, value: ast.expr, found: ir.Expr) -> None:
        if self.standing.mode != "property":
            raise self.refusal(node, "a step returns nothing", "keep the value in a field")
        self.out.append(ir.Return(self.truth(found, value)))


def _appends(target: ir.Expr, value: ir.Expr) -> bool:
    """Say whether a value is the target's own, with items put in."""
    while isinstance(value, ir.Apply) and value.operator is Op.CONVERT:
        value = value.operands[0]
    if not isinstance(value, ir.Apply) or value.operator not in (Op.LIST_APPEND, Op.LIST_INSERT, Op.CONCAT):
        return False
    return path(value.operands[0]) == target
