"""The verb `check`: everything a cluster's quorum rules give and cost, and one sentence to act on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.clusters.load import Load, LoadUnknownError, best_load
from quorate.properties.quorum.clusters.overlap import TIMEOUT, Blocking, Overlap, least_overlap, smallest_blocking
from quorate.properties.quorum.clusters.staleness import Visibility, stale_within, versions_within, visibility
from quorate.properties.quorum.theorems.proof import Verdict

if TYPE_CHECKING:
    from quorate.properties.quorum.clusters.cluster import Rules
    from quorate.properties.quorum.clusters.expressions import Expression

GOALS = ("both", "overlap", "writes")
AFTER = (0.0, 10.0, 50.0)  # milliseconds after a write's commit, for t-visibility
LEAST_TRIALS, MOST_DRAWS = 200, 50_000  # a trial draws four times for each node


@dataclass(frozen=True, slots=True)
class Meeting:
    """Whether two kinds of quorum meet as they must: `needed` nodes in common, `overlap.size` at least there."""

    what: str
    overlap: Overlap
    needed: int
    kind: str = ""  # what nodes must be to count: " with data"

    @property
    def verdict(self) -> Verdict:
        if self.overlap.at_least >= self.needed:
            return Verdict.PROVED
        return Verdict.UNKNOWN if self.overlap.size is None else Verdict.VIOLATED

    def sentence(self) -> str:
        """Return what was found, and no more than was found."""
        left, right = self.what.split(" and ")
        if self.verdict is Verdict.UNKNOWN:
            return f"whether {left} and {right} meet as needed is unknown: {self.overlap.reason}"
        if self.verdict is Verdict.PROVED:
            nodes = f"{self.overlap.at_least} node{'s' if self.overlap.at_least > 1 else ''}{self.kind}"
            need = f" ({self.needed} needed)" if self.needed > 1 else ""
            more = "" if self.overlap.size is not None else "; whether always more was not found in time"
            return f"{left} and {right} always share at least {nodes}{need}{more}"
        pair = f"{{{members(self.overlap.left)}}} and {{{members(self.overlap.right)}}}"
        return f"{left} and {right} may miss each other: {pair} share {self._too_little()}"

    def _too_little(self) -> str:
        if not self.overlap.shared:
            return "no node"
        if not self.overlap.size:
            return f"only {members(self.overlap.shared)}, without data"
        return f"only {members(self.overlap.shared)}, and {self.needed} are needed"


def members(nodes: frozenset[str], most: int = 9) -> str:
    """Return node names in their natural order, cut where there are many."""
    ordered = sorted(nodes, key=natural)
    tail = f", ... {len(ordered) - most + 1} more" if len(ordered) > most else ""
    return ", ".join(ordered[: most - 1] if tail else ordered) + tail


def natural(name: str) -> tuple[str, int, str]:
    """Return a sort key under which n2 stands before n10."""
    head = name.rstrip("0123456789")
    digits = name[len(head) :]
    return head, int(digits or 0), name


@dataclass(frozen=True, slots=True)
class Staleness:
    """What a read of non-overlapping quorums may miss; the closed form, then the simulation."""

    stale: Fraction
    versions: int | None  # a read is within so many versions with probability 99.9%; None: never
    visible: tuple[Visibility, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer to `check`. Blocking sets, zones and load are None where time ran out, staleness where no formula applies."""

    rules: Rules
    goal: str
    reads: Meeting
    writes: Meeting
    reads_blocked: Blocking | None
    writes_blocked: Blocking | None
    zones_survived: tuple[int | None, int | None] | None
    load: Load | None
    staleness: Staleness | None

    @property
    def wanted(self) -> tuple[Meeting, ...]:
        return {"both": (self.reads, self.writes), "overlap": (self.reads,), "writes": (self.writes,)}[self.goal]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the meetings the goal asks for."""
        found = [m.verdict for m in self.wanted]
        worst = (Verdict.VIOLATED, Verdict.UNKNOWN, Verdict.PROVED)
        return next(v for v in worst if v in found)

    @property
    def resilience(self) -> int | None:
        """How many crashes, whichever they are, leave both reads and writes a quorum."""
        if self.reads_blocked is None or self.writes_blocked is None:
            return None
        return min(self.reads_blocked.survives, self.writes_blocked.survives)

    @property
    def masks(self) -> bool | None:
        """Whether the honest outvote the liars in every overlap, so that data need no signatures."""
        overlap = self.reads.overlap
        if overlap.at_least >= self.rules.hints + 2 * self.rules.byzantine + 1:
            return True
        return None if overlap.size is None else False


def assess(rules: Rules, goal: str = "both", *, seed: int = 1, timeout: float = TIMEOUT) -> Assessment:
    """Return everything `quorate quorum check` says of a cluster, as far as `timeout` seconds go altogether.

    What the verdict needs comes first, and no question takes more than half of the time that is left.
    """
    with patience.within(timeout):
        return _assess(rules, goal, seed)


def _assess(rules: Rules, goal: str, seed: int) -> Assessment:
    data = frozenset(rules.nodes) - rules.witnesses
    kind = " with data" if rules.witnesses else ""
    reads = least_overlap(rules.reads, rules.writes, counting=data, timeout=patience.left() / 2)
    writes = least_overlap(rules.writes, rules.writes, counting=data, timeout=patience.left() / 2)
    meets = Meeting("reads and writes", reads, rules.hints + rules.byzantine + 1, kind)
    return Assessment(
        rules,
        goal,
        meets,
        # Both writes may be hinted, and each hint may stand for a node of the overlap.
        Meeting("writes and writes", writes, 2 * rules.hints + rules.byzantine + 1, kind),
        smallest_blocking(rules.reads, timeout=patience.left() / 2),
        smallest_blocking(rules.writes, timeout=patience.left() / 2),
        _zones_survived(rules),
        _load(rules),
        _staleness(rules, seed) if meets.verdict is Verdict.VIOLATED else None,
    )


def _load(rules: Rules) -> Load | None:
    try:
        return best_load(rules.reads, rules.writes, rules.shares, rules.speeds, timeout=patience.left())
    except LoadUnknownError:
        return None


def _zones_survived(rules: Rules) -> tuple[int | None, int | None] | None:
    if not rules.zone_of:
        return None
    return _in_time(rules.reads, rules), _in_time(rules.writes, rules)


def _in_time(expression: Expression, rules: Rules) -> int | None:
    with patience.within(patience.left() / 2):
        try:
            return _zones_survived_by(expression, rules)
        except patience.OutOfTimeError:
            return None


def _zones_survived_by(expression: Expression, rules: Rules) -> int:
    zones = sorted(set(rules.zone_of.values()))
    for lost in range(1, len(zones) + 1):
        for down in combinations(zones, lost):
            patience.keep()
            alive = frozenset(n for n in expression.nodes if rules.zone_of.get(n) not in down)
            if not expression.accepts(alive):
                return lost - 1
    return len(zones)


def _staleness(rules: Rules, seed: int) -> Staleness | None:
    if rules.counts is None or rules.byzantine or rules.hints or rules.witnesses:
        return None
    n, r, w = rules.counts
    trials = max(LEAST_TRIALS, MOST_DRAWS // n)
    visible: tuple[Visibility, ...] = ()
    try:
        for after in AFTER:
            visible += (visibility(n, r, w, after, trials=trials, seed=seed),)
    except patience.OutOfTimeError:
        pass  # the closed form stands
    return Staleness(stale_within(n, r, w), versions_within(n, r, w, Fraction(999, 1000)), visible)
