"""Why a guarantee is violated: the operations that contradict each other, as few as suffice, in a sentence.

Subsets of the operations of a run are told to the guarantee again, in the order of the run, the small ones first; the first
that it refuses is the answer. One may be left out only where that makes nothing impossible that was possible before: where what
is returned was written whole by one operation, a subset counts that has every operation that wrote a value that it returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from quorate.explorer.contract.trace import Cause
from quorate.explorer.reference.present import Present
from quorate.explorer.traces.intervals import operations_of
from quorate.language.declare import entered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.explorer.contract.edges import Edge, Told
    from quorate.explorer.contract.trace import Operation
    from quorate.explorer.reference.present import System
    from quorate.language.histories.history import History
    from quorate.language.loading.model import PropertyDeclaration
    from quorate.language.values.state import Global

MOST = 12  # operations of a run whose subsets are tried


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with what the history was told of it: when, counted over the whole run, it began and it ended."""

    operation: Operation
    begun: tuple[int, Told]
    ended: tuple[int, Told] | None


def contradiction(system: System, prop: PropertyDeclaration, start: Global, edges: Sequence[Edge]) -> Cause:
    """Return the reason: the least operations of the run that the guarantee refuses."""
    history = next(h for h in system.model.histories if h.name == prop.source.prefix.rstrip("."))
    calls = _calls(system, history.name, edges)
    found = next((s for s in _subsets(calls, history) if _refused(system, prop, history, start, s)), calls)
    return Cause(_sentence([call.operation for call in found]), {}, 0)


def _calls(system: System, history: str, edges: Sequence[Edge]) -> list[Call]:
    """Return the operations of one history, in the order in which they begin."""
    told = [t for edge in edges for t in edge.told if t.history == history]
    operations = [o for o in operations_of(system, edges) if o.history == history]
    found: list[Call] = []
    for at, begun in ((at, t) for at, t in enumerate(told) if t.how == "begin"):
        later = ((i, t) for i, t in enumerate(told) if i > at and t.client == begun.client)
        ended = next(later, None)
        found.append(Call(operations[len(found)], (at, begun), ended))
    return found


def _subsets(calls: Sequence[Call], history: History) -> Iterator[list[Call]]:
    """Yield the subsets in which nothing is missing that the rest rests on, small ones first."""
    if not history.of.last_written or len(calls) > MOST:
        yield list(calls)
        return
    for size in range(1, len(calls) + 1):
        for some in combinations(calls, size):
            returned = [call.ended[1].what for call in some if call.ended and call.ended[1].what]
            if all(call in some or call.begun[1].what not in returned for call in calls):
                yield list(some)


def _refused(system: System, prop: PropertyDeclaration, history: History, start: Global, calls: Sequence[Call]) -> bool:
    """Say whether the guarantee is false once it was told of these operations."""
    told = sorted([at for c in calls for at in (c.begun, c.ended) if at is not None], key=lambda event: event[0])
    with entered(Present(system, start, "all")):
        for _, event in told:
            client = system.model.processes[event.client]
            history.told(event.how)(client, *event.values)
        return not prop.function()


def _sentence(operations: Sequence[Operation]) -> str:
    """Return what the one that ends last does, and where the others stand to it."""
    *_, last = sorted(operations, key=lambda o: (o.end is not None, o.end or 0))
    others = [_beside(o, last) for o in operations if o is not last]
    began = f", begun in step {last.start}," if last.end != last.start else ""
    ended = f" in step {last.end}" if last.end is not None else ""
    text = f"{last.client}'s {last.call}{began} {last.outcome}{ended}"
    return ", ".join([text, " and ".join(others)]) if others else text


def _beside(operation: Operation, last: Operation) -> str:
    whose = f"{operation.client}'s {operation.call}"
    if operation.end is None or operation.end >= last.start:
        return f"while {whose} was open from step {operation.start}" + (f" to {operation.end}" if operation.end else " on")
    return f"after {whose} had {operation.outcome} in step {operation.end}"
