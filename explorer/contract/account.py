"""All that an engine says of one state, in the terms in which both engines can say it.

`explorer/meeting.py` holds the accounts of the two engines against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter

    from quorate.language.values.state import Global

Place = tuple[str, int, int]  # the file as it is shown, line and column


@dataclass(frozen=True, slots=True)
class Sight:
    """What shows in a state or on an edge: properties violated or witnessed, and whether one was an error of the model."""

    shown: frozenset[str]
    wrong: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What an engine says of one state.

    edges       how many labels of each step lead to each state
    sights      what shows on the edges, by the state that they lead to
    errors      how many labels are errors of the model: of what costs nothing, and of faults that cost
    limited     how often each `limit` stopped a step
    state       what the state itself shows
    final       what it shows as a terminal state; None where it is not terminal
    stuck       whether a terminal state has a message in flight to a process that is up
    exercised   for each property the quantifiers that had an item to range over, in the state or on its edges
    """

    edges: Counter[tuple[str, Global]]
    sights: dict[Global, Sight]
    errors: tuple[int, int]
    limited: Counter[Place]
    state: Sight
    final: Sight | None
    stuck: bool
    exercised: dict[str, frozenset[int]]
