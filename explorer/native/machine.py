"""A model's compiled library at work: the ctypes side of `runtime/runtime.h`.

The C code runs in a thread of its own, without Python's lock; the calling thread watches it about ten times a second, passes on
its progress, and stops it when the time is over or Ctrl-C is pressed. Everything here is words and counts without names;
`native.py` gives them their meaning.
"""

from __future__ import annotations

import ctypes
import time
import weakref
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal, TypeVar

from quorate.explorer.native.compiler import library
from quorate.explorer.native.headroom import affordable
from quorate.explorer.native.structures import SIGNATURES, U64, CControl, CFindings, CLook, CTarget, CWalks
from quorate.explorer.native.watching import CUTS, NONE, Orders, watched
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from quorate.explorer.contract.exploration import Cut

T = TypeVar("T")
Words = tuple[int, ...]  # one packed state
End = Literal["nothing", "property", "error", "stuck"]

SORTS = ("property", "error", "stuck")  # shortest.h: enum target_sort
ENDS: tuple[End, ...] = ("nothing", "property", "error", "stuck")  # walk.h: enum walk_end


@dataclass(frozen=True, slots=True)
class Sizes:
    """runtime.h: quorate_sizes."""

    fixed_words: int
    parcel_words: int
    max_words: int
    steps: int
    limits: int
    sites: int
    properties: int

    @property
    def property_words(self) -> int:
        """Return the words of a set of properties."""
        return max(1, -(-self.properties // 64))


@dataclass(frozen=True, slots=True)
class Counts:
    """What a full search saw; properties and sites bit by bit. `words` are those of all states, packed; `dead` the
    terminal ones in which all are down.

    `frontier` are some of the states where the search was cut, `sample` some of every level.
    """

    states: int
    words: int
    edges: int
    depth: int
    terminal: int
    dead: int
    stuck: int
    seen: int
    error: bool
    fired: tuple[int, ...]
    limited: tuple[int, ...]
    exercised: int
    cut: Cut | None
    seconds: float
    peak_bytes: int
    frontier: tuple[Words, ...]
    sample: tuple[Words, ...]
    distinct: int | None  # states with the bits of `Orders.mask` alone; None where it was not counted


@dataclass(frozen=True, slots=True)
class Sight:
    """What shows in a state or on an edge: properties, bit by bit, and whether one of them was an error of the model."""

    shown: int
    wrong: bool


@dataclass(frozen=True, slots=True)
class Leap:
    """One edge of a state: the number of its step, where it leads, what it shows."""

    step: int
    target: Words
    sight: Sight


@dataclass(frozen=True, slots=True)
class Look:
    """All that the emitted code says of one state. `final` is None where the state is not terminal."""

    edges: tuple[Leap, ...]
    free_errors: int
    costed_errors: int
    state: Sight
    final: Sight | None
    stuck: bool
    limited: tuple[int, ...]
    exercised: int


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of the second search: `bit` says which property, where `sort` is "property"."""

    sort: str
    bit: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What the cheapest way to a target takes; `edge`: its last edge is the target, and is counted."""

    faults: int
    steps: int
    edge: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Random walks to take: at most `walks` of at most `depth` steps, until one shows a property that is wanted, bit by bit."""

    seed: int
    depth: int
    walks: int
    wanted: int
    stuck: bool


@dataclass(frozen=True, slots=True)
class Strides:
    """What random walks did; `path` is the one that ended in what `end` says, `shown` the properties it shows, bit by bit."""

    end: End
    shown: int
    number: int
    path: tuple[Words, ...]
    walks: int
    steps: int
    deepest: int
    cut: Cut | None
    seconds: float


@dataclass(slots=True)
class Marks:
    """The states on cheapest ways, held by the library until nobody asks for them any more."""

    machine: Machine
    handle: int
    costs: tuple[Cost | None, ...]
    _finalizer: object = field(init=False)
    __weakref__: object = field(init=False)

    def __post_init__(self) -> None:
        self._finalizer = weakref.finalize(self, self.machine.forget, self.handle)

    def has(self, state: Words, target: int, faults: int, steps: int) -> bool:
        """Say whether the state lies, at exactly this cost, on a cheapest way to the target."""
        return self.machine.marked(self.handle, state, target, faults, steps)


class Machine:
    """The library of one model under one setting."""

    def __init__(self, source: str) -> None:
        """Compile (or find in the cache) and load the emitted code. Errors: NoCompiler."""
        self.library = ctypes.CDLL(str(library(source)))
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(self.library, name)
            function.restype, function.argtypes = result, arguments
        sizes = (U64 * len(fields(Sizes)))()
        self.library.quorate_sizes(sizes)
        self.sizes = Sizes(*sizes)
        self._kept: list[int] = []
        weakref.finalize(self, _release, self.library, self._kept)

    def explore(self, initial: Sequence[Words], orders: Orders, sample: int = 0, *, keep: bool = False) -> Counts:
        """Run the full search; return its counts, and at most `sample` states of the frontier where it was cut.

        `keep`: the search stays as it is, for `kept`.
        """
        control, found, sizes = self._control(orders), CFindings(), self.sizes
        fired, limited = (U64 * (sizes.steps + 1))(), (U64 * (sizes.limits + 1))()
        exercised, seen = (U64 * (sizes.sites // 64 + 1))(), self._properties()
        arguments = control, flat(initial), len(initial), found, fired, limited, exercised, seen
        start = time.monotonic()
        handle = _granted(watched(control, orders, lambda: self.library.quorate_explore(*arguments)))
        seconds = time.monotonic() - start
        frontier = self._frontier(handle, sample)
        kept = (U64 * (found.sampled_words + 1))()
        self.library.quorate_sample(handle, kept)
        distinct = self.library.quorate_distinct(handle, flat([orders.mask])) if orders.mask else NONE
        self._kept.append(handle)
        if not keep:
            self.release()
        return Counts(
            found.states,
            found.words,
            found.edges,
            found.depth,
            found.terminal,
            found.dead,
            found.stuck,
            _bits(seen),
            bool(found.error),
            tuple(fired)[: sizes.steps],
            tuple(limited)[: sizes.limits],
            _bits(exercised),
            CUTS[control.stop],
            seconds,
            control.bytes,
            frontier,
            self._split(kept, found.sampled),
            None if distinct == NONE else distinct,
        )

    def kept(self) -> int | None:
        """Return the search that was kept, which is the caller's from now on; None where none was."""
        return self._kept.pop() if self._kept else None

    def release(self) -> None:
        """Release the search that was kept, if one still is."""
        _release(self.library, self._kept)

    def watched(self, orders: Orders, call: Callable[[CControl], T]) -> tuple[CControl, T]:
        """Run a call of the library under a control of its own; return that, which says what stopped it, and the result."""
        control = self._control(orders)
        return control, watched(control, orders, lambda: call(control))

    def look(self, state: Words) -> Look:
        """Return all that the emitted code says of one state."""
        seen, sizes = CLook(), self.sizes
        limited, exercised = (U64 * (sizes.limits + 1))(), (U64 * (sizes.sites // 64 + 1))()
        shown, many = self._properties(2), sizes.property_words
        self.library.quorate_look(flat([state]), seen, limited, exercised, shown)
        words = (U64 * (seen.words + 1))(*seen.successors[: seen.words])
        targets = self._split(words, seen.edges)
        sights = [Sight(_bits(seen.shown[i * many : (i + 1) * many]), bool(seen.wrong[i])) for i in range(seen.edges)]
        steps = seen.steps[: seen.edges]
        self.library.quorate_release(seen.successors)
        self.library.quorate_release(seen.steps)
        return Look(
            tuple(Leap(*parts) for parts in zip(steps, targets, sights, strict=True)),
            seen.free_errors,
            seen.costed_errors,
            Sight(_bits(shown[:many]), bool(seen.state_error)),
            Sight(_bits(shown[many:]), bool(seen.final_error)) if seen.terminal else None,
            bool(seen.stuck),
            tuple(limited)[: sizes.limits],
            _bits(exercised),
        )

    def shortest(self, initial: Sequence[Words], goals: Sequence[Goal], orders: Orders) -> Marks:
        """Find the cheapest ways to at most 64 goals."""
        control = self._control(orders)
        targets = (CTarget * len(goals))(*(CTarget(SORTS.index(g.sort), g.bit) for g in goals))
        arguments = control, flat(initial), len(initial), targets, len(goals)
        handle = _granted(watched(control, orders, lambda: self.library.quorate_shortest(*arguments)))
        return Marks(self, handle, tuple(Cost(t.faults, t.steps, bool(t.edge)) if t.found else None for t in targets))

    def walk(self, initial: Sequence[Words], plan: Plan, orders: Orders) -> Strides:
        """Walk at random until a walk shows what the plan wants (or an error), or all are done."""
        control, wanted, shown = self._control(orders), self._properties(1, plan.wanted), self._properties()
        given = CWalks(seed=plan.seed, count=plan.walks, depth=plan.depth, wanted=wanted, shown=shown, stuck_wanted=plan.stuck)
        arguments = control, flat(initial), len(initial), given
        start = time.monotonic()
        watched(control, orders, lambda: self.library.quorate_walk(*arguments))
        words = ctypes.cast(given.path, ctypes.POINTER(U64 * given.path_used)).contents
        path = self._split(words, given.path_count) if given.end else ()
        self.library.quorate_release(given.path)
        return Strides(
            ENDS[given.end],
            _bits(shown),
            given.number,
            path,
            given.done,
            given.steps,
            given.deepest,
            CUTS[control.stop],
            time.monotonic() - start,
        )

    def marked(self, handle: int, state: Words, target: int, faults: int, steps: int) -> bool:
        return bool(self.library.quorate_mark(handle, flat([state]), target, faults, steps))

    def forget(self, handle: int) -> None:
        self.library.quorate_forget(handle)

    def _control(self, orders: Orders) -> CControl:
        limits = orders.limits
        return CControl(
            max_states=NONE if limits.states is None else limits.states,
            max_depth=NONE if limits.depth is None else limits.depth,
            max_bytes=affordable(limits.memory),
            sample=NONE if orders.sample is None else orders.sample,
            decisive=self._properties(1, orders.decisive),
            threads=orders.threads,
            compact=orders.compact,
            first=limits.first,
        )

    def _properties(self, many: int = 1, bits: int = 0) -> ctypes.Array[ctypes.c_uint64]:
        """Return `many` sets of properties as words, the first of them with these bits."""
        words = (U64 * (many * self.sizes.property_words))()
        for i in range(self.sizes.property_words):
            words[i] = bits >> 64 * i & NONE
        return words

    def _frontier(self, handle: int, most: int) -> tuple[Words, ...]:
        words = (U64 * (most * self.sizes.max_words + 1))()
        return self._split(words, self.library.quorate_frontier(handle, most, words))

    def _split(self, words: ctypes.Array[ctypes.c_uint64], count: int) -> tuple[Words, ...]:
        """Return the `count` states that stand one after the other in `words`."""
        states, at = [], 0
        for _ in range(count):
            length = self.library.quorate_length((U64 * 1).from_buffer(words, at * ctypes.sizeof(U64)))
            states.append(tuple(words[at : at + length]))
            at += length
        return tuple(states)


def _release(library: ctypes.CDLL, kept: list[int]) -> None:
    while kept:
        library.quorate_close(kept.pop())


def _bits(words: Iterable[int]) -> int:
    return sum(word << 64 * i for i, word in enumerate(words))


def flat(states: Sequence[Words]) -> ctypes.Array[ctypes.c_uint64]:
    """Return packed states one after the other, as the library takes them."""
    words = [word for state in states for word in state]
    return (U64 * len(words))(*words)


def _granted(handle: int | None) -> int:
    if handle is None:
        raise UsageError("the system refuses the memory that a search begins with: give it more, or use `--engine reference`")
    return handle
