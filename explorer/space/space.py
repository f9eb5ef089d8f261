"""A state space with all its edges, kept whole: for pictures and profiles of small spaces, or of the first part of large ones.

The reference engine makes it, breadth first, because labels are wanted: some thousand states a second. A search that only
answers keeps neither edges nor order (`check.py`). Read next: `graph.py`, `profile.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.explorer.contract.clock import Clock

if TYPE_CHECKING:
    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.contract.engine import Limits, Observer
    from quorate.explorer.contract.exploration import Cut
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.values.state import Global


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two states by number; `target` None where it is an error of the model. `new`: it found its target."""

    source: int
    target: int | None
    edge: Edge
    new: bool


@dataclass(frozen=True, slots=True)
class Space:
    """States in the order in which they were found, with their depths. The first `initial` of them begin.

    `expanded` of them have all their edges among `links`; it is fewer than all only where the search was `cut`.
    """

    states: tuple[Global, ...]
    depths: tuple[int, ...]
    links: tuple[Link, ...]
    terminal: frozenset[int]
    initial: int
    expanded: int
    cut: Cut | None


def space_of(engine: ReferenceEngine, limits: Limits, observer: Observer | None = None) -> Space:
    """Return the space within the limits; with a limit of states no more than so many are kept."""
    states = engine.initial_states()
    numbers = {state: n for n, state in enumerate(states)}
    depths, links, terminal = [0] * len(states), list[Link](), set[int]()
    clock, initial, at = Clock(limits, observer), len(states), 0
    cut: Cut | None = None
    while at < len(states) and cut is None:
        if limits.depth is not None and depths[at] >= limits.depth:
            cut = "depth"
            break
        expansion = engine.successors(states[at])
        for edge in expansion.edges:
            new = edge.target is not None and edge.target not in numbers
            if new and limits.states is not None and len(states) >= limits.states:
                cut = "states"
                break
            if edge.target is not None and new:
                numbers[edge.target] = len(states)
                states.append(edge.target)
                depths.append(depths[at] + 1)
            links.append(Link(at, None if edge.target is None else numbers[edge.target], edge, new))
        else:
            terminal |= {at} if expansion.terminal else set()
            at += 1
        cut = cut or clock.cut(0, len(links), depths[at - 1], len(states) - at)
    kept = [link for link in links if link.source < at]
    return Space(tuple(states), tuple(depths), tuple(kept), frozenset(terminal), initial, at, cut)
