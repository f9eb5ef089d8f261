"""The C meaning of expressions: a case for each node of the IR, and `OPERATORS`, a row for each operator.

`emit(body, expression)` writes what the expression does into the body and returns its value. Read next: `c/steps.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from quorate.language.c.loops import collect, distinct, emit_comprehension
from quorate.language.c.values.bits import each_bit, length_of, nth
from quorate.language.c.values.containers import CONTAINERS
from quorate.language.c.values.conversions import adapt, convert
from quorate.language.c.values.lists import INDEX
from quorate.language.c.values.numbers import NUMBERS, TRUTH
from quorate.language.c.values.state import read, site_of
from quorate.language.c.values.text import Value, held
from quorate.language.c.values.values import item_of, present, spanning, take, unrank
from quorate.language.errors import Unsupported
from quorate.language.packed.packing import components, size
from quorate.language.program.ir import (
    Apply,
    Call,
    Choose,
    Component,
    Comprehension,
    Const,
    Expr,
    Field,
    Let,
    Local,
    Parameter,
    Some,
)
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import WALKED_ONLY
from quorate.language.values.types import Int, Nothing, RecordOf, SetOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.c.values.numbers import Strict
    from quorate.language.c.values.text import Body

    Row = Callable[[Body, Apply], Value]


def emit(b: Body, e: Expr) -> Value:
    """Write what an expression does, and return its value. Errors: Unsupported, with its place, for what has no C meaning."""
    try:
        return _emitted(b, e)
    except Unsupported as problem:
        raise problem.at(getattr(e, "where", None)) from None


def _emitted(b: Body, e: Expr) -> Value:
    match e:
        case Const(t, value) | Parameter(t, _, value):
            return _constant(b, t, value)
        case Local():
            return _local(b, e)
        case Field():
            return _field(b, e)
        case Component(_, record, name):
            whole = b.hold(b.value(record))
            names = [n for n, _ in cast("RecordOf", whole.type).fields]
            at, part = components(whole.type)[names.index(name)]
            return b.hold(take(b, whole, at, part))
        case Apply():
            return OPERATORS[e.operator](b, e)
        case Comprehension():
            return emit_comprehension(b, e)
        case Call():
            return _call(b, e)
        case Choose():
            return _choose(b, e)
        case Some(_, option):
            v = b.hold(b.value(option))
            b.fail(f"!{present(v)}", "RUN_NONE")
            return b.hold(item_of(b, v))
        case Let(_, local, value, body):
            v = b.value(value)
            b.locals[local.name] = b.hold(v if isinstance(local.type, Int) else convert(b, v, local.type))
            return b.value(body)
    raise AssertionError(e)


def _constant(b: Body, t: Type, value: object) -> Value:
    if isinstance(t, Int) and isinstance(value, int):
        return b.literal(Int(size(value), size(value)), value)
    return b.literal(t, value)


def _local(b: Body, e: Local) -> Value:
    known = b.locals[e.name]
    return known if isinstance(known.type, Int) else convert(b, known, e.type)


def _field(b: Body, e: Field) -> Value:
    holder = None if isinstance(e.holder, int) else b.hold(b.value(e.holder))
    return read(b, "old" if e.old else "n", site_of(b, e, holder), e.type)


def _call(b: Body, e: Call) -> Value:
    function = b.unit.program.functions[e.function]
    operands = []
    for parameter, operand in zip(function.parameters, e.operands, strict=True):
        operands.append(b.hold(convert(b, b.value(operand), parameter.type)).code)
    result = b.zero(held(function.result) if function.result else Nothing())
    status, name = b.fresh("status"), b.unit.function(e.function, b.site)
    if function.result is not None:
        operands.append(f"&{result.code}")
    b.line(f"const int {status} = {name}({', '.join(['n', 'old', 'r', *operands])});")
    b.fail(status, status)
    return result


def _choose(b: Body, e: Choose) -> Value:
    if isinstance(e.source, Apply) and e.source.operator in WALKED_ONLY:
        source = collect(b, e.source)
    else:
        source = b.hold(b.value(e.source))
    if not isinstance(source.type, SetOf):
        source = distinct(b, source)
        return _nth_option(b, length_of(source).code, lambda i: nth(b, source, i))
    options = CONTAINERS[Op.LEN](b, INDEX, [source])
    result = b.zero(source.type.item)

    def pick(i: str) -> Value:
        left = b.copy(Value(i, INDEX))
        with each_bit(b, source) as place:
            b.line(f"if ({left.code}-- > 0) continue;")
            b.line(f"{result.code} = {unrank(b, Value(place, INDEX), cast('SetOf', source.type).item).code};")
            b.line("break;")
        return result

    return _nth_option(b, options.code, pick)


def _nth_option(b: Body, options: str, pick: Callable[[str], Value]) -> Value:
    b.fail(f"{options} == 0", "RUN_NONE")
    made = b.fresh("made")
    b.line(f"const int64_t {made} = choose(&r->choices, (uint32_t){options});")
    b.fail(f"{made} >= {options}")
    return b.hold(pick(made))


# -- operators --------------------------------------------------------------------------------------------------------


def _strict(row: Strict) -> Row:
    def meaning(b: Body, e: Apply) -> Value:
        return row(b, e.type, [b.hold(b.value(o)) for o in e.operands])

    return meaning


def _lazy(*, stop: bool) -> Row:
    """AND and OR: the next operand only where those before were all `not stop`."""

    def meaning(b: Body, e: Apply) -> Value:
        result = b.copy(b.value(e.operands[0]))
        _rest(b, e.operands[1:], result)
        return Value(result.code, TRUTH)

    def _rest(b: Body, operands: tuple[Expr, ...], result: Value) -> None:
        if operands:
            with b.block(f"if ({'!' if stop else ''}{result.code})"):
                b.line(f"{result.code} = {b.value(operands[0]).code};")
                _rest(b, operands[1:], result)

    return meaning


def _if(b: Body, e: Apply) -> Value:
    condition, then, otherwise = e.operands
    result, arms = b.zero(held(e.type)), list[Value]()
    for head, arm in ((f"if ({b.value(condition).code})", then), ("else", otherwise)):
        with b.block(head):
            arms.append(b.hold(adapt(b, b.value(arm), e.type)))
            b.line(f"{result.code} = {arms[-1].code};")
    return Value(result.code, spanning(arms)) if isinstance(e.type, Int) else result


def _contains(b: Body, e: Apply) -> Value:
    container, item = e.operands
    if not (isinstance(container, Apply) and container.operator is Op.RANGE):
        return _strict(CONTAINERS[Op.CONTAINS])(b, e)
    start, stop, step = (b.hold(b.value(o)).code for o in container.operands)
    v = b.hold(b.value(item)).code
    b.fail(f"{step} == 0")
    reach = f"({step} > 0 ? {start} <= {v} && {v} < {stop} : {stop} < {v} && {v} <= {start})"
    return b.hold(Value(f"({reach} && floor_mod({v} - {start}, {step}) == 0)", TRUTH))


def _source_only(b: Body, e: Apply) -> Value:
    return collect(b, e)


OPERATORS: dict[Op, Row] = {
    **{op: _strict(row) for op, row in (NUMBERS | CONTAINERS).items()},
    Op.AND: _lazy(stop=False),
    Op.OR: _lazy(stop=True),
    Op.IF: _if,
    Op.CONTAINS: _contains,
    **dict.fromkeys(WALKED_ONLY, _source_only),
}
