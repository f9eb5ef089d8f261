"""First values: every `@initial` of a kind counts, and what is left out of them is said, the same in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

REST = """
    @action
    def nothing(self) -> None:
        pass

server = Server.single()

@always
def nobody_is_faulty() -> bool:
    return not server.faulty
"""
TWO = """
class Server(Process):
    leader: bool = durable(False)
    faulty: bool = durable(False)

    @initial
    def choose_leader(self) -> None:
        self.leader = choose([False, True])

    @initial
    def choose_fault(self) -> None:
        self.faulty = choose([False, True])
"""
INHERITED = """
class Base(Process):
    leader: bool = durable(False)
    faulty: bool = durable(False)

    @initial
    def choose_leader(self) -> None:
        self.leader = choose([False, True])

class Server(Base):
    @initial
    def choose_fault(self) -> None:
        %s
"""
OVERRIDDEN = """
class Base(Process):
    leader: bool = durable(False)
    faulty: bool = durable(False)

    @initial
    def choose(self) -> None:
        self.leader = choose([False, True])

class Server(Base):
    @initial
    def choose(self) -> None:
        self.faulty = choose([False, True])
"""


def searched(folder: Path, source: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    return result


@pytest.mark.parametrize("source", [TWO, INHERITED % "self.faulty = choose([False, True])"])
def test_initial_states_are_the_product_of_the_choices_of_every_initial(tmp_path: Path, source: str) -> None:
    result = searched(tmp_path, source + REST)
    assert result.exploration.states == 4
    assert [a.verdict.value for a in result.answers] == ["violated"]


def test_the_base_comes_first_and_a_later_initial_sees_what_an_earlier_one_did(tmp_path: Path) -> None:
    source = INHERITED % "self.faulty = self.leader and choose([False, True])"
    assert searched(tmp_path, source + REST).exploration.states == 3


def test_a_subclass_replaces_an_initial_of_the_same_name(tmp_path: Path) -> None:
    assert searched(tmp_path, OVERRIDDEN + REST).exploration.states == 2


def test_several_processes_and_shared_state_multiply(tmp_path: Path) -> None:
    shared = """
class World(Shared):
    hot: bool = durable(False)
    wet: bool = durable(False)

    @initial
    def choose_heat(self) -> None:
        self.hot = choose([False, True])

    @initial
    def choose_rain(self) -> None:
        self.wet = choose([False, True])

world = World.single()
"""
    source = (TWO + REST).replace("Server.single()", "Group(Server, 2)").replace("not server.faulty", "servers[0] is not None")
    assert searched(tmp_path, shared + source.replace("server =", "servers =")).exploration.states == 4**3


def test_a_limit_in_initial_is_counted(tmp_path: Path) -> None:
    limited = TWO + "        limit(not self.faulty)\n" + REST
    result = searched(tmp_path, limited)
    assert result.exploration.states == 2
    assert [(s.text, s.times) for s in result.exploration.limits] == [("not self.faulty", 2)]
    assert [a.verdict.value for a in result.answers] == ["holds"]


def test_require_in_initial_drops_the_choice(tmp_path: Path) -> None:
    result = searched(tmp_path, TWO + "        require(self.faulty == self.leader)\n" + REST)
    assert result.exploration.states == 2
    assert result.exploration.limits == ()


@pytest.mark.parametrize(
    "guard", ["require(False)", "limit(False)", "skip()", "self.leader = choose([c for c in [True] if not c])"]
)
def test_no_first_state_is_an_error_of_the_model(tmp_path: Path, guard: str) -> None:
    path = tmp_path / "model.py"
    path.write_text(HEAD + TWO + f"        {guard}\n" + REST, encoding="utf-8")
    said = agreed(path)
    assert isinstance(said, str)
    assert "Server has no first state" in said
    assert "model.py:11:5" in said


CRASHING = """
presets = [Preset("default", faults=Faults(crash=1, restart=1, amnesia=1))]
"""


def test_a_crash_runs_every_initial_again(tmp_path: Path) -> None:
    volatile = TWO.replace("durable(False)", "volatile(False)")
    result = searched(tmp_path, volatile + REST + CRASHING)
    crashed = result.exploration.fired["crash"]
    assert crashed == 4 * 4  # from each first state, to each


def test_a_limit_in_initial_is_counted_when_a_crash_runs_it(tmp_path: Path) -> None:
    """And the state that crashes may be terminal all the same: only steps of the protocol keep it from that."""
    source = TWO.replace("durable(False)", "volatile(False)") + "        limit(not self.faulty)\n"
    ended = REST.replace("pass\n", "require(False)\n")
    result = searched(tmp_path, source + ended + CRASHING.replace(", restart=1, amnesia=1", ""))
    assert result.exploration.fired["crash"] == 2 * 2
    assert [(s.text, s.times) for s in result.exploration.limits] == [("not self.faulty", 2 + 2 * 2)]
    assert result.exploration.terminal == result.exploration.states
