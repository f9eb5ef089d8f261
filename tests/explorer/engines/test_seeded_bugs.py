"""The comparison of the engines is worth what it finds: a bug seeded into either of them must make some protocol differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.reference import faults, stepping
from quorate.language.c import expressions as c_expressions
from quorate.language.c import faults as c_faults
from quorate.language.errors import Defect
from quorate.language.program.ir import Operator as Op
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.reference.stepping import Stepper
    from quorate.language.c.values.text import Unit
    from quorate.language.loading.prelude import Spot
    from quorate.language.values.state import Global, Parcel

    Members = frozenset[int]
    Seed = Callable[[pytest.MonkeyPatch], None]

NOTES = """
class Note(Message):
    value: Annotated[int, Range(0, 2)]

class Node(Process):
    least: Annotated[int, Range(0, 2)] = durable(1)
    seen: Annotated[int, Range(0, 2)] = volatile(0)
    told: bool = durable(False)
    {initial}
    @action
    def tell(self) -> None:
        require(not self.told)
        self.told = True
        send(Note(self.seen), to=self)
        send(Note(self.seen), to=self)

    @receive
    def on_note(self, m: Note) -> None:
        self.least = min(self.least, abs(self.seen - m.value))
        if m.value < 1:
            self.seen = max(self.seen, 2 - m.value)

node = Node.single()

@always
def least_is_one() -> bool:
    return node.least == 1

presets = [Preset("default", faults=Faults({faults}), network="{network}")]
"""
INITIAL = """
    @initial
    def start(self) -> None:
        self.seen = choose([0, 1])
"""
PROTOCOLS = [
    ("", "unordered", ""),
    ("crash=1, restart=1", "unordered", ""),
    ("crash=1, amnesia=1", "unordered", ""),
    ("drop=1", "unordered", ""),
    ("duplicate=1", "fifo", ""),
    ("crash=1, restart=1", "fifo", INITIAL),
]


def differing(folder: Path) -> Iterator[str]:
    """Yield the protocols of the list on which the engines do not agree."""
    for budgets, network, initial in PROTOCOLS:
        path = folder / "notes.py"
        path.write_text(HEAD + NOTES.format(initial=initial, faults=budgets, network=network), encoding="utf-8")
        try:
            agreed(path, depth=None, threads=(1,))
        except AssertionError:
            yield f"{budgets or 'no faults'}, {network}{', @initial' if initial else ''}"


def test_the_engines_agree_on_the_list(tmp_path: Path) -> None:
    assert list(differing(tmp_path)) == []


# -- bugs of the emitted C ----------------------------------------------------------------------------------------------


def emitted_as(one: Op, other: Op) -> Seed:
    return lambda patch: patch.setitem(c_expressions.OPERATORS, one, c_expressions.OPERATORS[other])


def keeps_volatile_fields(patch: pytest.MonkeyPatch) -> None:
    reset = c_faults.reset_function

    def wrong(unit: Unit, fault: str, kind: str, storages: set[str]) -> list[str]:
        return reset(unit, fault, kind, storages - {"volatile"})

    patch.setattr(c_faults, "reset_function", wrong)


def keeps_durable_fields(patch: pytest.MonkeyPatch) -> None:
    reset = c_faults.reset_function

    def wrong(unit: Unit, fault: str, kind: str, storages: set[str]) -> list[str]:
        return reset(unit, fault, kind, storages - {"durable"})

    patch.setattr(c_faults, "reset_function", wrong)


def forgets_to_set_up(patch: pytest.MonkeyPatch) -> None:
    def wrong(_unit: Unit, _kind: str) -> list[object]:
        return []

    patch.setattr(c_faults, "_initials", wrong)


# -- bugs of the reference engine ---------------------------------------------------------------------------------------


def drops_two(patch: pytest.MonkeyPatch) -> None:
    drops = faults.MEANINGS["drop"]

    def wrong(stepper: Stepper, state: Global, members: Members, limited: list[Spot]) -> Iterator[Edge]:
        for edge in drops(stepper, state, members, limited):
            target = cast("Global", edge.target)
            yield replace(edge, target=replace(target, flight=target.flight[1:]))

    patch.setitem(faults.MEANINGS, "drop", wrong)


def counts_no_duplicates(patch: pytest.MonkeyPatch) -> None:
    duplicates = faults.MEANINGS["duplicate"]

    def wrong(stepper: Stepper, state: Global, members: Members, limited: list[Spot]) -> Iterator[Edge]:
        for edge in duplicates(stepper, state, members, limited):
            yield replace(edge, target=state)

    patch.setitem(faults.MEANINGS, "duplicate", wrong)


def restarts_with_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(faults.MEANINGS, "restart", faults.MEANINGS["amnesia"])


def takes_every_equal_message(patch: pytest.MonkeyPatch) -> None:
    def wrong(flight: tuple[Parcel, ...], parcel: Parcel) -> tuple[Parcel, ...]:
        return tuple(p for p in flight if p != parcel)

    patch.setattr(stepping, "without", wrong)


SEEDS: dict[str, Seed] = {
    "the least is emitted as the greatest": emitted_as(Op.MIN, Op.MAX),
    "the greatest is emitted as the least": emitted_as(Op.MAX, Op.MIN),
    "less is emitted as less or equal": emitted_as(Op.LT, Op.LE),
    "a sum is emitted for a difference": emitted_as(Op.SUB, Op.ADD),
    "a crash keeps volatile fields": keeps_volatile_fields,
    "amnesia keeps durable fields": keeps_durable_fields,
    "a crash forgets to set up": forgets_to_set_up,
    "a drop loses two messages": drops_two,
    "a duplicate adds no message": counts_no_duplicates,
    "a restart has lost everything": restarts_with_nothing,
    "a receive takes every equal message": takes_every_equal_message,
}


@pytest.mark.parametrize("bug", SEEDS)
def test_a_plain_check_ends_as_a_disagreement(bug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is violated, so no trace is told; the engines meet all the same."""
    SEEDS[bug](monkeypatch)
    ends = []
    for budgets, network, initial in PROTOCOLS:
        path = tmp_path / "notes.py"
        text = NOTES.format(initial=initial, faults=budgets, network=network).replace("node.least == 1", "node.least <= 2")
        path.write_text(HEAD + text, encoding="utf-8")
        try:
            ends.append(str(check(Request(model=str(path))).answers[0].verdict))
        except Defect as defect:
            ends.append(str(defect))
    assert any(end.startswith("the engines disagree") for end in ends), ends


@pytest.mark.parametrize("bug", SEEDS)
def test_a_seeded_bug_is_found(bug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SEEDS[bug](monkeypatch)
    assert next(differing(tmp_path), None) is not None
