"""Each guarantee's page agrees with its definition by force, on all small histories and on larger ones made at random."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest

from quorate.language.histories.history import OFFERED
from quorate.language.histories.pages import PROPERTIES

from . import brute
from .calls import Call, Told, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.language.values.state import Global

Choice = tuple[str, tuple[object, ...], tuple[object, ...]]  # an operation, its arguments, and what it may return

REGISTER = "Register(Annotated[int, Range(0, 2)], initial=0)"


def anybody(_: Sequence[Call], __: int, ___: str, ____: tuple[object, ...]) -> bool:
    return True


@dataclass(frozen=True)
class Case:
    """A guarantee of an object, what says the same by force, and the operations that are tried.

    permits: whether a client may begin an operation after others; `fails`: whether operations may fail.
    """

    guarantee: str
    on: str
    force: Callable[[Sequence[Call]], bool]
    choices: tuple[Choice, ...]
    permits: Callable[[Sequence[Call], int, str, tuple[object, ...]], bool] = anybody
    fails: bool = False


REGISTERED: tuple[Choice, ...] = (("write", (1,), (None,)), ("write", (2,), (None,)), ("read", (), (0, 1, 2)))

OBJECTS: dict[str, tuple[str, brute.Spec, object, tuple[Choice, ...]]] = {  # how each is declared, what it is, its operations
    "register": (REGISTER, brute.register, 0, REGISTERED),
    "compare-and-swap": (
        "CasRegister(Annotated[int, Range(0, 2)], initial=0)",
        brute.cas_register,
        0,
        (("write", (1,), (None,)), ("cas", (0, 2), (None,)), ("cas", (1, 2), (None,)), ("read", (), (0, 1, 2))),
    ),
    "counter": ("Counter(most=4)", brute.counter, 0, (("increment", (), (None,)), ("read", (), (0, 1, 2)))),
    "keys and values": (
        "KeyValue(bool, bool)",
        brute.key_value,
        (),
        (
            ("put", (False, True), (None,)),
            ("put", (True, False), (None,)),
            ("delete", (False,), (None,)),
            ("get", (False,), (None, False, True)),
            ("get", (True,), (None, False, True)),
        ),
    ),
    "queue": (
        "Queue(bool, most=4)",
        brute.queue,
        (),
        (("enqueue", (True,), (None,)), ("enqueue", (False,), (None,)), ("dequeue", (), (None, False, True))),
    ),
    "set": (
        "SharedSet(bool)",
        brute.shared_set,
        frozenset(),
        (
            ("add", (True,), (None,)),
            ("add", (False,), (None,)),
            ("remove", (True,), (None,)),
            ("read", (), (frozenset(), frozenset({True}), frozenset({True, False}))),
        ),
    ),
    "lock": ("Lock()", brute.lock, False, (("acquire", (), (None,)), ("release", (), (None,)))),
}


def by_one(_: Sequence[Call], client: int, name: str, __: tuple[object, ...]) -> bool:
    return name != "write" or client == 1


def once(calls: Sequence[Call], _: int, name: str, arguments: tuple[object, ...]) -> bool:
    return name != "write" or not any(c.name == "write" and c.arguments == arguments for c in calls)


LINEARIZABLE = {
    f"linearizable {name}": Case("linearizable", on, partial(brute.linearizable, spec=spec, first=first), choices)
    for name, (on, spec, first, choices) in OBJECTS.items()
}
Force = Callable[[Sequence[Call]], bool]
ONE_WRITER: dict[str, Force] = {
    "regular": brute.regular,
    "safe": brute.safe,
    "bounded_staleness": partial(brute.stale_by, most=1),
}
VERSIONED: dict[str, Force] = {
    "monotonic_reads": brute.monotonic_reads,
    "read_your_writes": brute.read_your_writes,
    "monotonic_writes": brute.monotonic_writes,
    "writes_follow_reads": brute.writes_follow_reads,
    "no_lost_write": brute.no_lost_write,
    "no_vanished_read": brute.no_vanished_read,
    "no_failed_read": brute.no_failed_read,
}
CASES = {
    **LINEARIZABLE,
    **{name: Case(name, REGISTER, force, REGISTERED, by_one) for name, force in ONE_WRITER.items()},
    **{name: Case(name, REGISTER, force, REGISTERED, once, name.startswith("no_")) for name, force in VERSIONED.items()},
}


def every(told: Told, case: Case, sizes: tuple[int, ...]) -> Iterator[tuple[list[Call], bool]]:
    """Yield every history in which each client begins so many operations, with what the page says of it.

    What the page refuses is not gone on with: every guarantee of the library stays violated.
    """
    waiting: list[tuple[Global, list[Call], tuple[int, ...]]] = [(told.start, [], sizes)]
    while waiting:
        state, calls, left = waiting.pop()
        at = len(calls) + sum(c.end is not None for c in calls)
        for client, many in enumerate(left, 1):
            open_ = next((i for i, c in enumerate(calls) if c.client == client and c.end is None), None)
            for name, arguments, results in case.choices:
                if open_ is None and many and case.permits(calls, client, name, arguments):
                    rest = tuple(n - (i == client) for i, n in enumerate(left, 1))
                    call = Call(client, name, arguments, None, at, None)
                    waiting.append((told.begin(state, client, name, arguments), [*calls, call], rest))
                elif open_ is not None and (calls[open_].name, calls[open_].arguments) == (name, arguments):
                    for result, failed in [*((r, False) for r in results), *([(None, True)] if case.fails else [])]:
                        ended = replace(calls[open_], result=result, end=at, failed=failed)
                        after = told.end(state, ended)
                        longer = [*calls[:open_], ended, *calls[open_ + 1 :]]
                        allowed = told.allows(after)
                        yield longer, allowed
                        if allowed:
                            waiting.append((after, longer, left))


@pytest.mark.parametrize("sizes", [(2, 1), pytest.param((2, 2), marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", CASES)
def test_all_small_histories(name: str, sizes: tuple[int, ...]) -> None:
    case = CASES[name]
    told = Told(case.on, case.guarantee, 2)
    answers = [(calls, allowed) for calls, allowed in every(told, case, sizes)]
    wrong = [(calls, allowed) for calls, allowed in answers if allowed != case.force(calls)]
    assert not wrong, wrong[0]
    assert {allowed for _, allowed in answers} == {True, False}


def drawn(dice: random.Random, told: Told, case: Case, clients: int, each: int) -> tuple[list[Call], bool]:
    """Return a history made at random, up to where the page refuses it or nothing is left to begin or to end."""
    state, calls, left = told.start, list[Call](), dict.fromkeys(range(1, clients + 1), each)
    for at in range(3 * clients * each):
        client = dice.randint(1, clients)
        open_ = next((i for i, c in enumerate(calls) if c.client == client and c.end is None), None)
        if open_ is None and left[client]:
            left[client] -= 1
            name, arguments, _ = dice.choice([c for c in case.choices if case.permits(calls, client, c[0], c[1])])
            state = told.begin(state, client, name, arguments)
            calls.append(Call(client, name, arguments, None, at, None))
        elif open_ is not None:
            call = calls[open_]
            results = next(r for n, a, r in case.choices if (n, a) == (call.name, call.arguments))
            result = dice.choice(results)
            calls[open_] = replace(call, result=result, end=at)
            state = told.end(state, calls[open_])
            if not told.allows(state):
                return calls, False
    return calls, True


@pytest.mark.parametrize("name", CASES)
def test_larger_histories_at_random(name: str) -> None:
    case, dice = CASES[name], random.Random(7)
    told = Told(case.on.replace("most=4", "most=6"), case.guarantee, 3)
    for _ in range(300):
        calls, allowed = drawn(dice, told, case, 3, 2)
        assert allowed == case.force(calls), calls


# -- the pictures on the pages ----------------------------------------------------------------------------------------


def pictures(guarantee: str) -> dict[str, str]:
    """Return the pictures of a page by name, `BREAKS` and `ALLOWS`, and what its object is, `OBJECT`."""
    path = next((PROPERTIES / "guarantees").rglob(f"{guarantee}.py"))
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(str(text))):
                found[name] = text
            case _:
                pass
    return found


def judged(guarantee: str, calls: Sequence[Call], drawn_on: str) -> bool:
    return Told(drawn_on, guarantee, max(c.client for c in calls)).judge(calls)


@pytest.mark.parametrize("guarantee", OFFERED)
def test_the_pictures_of_a_page_are_what_it_says(guarantee: str) -> None:
    """What breaks it is violated only by its last end, and by no part of it; what it just allows is allowed."""
    drawn_on = pictures(guarantee)
    on = drawn_on.get("OBJECT", REGISTER)
    breaks, allows = parse(drawn_on["BREAKS"]), parse(drawn_on["ALLOWS"])
    assert not judged(guarantee, breaks, on)
    assert judged(guarantee, allows, on)
    for call in breaks:
        rest = [c for c in breaks if c is not call]
        returned = [c.result for c in rest]
        if call.name != "read" and (call.arguments[-1:] and call.arguments[-1] in returned):
            continue  # without the write, what is read was never there
        assert not rest or judged(guarantee, rest, on), call


def test_every_guarantee_is_a_page_with_its_source() -> None:
    pages = {p.stem for p in (PROPERTIES / "guarantees").rglob("*.py")} - {"__init__", "given", "operations", "versions"}
    assert pages == set(OFFERED)
    for page in pages:
        text = next((PROPERTIES / "guarantees").rglob(f"{page}.py")).read_text(encoding="utf-8")
        docstring = cast("str", ast.get_docstring(ast.parse(text)))
        assert "Source: " in docstring, page
