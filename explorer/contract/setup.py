"""What was run, as it is reported: the model, its preset and parameters, the network and its faults, what it begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quorate.language.declare import Full


@dataclass(frozen=True, slots=True)
class Setup:
    """One configuration in words. `faults`: the budgets that are not zero. `overridden`: it is no longer its preset's, so that
    what the preset expects and pins does not apply.
    """

    model: str
    preset: str | None
    parameters: dict[str, object]
    faults: dict[str, str]
    network: str
    capacity: int
    full: Full = "error"
    fairness: tuple[str, ...] = ()  # what properties of whole runs may assume
    start: tuple[str, ...] = ()
    overridden: bool = False
