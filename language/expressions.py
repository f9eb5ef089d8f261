"""Expressions from Python's `ast`: names, attributes, operators, comparisons, displays, items and slices."""

from __future__ import annotations

import ast
from enum import Enum
from types import FunctionType
from typing import TYPE_CHECKING

from quorate.language import ir
from quorate.language.conversions import FALSE, TRUE, Conversions, apply, number
from quorate.language.declare import Group, Process, Shared, State
from quorate.language.errors import did_you_mean
from quorate.language.ir import Operator as Op
from quorate.language.lattice import (
    ANY_INT,
    BOOL,
    NOTHING,
    absolute,
    high,
    hull,
    in_words,
    integer,
    is_mutable,
    low,
    minus,
    negated,
    parts,
    plus,
    quotient,
    remainder,
    times,
)
from quorate.language.names import ABSENT
from quorate.language.narrowing import assume
from quorate.language.traversal import is_pure, within
from quorate.language.types import (
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
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ARITHMETIC: dict[type[ast.operator], tuple[Op, Callable[[Int, Int], Int]]] = {
    ast.Add: (Op.ADD, plus),
    ast.Sub: (Op.SUB, minus),
    ast.Mult: (Op.MUL, times),
    ast.FloorDiv: (Op.FLOORDIV, quotient),
    ast.Mod: (Op.MOD, remainder),
}
SET_ALGEBRA: dict[type[ast.operator], Op] = {
    ast.BitOr: Op.UNION,
    ast.BitAnd: Op.INTERSECTION,
    ast.Sub: Op.DIFFERENCE,
    ast.BitXor: Op.SYMMETRIC_DIFFERENCE,
}
COMPARISONS: dict[type[ast.cmpop], Op] = {
    ast.Eq: Op.EQ,
    ast.NotEq: Op.NE,
    ast.Is: Op.EQ,
    ast.IsNot: Op.NE,
    ast.Lt: Op.LT,
    ast.LtE: Op.LE,
    ast.Gt: Op.GT,
    ast.GtE: Op.GE,
}
REMEDIES: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("`lambda` has no meaning here", "it is allowed as the `key` of `min`, `max` and `sorted`; write a function"),
    ast.NamedExpr: ("`:=` is not part of the modelling language", "assign on a line of its own"),
    ast.Await: ("`await` is not part of the modelling language", "a step is atomic: split it in two where it would wait"),
    ast.Yield: ("`yield` is not part of the modelling language", "build a list"),
    ast.YieldFrom: ("`yield` is not part of the modelling language", "build a list"),
}


class Expressions(Conversions):
    """Adds expressions. `call` and `comprehension` come with the next layers."""

    def call(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        raise NotImplementedError

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, expected: Type | None
    ) -> ir.Expr:
        raise NotImplementedError

    def method_call(self, function: FunctionType, holder: ir.Expr | int, kind: str, node: ast.expr) -> ir.Expr:
        raise NotImplementedError

    def expr(self, node: ast.expr, expected: Type | None = None) -> ir.Expr:
        """Return what an expression means. `expected` is the type of its use: displays and None take theirs from it."""
        match node:
            case ast.Constant(value):
                return self._literal(node, value, expected)
            case ast.Name(name):
                return self._name(node, name)
            case ast.Attribute():
                return self._attribute(node)
            case ast.BinOp(left, operator, right):
                return self.binary(node, self.expr(left, expected), operator, self.expr(right, expected))
            case ast.UnaryOp(operator, operand):
                return self._unary(node, operator, operand)
            case ast.BoolOp(operator, values):
                return self._connective(operator, values, expected)
            case ast.Compare(left, operators, comparators):
                return self._comparisons(node, [left, *comparators], operators)
            case ast.IfExp(test, then, otherwise):
                return self._conditional(node, test, then, otherwise, expected)
            case ast.Set(items) | ast.List(items):
                return self._items(node, items, expected)
            case ast.Tuple(items):
                return self._tuple_display(items, expected)
            case ast.Dict(keys, values):
                return self._dict_display(node, keys, values, expected)
            case ast.Subscript(base, index):
                return self._subscript(node, base, index)
            case ast.Call():
                return self.call(node, expected)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self.comprehension(node, expected)
            case ast.Lambda() | ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
                self.refuse(node, *REMEDIES[type(node)])
            case ast.JoinedStr():
                self.refuse(node, "text is allowed in the message of an `assert` only", "use an `Enum` for a name in the state")
            case _:
                what = type(node).__name__.lower()
                self.unsupported(node, f"an expression of this sort (`{what}`) is not supported", "write it in plainer Python")

    def value(self, node: ast.expr, t: Type) -> ir.Expr:
        """Return the expression as one of type `t`."""
        return self.into(self.expr(node, t), t, node)

    def condition(self, node: ast.expr) -> ir.Expr:
        """Return whether Python takes the expression for true."""
        return self.truth(self.expr(node), node)

    def integer(self, node: ast.expr) -> ir.Expr:
        return self.number_of(self.expr(node), node)

    def number_of(self, expr: ir.Expr, node: ast.expr) -> ir.Expr:
        """Return the expression as an integer, its bounds as they are."""
        expr = self.value_of(expr, node)
        return expr if isinstance(expr.type, Int) else self.into(expr, ANY_INT, node)

    # -- names and literals

    def _literal(self, node: ast.expr, value: object, expected: Type | None) -> ir.Expr:
        if value is None:
            return ir.Const(expected if isinstance(expected, Option) else NOTHING, None)
        if isinstance(value, bool):
            return TRUE if value else FALSE
        if isinstance(value, int):
            return number(value)
        if isinstance(value, str):
            self.refuse(node, "text cannot be a value of the state", "use an `Enum` for names")
        self.refuse(node, f"`{type(value).__name__}` cannot be a value of the state", "use `int`, `bool`, or an `Enum`")

    def _name(self, node: ast.expr, name: str) -> ir.Expr:
        local = self.local(name, node)
        if local is not None:
            return local
        parameter = self.names.parameter(self.source, name)
        if parameter is not None:
            const = self.constant(node, parameter.value, name)
            t = Int(Size(parameter.value, name), Size(parameter.value, name)) if type(parameter.value) is int else const.type
            return ir.Parameter(t, name, const.value)
        found = self.names.value(self.source, name)
        if found is ABSENT:
            self.unknown(name, node, [*self.flow.names, *self.names.known(self.source)])
        return self.constant(node, found, name)

    def constant(self, node: ast.expr, value: object, name: str) -> ir.Const:  # noqa: C901  (one line for each sort of value)
        """Return a value of the module as a constant; what could change during the search is refused."""
        match value:
            case None:
                return ir.Const(NOTHING, None)
            case bool():
                return ir.Const(BOOL, value)
            case int():
                return number(value)
            case Enum():
                t = self.assembly.model.types.get(type(value).__name__)
                if not isinstance(t, Enumeration):
                    self.refuse(node, f"`{name}` is of an enum that no field uses", "declare a field with it, or use another")
                return ir.Const(t, t.members.index(value.name))
            case Group():
                return self.group(value)
            case Process():
                return self.member(value)
            case tuple() | frozenset():
                return self._collection(node, value, name)
            case type() if issubclass(value, Enum) and isinstance(
                t := self.assembly.model.types.get(value.__name__), Enumeration
            ):
                return ir.Const(ListOf(t, Size(len(t.members), str(len(t.members)))), tuple(range(len(t.members))))
            case list() | set() | dict():
                self.refuse(
                    node,
                    f"`{name}` is a module's own {type(value).__name__}: it could change during the search",
                    "write a tuple or a frozenset, or make it a field of a `Shared` class",
                )
            case Shared():
                self.refuse(
                    node, f"`{name}` is shared state, not a value", f"use one of its fields: `{name}.{self._some_field(value)}`"
                )
            case _:
                self.refuse(node, f"`{name}` is not a value that a step can use")

    def _some_field(self, holder: State) -> str:
        fields = self.assembly.model.fields.get(type(holder).__name__, ())
        return fields[0].name if fields else "field"

    def group(self, group: Group[Process]) -> ir.Const:
        """Return a group as the list of its members."""
        members = tuple(m.number for m in group.members)
        size = self.names.group_size(group)
        longest = Size(len(members), str(len(members)) if size is None else size.name)
        return ir.Const(ListOf(self.process_type(group.kind), longest), members)

    def member(self, process: Process) -> ir.Const:
        """Return one process by number; one of several breaks the symmetry of its group."""
        group = self.names.group_of(process)
        if group is not None and len(group) > 1:
            self.assembly.ordered.add(group.name)
        return ir.Const(self.process_type(type(process)), process.number)

    def process_type(self, kind: type[State]) -> ProcessId:
        return self.assembly.model.ids[kind.__name__]

    def _collection(self, node: ast.expr, value: tuple[object, ...] | frozenset[object], name: str) -> ir.Const:
        items = [self.constant(node, v, name) for v in value]
        if isinstance(value, tuple):
            return ir.Const(TupleOf(tuple(i.type for i in items)), tuple(i.value for i in items))
        return ir.Const(SetOf(self.joined(node, [i.type for i in items])), frozenset(i.value for i in items))

    # -- attributes

    def _attribute(self, node: ast.Attribute) -> ir.Expr:
        named = self._module_attribute(node)
        if named is not None:
            return named
        shared = self.shared_holder(node.value)
        if shared is not None:
            return self.field(node, shared[0], shared[1], node.attr, old=shared[2])
        is_old, base = self.base(node.value)
        match base.type:
            case ProcessId(kind, _):
                return self._process_attribute(node, base, kind, old=is_old)
            case RecordOf(name, fields):
                return self._component(node, base, name, dict(fields))
            case Enumeration() if node.attr in ("name", "value"):
                self.unsupported(node, f"`.{node.attr}` of an enum has no meaning here", "compare the members themselves")
        self.refuse(node, f"a `{in_words(base.type)}` has no attribute `{node.attr}`")

    def _module_attribute(self, node: ast.Attribute) -> ir.Expr | None:
        """Return `Role.LEADER`, or what a module of the user's has under the name."""
        if not isinstance(node.value, ast.Name) or node.value.id in self.flow.names:
            return None
        owner = self.names.value(self.source, node.value.id)
        if isinstance(owner, type) and issubclass(owner, Enum):
            if node.attr not in owner.__members__:
                hint = did_you_mean(node.attr, owner.__members__)
                self.refuse(node, f"`{owner.__name__}` has no member `{node.attr}`{hint}")
            return self.constant(node, owner[node.attr], node.attr)
        for source in self.assembly.model.sources:
            if owner is source.module:
                found = vars(source.module).get(node.attr, ABSENT)
                if found is ABSENT:
                    self.unknown(node.attr, node, self.names.known(source))
                return self.constant(node, found, node.attr)
        return None

    def base(self, node: ast.expr) -> tuple[bool, ir.Expr]:
        """Return what an attribute is taken of, and whether it is seen as it was before the step."""
        if isinstance(node, ast.Call) and self.is_builtin(node.func, "old"):
            holder = self.value_of(self.expr(self._old_argument(node)), node)
            return True, holder
        base = self.value_of(self.expr(node), node)
        return self.is_old(base), base

    def _old_argument(self, node: ast.Call) -> ast.expr:
        if self.standing.mode != "property":
            self.refuse(node, "`old` is for `@step` properties", "keep what you need in a field")
        if len(node.args) != 1 or node.keywords:
            self.refuse(node, "`old` takes one process or shared state")
        return node.args[0]

    def is_old(self, expr: ir.Expr) -> bool:
        """Say whether an id was reached through `old`: then what is reached through it is old, too."""
        return any(
            (isinstance(e, ir.Field) and e.old) or (isinstance(e, ir.Local) and e.name in self.flow.old) for e in within(expr)
        ) and has_ids(expr.type)

    def is_builtin(self, node: ast.expr, name: str) -> bool:
        """Say whether a node names this function of Quorate's or of Python's, not something of the model's own."""
        if not isinstance(node, ast.Name) or node.id in self.variables or node.id in self.flow.names:
            return False
        found = self.names.value(self.source, node.id)
        if found is ABSENT:
            return node.id == name
        return (
            getattr(found, "__module__", None) in ("quorate.language.declare", "builtins")
            and getattr(found, "__name__", "") == name
        )

    def shared_holder(self, node: ast.expr) -> tuple[int, str, bool] | None:
        """Return the number and kind of the shared state that a node names (and whether as it was), or None."""
        if isinstance(node, ast.Call) and self.is_builtin(node.func, "old"):
            inner = self.shared_holder(self._old_argument(node))
            return None if inner is None else (inner[0], inner[1], True)
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.standing.shared:
            number = self.standing.shared[node.id]
            return number, type(self.assembly.model.shared[number]).__name__, False
        found = ABSENT if node.id in self.flow.names else self.names.value(self.source, node.id)
        return (found.number, type(found).__name__, False) if isinstance(found, Shared) else None

    def _process_attribute(self, node: ast.Attribute, base: ir.Expr, kind: str, *, old: bool) -> ir.Expr:
        if node.attr == "index":
            self.mark_ordered(base.type)
            most = (
                max((m.index for m in self.assembly.model.processes if m.number in base.type.members), default=0)
                if isinstance(base.type, ProcessId)
                else 0
            )
            return apply(integer(0, most), Op.INDEX_IN_GROUP, base)
        return self.field(node, base, kind, node.attr, old=old)

    def field(self, node: ast.Attribute, holder: ir.Expr | int, kind: str, name: str, *, old: bool = False) -> ir.Expr:
        """Return a field's value, or what a property of the class computes."""
        declared = {f.name: f for f in self.assembly.model.fields.get(kind, ())}
        if name not in declared:
            computed = self.names.method(self.assembly.model.kinds[kind], name) if kind in self.assembly.model.kinds else ABSENT
            if isinstance(computed, property) and isinstance(computed.fget, FunctionType):
                return self.method_call(computed.fget, holder, kind, node)
            self.refuse(node, f"`{kind}` has no field `{name}`{did_you_mean(name, declared)}")
        self._check_sight(node, holder, name)
        if declared[name].storage == "ghost":
            self._read_ghost(node, name)
        t = self.inference.declared(("field", str(declared[name].where), name), declared[name].type)
        return ir.Field(t, holder, kind, name, old)

    def _check_sight(self, node: ast.Attribute, holder: ir.Expr | int, name: str) -> None:
        if isinstance(holder, int) or self.standing.inside is None:
            return
        if not (isinstance(holder, ir.Local) and holder.name in self.standing.own):
            what = ast.unparse(node)
            self.refuse(
                node,
                f"`{what}` is a field of another process: a step sees its own only",
                f"send `{name}` in a message, or write a module-level `@action`",
            )

    def _read_ghost(self, node: ast.Attribute, name: str) -> None:
        if not self.ghosts_allowed:
            self.refuse(
                node, f"`{name}` is a ghost: a step may write it, not read it", "make the field `durable` or `volatile`"
            )
        self.reads_ghosts = True

    def _component(self, node: ast.Attribute, base: ir.Expr, record: str, fields: dict[str, Type]) -> ir.Expr:
        if node.attr in fields:
            return ir.Component(fields[node.attr], base, node.attr)
        cls = self.assembly.model.records.get(record)
        computed = ABSENT if cls is None else self.names.method(cls, node.attr)
        if isinstance(computed, property) and isinstance(computed.fget, FunctionType):
            return self.method_call(computed.fget, base, record, node)
        self.refuse(node, f"`{record}` has no field `{node.attr}`{did_you_mean(node.attr, fields)}")

    def mark_ordered(self, t: Type) -> None:
        """Note that the order or the single members of the groups of these ids matter: they are not symmetric."""
        if isinstance(t, ProcessId):
            for group in self.assembly.model.groups:
                if any(m.number in t.members for m in group.members):
                    self.assembly.ordered.add(group.name)
        for part in parts(t):
            self.mark_ordered(part)

    # -- operators

    def binary(self, node: ast.expr, left: ir.Expr, operator: ast.operator, right: ir.Expr) -> ir.Expr:
        """Return an arithmetic operator, or the algebra of sets, lists and dicts."""
        left, right = self.sequence(self.value_of(left, node)), self.sequence(self.value_of(right, node))
        kind = type(operator)
        match left.type, right.type:
            case Int(), Int() if kind in ARITHMETIC:
                symbol, bounds = ARITHMETIC[kind]
                return apply(bounds(self.flow.range(left), self.flow.range(right)), symbol, left, right)
            case (SetOf() | ListOf(), SetOf() | ListOf()) if kind in SET_ALGEBRA and SetOf in (
                type(left.type),
                type(right.type),
            ):
                return self.algebra(node, SET_ALGEBRA[kind], self.as_set(left), self.as_set(right))
            case ListOf(), ListOf() if kind is ast.Add:
                return self.concatenated(node, left, right)
            case ListOf(), Int() if kind is ast.Mult:
                return self._repeated(node, left, right)
            case DictOf(), DictOf() if kind is ast.BitOr:
                t = self.joined(node, [left.type, right.type])
                return apply(t, Op.DICT_MERGE, self.into(left, t, node), self.into(right, t, node))
            case (ListOf(), ListOf()) if kind in SET_ALGEBRA and isinstance(left, ir.Const) and isinstance(right, ir.Const):
                return self.algebra(node, SET_ALGEBRA[kind], self.as_set(left), self.as_set(right))
            case (Bool(), _) | (_, Bool()) if kind in ARITHMETIC:
                self.refuse(node, "arithmetic with a `bool`", "write `1 if ... else 0`")
        if kind is ast.Div:
            self.refuse(node, "`/` gives a float, which cannot be in the state", "write `//`")
        if kind is ast.Pow and isinstance(left, ir.Const | ir.Parameter) and isinstance(right, ir.Const | ir.Parameter):
            base, exponent = left.value, right.value
            if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
                return number(int(base**exponent))
        symbol = ast.unparse(ast.BinOp(ast.Name("a"), operator, ast.Name("b")))
        self.refuse(node, f"`{symbol}` has no meaning for `{in_words(left.type)}` and `{in_words(right.type)}`")

    def algebra(self, node: ast.expr, operator: Op, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        """Return an operation on two sets: the result's type has room for what it may hold."""
        both = self.joined(node, [left.type, right.type])
        return apply(both, operator, self.into(left, both, node), self.into(right, both, node))

    def concatenated(self, node: ast.expr, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        assert isinstance(left.type, ListOf)
        assert isinstance(right.type, ListOf)
        item = self.lattice.items(left.type.item, right.type.item)
        if item is None:
            self.refuse(node, f"`{in_words(left.type)}` and `{in_words(right.type)}` cannot be one list")
        lengths = [left.type.longest, right.type.longest]
        known = [s.value for s in lengths if s is not None]
        total = None if len(known) < len(lengths) else Size(sum(known), str(sum(known)))
        sides = [self.into(s, ListOf(item, s.type.longest), node) for s in (left, right) if isinstance(s.type, ListOf)]
        return apply(ListOf(item, total), Op.CONCAT, *sides)

    def _repeated(self, node: ast.expr, items: ir.Expr, times_: ir.Expr) -> ir.Expr:
        """`[x] * n` with an n known when the model is loaded."""
        if not (isinstance(items, ir.Apply) and items.operator is Op.MAKE_LIST and isinstance(times_, ir.Const | ir.Parameter)):
            self.unsupported(
                node, "a list is repeated by a number that is not constant", "write a comprehension over `range(...)`"
            )
        assert isinstance(items.type, ListOf)
        count = times_.value
        assert isinstance(count, int)
        length = max(0, count) * len(items.operands)
        return apply(ListOf(items.type.item, Size(length, str(length))), Op.MAKE_LIST, *(items.operands * max(0, count)))

    def _unary(self, node: ast.expr, operator: ast.unaryop, operand: ast.expr) -> ir.Expr:
        if isinstance(operator, ast.Not):
            return apply(BOOL, Op.NOT, self.condition(operand))
        value = self.integer(operand)
        match operator, value:
            case ast.USub(), ir.Const(_, int() as known):
                return number(-known)
            case ast.USub(), _:
                return apply(negated(self.flow.range(value)), Op.NEG, value)
            case ast.UAdd(), _:
                return value
        self.unsupported(node, "`~` is not supported", "write it in plainer arithmetic")

    def _connective(self, operator: ast.boolop, values: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
        """`and`, `or`: each operand is read knowing what those before it were."""
        is_and = isinstance(operator, ast.And)
        before = self.flow.copy()
        operands: list[ir.Expr] = []
        for node in values:
            operands.append(self.expr(node, expected))
            known = operands[-1]
            assume(self.flow, known if isinstance(known.type, Bool) else self.truth(known, node), is_and)
        self.flow.take(before)
        if all(isinstance(o.type, Bool) for o in operands):
            return apply(BOOL, Op.AND if is_and else Op.OR, *operands)
        return self._chosen(is_and, operands, values)

    def _chosen(self, is_and: bool, operands: list[ir.Expr], nodes: Sequence[ast.expr]) -> ir.Expr:
        """`a or b` of values that are not conditions is the first that is true, else the last."""
        result = operands[-1]
        for operand, node in zip(reversed(operands[:-1]), list(reversed(nodes))[1:], strict=True):
            if not is_pure(operand):
                self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
            kept = operand
            if not is_and and isinstance(kept.type, Option):
                kept = apply(kept.type.item, Op.VALUE, kept)
            t = self.joined(node, [kept.type, result.type])
            kept, result = self.into(kept, t, node), self.into(result, t, node)
            condition = self.truth(operand, node)
            result = apply(t, Op.IF, condition, *((result, kept) if is_and else (kept, result)))
        return result

    def _conditional(
        self, node: ast.expr, test: ast.expr, then: ast.expr, otherwise: ast.expr, expected: Type | None
    ) -> ir.Expr:
        condition = self.condition(test)
        before = self.flow.copy()
        assume(self.flow, condition, truth=True)
        yes = self.expr(then, expected)
        yes_range = self.flow.range(yes)
        self.flow.take(before.copy())
        assume(self.flow, condition, truth=False)
        no = self.expr(otherwise, expected)
        no_range = self.flow.range(no)
        self.flow.take(before)
        if isinstance(yes.type, Int) and isinstance(no.type, Int):
            t: Type = hull(yes_range, no_range)
        else:
            t = self.joined(node, [yes.type, no.type])
        return apply(t, Op.IF, condition, self.into(yes, t, then), self.into(no, t, otherwise))

    # -- comparisons

    def _comparisons(self, node: ast.Compare, nodes: list[ast.expr], operators: Sequence[ast.cmpop]) -> ir.Expr:
        """`a < b <= c` compares neighbours; what stands in the middle is read twice."""
        found: list[ir.Expr] = []
        before = self.flow.copy()
        for i, operator in enumerate(operators):
            found.append(self.comparison(node, nodes[i], operator, nodes[i + 1]))
            assume(self.flow, found[-1], truth=True)
            if i > 0 and not is_pure(self.expr(nodes[i])):
                self.unsupported(nodes[i], "this would be computed twice", "give it a name on a line of its own")
        self.flow.take(before)
        return found[0] if len(found) == 1 else apply(BOOL, Op.AND, *found)

    def comparison(self, node: ast.Compare, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ir.Expr:
        match operator:
            case ast.In() | ast.NotIn():
                found = self._membership(left, right)
                return apply(BOOL, Op.NOT, found) if isinstance(operator, ast.NotIn) else found
            case ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot():
                a = self.expr(left)
                b = self.expr(right, a.type)
                if isinstance(operator, ast.Is | ast.IsNot):
                    self._check_identity(node, a, b)
                return self.equality(node, COMPARISONS[type(operator)], a, b)
            case _:
                return self._order(node, self.expr(left), operator, self.expr(right))

    def equality(self, node: ast.expr, operator: Op, a: ir.Expr, b: ir.Expr) -> ir.Expr:
        """Return whether two values are equal (or are not), both brought to the type that they have in common."""
        if isinstance(a.type, Int) and isinstance(b.type, Int):
            return apply(BOOL, operator, a, b)
        t = self.lattice.join(a.type, b.type)
        if t is None:
            self.refuse(node, f"`{in_words(a.type)}` and `{in_words(b.type)}` are never equal")
        return apply(BOOL, operator, self.into(a, t, node), self.into(b, t, node))

    def _check_identity(self, node: ast.Compare, a: ir.Expr, b: ir.Expr) -> None:
        if self.is_old(a) or self.is_old(b):
            self.refuse(node, "`is` does not compare a process with one reached through `old`", "write `==` or `!=`")
        plain = (Nothing, Enumeration, ProcessId)
        for t in (a.type, b.type):
            inner = t.item if isinstance(t, Option) else t
            nones = any(isinstance(s, ir.Const) and s.value is None for s in (a, b))
            if not isinstance(inner, plain) and not nones:
                self.refuse(node, f"`is` compares None, enums and processes, not `{in_words(t)}`", "write `==` or `!=`")

    def _order(self, node: ast.Compare, a: ir.Expr, operator: ast.cmpop, b: ir.Expr) -> ir.Expr:
        a, b = self.value_of(a, node), self.value_of(b, node)
        if SetOf in (type(a.type), type(b.type)):
            return self._inclusion(node, self.as_set(a), operator, self.as_set(b))
        t = self.lattice.join(a.type, b.type)
        if t is None or not self.is_ordered(t):
            self.refuse(node, f"`{in_words(a.type)}` and `{in_words(b.type)}` have no order")
        self.mark_ordered(t)
        if isinstance(t, Int):
            return apply(BOOL, COMPARISONS[type(operator)], a, b)
        return apply(BOOL, COMPARISONS[type(operator)], self.into(a, t, node), self.into(b, t, node))

    def is_ordered(self, t: Type) -> bool:
        """Say whether values of the type can be compared by `<`."""
        return isinstance(t, Int | Enumeration | ProcessId | Bool) or (
            isinstance(t, TupleOf) and all(map(self.is_ordered, t.items))
        )

    def _inclusion(self, node: ast.Compare, a: ir.Expr, operator: ast.cmpop, b: ir.Expr) -> ir.Expr:
        t = self.joined(node, [a.type, b.type])
        a, b = self.into(a, t, node), self.into(b, t, node)
        small, large = (a, b) if isinstance(operator, ast.Lt | ast.LtE) else (b, a)
        subset = apply(BOOL, Op.SUBSET, small, large)
        if isinstance(operator, ast.LtE | ast.GtE):
            return subset
        return apply(BOOL, Op.AND, subset, apply(BOOL, Op.NE, small, large))

    def _membership(self, left: ast.expr, right: ast.expr) -> ir.Expr:
        item = self.expr(left)
        if isinstance(right, ast.Tuple | ast.List | ast.Set) and is_pure(item):
            options = [self.equality(o, Op.EQ, item, self.expr(o, item.type)) for o in right.elts]
            return FALSE if not options else options[0] if len(options) == 1 else apply(BOOL, Op.OR, *options)
        container = self.sequence(self.container(right))
        return self.contains(left, container, item)

    def contains(self, node: ast.expr, container: ir.Expr, item: ir.Expr) -> ir.Expr:
        t = container.type
        wanted = t.key if isinstance(t, DictOf) else t.item if isinstance(t, SetOf | ListOf) else None
        if wanted is None:
            self.refuse(node, f"`in` has no meaning for `{in_words(t)}`")
        if isinstance(wanted, Nothing):
            return FALSE
        if isinstance(item.type, Nothing) and not isinstance(wanted, Option):
            return FALSE
        if isinstance(item.type, Option) and not isinstance(wanted, Option):
            inside = self.contains(node, container, apply(item.type.item, Op.VALUE, item))
            return apply(BOOL, Op.AND, self.is_none(item, negated=True), inside)
        common = self.lattice.join(wanted, item.type)
        if common is None:
            self.refuse(node, f"`{in_words(item.type)}` is never in `{in_words(t)}`")
        if isinstance(wanted, Int):
            return self._contains_number(container, item)
        if isinstance(item.type, ProcessId) and isinstance(wanted, ProcessId) and common != wanted:
            return apply(
                BOOL, Op.CONTAINS, self.into(container, self.rewrapped(t, common), node), self.into(item, common, node)
            )
        return apply(BOOL, Op.CONTAINS, container, self.into(item, wanted, node))

    def _contains_number(self, container: ir.Expr, item: ir.Expr) -> ir.Expr:
        """A number outside the bounds of a container's items is not in it, and must not be converted to one."""
        t = container.type
        wanted = t.key if isinstance(t, DictOf) else t.item if isinstance(t, SetOf | ListOf) else t
        is_range = isinstance(container, ir.Apply) and container.operator is Op.RANGE
        if is_range or not isinstance(wanted, Int) or hull(wanted, self.flow.range(item)) == wanted:
            return apply(
                BOOL,
                Op.CONTAINS,
                container,
                item if is_range else apply(wanted, Op.CONVERT, item) if item.type != wanted else item,
            )
        tests: list[ir.Expr] = []
        if low(wanted) is not None:
            tests.append(apply(BOOL, Op.GE, item, number(low(wanted) or 0)))
        if high(wanted) is not None:
            tests.append(apply(BOOL, Op.LE, item, number(high(wanted) or 0)))
        return apply(BOOL, Op.AND, *tests, apply(BOOL, Op.CONTAINS, container, apply(wanted, Op.CONVERT, item)))

    def rewrapped(self, t: Type, item: Type) -> Type:
        match t:
            case SetOf():
                return SetOf(item)
            case ListOf(_, longest):
                return ListOf(item, longest)
            case DictOf(_, value):
                return DictOf(item, value)
        return t

    # -- containers

    def container(self, node: ast.expr) -> ir.Expr:
        """Return what can be walked, measured, or searched."""
        return self.value_of(self.expr(node), node)

    def sequence(self, expr: ir.Expr) -> ir.Expr:
        """Return a constant or short tuple of one item type as a list, for walking; anything else as it is."""
        if not isinstance(expr.type, TupleOf):
            return expr
        item: Type | None = NOTHING
        for t in expr.type.items:
            item = None if item is None else self.lattice.items(item, t)
        if item is None:
            return expr
        t = ListOf(item, Size(len(expr.type.items), str(len(expr.type.items))))
        return ir.Const(t, expr.value) if isinstance(expr, ir.Const) else apply(t, Op.TO_LIST, expr)

    def as_set(self, expr: ir.Expr) -> ir.Expr:
        """Return the set of a container's items."""
        expr = self.sequence(expr)
        match expr:
            case ir.Const(ListOf(item, _), tuple() as items):
                return ir.Const(SetOf(item), frozenset(items))
        match expr.type:
            case ListOf(item, _):
                return apply(SetOf(item), Op.TO_SET, expr)
            case DictOf(key, _):
                return apply(SetOf(key), Op.KEYS, expr)
        return expr

    def joined(self, node: ast.AST, types: Sequence[Type]) -> Type:
        """Return the least type that holds the values of all."""
        if not types:
            return NOTHING
        result = types[0]
        for t in types[1:]:
            both = self.lattice.join(result, t)
            if both is None:
                self.refuse(node, f"`{in_words(result)}` and `{in_words(t)}` are not one type")
            result = both
        return result

    def _items(self, node: ast.Set | ast.List, nodes: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
        inner = expected.item if isinstance(expected, Option) else expected
        wanted = inner.item if isinstance(inner, SetOf | ListOf) and not isinstance(inner.item, Nothing) else None
        if any(isinstance(n, ast.Starred) for n in nodes):
            return self._starred(node, nodes, wanted)
        items = [self.expr(n, wanted) for n in nodes]
        item = self._item_type(node, [i.type for i in items])
        converted = [self.into(i, item, n) for i, n in zip(items, nodes, strict=True)]
        if isinstance(node, ast.Set):
            return apply(SetOf(item), Op.MAKE_SET, *converted)
        return apply(ListOf(item, Size(len(items), str(len(items)))), Op.MAKE_LIST, *converted)

    def _item_type(self, node: ast.AST, types: Sequence[Type]) -> Type:
        item = self.joined(node, types)
        return Option(NOTHING) if types and isinstance(item, Nothing) else item

    def _starred(self, node: ast.Set | ast.List, nodes: Sequence[ast.expr], wanted: Type | None) -> ir.Expr:
        """`[*xs, y]` and `{*xs, y}`: the parts, put together."""
        pieces: list[ir.Expr] = []
        for n in nodes:
            if isinstance(n, ast.Starred):
                piece = self.sequence(self.container(n.value))
                if isinstance(node, ast.List) and not isinstance(piece.type, ListOf):
                    self.refuse(n, "a list built from a set depends on the order", "write `*sorted(...)`")
            else:
                piece = self._items(
                    ast.copy_location(ast.List([n], ast.Load()), n), [n], ListOf(wanted, None) if wanted else None
                )
            pieces.append(piece if isinstance(node, ast.List) else self.as_set(piece))
        result = pieces[0]
        for piece in pieces[1:]:
            if isinstance(node, ast.List):
                result = self.concatenated(node, result, piece)
            else:
                result = self.algebra(node, Op.UNION, result, piece)
        return result

    def _tuple_display(self, nodes: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
        inner = expected.item if isinstance(expected, Option) else expected
        wanted: Sequence[Type | None] = [None] * len(nodes)
        if isinstance(inner, TupleOf) and len(inner.items) == len(nodes):
            wanted = inner.items
        elif isinstance(inner, ListOf):
            wanted = [inner.item] * len(nodes)
        items = [self.expr(n, w) for n, w in zip(nodes, wanted, strict=True)]
        return apply(TupleOf(tuple(i.type for i in items)), Op.MAKE_TUPLE, *items)

    def _dict_display(
        self, node: ast.Dict, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], expected: Type | None
    ) -> ir.Expr:
        inner = expected.item if isinstance(expected, Option) else expected
        want_key, want_value = (inner.key, inner.value) if isinstance(inner, DictOf) else (None, None)
        named = [k for k in keys if k is not None]
        if len(named) != len(keys):
            return self._spread(node, keys, values, expected)
        key_exprs = [self.expr(k, want_key) for k in named]
        value_exprs = [self.expr(v, want_value) for v in values]
        key = self._item_type(node, [e.type for e in key_exprs])
        value = self._item_type(node, [e.type for e in value_exprs])
        pairs: list[ir.Expr] = []
        for k, v, k_node, v_node in zip(key_exprs, value_exprs, named, values, strict=True):
            pairs += [self.into(k, key, k_node), self.into(v, value, v_node)]
        return apply(DictOf(key, value), Op.MAKE_DICT, *pairs)

    def _spread(
        self, node: ast.Dict, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], expected: Type | None
    ) -> ir.Expr:
        """`{**d, k: v}`: later parts win."""
        result: ir.Expr = apply(DictOf(NOTHING, NOTHING), Op.MAKE_DICT)
        for key, value in zip(keys, values, strict=True):
            piece = self.container(value) if key is None else self._dict_display(node, [key], [value], expected)
            t = self.joined(node, [result.type, piece.type])
            result = apply(t, Op.DICT_MERGE, self.into(result, t, node), self.into(piece, t, node))
        return result

    # -- items and slices

    def _subscript(self, node: ast.Subscript, base: ast.expr, index: ast.expr) -> ir.Expr:
        container = self.container(base)
        if isinstance(index, ast.Slice):
            return self._slice(node, self.sequence(container), index)
        if (
            isinstance(container, ir.Const)
            and isinstance(container.type, ListOf)
            and isinstance(container.type.item, ProcessId)
        ):
            self.mark_ordered(container.type)
        return self.item(node, container, index)

    def item(self, node: ast.expr, container: ir.Expr, index: ast.expr) -> ir.Expr:
        """Return `container[index]` of a list, tuple or dict."""
        match container.type:
            case DictOf(key, value):
                return apply(value, Op.INDEX, container, self.value(index, key))
            case TupleOf(items):
                return self._tuple_item(node, container, items, index)
            case ListOf(item, _):
                back = self.negative(index)
                if back is not None:
                    return apply(item, Op.INDEX_BACK, container, number(back))
                return apply(item, Op.INDEX, container, self.index(index))
        self.refuse(node, f"a `{in_words(container.type)}` has no items by number")

    def _tuple_item(self, node: ast.expr, container: ir.Expr, items: tuple[Type, ...], index: ast.expr) -> ir.Expr:
        position = self.expr(index)
        if not isinstance(position, ir.Const | ir.Parameter) or not isinstance(position.value, int):
            listed = self.sequence(container)
            if isinstance(listed.type, ListOf):
                return self.item(node, listed, index)
            self.unsupported(index, "an item of a tuple of mixed types is chosen by a computed number", "use `if`, or a record")
        at = position.value + (len(items) if position.value < 0 else 0)
        if not 0 <= at < len(items):
            self.refuse(index, f"the tuple has {len(items)} items")
        return apply(items[at], Op.INDEX, container, number(at))

    def negative(self, index: ast.expr) -> int | None:
        """Return n of a literal index `-n`; a computed one is refused: below zero it would wrap around unnoticed."""
        if not (isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)):
            return None
        value = self.expr(index)
        if (
            isinstance(index.operand, ast.Constant)
            and isinstance(value, ir.Const)
            and isinstance(value.value, int)
            and value.value < 0
        ):
            return -value.value
        if isinstance(value, ir.Const) and value.value == 0:
            return None
        self.refuse(index, "a negative index must be a literal", f"write `len(...) - {ast.unparse(index.operand)}`")

    def index(self, node: ast.expr) -> ir.Expr:
        """Return an index from the front."""
        return self.integer(node)

    def _slice(self, node: ast.Subscript, container: ir.Expr, span: ast.Slice) -> ir.Expr:
        if not isinstance(container.type, ListOf):
            self.refuse(node, f"a `{in_words(container.type)}` has no slices")
        if isinstance(container, ir.Const) and isinstance(container.type.item, ProcessId):
            self.mark_ordered(container.type)
        if span.step is not None:
            return self._reversed_slice(node, container, span)
        if not is_pure(container):
            self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
        start = number(0) if span.lower is None else self._end(span.lower, container)
        stop = self.length(container) if span.upper is None else self._end(span.upper, container)
        return apply(container.type, Op.SLICE, container, start, stop)

    def _reversed_slice(self, node: ast.Subscript, container: ir.Expr, span: ast.Slice) -> ir.Expr:
        if span.lower is None and span.upper is None and span.step is not None and self.negative(span.step) == 1:
            return apply(container.type, Op.REVERSED, container)
        self.unsupported(node, "a slice with a step is not supported", "write a comprehension over `range(...)`")

    def _end(self, node: ast.expr, container: ir.Expr) -> ir.Expr:
        """An end of a slice, from the front; one below zero is an error of the model, as for an index."""
        back = self.negative(node)
        if back is not None:
            shorter = apply(
                minus(self.flow.range(self.length(container)), integer(back, back)),
                Op.SUB,
                self.length(container),
                number(back),
            )
            return apply(integer(0, high(self.flow.range(shorter))), Op.MAX, shorter, number(0))
        end = self.integer(node)
        bottom = low(self.flow.range(end))
        return end if bottom is not None and bottom >= 0 else apply(integer(0, high(self.flow.range(end))), Op.CONVERT, end)


def has_ids(t: Type) -> bool:
    """Say whether values of the type hold ids of processes."""
    return isinstance(t, ProcessId) or any(map(has_ids, parts(t)))
