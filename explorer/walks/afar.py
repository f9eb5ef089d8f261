"""The way to a destination that the reference engine does not reach soon: searched natively, walked by the reference engine.

The native engine begins in the state where the walk stands; `story.along` follows its guide, so every step is one of the
reference engine's and is checked on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.explorer.contract.engine import ERROR, STUCK, Limits
from quorate.explorer.native.compiler import NoCompiler
from quorate.explorer.native.native import NativeEngine
from quorate.explorer.traces.story import along
from quorate.explorer.walks.destination import NEAR_STATES, Satisfying, Showing, Way, way
from quorate.language.errors import Unsupported
from quorate.language.evaluation.condition import NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.engine import Findings, Progress
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.explorer.walks.destination import Destination
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global

MOST_STATES = 2_000_000
MOST_SECONDS = 60.0


def nearest(engine: ReferenceEngine, start: Global, to: Destination, stopped: Callable[[], bool]) -> Way:
    """Return a cheapest way: near by the reference engine, else by the native one, else as far as the first one gets."""
    asked = _asked(engine, to)
    if asked is None:
        return way(engine, start, to, stopped)
    found = way(engine, start, to, stopped, states=NEAR_STATES)
    if found.edges is not None or found.cut is None or stopped():
        return found
    return _Afar(engine, start, to, stopped, *asked).way() or way(engine, start, to, stopped)


def _asked(engine: ReferenceEngine, to: Destination) -> tuple[Program, frozenset[str]] | None:
    """Return the program and the targets in it that the native engine can search for; None for a step, say."""
    if isinstance(to, Satisfying):
        return to.condition.program, frozenset({NAME})
    if isinstance(to, Showing) and engine.program is not None:
        return engine.program, to.targets
    return None


@dataclass(frozen=True, slots=True)
class _Afar:
    engine: ReferenceEngine
    start: Global
    to: Destination
    stopped: Callable[[], bool]
    program: Program
    targets: frozenset[str]

    def way(self) -> Way | None:
        """Return what the native engine finds; None where it cannot run, or finds no more than the state it begins in."""
        system = self.engine.system
        try:
            native = NativeEngine(system.model, self.program, system.setting, initial_states=[self.start])
        except (NoCompiler, Unsupported):
            return None
        limits = Limits(states=MOST_STATES, seconds=MOST_SECONDS, first=True)
        findings = native.explore(limits, self._watch)
        shown = sorted(self._shown(findings))
        if not shown:
            return self._missed(findings)
        guides = native.shortest(shown, Limits(seconds=MOST_SECONDS), self._watch)
        if not guides:
            return self._missed(findings, "it was stopped" if self.stopped() else f"{MOST_SECONDS:.0f} seconds")
        target, guide = min(guides.items(), key=lambda item: (item[1].faults, item[1].steps, item[0]))
        if not guide.steps:
            return None
        reaches = self.to.condition.holds if isinstance(self.to, Satisfying) else None
        edges = along(self.engine, target, guide, self.start, reaches)
        return Way(tuple(edges), findings.exploration.states, None, False, 0, fewest_faults=True)

    def _shown(self, findings: Findings) -> set[str]:
        special = ({ERROR} if findings.error else set()) | ({STUCK} if findings.exploration.stuck else set())
        return set(self.targets & (findings.violated | findings.found | special))

    def _missed(self, findings: Findings, cut: str | None = None) -> Way:
        done = findings.exploration
        if self.stopped():
            cut = "it was stopped"
        elif findings.error:  # an error of the model ends a native search
            cut = cut or "an error of the model"
        elif done.cut:
            cut = cut or {"states": f"{MOST_STATES} states", "time": f"{MOST_SECONDS:.0f} seconds"}.get(done.cut, done.cut)
        return Way(None, done.states, cut, bool(done.limits), int(findings.error))

    def _watch(self, _: Progress) -> None:
        """Stop the search where it is asked to: an observer does so by this exception."""
        if self.stopped():
            raise KeyboardInterrupt
