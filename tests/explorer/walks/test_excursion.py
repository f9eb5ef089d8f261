"""A walk by hand: points, steps, truths, searches, traces. The lock of `tests/cli/protocols` has 12 states without faults."""

from __future__ import annotations

import pytest

from quorate.explorer.traces.replay import replay
from quorate.explorer.walks.destination import MOST_STATES, Satisfying, named, violation, way
from quorate.language.errors import UsageError
from quorate.language.evaluation.condition import condition_of
from quorate.report.terminal.excursions import ending, options, outcome
from tests.cli.exploring import excursion


def test_steps_are_offered_with_what_they_do() -> None:
    walk = excursion()
    found = options(walk, 0)
    assert [(o.number, o.text, o.fault) for o in found] == [
        (1, "Client 1: ask()", False),
        (2, "Client 2: ask()", False),
        (3, "crash Server", True),
    ]
    assert found[0].effects == ("Client 1: asked 0 -> 1", "sends Ask() to Server")


def test_a_step_taken_again_leads_to_the_same_point() -> None:
    walk = excursion()
    first = walk.take(0, 0)
    other = walk.take(0, 1)
    assert (first, other, walk.take(0, 0)) == (1, 2, 1)
    assert [o.point for o in options(walk, 0)] == [1, 2, None]
    assert walk.undo(first) == 0
    assert [p.number for p in walk.path(walk.take(other, 0))] == [0, 2, 3]


def test_a_step_that_changes_nothing_says_so() -> None:
    walk = excursion("two_phase_commit", "tla")
    number, _ = walk.run(0, named(walk.engine, "on_prepared"))
    again = next(o for o in options(walk, number) if "on_prepared" in o.text)
    assert again.effects == ("changes nothing",)  # the network keeps what was sent, and delivers it once more


def test_the_truth_of_every_property_is_told() -> None:
    walk = excursion()
    assert [t.standing for t in walk.truths(0)] == ["true", "not yet"]
    granted = walk.take(walk.take(walk.take(0, 0), 0), 1)
    assert [t.standing for t in walk.truths(granted)] == ["true", "witnessed"]


def test_a_violation_is_as_near_as_the_preset_pins() -> None:
    walk = excursion()
    end, found = walk.run(0, violation(walk.engine))
    assert found.edges is not None
    assert len(found.edges) == 8
    assert [t.standing for t in walk.truths(end)] == ["violated", "witnessed"]
    trace = walk.trace(end)
    assert (trace.name, trace.verdict) == ("mutual_exclusion", "violated")
    assert trace.causes
    replay(trace)


def test_a_walk_without_a_violation_is_a_trace_of_its_own_and_replays() -> None:
    walk = excursion()
    trace = walk.trace(walk.take(walk.take(0, 2), 0))
    assert (trace.name, trace.verdict) == ("(walked)", "walked")
    assert [m.text for m in trace.moments] == ["crash Server", "Client 1: ask()"]
    replay(trace)


def test_a_step_is_run_to_by_name() -> None:
    walk = excursion()
    end, found = walk.run(0, named(walk.engine, "on_grant"))
    assert [walk.trace(end).moments[-1].label.step, len(found.edges or ())] == ["Client.on_grant", 3]
    crashed, _ = walk.run(end, named(walk.engine, "crash"))
    assert walk.trace(crashed).moments[-1].text == "crash Server"


def test_a_condition_is_run_to_by_the_fewest_steps() -> None:
    walk = excursion()
    condition = condition_of(walk.engine.system.model, "all(c.asked == 1 for c in clients) and server.holder is None")
    end, found = walk.run(0, Satisfying(condition))
    assert found.edges is not None
    assert [m.text for m in walk.trace(end).moments] == ["Client 1: ask()", "Client 2: ask()"]


def test_what_cannot_be_reached_is_said_with_the_states_visited() -> None:
    walk = excursion(preset="default")
    to = named(walk.engine, "mutual_exclusion")
    end, found = walk.run(0, to)
    assert (end, found.edges, found.states, found.cut, found.limited) == (0, None, 12, None, True)
    assert outcome(to, found) == (
        "a violation of `mutual_exclusion`: cannot be reached from here, within the limits of the model: "
        "all 12 states were visited"
    )


def test_a_search_that_was_cut_claims_nothing() -> None:
    walk = excursion(preset="default")
    to = named(walk.engine, "mutual_exclusion")
    start = walk.point(0).state
    assert start is not None
    assert "not decided: the search ended at its limit (5 states)" in outcome(to, way(walk.engine, start, to, states=5))
    assert "not decided" in outcome(to, way(walk.engine, start, to, lambda: True))
    assert MOST_STATES == 20_000


def test_bookmarks_name_points() -> None:
    walk = excursion()
    walk.mark("crashed", walk.take(0, 2))
    assert walk.bookmarks == {"crashed": 1}
    with pytest.raises(UsageError, match="not a number"):
        walk.mark("7", 0)
    with pytest.raises(UsageError, match="there is no point 9"):
        walk.mark("far", 9)


def test_what_is_wrong_is_said() -> None:
    walk = excursion()
    with pytest.raises(UsageError, match="there is no step 9 here: choose from 1 to 3"):
        walk.take(0, 8)
    with pytest.raises(UsageError, match="no step to undo"):
        walk.undo(0)
    with pytest.raises(UsageError, match=r"no property and no step `on_gran` \(did you mean `on_grant`\?\)"):
        named(walk.engine, "on_gran")


COUNTERS = """
from __future__ import annotations
from typing import Annotated
from quorate import Faults, Group, Preset, Process, Range, action, always, durable, limit
class Node(Process):
    count: Annotated[int, Range(0, 9)] = durable(0)
    @action
    def add(self) -> None:
        limit(self.count < 9)
        self.count += 1
nodes = Group(Node, 4)
@always
def few() -> bool:
    return sum(n.count for n in nodes) < 20
presets = [Preset("default", faults=Faults(crash=1))]
"""


def test_what_is_far_is_found_natively_and_walked_by_the_reference_engine() -> None:
    walk = excursion(COUNTERS, None)
    to = violation(walk.engine)
    end, found = walk.run(0, to)
    assert (len(found.edges or ()), found.fewest_faults) == (20, True)
    assert outcome(to, found).endswith("20 steps on, with the fewest faults, and then the fewest steps")
    assert [t.standing for t in walk.truths(end)] == ["violated"]
    assert walk.trace(end).faults == 0


def test_a_condition_far_away_is_found_natively() -> None:
    walk = excursion(COUNTERS, None)
    condition = condition_of(walk.engine.system.model, "nodes[0].count == 8 and any(not up(n) for n in nodes)")
    end, found = walk.run(walk.take(0, 0), Satisfying(condition))
    assert (len(found.edges or ()), found.fewest_faults) == (8, True)
    last = walk.point(end).state
    assert last is not None
    assert condition.holds(last)


def test_what_is_not_even_far_away_is_said_with_all_states_visited() -> None:
    walk = excursion(COUNTERS, None)
    condition = condition_of(walk.engine.system.model, "sum(n.count for n in nodes) > 36")
    _, found = walk.run(0, Satisfying(condition))
    assert (found.edges, found.cut, found.limited) == (None, None, True)
    # Each node counts to 10 values; none is down, or one of the four.
    assert found.states == 10**4 + 4 * 10**4


ERRING = """
from __future__ import annotations
from typing import Annotated
from quorate import Process, Range, action, always, durable, final, initial, choose, step, old
class Counter(Process):
    count: Annotated[int, Range(0, 2)] = durable(0)
    @initial
    def start(self) -> None:
        self.count = choose({0, 1})
    @action
    def add(self) -> None:
        self.count += 1
counter = Counter.single()
@step
def grows() -> bool:
    return counter.count > old(counter).count
@final
def done() -> bool:
    return counter.count == 2
"""


def test_initial_states_errors_and_edges() -> None:
    walk = excursion(ERRING, None)
    assert walk.starts == 2
    assert [t.standing for t in walk.truths(0)] == ["not asked", "not asked"]
    one = walk.take(0, 0)
    assert [t.standing for t in walk.truths(one)] == ["true", "not asked"]
    end, found = walk.run(0, violation(walk.engine))
    assert len(found.edges or ()) == 3
    assert walk.point(end).state is None
    assert ending(walk, end).startswith("The step ended in an error of the model")
    assert walk.edges(end) == ()
    trace = walk.trace(end)
    assert (trace.verdict, trace.moments[-1].state) == ("error", None)
    assert "above its bound 2" in trace.error
    with pytest.raises(UsageError, match="go back with undo"):
        walk.run(end, violation(walk.engine))
