"""`@initial` at module level: first values of several processes that belong together, and messages in flight at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import from_json, to_json
from quorate.language.errors import ModelError
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

SERVERS = """
class Note(Message):
    term: Annotated[int, Range(0, 3)]

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    leads: bool = volatile(False)
    seen: set[Server] = ghost(set())
    @initial
    def any_term(self) -> None:
        self.term = choose([1, 2])
    @receive
    def on_note(self, m: Note, sender: Server) -> None:
        require(m.term > self.term)
        self.term = m.term

class Lock(Shared):
    owner: Server | None = durable(None)

servers = Group(Server, 2)
lock = Lock.single()
"""
OPENING = """
@initial
def one_leads() -> None:
    leader = choose(servers)
    require(all(s.term <= leader.term for s in servers))
    leader.leads, lock.owner = True, leader
    leader.seen.add(leader)
    broadcast(Note(leader.term), to=servers, sender=leader)
"""
PROPERTIES = """
@always
def the_owner_leads() -> bool:
    return all(s.leads == (s is lock.owner) == (s in s.seen) for s in servers if up(s))

@never
def behind() -> bool:
    return any(s.term == 1 for s in servers) and any(s.term == 2 for s in servers)
"""


def searched(folder: Path, source: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    return result


@pytest.mark.parametrize(("network", "later"), [("unordered", 2), ("fifo", 2), ("set", 0)])
def test_it_runs_on_every_state_that_the_classes_make(tmp_path: Path, network: str, later: int) -> None:
    preset = f'presets = [Preset("default", network="{network}", stuck="allowed")]'
    result = searched(tmp_path, SERVERS + OPENING + PROPERTIES + preset)
    terms_and_leaders = 2 + 1 + 1 + 2  # (1, 1) and (2, 2) with either as leader, else the later one
    assert result.exploration.states == terms_and_leaders + later
    assert {a.name: a.verdict.value for a in result.answers} == {"the_owner_leads": "holds", "behind": "violated"}


def test_a_trace_begins_with_what_is_in_flight(tmp_path: Path) -> None:
    caught_up = (
        "\n@never\ndef caught_up() -> bool:\n    return lock.owner is not None and not behind() and servers[0].term > 1\n"
    )
    stale = SERVERS.replace("choose([1, 2])", "1").replace("durable(0)", "durable(1)")
    two = OPENING.replace("    leader.leads", "    leader.term = 2\n    leader.leads")
    result = searched(tmp_path, stale + two + PROPERTIES + caught_up)
    trace = next(a.trace for a in result.answers if a.name == "caught_up")
    assert trace is not None
    assert [e.message for e in trace.initial.flight] == [{"record": "Note", "fields": {"term": 2}}]
    assert [m.label.step for m in trace.moments] == ["Server.on_note"]
    assert trace.moments[0].received == trace.initial.flight[0].id


def test_one_that_a_preset_names_runs_there_only(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    presets = 'presets = [Preset("default", states=4), Preset("led", start=one_leads), Preset("again", start=["one_leads"])]'
    body = SERVERS.replace("        require(m.term", "        require(m.term < 3 and m.term") + OPENING + PROPERTIES
    step = "\n@action\ndef rest() -> None:\n    pass\n"
    path.write_text(HEAD + body + step + presets, encoding="utf-8")
    plain, led, again = (check(Request(model=str(path), preset=name)) for name in ("default", "led", "again"))
    assert (plain.exploration.states, plain.setup.start, plain.surprises) == (4, (), ())
    assert (led.exploration.states, led.setup.start) == (8, ("one_leads",))
    assert again.exploration.states == 8
    trace = next(a.trace for a in led.answers if a.name == "behind")
    assert trace is not None
    assert trace.origin.start == ("one_leads",)
    assert not replay(from_json(to_json(trace)), tmp_path).corrected


def test_a_crash_resets_to_what_the_class_says(tmp_path: Path) -> None:
    quiet = OPENING.replace("    broadcast(Note(leader.term), to=servers, sender=leader)\n", "")
    sends = "\n@action\ndef tell(a: Server, b: Server) -> None:\n    require(False)\n    send(Note(1), to=a, sender=b)\n"
    still = "\n@never\ndef leads_again() -> bool:\n    return any(s.leads and s is not lock.owner for s in servers)\n"
    lost = "\n@never\ndef forgot() -> bool:\n    return any(up(s) and not s.leads for s in servers if s is lock.owner)\n"
    still += "\n@action\ndef rest() -> None:\n    pass\n"
    faults = '\npresets = [Preset("default", faults=Faults(crash=1, restart=1), violates={forgot: 2})]'
    result = searched(tmp_path, SERVERS + quiet + sends + still + lost + faults)
    assert {a.name: a.verdict.value for a in result.answers} == {"leads_again": "holds", "forgot": "violated"}


def test_a_limit_leaves_a_way_out_and_is_counted(tmp_path: Path) -> None:
    bounded = OPENING.replace("    leader.leads", "    limit(leader.term < 2)\n    leader.leads")
    result = searched(tmp_path, SERVERS + bounded + PROPERTIES)
    assert [(s.text, s.times) for s in result.exploration.limits] == [("leader.term < 2", 4)]
    assert result.exploration.states == 2


@pytest.mark.parametrize(("full", "says"), [("limit", "1 message in flight"), ("error", "2 messages are in flight")])
def test_what_is_in_flight_at_first_has_to_fit(tmp_path: Path, full: str, says: str) -> None:
    twice = OPENING + "    if leader.term == 2:\n        broadcast(Note(1), to=servers, sender=leader)\n"
    path = tmp_path / "model.py"
    path.write_text(
        HEAD + SERVERS + twice + PROPERTIES + f'presets = [Preset("default", capacity=1, full="{full}")]', encoding="utf-8"
    )
    result = agreed(path, depth=None)
    if isinstance(result, str):
        assert says in result
        assert full == "error"
    else:
        assert [(s.text, s.times) for s in result.exploration.limits] == [(says, 4)]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            OPENING.replace("leader = choose(servers)", "leader = choose(servers)\n    require(False)"),
            "there is no first state",
        ),
        (OPENING.replace("one_leads()", "one_leads(leader: Server)"), "a module-level `@initial` takes no arguments"),
        (OPENING.replace(", sender=leader", ""), "a module-level step writes `sender=`"),
        (OPENING.replace("leader.term)", "leader.term + 9)"), "above its bound 3"),
        (OPENING + "presets = [Preset('default', start=one_lead)]", "one_lead"),
        (OPENING + "presets = [Preset('default', start='one_lead')]", "did you mean `one_leads`?"),
        (OPENING + "presets = [Preset('default', start=3)]", "write `start=one`"),
        (PROPERTIES + "presets = [Preset('default', start=behind)]", "there is no module-level `@initial` `behind`"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, source: str, says: str) -> None:
    path = tmp_path / "model.py"
    path.write_text(HEAD + SERVERS + source, encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        check(Request(model=str(path)))
    assert says in str(refused.value)
