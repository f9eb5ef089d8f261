"""The native engine: a model's emitted C and the runtime, compiled together, with names instead of numbers.

`check.py` uses it as it uses the reference engine. Read next: `machine.py`, which runs the library; `runtime/model.h`, the
seam between the emitted code and the runtime.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from quorate.explorer.contract.account import Account, Sight
from quorate.explorer.contract.engine import ERROR, NO_LIMITS, STUCK, Findings, Limits
from quorate.explorer.contract.exploration import Exploration, Stopped
from quorate.explorer.contract.setting import FULL, full_text
from quorate.explorer.native.compiler import NoCompiler
from quorate.explorer.native.machine import Goal, Machine, Plan
from quorate.explorer.native.watching import Orders
from quorate.language.c.steps import instances
from quorate.language.c.to_c import emit
from quorate.language.declare import FAULTS, LIVENESS, VIOLABLE
from quorate.language.errors import Unsupported
from quorate.language.loading.model import asked_name
from quorate.language.packed.layout import Layout
from quorate.language.values.types import ProcessId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.account import Place
    from quorate.explorer.contract.engine import Guide, Observer, Target
    from quorate.explorer.contract.exploration import Cut
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.liveness import Runs
    from quorate.explorer.native import machine
    from quorate.explorer.native.machine import Cost, Counts, Marks, Words
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.c.steps import Instance
    from quorate.language.loading.model import Model
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global, Setting

__all__ = ["NativeEngine", "NativeGuide", "NoCompiler", "Walk"]

MOST_GOALS = 64  # of one run of the second search: a bit each


@dataclass(frozen=True, slots=True)
class NativeGuide:
    """A `Guide` that asks the library's marks; states are packed on the way in."""

    faults: int
    steps: int
    edge: bool
    marks: Marks
    target: int
    layout: Layout

    def admits(self, state: Global, faults: int, steps: int) -> bool:
        return self.marks.has(self.layout.pack(state), self.target, faults, steps)


@dataclass(frozen=True, slots=True)
class Walk:
    """What random walks saw: the states of the first that reached a target, and which; None and nothing where none did.

    `walks` were begun and took `steps` in all; `deepest` is the longest. `number` counts the walk of `states` from 0.
    """

    target: Target | None
    states: tuple[Global, ...]
    number: int
    walks: int
    steps: int
    deepest: int
    cut: Cut | None
    seconds: float


MOST_WORDS = 2**16  # of a state: some of them are on the stack of each thread


class NativeEngine:
    """An `Engine`. Verdicts of the exact store are exact; those of the compact one hold but for `Exploration.odds`."""

    def __init__(  # noqa: PLR0917  (what is searched, then how)
        self,
        model: Model,
        program: Program,
        setting: Setting,
        threads: int = 1,
        store: Literal["exact", "compact"] = "exact",
        initial_states: Sequence[Global] | None = None,
        sample: int | None = 0,
    ) -> None:
        """Compile the model. `initial_states` are those of the reference engine unless given.

        `sample`: how many states a full search keeps in `Findings.sample`, some of every level; None is all.

        Errors: NoCompiler; Unsupported where something has no C meaning.
        """
        self.model, self.program, self.setting = model, program, setting
        self.threads, self.store = threads, store
        self.layout = Layout.of(program, setting)
        self.machine = Machine(emit(program, setting))
        if self.machine.sizes.max_words > MOST_WORDS:
            size = f"{self.machine.sizes.max_words * 8 // 1024:,} KB"
            raise Unsupported(f"a state may take {size} with what is in flight: lower `--capacity`")
        self.sampled = sample
        self._given = initial_states

    def explore(self, limits: Limits = NO_LIMITS, observer: Observer | None = None) -> Findings:
        """Search all states within the limits, breadth-first."""
        of_runs = any(p.modality in LIVENESS for p in self.model.properties)
        return self._findings(self.machine.explore(self.initial, self.orders(limits, observer), keep=of_runs))

    def account(self, words: Words) -> Account:
        """Return all that the emitted code says of a packed state."""
        look = self.machine.look(words)
        leaps = [(self._steps[leap.step], self.layout.unpack(leap.target), leap.sight) for leap in look.edges]
        limited: Counter[Place] = Counter()
        for bound, count in zip(self.program.limits, look.limited, strict=False):
            limited[bound.where.file, bound.where.line, bound.where.column] += count
        limited[FULL] += self._overflows(look.limited)
        return Account(
            edges=Counter((step, target) for step, target, _ in leaps),
            sights={target: self._sight(sight) for _, target, sight in leaps},
            errors=(look.free_errors, look.costed_errors),
            limited=+limited,
            state=self._sight(look.state),
            final=self._sight(look.final) if look.final else None,
            stuck=look.stuck,
            exercised=self._exercised(look.exercised),
        )

    def shortest(
        self, targets: Sequence[Target], limits: Limits = NO_LIMITS, observer: Observer | None = None
    ) -> dict[Target, Guide]:
        """Find the cheapest ways, fewest faults and then fewest steps. It is exact whatever the store of `explore`."""
        guides: dict[Target, Guide] = {}
        for first in range(0, len(targets), MOST_GOALS):
            some = targets[first : first + MOST_GOALS]
            marks = self.machine.shortest(self.initial, [self._goal(t) for t in some], self.orders(limits, observer))
            costs = enumerate(zip(some, marks.costs, strict=True))
            guides |= {target: self._guide(cost, marks, i) for i, (target, cost) in costs if cost}
        return guides

    def runs(self, fairness: Fairness, limits: Limits, observer: Observer | None = None) -> Runs:
        """Return the whole runs, in what the last full search kept."""
        from quorate.explorer.native.runs import NativeRuns, Searched  # noqa: PLC0415  (for who asks of whole runs)

        search = self.machine.kept()
        assert search is not None, "a full search came before"
        searched = Searched(self.machine, self.model, self.program, self.layout, self.initial, self.bits)
        return NativeRuns(searched, search, fairness, self.orders(limits, observer))

    def walk(  # noqa: PLR0917  (the first three are what a walk is)
        self,
        seed: int,
        depth: int,
        walks: int,
        targets: Sequence[Target] | None = None,
        limits: Limits = NO_LIMITS,
        observer: Observer | None = None,
    ) -> Walk:
        """Walk at random, `walks` times at most `depth` steps, until a target shows: by default what is a violation, or STUCK.

        An error of the model always ends it. Equal seeds give equal walks, and walk i does not depend on how many follow.
        """
        names = [*self._violations, STUCK] if targets is None else targets
        wanted = sum(1 << self.bits[name] for name in names if name in self.bits)
        orders = self.orders(limits, observer)
        done = self.machine.walk(self.initial, Plan(seed % 2**64, depth, walks, wanted, STUCK in names), orders)
        shown = [name for name, bit in self.bits.items() if done.shown >> bit & 1]
        target = {"nothing": None, "error": ERROR, "stuck": STUCK}.get(done.end, shown[0] if shown else None)
        states = tuple(self.layout.unpack(words) for words in done.path)
        return Walk(target, states, done.number if target else 0, done.walks, done.steps, done.deepest, done.cut, done.seconds)

    def sample(self, depth: int, most: int) -> tuple[Global, ...]:
        """Return at most `most` states at this depth, from all over the level."""
        orders = self.orders(Limits(depth=depth), None)
        return tuple(self.layout.unpack(w) for w in self.machine.explore(self.initial, orders, sample=most).frontier)

    @cached_property
    def initial(self) -> tuple[Words, ...]:
        """Return the initial states, packed."""
        states = self._reference.initial_states() if self._given is None else self._given
        return tuple(self.layout.pack(state) for state in states)

    @cached_property
    def _reference(self) -> ReferenceEngine:
        from quorate.explorer.reference.reference import ReferenceEngine  # noqa: PLC0415  (only where a search begins)

        return ReferenceEngine(self.model, self.setting, self.program)

    def orders(self, limits: Limits, observer: Observer | None = None) -> Orders:
        """Return these limits with this engine's threads and store, as its machine takes them."""
        decisive = sum(1 << self.bits[name] for name in self._violations)
        return Orders(limits, self.threads, self.store == "compact", decisive, observer, self.sampled, self._mask)

    @cached_property
    def _mask(self) -> Words:
        """Return the bits of the fixed words that the model has without its guarantees; nothing where it asks for none."""
        kept = [s.number for s in self.model.shared if not self.model.keeps(s)]
        return self.layout.without_shared(kept) if kept else ()

    # -- from numbers to names ------------------------------------------------------------------------------------------

    @cached_property
    def bits(self) -> dict[str, int]:
        """Return the bit of each property, or of each of its choices of processes, in what states and edges show."""
        return {self._asked(one): bit for bit, one in enumerate(instances(self.program)) if one.prop.modality != "constraint"}

    def _asked(self, one: Instance) -> str:
        """Return the name of what is asked, as `Model.asked` has it."""
        types = [p.type for p in one.prop.parameters if isinstance(p.type, ProcessId)]
        return asked_name(one.prop.name, [self.model.processes[t.members[r]] for t, r in zip(types, one.ranks, strict=True)])

    @cached_property
    def _steps(self) -> tuple[str, ...]:
        """Return the names of steps by their numbers: the program's, then the faults."""
        return (*(s.name for s in self.program.steps), *FAULTS)

    def _shown(self, bits: int) -> frozenset[str]:
        return frozenset(name for name, bit in self.bits.items() if bits >> bit & 1)

    def _sight(self, sight: machine.Sight) -> Sight:
        return Sight(self._shown(sight.shown), sight.wrong)

    @cached_property
    def _violations(self) -> tuple[str, ...]:
        return tuple(p.name for p in self.program.properties if p.modality in VIOLABLE)

    def _goal(self, target: Target) -> Goal:
        special = {ERROR: Goal("error"), STUCK: Goal("stuck")}
        return special.get(target) or Goal("property", self.bits[target])

    def _guide(self, cost: Cost, marks: Marks, target: int) -> NativeGuide:
        return NativeGuide(cost.faults, cost.steps, cost.edge, marks, target, self.layout)

    def _findings(self, counts: Counts) -> Findings:
        shown = self._shown(counts.seen)
        evaluated = {"always": counts.states, "never": counts.states, "sometimes": counts.states}
        evaluated |= {"step": counts.edges, "final": counts.terminal - counts.dead}
        return Findings(
            exploration=self._exploration(counts),
            violated=shown.intersection(self._violations),
            found=shown.difference(self._violations),
            exercised=self._exercised(counts.exercised),
            evaluated=frozenset(p.name for p in self.program.properties if evaluated.get(p.modality, counts.states)),
            error=counts.error,
            marks=counts.limited[len(self.program.limits) :][: self.program.marks],
            sample=counts.sample,
        )

    def _exercised(self, bits: int) -> dict[str, frozenset[int]]:
        """Return the sites by property: the emitted code numbers those of one property after those of the one before."""
        by_property, first = {}, 0
        for p in self.program.properties:
            by_property[p.name] = frozenset(n for n in range(len(p.sites)) if bits >> (first + n) & 1)
            first += len(p.sites)
        return by_property

    def _exploration(self, counts: Counts) -> Exploration:
        steps = [(i, s.name) for i, s in enumerate(self.program.steps) if s.role != "initial"]
        faults = [(len(self.program.steps) + i, name) for i, name in enumerate(FAULTS) if name in self.setting.budgets]
        return Exploration(
            states=counts.states,
            edges=counts.edges,
            depth=counts.depth,
            terminal=counts.terminal,
            stuck=counts.stuck,
            fired={name: counts.fired[i] for i, name in [*steps, *faults]},
            limits=self._stopped(counts.limited),
            cut=counts.cut,
            seconds=counts.seconds,
            peak_bytes=counts.peak_bytes,
            engine="native",
            threads=self.threads,
            store=self.store,
            odds=self._odds(counts.states) if self.store == "compact" else 0.0,
            plain=None if counts.cut or counts.error else counts.distinct,
        )

    def _stopped(self, limited: tuple[int, ...]) -> tuple[Stopped, ...]:
        """Return the limits that stopped a step, by their place in the source; one that is inherited has several numbers.

        The counters after those of the limits are marks, then that of a full network, which comes first here. The limits of
        first states come from the reference engine.
        """
        shown = {FULL[0]: FULL[0], **{str(s.module.__file__): s.shown for s in self.model.sources}}
        first = self._reference.first_limits() if self._given is None else Counter()
        times = Counter({(shown[file], line, column): count for (file, line, column), count in first.items()})
        times[FULL] += self._overflows(limited)
        texts: dict[Place, str] = {FULL: full_text(self.setting)}
        for bound, count in zip(self.program.limits, limited, strict=False):
            where = bound.where.file, bound.where.line, bound.where.column
            times[where] += count
            texts[where] = bound.text
        outside = {(c.where.file, c.where.line, c.where.column) for c in self.program.constraints}
        return tuple(Stopped(texts[at], times[at], "state" if at in outside else "step") for at in sorted(texts) if times[at])

    def _overflows(self, limited: tuple[int, ...]) -> int:
        """Return how often a full network stopped a step: the last counter, where that is a limit."""
        return limited[-1] if self.setting.full == "limit" else 0

    def _odds(self, states: int) -> float:
        """Return the chance that two of so many states have one fingerprint of 64 bits; a state of one word is its own."""
        return 0.0 if self.machine.sizes.max_words == 1 else -math.expm1(-states * (states - 1) / 2**65)
