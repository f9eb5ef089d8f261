"""The C meaning of walking a collection: `for`, comprehensions and their reductions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from quorate.language.c.flight import each_in_flight
from quorate.language.c.values.bits import each_bit, each_key, entry, length_of, nth, put_entry, set_bit, upto
from quorate.language.c.values.conversions import adapt, convert, tuple_of
from quorate.language.c.values.lists import INDEX, fill, item_type, list_type, listed, longest
from quorate.language.c.values.numbers import TRUTH, interval
from quorate.language.c.values.order import equal, less
from quorate.language.c.values.text import Value, held
from quorate.language.c.values.values import bounds, rank_of, spanning, spread, unrank, untuple
from quorate.language.errors import Unsupported
from quorate.language.packed.packing import normal, size, to_bits
from quorate.language.program.ir import Apply, Comprehension, Const, Let, Reduction
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import WALKED_ONLY
from quorate.language.values.types import DictOf, Int, ListOf, SetOf, TupleOf, Type
from quorate.language.values.values import count

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from quorate.language.c.values.text import Body
    from quorate.language.program.ir import Clause, Expr, Local

Parts = list[Value]  # an item, or the parts of one that is a tuple that nobody needs whole


# -- sources ----------------------------------------------------------------------------------------------------------


@contextmanager
def each(b: Body, source: Expr) -> Generator[Parts]:
    """Write a loop over a collection, one C loop, and give its item."""
    if isinstance(source, Apply) and source.operator in _WALKS:
        with _WALKS[source.operator](b, source) as parts:
            yield parts
    elif isinstance(source, Const) and isinstance(source.type, SetOf) and _run(source):
        low, high = _run(source) or (0, 0)
        with upto(b, str(high - low)) as i:
            yield [b.hold(unrank(b, Value(f"({i} + {low})" if low else i, INDEX), normal(source.type.item)))]
    else:
        with each_of(b, b.value(source)) as item:
            yield [item]


def _run(source: Const) -> tuple[int, int] | None:
    """Return the ranks from and to (excluded) of a set's items, where they are consecutive."""
    bits = to_bits(normal(source.type), source.value)
    low = (bits & -bits).bit_length() - 1
    return (low, bits.bit_length()) if bits and bits >> low & (bits >> low) + 1 == 0 else None


def steady(b: Body, v: Value) -> Value:
    """Return a value that stays what it is while a loop goes on, though the local that it is read from may be assigned."""
    return b.copy(v) if v.code in b.declared else b.hold(v)


@contextmanager
def each_of(b: Body, v: Value) -> Generator[Value]:
    """Write a loop over the items of a set or list or the keys of a dict, in order."""
    v = steady(b, v)
    match v.type:
        case SetOf(item):
            with each_bit(b, v) as i:
                yield b.hold(unrank(b, Value(i, INDEX), item))
        case DictOf(key, _):
            with each_key(b, v) as i:
                yield b.hold(unrank(b, Value(i, INDEX), key))
        case ListOf(item, longest):
            if longest is None or not longest.value:
                with upto(b, "0"):
                    yield b.zero(item)
            else:
                with upto(b, length_of(v).code) as i:
                    yield b.hold(nth(b, v, i))
        case _:
            raise Unsupported(f"a {type(v.type).__name__} cannot be walked in C")


@contextmanager
def _each_in_range(b: Body, e: Apply) -> Generator[Parts]:
    start, stop, step = (steady(b, b.value(o)) for o in e.operands)
    i = b.fresh("i")
    if step.literal == 1:
        head = f"for (int64_t {i} = {start.code}; {i} < {stop.code}; {i}++)"
    else:
        b.fail(f"{step.code} == 0")
        ahead, next_ = f"({step.code} > 0 ? {i} < {stop.code} : {i} > {stop.code})", b.fresh("past")
        b.line(f"int {next_} = 0;")
        further = f"{next_} = __builtin_add_overflow({i}, {step.code}, &{i})"
        head = f"for (int64_t {i} = {start.code}; !{next_} && {ahead}; {further})"
    assert isinstance(e.type, ListOf)
    with b.block(head):
        yield [Value(i, _reach(spread(start), spread(stop), spread(step)))]


def _reach(start: Int, stop: Int, step: Int) -> Int:
    """Return the range of the items of a `range`."""
    (low, high), (least, most), (by, _) = bounds(start), bounds(stop), bounds(step)
    if low is None or high is None or least is None or most is None or by is None:
        return Int(None, None)
    first, last = (low, most - 1) if by > 0 else (least + 1, high)
    return interval(first, last) if first <= last else Int(None, None)


@contextmanager
def _each_numbered(b: Body, e: Apply) -> Generator[Parts]:
    n, most = b.copy(Value("-1", Int(None, None))), most_items(b, e.operands[0])
    with each(b, e.operands[0]) as parts:
        b.line(f"{n.code}++;")
        assert isinstance(e.type, ListOf)
        assert isinstance(e.type.item, TupleOf)
        yield [Value(n.code, interval(0, max(0, most - 1))), whole(b, parts, e.type.item.items[1])]


@contextmanager
def _each_pair(b: Body, e: Apply) -> Generator[Parts]:
    lists = [steady(b, _listed(b, o)) for o in e.operands]
    one, other = (b.hold(length_of(x)).code for x in lists)
    shortest = b.hold(Value(f"({one} < {other} ? {one} : {other})", INDEX)).code
    i = b.fresh("i")
    is_strict = e.operator is Op.ZIP_STRICT
    with b.block(f"for (int64_t {i} = 0; {'' if is_strict else f'{i} < {shortest}'}; {i}++)"):
        if is_strict:  # what leaves the loop before its end does not see that it would not end well
            b.fail(f"{i} >= {shortest} && {one} != {other}")
            b.line(f"if ({i} >= {shortest}) break;")
        yield [b.hold(nth(b, x, i)) if longest(x) else b.zero(item_type(x)) for x in lists]


@contextmanager
def _each_entry(b: Body, e: Apply) -> Generator[Parts]:
    xs = steady(b, b.value(e.operands[0]))
    assert isinstance(xs.type, DictOf)
    with each_key(b, xs) as i:
        item = b.hold(entry(b, xs, i))
        yield [item] if e.operator is Op.VALUES else [b.hold(unrank(b, Value(i, INDEX), xs.type.key)), item]


@contextmanager
def _each_key(b: Body, e: Apply) -> Generator[Parts]:
    with each(b, e.operands[0]) as parts:
        yield parts


@contextmanager
def _each_sorted(b: Body, e: Apply) -> Generator[Parts]:
    if isinstance(e.operands[0].type, SetOf):
        with each(b, e.operands[0]) as parts:
            yield parts
    else:
        with each_of(b, b.value(e)) as item:
            yield [item]


_WALKS = {
    Op.RANGE: _each_in_range,
    Op.IN_FLIGHT: each_in_flight,
    Op.ENUMERATE: _each_numbered,
    Op.ZIP: _each_pair,
    Op.ZIP_STRICT: _each_pair,
    Op.ITEMS: _each_entry,
    Op.VALUES: _each_entry,
    Op.KEYS: _each_key,
    Op.SORTED: _each_sorted,
}


def whole(b: Body, parts: Parts, t: Type) -> Value:
    """Return an item as one value."""
    return parts[0] if len(parts) == 1 else tuple_of(b, t, parts)


def bind(b: Body, targets: tuple[Local, ...], parts: Parts) -> None:
    """Give the targets of a loop their values: new variables, or those that the function has declared."""
    if len(targets) == 1 and len(parts) > 1:
        parts = [tuple_of(b, targets[0].type, parts)]
    elif len(targets) > 1 and len(parts) == 1:
        parts = untuple(b, parts[0])
    for target, part in zip(targets, parts, strict=True):
        v = part if isinstance(part.type, Int) else convert(b, part, target.type)
        declared = b.locals.get(target.name)
        if declared and declared.code in b.declared:
            b.line(f"{declared.code} = {convert(b, v, declared.type).code};")
        else:
            b.locals[target.name] = b.hold(v) if v.code.isidentifier() else b.copy(v)


def _listed(b: Body, source: Expr) -> Value:
    if isinstance(source, Apply) and source.operator in WALKED_ONLY:
        return collect(b, source)
    v = b.value(source)
    if isinstance(v.type, ListOf):
        return v
    raise Unsupported("`zip` of what is not a list has no C meaning")


def most_items(b: Body, source: Expr) -> int:
    """Return how many items a collection can have. Errors: Unsupported where that is not known."""
    match source.type, source:
        case ListOf(_, longest), _ if longest is not None:
            return longest.value
        case SetOf(item), _:
            return count(normal(item))
        case DictOf(key, _), _:
            return count(normal(key))
        case _, Apply(_, Op.RANGE, (start, stop, step)) if isinstance(start.type, Int) and isinstance(stop.type, Int):
            low, high = start.type.low, stop.type.high
            if low is not None and high is not None and isinstance(step, Const) and step.value == 1:
                return max(0, high.value - low.value)
        case _, Apply(_, op, operands) if op in {Op.ENUMERATE, Op.SORTED, Op.REVERSED, Op.SLICE, Op.LIST_DELETE, Op.TO_LIST}:
            return most_items(b, operands[0])
        case _, Apply(_, Op.ZIP | Op.ZIP_STRICT, operands):
            return min(most_items(b, o) for o in operands)
        case _, Apply(_, Op.VALUES | Op.ITEMS | Op.KEYS, operands):
            return most_items(b, operands[0])
        case _, Comprehension(_, _, clauses):
            return _product(b, clauses)
        case _, Let(_, _, _, body):
            return most_items(b, body)
        case _:
            pass
    raise Unsupported(
        "a list whose length has no bound has no C meaning", None, "give it a bound: `Annotated[list[T], Max(n)]`"
    )


def _product(b: Body, clauses: tuple[Clause, ...]) -> int:
    most = 1
    for clause in clauses:
        most *= most_items(b, clause.source)
    return most


def collect(b: Body, e: Apply) -> Value:
    """Return the list of a source that is usually only walked."""
    assert isinstance(e.type, ListOf)
    kept = list_type(e.type, most_items(b, e))

    def write(result: Value, n: Value) -> None:
        with each(b, e) as parts:
            fill(b, result, n, convert(b, whole(b, parts, kept.item), kept.item, checked=True))

    return listed(b, kept, write)


def distinct(b: Body, source: Value) -> Value:
    """Return the list of the items of a list, or of the keys of a dict, without repeats."""
    t = source.type
    kept = normal(ListOf(t.key, size(count(t.key)))) if isinstance(t, DictOf) else t
    assert isinstance(kept, ListOf)

    def write(result: Value, n: Value) -> None:
        with each_of(b, source) as item:
            seen = b.zero(TRUTH)
            with upto(b, n.code) as i:
                b.line(f"{seen.code} |= {equal(b, b.hold(nth(b, result, i)), item)};")
            with b.block(f"if (!{seen.code})"):
                fill(b, result, n, item)

    return listed(b, kept, write)


# -- comprehensions ---------------------------------------------------------------------------------------------------


def emit_comprehension(b: Body, e: Comprehension) -> Value:
    """Write a comprehension and return what it is reduced to."""
    if e.reduction in {Reduction.ANY, Reduction.ALL}:
        return _quantifier(b, e)
    if e.reduction in {Reduction.MIN, Reduction.MAX}:
        return _extreme(b, e)
    if e.reduction is Reduction.LIST:
        return _list(b, e)
    if e.reduction is Reduction.SUM:
        return _sum(b, e)
    if e.reduction is Reduction.COUNT:
        result = b.zero(INDEX)
        clauses(b, e.clauses, lambda: _discard(b, e.body, f"{result.code}++;"))
        return result
    return _gathered(b, e)


def clauses(b: Body, rest: tuple[Clause, ...], body: Callable[[], None]) -> None:
    """Write nested loops, and the body in the innermost."""
    if not rest:
        body()
        return
    with each(b, rest[0].source) as parts:
        bind(b, rest[0].targets, parts)
        for condition in rest[0].conditions:
            b.line(f"if (!{b.hold(b.value(condition)).code}) continue;")
        clauses(b, rest[1:], body)


def _discard(b: Body, body: tuple[Expr, ...], line: str) -> None:
    for e in body:
        b.value(e)
    b.line(line)


def _quantifier(b: Body, e: Comprehension) -> Value:
    any_ = e.reduction is Reduction.ANY
    result, end = b.copy(Value("0" if any_ else "1", TRUTH)), b.fresh("decided")
    mark = _marker(b, e.site)

    def body() -> None:
        answer = b.hold(b.value(e.body[0])).code
        mark()
        with b.block(f"if ({'' if any_ else '!'}{answer})"):
            b.line(f"{result.code} = {1 if any_ else 0};")
            b.line(f"goto {end};")

    clauses(b, e.clauses, body)
    b.line(f"goto {end};")
    b.line(f"{end}:;")
    return result


def _marker(b: Body, site: int | None) -> Callable[[], None]:
    """Return what writes that a quantifier had an item, whose value there was; a flag keeps that to once for each state."""
    if site is None:
        return lambda: None
    noted, number = b.zero(TRUTH), b.site + site

    def mark() -> None:
        with b.block(f"if (!{noted.code})"):
            b.line(f"{noted.code} = 1;")
            b.line(f"r->out->exercised[{number // 64}] |= {1 << number % 64:#x}ull;")

    return mark


def _sum(b: Body, e: Comprehension) -> Value:
    total = b.zero(Int(None, None))
    clauses(b, e.clauses, lambda: b.fail(f"__builtin_add_overflow({total.code}, {b.value(e.body[0]).code}, &{total.code})"))
    return total


def _extreme(b: Body, e: Comprehension) -> Value:
    t = held(e.type)
    best, found = b.zero(t), b.zero(TRUTH)
    best_key = b.zero(held(e.body[0].type)) if len(e.body) > 1 else best

    seen: list[Value] = []

    def body() -> None:
        values = [b.hold(b.value(x)) for x in e.body]
        key = values[0] if len(values) > 1 else b.hold(adapt(b, values[0], t))
        seen.append(values[-1])
        better = less(b, key, best_key) if e.reduction is Reduction.MIN else less(b, best_key, key)
        with b.block(f"if (!{found.code} || {better})"):
            b.line(f"{found.code} = 1;")
            b.line(f"{best_key.code} = {key.code};")
            if len(values) > 1:
                b.line(f"{best.code} = {adapt(b, values[1], t).code};")

    clauses(b, e.clauses, body)
    if e.default is None:
        b.fail(f"!{found.code}")
    else:
        with b.block(f"if (!{found.code})"):
            seen.append(adapt(b, b.value(e.default), t))
            b.line(f"{best.code} = {seen[-1].code};")
    return Value(best.code, spanning(seen)) if isinstance(t, Int) else best


def _list(b: Body, e: Comprehension) -> Value:
    assert isinstance(e.type, ListOf)
    kept = list_type(e.type, _product(b, e.clauses) if e.type.longest is None else 0)

    def write(result: Value, n: Value) -> None:
        clauses(b, e.clauses, lambda: fill(b, result, n, b.hold(convert(b, b.value(e.body[0]), kept.item, checked=True))))

    return listed(b, kept, write)


def _gathered(b: Body, e: Comprehension) -> Value:
    """A set or dict."""
    kept = normal(e.type)
    result = b.zero(kept)

    def body() -> None:
        values = [b.hold(b.value(x)) for x in e.body]
        if isinstance(kept, SetOf):
            set_bit(b, result, rank_of(b, convert(b, values[0], kept.item, checked=True)))
        elif isinstance(kept, DictOf):
            place = rank_of(b, convert(b, values[0], kept.key, checked=True))
            put_entry(b, result, place, b.hold(convert(b, values[1], kept.value, checked=True)))

    clauses(b, e.clauses, body)
    return result
