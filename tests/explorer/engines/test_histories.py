"""Models with operations: both engines agree, the cost is counted, traces show operations and which contradict each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import check
from quorate.explorer.contract.verdict import Verdict
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import from_json, to_json
from tests.explorer.engines.agreement import agreed, request
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

REGISTER = (
    HEAD
    + """
Version = Annotated[int, Range(0, {most})]
register = Register(Version, initial=0)
history = History(register)

class Ask(Message):
    version: Version | None

class Answer(Message):
    version: Version

class Replica(Process):
    version: Version = durable(0)

    @receive
    def on_ask(self, m: Ask, sender: Client) -> None:
        if m.version is not None:
            self.version = max(self.version, m.version)
        send(Answer(version=self.version), to=sender)

class Client(Process):
    reading: bool | None = durable(None)
    left: Annotated[int, Range(0, {each})] = durable({each})

    @action
    def write(self, version: Version) -> None:
        require(self.reading is None and self.left > 0 and version > 0)
        self.reading, self.left = False, self.left - 1
        history.begin(self, register.write(version))
        send(Ask(version=version), to=choose(replicas))

    @action
    def read(self) -> None:
        require(self.reading is None and self.left > 0)
        self.reading, self.left = True, self.left - 1
        history.begin(self, register.read())
        send(Ask(version=None), to=choose(replicas))

    @receive
    def on_answer(self, m: Answer) -> None:
        if self.reading:
            history.end(self, m.version)
        else:
            history.end(self)
        self.reading = None

replicas = Group(Replica, {replicas})
clients = Group(Client, {clients})

@never
def nothing() -> bool:
    return False

presets = [Preset("default", faults={faults}, holds=[{asked}])]
"""
)


def written(
    folder: Path,
    *,
    replicas: int,
    clients: int = 2,
    each: int = 1,
    most: int = 1,
    faults: str = "Faults()",
    asked: str = "history.linearizable",
) -> Path:
    path = folder / "register.py"
    sizes = {"replicas": replicas, "clients": clients, "each": each, "most": most, "faults": faults, "asked": asked}
    path.write_text(REGISTER.format(**sizes), encoding="utf-8")
    return path


@pytest.mark.parametrize("faults", ["Faults()", 'Faults(crash="1 of clients")'])
@pytest.mark.parametrize("replicas", [1, 2])
def test_both_engines_agree_and_count_what_it_costs(tmp_path: Path, replicas: int, faults: str) -> None:
    found = agreed(written(tmp_path, replicas=replicas, faults=faults), depth=None)
    assert not isinstance(found, str), found
    verdicts = {a.name: a.verdict for a in found.answers}
    assert verdicts["history.linearizable"] is (Verdict.HOLDS if replicas == 1 else Verdict.VIOLATED)
    plain = check(replace(request(written(tmp_path, replicas=replicas, faults=faults, asked=""), depth=None), engine="native"))
    assert "history.linearizable" not in {a.name for a in plain.answers}
    assert plain.exploration.plain is None
    assert found.exploration.plain == plain.exploration.states


def test_a_trace_shows_the_operations_and_which_contradict_each_other(tmp_path: Path) -> None:
    path = written(tmp_path, replicas=2, clients=3)
    result = check(request(path, depth=None, engine="native"))
    (answer,) = [a for a in result.answers if a.verdict is Verdict.VIOLATED]
    trace = answer.trace
    assert trace is not None
    assert [(o.client, o.call, o.outcome, o.start, o.end) for o in trace.operations] == [
        ("Client 1", "write(1)", "ended", 1, 3),
        ("Client 2", "read()", "returned 0", 4, 6),
    ]
    assert [c.text for c in trace.causes] == [
        "Client 2's read(), begun in step 4, returned 0 in step 6, after Client 1's write(1) had ended in step 3"
    ]
    assert not any(lane.label.startswith("history") for lane in trace.lanes)
    again = from_json(to_json(trace))
    assert again == trace
    assert not replay(again, tmp_path).corrected


def test_a_state_of_one_word_is_counted_like_any_other(tmp_path: Path) -> None:
    source = (
        HEAD
        + """
register = Register(bool, initial=False)
history = History(register)
class Node(Process):
    busy: bool = durable(False)
    wrote: bool = durable(False)
    @action
    def begin(self) -> None:
        require(not self.busy)
        self.busy = True
        if self.wrote:
            history.begin(self, register.read())
        else:
            history.begin(self, register.write(True))
    @action
    def end(self, seen: bool) -> None:
        require(self.busy)
        self.busy = False
        if self.wrote:
            history.end(self, seen)
        else:
            history.end(self)
        self.wrote = True
node = Node.single()
presets = [Preset("default", violates={history.linearizable: 4}), Preset("plain")]
"""
    )
    path = tmp_path / "one.py"
    path.write_text(source, encoding="utf-8")
    found = agreed(path, depth=None)
    assert not isinstance(found, str), found
    assert (found.exploration.states, found.exploration.plain) == (6, 4)


def test_a_guarantee_that_the_preset_does_not_list_has_states_of_its_own(tmp_path: Path) -> None:
    """What the preset pins is of the search without it."""
    path = written(tmp_path, replicas=1, asked="nothing")
    whole = request(path, depth=None)
    pinned = check(whole).exploration.states
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("holds=[nothing]", f"holds=[nothing], states={pinned}"), encoding="utf-8")
    as_pinned = check(whole)
    assert (as_pinned.confirmed, as_pinned.exit_code) == (1, 0)
    asked = check(replace(whole, properties=("history.linearizable",)))
    assert asked.exploration.states > pinned
    assert (asked.surprises, asked.setup.overridden, asked.exit_code) == ((), True, 0)
