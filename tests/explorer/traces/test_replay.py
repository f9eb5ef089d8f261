"""Trace files: written, read, refused when wrong; run again, and refused with the place of divergence."""

from __future__ import annotations

import inspect
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import jsonschema
import pytest

from quorate.explorer.contract.engine import NO_LIMITS
from quorate.explorer.contract.trace import Operation, Trace
from quorate.explorer.traces.replay import debug, replay
from quorate.explorer.traces.story import tell
from quorate.explorer.traces.trace_file import from_json, read_trace, to_json, write_trace
from quorate.language.declare import Faults
from quorate.language.errors import UsageError
from tests.explorer.engines.samples import ELECTION, HEAD, engine

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/trace.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "election.py"
    path.write_text(HEAD + ELECTION, encoding="utf-8")
    return path


@pytest.fixture
def trace(model: Path) -> Trace:
    sought = engine(model, Faults(crash=1, amnesia="any of servers"))
    return tell(sought, "one_leader_per_term", sought.shortest(["one_leader_per_term"], NO_LIMITS)["one_leader_per_term"])


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_trace_is_read_as_it_was_written(trace: Trace, tmp_path: Path) -> None:
    full = replace(trace, loop=2, operations=(Operation("Client", "write", 1, None, 0, None),))
    for one in (trace, full):
        write_trace(one, tmp_path / "t.json")
        assert read_trace(tmp_path / "t.json") == one


def test_a_trace_is_as_its_schema_says(trace: Trace) -> None:
    document = json.loads(json.dumps(to_json(trace)))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)
    document["moments"][0]["label"]["sort"] = "wish"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


Document = dict[str, Any]
EDITS: dict[str, tuple[Callable[[Document], object], str]] = {
    "another version": (lambda d: d.update(version=2), "this trace is of version 2, and this Quorate reads version 1"),
    "no version": (lambda d: d.pop("version"), "this is not a trace: it has no `version`"),
    "a field missing": (lambda d: d["moments"][3].pop("sent"), "`moments[3].sent` is missing"),
    "a field too many": (lambda d: d["origin"].update(wish=1), "`origin.wish` is not part of a trace"),
    "a text for a number": (lambda d: d["moments"][0].update(received="one"), "`moments[0].received` is not a number"),
    "a truth for a number": (lambda d: d["origin"].update(capacity=True), "`origin.capacity` is not a number"),
    "an unknown sort": (lambda d: d["moments"][0]["label"].update(sort="wish"), "is none of action, receive, fault"),
    "a fraction": (lambda d: d["origin"]["parameters"].update(SERVERS=1.5), "`origin.parameters.SERVERS` is not plain data"),
    "an unknown message": (lambda d: d["moments"][0].update(sent=[99]), "speaks of message 99, which was never sent"),
    "an unknown process": (lambda d: d["moments"][0]["label"].update(process="X"), "is `X`, which has no lane"),
    "a process too few": (lambda d: d["initial"]["fields"].pop("Server 1"), "does not have the processes of the lanes"),
    "a list for an object": (lambda d: d.update(initial=[]), "`initial` is not an object"),
    "a loop to nowhere": (lambda d: d.update(loop=99), "`loop` is no step of the trace"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_wrong_file_is_refused_with_the_place(trace: Trace, tmp_path: Path, edit: str) -> None:
    change, says = EDITS[edit]
    document = json.loads(json.dumps(to_json(trace)))
    change(document)
    file = tmp_path / "t.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_trace(file)
    assert says in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_truncated_or_absent_file_is_refused(trace: Trace, tmp_path: Path) -> None:
    whole = json.dumps(to_json(trace))
    (tmp_path / "t.json").write_text(whole[: len(whole) // 2], encoding="utf-8")
    with pytest.raises(UsageError, match="is not a whole trace: line 1"):
        read_trace(tmp_path / "t.json")
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_trace(tmp_path / "u.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="it is not text"):
        read_trace(tmp_path / "b.json")
    with pytest.raises(UsageError, match="cannot be saved"):
        write_trace(trace, tmp_path / "no" / "t.json")
    with pytest.raises(UsageError, match="this is not a trace"):
        from_json([1, 2])


# -- replay -----------------------------------------------------------------------------------------------------------


def test_a_trace_replays(trace: Trace) -> None:
    replayed = replay(trace)
    assert (len(replayed.states), len(replayed.edges), replayed.changed) == (9, 8, False)
    assert replayed.engine.system.setting.budgets["amnesia"].count is None


def test_a_changed_model_is_refused_at_the_first_step_that_differs(trace: Trace, model: Path) -> None:
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("self.voted_for in (None, sender)", "self.voted_for is None"), encoding="utf-8")
    assert replay(trace).changed  # it did not matter here
    model.write_text(
        text.replace("voted_for: Server | None = durable", "voted_for: Server | None = volatile"), encoding="utf-8"
    )
    with pytest.raises(UsageError) as caught:
        replay(trace)
    assert str(caught.value) == (
        "the trace does not replay: step 5, `crash Server 3`, leads to another state: `Server 3.voted_for` is None, "
        "and the trace has Server 1 (`election` has changed since the trace was saved)"
    )
    model.write_text(text.replace("2 * len(self.votes) > len(servers)", "len(self.votes) == len(servers)"), encoding="utf-8")
    with pytest.raises(UsageError, match="step 4, `Server 1: on_vote"):
        replay(trace)


def test_an_edited_trace_is_refused_at_the_first_step_that_differs(trace: Trace) -> None:
    crash = trace.moments[4]
    other = replace(crash, label=replace(crash.label, step="restart"))
    with pytest.raises(UsageError, match=r"step 5, `crash Server 3`, does not exist there \(the trace was edited\)"):
        replay(replace(trace, moments=(*trace.moments[:4], other, *trace.moments[5:])))
    with pytest.raises(UsageError, match="in the end, `one_leader_per_term` is not violated"):
        replay(replace(trace, moments=trace.moments[:-1]))
    with pytest.raises(UsageError, match="there is no property `two_leaders`"):
        replay(replace(trace, name="two_leaders"))


def test_a_configuration_that_does_not_fit_any_more_is_refused(trace: Trace, model: Path) -> None:
    with pytest.raises(UsageError, match=r"does not fit `election.py` any more: `election` has no parameter `SIZE`"):
        replay(replace(trace, origin=replace(trace.origin, parameters={"SIZE": 3})))
    with pytest.raises(UsageError, match=r"does not fit .* there is no network `carrier pigeon`"):
        replay(replace(trace, origin=replace(trace.origin, network="carrier pigeon")))
    with pytest.raises(UsageError, match=r"does not fit .* `crash`: `election` has no group"):
        replay(replace(trace, origin=replace(trace.origin, faults={"crash": "1 of clients"})))
    model.unlink()
    with pytest.raises(UsageError, match=r"the model of this trace, `election.py`, is not here"):
        replay(trace)


def test_a_trace_finds_its_model_beside_it(trace: Trace, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = model.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert len(replay(trace, model.parent).edges) == 8


def test_the_debugger_stops_in_the_author_s_code(trace: Trace) -> None:
    said = io.StringIO()
    debug(trace, stdin=io.StringIO("p self, self.term\nc\nn\np self.term\nq\n"), stdout=said)
    text = said.getvalue()
    assert "step 1: Server 1: start_election()" in text
    assert "require(self.role is not Role.LEADER)" in text
    assert "(Server 1, 0)" in text
    assert "step 2: Server 2: start_election()" in text
    assert "step 3" not in text


def test_a_breakpoint_inside_a_handler_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[object] = []

    def hook() -> None:
        here = inspect.currentframe()
        assert here is not None
        assert here.f_back is not None
        stopped.append(here.f_back.f_locals["self"].term)

    monkeypatch.setattr("sys.breakpointhook", hook)
    body = ELECTION.replace("        self.term += 1\n", "        breakpoint()\n        self.term += 1\n")
    engine(body).explore(NO_LIMITS)
    assert stopped
    assert set(cast("list[int]", stopped)) == {0}
