"""The C meaning of the operators on numbers, truth values, and any two values: arithmetic, comparison, options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.conversions import adapt, convert
from quorate.language.c.values.order import equal, less
from quorate.language.c.values.state import process_of
from quorate.language.c.values.text import INT64, Value, held
from quorate.language.c.values.values import bounds, inject, item_of, present, spread
from quorate.language.packed.packing import normal
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import least_of, most_of
from quorate.language.values.types import Bool, Int, Option, ProcessId, Size, Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.c.values.text import Body

    Strict = Callable[[Body, Type, list[Value]], Value]

TRUTH = Bool()


def interval(low: int, high: int) -> Int:
    """Return the type of the ints from `low` to `high`."""
    return Int(Size(low, str(low)), Size(high, str(high)))


def _corners(op: Op, x: Value, y: Value) -> tuple[int, int] | None:
    """Return the interval of a sum, difference or product, or None where it is not known."""
    (a, b), (c, d) = _known(x), _known(y)
    if a is None or b is None or c is None or d is None:
        return None
    if op is Op.ADD:
        return a + c, b + d
    if op is Op.SUB:
        return a - d, b - c
    products = [m * n for m in (a, b) for n in (c, d)]
    return min(products), max(products)


def _known(v: Value) -> tuple[int | None, int | None]:
    if v.literal is not None:
        return v.literal, v.literal
    return bounds(v.type) if isinstance(v.type, Int) else (0, 1)


def _arithmetic(op: Op, sign: str, builtin: str) -> Strict:
    def emit(b: Body, _: Type, values: list[Value]) -> Value:
        x, y = values
        corners = _corners(op, x, y)
        if corners and INT64[0] <= corners[0] and corners[1] <= INT64[1]:
            return b.hold(Value(f"({x.code} {sign} {y.code})", interval(*corners)))
        result = b.zero(Int(None, None))
        b.fail(f"__builtin_{builtin}_overflow({x.code}, {y.code}, &{result.code})")
        return result

    return emit


def _division(function: str, overflows: str = "") -> Strict:
    def emit(b: Body, t: Type, values: list[Value]) -> Value:
        x, y = b.hold(values[0]), b.hold(values[1])
        if not y.literal:
            b.fail(f"{y.code} == 0{overflows.format(x=x.code, y=y.code)}")
        assert isinstance(t, Int)
        return b.hold(Value(f"{function}({x.code}, {y.code})", Int(None, None)))

    return emit


def _bitwise(sign: str) -> Strict:
    def emit(b: Body, _: Type, values: list[Value]) -> Value:
        return b.hold(Value(f"({values[0].code} {sign} {values[1].code})", Int(None, None)))

    return emit


def _shift_left(b: Body, _: Type, values: list[Value]) -> Value:
    result = b.zero(Int(None, None))
    b.fail(f"shift_left({values[0].code}, {values[1].code}, &{result.code})")
    return result


def _shift_right(b: Body, _: Type, values: list[Value]) -> Value:
    x, by = b.hold(values[0]), b.hold(values[1])
    b.fail(f"{by.code} < 0")
    return b.hold(Value(f"shift_right({x.code}, {by.code})", Int(None, None)))


def _negative(b: Body, _: Type, values: list[Value]) -> Value:
    return _arithmetic(Op.SUB, "-", "sub")(b, Int(None, None), [Value("0", interval(0, 0)), values[0]])


def _absolute(b: Body, _: Type, values: list[Value]) -> Value:
    v = b.copy(values[0])
    b.fail(f"{v.code} == INT64_MIN")
    b.line(f"if ({v.code} < 0) {v.code} = -{v.code};")
    low, high = _known(v)
    most = None if low is None or high is None else max(abs(low), abs(high))
    return Value(v.code, Int(None, None) if most is None else interval(0, most))


def _extreme(*, least: bool) -> Strict:
    def emit(b: Body, t: Type, values: list[Value]) -> Value:
        alike = [adapt(b, v, t) for v in values]
        best = b.copy(alike[0])
        for other in alike[1:]:
            v = b.hold(other)
            better = less(b, v, best) if least else less(b, best, v)
            b.line(f"if ({better}) {best.code} = {v.code};")
        if not isinstance(t, Int):
            return best
        return Value(best.code, (least_of if least else most_of)(map(spread, values)))

    return emit


def _comparison(*, swapped: bool, negated: bool) -> Strict:
    def emit(b: Body, _: Type, values: list[Value]) -> Value:
        x, y = b.hold(values[0]), b.hold(values[1])
        condition = less(b, y, x) if swapped else less(b, x, y)
        return b.hold(Value(f"(!{condition})" if negated else condition, TRUTH))

    return emit


def _equality(sign: str) -> Strict:
    def emit(b: Body, _: Type, values: list[Value]) -> Value:
        return b.hold(Value(f"{sign}{equal(b, b.hold(values[0]), b.hold(values[1]))}", TRUTH))

    return emit


def _not(b: Body, _: Type, values: list[Value]) -> Value:
    return b.hold(Value(f"!{values[0].code}", TRUTH))


def _inject(b: Body, t: Type, values: list[Value]) -> Value:
    kept = normal(t)
    assert isinstance(kept, Option)
    return b.hold(inject(b, convert(b, values[0], kept.item, checked=True), kept))


def _value(b: Body, _: Type, values: list[Value]) -> Value:
    v = b.hold(values[0])
    b.fail(f"!{present(v)}")
    return b.hold(item_of(b, v))


def _convert(b: Body, t: Type, values: list[Value]) -> Value:
    return convert(b, values[0], t)


def _up(b: Body, _: Type, values: list[Value]) -> Value:
    assert isinstance(values[0].type, ProcessId)
    return b.hold(Value(f"(!is_down(n, {process_of(b.unit, values[0])}))", TRUTH))


def _index_in_group(b: Body, t: Type, values: list[Value]) -> Value:
    assert isinstance(values[0].type, ProcessId)
    places = [b.unit.program.processes[m].index for m in values[0].type.members]
    return b.hold(Value(f"{b.unit.table(places)}[{values[0].code}]", held(t)))


NUMBERS: dict[Op, Strict] = {
    Op.ADD: _arithmetic(Op.ADD, "+", "add"),
    Op.SUB: _arithmetic(Op.SUB, "-", "sub"),
    Op.MUL: _arithmetic(Op.MUL, "*", "mul"),
    Op.FLOORDIV: _division("floor_div", " || ({y} == -1 && {x} == INT64_MIN)"),
    Op.MOD: _division("floor_mod"),
    Op.BIT_AND: _bitwise("&"),
    Op.BIT_OR: _bitwise("|"),
    Op.BIT_XOR: _bitwise("^"),
    Op.SHIFT_LEFT: _shift_left,
    Op.SHIFT_RIGHT: _shift_right,
    Op.NEG: _negative,
    Op.ABS: _absolute,
    Op.MIN: _extreme(least=True),
    Op.MAX: _extreme(least=False),
    Op.EQ: _equality(""),
    Op.NE: _equality("!"),
    Op.LT: _comparison(swapped=False, negated=False),
    Op.LE: _comparison(swapped=True, negated=True),
    Op.GT: _comparison(swapped=True, negated=False),
    Op.GE: _comparison(swapped=False, negated=True),
    Op.NOT: _not,
    Op.INJECT: _inject,
    Op.VALUE: _value,
    Op.CONVERT: _convert,
    Op.COPY: _convert,
    Op.UP: _up,
    Op.INDEX_IN_GROUP: _index_in_group,
}
