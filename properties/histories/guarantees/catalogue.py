"""All guarantees by name. A guarantee is added as one file beside this one, and one row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.histories.guarantees.linearizable import LINEARIZABLE
from quorate.properties.histories.guarantees.sequential import SEQUENTIAL

if TYPE_CHECKING:
    from quorate.properties.histories.guarantees.guarantee import Guarantee

GUARANTEES: dict[str, Guarantee] = {found.name: found for found in (LINEARIZABLE, SEQUENTIAL)}


def guarantee_named(name: str) -> Guarantee:
    """Return a guarantee. Errors: UsageError."""
    if name not in GUARANTEES:
        near = did_you_mean(name, GUARANTEES)
        raise UsageError(f"there is no guarantee `{name}`{near}: there are {', '.join(GUARANTEES)}")
    return GUARANTEES[name]
