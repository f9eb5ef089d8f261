"""How types relate: what two have in common, and the bounds of integers that a computation can reach.

Everything is about the shape (`int`, `set of Server`) or about bounds (0 to 3); a bound of None is not known. `inference.py`
uses it to find the types that nobody declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.values.types import (
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
    from collections.abc import Callable, Iterable

BOOL = Bool()
NOTHING = Nothing()
ANY_INT = Int(None, None)


def integer(low: int | None, high: int | None) -> Int:
    """Return the type of the integers between two bounds; one that is None is not known."""
    return Int(None if low is None else Size(low, str(low)), None if high is None else Size(high, str(high)))


def low(t: Int) -> int | None:
    return None if t.low is None else t.low.value


def high(t: Int) -> int | None:
    return None if t.high is None else t.high.value


def at_least(t: Int, bound: int | None) -> Int:
    """Narrow to the integers not below `bound`."""
    mine = low(t)
    return t if bound is None or (mine is not None and mine >= bound) else Int(Size(bound, str(bound)), t.high)


def at_most(t: Int, bound: int | None) -> Int:
    """Narrow to the integers not above `bound`."""
    mine = high(t)
    return t if bound is None or (mine is not None and mine <= bound) else Int(t.low, Size(bound, str(bound)))


def hull(a: Int, b: Int) -> Int:
    """Return the least range that holds both; a bound keeps its name where it is one of theirs."""
    least = None if a.low is None or b.low is None else min(a.low, b.low, key=lambda s: s.value)
    most = None if a.high is None or b.high is None else max(a.high, b.high, key=lambda s: s.value)
    return Int(least, most)


def within(a: Int, b: Int) -> bool:
    """Say whether every integer of `a` is one of `b`."""
    return hull(a, b) == b or (low(hull(a, b)), high(hull(a, b))) == (low(b), high(b))


# -- arithmetic -------------------------------------------------------------------------------------------------------


def plus(a: Int, b: Int) -> Int:
    return integer(_sum(low(a), low(b)), _sum(high(a), high(b)))


def negated(a: Int) -> Int:
    return integer(_negative(high(a)), _negative(low(a)))


def minus(a: Int, b: Int) -> Int:
    return plus(a, negated(b))


def times(a: Int, b: Int) -> Int:
    corners = [_product(x, y) for x in (low(a), high(a)) for y in (low(b), high(b))]
    known = [c for c in corners if c is not None]
    if len(known) == len(corners):
        return integer(min(known), max(known))
    return integer(0, None) if _natural(a) and _natural(b) else ANY_INT


def quotient(a: Int, b: Int) -> Int:
    divisors, ends = (low(b), high(b)), (low(a), high(a))
    if divisors[0] is None or divisors[0] < 1:
        most = max((abs(e) for e in ends if e is not None), default=0)
        return ANY_INT if None in ends else integer(-most, most)
    if None in ends or None in divisors:
        return integer(0, high(a)) if _natural(a) else ANY_INT
    corners = [x // y for x in ends for y in divisors if x is not None and y is not None]
    return integer(min(corners), max(corners))


def remainder(a: Int, b: Int) -> Int:
    least, most = low(b), high(b)
    if least is None or most is None:
        return ANY_INT
    if least < 1:
        return integer(min(least + 1, 0), max(most - 1, 0))
    top = high(a)
    return integer(0, min(most - 1, top) if _natural(a) and top is not None else most - 1)


def absolute(a: Int) -> Int:
    mirrored = hull(a, negated(a))
    return a if _natural(a) else at_least(mirrored, 0)


def least_of(types: Iterable[Int]) -> Int:
    """Return what `min` of integers of these types can be."""
    several = list(types)
    lows, highs = [low(t) for t in several], [high(t) for t in several]
    tops = [h for h in highs if h is not None]
    bottoms = [b for b in lows if b is not None]
    return integer(min(bottoms) if len(bottoms) == len(lows) else None, min(tops) if tops else None)


def most_of(types: Iterable[Int]) -> Int:
    """Return what `max` of integers of these types can be."""
    return negated(least_of([negated(t) for t in types]))


def _natural(t: Int) -> bool:
    bottom = low(t)
    return bottom is not None and bottom >= 0


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _product(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a * b


def _negative(a: int | None) -> int | None:
    return None if a is None else -a


# -- types ------------------------------------------------------------------------------------------------------------


def mapped(t: Type, change: Callable[[Type], Type]) -> Type:
    """Return the type with each of its direct parts changed (a record's fields are its own affair)."""
    match t:
        case Option(item):
            return Option(change(item))
        case SetOf(item, frozen):
            return SetOf(change(item), frozen)
        case ListOf(item, longest):
            return ListOf(change(item), longest)
        case DictOf(key, value):
            return DictOf(change(key), change(value))
        case TupleOf(items):
            return TupleOf(tuple(change(i) for i in items))
        case _:
            pass
    return t


def parts(t: Type) -> tuple[Type, ...]:
    """Return the types that this one is directly made of, a record's fields included."""
    match t:
        case Option(item) | SetOf(item) | ListOf(item, _):
            return (item,)
        case DictOf(key, value):
            return (key, value)
        case TupleOf(items):
            return items
        case RecordOf(_, fields):
            return tuple(f for _, f in fields)
        case _:
            pass
    return ()


def shape(t: Type) -> Type:
    """Return the type without its bounds."""
    if isinstance(t, Int):
        return ANY_INT
    changed = mapped(t, shape)
    return ListOf(changed.item, None) if isinstance(changed, ListOf) else changed


def frozen_aside(t: Type) -> Type:
    """Return the type with each `frozenset` as a `set`."""
    changed = mapped(t, frozen_aside)
    return SetOf(changed.item) if isinstance(changed, SetOf) else changed


def is_mutable(t: Type) -> bool:
    """Say whether Python would let somebody change a value of this type, or something inside it."""
    changes = isinstance(t, ListOf | DictOf) or (isinstance(t, SetOf) and not t.frozen)
    return changes or any(is_mutable(p) for p in parts(t))


def is_hashable(t: Type, *, in_record: bool = False) -> bool:
    """Say whether values of the type may be items of a set or keys of a dict: no `set` or dict may, but a record with one."""
    match t:
        case ListOf():
            return False
        case DictOf(_, value):
            return in_record and is_hashable(value, in_record=True)
        case SetOf(_, frozen):
            return in_record or bool(frozen)
        case _:
            return all(is_hashable(p, in_record=in_record or isinstance(t, RecordOf)) for p in parts(t))


def has_hole(t: Type) -> bool:
    """Say whether an integer's bound is to be inferred (not inside a record: its fields are looked at by themselves)."""
    if isinstance(t, RecordOf):
        return False
    return (isinstance(t, Int) and (t.low is None or t.high is None)) or any(has_hole(p) for p in parts(t))


def is_sized(t: Type) -> bool:
    """Say whether C can hold the values: a single integer always, a container only when everything in it has bounds."""
    return isinstance(t, Int) or (
        all(
            map(_is_closed, parts(t)),
        )
        and (not isinstance(t, ListOf) or t.longest is not None)
    )


def _is_closed(t: Type) -> bool:
    if isinstance(t, Int):
        return t.low is not None and t.high is not None
    return is_sized(t)


def filled(declared: Type, known: Type) -> Type:
    """Return the declared type with the bounds that it leaves open taken from `known`, of the same shape."""
    match declared, known:
        case Int(), Int():
            return Int(declared.low or _inferred(known.low), declared.high or _inferred(known.high))
        case Option(d), Option(k):
            return Option(filled(d, k))
        case Option(d), _:
            return Option(filled(d, known))
        case SetOf(d, frozen), SetOf(k):
            return SetOf(filled(d, k), frozen)
        case ListOf(d, longest), ListOf(k, _):
            return ListOf(filled(d, k), longest)
        case DictOf(dk, dv), DictOf(kk, kv):
            return DictOf(filled(dk, kk), filled(dv, kv))
        case TupleOf(ds), TupleOf(ks) if len(ds) == len(ks):
            return TupleOf(tuple(map(filled, ds, ks)))
        case _:
            pass
    return declared


def tightened(wide: Type, seen: Type) -> Type:
    """Return the type with the bounds and lengths that were seen to suffice, where they are tighter; the shapes are alike."""
    match wide, seen:
        case Int(), Int():
            return at_most(at_least(wide, low(seen)), high(seen))
        case ListOf(item, longest), ListOf(other, enough):
            tighter = enough if longest is None or (enough is not None and enough.value < longest.value) else longest
            return ListOf(tightened(item, other), tighter)
        case RecordOf(), _:
            return wide
        case _ if type(wide) is type(seen):
            paired = iter(parts(seen))
            return mapped(wide, lambda part: tightened(part, next(paired, part)))
        case _:
            return wide


def depth(t: Type) -> int:
    """Return how many containers stand one in the other."""
    return 1 + max(map(depth, parts(t)), default=0)


def _inferred(size: Size | None) -> Size | None:
    return None if size is None else Size(size.value, size.text, inferred=True)


class Lattice:
    """Joins types; it knows which ids have which in common."""

    def __init__(self, ids: dict[str, ProcessId], ancestry: dict[str, tuple[str, ...]]) -> None:
        """`ancestry` gives each process class's ancestors by name, itself first."""
        self.ids = ids
        self.ancestry = ancestry

    def join(self, a: Type, b: Type) -> Type | None:
        """Return the least type that holds the values of both, or None where there is none."""
        if a == b:
            return a
        match a, b:
            case Nothing(), _:
                return b if isinstance(b, Option) else Option(b)
            case _, Nothing():
                return a if isinstance(a, Option) else Option(a)
            case Int(), Int():
                return hull(a, b)
            case ProcessId(), ProcessId():
                return self._common(a, b)
            case (Option(), _) | (_, Option()):
                return _wrapped(Option, self.join(_item(a), _item(b)) if Option(NOTHING) not in (a, b) else _other(a, b))
            case SetOf(x, a_frozen), SetOf(y, b_frozen):
                item, frozen = self.items(x, y), a_frozen if a_frozen is b_frozen else None
                return None if item is None else SetOf(item, frozen)
            case ListOf(x, m), ListOf(y, n):
                item = self.items(x, y)
                return None if item is None else ListOf(item, _longer(m, n))
            case DictOf(j, v), DictOf(k, w):
                key, value = self.items(j, k), self.items(v, w)
                return None if key is None or value is None else DictOf(key, value)
            case TupleOf(xs), TupleOf(ys) if len(xs) == len(ys):
                joined = [self.join(x, y) for x, y in zip(xs, ys, strict=True)]
                known = tuple(j for j in joined if j is not None)
                return TupleOf(known) if len(known) == len(joined) else None
            case RecordOf(), RecordOf():
                return a if a.name == b.name else None
            case _:
                pass
        return None

    def items(self, a: Type, b: Type) -> Type | None:
        """Join the item types of two containers: `Nothing` is the item of an empty one."""
        if isinstance(a, Nothing) or isinstance(b, Nothing):
            return b if isinstance(a, Nothing) else a
        return self.join(a, b)

    def _common(self, a: ProcessId, b: ProcessId) -> ProcessId | None:
        above = self.ancestry.get(b.kind, ())
        return next((self.ids[k] for k in self.ancestry.get(a.kind, ()) if k in above and k in self.ids), None)

    def is_below(self, a: ProcessId, b: ProcessId) -> bool:
        """Say whether every id of `a` is one of `b`."""
        return b.kind in self.ancestry.get(a.kind, (a.kind,))


def _item(t: Type) -> Type:
    return t.item if isinstance(t, Option) else t


def _other(a: Type, b: Type) -> Type:
    return _item(b) if a == Option(NOTHING) else _item(a)


def _wrapped(wrap: Callable[[Type], Type], t: Type | None) -> Type | None:
    return None if t is None else wrap(t)


def _longer(m: Size | None, n: Size | None) -> Size | None:
    return None if m is None or n is None else max(m, n, key=lambda s: s.value)


def one(t: Type) -> str:
    """Return the type as it stands in a sentence: "a `bool`", "an `int`"."""
    words = in_words(t)
    return f"{'an' if words[0] in 'aeiouAEIOU' else 'a'} `{words}`"


def in_words(t: Type, *, bounds: bool = False) -> str:
    """Return the type as a model writes it; with `bounds`, by their names: `int 0..MAX_TERM`, `list[Entry] of at most 3`."""

    def words(inner: Type) -> str:
        return in_words(inner, bounds=bounds)

    match t:
        case Bool():
            return "bool"
        case Int(least, most):
            return f"int {least or ''}..{most or ''}" if bounds and (least or most) else "int"
        case Enumeration(name, _) | ProcessId(name, _) | RecordOf(name, _):
            return name
        case Option(item):
            return f"{words(item)} | None"
        case SetOf(item, frozen):
            return f"{'frozenset' if frozen else 'set'}[{words(item)}]"
        case ListOf(item, longest):
            return f"list[{words(item)}]{f' of at most {longest}' if bounds and longest else ''}"
        case DictOf(key, value):
            return f"dict[{words(key)}, {words(value)}]"
        case TupleOf(items):
            return f"tuple[{', '.join(words(i) for i in items)}]"
        case Nothing():
            return "None"
