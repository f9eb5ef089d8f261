"""A model's compiled library at work: the ctypes side of `runtime/runtime.h`.

The C code runs in a thread of its own, without Python's lock; the calling thread watches it about ten times a second, passes on
its progress, and stops it when the time is over or Ctrl-C is pressed. Everything here is words and counts without names;
`native.py` gives them their meaning.
"""

from __future__ import annotations

import ctypes
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal, TypeVar

from quorate.explorer.contract.engine import Progress
from quorate.explorer.native.compiler import library
from quorate.explorer.native.headroom import affordable
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.explorer.contract.engine import Limits, Observer
    from quorate.explorer.contract.verdict import Cut

T = TypeVar("T")
Words = tuple[int, ...]  # one packed state
End = Literal["nothing", "property", "error", "stuck"]

NONE = 2**64 - 1
PAUSE = 0.1  # seconds between two looks at a running search
CUTS: tuple[Cut | None, ...] = (None, "states", "depth", "time", "memory", "interrupted", "first")  # control.h: enum stop
SORTS = ("property", "error", "stuck")  # shortest.h: enum target_sort
ENDS: tuple[End, ...] = ("nothing", "property", "error", "stuck")  # walk.h: enum walk_end
U32, U64 = ctypes.c_uint32, ctypes.c_uint64


class _Control(ctypes.Structure):
    """control.h: struct control."""

    _fields_ = (
        *((name, U64) for name in ("max_states", "max_depth", "max_bytes", "decisive")),
        *((name, U32) for name in ("threads", "compact", "first", "stop")),
        *((name, U64) for name in ("states", "edges", "expanded", "depth", "bytes")),
    )


class _Findings(ctypes.Structure):
    """explore.h: struct findings."""

    _fields_ = tuple((name, U64) for name in ("states", "words", "edges", "depth", "terminal", "stuck", "seen", "error"))


class _Target(ctypes.Structure):
    """shortest.h: struct target."""

    _fields_ = (*((name, U32) for name in ("sort", "property", "found", "edge")), ("faults", U64), ("steps", U64))


class _Walks(ctypes.Structure):
    """walk.h: struct walks."""

    _fields_ = (
        *((name, U64) for name in ("seed", "first", "count", "depth", "wanted")),
        ("stuck_wanted", U32),
        ("end", U32),
        *((name, U64) for name in ("shown", "number", "steps", "done", "deepest")),
        ("path", ctypes.POINTER(U64)),
        *((name, U64) for name in ("path_count", "path_used", "path_room")),
    )


_HANDLE, _WORDS, _CONTROL = ctypes.c_void_p, ctypes.POINTER(U64), ctypes.POINTER(_Control)
SIGNATURES: dict[str, tuple[type | None, tuple[type, ...]]] = {
    "quorate_sizes": (None, (_WORDS,)),
    "quorate_length": (U32, (_WORDS,)),
    "quorate_explore": (_HANDLE, (_CONTROL, _WORDS, U64, ctypes.POINTER(_Findings), _WORDS, _WORDS, _WORDS)),
    "quorate_frontier": (U64, (_HANDLE, U64, _WORDS)),
    "quorate_close": (None, (_HANDLE,)),
    "quorate_shortest": (_HANDLE, (_CONTROL, _WORDS, U64, ctypes.POINTER(_Target), U32)),
    "quorate_mark": (ctypes.c_int, (_HANDLE, _WORDS, U32, U64, U64)),
    "quorate_forget": (None, (_HANDLE,)),
    "quorate_walk": (None, (_CONTROL, _WORDS, U64, ctypes.POINTER(_Walks))),
    "quorate_release": (None, (_HANDLE,)),
}


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


@dataclass(frozen=True, slots=True)
class Orders:
    """How to search. `decisive` are the properties, bit by bit, whose showing is a violation."""

    limits: Limits
    threads: int = 1
    compact: bool = False
    decisive: int = 0
    observer: Observer | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a full search saw; properties and sites bit by bit. `words` are those of all states, packed.

    `frontier` are some of the states where the search was cut.
    """

    states: int
    words: int
    edges: int
    depth: int
    terminal: int
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
        self._library = ctypes.CDLL(str(library(source)))
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
        sizes = (U64 * len(fields(Sizes)))()
        self._library.quorate_sizes(sizes)
        self.sizes = Sizes(*sizes)

    def explore(self, initial: Sequence[Words], orders: Orders, sample: int = 0) -> Counts:
        """Run the full search; return its counts, and at most `sample` states of the frontier where it was cut."""
        control, found, sizes = _control(orders), _Findings(), self.sizes
        fired, limited = (U64 * (sizes.steps + 1))(), (U64 * (sizes.limits + 1))()
        exercised = (U64 * (sizes.sites // 64 + 1))()
        arguments = control, _flat(initial), len(initial), found, fired, limited, exercised
        start = time.monotonic()
        handle = _granted(_watched(control, orders, lambda: self._library.quorate_explore(*arguments)))
        seconds = time.monotonic() - start
        frontier = self._frontier(handle, sample)
        self._library.quorate_close(handle)
        return Counts(
            found.states,
            found.words,
            found.edges,
            found.depth,
            found.terminal,
            found.stuck,
            found.seen,
            bool(found.error),
            tuple(fired)[: sizes.steps],
            tuple(limited)[: sizes.limits],
            sum(word << 64 * i for i, word in enumerate(exercised)),
            CUTS[control.stop],
            seconds,
            control.bytes,
            frontier,
        )

    def shortest(self, initial: Sequence[Words], goals: Sequence[Goal], orders: Orders) -> Marks:
        """Find the cheapest ways to at most 64 goals."""
        control = _control(orders)
        targets = (_Target * len(goals))(*(_Target(SORTS.index(g.sort), g.bit) for g in goals))
        arguments = control, _flat(initial), len(initial), targets, len(goals)
        handle = _granted(_watched(control, orders, lambda: self._library.quorate_shortest(*arguments)))
        return Marks(self, handle, tuple(Cost(t.faults, t.steps, bool(t.edge)) if t.found else None for t in targets))

    def walk(self, initial: Sequence[Words], plan: Plan, orders: Orders) -> Strides:
        """Walk at random until a walk shows what the plan wants (or an error), or all are done."""
        control = _control(orders)
        given = _Walks(seed=plan.seed, count=plan.walks, depth=plan.depth, wanted=plan.wanted, stuck_wanted=plan.stuck)
        arguments = control, _flat(initial), len(initial), given
        start = time.monotonic()
        _watched(control, orders, lambda: self._library.quorate_walk(*arguments))
        words = ctypes.cast(given.path, ctypes.POINTER(U64 * given.path_used)).contents
        path = self._split(words, given.path_count) if given.end else ()
        self._library.quorate_release(given.path)
        return Strides(
            ENDS[given.end],
            given.shown,
            given.number,
            path,
            given.done,
            given.steps,
            given.deepest,
            CUTS[control.stop],
            time.monotonic() - start,
        )

    def marked(self, handle: int, state: Words, target: int, faults: int, steps: int) -> bool:
        return bool(self._library.quorate_mark(handle, _flat([state]), target, faults, steps))

    def forget(self, handle: int) -> None:
        self._library.quorate_forget(handle)

    def _frontier(self, handle: int, most: int) -> tuple[Words, ...]:
        words = (U64 * (most * self.sizes.max_words + 1))()
        return self._split(words, self._library.quorate_frontier(handle, most, words))

    def _split(self, words: ctypes.Array[ctypes.c_uint64], count: int) -> tuple[Words, ...]:
        """Return the `count` states that stand one after the other in `words`."""
        states, at = [], 0
        for _ in range(count):
            length = self._library.quorate_length((U64 * 1).from_buffer(words, at * ctypes.sizeof(U64)))
            states.append(tuple(words[at : at + length]))
            at += length
        return tuple(states)


def _control(orders: Orders) -> _Control:
    limits = orders.limits
    return _Control(
        max_states=NONE if limits.states is None else limits.states,
        max_depth=NONE if limits.depth is None else limits.depth,
        max_bytes=affordable(limits.memory),
        decisive=orders.decisive,
        threads=orders.threads,
        compact=orders.compact,
        first=limits.first,
    )


def _flat(states: Sequence[Words]) -> ctypes.Array[ctypes.c_uint64]:
    words = [word for state in states for word in state]
    return (U64 * len(words))(*words)


def _granted(handle: int | None) -> int:
    if handle is None:
        raise UsageError("the system refuses the memory that a search begins with: give it more, or use `--engine reference`")
    return handle


def _watched(control: _Control, orders: Orders, call: Callable[[], T]) -> T:
    """Run the call in a thread and watch it until it ends: progress, the time limit, Ctrl-C.

    The end is an event of our own: a `join` that Ctrl-C interrupts takes a running thread for ended (CPython 3.11).
    """
    results: list[T] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(call())
        finally:
            done.set()

    start = time.monotonic()
    threading.Thread(target=run, name="quorate search").start()
    try:
        while not done.is_set():
            try:
                _look(control, orders, done, start)
            except KeyboardInterrupt:
                _stop(control, "interrupted")
    finally:
        if not done.is_set():  # an exception of the observer must not leave the search running
            _stop(control, "interrupted")
        while not done.is_set():
            with suppress(KeyboardInterrupt):
                done.wait()
    return results[0]


def _look(control: _Control, orders: Orders, done: threading.Event, start: float) -> None:
    """Wait a little for the search, then pass on how far it is, and stop it when its time is over."""
    limit = orders.limits.seconds
    left = NONE if limit is None else start + limit - time.monotonic()
    if done.wait(max(0.001, min(PAUSE, left))):
        return
    seconds = time.monotonic() - start
    if limit is not None and seconds >= limit:
        _stop(control, "time")
    if orders.observer:
        queue = max(0, control.states - control.expanded)  # the two are not read at one moment
        orders.observer(Progress(control.states, control.edges, control.depth, queue, seconds, control.bytes))


def _stop(control: _Control, cut: Cut) -> None:
    if not control.stop:
        control.stop = CUTS.index(cut)
