"""How stale a read may be where quorums do not overlap: probabilistically bounded staleness.

After Bailis et al., "Probabilistically Bounded Staleness for Practical Partial Quorums" (VLDB 2012). k-staleness has a
closed form when quorums are drawn at random and a write reaches no more nodes than its quorum. t-visibility is simulated
with their WARS model: the times of a write, its acknowledgement, a read and its response are exponential, drawn from
one seeded generator.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from fractions import Fraction

from quorate.properties.quorum.arithmetic import patience

Z_95 = 1.959963984540054


def stale_within(n: int, r: int, w: int, k: int = 1) -> Fraction:
    """Return the probability that a random read quorum misses the last `k` writes, all of them.

    Source: Bailis et al., section 3.1, equation 2. Not sound when: writes go on spreading (then it is an upper bound).
    """
    return Fraction(math.comb(n - w, r), math.comb(n, r)) ** k


def versions_within(n: int, r: int, w: int, wanted: Fraction) -> int | None:
    """Return the least k for which a read is within k versions with probability at least `wanted`; None if never."""
    miss = stale_within(n, r, w)
    if miss == 0:
        return 1
    if miss == 1:
        return None
    if wanted == 1:
        return None
    k = 1
    if float(miss) > 0.5:  # about so many by logarithms, and then exactly: of nearly 1 there are too many powers to try each
        k = max(1, round(math.log(1 - wanted) / math.log(miss)) - 1)
    while miss**k > 1 - wanted:
        k += 1
    return k


@dataclass(frozen=True, slots=True)
class Latencies:
    """Mean times of the four messages, in milliseconds; exponential, independent for each node and operation."""

    write: float = 10.0
    acknowledge: float = 10.0
    read: float = 10.0
    respond: float = 10.0


@dataclass(frozen=True, slots=True)
class Visibility:
    """The share of reads, begun `after` ms past a write's commit, that return it; with a 95% Wilson interval."""

    after: float
    fresh: float
    low: float
    high: float
    trials: int
    seed: int


def visibility(
    n: int, r: int, w: int, after: float, *, means: Latencies | None = None, trials: int = 10_000, seed: int = 1
) -> Visibility:
    """Simulate t-visibility: each of `trials` rounds is one write and one read of it `after` milliseconds later.

    Errors: OutOfTimeError.
    """
    means = means or Latencies()
    draw = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    fresh = sum(_sees_the_write(draw, n, r, w, after, means) for _ in range(trials))
    low, high = wilson(fresh, trials)
    return Visibility(after, fresh / trials, low, high, trials, seed)


def _sees_the_write(draw: random.Random, n: int, r: int, w: int, after: float, means: Latencies) -> bool:  # noqa: PLR0917
    patience.keep()
    arrives = [draw.expovariate(1 / means.write) for _ in range(n)]
    committed = sorted(a + draw.expovariate(1 / means.acknowledge) for a in arrives)[w - 1]
    asked = [committed + after + draw.expovariate(1 / means.read) for _ in range(n)]
    answered = [a + draw.expovariate(1 / means.respond) for a in asked]
    first = sorted(range(n), key=answered.__getitem__)[:r]
    return any(arrives[i] <= asked[i] for i in first)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% Wilson interval of a share: right also at 0 and 1, where the plain one has no width."""
    share, z2 = successes / trials, Z_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)
