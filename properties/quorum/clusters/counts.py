"""Closed forms for N alike nodes with quorums of R and W: the verb `table`.

The general machinery (`overlap.py`, `load.py`) gives the same numbers; a test holds the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from quorate.language.errors import UsageError
from quorate.properties.quorum.clusters.staleness import stale_within

MOST_ROWS_OF_NODES = 40


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice of R and W for N nodes: what it gives and what it costs."""

    n: int
    r: int
    w: int
    read_fraction: Fraction = Fraction(1, 2)

    @property
    def overlap(self) -> int:
        """The nodes every read quorum shares with every write quorum, at least."""
        return max(0, self.r + self.w - self.n)

    @property
    def writes_overlap(self) -> int:
        """The nodes any two write quorums share, at least."""
        return max(0, 2 * self.w - self.n)

    @property
    def reads_survive(self) -> int:
        """The crashes that leave a read quorum, whichever they are."""
        return self.n - self.r

    @property
    def writes_survive(self) -> int:
        """The crashes that leave a write quorum, whichever they are."""
        return self.n - self.w

    @property
    def load(self) -> Fraction:
        """The share of operations each node takes part in, spread evenly."""
        return (self.read_fraction * self.r + (1 - self.read_fraction) * self.w) / self.n

    @property
    def stale(self) -> Fraction:
        """The probability that a random read quorum misses the last write, which went to no more than W nodes."""
        return stale_within(self.n, self.r, self.w)


def settings(n: int, read_fraction: Fraction = Fraction(1, 2)) -> list[Setting]:
    """Return every choice of W and R for N nodes, by W and then R."""
    if not 1 <= n <= MOST_ROWS_OF_NODES:
        raise UsageError(f"a table for {n} nodes would have {n * n} rows: give `-n` from 1 to {MOST_ROWS_OF_NODES}")
    return [Setting(n, r, w, read_fraction) for w in range(1, n + 1) for r in range(1, n + 1)]
