"""Guarantees by brute force: every subset of what may have happened, in every order. Nothing of the searches is used.

It is written from the definitions, for histories of a few operations. `step` of the objects is all that it shares.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, permutations
from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.record.history import PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation


def orders(operations: Sequence[Operation], comes: Callable[[Operation, Operation], bool]) -> Iterator[Sequence[Operation]]:
    """Yield every order of all that happened and some of what may have, in which what `comes` before another does.

    Of two that only may have happened neither comes first: in a recording they never do, since nobody saw them end.
    """
    certain = [o for o in operations if not o.optional]
    perhaps = [o for o in operations if o.optional]
    for some in chain.from_iterable(combinations(perhaps, n) for n in range(len(perhaps) + 1)):
        for order in permutations([*certain, *some]):
            pairs = ((earlier, later) for i, later in enumerate(order) for earlier in order[:i])
            if not any(comes(b, a) for a, b in pairs if not (a.optional and b.optional)):
                yield order


def legal(order: Sequence[Operation], target: Sequential) -> bool:
    """Say whether the object, one for each key, answers as was recorded."""
    states = {operation.key: target.initial for operation in order}
    for operation in order:
        taken = target.functions[operation.function].step(states[operation.key], operation.argument)
        if taken is None or operation.result not in (PENDING, taken[1]):
            return False
        states[operation.key] = taken[0]
    return True


def in_real_time(one: Operation, other: Operation) -> bool:
    return one.ends is not None and one.ends < other.begins


def in_its_session(one: Operation, other: Operation) -> bool:
    return one.client == other.client and one.begins < other.begins


def linearizable(operations: Sequence[Operation], target: Sequential) -> bool:
    return any(legal(order, target) for order in orders(operations, in_real_time))


def sequential(operations: Sequence[Operation], target: Sequential) -> bool:
    return any(legal(order, target) for order in orders(operations, in_its_session))


# -- what reads have seen: every value is written once ------------------------------------------------------------------


def happened(operations: Sequence[Operation]) -> list[Operation]:
    """Return what ended, and the writes that somebody read: they happened, too."""
    read = {(o.key, value) for o in operations for value in shown(o)}
    return [o for o in operations if not o.optional or (o.key, o.argument) in read]


def shown(operation: Operation) -> Sequence[object]:
    if operation.optional or operation.function not in READS:
        return ()
    return [*operation.result] if isinstance(operation.result, tuple | frozenset) else [operation.result]


READS, WRITES = {"read", "get"}, {"write", "put", "append", "add"}


def saw(read: Operation, operations: Sequence[Operation]) -> set[int]:
    return {o.number for o in operations if o.key == read.key and o.function in WRITES and o.argument in shown(read)}


def closed(relation: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the transitive closure."""
    while True:
        more = {(a, d) for a, b in relation for c, d in relation if b == c} - relation
        if not more:
            return relation
        relation = relation | more


def issued(operations: Sequence[Operation]) -> set[tuple[int, int]]:
    """Return who comes before whom in a session; one that nobody saw end comes before none."""
    return {(a.number, b.number) for a in operations for b in operations if in_its_session(a, b) and not a.optional}


def caused(operations: Sequence[Operation]) -> set[tuple[int, int]]:
    read = {(w, r.number) for r in operations if r.function in READS for w in saw(r, operations)}
    return closed(issued(operations) | read)


def kept(relation: set[tuple[int, int]]) -> Callable[[Operation, Operation], bool]:
    return lambda one, other: (one.number, other.number) in relation


def serial(some: Sequence[Operation], relation: set[tuple[int, int]], target: Sequential) -> bool:
    """Say whether these can be put in an order that keeps the relation and that the object allows."""
    certain = [replace(o, result=DONE) if o.optional else o for o in some]
    return any(legal(order, target) for order in orders(certain, kept(relation)))


def views(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Yield, of each client, what it did and what anybody wrote."""
    for client in {o.client for o in operations}:
        yield [o for o in operations if o.client == client or o.function in WRITES]


def acyclic(relation: set[tuple[int, int]]) -> bool:
    return not any(a == b for a, b in closed(relation))


def pram(operations: Sequence[Operation], target: Sequential) -> bool:
    some = happened(operations)
    return all(serial(view, issued(some), target) for view in views(some))


def causal_memory(operations: Sequence[Operation], target: Sequential) -> bool:
    some = happened(operations)
    return acyclic(caused(some)) and all(serial(view, caused(some), target) for view in views(some))


def causal(operations: Sequence[Operation], target: Sequential) -> bool:
    some = happened(operations)
    before = caused(some)
    return acyclic(before) and all(
        serial([o for o in some if (o.number, r.number) in before and o.function in WRITES] + [r], before, target)
        for r in some
        if r.function in READS
    )


def causal_convergence(operations: Sequence[Operation], target: Sequential) -> bool:
    some = happened(operations)
    before = caused(some)
    reads = [o for o in some if o.function in READS]
    writes = [o for o in some if o.function in WRITES]

    def explains(order: Sequence[Operation]) -> bool:
        return all(legal([o for o in order if (o.number, r.number) in before] + [r], target) for r in reads)

    certain = [replace(o, result=DONE) for o in writes]
    return acyclic(before) and any(explains(order) for order in orders(certain, kept(before)))


def in_session_guarantee(
    operations: Sequence[Operation],
    target: Sequential,
    needed: Callable[[Operation, set[int]], set[int]],
    order: set[tuple[int, int]],
) -> bool:
    """Say whether each client (of a list: each read) has an order of the writes, and each read a set that it saw.

    needed  what a read has to have seen, given what it has seen
    order   what comes first where both are there
    """
    some = happened(operations)
    writes = [replace(o, result=DONE) for o in some if o.function in WRITES]
    reads = [o for o in some if o.function in READS]
    one_order = not isinstance(target.initial, tuple | frozenset)
    groups = [[r for r in reads if r.client == c] for c in {r.client for r in reads}] if one_order else [[r] for r in reads]

    def right(read: Operation, whole: Sequence[Operation]) -> bool:
        for size in range(len(whole) + 1):
            for have in combinations(whole, size):
                numbers = {o.number for o in have}
                if needed(read, numbers) <= numbers and legal([*have, read], target):
                    return True
        return False

    return acyclic(order) and all(
        any(all(right(read, whole) for read in group) for whole in orders(writes, kept(closed(order)))) for group in groups
    )


def session_guarantee(name: str, operations: Sequence[Operation], target: Sequential) -> bool:
    """Terry et al. 1994, one after the other, as their table says."""
    some = happened(operations)
    by = {o.number: o for o in some}
    before = issued(some)
    wrote = {o.number for o in some if o.function in WRITES}
    in_order = {(a, b) for a, b in before if a in wrote and b in wrote}
    base = set[tuple[int, int]]() if isinstance(target.initial, tuple | frozenset) else in_order
    if name == "read-your-writes":
        return in_session_guarantee(operations, target, lambda r, _: {w for w in wrote if (w, r.number) in before}, base)
    if name == "monotonic-reads":

        def read_before(r: Operation, _: set[int]) -> set[int]:
            return set().union(*(saw(o, some) for o in some if o.function in READS and (o.number, r.number) in before))

        return in_session_guarantee(operations, target, read_before, base)
    if name == "monotonic-writes":
        return in_session_guarantee(operations, target, lambda _, have: {w for w, other in in_order if other in have}, in_order)
    follows = {(w, other) for r, other in before if other in wrote and by[r].function in READS for w in saw(by[r], some)}
    return in_session_guarantee(operations, target, lambda _, have: {w for w, o in follows if o in have}, follows | base)


# -- registers in real time ---------------------------------------------------------------------------------------------


def regular(operations: Sequence[Operation], target: Sequential, *, alone: bool = False) -> bool:
    writes = [o for o in operations if o.function in WRITES]
    reads = [o for o in operations if o.function in READS]
    if alone:
        reads = [r for r in reads if all(in_real_time(r, w) or in_real_time(w, r) for w in writes)]
    return all(any(legal(order, target) for order in orders([*writes, r], in_real_time)) for r in reads)


def safe(operations: Sequence[Operation], target: Sequential) -> bool:
    return regular(operations, target, alone=True)


def bounded_staleness(operations: Sequence[Operation], target: Sequential, versions: int = 2) -> bool:
    def fresh(order: Sequence[Operation]) -> bool:
        values: list[object] = [target.initial]
        for o in order:
            if o.function in READS and o.result not in values[-versions:]:
                return False
            values += [o.argument] if o.function in WRITES else []
        return True

    return any(fresh(order) for order in orders(operations, in_real_time))
