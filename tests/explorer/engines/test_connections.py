"""A crash that takes the connections with it: what is in flight to and from the process is lost, and told as lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.cli.values import budgets
from quorate.explorer.check import Request, check
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import from_json, to_json
from quorate.language.declare import Faults
from quorate.language.errors import UsageError
from quorate.report.scene.scene import scene_of
from quorate.report.scene.sentences import journeys, sentence
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.contract.verdict import Result

TELLING = """
class News(Message):
    pass

class Node(Process):
    told: bool = durable(False)
    heard: bool = volatile(False)
    crashed: bool = volatile(True)
    @receive
    def on_news(self, m: News) -> None:
        self.heard = True

nodes = Group(Node, %s)

@initial
def nobody_crashed() -> None:
    for n in nodes:
        n.crashed = False

@action
def tell() -> None:
    require(not nodes[0].told and %s)
    nodes[0].told = True
    broadcast(News(), to=nodes, sender=nodes[0])
    send(News(), to=nodes[0], sender=nodes[0])

@never
def arrived_after_a_crash() -> bool:
    return any(n.crashed and n.heard for n in nodes)

@step
def nothing_came_of_who_had_crashed() -> bool:
    return not nodes[0].crashed or all(n.heard <= old(n).heard for n in nodes)

@final
def everybody_heard_it() -> bool:
    return not nodes[0].told or not all(up(n) for n in nodes) or all(n.heard for n in nodes)

presets = [Preset("default", %s)]
"""
TOLD_BEFORE = "not any(n.crashed for n in nodes)"
TOLD_WHILE_DOWN = "not up(nodes[1])"
FAULTS = 'faults=Faults(crash="1 of nodes", restart=1, connections="%s")'


def searched(folder: Path, source: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    return result


def trace_of(result: Result, name: str) -> Trace:
    trace = next(a.trace for a in result.answers if a.name == name)
    assert trace is not None
    return trace


def verdicts(result: Result) -> list[str]:
    names = ("arrived_after_a_crash", "nothing_came_of_who_had_crashed")
    return [next(a for a in result.answers if a.name == name).verdict.value for name in names]


@pytest.mark.parametrize("network", ["unordered", "fifo", "set"])
@pytest.mark.parametrize("nodes", [2, 3])
def test_what_a_crash_loses(tmp_path: Path, network: str, nodes: int) -> None:
    told = [TELLING % (nodes, TOLD_BEFORE, f'network="{network}", {FAULTS % how}') for how in ("lost", "kept")]
    lost, kept = (searched(tmp_path, source) for source in told)
    assert verdicts(lost) == ["holds", "holds"]
    assert verdicts(kept) == ["violated", "violated"]


@pytest.mark.parametrize("network", ["unordered", "fifo", "set"])
def test_what_is_sent_to_who_is_down_is_lost(tmp_path: Path, network: str) -> None:
    told = [TELLING % (2, TOLD_WHILE_DOWN, f'network="{network}", {FAULTS % how}') for how in ("lost", "kept")]
    lost, kept = (searched(tmp_path, source) for source in told)
    assert verdicts(lost)[0] == "holds"
    assert verdicts(kept)[0] == "violated"
    if network != "set":  # which never ends
        assert "in vain: it is down" in story(trace_of(lost, "everybody_heard_it"))


def test_it_is_told_as_lost_and_replays(tmp_path: Path) -> None:
    result = searched(tmp_path, TELLING % (2, TOLD_BEFORE, FAULTS % "lost"))
    trace = trace_of(result, "everybody_heard_it")
    assert next(m for m in trace.moments if m.label.step == "crash").lost
    assert trace.origin.faults["connections"] == "lost"
    assert not replay(from_json(to_json(trace)), tmp_path).corrected
    assert "crashes" in story(trace)
    assert "is lost with it" in story(trace)


def story(trace: Trace) -> str:
    ways = {way.envelope.id: way for way in journeys(trace)}
    return " ".join(sentence(row, ways) for row in scene_of(trace).rows)


def test_the_option_says_it(tmp_path: Path) -> None:
    assert budgets("crash=1,connections=lost") == Faults(crash=1, connections="lost")
    with pytest.raises(UsageError, match="`kept` or `lost`, not `lots`"):
        budgets("crash=1,connections=lots")
    path = tmp_path / "model.py"
    path.write_text(HEAD + TELLING % (2, TOLD_BEFORE, 'faults=Faults(crash=1, connections="lost")'), encoding="utf-8")
    same = check(Request(model=str(path), faults=Faults(crash=1, connections="lost")))
    other = check(Request(model=str(path), faults=Faults(crash=1)))
    assert (same.setup.overridden, other.setup.overridden) == (False, True)
    assert same.exploration.edges < other.exploration.edges
