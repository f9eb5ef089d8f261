"""The native engine's judgement of whole runs: the ctypes side of `runtime/components.h` and `runtime/ways.h`, with names.

It works on the states that the full search kept, so that search is taken over, and released with this.
"""

from __future__ import annotations

import ctypes
import weakref
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from quorate.explorer.contract.liveness import Halted, Judged, Wanted, banned
from quorate.explorer.native.machine import flat
from quorate.explorer.native.structures import U32, U64, CControl
from quorate.explorer.native.watching import CUTS
from quorate.language.declare import FAULTS
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quorate.explorer.contract.fairness import Fairness, Turn
    from quorate.explorer.native.machine import Machine, Words
    from quorate.explorer.native.watching import Orders
    from quorate.language.loading.model import Asked, Model
    from quorate.language.packed.layout import Layout
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global

FIRST_LOOP, ENDED = 2**31, 2**32 - 3  # components.h
MOST_TURNS = 2**16 - 2  # components.h: `fair` has 16 bits for each
NO_PREDICATE = 2**32 - 1
SORTS = {"eventually": 1, "eventually_always": 2, "possible": 3}  # components.h: enum question_sort; anything else is 0


class CQuestion(ctypes.Structure):
    """components.h: struct question."""

    _fields_ = (
        ("fair", ctypes.POINTER(ctypes.c_uint16)),
        ("strong", ctypes.POINTER(U64)),
        ("banned", ctypes.POINTER(ctypes.c_uint8)),
        *((name, U32) for name in ("sort", "good", "trigger", "fair_count", "strict")),
    )


class CJudged(ctypes.Structure):
    """components.h: struct judged."""

    _fields_ = tuple((name, U64) for name in ("loops", "ends", "maybe", "bytes"))


_HANDLE, _WORDS, _CONTROL = ctypes.c_void_p, ctypes.POINTER(U64), ctypes.POINTER(CControl)
SIGNATURES: dict[str, tuple[type | None, tuple[type, ...]]] = {
    "quorate_runs": (_HANDLE, (_HANDLE,)),
    "quorate_close_runs": (None, (_HANDLE,)),
    "quorate_judge": (None, (_HANDLE, _CONTROL, ctypes.POINTER(CQuestion), _WORDS, U64, ctypes.POINTER(CJudged))),
    "quorate_standing": (U32, (_HANDLE, _WORDS)),
    "quorate_stems": (_HANDLE, (_HANDLE, _CONTROL, _WORDS, U64, _WORDS)),
    "quorate_pieces": (_HANDLE, (_HANDLE, _CONTROL, _WORDS, _WORDS, _WORDS, U32, _WORDS, _WORDS)),
    "quorate_on_way": (ctypes.c_int, (_HANDLE, _WORDS, U32, U64, U64)),
    "quorate_forget_ways": (None, (_HANDLE,)),
}


@dataclass(frozen=True, slots=True)
class Searched:
    """What a native engine searched: its library, the model, packed first states, the bit of all that is asked of states."""

    machine: Machine
    model: Model
    program: Program
    layout: Layout
    initial: Sequence[Words]
    bits: Mapping[str, int]


class NativeRuns:
    """The `Runs` of a native engine. `bytes` is the most that was held for them beside the search itself."""

    def __init__(self, searched: Searched, search: int, fairness: Fairness, orders: Orders) -> None:
        """Take over the search. Errors: UsageError where the system refuses the memory."""
        self.searched, self.fairness, self.orders = searched, fairness, orders
        self.machine = searched.machine
        self.bytes = 0
        self.library = self.machine.library
        if len(fairness.turns) > MOST_TURNS:
            raise UsageError(f"{len(fairness.turns):,} turns are to be fair, and {MOST_TURNS:,} is the most: name fewer")
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(self.library, name)
            function.restype, function.argtypes = result, arguments
        handle = self.library.quorate_runs(search)
        if handle is None:
            raise UsageError("the system refuses the memory that judging whole runs takes: give it more")
        self.handle: int = handle
        self._finalizer = weakref.finalize(self, self.library.quorate_close_runs, handle)

    def judge(self, asked: Asked) -> Judged:
        """Return whether every run keeps the property. What it returns is to be used before the next call."""
        for strict in (True, False):
            self.question = self._question(asked, strict=strict)
            judged = CJudged()
            asking = partial(self._ask, self.question, judged)
            control, _ = self.machine.watched(self.orders, asking)
            self.bytes = max(self.bytes, judged.bytes)
            if control.stop:
                return Judged("cut", cut=CUTS[control.stop])
            if judged.loops or judged.ends:
                return Judged("violated", NativeLasso(self)) if strict else Judged("limited")
            if judged.maybe or asked.prop.modality == "possible":
                return Judged("limited" if judged.maybe else "holds")
        return Judged("holds")

    def _ask(self, question: Question, judged: CJudged, control: CControl) -> None:
        self.library.quorate_judge(self.handle, control, question.of, self.initial, len(self.searched.initial), judged)

    @cached_property
    def initial(self) -> ctypes.Array[ctypes.c_uint64]:
        return flat(self.searched.initial)

    def _question(self, asked: Asked, *, strict: bool) -> Question:
        prop = asked.prop
        good = asked.name if prop.goal is None else f"{prop.goal.name}{asked.name[len(prop.name) :]}"
        trigger = self.searched.bits[asked.name] if prop.modality == "leads_to" else NO_PREDICATE
        return Question(
            self,
            SORTS.get(prop.modality, 0),
            self.searched.bits[good],
            trigger,
            banned(self.searched.model, asked),
            strict=strict,
        )

    @cached_property
    def numbers(self) -> dict[Turn, int]:
        """Return the turns that are assumed to be fair, numbered."""
        return {turn: number for number, turn in enumerate(self.fairness.turns)}

    def bits(self, turns: Iterable[Turn]) -> ctypes.Array[ctypes.c_uint64]:
        """Return some of these turns, bit by bit."""
        words = (U64 * (len(self.numbers) // 64 + 1))()
        for turn in turns:
            words[self.numbers[turn] // 64] |= 1 << self.numbers[turn] % 64
        return words

    def words(self, state: Global) -> ctypes.Array[ctypes.c_uint64]:
        """Return a state packed."""
        return flat([self.searched.layout.pack(state)])


class Question:
    """A question as the library takes it, with all that it points to."""

    def __init__(self, runs: NativeRuns, sort: int, good: int, trigger: int, without: Iterable[str], *, strict: bool) -> None:
        program = runs.searched.program
        steps = (*(s.name for s in program.steps), *FAULTS)
        places = len(program.processes) + 1
        self.fair = (ctypes.c_uint16 * (len(steps) * places * places))()
        for turn, number in runs.numbers.items():
            process, sender = (places - 1 if n is None else n for n in (turn.process, turn.sender))
            self.fair[(steps.index(turn.step) * places + process) * places + sender] = number + 1
        self.strong = runs.bits(turn for turn, strength in runs.fairness.turns.items() if strength == "strong")
        self.banned = (ctypes.c_uint8 * len(steps))(*(name in without for name in steps))
        self.of = CQuestion(self.fair, self.strong, self.banned, sort, good, trigger, len(runs.numbers), strict)


@dataclass
class NativeWay:
    """Cheapest ways, held by the library until nobody asks for them any more."""

    runs: NativeRuns
    handle: int
    faults: int
    steps: int

    def __post_init__(self) -> None:
        weakref.finalize(self, self.runs.library.quorate_forget_ways, self.handle)

    def admits(self, state: Global, phase: int, faults: int, steps: int) -> bool:
        """Say whether the state lies on a cheapest way at exactly this cost."""
        return bool(self.runs.library.quorate_on_way(self.handle, self.runs.words(state), phase, faults, steps))


class NativeLasso:
    """The runs that break the property that was judged last."""

    def __init__(self, runs: NativeRuns) -> None:
        self.runs = runs

    @cached_property
    def stem(self) -> NativeWay:
        """Return the cheapest stems. Errors: Halted where the search for them was stopped."""
        runs, cost = self.runs, (U64 * 3)()
        given = runs.initial, len(runs.searched.initial), cost
        control, found = runs.machine.watched(runs.orders, lambda c: int(runs.library.quorate_stems(runs.handle, c, *given)))
        way = NativeWay(runs, found, cost[1], cost[2])
        if control.stop:
            raise Halted
        return way

    def ends(self, state: Global) -> bool:
        return self._standing(state) == ENDED

    def joined(self, state: Global, home: Global) -> bool:
        standing = self._standing(state)
        return FIRST_LOOP <= standing < ENDED and standing == self._standing(home)

    def _standing(self, state: Global) -> int:
        return int(self.runs.library.quorate_standing(self.runs.handle, self.runs.words(state)))

    def piece(self, start: Global, wanted: Wanted) -> NativeWay | None:
        runs, cost = self.runs, (U64 * 3)()
        home = None if wanted.home is None else runs.words(wanted.home)
        given = runs.words(start), runs.bits(wanted.taken), runs.bits(wanted.absent), wanted.bad, home, cost
        control, found = runs.machine.watched(runs.orders, lambda c: int(runs.library.quorate_pieces(runs.handle, c, *given)))
        way = NativeWay(runs, found, cost[1], cost[2])
        if control.stop:
            raise Halted
        return way if cost[0] else None
