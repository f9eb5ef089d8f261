"""The reference engine: a search that runs the user's own functions on real objects, small and plainly right.

It decides what a protocol means; the native engine is held against it. Read next: `states.py`, what one state leads to;
`search.py`, the full search; `layers.py`, the second one, for the simplest trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.explorer.contract.clock import Clock
from quorate.explorer.reference.layers import shortest
from quorate.explorer.reference.search import Search
from quorate.explorer.reference.states import States

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.engine import Findings, Guide, Limits, Observer, Target
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.liveness import Runs


class ReferenceEngine(States):
    """The `Engine` that needs no compiler."""

    def explore(self, limits: Limits, observer: Observer | None = None) -> Findings:
        """Visit every state once, breadth first. Errors: ModelError where there is no first state."""
        search = Search(self, limits, observer)
        search.run()
        return search.findings()

    def shortest(self, targets: Sequence[Target], limits: Limits, observer: Observer | None = None) -> dict[Target, Guide]:
        """Return the cheapest way to each target that was reached: fewest faults, then fewest steps."""
        return shortest(self, targets, Clock(limits, observer))

    def runs(self, fairness: Fairness, limits: Limits, observer: Observer | None = None) -> Runs:
        """Return the runs, on the graph of all states."""
        from quorate.explorer.reference.liveness import ReferenceRuns  # noqa: PLC0415  (networkx, for who asks of whole runs)

        return ReferenceRuns(self, fairness, limits, observer)
