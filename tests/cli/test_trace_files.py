"""Trace files that were edited: read, corrected or refused, and never a crash, in any format."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.running import Runner

Document = dict[str, Any]


@pytest.fixture
def saved(quorate: Runner, tmp_path: Path) -> Document:
    quorate.check("--preset", "server restarts", "--save", str(tmp_path / "t.json"))
    return cast("Document", json.loads((tmp_path / "t.json").read_text(encoding="utf-8")))


def edited(saved: Document, tmp_path: Path, change: Callable[[Document], object]) -> str:
    document = copy.deepcopy(saved)
    change(document)
    (tmp_path / "e.json").write_text(json.dumps(document), encoding="utf-8")
    return str(tmp_path / "e.json")


LIES: dict[str, Callable[[Document], object]] = {
    "a cause": lambda d: d["causes"][0].update(text="the moon is full", values={"moon": "full"}),
    "no cause": lambda d: d.update(causes=[]),
    "a statement": lambda d: d.update(statement="nothing is wrong"),
    "a text": lambda d: d["moments"][0].update(text="Client 1: rest()"),
    "a place": lambda d: d["moments"][0].update(where="lock.py:1"),
    "an operation": lambda d: d.update(
        operations=[{"client": "Client 1", "name": "x", "argument": 1, "result": 1, "start": 0, "end": 1}]
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_the_run_says_otherwise_is_corrected(quorate: Runner, saved: Document, tmp_path: Path, lie: str) -> None:
    plain = quorate("trace", str(tmp_path / "t.json"))
    ran = quorate("trace", edited(saved, tmp_path, LIES[lie]))
    assert (ran.code, ran.out) == (0, plain.out)
    assert "tells them otherwise" in ran.err
    assert "tells them otherwise" not in plain.err
    assert quorate("explain", str(tmp_path / "e.json")).out == quorate("explain", str(tmp_path / "t.json")).out


def first_message(document: Document) -> Document:
    return cast("Document", next(m for m in document["moments"] if m["envelopes"])["envelopes"][0])


WRONG: dict[str, tuple[Callable[[Document], object], str]] = {
    "an envelope's end": (lambda d: first_message(d).update(source="Nobody"), "`Nobody`"),
    "an envelope's message": (lambda d: first_message(d).update(message={"record": "Gift", "fields": {}}), "message"),
    "an envelope twice": (lambda d: d["moments"][-1].update(envelopes=[first_message(d)]), "a second time"),
    "who is down": (lambda d: d["initial"].update(down=["Nobody"]), "`initial.down` names `Nobody`"),
    "a cut": (lambda d: d["initial"].update(cut=[["Server", "Nobody"]]), "`initial.cut` names `Nobody`"),
    "a lane twice": (lambda d: d["lanes"].append(d["lanes"][0]), "names one process twice"),
    "a verdict": (lambda d: d.update(verdict="fine"), "`verdict` is none of"),
    "a network": (lambda d: d["origin"].update(network="pigeon"), "`origin.network` is none of"),
    "a capacity": (lambda d: d["origin"].update(capacity=0), "`origin.capacity`"),
    "a state left out": (lambda d: d["moments"][0].update(state=None), "`moments[0].state` is missing"),
    "a value": (lambda d: d["causes"][0]["values"].update(x={"set": 3}), "is not plain data"),
    "a field's name": (lambda d: d.update(lane=[]), "(did you mean `lanes`?)"),
    "a truth for a version": (lambda d: d.update(version=True), "is of version True"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_with_its_place(quorate: Runner, saved: Document, tmp_path: Path, name: str) -> None:
    change, said = WRONG[name]
    for more in ((), ("--no-replay",)):
        ran = quorate("trace", edited(saved, tmp_path, change), *more)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err


def test_a_key_that_stands_there_twice_is_refused(quorate: Runner, saved: Document, tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text('{"name": "a", ' + json.dumps(saved)[1:], encoding="utf-8")
    assert "`name` stands there twice" in quorate("trace", str(tmp_path / "e.json")).err
    (tmp_path / "e.json").write_text("[" * 100_000, encoding="utf-8")
    assert "nests too deep" in quorate("trace", str(tmp_path / "e.json")).err


ATOMS = (None, True, -1, 0, 7, 10**30, 1.5, "", "x", "Server")
VALUES: list[object] = [*ATOMS, [], [1], {}, {"set": []}, {"dict": [[1]]}, {"x": 1}]
FORMATS = ("text", "mermaid", "plantuml", "svg", "tikz", "shiviz", "itf", "json")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    way=st.lists(st.integers(0, 40), min_size=1, max_size=7),
    value=st.sampled_from(VALUES),
    drop=st.booleans(),
    shape=st.sampled_from(FORMATS),
)
def test_a_mutated_trace_is_shown_or_refused(  # noqa: PLR0917
    quorate: Runner, saved: Document, tmp_path: Path, way: list[int], value: object, drop: bool, shape: str
) -> None:
    def change(document: Document) -> None:
        at: Any = document
        for number in way[:-1]:
            keys = list(at) if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ()
            below = at[list(keys)[number % len(keys)]] if keys else None
            if not isinstance(below, (dict, list)) or not below:
                break
            at = below
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = keys[way[-1] % len(keys)]
        if drop:
            del at[key]
        else:
            at[key] = value

    file = edited(saved, tmp_path, change)
    for ran in (quorate("trace", file, "--no-replay", "--format", shape), quorate("trace", file), quorate("explain", file)):
        assert ran.code in {0, 2}, ran.err
        assert "Quorate itself" not in ran.err
