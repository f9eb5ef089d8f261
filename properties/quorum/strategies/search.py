"""Search for the quorum system of given nodes that is best at what is wanted: the best so far whenever the time ends.

Every system of thresholds in which each node stands once is tried, the flat ones first (as quoracle's search does; Whittaker
et al., PaPoC 2021); of nodes that are alike only one arrangement. Most are ruled out without a linear program: prices of
the nodes under which the best strategy so far is worth what it costs bound what any other system can do.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError
from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.clusters.cover import cheapest, smallest_size
from quorate.properties.quorum.clusters.expressions import Expression, Node, Threshold
from quorate.properties.quorum.strategies.program import Program, solve
from quorate.properties.quorum.strategies.strategy import NoStrategyError, Strategy, System, Wanted, best, program_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from quorate.properties.quorum.clusters.cluster import Speed

MOST_NODES = 12
FINISHING = 0.1  # of the time is kept for the best system's exact strategy
CLOSE = 1e-9
MOST_PRICES = 12  # of earlier solutions, to rule systems out by
Prices = tuple[dict[str, float], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: systems looked at, those that took a linear program, and the best value of the aim so far."""

    looked_at: int
    solved: int
    best: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best system that was found, its strategy, and whether all systems were looked at."""

    system: System
    strategy: Strategy
    progress: Progress
    complete: bool


@dataclass(slots=True)
class _Search:
    speeds: Mapping[str, Speed]
    latencies: Mapping[str, Fraction]
    wanted: Wanted
    resilience: int
    looked_at: int = 0
    solved: int = 0
    value: float | None = None
    found: System | None = None
    prices: list[Prices] = field(default_factory=list["Prices"])  # the last to rule something out first
    seen: set[Hashable] = field(default_factory=set["Hashable"])
    kinds: dict[str, Hashable] = field(default_factory=dict[str, "Hashable"])

    def consider(self, reads: Expression) -> None:
        """Look at the system with these reads, the writes being their dual, and keep it if it is better."""
        kind = self._kind(reads)
        if kind in self.seen:
            return
        self.seen.add(kind)
        self.looked_at += 1
        system = System(reads, reads.dual(), self.speeds, self.latencies)
        if min(smallest_size(reads), smallest_size(system.writes)) <= self.resilience or self._hopeless(system):
            return
        try:
            program = program_of(system, self.wanted)
        except NoStrategyError:
            return
        if self.wanted.failures and self._dear(lambda side, prices: _cheapest_choice(system, program, side, prices)):
            return
        self.solved += 1
        solution = solve(program, exactly=False)
        if solution is None:
            return
        if self.wanted.aim == "load":
            self.prices = [self._prices(system, solution.prices), *self.prices[: MOST_PRICES - 1]]
        if self.value is None or solution.value < self.value * (1 - CLOSE):
            self.value, self.found = solution.value, system

    def _kind(self, expression: Expression) -> Hashable:
        """Return the expression up to exchanging nodes that are alike."""
        if isinstance(expression, Node):
            return self.kinds[expression.name]
        assert isinstance(expression, Threshold)
        return expression.needed, frozenset(Counter(map(self._kind, expression.parts)).items())

    def _hopeless(self, system: System) -> bool:
        """Say whether no strategy of the system can keep the limits, or be better than the best so far."""
        wanted, fails = self.wanted, self.wanted.failures
        share = float(sum((fraction * part for fraction, part in wanted.shares()), Fraction(0)))
        sizes = [smallest_size(e) + fails for e in (system.reads, system.writes)]
        waits = [_first_quorum(system, e) for e in (system.reads, system.writes)]
        least = {
            "network": share * sizes[0] + (1 - share) * sizes[1],
            "latency": share * waits[0] + (1 - share) * waits[1],
            "load": 0.0,
        }

        def quorums(side: int, prices: Mapping[str, float]) -> float:
            return cheapest((system.reads, system.writes)[side], prices)[0]

        over = any(limit is not None and least[name] > limit * (1 + CLOSE) for name, limit in wanted.limits.items())
        return over or (self.value is not None and (least[wanted.aim] >= self.value * (1 - CLOSE) or self._dear(quorums)))

    def _dear(self, least: Callable[[int, Mapping[str, float]], float]) -> bool:
        """Say whether under some prices a read and a write cost more than the best load so far, by what each costs at least."""
        for i, prices in enumerate(self.prices):
            if self.value is not None and least(0, prices[0]) + least(1, prices[1]) >= self.value * (1 - CLOSE):
                self.prices.insert(0, self.prices.pop(i))
                return True
        return False

    def _prices(self, system: System, duals: Sequence[float]) -> Prices:
        """Return what a read and a write cost at each node where the load of every system is at least their sum."""
        among, shares = system.classes(), self.wanted.shares()
        reads: dict[str, float] = {}
        writes: dict[str, float] = {}
        for c, names in enumerate(among):
            speed = system.speed(names[0])
            paid = [max(0.0, -duals[d * len(among) + c]) / len(names) for d in range(len(shares))]
            for name in names:
                reads[name] = sum(y * float(fraction / speed.reads) for y, (fraction, _) in zip(paid, shares, strict=True))
                writes[name] = sum(
                    y * float((1 - fraction) / speed.writes) for y, (fraction, _) in zip(paid, shares, strict=True)
                )
        return reads, writes


def _cheapest_choice(system: System, program: Program, side: int, prices: Mapping[str, float]) -> float:
    """Return what the cheapest quorum that survives the failures costs."""
    each = [prices[names[0]] for names in system.classes()]
    return min(sum(n * price for n, price in zip(choice.counts, each, strict=True)) for choice in program.sides[side])


def _first_quorum(system: System, expression: Expression) -> float:
    answered: set[str] = set()
    for name in sorted(expression.nodes, key=system.latency):
        answered.add(name)
        if expression.accepts(frozenset(answered)):
            return float(system.latency(name))
    raise AssertionError("all nodes are a quorum")


def search(
    nodes: Sequence[str],
    wanted: Wanted,
    *,
    speeds: Mapping[str, Speed] | None = None,
    latencies: Mapping[str, Fraction] | None = None,
    resilience: int = 0,
    timeout: float = 10.0,
    observe: Callable[[Progress], None] | None = None,
) -> Found:
    """Return the best system of these nodes of which `resilience` may crash, whichever they are.

    Errors: NoStrategyError where no system does, OutOfTimeError where none was found in time.
    """
    if not 1 <= len(nodes) <= MOST_NODES:
        raise UsageError(f"there are {len(nodes)} nodes to arrange: give at least one, and at most {MOST_NODES}")
    began = time.monotonic()
    looking = _Search(speeds or {}, latencies or {}, wanted, resilience)
    whole = System(Node(nodes[0]), Node(nodes[0]), looking.speeds, looking.latencies)
    kinds = [(whole.speed(node), whole.latency(node)) for node in nodes]
    looking.kinds |= {node: kinds.index(kind) for node, kind in zip(nodes, kinds, strict=True)}

    def progress() -> Progress:
        return Progress(looking.looked_at, looking.solved, looking.value, time.monotonic() - began)

    with patience.within(timeout):
        complete = _looked(looking, nodes, timeout, lambda: observe(progress()) if observe else None)
        if looking.found is None:
            if not complete:
                raise patience.OutOfTimeError("no system was found in time; a longer `--timeout` may find one")
            raise NoStrategyError("no quorum system of these nodes does what is wanted")
        strategy = best(looking.found, wanted, timeout=max(1.0, timeout * FINISHING))
    return Found(looking.found, strategy, progress(), complete)


def _looked(looking: _Search, nodes: Sequence[str], timeout: float, tell: Callable[[], None]) -> bool:
    """Look at every system; say whether there was time for it."""
    with patience.within(timeout * (1 - FINISHING)):
        try:
            for reads in arrangements(list(nodes)):
                patience.keep()
                looking.consider(reads)
                tell()
        except patience.OutOfTimeError:
            return False
    return True


def arrangements(nodes: list[str]) -> Iterator[Expression]:
    """Yield the reads of every system, those of the least height first, some more than once."""
    for height in range(1, max(2, len(nodes))):
        yield from _systems(nodes, height)


def _systems(nodes: list[str], height: int) -> Iterator[Expression]:
    """Yield the systems of up to that height: thresholds of parts, none of which could be merged with what it is part of."""
    if len(nodes) == 1:
        yield Node(nodes[0])
        return
    for blocks in _partitions(nodes):
        if len(blocks) < 2 or (height == 1 and len(blocks) < len(nodes)):
            continue
        for parts in product(*(tuple(_systems(block, height - 1)) for block in blocks)):
            for needed in range(1, len(parts) + 1):
                if not any(_merges(part, needed, len(parts)) for part in parts):
                    yield Threshold.of(needed, parts, sign={1: "+", len(parts): "*"}.get(needed, ""))


def _merges(part: Expression, needed: int, of: int) -> bool:
    """Say whether an `or` of an `or`, or an `and` of an `and`, would be one."""
    if not isinstance(part, Threshold):
        return False
    return (needed == 1 and part.needed == 1) or (needed == of and part.needed == len(part.parts))


def _partitions(items: list[str]) -> Iterator[list[list[str]]]:
    """Yield every way to divide the items, the finest first."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for blocks in _partitions(rest):
        yield [[first], *blocks]
        for i, block in enumerate(blocks):
            yield [*blocks[:i], [first, *block], *blocks[i + 1 :]]
