"""A run that breaks a property of whole runs: a stem, and a loop that is taken for ever; or a stem where the run ends.

Which states lie on a cheapest stem, and in which loops, is the engine's word; the steps between them are found here, least
label first, and run by the reference engine. What was made is judged again before it is shown (`breaking.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.fairness import Turn, turn_of
from quorate.explorer.contract.liveness import Wanted
from quorate.explorer.traces.breaking import Run, Sight, flaw
from quorate.explorer.traces.remarks import narrate_run
from quorate.language.errors import Defect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.liveness import Lasso, Way
    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.loading.model import Asked
    from quorate.language.values.state import Global


def tell_run(engine: ReferenceEngine, asked: Asked, lasso: Lasso, fairness: Fairness) -> Trace:
    """Return the trace of the least run that breaks the property. Errors: Defect where the engine's word is wrong."""
    weaver = Weaver(engine, asked, lasso, fairness)
    run = weaver.run()
    fault = flaw(engine, asked, fairness, run)
    if fault:
        raise Defect(f"the run that is to break `{asked.name}` does not: {fault}")
    return narrate_run(engine, asked, fairness, run)


class Weaver:
    """Follows a lasso, step by step."""

    def __init__(self, engine: ReferenceEngine, asked: Asked, lasso: Lasso, fairness: Fairness) -> None:
        self.engine, self.asked, self.lasso, self.fairness = engine, asked, lasso, fairness
        self.sight = Sight(engine, asked, fairness)

    def run(self) -> Run:
        """Return the stem, then the loop."""
        start, stem = self._stem()
        state = _last(start, stem)
        if self.lasso.ends(state):
            return Run(start, tuple(stem), None)
        return Run(start, (*stem, *self._loop(state)), len(stem))

    def _stem(self) -> tuple[Global, list[Edge]]:
        """Return where the run begins, and the steps to where it loops or ends."""
        way = self.lasso.stem
        for start in self.engine.initial_states():
            phases = self.sight.phases(start, {0}, first=True)
            if way.steps == 0:
                if 1 in phases and self._arrived(start):
                    return start, []
            elif phases := {p for p in phases if way.admits(start, p, 0, 0)}:
                return start, self._along(start, phases)
        raise self._wrong("begins nowhere")

    def _along(self, state: Global, phases: set[int]) -> list[Edge]:
        way, taken, spent = self.lasso.stem, list["Edge"](), 0
        while len(taken) < way.steps:
            last = len(taken) == way.steps - 1
            for edge in self.engine.successors(state).edges:
                if edge.target is None or (last and spent + edge.cost != way.faults):
                    continue
                after = self.sight.phases(edge.target, phases)
                if last:
                    if 1 in after and self._arrived(edge.target):
                        break
                elif after := {p for p in after if way.admits(edge.target, p, spent + edge.cost, len(taken) + 1)}:
                    break
            else:
                raise self._wrong(f"goes nowhere after step {len(taken)}")
            taken.append(edge)
            spent, state, phases = spent + edge.cost, edge.target, after
        return taken

    def _arrived(self, state: Global) -> bool:
        return self.lasso.ends(state) or self.lasso.joined(state, state)

    def _loop(self, home: Global) -> list[Edge]:
        """Return a loop from a state to itself: as short as a visit of the nearest of what is still missing makes it.

        A turn of weak fairness that is missing may be avoided or taken; the shorter of the two loops is returned.
        """
        loops = [loop for taking in (False, True) if (loop := self._fair(home, taking=taking)) is not None]
        if not loops:
            raise self._wrong("does not keep what is assumed")
        return min(loops, key=lambda loop: (sum(e.cost for e in loop), len(loop)))

    def _fair(self, home: Global, *, taking: bool) -> list[Edge] | None:
        """Return a loop that keeps what is assumed; None where `taking` asks for a turn that can only be avoided."""
        owed = Wanted(bad=self.asked.prop.modality == "eventually_always")
        while True:
            loop = self._round(home, owed)
            if loop is None:
                return None
            more = self.sight.missing([home, *[e.target for e in loop[:-1] if e.target is not None]], loop)
            if taking:
                more = replace(more, taken=more.taken | more.absent, absent=frozenset())
            if more.taken <= owed.taken and more.absent <= owed.absent:
                return loop
            owed = replace(owed, taken=owed.taken | more.taken, absent=owed.absent | more.absent)

    def _round(self, home: Global, owed: Wanted) -> list[Edge] | None:
        """Return a loop past all that is owed; None where some of it is nowhere in the loops."""
        loop: list[Edge] = []
        state = home
        left = self._left(owed, None, home)
        while left.taken or left.absent or left.bad:
            piece = self.lasso.piece(state, left)
            if piece is None:
                return None
            edges = self._piece(state, home, piece, left)
            loop += edges
            state = _last(state, edges)
            for edge in edges:
                left = self._left(left, edge, edge.target)
        if not loop or state != home:
            wanted = Wanted(home=home)
            piece = self.lasso.piece(state, wanted)
            if piece is None:
                raise self._wrong("never comes back")
            loop += self._piece(state, home, piece, wanted)
        return loop

    def _left(self, owed: Wanted, edge: Edge | None, state: Global | None) -> Wanted:
        """Return what is still missing after an edge to a state."""
        assert state is not None
        turn = turn_of(edge.act) if edge else None
        able = self.sight.able(state) if owed.absent else frozenset[Turn]()
        bad = owed.bad and not self.sight.bad(state)
        return replace(owed, taken=owed.taken - {turn}, absent=(owed.absent & able) - {turn}, bad=bad)

    def _piece(self, state: Global, home: Global, way: Way, wanted: Wanted) -> list[Edge]:
        taken, spent = list["Edge"](), 0
        while len(taken) < way.steps:
            last = len(taken) == way.steps - 1
            for edge in self.engine.successors(state).edges:
                if edge.target is None or not self.sight.loops(edge) or not self.lasso.joined(edge.target, home):
                    continue
                after = spent + edge.cost
                if last:
                    if after == way.faults and self._reaches(edge, wanted):
                        break
                elif way.admits(edge.target, 1, after, len(taken) + 1):
                    break
            else:
                raise self._wrong("breaks off within its loop")
            taken.append(edge)
            spent, state = after, edge.target
        return taken

    def _reaches(self, edge: Edge, wanted: Wanted) -> bool:
        assert edge.target is not None
        if turn_of(edge.act) in wanted.taken | wanted.absent or edge.target == wanted.home:
            return True
        return not wanted.absent <= self.sight.able(edge.target) or (wanted.bad and self.sight.bad(edge.target))

    def _wrong(self, what: str) -> Defect:
        return Defect(f"the engines disagree about `{self.asked.name}`: the run that is to break it {what}")


def _last(start: Global, edges: Sequence[Edge]) -> Global:
    return edges[-1].target if edges and edges[-1].target is not None else start
