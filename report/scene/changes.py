"""Values as people read them, and what differs between two of them: only what changed, as deep inside as it changed.

The values are those of a trace: plain JSON as `language/values/values.py` writes it, so nothing here needs the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Json


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, at a path such as `log[0].term`.

    became   `before` was replaced by `after`
    gained   a set or the end of a list has `after` now
    lost     a set, a dict, or the end of a list had `before`
    """

    path: str
    sort: Literal["became", "gained", "lost"]
    before: str = ""
    after: str = ""

    def text(self, becomes: str, room: int | None = None) -> str:
        """Return the change as one phrase; the old value is left out where the phrase would not fit the room."""
        if self.sort == "gained":
            return f"{self.path} + {self.after}"
        if self.sort == "lost":
            return f"{self.path} - {self.before}"
        whole = f"{self.path} {self.before} {becomes} {self.after}" if self.before else f"{self.path} {becomes} {self.after}"
        return whole if room is None or len(whole) <= room else f"{self.path} {becomes} {self.after}"


def show(value: Json) -> str:
    """Return a value as a reader of the model's source would write it."""
    match value:
        case {"record": str(name), "fields": dict(fields)}:
            return f"{name}({', '.join(f'{k}={show(v)}' for k, v in fields.items())})"
        case {"set": list(items)}:
            return "{" + _shown(items) + "}"
        case {"tuple": list(items)}:
            return f"({_shown(items)}{',' if len(items) == 1 else ''})"
        case {"dict": list(pairs)}:
            return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in _pairs(pairs)) + "}"
        case list():
            return f"[{_shown(value)}]"
        case _:
            return str(value)


def short(value: Json) -> str:
    """Return a value with the names of fields left out: `Vote(1)` for `Vote(term=1)`."""
    match value:
        case {"record": str(name), "fields": dict(fields)}:
            return f"{name}({', '.join(short(v) for v in fields.values())})"
        case _:
            return show(value)


def changes(path: str, before: Json, after: Json) -> list[Change]:
    """Return how `after` differs from `before`; nothing where they are equal."""
    if before == after:
        return []
    match before, after:
        case {"record": str(old), "fields": dict(olds)}, {"record": str(new), "fields": dict(news)} if old == new:
            return [c for name in news for c in changes(f"{path}.{name}", olds.get(name), news[name])]
        case {"set": list(olds)}, {"set": list(news)}:
            return _of_sets(path, olds, news)
        case {"dict": list(olds)}, {"dict": list(news)} if news:
            return _of_dicts(path, olds, news)
        case list(olds), list(news):
            return _of_lists(path, olds, news)
        case _:
            return [Change(path, "became", show(before), show(after))]


def _of_sets(path: str, before: list[Json], after: list[Json]) -> list[Change]:
    gained = [x for x in after if x not in before]
    lost = [x for x in before if x not in after]
    if not after or (gained and lost):
        return [Change(path, "became", show({"set": before}), show({"set": after}))]
    return [Change(path, "gained", after=_shown(gained)) if gained else Change(path, "lost", before=_shown(lost))]


def _of_dicts(path: str, before: list[Json], after: list[Json]) -> list[Change]:
    olds, news = ({show(k): v for k, v in _pairs(side)} for side in (before, after))
    found = [Change(path, "lost", before=key) for key in olds if key not in news]
    for key, value in news.items():
        at = f"{path}[{key}]"
        found += changes(at, olds[key], value) if key in olds else [Change(at, "became", after=show(value))]
    return found


def _of_lists(path: str, before: list[Json], after: list[Json]) -> list[Change]:
    if after[: len(before)] == before:
        return [Change(path, "gained", after=_shown(after[len(before) :]))]
    if after and before[: len(after)] == after:
        return [Change(path, "lost", before=_shown(before[len(after) :]))]
    if len(before) == len(after):
        return [c for i, (old, new) in enumerate(zip(before, after, strict=True)) for c in changes(f"{path}[{i}]", old, new)]
    return [Change(path, "became", show(before), show(after))]


def _shown(items: Iterable[Json]) -> str:
    return ", ".join(show(i) for i in items)


def _pairs(items: Iterable[Json]) -> list[tuple[Json, Json]]:
    """Return the (key, value) pairs of a dict as a trace writes it: `[[key, value], ...]`."""
    return [(pair[0], pair[1]) for pair in items if isinstance(pair, list)]
