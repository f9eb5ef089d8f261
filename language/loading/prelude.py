"""The builtins of a model's modules: Python's own, but for those that must know enums, quantifiers, or where imports come from.

`sorted`, `min` and `max` order enums by declaration and processes by number. `any` and `all` tell whoever listens which
quantifier found an item to range over, so that a vacuous property is noticed. What loops walk goes through `_in_order`.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import ItemsView, KeysView, ValuesView
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from quorate.language.loading.walking import IN_ORDER
from quorate.language.values.values import Key, order

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
    from types import CodeType, FrameType

Spot = tuple[str, int, int]  # file, line and column (both from 1) of a call


def builtins_with(import_: Callable[..., object]) -> dict[str, object]:
    """Return the `__builtins__` of a model's module, which imports through `import_`."""
    ours = {"all": _all, "any": _any, "sorted": _sorted, "min": _min, "max": _max, IN_ORDER: _in_order, "__import__": import_}
    return {**vars(builtins), **ours}


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
