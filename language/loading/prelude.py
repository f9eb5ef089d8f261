"""The builtins of a model's modules: Python's own, but for those that must know enums, quantifiers, or where imports come from.

`sorted`, `min` and `max` order enums by declaration and processes by number; `sum` and `abs` stay within 64 bits. `any` and
`all` tell whoever listens which quantifier found an item to range over, so that a vacuous property is noticed. What loops
walk goes through `_in_order`, what functions compute through those under "numbers" (`arithmetic.py`).
"""

from __future__ import annotations

import builtins
import sys
from collections import deque
from collections.abc import ItemsView, KeysView, Mapping, ValuesView
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from quorate.language.declare import running
from quorate.language.errors import ModelError
from quorate.language.loading.tree.arithmetic import FITS, HELD, HERE, ITEM, MOVED, NATURAL, PLACE, SHIFTED
from quorate.language.loading.tree.bounds import BOUNDED
from quorate.language.loading.tree.walking import IN_ORDER
from quorate.language.values.bits import LONGEST_SHIFT
from quorate.language.values.values import LARGEST, Key, order

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from types import CodeType, FrameType

Spot = tuple[str, int, int]  # file, line and column (both from 1) of a call


def builtins_with(import_: Callable[..., object]) -> dict[str, object]:
    """Return the `__builtins__` of a model's module, which imports through `import_`."""
    ours = {"all": _all, "any": _any, "sorted": _sorted, "min": _min, "max": _max, "sum": _sum, "abs": _abs}
    language = {
        IN_ORDER: _in_order,
        FITS: _fits,
        ITEM: _item,
        PLACE: _place,
        NATURAL: _natural,
        MOVED: _moved,
        HELD: _held,
        HERE: _here,
        SHIFTED: _shifted,
        BOUNDED: _bounded,
    }
    return {**vars(builtins), **ours, **language, "__import__": import_}


def spot(frame: FrameType) -> Spot:
    """Return where the frame stands: the beginning of the expression that it evaluates."""
    return _spot(frame.f_code, frame.f_code.co_filename, frame.f_lasti)


@lru_cache(maxsize=4096)
def _spot(code: CodeType, file: str, last: int) -> Spot:
    # The file is part of the key, because code objects of equal text are equal whatever file they are from.
    line, _, column, _ = next(islice(code.co_positions(), last // 2, None))
    return file, line or code.co_firstlineno, (column or 0) + 1


# -- quantifiers ------------------------------------------------------------------------------------------------------

_listener: Callable[[Spot], None] | None = None


@contextmanager
def listening(listener: Callable[[Spot], None]) -> Generator[None]:
    """Have `listener` told each quantifier that finds an item, for the duration."""
    global _listener  # noqa: PLW0603  (builtins are handed nothing)
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before


def _noted(items: Iterable[object], frame: FrameType) -> Iterator[object]:
    iterator = iter(items)
    for item in iterator:
        assert _listener is not None
        _listener(spot(frame))
        yield item
        break
    yield from iterator


def _caller() -> FrameType:
    return sys._getframe(2)  # pyright: ignore[reportPrivateUsage]


def _all(items: Iterable[object], /) -> bool:
    return all(items) if _listener is None else all(_noted(items, _caller()))


def _any(items: Iterable[object], /) -> bool:
    return any(items) if _listener is None else any(_noted(items, _caller()))


# -- order ------------------------------------------------------------------------------------------------------------


def _sorted(
    items: Iterable[object], /, *, key: Callable[[object], object] | None = None, reverse: bool = False
) -> list[object]:
    return sorted(items, key=_by(key), reverse=reverse)


def _min(*items: object, key: Callable[[object], object] | None = None, **default: object) -> object:
    return cast("Callable[..., object]", min)(*items, key=_by(key), **default)


def _max(*items: object, key: Callable[[object], object] | None = None, **default: object) -> object:
    return cast("Callable[..., object]", max)(*items, key=_by(key), **default)


def _in_order(items: Iterable[object]) -> Iterable[object]:
    """Return the items of a set or dict, or of a view of a dict, in the order of their type; anything else as it is."""
    match items:
        case set() | frozenset() | dict() | KeysView():
            return sorted(items, key=order)
        case ItemsView():
            return sorted(items, key=lambda item: order(item[0]))
        case ValuesView():
            mapping = cast("Mapping[object, object]", cast("Any", items).mapping)
            return [mapping[k] for k in sorted(mapping, key=order)]
        case _:
            return items


def _by(key: Callable[[object], object] | None) -> Callable[[object], Key]:
    return order if key is None else lambda item: order(key(item))


# -- numbers ----------------------------------------------------------------------------------------------------------


BEYOND_REMEDY = "keep what is computed smaller: give the numbers that it is made of bounds"


def _fits(value: object) -> object:
    """Return what was computed. Errors: ModelError for an integer beyond 64 bits."""
    if type(value) is int and not -LARGEST - 1 <= value <= LARGEST:
        raise ModelError(f"{value} is beyond 64 bits", None, BEYOND_REMEDY)
    return value


def _shifted(value: Any, by: Any) -> object:
    """Return `value << by`. Errors: ModelError beyond 64 bits, before the number is made."""
    if type(value) is int and type(by) is int and value and by > LONGEST_SHIFT:
        raise ModelError(f"{value} << {by} is beyond 64 bits", None, BEYOND_REMEDY)
    return _fits(value << by)


def _sum(items: Iterable[object], /, start: object = 0) -> object:
    total: Any = start
    for item in _in_order(items):
        total = _fits(total + item)
    return total


def _abs(value: Any, /) -> object:
    return _fits(abs(value))


def _natural(index: object) -> object:
    """Return a computed index, or end of a slice, from the front. Errors: ModelError where it is below zero."""
    if type(index) is int and index < 0:
        raise ModelError(f"the index is {index}, below zero", None, "only a literal counts from the end: `xs[-1]`")
    return index


def _place(container: object, index: object) -> object:
    """Return a computed index into a container; a key of a dict may be any."""
    return index if isinstance(container, Mapping) else _natural(index)


def _item(container: Any, index: object) -> object:
    return container[_place(container, index)]


_HELD: deque[object] = deque(maxlen=99)  # containers whose index is being computed, the innermost last; some were left


def _held(container: object) -> object:
    _HELD.append(container)
    return container


def _here(index: object) -> object:
    return _place(_HELD.pop(), index)


def _bounded(name: str, value: object) -> None:
    """Look at a local that has an annotation, while a step or property runs. Errors: Misfit for a value beyond its bounds."""
    code, present = _caller().f_code, running()
    if present is not None:
        present.bounded((code.co_filename, code.co_firstlineno, name), value)


def _moved(container: object, name: str, index: object, *items: object) -> object:
    """Call `pop` or `insert`, of a list with an index from the front; anything else has its own."""
    return getattr(container, name)(_natural(index) if isinstance(container, list) else index, *items)
