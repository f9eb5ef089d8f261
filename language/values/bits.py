"""What the operators on the bits of numbers make of bounds: Python's numbers, in two's complement without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.values.lattice import ANY_INT, high, integer, low

if TYPE_CHECKING:
    from quorate.language.values.types import Int

LONGEST_SHIFT = 63  # to the left: by more, only 0 fits into 64 bits


def masked(a: Int, b: Int) -> Int:
    """Return what `a & b` can be: no more than one of them that is not negative."""
    tops = [high(x) for x in (a, b) if _natural(x)]
    known = [top for top in tops if top is not None]
    if tops:
        return integer(0, min(known) if known else None)
    return merged(a, b)


def merged(a: Int, b: Int) -> Int:
    """Return what `a | b` and `a ^ b` can be: they take no more bits than both."""
    ends = (low(a), high(a), low(b), high(b))
    natural = _natural(a) and _natural(b)
    if None in ends:
        return integer(0, None) if natural else ANY_INT
    width = max((e if e >= 0 else ~e).bit_length() for e in ends if e is not None)
    return integer(0 if natural else -1 << width, (1 << width) - 1)


def shifted_left(a: Int, b: Int) -> Int:
    """Return what `a << b` can be, where it is no error."""
    ends, most = (low(a), high(a)), high(b)
    if None in ends or most is None or not 0 <= most <= LONGEST_SHIFT:
        return integer(0, None) if _natural(a) else ANY_INT
    corners = [x << y for x in ends for y in (max(low(b) or 0, 0), most) if x is not None]
    return integer(min(corners), max(corners))


def shifted_right(a: Int, b: Int) -> Int:
    """Return what `a >> b` can be, where it is no error."""
    ends, most = (low(a), high(a)), high(b)
    if None in ends:
        return integer(0, high(a)) if _natural(a) else ANY_INT
    least = max(low(b) or 0, 0)
    far = LONGEST_SHIFT if most is None else max(least, min(most, LONGEST_SHIFT))
    corners = [x >> y for x in ends for y in (min(least, LONGEST_SHIFT), far) if x is not None]
    return integer(min(corners), max(corners))


def _natural(a: Int) -> bool:
    least = low(a)
    return least is not None and least >= 0
