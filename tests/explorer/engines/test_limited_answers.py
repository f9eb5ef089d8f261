"""What a `limit` does to each answer, as docs/semantics.md has it; a protocol that never moves claims nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.deciding import LIMITED
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

COUNTER = """
class P(Process):
    n: Annotated[int, Range(0, 9)] = volatile(0)
    %s
    @action
    def up(self) -> None:
        limit(self.n < 3)
        self.n += 1

p = P.single()
"""
PROPERTIES = """
@always
def small() -> bool:
    return p.n < 4

@never
def four() -> bool:
    return p.n == 4

@step
def upwards() -> bool:
    return p.n >= old(p).n

@sometimes
def five() -> bool:
    return p.n == 5

@sometimes
def two() -> bool:
    return p.n == 2

@final
def ended() -> bool:
    return p.n == 3

@always
def nothing_beyond() -> bool:
    return all(p.n > 5 for _ in range(p.n - 3))
"""


def searched(folder: Path, source: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=None, threads=(1,))
    assert not isinstance(result, str), result
    return result


def test_what_a_limit_does_to_each_answer(tmp_path: Path) -> None:
    result = searched(tmp_path, COUNTER % "" + PROPERTIES)
    assert {a.name: (a.verdict.value, a.because) for a in result.answers} == {
        "small": ("holds", ""),
        "four": ("holds", ""),
        "upwards": ("holds", ""),
        "five": ("cut", "a limit stopped a step once: what lies beyond it was not visited"),
        "two": ("holds", ""),
        "ended": (
            "vacuous",
            f"no terminal state was reached: {LIMITED}",
        ),
        "nothing_beyond": ("vacuous", "its quantifiers never had anything to range over within the limits"),
    }
    assert result.exit_code == 3


def test_without_a_limit_each_is_decided(tmp_path: Path) -> None:
    result = searched(tmp_path, (COUNTER % "" + PROPERTIES).replace("limit(", "require("))
    assert {a.name: a.verdict.value for a in result.answers} == {
        "small": "holds",
        "four": "holds",
        "upwards": "holds",
        "five": "violated",
        "two": "holds",
        "ended": "holds",
        "nothing_beyond": "vacuous",
    }


@pytest.mark.parametrize("expected", ["violates", "holds"])
def test_a_witness_that_a_limit_hid_is_undecided_whatever_is_expected(tmp_path: Path, expected: str) -> None:
    five = PROPERTIES[PROPERTIES.index("@sometimes") : PROPERTIES.index("@sometimes\ndef two")]
    result = searched(tmp_path, COUNTER % "" + five + f"presets = [Preset('default', {expected}=[five])]\n")
    assert (result.answers[0].verdict.value, result.exit_code) == ("cut", 3)


def test_a_limit_that_stopped_nothing_hides_nothing(tmp_path: Path) -> None:
    source = (COUNTER % "" + PROPERTIES).replace("        limit(", "        require(self.n < 3)\n        limit(")
    assert {a.name: a.verdict.value for a in searched(tmp_path, source).answers}["five"] == "violated"


def test_never_fired_is_within_the_limits(tmp_path: Path) -> None:
    late = "@action\n    def late(self) -> None:\n        require(self.n > 5)\n"
    result = searched(tmp_path, COUNTER % late + PROPERTIES)
    assert "never fired within the limits: P.late" in result.notes


def test_a_witness_among_first_states_that_a_limit_left_out(tmp_path: Path) -> None:
    start = "@initial\n    def start(self) -> None:\n        self.n = choose([0, 5])\n        limit(self.n < 5)\n"
    source = (COUNTER % start + PROPERTIES).replace("        limit(self.n < 3)", "        require(self.n < 3)")
    assert {a.name: a.verdict.value for a in searched(tmp_path, source).answers}["five"] == "cut"


CHAT = """
class Hi(Message):
    pass

class P(Process):
    sent: bool = volatile(False)
    got: bool = volatile(False)

    @action
    def greet(self) -> None:
        require(not self.sent)
        self.sent = True
        send(Hi(), to=q)

    @receive
    def on_hi(self, m: Hi) -> None:
        %s
        self.got = True

p = P.single()
q = P.single()

@final
def all_is_said() -> bool:
    return q.got

presets = [Preset("default", network="%s"%s)]
"""


def test_on_a_set_network_nothing_ends_unless_the_handler_says_so(tmp_path: Path) -> None:
    result = searched(tmp_path, CHAT % ("pass", "set", ""))
    assert result.answers[0].verdict.value == "vacuous"
    assert "on a `set` network a message can be received again and again" in result.answers[0].because
    guarded = searched(tmp_path, CHAT % ("require(not self.got)", "set", ""))
    assert guarded.answers[0].verdict.value == "holds"


def test_nothing_is_stuck_on_a_set_network(tmp_path: Path) -> None:
    refused = ("require(self.got)", "set", "")
    result = searched(tmp_path, CHAT % refused)
    assert (result.exploration.terminal, result.exploration.stuck) == (1, 0)


def test_stuck_states_may_be_allowed(tmp_path: Path) -> None:
    told = searched(tmp_path, CHAT % ("require(self.got)", "unordered", ""))
    assert (told.exploration.stuck, told.stuck_trace is None) == (1, False)
    allowed = searched(tmp_path, CHAT % ("require(self.got)", "unordered", ', stuck="allowed"'))
    assert (allowed.exploration.stuck, allowed.stuck_trace is None) == (1, True)


def test_a_limit_keeps_a_state_from_being_stuck(tmp_path: Path) -> None:
    result = searched(tmp_path, CHAT % ("limit(self.got)", "unordered", ""))
    assert (result.exploration.terminal, result.exploration.stuck) == (0, 0)


def test_where_every_step_leads_back_nothing_ends(tmp_path: Path) -> None:
    source = (
        "class P(Process):\n    on: bool = durable(False)\n    @action\n    def set(self) -> None:\n        self.on = True\n"
    )
    result = searched(tmp_path, source + "p = P.single()\n@final\ndef ended() -> bool:\n    return p.on\n")
    assert "if only back to the same state" in result.answers[0].because


IDLE = """
class P(Process):
    n: Annotated[int, Range(0, 2)] = durable(0)
    %s

p = P.single()

@always
def small() -> bool:
    return p.n < 2

@sometimes
def zero() -> bool:
    return p.n == 0

presets = [Preset("default"%s)]
"""
STILL = {
    "no step": ("", ""),
    "a step that is never enabled": ("@action\n    def up(self) -> None:\n        require(self.n > 0)\n", ""),
    "a step that a limit stops": ("@action\n    def up(self) -> None:\n        limit(False)\n", ""),
    "nothing but faults": ("", ", faults=Faults(crash=1, restart=1)"),
    "pinned numbers": ("", ", states=1, depth=0"),
    "what is expected": ("", ", holds=[zero]"),
}


@pytest.mark.parametrize("name", STILL)
def test_a_protocol_that_never_moves_claims_nothing(tmp_path: Path, name: str) -> None:
    result = searched(tmp_path, IDLE % STILL[name])
    assert {a.name: a.verdict.value for a in result.answers} == {"small": "vacuous", "zero": "holds"}
    assert result.exit_code == 3
    assert "no step of the protocol was ever taken: nothing is claimed" in result.notes


def test_what_is_violated_at_once_is_violated(tmp_path: Path) -> None:
    result = searched(tmp_path, (IDLE % ("", "")).replace("durable(0)", "durable(2)"))
    assert {a.name: a.verdict.value for a in result.answers}["small"] == "violated"
    assert result.exit_code == 1


def test_a_witness_over_nothing_is_vacuous(tmp_path: Path) -> None:
    source = (COUNTER % "seen: set[P] = volatile(set())").replace("limit(", "require(")
    hollow = "@sometimes\ndef all_are_three() -> bool:\n    return all(s.n == 3 for s in p.seen)\n"
    assert [a.verdict.value for a in searched(tmp_path, source + hollow).answers] == ["vacuous"]


LONE = """
class Node(Process):
    peers: Annotated[int, Range(0, 9)] = volatile(0)
    asked: bool = volatile(False)
    @action
    def count(self) -> None:
        require(not self.asked)
        self.asked, self.peers = True, len(others(self))

replicas = Group(Node, 2)
witness = Node.single()
more = Group(Node, 3)

@always
def others_are_of_ones_own_group() -> bool:
    return all(not n.asked or n.peers == 1 for n in replicas) and all(not n.asked or n.peers == 2 for n in more)

@always
def a_lone_process_has_none() -> bool:
    return witness.peers == 0 and len(others(witness)) == 0
"""


def test_the_others_of_a_single_whose_kind_has_groups(tmp_path: Path) -> None:
    assert [a.verdict.value for a in searched(tmp_path, LONE).answers] == ["holds", "holds"]
