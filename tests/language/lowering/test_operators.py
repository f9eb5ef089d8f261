"""Every operator, comprehension and statement of expressions in C against Python's own meaning, on random states."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from quorate.language.errors import Place
from quorate.language.packed.packing import longest_of, size
from quorate.language.packed.routes import walk
from quorate.language.program import ir
from quorate.language.program.ir import Apply, Assign, Clause, Comprehension, Const, Field, Local, Reduction
from quorate.language.program.ir import Operator as Op
from quorate.language.values.state import Budget, Global, Setting
from quorate.language.values.types import (
    Bool,
    DictOf,
    Enumeration,
    Int,
    ListOf,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    TupleOf,
    Type,
)
from quorate.language.values.values import count, unrank
from tests.language.c.emitted import Emitted

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Place("operators.py", 1, 1)


def between(low: int, high: int) -> Int:
    return Int(size(low), size(high))


B, N, J, E = Bool(), between(-2, 5), between(0, 9), Enumeration("Color", ("RED", "GREEN", "BLUE"))
ANY = Int(None, None)
P = ProcessId("Node", (0, 1, 2))
Q = ProcessId("Process", (0, 1, 2, 3))
T = TupleOf((N, E))
R = RecordOf("Entry", (("term", N), ("owner", Option(P)), ("votes", SetOf(P))))
L, LW = ListOf(N, size(3)), ListOf(R, size(11))
S, SW, ST = SetOf(P), SetOf(between(0, 99)), SetOf(TupleOf((B, E)))
D, DW = DictOf(P, N), DictOf(between(0, 12), T)
U, M = Option(TupleOf((N, L))), Option(N)

BIG = between(-(2**62), 2**62)

FIELDS: dict[str, Type] = {
    "i": N,
    "j": N,
    "a": J,
    "e": E,
    "f": E,
    "p": P,
    "q": P,
    "x": Q,
    "b": B,
    "c": B,
    "o": M,
    "op": Option(P),
    "u": U,
    "s": S,
    "t": S,
    "w": SW,
    "v": SW,
    "k": ST,
    "d": D,
    "g": D,
    "h": DW,
    "l": L,
    "m": L,
    "n": LW,
    "tu": T,
    "tv": T,
    "r": R,
    "si": SetOf(N),
    "big": BIG,
    "r2": R,
}


def field(name: str) -> Field:
    return Field(FIELDS[name], 0, "State", name)


def ap(op: Op, t: Type, *operands: ir.Expr | str | int) -> Apply:
    return Apply(t, op, tuple(field(o) if isinstance(o, str) else const(o) if isinstance(o, int) else o for o in operands))


def const(n: int) -> Const:
    return Const(between(n, n), n)


def local(t: Type, name: str) -> Local:
    return Local(t, name)


Row = tuple[object, ...]
Pairs = tuple[tuple[int, object], ...]


class Wrong(Exception):
    """An error of the model that Python would not raise."""


def insert(xs: Row, i: int, item: object) -> Row:
    if i < 0:
        raise Wrong
    return (*xs[:i], item, *xs[i:])


def at(xs: Row, i: int) -> object:
    if i < 0:
        raise Wrong
    return xs[i]


def without(xs: Row, i: int) -> Row:
    at(xs, i)
    return (*xs[:i], *xs[i + 1 :])


def replaced(xs: Row, i: int, item: object) -> Row:
    at(xs, i)
    return (*xs[:i], item, *xs[i + 1 :])


def merged(d: Pairs, *pairs: tuple[int, object]) -> Pairs:
    return tuple(sorted(dict([*d, *pairs]).items()))


def removed(xs: frozenset[int], item: int) -> frozenset[int]:
    if item not in xs:
        raise Wrong
    return xs - {item}


def deleted(d: Pairs, key: int) -> Pairs:
    rest = dict(d)
    del rest[key]
    return tuple(rest.items())


def value(o: object) -> object:
    if o is None:
        raise Wrong
    return o


def over(t: Type, name: str, source: ir.Expr | str, *conditions: ir.Expr) -> Clause:
    return Clause((local(t, name),), field(source) if isinstance(source, str) else source, conditions)


def comp(
    t: Type, reduction: Reduction, clauses: list[Clause], *body: ir.Expr | str, default: ir.Expr | None = None
) -> Comprehension:
    return Comprehension(t, reduction, tuple(clauses), tuple(field(x) if isinstance(x, str) else x for x in body), default)


LESS = ap(Op.LT, B, local(N, "y"), "i")
OVER_L = over(N, "y", "l")
OVER_M = over(N, "z", "m", ap(Op.NE, B, local(N, "z"), local(N, "y")))
PAIRS = ListOf(TupleOf((P, N)), None)
Y, Z = local(N, "y"), local(N, "z")
RANGE = ap(Op.RANGE, ListOf(ANY, None), 0, "a", 3)
NUMBERED = ap(Op.ENUMERATE, ListOf(TupleOf((between(0, 2), N)), None), "l")
ZIPPED = ap(Op.ZIP, ListOf(TupleOf((N, N)), None), "l", "m")
EVEN = ap(Op.ZIP_STRICT, ListOf(TupleOf((N, N)), None), "l", "m")
TARGETS = (Y, Z)

Case = tuple[Type, ir.Expr, "Callable[[SimpleNamespace], object]"]

CASES: dict[str, Case] = {
    "add": (ANY, ap(Op.ADD, ANY, "i", "j"), lambda v: v.i + v.j),
    "add_big": (ANY, ap(Op.ADD, ANY, ap(Op.MUL, ANY, "big", 2), "big"), lambda v: v.big * 2 + v.big),
    "sub": (N, ap(Op.CONVERT, N, ap(Op.SUB, ANY, "i", "a")), lambda v: v.i - v.a),
    "mul": (ANY, ap(Op.MUL, ANY, "i", "a"), lambda v: v.i * v.a),
    "floordiv": (ANY, ap(Op.FLOORDIV, ANY, "i", "j"), lambda v: v.i // v.j),
    "mod": (ANY, ap(Op.MOD, ANY, "a", "j"), lambda v: v.a % v.j),
    "bit_and": (ANY, ap(Op.BIT_AND, ANY, "i", "big"), lambda v: v.i & v.big),
    "bit_or": (ANY, ap(Op.BIT_OR, ANY, "i", "j"), lambda v: v.i | v.j),
    "bit_xor": (ANY, ap(Op.BIT_XOR, ANY, "i", "big"), lambda v: v.i ^ v.big),
    "shift_left": (ANY, ap(Op.SHIFT_LEFT, ANY, "i", "a"), lambda v: v.i << v.a),
    "shift_right": (ANY, ap(Op.SHIFT_RIGHT, ANY, "big", "a"), lambda v: v.big >> v.a),
    "neg": (ANY, ap(Op.NEG, ANY, "i"), lambda v: -v.i),
    "abs": (ANY, ap(Op.ABS, ANY, "i"), lambda v: abs(v.i)),
    "min": (N, ap(Op.MIN, N, "i", "j", 1), lambda v: min(v.i, v.j, 1)),
    "max": (T, ap(Op.MAX, T, "tu", "tv"), lambda v: max(v.tu, v.tv)),
    "eq": (B, ap(Op.EQ, B, "i", "a"), lambda v: v.i == v.a),
    "eq_words": (B, ap(Op.EQ, B, "w", "v"), lambda v: v.w == v.v),
    "eq_records": (B, ap(Op.EQ, B, "r", "r2"), lambda v: v.r == v.r2),
    "ne": (B, ap(Op.NE, B, "l", "m"), lambda v: v.l != v.m),
    "lt": (B, ap(Op.LT, B, "tu", "tv"), lambda v: v.tu < v.tv),
    "le": (B, ap(Op.LE, B, "e", "f"), lambda v: v.e <= v.f),
    "gt": (B, ap(Op.GT, B, "tu", "tv"), lambda v: v.tu > v.tv),
    "ge": (B, ap(Op.GE, B, "p", "q"), lambda v: v.p >= v.q),
    "and": (B, ap(Op.AND, B, "b", ap(Op.EQ, B, ap(Op.VALUE, N, "o"), "i")), lambda v: v.b and value(v.o) == v.i),
    "or": (B, ap(Op.OR, B, "b", "c", ap(Op.EQ, B, ap(Op.VALUE, N, "o"), "i")), lambda v: v.b or v.c or value(v.o) == v.i),
    "not": (B, ap(Op.NOT, B, "b"), lambda v: not v.b),
    "if": (N, ap(Op.IF, N, "b", ap(Op.VALUE, N, "o"), "j"), lambda v: value(v.o) if v.b else v.j),
    "copy": (LW, ap(Op.COPY, LW, "n"), lambda v: v.n),
    "copy_set": (SetOf(J), ap(Op.COPY, SetOf(J), ap(Op.CONVERT, SetOf(J), "si")), lambda v: v.si),
    "inject": (M, ap(Op.INJECT, M, "i"), lambda v: v.i),
    "inject_tuple": (U, ap(Op.INJECT, U, ap(Op.MAKE_TUPLE, TupleOf((N, L)), "i", "l")), lambda v: (v.i, v.l)),
    "value": (TupleOf((N, L)), ap(Op.VALUE, TupleOf((N, L)), "u"), lambda v: value(v.u)),
    "convert": (between(0, 3), ap(Op.CONVERT, between(0, 3), "i"), lambda v: v.i),
    "convert_process": (P, ap(Op.CONVERT, P, "x"), lambda v: v.x),
    "convert_process_up": (Q, ap(Op.CONVERT, Q, "p"), lambda v: v.p),
    "convert_option": (Option(J), ap(Op.CONVERT, Option(J), "o"), lambda v: v.o),
    "convert_set": (SetOf(J), ap(Op.CONVERT, SetOf(J), "si"), lambda v: v.si),
    "convert_set_wide": (SetOf(between(-50, 50)), ap(Op.CONVERT, SetOf(between(-50, 50)), "si"), lambda v: v.si),
    "convert_list": (ListOf(J, size(2)), ap(Op.CONVERT, ListOf(J, size(2)), "l"), lambda v: v.l),
    "convert_dict": (DictOf(Q, J), ap(Op.CONVERT, DictOf(Q, J), "d"), lambda v: v.d),
    "convert_tuple": (TupleOf((J, E)), ap(Op.CONVERT, TupleOf((J, E)), "tu"), lambda v: v.tu),
    "convert_u": (Option(TupleOf((J, L))), ap(Op.CONVERT, Option(TupleOf((J, L))), "u"), lambda v: v.u),
    "len": (ANY, ap(Op.LEN, ANY, "s"), lambda v: len(v.s)),
    "len_wide": (ANY, ap(Op.LEN, ANY, "w"), lambda v: len(v.w)),
    "len_list": (ANY, ap(Op.LEN, ANY, "n"), lambda v: len(v.n)),
    "len_dict": (ANY, ap(Op.LEN, ANY, "h"), lambda v: len(v.h)),
    "contains": (B, ap(Op.CONTAINS, B, "s", "p"), lambda v: v.p in v.s),
    "contains_int": (B, ap(Op.CONTAINS, B, "w", "i"), lambda v: v.i in v.w),
    "contains_pair": (B, ap(Op.CONTAINS, B, "k", ap(Op.MAKE_TUPLE, TupleOf((B, E)), "b", "e")), lambda v: (v.b, v.e) in v.k),
    "contains_list": (B, ap(Op.CONTAINS, B, "l", "a"), lambda v: v.a in v.l),
    "contains_record": (B, ap(Op.CONTAINS, B, "n", "r"), lambda v: v.r in v.n),
    "contains_key": (B, ap(Op.CONTAINS, B, "h", "i"), lambda v: v.i in dict(v.h)),
    "contains_range": (B, ap(Op.CONTAINS, B, RANGE, "i"), lambda v: v.i in range(0, v.a, 3)),
    "index": (N, ap(Op.INDEX, N, "l", "i"), lambda v: at(v.l, v.i)),
    "index_wide": (R, ap(Op.INDEX, R, "n", "a"), lambda v: at(v.n, v.a)),
    "index_tuple": (E, ap(Op.INDEX, E, "tu", 1), lambda v: v.tu[1]),
    "index_dict": (N, ap(Op.INDEX, N, "d", "p"), lambda v: dict(v.d)[v.p]),
    "index_dict_wide": (T, ap(Op.INDEX, T, "h", "a"), lambda v: dict(v.h)[v.a]),
    "index_back": (R, ap(Op.INDEX_BACK, R, "n", 2), lambda v: v.n[-2]),
    "slice": (L, ap(Op.SLICE, L, "l", 1, "a"), lambda v: v.l[1 : v.a]),
    "slice_wide": (LW, ap(Op.SLICE, LW, "n", "a", 9), lambda v: v.n[v.a : 9]),
    "concat": (L, ap(Op.CONVERT, L, ap(Op.CONCAT, ListOf(N, None), "l", "m")), lambda v: v.l + v.m),
    "list_set": (LW, ap(Op.LIST_SET, LW, "n", "a", "r"), lambda v: replaced(v.n, v.a, v.r)),
    "list_append": (LW, ap(Op.LIST_APPEND, LW, "n", "r"), lambda v: (*v.n, v.r)),
    "list_append_more": (ListOf(N, size(4)), ap(Op.LIST_APPEND, ListOf(N, size(4)), "l", "i"), lambda v: (*v.l, v.i)),
    "list_insert": (L, ap(Op.LIST_INSERT, L, "l", "i", "j"), lambda v: insert(v.l, v.i, v.j)),
    "list_delete": (LW, ap(Op.LIST_DELETE, LW, "n", "i"), lambda v: without(v.n, v.i)),
    "list_remove": (L, ap(Op.LIST_REMOVE, L, "l", "i"), lambda v: without(v.l, v.l.index(v.i))),
    "list_find": (ANY, ap(Op.LIST_FIND, ANY, "l", "i"), lambda v: v.l.index(v.i)),
    "count": (ANY, ap(Op.COUNT, ANY, "l", "i"), lambda v: v.l.count(v.i)),
    "reversed": (LW, ap(Op.REVERSED, LW, "n"), lambda v: v.n[::-1]),
    "sorted": (L, ap(Op.SORTED, L, "l"), lambda v: tuple(sorted(v.l))),
    "sorted_set": (
        ListOf(TupleOf((B, E)), size(6)),
        ap(Op.SORTED, ListOf(TupleOf((B, E)), None), "k"),
        lambda v: tuple(sorted(v.k)),
    ),
    "set_add": (S, ap(Op.SET_ADD, S, "s", "p"), lambda v: v.s | {v.p}),
    "set_add_wide": (SW, ap(Op.SET_ADD, SW, "w", "i"), lambda v: v.w | {v.i}),
    "set_discard": (SW, ap(Op.SET_DISCARD, SW, "w", "i"), lambda v: v.w - {v.i}),
    "set_remove": (S, ap(Op.SET_REMOVE, S, "s", "p"), lambda v: removed(v.s, v.p)),
    "union": (SW, ap(Op.UNION, SW, "w", "v"), lambda v: v.w | v.v),
    "intersection": (S, ap(Op.INTERSECTION, S, "s", "t"), lambda v: v.s & v.t),
    "difference": (SW, ap(Op.DIFFERENCE, SW, "w", "v"), lambda v: v.w - v.v),
    "symmetric_difference": (S, ap(Op.SYMMETRIC_DIFFERENCE, S, "s", "t"), lambda v: v.s ^ v.t),
    "subset": (B, ap(Op.SUBSET, B, "s", "t"), lambda v: v.s <= v.t),
    "disjoint": (B, ap(Op.DISJOINT, B, "w", "v"), lambda v: v.w.isdisjoint(v.v)),
    "to_set": (SetOf(N), ap(Op.TO_SET, SetOf(N), "l"), lambda v: frozenset(v.l)),
    "to_list": (L, ap(Op.TO_LIST, L, ap(Op.MAKE_TUPLE, TupleOf((N, N)), "i", "j")), lambda v: (v.i, v.j)),
    "dict_set": (D, ap(Op.DICT_SET, D, "d", "p", "i"), lambda v: merged(v.d, (v.p, v.i))),
    "dict_delete": (DW, ap(Op.DICT_DELETE, DW, "h", "a"), lambda v: deleted(v.h, v.a)),
    "dict_get": (N, ap(Op.DICT_GET, N, "d", "p", "j"), lambda v: dict(v.d).get(v.p, v.j)),
    "dict_get_far": (T, ap(Op.DICT_GET, T, "h", "i", "tu"), lambda v: dict(v.h).get(v.i, v.tu)),
    "dict_find": (Option(T), ap(Op.DICT_FIND, Option(T), "h", "a"), lambda v: dict(v.h).get(v.a)),
    "dict_merge": (D, ap(Op.DICT_MERGE, D, "d", "g"), lambda v: merged(v.d, *v.g)),
    "keys": (S, ap(Op.KEYS, S, "d"), lambda v: frozenset(dict(v.d))),
    "values": (L, ap(Op.VALUES, L, "d"), lambda v: tuple(x for _, x in v.d)),
    "items": (ListOf(TupleOf((P, N)), size(3)), ap(Op.ITEMS, PAIRS, "d"), lambda v: v.d),
    "make_tuple": (T, ap(Op.MAKE_TUPLE, T, "i", "e"), lambda v: (v.i, v.e)),
    "make_list": (L, ap(Op.MAKE_LIST, L, "i", "j"), lambda v: (v.i, v.j)),
    "make_set": (S, ap(Op.MAKE_SET, S, "p", "q"), lambda v: frozenset({v.p, v.q})),
    "make_dict": (D, ap(Op.MAKE_DICT, D, "p", "i", "q", "j"), lambda v: merged((), (v.p, v.i), (v.q, v.j))),
    "make_record": (R, ap(Op.MAKE_RECORD, R, "i", "op", "s"), lambda v: (v.i, v.op, v.s)),
    "component": (SetOf(P), ir.Component(SetOf(P), field("r"), "votes"), lambda v: v.r[2]),
    "up": (B, ap(Op.UP, B, "x"), lambda v: v.x not in v.down),
    "index_in_group": (ANY, ap(Op.INDEX_IN_GROUP, ANY, "x"), lambda v: v.x % 3),
    "range": (
        ListOf(J, size(4)),
        comp(ListOf(J, size(4)), Reduction.LIST, [over(ANY, "y", RANGE)], local(ANY, "y")),
        lambda v: tuple(range(0, v.a, 3)),
    ),
    "enumerate": (
        ANY,
        comp(ANY, Reduction.SUM, [Clause(TARGETS, NUMBERED)], ap(Op.MUL, ANY, Y, Z)),
        lambda v: sum(i * x for i, x in enumerate(v.l)),
    ),
    "zip": (
        ANY,
        comp(ANY, Reduction.SUM, [Clause(TARGETS, ZIPPED)], ap(Op.MUL, ANY, Y, Z)),
        lambda v: sum(x * y for x, y in zip(v.l, v.m, strict=False)),
    ),
    "zip_strict": (
        ANY,
        comp(ANY, Reduction.SUM, [Clause(TARGETS, EVEN)], ap(Op.MUL, ANY, Y, Z)),
        lambda v: sum(x * y for x, y in zip(v.l, v.m, strict=True)),
    ),
    "zip_strict_left_early": (
        B,
        comp(B, Reduction.ANY, [Clause(TARGETS, EVEN)], ap(Op.LT, B, Y, Z)),
        lambda v: any(x < y for x, y in zip(v.l, v.m, strict=True)),
    ),
    "let": (
        ANY,
        ir.Let(ANY, Y, field("i"), ap(Op.ADD, ANY, ap(Op.MUL, ANY, Y, Y), "a")),
        lambda v: v.i * v.i + v.a,
    ),
    "let_in_turn": (
        B,
        comp(B, Reduction.ANY, [OVER_L], ir.Let(B, Z, ap(Op.MIN, N, Y, 1), ap(Op.EQ, B, Z, Y))),
        lambda v: any(min(y, 1) == y for y in v.l),
    ),
    "any": (B, comp(B, Reduction.ANY, [OVER_L], LESS), lambda v: any(y < v.i for y in v.l)),
    "all": (
        B,
        comp(B, Reduction.ALL, [OVER_L, OVER_M], ap(Op.LT, B, Y, Z)),
        lambda v: all(y < z for y in v.l for z in v.m if z != y),
    ),
    "sum": (ANY, comp(ANY, Reduction.SUM, [over(N, "y", "si")], Y), lambda v: sum(v.si)),
    "least": (N, comp(N, Reduction.MIN, [OVER_L], Y), lambda v: min(v.l)),
    "least_default": (N, comp(N, Reduction.MIN, [OVER_L], Y, default=field("j")), lambda v: min(v.l, default=v.j)),
    "greatest_by_key": (N, comp(N, Reduction.MAX, [OVER_L], ap(Op.MOD, ANY, Y, 3), Y), lambda v: max(v.l, key=lambda y: y % 3)),
    "greatest_pair": (T, comp(T, Reduction.MAX, [OVER_L], ap(Op.MAKE_TUPLE, T, Y, "e")), lambda v: max((y, v.e) for y in v.l)),
    "count_of": (ANY, comp(ANY, Reduction.COUNT, [OVER_L, OVER_M], Y), lambda v: sum(z != y for y in v.l for z in v.m)),
    "list_of": (
        ListOf(N, size(9)),
        comp(ListOf(N, None), Reduction.LIST, [OVER_L, OVER_M], Z),
        lambda v: tuple(z for y in v.l for z in v.m if z != y),
    ),
    "set_of": (
        SetOf(T),
        comp(SetOf(T), Reduction.SET, [OVER_L], ap(Op.MAKE_TUPLE, T, Y, "e")),
        lambda v: frozenset((y, v.e) for y in v.l),
    ),
    "dict_of": (
        D,
        comp(D, Reduction.DICT, [over(P, "y", "s")], local(P, "y"), "i"),
        lambda v: tuple((y, v.i) for y in sorted(v.s)),
    ),
    "over_dict": (ANY, comp(ANY, Reduction.SUM, [over(N, "y", "h")], Y), lambda v: sum(dict(v.h))),
    "over_items": (
        ANY,
        comp(ANY, Reduction.SUM, [Clause((local(P, "y"), Z), ap(Op.ITEMS, PAIRS, "d"))], Z),
        lambda v: sum(dict(v.d).values()),
    ),
    "over_values": (
        ANY,
        comp(ANY, Reduction.SUM, [over(T, "y", ap(Op.VALUES, ListOf(T, None), "h"))], ap(Op.INDEX, N, local(T, "y"), 0)),
        lambda v: sum(x[0] for _, x in v.h),
    ),
    "over_keys": (ANY, comp(ANY, Reduction.COUNT, [over(P, "y", ap(Op.KEYS, S, "d"))], local(P, "y")), lambda v: len(v.d)),
    "over_wide": (ANY, comp(ANY, Reduction.SUM, [over(ANY, "y", "w")], local(ANY, "y")), lambda v: sum(v.w)),
    "over_records": (
        ANY,
        comp(ANY, Reduction.SUM, [over(R, "y", "n")], ir.Component(N, local(R, "y"), "term")),
        lambda v: sum(r[0] for r in v.n),
    ),
    "over_sorted": (
        ListOf(N, size(8)),
        comp(ListOf(N, None), Reduction.LIST, [over(N, "y", ap(Op.SORTED, ListOf(N, None), "si"))], Y),
        lambda v: tuple(sorted(v.si)),
    ),
}


def program() -> ir.Program:
    steps: list[ir.Step] = []
    results: list[ir.StateField] = []
    for name, (t, expr, _) in CASES.items():
        kept = between(-100, 100) if t == ANY else t
        results.append(ir.StateField(f"r_{name}", kept, "durable", None))
        target = Field(kept, 0, "State", f"r_{name}")
        steps.append(ir.Step(name, "action", None, (), (Assign(target, Apply(kept, Op.CONVERT, (expr,))),), HERE))
    fields = {"State": (*(ir.StateField(n, t, "durable", None) for n, t in FIELDS.items()), *results), "Node": (), "Other": ()}
    holders = (*(ir.Holder("Node", i, f"Node {i + 1}", "nodes", i) for i in range(3)), ir.Holder("Other", 3, "Other", None, 0))
    shared = (ir.Holder("State", 0, "State", None, 0),)
    ids = {"Node": P, "Process": Q, "Other": ProcessId("Other", (3,))}
    return ir.Program("operators", (), holders, shared, fields, ids, (), tuple(steps), (), {}, (), frozenset())


SETTING = Setting("unordered", 8, {"crash": Budget(None, frozenset({0, 1, 2, 3}))}, ())


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Emitted:
    folder = tmp_path_factory.mktemp("operators")
    return Emitted(program(), SETTING, folder, "-O0", "-fsanitize=undefined", "-fno-sanitize-recover=undefined")


def some_value(rng: random.Random, t: Type) -> object:
    match t:
        case ListOf(item):
            return tuple(some_value(rng, item) for _ in range(rng.randint(0, longest_of(t))))
        case SetOf(item):
            return frozenset(some_value(rng, item) for _ in range(rng.randint(0, min(6, count(item)))))
        case DictOf(key, kept):
            some = {cast("int", some_value(rng, key)): some_value(rng, kept) for _ in range(rng.randint(0, 4))}
            return merged((), *some.items())
        case TupleOf(items):
            return tuple(some_value(rng, i) for i in items)
        case RecordOf(_, fields):
            return tuple(some_value(rng, i) for _, i in fields)
        case Option(item):
            return None if rng.random() < 0.4 else some_value(rng, item)
        case _:
            return unrank(t, rng.choice([0, 1, count(t) // 2 + 1, count(t) - 1]) if t == BIG else rng.randrange(count(t)))


def fits(t: Type, x: object) -> bool:
    match t, x:
        case Int(low, high), int():
            return (low is None or low.value <= x) and (high is None or x <= high.value)
        case ProcessId(_, members), _:
            return x in members
        case Option(item), _:
            return x is None or fits(item, x)
        case ListOf(item), tuple():
            return len(cast("Row", x)) <= longest_of(t) and all(fits(item, y) for y in cast("Row", x))
        case SetOf(item), frozenset():
            return all(fits(item, y) for y in cast("frozenset[object]", x))
        case DictOf(key, kept), tuple():
            return all(fits(key, k) and fits(kept, y) for k, y in cast("Pairs", x))
        case TupleOf(items), tuple():
            return all(fits(i, y) for i, y in zip(items, cast("Row", x), strict=True))
        case _:
            return True


def expected(t: Type, meaning: Callable[[SimpleNamespace], object], state: SimpleNamespace) -> tuple[bool, object]:
    """Return whether the case is an error of the model, and otherwise its value."""
    try:
        result = meaning(state)
    except (Wrong, LookupError, ValueError, ZeroDivisionError):
        return True, None
    return not fits(t, result), result


def test_the_table_has_a_case_for_every_operator() -> None:
    used = {a.operator for _, e, _ in CASES.values() for a in walk(e, Apply)}
    assert used == set(Op) - {Op.IN_FLIGHT}  # `tests/explorer/engines/test_in_flight.py` has protocols for that
    assert {c.reduction for _, e, _ in CASES.values() for c in walk(e, Comprehension)} == set(Reduction)


@pytest.mark.parametrize("seed", range(60))
def test_operators_mean_what_python_means(emitted: Emitted, seed: int) -> None:
    rng = random.Random(seed)
    fields = emitted.layout.program.fields["State"]
    row = {f.name: some_value(rng, f.type) for f in fields}
    down = frozenset(p for p in range(4) if rng.random() < 0.3)
    state = Global(((),) * 4, (tuple(row.values()),), down, frozenset(), (), (None, 0, 0, 0, 0, 0, 0))
    assert emitted.layout.unpack(emitted.layout.pack(state)) == state
    told = emitted.expand(state)
    results = {step: after.shared[0] for step, after in told.edges if step < len(CASES)}
    errors = 0
    for number, (name, (t, _, meaning)) in enumerate(CASES.items()):
        kept = between(-100, 100) if t == ANY else t
        wrong, result = expected(kept, meaning, SimpleNamespace(**row, down=down))
        errors += wrong
        if wrong:
            assert number not in results, name
        else:
            wanted = tuple((row | {f"r_{name}": result}).values())
            assert number in results, name
            assert results[number] == wanted, name
    assert told.errors == errors
