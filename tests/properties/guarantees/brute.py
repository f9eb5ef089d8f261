"""What each guarantee means, by its definition and by force: every order of the operations is tried.

Written from the papers, without a look at the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .calls import Call

Spec = Callable[[object, str, tuple[object, ...]], tuple[object, object] | None]  # None: it cannot take effect now


def register(content: object, name: str, arguments: tuple[object, ...]) -> tuple[object, object]:
    return (arguments[0], None) if name == "write" else (content, content)


def cas_register(content: object, name: str, arguments: tuple[object, ...]) -> tuple[object, object] | None:
    if name == "cas":
        return (arguments[1], None) if content == arguments[0] else None
    return register(content, name, arguments)


def counter(content: object, name: str, _: tuple[object, ...]) -> tuple[object, object]:
    assert isinstance(content, int)
    return (content + 1, None) if name == "increment" else (content, content)


def key_value(content: object, name: str, arguments: tuple[object, ...]) -> tuple[object, object]:
    assert isinstance(content, tuple)
    pairs = dict(content)
    if name == "get":
        return content, pairs.get(arguments[0])
    rest = {k: v for k, v in pairs.items() if k != arguments[0]}
    put = {arguments[0]: arguments[1]} if name == "put" else {}
    return tuple(sorted((rest | put).items())), None


def queue(content: object, name: str, arguments: tuple[object, ...]) -> tuple[object, object]:
    assert isinstance(content, tuple)
    if name == "enqueue":
        return (*content, arguments[0]), None
    return content[1:], content[0] if content else None


def shared_set(content: object, name: str, arguments: tuple[object, ...]) -> tuple[object, object]:
    assert isinstance(content, frozenset)
    if name == "read":
        return content, content
    return content | set(arguments) if name == "add" else content - set(arguments), None


def lock(content: object, name: str, _: tuple[object, ...]) -> tuple[object, object] | None:
    return (name == "acquire", None) if content == (name == "release") else None


def precedes(one: Call, other: Call) -> bool:
    return one.end is not None and one.end < other.begin


def legal(order: Sequence[Call], spec: Spec, first: object) -> bool:
    """Say whether a sequence of operations is one of the object; what never ended may return anything."""
    content = first
    for call in order:
        made = spec(content, call.name, call.arguments)
        if made is None or (call.end is not None and made[1] != call.result):
            return False
        content = made[0]
    return True


def completions(calls: Sequence[Call]) -> Iterator[list[Call]]:
    """Yield the operations that ended with each subset of those that did not."""
    over = [c for c in calls if c.end is not None]
    pending = [c for c in calls if c.end is None]
    for size in range(len(pending) + 1):
        for some in combinations(pending, size):
            yield [*over, *some]


def orders(calls: Sequence[Call], before: Callable[[Call, Call], bool]) -> Iterator[tuple[Call, ...]]:
    for order in permutations(calls):
        if not any(before(later, earlier) for earlier, later in combinations(order, 2)):
            yield order


def linearizable(calls: Sequence[Call], spec: Spec, first: object) -> bool:
    return any(legal(order, spec, first) for some in completions(calls) for order in orders(some, precedes))


# -- registers that are written by one at a time, in order -------------------------------------------------------------


def reads(calls: Sequence[Call]) -> list[Call]:
    return [c for c in calls if c.name == "read" and c.end is not None and not c.failed]


def written(calls: Sequence[Call]) -> list[Call]:
    return sorted((c for c in calls if c.name == "write"), key=lambda c: c.begin)


def before_and_during(calls: Sequence[Call], read: Call) -> tuple[list[object], list[object]]:
    """Return the values of the writes that ended before a read began, the first value before them, and of those during it."""
    assert read.end is not None
    ended = [c.arguments[0] for c in written(calls) if precedes(c, read)]
    during = [c.arguments[0] for c in written(calls) if not precedes(c, read) and c.begin < read.end]
    return [0, *ended], during


def stale_by(calls: Sequence[Call], most: int) -> bool:
    """Say whether each read returns one of the last `most + 1` values that were written before it, or one written during it."""
    return all(
        r.result in (before[-1 - most :] + during) for r in reads(calls) for before, during in [before_and_during(calls, r)]
    )


def regular(calls: Sequence[Call]) -> bool:
    return stale_by(calls, 0)


def safe(calls: Sequence[Call]) -> bool:
    return all(during or r.result == before[-1] for r in reads(calls) for before, during in [before_and_during(calls, r)])


# -- registers with values that are each written once ------------------------------------------------------------------


def along_some_order(calls: Sequence[Call], holds: Callable[[dict[object, int]], bool]) -> bool:
    """Say whether there is an order of all values, the first one first, of which something holds."""
    values = {c.arguments[0] for c in written(calls)} | {r.result for r in reads(calls)}
    return any(holds({v: i for i, v in enumerate((0, *order))}) for order in permutations(values - {0}))


def pairs(calls: Sequence[Call]) -> Iterator[tuple[Call, Call]]:
    """Yield two operations of one client, the earlier one first."""
    for one in calls:
        for other in calls:
            if one.client == other.client and one.begin < other.begin:
                yield one, other


def monotonic_reads(calls: Sequence[Call]) -> bool:
    seen = reads(calls)
    return along_some_order(calls, lambda at: all(at[a.result] <= at[b.result] for a, b in pairs(seen)))


def read_your_writes(calls: Sequence[Call]) -> bool:
    done = [c for c in calls if c.end is not None and not c.failed]
    own = [(a, b) for a, b in pairs(done) if a.name == "write" and b.name == "read"]
    return along_some_order(calls, lambda at: all(at[a.arguments[0]] <= at[b.result] for a, b in own))


def goes_back(calls: Sequence[Call], earlier: object, later: object) -> bool:
    """Say whether some client read the later value, and after that the earlier one."""
    return any((a.result, b.result) == (later, earlier) for a, b in pairs(reads(calls)))


def foreseen(calls: Sequence[Call]) -> bool:
    """Say whether some read returned what nobody had begun to write."""
    begun = {c.arguments[0]: c.begin for c in written(calls)}
    return any(r.result != 0 and begun.get(r.result, 1 << 30) > (r.end or 0) for r in reads(calls))


def monotonic_writes(calls: Sequence[Call]) -> bool:
    back = any(goes_back(calls, a.arguments[0], b.arguments[0]) for a, b in pairs(written(calls)))
    return not back and not foreseen(calls)


def writes_follow_reads(calls: Sequence[Call]) -> bool:
    after = [(a.result, b.arguments[0]) for a, b in pairs(calls) if a in reads(calls) and b.name == "write" and a.result != 0]
    return not any(goes_back(calls, a, b) for a, b in after) and not foreseen(calls)


def is_older(calls: Sequence[Call], value: object, write: Call) -> bool:
    """Say whether a value had been written before this write began."""
    return value == 0 or any(c.arguments[0] == value and not c.failed and precedes(c, write) for c in written(calls))


def no_lost_write(calls: Sequence[Call]) -> bool:
    safe_ = [w for w in written(calls) if not w.failed]
    return not any(precedes(w, r) and is_older(calls, r.result, w) for r in reads(calls) for w in safe_)


def no_vanished_read(calls: Sequence[Call]) -> bool:
    """An earlier read counts for the writes that had begun by its end: what is written later was not what it saw."""
    seen = [(w, r) for r in reads(calls) for w in written(calls) if r.result == w.arguments[0] and w.begin < (r.end or 0)]
    return not any(precedes(r, later) and is_older(calls, later.result, w) for w, r in seen for later in reads(calls))


def no_failed_read(calls: Sequence[Call]) -> bool:
    gone = [w.arguments[0] for w in written(calls) if w.failed]
    return not any(r.result in gone for r in reads(calls))
