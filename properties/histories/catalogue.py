"""All guarantees by name. A guarantee is added as one file of `guarantees/`, and one row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.histories.guarantees.bounded_staleness import BOUNDED_STALENESS, bounded_staleness
from quorate.properties.histories.guarantees.causal import CAUSAL
from quorate.properties.histories.guarantees.causal_convergence import CAUSAL_CONVERGENCE
from quorate.properties.histories.guarantees.causal_memory import CAUSAL_MEMORY
from quorate.properties.histories.guarantees.linearizable import LINEARIZABLE
from quorate.properties.histories.guarantees.monotonic_reads import MONOTONIC_READS
from quorate.properties.histories.guarantees.monotonic_writes import MONOTONIC_WRITES
from quorate.properties.histories.guarantees.pram import PRAM
from quorate.properties.histories.guarantees.read_your_writes import READ_YOUR_WRITES
from quorate.properties.histories.guarantees.regular import REGULAR
from quorate.properties.histories.guarantees.safe import SAFE
from quorate.properties.histories.guarantees.sequential import SEQUENTIAL
from quorate.properties.histories.guarantees.writes_follow_reads import WRITES_FOLLOW_READS

if TYPE_CHECKING:
    from quorate.properties.histories.guarantees.guarantee import Guarantee

ALL = (
    LINEARIZABLE,
    SEQUENTIAL,
    CAUSAL_MEMORY,
    CAUSAL_CONVERGENCE,
    CAUSAL,
    PRAM,
    READ_YOUR_WRITES,
    MONOTONIC_READS,
    MONOTONIC_WRITES,
    WRITES_FOLLOW_READS,
    REGULAR,
    SAFE,
    BOUNDED_STALENESS,
)
GUARANTEES: dict[str, Guarantee] = {found.name: found for found in ALL}


def guarantee_named(name: str, versions: int | None = None) -> Guarantee:
    """Return a guarantee; with `versions` the staleness that is bounded. Errors: UsageError."""
    if name not in GUARANTEES:
        near = did_you_mean(name, GUARANTEES)
        raise UsageError(f"there is no guarantee `{name}`{near}: there are {', '.join(GUARANTEES)}")
    if versions is None:
        return GUARANTEES[name]
    if name != BOUNDED_STALENESS.name:
        raise UsageError(f"`--versions` is for `--guarantee {BOUNDED_STALENESS.name}`: leave it out")
    return bounded_staleness(versions)
