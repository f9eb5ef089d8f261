"""Where the two engines meet in every native check: what both say of the same states is compared, edge by edge.

The first levels are walked by the reference engine, as far as it gets in a moment; of every later level the native search
kept a sample. The reference engine runs the author's functions without anything that lowering inferred. A difference is a
defect of Quorate, and there is no verdict then. Read next: `contract/account.py`, what is compared.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.explorer.contract.setting import FULL
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.traces.story import Narrator
from quorate.language.errors import Defect
from quorate.language.values.values import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quorate.explorer.contract.account import Account, Sight
    from quorate.explorer.native.machine import Words
    from quorate.explorer.native.native import NativeEngine
    from quorate.language.values.state import Global

FIRST_SECONDS = 0.05  # for the first levels
SAMPLE_SECONDS = (
    2.0  # a model whose steps are slow in Python must not make every check slow; where more was asked for, no limit
)
MOST_SHOWN = 12  # differences of a state, and edges of a step
NONE = "nothing"


def compare(native: NativeEngine, sample: Iterable[Words], *, asked: bool) -> int:
    """Return in how many states the engines were compared: the first levels, then the sample. `asked`: all of it.

    Errors: Defect where they differ.
    """
    meeting = Meeting(native, ReferenceEngine(native.model, native.setting, native.program, inferred=False))
    try:
        meeting.first_levels()
        meeting.sampled(sample, None if asked else SAMPLE_SECONDS)
    except KeyboardInterrupt:
        pass  # what was compared so far agreed, and the count says how much that was
    return len(meeting.met)


@dataclass
class Meeting:
    """The two engines, and the states in which they were compared."""

    native: NativeEngine
    reference: ReferenceEngine
    met: set[Words] = field(default_factory=set)

    def first_levels(self) -> None:
        """Compare state by state, breadth first, for a moment."""
        started = time.process_time()
        level = deque(self.reference.initial_states())
        self._same_start(level)
        known = set(level)
        while level and (not self.met or time.process_time() - started < FIRST_SECONDS):
            state = level.popleft()
            account = self.meet(self._packed(state), state)
            fresh = dict.fromkeys(target for _, target in account.edges if target not in known)
            known.update(fresh)
            level.extend(fresh)

    def sampled(self, sample: Iterable[Words], seconds: float | None) -> None:
        """Compare in the states that the native search kept."""
        started = time.process_time()
        for words in sample:
            if seconds is not None and time.process_time() - started > seconds:
                return
            if words not in self.met:
                state = self.native.layout.unpack(words)
                if self._packed(state) != words:
                    raise self._defect(state, ["it has another packed form than the one that the native engine reached"])
                self.meet(words, state)

    def meet(self, words: Words, state: Global) -> Account:
        """Compare what the engines say of one state, and return it. Errors: Defect where they differ."""
        native, reference = self.native.account(words), self.reference.account(state)
        if native != reference:
            raise self._defect(state, self._differences(state, native, reference))
        self.met.add(words)
        return reference

    def _same_start(self, first: Iterable[Global]) -> None:
        native = Counter(map(self.native.layout.unpack, self.native.initial))
        if native != (reference := Counter(first)):
            start = next(iter({**native, **reference}))
            raise self._defect(start, [*_both("first states", str(native.total()), str(reference.total()))])

    def _packed(self, state: Global) -> Words:
        """Return the packed form. Errors: Defect where the state has none: a bound that was inferred is wrong."""
        words: Words | None
        try:
            words = self.native.layout.pack(state)
            same = self.native.layout.unpack(words) == state
        except (ArithmeticError, LookupError, TypeError, ValueError):
            words, same = None, False
        if words is None or not same:
            raise self._defect(state, ["the native engine cannot hold this state, which the reference engine reaches"])
        return words

    # -- saying it --------------------------------------------------------------------------------------------------------

    def _defect(self, state: Global, differences: Iterable[str]) -> Defect:
        """Return the error: the state, the difference, what to do."""
        first = self.reference.initial_states()[0]
        lines = ["the engines disagree"]
        lines.append("in the state that differs from the first one by" if state != first else "in the first state")
        lines += [f"  {text}" for text in _shortened(self._changes(first, state))]
        lines += differences
        lines.append("`--engine reference` decides what the model means")
        return Defect("\n  ".join(lines))

    def _differences(self, state: Global, native: Account, reference: Account) -> Iterator[str]:
        """Yield what the two say differently, the steps first: what follows from them is not told."""
        if native.edges != reference.edges:
            yield from self._step(state, native.edges, reference.edges)
        elif native.errors != reference.errors:
            yield from _both("errors of the model", _errors(native), _errors(reference), self._error(state))
        elif native.limited != reference.limited:
            yield from _both("steps that a `limit` stopped", _limits(native), _limits(reference))
        elif native.sights != reference.sights:
            target = next(t for t in reference.sights if native.sights[t] != reference.sights[t])
            step = next(step for step, end in reference.edges if end == target)
            what = f"properties over step `{step}` with " + "; ".join(_shortened(self._changes(state, target)))
            yield from _both(what, _sight(native.sights[target]), _sight(reference.sights[target]))
        else:
            yield from _both("properties of the state", _sight(native.state), _sight(reference.state))
            yield from _both("as a terminal state", _end(native), _end(reference))
            yield from _both("quantifiers with something to range over", _sites(native), _sites(reference))

    def _step(
        self, state: Global, native: Counter[tuple[str, Global]], reference: Counter[tuple[str, Global]]
    ) -> Iterator[str]:
        """Yield what the engines say of the first step whose edges differ."""
        step = next(step for step, _ in (reference - native) + (native - reference))
        yield f"step `{step}`, of the edges that only one engine has"
        texts = {e.target: Narrator(self.reference.system).text(e) for e in self.reference.successors(state).edges}
        for name, more in (("native engine", native - reference), ("reference engine", reference - native)):
            ends = [(target, times) for (of, target), times in more.items() if of == step]
            said = [
                f"{texts[t] if name != 'native engine' and t in texts else step} makes {self._told(state, t)}"
                + (f" ({n} times)" if n > 1 else "")
                for t, n in ends
            ]
            yield from (f"  {name}: {text}" for text in _shortened(said) or [NONE])

    def _told(self, before: Global, after: Global) -> str:
        return "; ".join(_shortened(self._changes(before, after))) or "no change"

    def _error(self, state: Global) -> str:
        """Return an error of the model that the reference engine has in the state, if any."""
        return next((e.error.what for e in self.reference.successors(state).edges if e.error), "")

    def _changes(self, before: Global, after: Global) -> list[str]:
        """Return what is different in the state after, piece by piece."""
        old, new = self._pieces(before), self._pieces(after)
        return [f"{name} = {value}" for name, value in new.items() if old[name] != value]

    def _pieces(self, state: Global) -> dict[str, str]:
        seen = Narrator(self.reference.system).snapshot(state)
        fields = {f"{holder}.{name}": show(value) for holder, row in seen.fields.items() for name, value in row.items()}
        flight = ", ".join(f"{show(e.message)} from {e.source} to {e.target}" for e in seen.flight)
        cut = ", ".join(f"{source} -> {target}" for source, target in seen.cut)
        rest = {"down": ", ".join(seen.down) or "nobody", "cut": cut or NONE, "in flight": flight or NONE}
        return fields | rest | {f"{name} left": str(n) for name, n in seen.budgets.items()}


def _both(what: str, native: str, reference: str, because: str = "") -> Iterator[str]:
    """Yield both answers where they differ."""
    if native != reference:
        yield what
        yield f"  native engine: {native}"
        yield f"  reference engine: {reference}" + (f" ({because})" if because else "")


def _errors(account: Account) -> str:
    free, costed = account.errors
    return f"{free} of steps, {costed} of faults"


def _limits(account: Account) -> str:
    told = (
        f"{f'{at[0]}:{at[1]}' if at != FULL else 'a full network'} {times} times"
        for at, times in sorted(account.limited.items())
    )
    return ", ".join(told) or NONE


def _sight(sight: Sight) -> str:
    shown = "shows " + ", ".join(f"`{name}`" for name in sorted(sight.shown)) if sight.shown else "shows nothing"
    return shown + (", and a property is an error of the model" if sight.wrong else "")


def _end(account: Account) -> str:
    if account.final is None:
        return "it is not terminal"
    return f"it {_sight(account.final)}" + (", and messages are stuck" if account.stuck else "")


def _sites(account: Account) -> str:
    told = (f"`{name}` {', '.join(str(n + 1) for n in sorted(sites))}" for name, sites in account.exercised.items() if sites)
    return "; ".join(told) or NONE


def _shortened(texts: list[str]) -> list[str]:
    """Return the first texts, and how many more there are."""
    more = len(texts) - MOST_SHOWN
    return [*texts[:MOST_SHOWN], *([f"... and {more} more"] if more > 0 else [])]
