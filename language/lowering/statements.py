"""Which statement of Python's `ast` is what, and whole functions; a problem in one statement does not hide the next."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.errors import ModelError
from quorate.language.loading.marks import number_of
from quorate.language.lowering.body import assigned_names
from quorate.language.lowering.branches import Branches
from quorate.language.lowering.narrowing import assume
from quorate.language.program import ir
from quorate.language.values.lattice import NOTHING, integer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


REFUSED: dict[type[ast.stmt], tuple[str, str]] = {
    ast.While: (
        "`while` is not part of the modelling language",
        "a step must end: use `for i in range(...)` with a constant bound",
    ),
    ast.Try: ("`try` is not part of the modelling language", "test for what would fail, with `if` or `require(...)`"),
    ast.TryStar: ("`try` is not part of the modelling language", "test for what would fail, with `if` or `require(...)`"),
    ast.Global: ("`global` is not part of the modelling language", "make it a field of a `Shared` class"),
    ast.Nonlocal: ("`nonlocal` is not part of the modelling language", "hand the value over and return the new one"),
    ast.Raise: ("`raise` is not part of the modelling language", "write `assert False, ...` for what must not happen"),
    ast.AsyncFor: ("`async` is not part of the modelling language", "a step is atomic: split it in two where it would wait"),
    ast.AsyncWith: ("`async` is not part of the modelling language", "a step is atomic: split it in two where it would wait"),
}
UNSUPPORTED: dict[type[ast.stmt], tuple[str, str]] = {
    ast.With: ("`with` is not supported", "a step needs no resources"),
    ast.FunctionDef: ("a function inside a function is not supported", "define it beside the class, or as a method"),
    ast.ClassDef: ("a class inside a function is not supported", "define it at the top level of the module"),
    ast.Import: ("an import inside a function is not supported", "import at the top of the module"),
    ast.ImportFrom: ("an import inside a function is not supported", "import at the top of the module"),
    ast.Match: ("`match` is not supported", "write `if` and `elif`"),
}


class Statements(Branches):
    """Adds the table of statements; with it a body is whole."""

    def function(self, parameters: Sequence[ir.Local], key: str) -> ir.Function:
        assert self.node is not None
        parameters_in, prologue = self.renamed(parameters)
        body = (*prologue, *self.whole(self.node))
        if self.flow.reachable and ("result", key) in self.inference.known:
            self.inference.learn(("result", key), NOTHING)
        result = self.inference.known.get(("result", key))
        if self.all_fresh:
            self.assembly.fresh.add(key)
        return ir.Function(key, parameters_in, result, body)

    def renamed(self, parameters: Sequence[ir.Local]) -> tuple[tuple[ir.Local, ...], list[ir.Stmt]]:
        """Give each parameter that the body assigns another name, so that the local may have a wider type."""
        assert self.node is not None
        assigned = assigned_names(self.node)
        kept: list[ir.Local] = []
        prologue: list[ir.Stmt] = []
        for parameter in parameters:
            if parameter.name not in assigned:
                self.keep_name(parameter.name)
                kept.append(parameter)
                continue
            given = self.temporary(parameter.type, self.node, f"{parameter.name}_given")
            local = self.assigned(parameter.name, parameter.type, self.node)
            prologue.append(
                ir.Assign(local, self.into(given, local.type, ast.copy_location(ast.Name(parameter.name), self.node)))
            )
            kept.append(given)
        return tuple(kept), prologue

    def whole(self, node: ast.FunctionDef) -> tuple[ir.Stmt, ...]:
        """Return the statements of a function, docstring left out."""
        body = node.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
            body = body[1:]
        found = self.block(body)
        for name, sites in self.growth.items():
            counts = [c for c in sites.values() if c is not None]
            total = sum(counts) if len(counts) == len(sites) else None
            self.inference.learn(("growth", self.standing.key, name), integer(0, total))
        return found

    def block(self, nodes: Sequence[ast.stmt]) -> tuple[ir.Stmt, ...]:
        """Return the statements of a block; what cannot be reached is left out."""
        before, self.out = self.out, []
        for node in nodes:
            if not self.flow.reachable:
                break
            try:
                self._statement(node)
            except ModelError as problem:
                self.assembly.problems.append(problem)
        written, self.out = tuple(self.out), before
        return written

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value):
                self._expression(node, value)
            case ast.Assign(targets, value):
                self._assign(node, targets, value)
            case ast.AnnAssign(target, annotation, value):
                if value is not None:
                    self._annotated_assign(target, annotation, value)
            case ast.AugAssign(target, operator, value):
                self._augmented(target, operator, value)
            case ast.If(test, then, otherwise):
                self._if(test, then, otherwise)
            case ast.For():
                self._for(node)
            case ast.Return(value):
                self._return(node, value)
            case ast.Break() | ast.Continue():
                self._leave(node)
            case ast.Assert(test):
                self._assert(test)
            case ast.Delete(targets):
                for deleted in targets:
                    self._delete(deleted)
            case ast.Pass():
                pass
            case _ if type(node) in REFUSED:
                raise self.refusal(node, *REFUSED[type(node)])
            case _:
                what, remedy = UNSUPPORTED.get(
                    type(node), (f"`{type(node).__name__.lower()}` is not supported", "write it in plainer Python")
                )
                raise self.unsupported(node, what, remedy)

    def _expression(self, node: ast.Expr, value: ast.expr) -> None:
        if isinstance(value, ast.Constant) and (isinstance(value.value, str) or value.value is ...):
            return
        if not isinstance(value, ast.Call):
            self.expr(value)
            raise self.refusal(node, "this computes a value and drops it", "assign it, or leave it out")
        number = number_of(value)
        if number is not None:
            self.out.append(ir.Mark(number))
            return
        name = value.func.id if isinstance(value.func, ast.Name) and self.is_builtin(value.func, value.func.id) else ""
        writers: dict[str, Callable[[ast.Call], None]] = {
            "require": self._require,
            "limit": self._limit,
            "skip": self._skip,
            "send": self._send,
            "broadcast": self._broadcast,
        }
        if name in writers:
            if self.standing.mode == "property":
                raise self.refusal(value, f"`{name}` is for steps: a property only looks", "write a condition")
            writers[name](value)
        elif not self.changed(value):
            self._evaluated(value)

    def _evaluated(self, value: ast.Call) -> None:
        found = self.popped(value) or self.expr(value)
        if isinstance(found, ir.Call | ir.Some | ir.Choose):
            self.out.append(ir.Evaluate(found))
            if isinstance(found, ir.Some):
                assume(self.flow, self.is_none(found.option, negated=True), truth=True)
        elif not isinstance(found, ir.Local):
            raise self.refusal(value, "this computes a value and drops it", "assign it, or leave it out")
