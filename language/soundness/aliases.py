"""Aliases: a change of a container in place is seen by whoever names it in Python, and by nobody else in C.

The rule. A local that may name what lies in a field (or an argument, or a value of the module) does not change it: the field
changes by its own path, an argument is the caller's. A container that changes in place makes *stale* whatever else may name
it, or something in it: locals, what a loop walks, what an expression has read before it calls the helper that does the change.
What is stale is not read again before it is assigned. A container that may hold one object in two places is changed at its
top only. To assign a name or a field anew changes no container; what is stored into a field is copied, and so is what is
sent, but a local whose value was stored counts as naming the field's. Helpers are judged for the fields that their arguments
may name, at every call.

A local that was read from a field, of this process or of what is shared, has the object to itself when the field is assigned
anew: what changes the field from then on changes another one. Whoever else may name the object is known to share it with
that local; for a helper's caller it is still what the field held.
A loop over a dict by its keys (its items too), or over a list by `enumerate`, may change the item of its own key: what
it has still to walk is other items, and the keys stay.

Long because it is one walk: every statement and every expression may share, change, keep or make an object. What a value is
made of is in `sharing.py`, what a change reaches in `changes.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from quorate.language.errors import ModelError
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.soundness.changes import ITEMS, SAME, Walk, is_deep, is_default, label, walk_of
from quorate.language.soundness.sharing import (
    NOBODY,
    NONE,
    Change,
    Parted,
    Scope,
    Token,
    Tokens,
    Value,
    either,
    fields_before,
    together,
    within,
)
from quorate.language.values.lattice import is_mutable, parts
from quorate.language.values.types import ProcessId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from quorate.language.errors import Place

# The operands themselves, while a loop walks them.
WALKS = (Op.ENUMERATE, Op.ZIP, Op.ZIP_STRICT, Op.KEYS, Op.VALUES, Op.ITEMS, Op.REVERSED)
MAKERS = (Op.MAKE_TUPLE, Op.MAKE_LIST, Op.MAKE_SET, Op.MAKE_DICT, Op.MAKE_RECORD)
PUTS = (Op.LIST_APPEND, Op.LIST_INSERT, Op.LIST_SET, Op.SET_ADD, Op.DICT_SET)  # the operands behind the first are put into it
LAZY = (Op.AND, Op.OR)
COPY_REMEDY = "keep a copy (`list(...)`, `set(...)`, `dict(...)`, each inner one, too), or read it again after the change"
PATH_REMEDY = "change the field by its own path (`self.field...`), or build a new value"
CHANGED_BETWEEN = "is changed after this expression has read it, and before it uses what it read"
OWN_LINE = "give what changes it a line of its own"
HELPER_REMEDY = "build a new value; a helper returns it, and its caller assigns it"


def aliases(program: ir.Program) -> list[ModelError]:
    """Return where Python would show a change that C does not, in the order of the source."""
    judge = _Judge(program)
    for step in program.steps:
        judge.body(step.parameters, [], step.body, step.where)
    for prop in program.conditions:
        judge.body(prop.parameters, [], prop.body, prop.where)
    return list(judge.found.values())


@dataclass(slots=True)
class _Summary:
    """What a body does to others: `stored` are its arguments' objects and where it puts them."""

    result: Value = NOBODY
    changed: dict[Token, str] = field(default_factory=dict)
    stored: set[tuple[Token, Tokens]] = field(default_factory=set)
    spoiled: dict[Token, Change] = field(default_factory=dict)  # arguments that have changed by another name


@dataclass(slots=True)
class _Loop:
    """Where a loop is left, and gone on with."""

    broken: Scope
    continued: Scope


@dataclass(slots=True)
class _Judge:
    program: ir.Program
    found: dict[tuple[Place | None, str], ModelError] = field(default_factory=dict)
    known: dict[tuple[str, tuple[Value, ...]], _Summary] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    summary: _Summary = field(default_factory=_Summary)
    loops: list[_Loop] = field(default_factory=list)
    walks: dict[str, Walk] = field(default_factory=dict)  # what the loops around walk, by the names that hold it
    made: set[Token] = field(default_factory=set)  # what the comprehension around has made
    at: Place | None = None
    results: int = 0

    def refuse(self, what: str, remedy: str, where: Place | None = None) -> None:
        where = where or self.at
        self.found.setdefault((where, what), ModelError(what, where, remedy))

    # -- bodies

    def body(
        self, parameters: Sequence[ir.Local], given: Sequence[Value], block: Sequence[ir.Stmt], where: Place | None
    ) -> _Summary:
        """Judge one body for these arguments; return what it does to others."""
        outer = (self.scope, self.summary, self.loops, self.walks, self.made, self.at)
        self.scope, self.summary, self.loops, self.walks, self.made, self.at = Scope(), _Summary(), [], {}, set(), where
        for i, parameter in enumerate(parameters):
            if is_mutable(parameter.type):
                value = Value.of(Token("argument", i)).joined(given[i] if given else NOBODY)
                self.scope.values |= {parameter.name: value, f"%argument{i}": value}
        self.block(block)
        self.leave()
        summary = self.summary
        self.scope, self.summary, self.loops, self.walks, self.made, self.at = outer
        return summary

    def leave(self) -> None:
        """Note, where a body may end, which arguments have changed by another name."""
        if self.scope.reachable:
            for name, change in self.scope.stale.items():
                if name.startswith("%argument"):
                    self.summary.spoiled.setdefault(Token("argument", int(name.removeprefix("%argument"))), change)
        self.scope.reachable = False

    def block(self, body: Sequence[ir.Stmt]) -> None:
        for statement in body:
            if not self.scope.reachable:
                return
            self.at = statement.where or self.at
            self.statement(statement)

    def statement(self, statement: ir.Stmt) -> None:
        match statement:
            case ir.Assign():
                self.assign(statement)
            case ir.If(condition, then, otherwise):
                self.value(condition)
                self.either_way(lambda: self.block(then), lambda: self.block(otherwise))
            case ir.For():
                self.loop(statement)
            case ir.Require(condition) | ir.Limit(condition) | ir.Assert(condition):
                self.value(condition)
            case ir.Return(value):
                if value is not None:
                    self.summary.result = self.summary.result.joined(self.value(value))
                self.leave()
            case ir.Send(message, to, sender):
                self.values([message, to, sender])
            case ir.Evaluate(value):
                self.value(value)
            case ir.Break() | ir.Continue():
                self.jump(statement)
            case _:
                pass

    def jump(self, statement: ir.Break | ir.Continue) -> None:
        """Go where a loop is left or gone on with; one without a C meaning is not in the program."""
        if self.loops:
            loop = self.loops[-1]
            (loop.broken if isinstance(statement, ir.Break) else loop.continued).join(self.scope)
        self.scope.reachable = False

    def either_way(self, *ways: Callable[[], object]) -> None:
        """Judge blocks of which one runs."""
        before, after = self.scope, Scope(reachable=False)
        for way in ways:
            self.scope = before.copy()
            way()
            after.join(self.scope)
        before.take(after)
        self.scope = before

    def loop(self, loop: ir.For) -> None:
        """Judge a loop as often as its head learns something."""
        at, walked = self.at, self.held(self.walked(loop.source))
        self.walks[walked] = walk_of(loop)
        after = self.scope.copy()
        while True:
            head = self.scope.copy()
            self.loops.append(_Loop(Scope(reachable=False), Scope(reachable=False)))
            self.bind(loop.targets, self.scope.values[walked])
            self.block(loop.body)
            left = self.loops.pop()
            self.scope.join(left.continued)
            self.check_walk(walked, at)
            after.join(left.broken)
            after.join(self.scope)
            again = head.copy()
            again.join(self.scope)
            self.scope = again
            if again == head:
                break
        self.scope = after
        self.at = at
        self.scope.drop(walked)
        del self.walks[walked]

    def check_walk(self, walked: str, where: Place | None) -> None:
        """Refuse to go on with a walk through what has changed."""
        change = self.scope.stale.get(walked)
        if change is not None and self.scope.reachable:
            self.refuse(*self.walks[walked].problem(change.name), change.where or where)
            del self.scope.stale[walked]

    def bind(self, targets: Iterable[ir.Local], source: Value) -> None:
        for target in targets:
            self.scope.forget(target.name)
            if is_mutable(target.type):
                self.scope.bind(target.name, source.item())

    # -- changes

    def assign(self, node: ir.Assign) -> None:
        if isinstance(node.target, ir.Field) and isinstance(node.target.holder, ir.Expr):
            self.value(node.target.holder)
        value = self.value(node.value)
        self.at = node.where or self.at
        if isinstance(node.target, ir.Local):
            self.scope.forget(node.target.name)
        if not is_mutable(node.target.type):
            return
        if node.in_place:
            self.change(node, value)
        elif isinstance(node.target, ir.Local):
            self.scope.bind(node.target.name, value)
        else:
            cells = self.cells(node.target)
            held = Token("was", Parted(id(node), cells))
            self.scope.part(node.target, cells, held)
            value = value.parted(node.target, cells, held)
            self.store(value.itself, cells)
            self.store(value.parts, within(cells))

    def change(self, node: ir.Assign, value: Value) -> None:
        """Judge a change in place of a field, or of a local."""
        name, deep = label(node.target), is_deep(node)
        going_on = {walked for walked, walk in self.walks.items() if walk.is_own(node)}
        if isinstance(node.target, ir.Field):
            cells = self.cells(node.target)
            changed = cells | within(cells) if deep else cells
            self.summary.changed |= dict.fromkeys(changed, name)
            self.scope.change(changed, Change(name, self.at), going_on)
            self.store(value.tokens - cells - within(cells), within(cells))
            return
        before = self.scope.values.get(name, NOBODY)
        changed = before.tokens if deep else before.itself
        if before.twice and deep:
            self.refuse(f"`{name}` may hold one value in two places: changing it in one would change both", PATH_REMEDY)
        self.check_owned(name, changed)
        self.summary.changed |= dict.fromkeys(NONE.union(*map(fields_before, changed)), name)
        self.scope.change(changed, Change(name, self.at), {name, *going_on})
        self.scope.values[name] = Value(before.itself, before.parts | value.parts, before.twice or value.twice)

    def check_owned(self, name: str, changed: Tokens) -> None:
        """Refuse to change by a local's name what is somebody else's."""
        sorts = {token.sort for token in changed}
        if "argument" in sorts:
            self.refuse(f"`{name}` is an argument: changing it would change what the caller holds", HELPER_REMEDY)
        elif sorts & {"field", "module"}:
            what = f"`{name}` may name a value that something else holds, too: changing it here would change both"
            self.refuse(what, PATH_REMEDY)

    def store(self, tokens: Tokens, where: Tokens) -> None:
        """Note that objects were put into a field."""
        self.scope.keep(tokens, where)
        self.summary.stored |= {(token, where) for token in tokens if token.sort == "argument"}

    def cells(self, target: ir.Field) -> Tokens:
        """Return the field's containers: of each process that its holder may be."""
        if not isinstance(target.holder, ir.Expr):
            return frozenset({Token("field", (target.name, "shared", target.holder))})
        t = target.holder.type
        holders = t.members if isinstance(t, ProcessId) else range(len(self.program.processes))
        return frozenset(Token("field", (target.name, "process", number)) for number in holders)

    # -- expressions

    def held(self, value: Value) -> str:
        """Keep an intermediate result while something else is evaluated; return its name."""
        self.results += 1
        name = f"%{self.results}"
        self.scope.bind(name, value)
        return name

    def values(self, operands: Iterable[ir.Expr]) -> list[Value]:
        """Return operands that are evaluated one after another: no one changes those before it."""
        at = self.at
        names = [self.held(self.value(operand)) for operand in operands]
        self.at = at
        return [self.released(name) for name in names]

    def released(self, name: str) -> Value:
        """Return an intermediate result; refuse one that has changed since."""
        value = self.scope.values[name]
        change = self.scope.drop(name)
        if change is not None:
            self.refuse(f"`{change.name}` {CHANGED_BETWEEN}", OWN_LINE)
        return value

    def value(self, expr: ir.Expr) -> Value:
        """Return what a value is made of, and judge what evaluating it does."""
        before, self.at = self.at, getattr(expr, "where", None) or self.at
        value = self.meaning(expr)
        self.at = before
        return value if is_mutable(expr.type) else NOBODY

    def meaning(self, expr: ir.Expr) -> Value:
        match expr:
            case ir.Local():
                return self.local(expr)
            case ir.Field(holder=holder):
                if isinstance(holder, ir.Expr):
                    self.value(holder)
                cells = self.cells(expr)
                return Value(cells, within(cells), source=expr if is_one(expr) else None)
            case ir.Component(record=record):
                return self.value(record).item()
            case ir.Apply():
                return self.apply(expr)
            case ir.Comprehension():
                return self.comprehension(expr)
            case ir.Call():
                return self.call(expr)
            case ir.Choose(source=source):
                return self.walked(source).item()
            case ir.Some(option=option):
                return self.value(option)
            case ir.Let(local=local, value=value, body=body):
                named = self.value(value)
                self.scope.forget(local.name)
                if is_mutable(local.type):
                    self.scope.bind(local.name, named)
                return self.value(body)
            case ir.Opaque(parts=parts):
                self.values(parts)
                return NOBODY
            case ir.Const() | ir.Parameter():
                return Value.of(Token("module"))

    def local(self, local: ir.Local) -> Value:
        change = self.scope.stale.get(local.name)
        if change is not None and is_mutable(local.type) and not local.name.isidentifier():
            self.refuse(f"`{change.name}` {CHANGED_BETWEEN}", OWN_LINE)
        elif change is not None and is_mutable(local.type):
            line = "" if change.where is None else f" in line {change.where.line}"
            what = f"`{local.name}` may name a part of `{change.name}`, which has changed{line}: Python shows that here"
            self.refuse(what, COPY_REMEDY)
        return self.scope.values.get(local.name, NOBODY)

    def apply(self, expr: ir.Apply) -> Value:
        if expr.operator is Op.IF:
            return self.conditional(expr)
        if expr.operator in LAZY:
            for operand in expr.operands:
                self.value(operand)
            return NOBODY
        found = self.values(expr.operands)
        if expr.operator in SAME:
            return found[0]
        if expr.operator in ITEMS:
            return found[0].item()
        if expr.operator is Op.DICT_GET:
            return found[0].item().joined(found[2])
        if expr.operator in (Op.MIN, Op.MAX):
            return either(found)
        return self.fresh(expr, self.contents(expr, found))

    def contents(self, expr: ir.Apply, found: Sequence[Value]) -> Value:
        """Return what is in the container, tuple or record that an operator makes."""
        if not any(map(is_mutable, parts(expr.type))):
            return NOBODY
        if expr.operator in MAKERS:
            return together(found)
        if expr.operator is Op.DICT_SET and is_default(expr):
            assert isinstance(expr.operands[2], ir.Apply)
            default = self.value(expr.operands[2].operands[2])
            return together([found[0].item(), default])
        if expr.operator in PUTS:
            return together([found[0].item(), *found[1:]])
        return together([value.item() for value in found])

    def fresh(self, site: ir.Expr, contents: Value) -> Value:
        """Return a value that an expression makes."""
        token = self.scope.make(id(site))
        self.made.add(token)
        contents = contents.aged(token)
        return Value(frozenset({token}), contents.parts, contents.twice)

    def conditional(self, expr: ir.Apply) -> Value:
        condition, *ways = expr.operands
        self.value(condition)
        found: list[Value] = []
        self.either_way(*(partial(self.gathered, found, way) for way in ways))
        return either(found)

    def gathered(self, found: list[Value], expr: ir.Expr) -> None:
        found.append(self.value(expr))

    def walked(self, source: ir.Expr) -> Value:
        """Return what is walked item by item: it has to stay as it is until the walk is over."""
        if isinstance(source, ir.Apply) and source.operator in WALKS:
            names = [self.held(self.walked(operand)) for operand in source.operands]
            return either([self.released(name) for name in names])
        return self.value(source)

    def comprehension(self, expr: ir.Comprehension) -> Value:
        """Judge a comprehension for its first item, and once more for any other."""
        outer, self.made = self.made, set()
        walked: list[str] = []
        for clause in expr.clauses:
            walked.append(self.held(self.walked(clause.source)))
            self.bind(clause.targets, self.scope.values[walked[-1]])
            self.values(clause.conditions)
        first = self.held(either(self.values(expr.body)))
        for clause, name in zip(expr.clauses, walked, strict=True):
            self.bind(clause.targets, self.scope.values[name])
            self.values(clause.conditions)
        again = either(self.values(expr.body))
        found = self.released(first).joined(again)
        for name in walked:
            self.released(name)
        made, self.made = self.made, outer | self.made
        if expr.reduction in (Reduction.MIN, Reduction.MAX):
            return found if expr.default is None else found.joined(self.value(expr.default))
        own = {token.of for token in made}
        contents = together([found])
        is_shared = any(token.of not in own for token in contents.parts)
        return self.fresh(expr, Value(NONE, contents.parts, contents.twice or is_shared))

    def call(self, expr: ir.Call) -> Value:
        """Judge a helper for what its arguments may name, once for each such call, and do what it does here."""
        given = self.values(expr.operands)
        key = (expr.function, tuple(_named(value) for value in given))
        if key not in self.known:
            function = self.program.functions[expr.function]
            self.known[key] = self.body(function.parameters, key[1], function.body, self.at)
        summary = self.known[key]
        for token, name in summary.changed.items():
            self.scope.change(frozenset({token}), Change(name, self.at))
        self.summary.changed |= summary.changed
        for token, change in summary.spoiled.items():
            own = frozenset(t for t in self.meant(token, given) if t.sort != "field")
            self.scope.change(own, Change(change.name, self.at))
        for token, where in summary.stored:
            self.store(self.meant(token, given), where)
        return self.result(expr, summary.result, given)

    def result(self, expr: ir.Call, result: Value, given: Sequence[Value]) -> Value:
        """Return a helper's result as the caller sees it."""
        made = self.fresh(expr, NOBODY).itself
        arguments = {token.of for token in result.tokens if token.sort == "argument"}
        handed = together(given[i] for i in arguments if isinstance(i, int))

        def seen(tokens: Tokens) -> Tokens:
            return NONE.union(*(made if t.sort in {"new", "old"} else self.meant(t, given) for t in tokens))

        return Value(seen(result.itself), seen(result.parts), result.twice or handed.twice)

    def meant(self, token: Token, given: Sequence[Value]) -> Tokens:
        """Return what an object of a helper is for its caller."""
        if token.sort == "was":
            return fields_before(token)
        if token.sort != "argument" or not isinstance(token.of, int):
            return frozenset({token})
        return given[token.of].parts if token.inside else given[token.of].itself


def is_one(field: ir.Field) -> bool:
    """Say whether a field is always of the same holder, as long as no local of its name is assigned."""
    return not isinstance(field.holder, ir.Expr) or isinstance(field.holder, ir.Local | ir.Const)


def _named(value: Value) -> Value:
    """Return what a helper has to know of an argument: the fields that it may name."""
    itself, parts = (frozenset(t for t in side if t.sort in {"field", "module"}) for side in (value.itself, value.parts))
    return Value(itself, parts, value.twice)
