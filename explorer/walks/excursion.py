"""A walk through a model by hand: every state that was reached stays, numbered, so that one can go back and try another step.

The command line and the page drive it (the report's `excursions.py` says what they show). A point knows how it was reached, so
who walks needs to remember a number only. Read next: `destination.py`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from quorate.explorer.contract.edges import Expansion
from quorate.explorer.contract.engine import ERROR, STUCK, WALKED
from quorate.explorer.reference.judging import edge_view
from quorate.explorer.reference.present import Present
from quorate.explorer.traces.story import Narrator, narrate
from quorate.explorer.walks.afar import nearest
from quorate.language.declare import LIVENESS
from quorate.language.errors import ModelError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.contract.trace import Moment, Trace
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.explorer.walks.destination import Destination, Way
    from quorate.language.loading.model import PropertyDeclaration
    from quorate.language.values.state import Global

Standing = Literal["violated", "witnessed", "true", "not yet", "not asked", "error"]


@dataclass(frozen=True, slots=True)
class Point:
    """A state on the walk; `edge` led to it from `parent`. After an error of the model there is no state."""

    number: int
    parent: int | None
    edge: Edge | None
    state: Global | None


@dataclass(frozen=True, slots=True)
class Truth:
    """What a property is at a point: of `@step` over the step that led there, of `@final` where nothing can happen any more."""

    name: str
    modality: str
    statement: str
    standing: Standing
    error: str = ""


@dataclass
class Excursion:
    """All points walked so far, the initial states first, and the bookmarks on them."""

    engine: ReferenceEngine
    points: list[Point] = field(default_factory=list)
    bookmarks: dict[str, int] = field(default_factory=dict)
    _expansions: dict[int, Expansion] = field(default_factory=dict)
    _known: dict[tuple[int, int], int] = field(default_factory=dict)  # the point behind each edge taken

    def __post_init__(self) -> None:
        for state in self.engine.initial_states():
            self.points.append(Point(len(self.points), None, None, state))
        self.starts = len(self.points)

    # -- looking ----------------------------------------------------------------------------------------------------------

    def point(self, number: int) -> Point:
        """Return a point. Errors: UsageError where there is none of this number."""
        if not 0 <= number < len(self.points):
            raise UsageError(f"there is no point {number}: the last one is {len(self.points) - 1}")
        return self.points[number]

    def edges(self, number: int) -> tuple[Edge, ...]:
        """Return the steps that can be taken at a point, faults included, in the order of labels."""
        return self._expansion(self.point(number)).edges

    def _expansion(self, at: Point) -> Expansion:
        if at.state is None:
            return Expansion((), ())
        if at.number not in self._expansions:
            self._expansions[at.number] = self.engine.successors(at.state)
        return self._expansions[at.number]

    def path(self, number: int) -> list[Point]:
        """Return the points from an initial state to this one."""
        found = [self.point(number)]
        while found[-1].parent is not None:
            found.append(self.points[found[-1].parent])
        return found[::-1]

    def is_stuck(self, number: int) -> bool:
        """Say whether nothing can happen any more, and a message waits for a process that is up."""
        at = self.point(number)
        return at.state is not None and self._expansion(at).terminal and self.engine.stuck(at.state)

    def is_terminal(self, number: int) -> bool:
        """Say whether nothing goes on from here without a fault that costs."""
        at = self.point(number)
        return at.state is not None and self._expansion(at).terminal

    def truths(self, number: int) -> list[Truth]:
        """Return what every property is at a point."""
        at = self.point(number)
        return [self._truth(p, at) for p in self.engine.system.model.properties]

    def _truth(self, prop: PropertyDeclaration, at: Point) -> Truth:
        view = self._view(prop, at)
        if view is None:
            return Truth(prop.name, prop.modality, prop.statement, "not asked")
        try:
            true = self.engine.judge.truth(prop, view)
        except ModelError as error:
            return Truth(prop.name, prop.modality, prop.statement, "error", str(error))
        return Truth(prop.name, prop.modality, prop.statement, _standing(prop.modality, true=true))

    def _view(self, prop: PropertyDeclaration, at: Point) -> Present | None:
        """Return the world in which a property is asked at a point; None where it is not."""
        before = None if at.parent is None else self.points[at.parent].state
        if at.state is None or prop.modality in LIVENESS or (prop.modality == "final" and not self._expansion(at).terminal):
            return None
        if prop.modality != "step":
            return Present(self.engine.system, at.state, "look")
        return None if before is None else edge_view(self.engine.system, before, at.state)

    # -- walking ----------------------------------------------------------------------------------------------------------

    def take(self, number: int, choice: int) -> int:
        """Take a step by its position among `edges`; return the point it leads to, the same one as the last time."""
        edges = self.edges(number)
        if not 0 <= choice < len(edges):
            some = f"choose from 1 to {len(edges)}" if edges else "nothing can happen here: go back with undo"
            raise UsageError(f"there is no step {choice + 1} here: {some}")
        return self._follow(number, edges[choice])

    def _follow(self, number: int, edge: Edge) -> int:
        # By its label, of which a state has each once: of two expansions the errors are not equal.
        taken = number, next(n for n, e in enumerate(self.edges(number)) if e.act == edge.act)
        if taken not in self._known:
            self._known[taken] = len(self.points)
            self.points.append(Point(len(self.points), number, edge, edge.target))
        return self._known[taken]

    def undo(self, number: int) -> int:
        """Return the point before. Errors: UsageError at an initial state."""
        parent = self.point(number).parent
        if parent is None:
            raise UsageError("this is an initial state: there is no step to undo")
        return parent

    def run(self, number: int, to: Destination, stopped: Callable[[], bool] = lambda: False) -> tuple[int, Way]:
        """Walk a cheapest way of at least one step; return where it ends: the point itself where none was found."""
        at = self.point(number)
        if at.state is None:
            raise UsageError("this step ended in an error of the model: go back with undo")
        found = nearest(self.engine, at.state, to, stopped)
        for edge in found.edges or ():
            number = self._follow(number, edge)
        return number, found

    def mark(self, name: str, number: int) -> None:
        """Give a point a name, in place of any other point of that name. Errors: UsageError."""
        if not name.strip() or name.strip().isdigit():
            raise UsageError("a bookmark has a name that is not a number")
        self.bookmarks[name.strip()] = self.point(number).number

    # -- telling ----------------------------------------------------------------------------------------------------------

    def trace(self, number: int) -> Trace:
        """Return the way to a point as a trace: of the property that is violated there, else of a walk by hand."""
        path = self.path(number)
        start = path[0].state
        assert start is not None
        return narrate(self.engine, self._told(path[-1]), start, [p.edge for p in path if p.edge])

    def _told(self, last: Point) -> str:
        truths = self.truths(last.number)
        if last.state is None or any(t.standing == "error" for t in truths):
            return ERROR
        violated = next((t.name for t in truths if t.standing == "violated"), None)
        return violated or (STUCK if self.is_stuck(last.number) else WALKED)

    def next(self, number: int) -> list[Moment]:
        """Return the steps that can be taken at a point as the trace would tell them, in the order of `edges`."""
        narrator = Narrator(self.engine.system)
        for at in self.path(number):
            if at.edge is not None:
                narrator.moment(at.edge)
        known = narrator.ids
        told: list[Moment] = []
        for edge in self.edges(number):
            ids = defaultdict(list, {parcel: list(numbers) for parcel, numbers in known.items()})
            told.append(Narrator(narrator.system, ids, narrator.last).moment(edge))
        return told

    def shown_by(self, number: int, edge: Edge) -> frozenset[str]:
        """Return the properties that a step from this point violates or witnesses."""
        before = self.point(number).state
        if edge.target is None or before is None:
            return frozenset()
        return frozenset(self.engine.judge.on_state(edge.target)[0] | self.engine.judge.on_edge(before, edge.target)[0])

    def taken(self, number: int, choice: int) -> int | None:
        """Return the point that a step from this one led to, where it was taken before."""
        return self._known.get((number, choice))


def _standing(modality: str, *, true: bool) -> Standing:
    if modality == "sometimes":
        return "witnessed" if true else "not yet"
    return "violated" if true is (modality == "never") else "true"
