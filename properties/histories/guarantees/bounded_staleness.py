"""Bounded staleness: a read returns one of the last k versions.

k-atomicity of Aiyer, Alvisi & Bazzi, "On the Availability of Non-strict Quorum Systems" (DISC 2005): there is an order of all
operations, in real time, in which each read returns the value of one of the last k writes before it. With k = 1 it is
linearizability.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.properties.histories.guarantees.guarantee import Edge, Finding, Guarantee
from quorate.properties.histories.guarantees.regular import reads_and_writes
from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.orders import RealTime
from quorate.properties.histories.search.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.objects.sequential import Sequential, State
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.record.values import Value
    from quorate.properties.histories.search.limits import Limits

NAME = "bounded-staleness"
USUAL = 2


def stale(target: Sequential, versions: int) -> Sequential:
    """Return the register that keeps its last versions; what a read returned is its argument: it has to be one of them."""

    def read(state: State, value: Value) -> tuple[State, Value] | None:
        assert isinstance(state, tuple)
        return (state, value) if value in state else None

    def write(state: State, value: Value) -> tuple[State, Value]:
        assert isinstance(state, tuple)
        return (*state, value)[-versions:], DONE

    steps = {"read": read, "write": write}
    functions = {name: replace(f, step=steps[f.role]) for name, f in target.functions.items() if f.role != "other"}
    return replace(target, functions=functions, initial=(target.initial,))


def bounded_staleness(versions: int) -> Guarantee:
    """Return the guarantee that reads are among so many versions."""

    def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
        reads, writes = reads_and_writes(operations, target, NAME)
        asked = [*writes, *(replace(read, argument=read.result) for read in reads)]
        search = Search(RealTime(asked), stale(target, versions), limits)
        return Finding(Verdict.HOLDS if search.run() is not None else Verdict.VIOLATED, met=search.met)

    return Guarantee(
        NAME,
        f"the operations can be put in one order, in real time, in which a read returns one of the last {versions} values",
        "Aiyer, Alvisi & Bazzi 2005 (k-atomicity)",
        judge,
        breaks=Edge("""
            a: [write 1] [write 2]
            b:                     [read -> nil]
        """),
        allows=Edge("""
            a: [write 1] [write 2]
            b:                     [read -> 2] [read -> 1]
        """),
        timed=True,
        local=True,
    )


BOUNDED_STALENESS = bounded_staleness(USUAL)
