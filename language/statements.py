"""Statements from Python's `ast`: assignments, branches, loops, guards, sending; a problem in one does not hide the next."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language import ir
from quorate.language.comprehensions import sized
from quorate.language.conversions import FALSE, TRUE, apply
from quorate.language.declare import Record
from quorate.language.errors import ModelError
from quorate.language.expressions import has_ids
from quorate.language.ir import Operator as Op
from quorate.language.lattice import NOTHING, high, in_words, integer, is_mutable
from quorate.language.loops import dependence, is_unordered
from quorate.language.mutations import Mutations, Path
from quorate.language.narrowing import Fact, Flow, assume, stable
from quorate.language.traversal import is_pure, within
from quorate.language.types import Int, ListOf, Nothing, Option, ProcessId, RecordOf, SetOf, Size, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.language.body import Assembly, Standing

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
LOOP_REMEDY = "write `for ... in sorted(...)`, or `choose(...)` to try every item"


class Statements(Mutations):
    """Adds statements; with it a body is whole."""

    def __init__(self, assembly: Assembly, standing: Standing, node: ast.FunctionDef | None) -> None:
        super().__init__(assembly, standing, node)
        self.out: list[ir.Stmt] = []
        self.walking: list[ir.Local | ir.Field] = []
        self._times: list[int | None] = []  # how often each loop around runs at most
        self._leaving: list[tuple[list[Flow], list[Flow]]] = []  # for each loop around: where it is broken, and continued
        self._growth: dict[str, dict[int, int | None]] = {}
        self._all_fresh = True
        if node is not None:
            self.reserve(assigned_names(node))
            self.variables |= walked_names(node)

    # -- whole functions

    def function(self, parameters: Sequence[ir.Local], key: str) -> ir.Function:
        assert self.node is not None
        parameters_in, prologue = self.renamed(parameters)
        body = (*prologue, *self.whole(self.node))
        if self.flow.reachable and ("result", key) in self.inference.known:
            self.inference.learn(("result", key), NOTHING)
        result = self.inference.known.get(("result", key))
        if self._all_fresh:
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
        for name, sites in self._growth.items():
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
                self._augmented(node, target, operator, value)
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
                for target in targets:
                    self._delete(target)
            case ast.Pass():
                pass
            case _ if type(node) in REFUSED:
                self.refuse(node, *REFUSED[type(node)])
            case _:
                what, remedy = UNSUPPORTED.get(
                    type(node), (f"`{type(node).__name__.lower()}` is not supported", "write it in plainer Python")
                )
                self.unsupported(node, what, remedy)

    # -- assignments

    def _assign(self, node: ast.Assign, targets: Sequence[ast.expr], value: ast.expr) -> None:
        if len(targets) == 1:
            self._assign_one(targets[0], value)
            return
        found = self._valued(value, None)
        kept = self.temporary(found.type, node)
        self.out.append(ir.Assign(kept, found))
        for target in targets:
            self.put(target, kept, value, fresh=False)

    def _assign_one(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value)
            return
        root = self._root(target)
        if root is not None and self.is_ghost(root):
            self.with_ghosts(root, lambda: self.put(target, self._valued(value, self.expected(target)), value))
            return
        found = self._valued(value, self.expected(target))
        self.put(target, found, value)

    def _root(self, target: ast.expr) -> ir.Local | ir.Field | None:
        while isinstance(target, ast.Subscript):
            target = target.value
        return self.writable(target) if isinstance(target, ast.Attribute) else None

    def expected(self, target: ast.expr) -> Type | None:
        """Return the type that a target gives to what is assigned to it."""
        match target:
            case ast.Name(name):
                return self.inference.known.get(("local", self.standing.key, name))
            case ast.Attribute():
                return self.writable(target).type
            case ast.Subscript(base, _):
                t = self.expected(base)
                return getattr(t, "value", None) or getattr(t, "item", None)
        return None

    def _valued(self, node: ast.expr, expected: Type | None) -> ir.Expr:
        """Return the right-hand side of an assignment: here `pop` is allowed."""
        if isinstance(node, ast.Call):
            taken = self.popped(node)
            if taken is not None:
                return taken
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "keys", "values") and not node.args:
                self.refuse(
                    node, f"`.{node.func.attr}()` shows the dict as it changes", "keep a copy: `set(...)`, `sorted(...)`"
                )
        value = self.expr(node, expected)
        if isinstance(value, ir.Call) and self.assembly.functions[value.function].result is None:
            self.refuse(node, "this helper gives no value", "let it `return` one, or call it on a line of its own")
        return value

    def _annotated_assign(self, target: ast.expr, annotation: ast.expr, value: ast.expr) -> None:
        t = self.names.annotated(annotation, self.source)
        if isinstance(target, ast.Name) and t is not None:
            found = self._valued(value, t)
            if isinstance(t, Option) and isinstance(found.type, Nothing):
                found = ir.Const(Option(self.known_item(target.id)), None)
            self.put(target, found, value)
        else:
            self._assign_one(target, value)

    def known_item(self, name: str) -> Type:
        """Return what an option of this local holds, as far as it is known."""
        known = self.inference.known.get(("local", self.standing.key, name))
        return known.item if isinstance(known, Option) else NOTHING

    def put(self, target: ast.expr, value: ir.Expr, node: ast.expr, *, fresh: bool | None = None) -> None:
        """Assign a value to one target."""
        if isinstance(target, ast.Starred):
            self.unsupported(target, "a starred name is not supported", "take slices")
        if isinstance(target, ast.Name):
            self._put_local(target, value, node, fresh=self.is_fresh(node, value.type) if fresh is None else fresh)
            return
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
            self.unsupported(target, "a slice is assigned", "assign the whole list: `xs = xs[:i] + ys + xs[j:]`")
        self.store(self.path_of(target), value, node)
        self.flow.aliased |= self.embedded(node)

    def _put_local(self, target: ast.Name, value: ir.Expr, node: ast.expr, *, fresh: bool) -> None:
        name = target.id
        local = self.assigned(name, self.seen(value), target)
        self.out.append(ir.Assign(local, self.into(value, local.type, node)))
        known = self.flow.range(value) if isinstance(value.type, Int) else None
        is_old = self.is_old(value)
        present = self.flow.is_present(value) or not isinstance(value.type, Option | Nothing)
        self.flow.forget(local)
        self.note_local(local, known, present=present and isinstance(local.type, Option))
        self.flow.aliased = self.flow.aliased - {name} if fresh else self.flow.aliased | {name} | self.embedded(node)
        self.flow.old = self.flow.old | {name} if is_old and has_ids(local.type) else self.flow.old - {name}

    def note_local(self, local: ir.Local, known: Int | None, *, present: bool) -> None:
        """Note what is known of a local that was just assigned."""
        if known is not None or present:
            self.flow.note(local, Fact(present, known))

    def assigned(self, name: str, t: Type, node: ast.AST) -> ir.Local:
        """A list that is appended to has room for as many items as the loops around can append."""
        local = super().assigned(name, t, node)
        growth = self.inference.known.get(("growth", self.standing.key, name))
        if not isinstance(local.type, ListOf) or not isinstance(growth, Int):
            return local
        most = high(growth)
        longest = None if most is None or local.type.longest is None else local.type.longest.value + most
        return self.bind(name, name, ListOf(local.type.item, sized(longest)))

    def _longer(self, path: Path, t: ListOf, more: int | None, node: ast.expr) -> Size | None:
        if isinstance(path.root, ir.Field) or path.keys:
            return None if t.longest is None or more is None else sized(t.longest.value + more)
        total = more
        for times in self._times:
            total = None if total is None or times is None else total * times
        self._growth.setdefault(path.root.name, {})[id(node)] = total
        return self._plain_length(path.root.name)

    def _plain_length(self, name: str) -> Size | None:
        """Return the length of a local as it is assigned, before anything is appended."""
        known = self.inference.known.get(("local", self.standing.key, name))
        return known.longest if isinstance(known, ListOf) else None

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr) -> None:
        """`a, b = b, a`: the right side is read first."""
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            expected = [None if isinstance(t, ast.Tuple) else self.expected(t) for t in target.elts]
            values = [self._valued(v, e) for v, e in zip(value.elts, expected, strict=True)]
            kept = [self._kept(v, n, target.elts[:i]) for i, (v, n) in enumerate(zip(values, value.elts, strict=True))]
            for part, found, node in zip(target.elts, kept, value.elts, strict=True):
                self._put_part(part, found, node)
            return
        found = self._valued(value, None)
        if not isinstance(found.type, TupleOf) or len(found.type.items) != len(target.elts):
            self.refuse(value, f"a `{in_words(found.type)}` does not unpack into {len(target.elts)} names")
        found = self.once(found, value)
        for i, (part, t) in enumerate(
            zip(target.elts, found.type.items if isinstance(found.type, TupleOf) else (), strict=True)
        ):
            item = apply(t, Op.INDEX, found, ir.Const(integer(i, i), i))
            self._put_part(part, item, value)

    def _put_part(self, part: ast.expr, value: ir.Expr, node: ast.expr) -> None:
        if isinstance(part, ast.Tuple | ast.List):
            self.unsupported(part, "names are unpacked in two levels here", "unpack the inner tuple on the next line")
        self.put(part, value, node)

    def _kept(self, value: ir.Expr, node: ast.expr, before: Sequence[ast.expr]) -> ir.Expr:
        """Return a value that stays what it is while the targets before it are assigned."""
        changed = {root.attr if isinstance(root, ast.Attribute) else getattr(root, "id", "") for root in map(_root_of, before)}
        moving = (isinstance(e, ir.Field | ir.Local) and e.name in changed for e in within(value))
        if not before or (is_pure(value) and not any(moving)):
            return value
        kept = self.temporary(value.type, node)
        self.out.append(ir.Assign(kept, value))
        self.note_local(
            kept, self.flow.range(value) if isinstance(value.type, Int) else None, present=self.flow.is_present(value)
        )
        return kept

    def _augmented(self, node: ast.AugAssign, target: ast.expr, operator: ast.operator, value: ast.expr) -> None:
        path = self.with_target(target)

        def write() -> None:
            before = self.read(path)
            right = self.expr(value, before.type if is_mutable(before.type) else None)
            in_place = isinstance(before.type, SetOf | ListOf) and type(operator) is not ast.Mult or is_mutable(before.type)
            if isinstance(before.type, ListOf) and isinstance(operator, ast.Add):
                self.store(path, self._extended(target, path, before.type, self.sequence(right)), target, in_place=True)
            else:
                self.store(path, self.binary(target, before, operator, right), target, in_place=in_place)

        self.with_ghosts(path.root, write)
        self.flow.aliased |= self.embedded(value)

    def with_target(self, target: ast.expr) -> Path:
        """Return the path of a target that is read and written."""
        if isinstance(target, ast.Name) and self.local(target.id, target) is None:
            self._refuse_global(target, target.id)
        return self.path_of(target)

    def _delete(self, target: ast.expr) -> None:
        if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
            self.unsupported(target, "`del` removes an item of a list or dict here", "assign what shall be left: `xs = xs[1:]`")
        path = self.path_of(target.value)
        t = self.leaf(path)
        if isinstance(t, ListOf):
            after = apply(t, Op.LIST_DELETE, self.read(path), self.position(self.read(path), target.slice))
        else:
            key = self.value(target.slice, getattr(t, "key", NOTHING))
            after = apply(t, Op.DICT_DELETE, self.read(path), key)
        self.store(path, after, target, in_place=True)

    # -- what else names a value

    def is_fresh(self, node: ast.expr, t: Type) -> bool:
        """Say whether nobody else names the value of a node, at any depth."""
        if not is_mutable(t):
            return True
        match node:
            case ast.List(items) | ast.Set(items) | ast.Tuple(items):
                return all(self._is_fresh_item(i) for i in items)
            case ast.Dict(_, values):
                return all(self._is_fresh_item(v) for v in values)
            case ast.IfExp(_, then, otherwise):
                return self.is_fresh(then, t) and self.is_fresh(otherwise, t)
            case ast.BoolOp(_, values):
                return all(self.is_fresh(v, t) for v in values)
            case ast.BinOp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                return not any(is_mutable(p) for p in _items(t)) or self._comprehends_fresh(node)
            case ast.Subscript(_, ast.Slice()):
                return not any(is_mutable(p) for p in _items(t))
            case ast.Call(function):
                return self._is_fresh_call(node, function, t)
        return False

    def _is_fresh_item(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) or self.is_fresh(node, SetOf(NOTHING)) or not is_mutable(self.quiet(node))

    def quiet(self, node: ast.expr) -> Type:
        """Return the type of an expression that has been read already."""
        return self.expr(node.value if isinstance(node, ast.Starred) else node).type

    def _comprehends_fresh(self, node: ast.expr) -> bool:
        elt = (
            node.value if isinstance(node, ast.DictComp) else node.elt if isinstance(node, ast.ListComp | ast.SetComp) else None
        )
        makers = ast.List | ast.Set | ast.Dict | ast.ListComp | ast.SetComp | ast.DictComp
        empty = (
            isinstance(elt, ast.Call)
            and isinstance(elt.func, ast.Name)
            and elt.func.id in ("set", "list", "dict")
            and not elt.args
        )
        return empty or (
            isinstance(elt, makers) and not any(isinstance(n, ast.Name | ast.Attribute) for n in ast.iter_child_nodes(elt))
        )

    def _is_fresh_call(self, node: ast.expr, function: ast.expr, t: Type) -> bool:
        if isinstance(function, ast.Name) and function.id in ("choose", "some", "min", "max"):
            return False
        value = self.expr(node)
        if isinstance(value, ir.Call):
            return value.function in self.assembly.fresh
        return not any(is_mutable(p) for p in _items(t))

    def embedded(self, node: ast.expr) -> set[str]:
        match node:
            case ast.Name(name):
                unique = self.flow.names.get(name)
                return {unique} if unique is not None and is_mutable(self._types[unique]) else set()
            case ast.List(items) | ast.Set(items) | ast.Tuple(items):
                return set().union(*map(self.embedded, items))
            case ast.Dict(_, values) | ast.BoolOp(_, values):
                return set().union(*map(self.embedded, values))
            case ast.IfExp(_, then, otherwise):
                return self.embedded(then) | self.embedded(otherwise)
            case ast.Call(ast.Name(name), arguments, keywords):
                found = vars(self.source.module).get(name)
                if isinstance(found, type) and issubclass(found, Record):
                    return set().union(*map(self.embedded, [*arguments, *(k.value for k in keywords)]))
            case ast.Starred(value):
                return self.embedded(value)
        return set()

    # -- branches and loops

    def _tested(self, test: ast.expr) -> ir.Expr:
        """Return a condition; a wrong one does not hide problems behind it."""
        try:
            return self.condition(test)
        except ModelError as problem:
            self.assembly.problems.append(problem)
            return apply(TRUE.type, Op.NOT, FALSE)

    def _if(self, test: ast.expr, then: Sequence[ast.stmt], otherwise: Sequence[ast.stmt]) -> None:
        condition = self._tested(test)
        before = self.flow.copy()
        assume(self.flow, condition, truth=True)
        yes = self.block(then)
        after = self.flow
        self.flow = before
        assume(self.flow, condition, truth=False)
        no = self.block(otherwise)
        self.flow = after.merged(self.flow) if after.reachable or self.flow.reachable else Flow(reachable=False)
        self.out.append(ir.If(condition, yes, no))

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            self.unsupported(node, "`else` of a loop is not supported", "keep in a local whether the loop found something")
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
        self.out.append(loop)
        self._check_dependence(node, loop, set(head.names.values()))

    def _looped(
        self, node: ast.For, source: ir.Expr, walked: ir.Local | ir.Field | None, entry: Flow
    ) -> tuple[ir.For, Flow, list[Flow]]:
        """Write the loop once, given what holds at its head; return it, what holds at its end, and where it is broken."""
        self.flow = entry
        targets = self.targets(node.target, source)
        prologue = self._reassigned(node.target, targets)
        self._times.append(self._longest(source.type))
        self.walking += [walked] if walked is not None else []
        self._leaving.append(([], []))
        body = self.block(node.body)
        broken, continued = self._leaving.pop()
        self._times.pop()
        if walked is not None:
            self.walking.pop()
        end = self.flow
        for flow in continued:
            end = end.merged(flow)
        return ir.For(targets, source, (*prologue, *body)), end, broken

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
        return None

    def _check_dependence(self, node: ast.For, loop: ir.For, outer: set[str]) -> None:
        reason = dependence(loop, outer, self.assembly.functions)
        if reason is None:
            return
        if is_unordered(loop.source):
            self.refuse(node, f"the order of a set or dict decides what this loop does: {reason}", LOOP_REMEDY)
        self.mark_group(loop.source)

    def _leave(self, node: ast.Break | ast.Continue) -> None:
        is_break = isinstance(node, ast.Break)
        self._leaving[-1][0 if is_break else 1].append(self.flow.copy())
        self.out.append(ir.Break() if is_break else ir.Continue())
        self.flow.reachable = False

    def _return(self, node: ast.Return, value: ast.expr | None) -> None:
        if value is None or (isinstance(value, ast.Constant) and value.value is None and self.standing.key.startswith("@")):
            if ("result", self.standing.key) in self.inference.known:
                self.inference.learn(("result", self.standing.key), NOTHING)
            self.out.append(ir.Return(self._nothing(node)))
        else:
            self._return_value(node, value)
        self.flow.reachable = False

    def _nothing(self, node: ast.Return) -> ir.Expr | None:
        result = self.inference.known.get(("result", self.standing.key))
        return ir.Const(result, None) if result is not None and isinstance(result, Option | Nothing) else None

    def _return_value(self, node: ast.Return, value: ast.expr) -> None:
        known = self.inference.known.get(("result", self.standing.key))
        if known is None and self.node is not None and self.node.returns is not None:
            known = self.names.annotated(self.node.returns, self.source)
        found = self._valued(value, known)
        self._all_fresh = self._all_fresh and self.is_fresh(value, found.type)
        if self.standing.key.startswith("@"):
            self._return_verdict(node, value, found)
            return
        learned = self.inference.learn(("result", self.standing.key), self.seen(found))
        if learned is None:
            self.unsupported(node, "this function returns values of two types", "write two functions")
        self.out.append(ir.Return(self.into(found, learned, value)))

    def _return_verdict(self, node: ast.Return, value: ast.expr, found: ir.Expr) -> None:
        if self.standing.mode != "property":
            self.refuse(node, "a step returns nothing", "keep the value in a field")
        self.out.append(ir.Return(self.truth(found, value)))

    # -- guards, checks, messages

    def _expression(self, node: ast.Expr, value: ast.expr) -> None:
        if isinstance(value, ast.Constant) and (isinstance(value.value, str) or value.value is ...):
            return
        if not isinstance(value, ast.Call):
            self.expr(value)
            self.refuse(node, "this computes a value and drops it", "assign it, or leave it out")
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
                self.refuse(value, f"`{name}` is for steps: a property only looks", "write a condition")
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
            self.refuse(value, "this computes a value and drops it", "assign it, or leave it out")

    def _guard(self, node: ast.Call) -> ir.Expr:
        if len(node.args) != 1 or node.keywords:
            self.refuse(node, f"`{ast.unparse(node.func)}` takes one condition")
        return self._tested(node.args[0])

    def _require(self, node: ast.Call) -> None:
        condition = self._guard(node)
        self.out.append(ir.Require(condition))
        assume(self.flow, condition, truth=True)

    def _limit(self, node: ast.Call) -> None:
        condition = self._guard(node)
        named = {e.name: e.value for e in within(condition) if isinstance(e, ir.Parameter)}
        text = ast.unparse(node.args[0])
        if len(named) == 1:
            text = " = ".join(str(x) for x in next(iter(named.items())))
        self.out.append(ir.Limit(condition, self.assembly.limit(self.place(node), text)))
        assume(self.flow, condition, truth=True)

    def _skip(self, node: ast.Call) -> None:
        if node.args or node.keywords:
            self.refuse(node, "`skip` takes nothing")
        self.out.append(ir.Require(FALSE))
        self.flow.reachable = False

    def _assert(self, test: ast.expr) -> None:
        before, self.out = self.out, []
        condition = self._tested(test)
        written, self.out = self.out, before
        called = [e.function for e in within(condition) if isinstance(e, ir.Call)]
        impure = any(not self.assembly.footprint(self.assembly.functions[f].body).is_pure for f in called)
        if written or impure or any(isinstance(e, ir.Choose | ir.Some) for e in within(condition)):
            self.refuse(test, "this `assert` does more than look", "do it on a line of its own, and assert the result")
        self.out.append(ir.Assert(condition))
        assume(self.flow, condition, truth=True)

    def _send(self, node: ast.Call) -> None:
        message, to, sender = self._envelope(node, "send")
        target = self.value_of(self.expr(to), to)
        if not isinstance(target.type, ProcessId):
            self.refuse(to, f"`send` goes to a process, not to `{in_words(target.type)}`", "`broadcast` goes to several")
        self._check_receiver(node, message, target.type, sender)
        self.out.append(ir.Send(message, target, sender))

    def _broadcast(self, node: ast.Call) -> None:
        message, to, sender = self._envelope(node, "broadcast")
        targets = self.sequence(self.container(to))
        if not isinstance(targets.type, SetOf | ListOf) or not isinstance(targets.type.item, ProcessId | Nothing):
            self.refuse(to, f"`broadcast` goes to several processes, not to `{in_words(targets.type)}`", "`send` goes to one")
        if isinstance(targets.type.item, ProcessId):
            self._check_receiver(node, message, targets.type.item, sender)
            self.out.append(ir.Send(message, targets, sender, every=True))

    def _envelope(self, node: ast.Call, name: str) -> tuple[ir.Expr, ast.expr, ir.Expr]:
        if self.standing.mode == "initial":
            self.refuse(node, "`@initial` computes first values and sends nothing", "send in an `@action`")
        named = {k.arg: k.value for k in node.keywords}
        if len(node.args) != 1 or "to" not in named or not set(named) <= {"to", "sender"}:
            self.refuse(node, f"`{name}` takes a message and `to=`", f"write `{name}(Message(...), to=...)`")
        message = self.value_of(self.expr(node.args[0]), node.args[0])
        if not isinstance(message.type, RecordOf) or message.type.name not in self.names.message_classes:
            self.refuse(
                node.args[0], f"`{name}` takes a message, not `{in_words(message.type)}`", "derive the class from `Message`"
            )
        return message, named["to"], self._sender(node, named.get("sender"))

    def _sender(self, node: ast.Call, given: ast.expr | None) -> ir.Expr:
        own = self.own_process()
        if given is None:
            if own is None:
                self.refuse(node, "who sends this is not said", "a module-level step writes `sender=`")
            return own
        sender = self.value_of(self.expr(given), given)
        if own is not None and sender != own:
            self.refuse(given, "a process sends as itself only", "leave `sender=` out")
        if not isinstance(sender.type, ProcessId):
            self.refuse(given, f"the sender is a process, not `{in_words(sender.type)}`")
        return sender

    def own_process(self) -> ir.Local | None:
        """Return the process whose step this is, where it has a name here."""
        for unique in self.flow.names.values():
            if unique in self.standing.own and self.standing.inside is not None:
                return ir.Local(self._types[unique], unique)
        return None

    def _check_receiver(self, node: ast.Call, message: ir.Expr, target: ProcessId, sender: ir.Expr) -> None:
        """Refuse a message that no process among its targets could ever receive from this sender."""
        assert isinstance(message.type, RecordOf)
        handlers = self.names.handlers(message.type.name, target)
        if not handlers:
            what = f"no handler of `{target.kind}` receives `{message.type.name}`"
            self.refuse(node, what, f"write `@receive def on_...(self, m: {message.type.name}) -> None` in `{target.kind}`")
        assert isinstance(sender.type, ProcessId)
        allowed = [h.sender for h in handlers]
        if all(
            a is not None and not set(self.assembly.model.ids[a.__name__].members) & set(sender.type.members) for a in allowed
        ):
            named = " or ".join(sorted({a.__name__ for a in allowed if a is not None}))
            self.refuse(
                node, f"`{handlers[0].name}` takes `{message.type.name}` from `{named}` only, not from `{sender.type.kind}`"
            )


def assigned_names(node: ast.FunctionDef) -> set[str]:
    """Return the names that a function assigns, other than as loop variables."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Assign(targets):
                found |= {
                    n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                }
            case ast.AugAssign(ast.Name(name)) | ast.AnnAssign(ast.Name(name)):
                found.add(name)
    return found


def walked_names(node: ast.FunctionDef) -> set[str]:
    """Return the names that a function's loops bind."""
    targets = [inner.target for inner in ast.walk(node) if isinstance(inner, ast.For)]
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}


def _items(t: Type) -> tuple[Type, ...]:
    return tuple(p for p in (getattr(t, "item", None), getattr(t, "key", None), getattr(t, "value", None)) if p is not None)


def _root_of(target: ast.expr) -> ast.expr:
    while isinstance(target, ast.Subscript):
        target = target.value
    return target
