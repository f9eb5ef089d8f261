"""A full network that is a limit: a step that would overflow does not exist, is counted, and hides what lies beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import from_json, to_json
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

RETRY = """
class Ask(Message):
    again: bool

class Client(Process):
    tried: bool = volatile(False)
    @action
    def ask(self) -> None:
        send(Ask(self.tried), to=server)
        self.tried = True

class Server(Process):
    asked: Annotated[int, Range(0, 3)] = volatile(0)
    @receive
    def on_ask(self, m: Ask) -> None:
        self.asked = min(self.asked + 1, 3)

client, server = Client.single(), Server.single()

@always
def asked_by_somebody() -> bool:
    return server.asked == 0 or client.tried

@sometimes
def asked_often() -> bool:
    return server.asked == 3

@sometimes
def never_so() -> bool:
    return server.asked == 3 and not client.tried

@final
def ended() -> bool:
    return False

presets = [Preset("default", %s)]
"""


def searched(folder: Path, source: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=None, threads=(1, 2))
    assert not isinstance(result, str), result
    return result


@pytest.mark.parametrize(
    ("preset", "states", "stopped", "text"),
    [
        ('network="unordered", capacity=1, full="limit"', 8, 4, "1 message in flight"),
        ('network="unordered", capacity=2, full="limit"', 18, 7, "2 messages in flight"),
        ('network="fifo", capacity=2, full="limit"', 12, 4, "2 messages in each queue"),
        ('network="set", capacity=1, full="limit"', 5, 4, "1 message in flight"),
    ],
)
def test_a_step_that_would_overflow_does_not_exist_and_is_counted(
    tmp_path: Path, preset: str, states: int, stopped: int, text: str
) -> None:
    result = searched(tmp_path, RETRY % preset)
    found = result.exploration
    assert (found.states, [(s.text, s.times) for s in found.limits]) == (states, [(text, stopped)])
    assert {a.name: a.verdict.value for a in result.answers} == {
        "asked_by_somebody": "holds",
        "asked_often": "holds",
        "never_so": "cut",
        "ended": "vacuous",
    }
    assert (found.terminal, found.stuck, result.exit_code) == (0, 0, 3)


def test_without_it_the_step_is_an_error_of_the_model(tmp_path: Path) -> None:
    result = searched(tmp_path, RETRY % 'network="unordered", capacity=2')
    assert "3 messages are in flight, and 2 is the most" in result.error


def test_a_network_that_is_never_full_hides_nothing(tmp_path: Path) -> None:
    once = RETRY.replace("        send(", "        require(not self.tried)\n        send(")
    result = searched(tmp_path, once % 'capacity=1, full="limit"')
    assert not result.exploration.limits
    assert {a.name: a.verdict.value for a in result.answers}["never_so"] == "violated"


@pytest.mark.parametrize("network", ["unordered", "fifo"])
def test_a_copy_that_would_overflow_is_counted_and_the_state_may_be_terminal(tmp_path: Path, network: str) -> None:
    deaf = RETRY.replace("        send(", "        require(not self.tried)\n        send(")
    deaf = deaf.replace("        self.asked = min", "        require(self.asked > 0)\n        self.asked = min")
    result = searched(tmp_path, deaf % f'network="{network}", capacity=1, full="limit", faults=Faults(duplicate=1)')
    assert [s.times for s in result.exploration.limits] == [1]
    assert (result.exploration.terminal, result.exploration.stuck) == (1, 1)


def test_what_is_received_makes_room(tmp_path: Path) -> None:
    relay = """
class Ball(Message):
    pass
class Player(Process):
    threw: bool = volatile(False)
    @action
    def throw(self) -> None:
        send(Ball(), to=choose(others(self)))
        self.threw = True
    @receive
    def on_ball(self, m: Ball, sender: Player) -> None:
        send(Ball(), to=sender)
players = Group(Player, 2)
presets = [Preset("default", capacity=1, full="limit")]
"""
    result = searched(tmp_path, relay)
    assert result.exploration.fired == {"Player.throw": 2, "Player.on_ball": 4}


def test_a_trace_keeps_it_and_replays(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(HEAD + RETRY % 'capacity=1, full="limit"', encoding="utf-8")
    answer = next(a for a in check(Request(model=str(path), witnesses=True)).answers if a.name == "asked_often")
    assert answer.trace is not None
    assert answer.trace.origin.full == "limit"
    assert not replay(from_json(to_json(answer.trace)), tmp_path).corrected


def test_an_option_changes_what_the_preset_says(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(HEAD + RETRY % 'capacity=1, full="limit"', encoding="utf-8")
    assert not check(Request(model=str(path), full="limit")).setup.overridden
    other = check(Request(model=str(path), full="error"))
    assert other.setup.overridden
    assert other.error
