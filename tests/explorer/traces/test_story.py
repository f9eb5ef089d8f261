"""From a guide to the least trace: what happened, to which message, and why the property is false in the end."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.engine import ERROR, NO_LIMITS, STUCK, Limits
from quorate.explorer.reference.layers import Way
from quorate.explorer.traces.story import tell
from quorate.language.declare import Faults
from quorate.language.errors import Defect
from tests.explorer.engines.samples import ELECTION, engine
from tests.explorer.reference.test_reference import PAIR

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace

FORGOTTEN = Faults(crash=1, amnesia=1)


def story(body: str, target: str, faults: Faults | None = None, network: str = "unordered") -> Trace:
    sought = engine(body, faults, network)  # type: ignore[arg-type]
    return tell(sought, target, sought.shortest([target], NO_LIMITS)[target])


def test_the_forgotten_vote_is_told_with_the_fewest_faults_and_steps_and_the_least_labels() -> None:
    trace = story(ELECTION, "one_leader_per_term", FORGOTTEN)
    assert [m.text for m in trace.moments] == [
        "Server 1: start_election()",
        "Server 2: start_election()",
        "Server 3: on_request_vote(RequestVote(term=1)) from Server 1",
        "Server 1: on_vote(Vote(term=1)) from Server 3",
        "crash Server 3",
        "amnesia Server 3",
        "Server 3: on_request_vote(RequestVote(term=1)) from Server 2",
        "Server 2: on_vote(Vote(term=1)) from Server 3",
    ]
    assert trace.faults == 2
    assert (trace.verdict, trace.modality, trace.statement) == ("violated", "always", "Two leaders never share a term.")
    assert trace.origin.faults == {"crash": "1", "amnesia": "1"}
    assert trace.initial.budgets == {"crash": 1, "amnesia": 1}
    assert [lane.label for lane in trace.lanes] == ["Server 1", "Server 2", "Server 3"]


def test_every_message_has_one_number_from_its_sending_to_its_delivery() -> None:
    trace = story(ELECTION, "one_leader_per_term", FORGOTTEN)
    assert [(m.received, m.sent) for m in trace.moments] == [
        (None, (1, 2)),
        (None, (3, 4)),
        (2, (5,)),
        (5, ()),
        (None, ()),
        (None, ()),
        (4, (6,)),
        (6, ()),
    ]
    sent = {e.id: e for m in trace.moments for e in m.envelopes}
    assert (sent[5].source, sent[5].target, sent[5].message) == (
        "Server 3",
        "Server 1",
        {"record": "Vote", "fields": {"term": 1}},
    )
    for before, after in pairwise([trace.initial, *[m.state for m in trace.moments if m.state]]):
        flying = {e.id for e in before.flight}
        assert {e.id for e in after.flight} - flying <= set(sent)
    assert trace.moments[-1].state is not None
    assert [e.id for e in trace.moments[-1].state.flight] == [1, 3]


def test_the_causes_are_the_conjunct_and_the_nodes_that_make_it_false() -> None:
    trace = story(ELECTION, "one_leader_per_term", FORGOTTEN)
    assert [(c.text, c.values) for c in trace.causes] == [
        ("a is b", {"a": "Server 1", "b": "Server 2"}),
        ("a.term != b.term", {"a": "Server 1", "b": "Server 2", "a.term": 1, "b.term": 1}),
    ]


CAUSES = {
    "the first false part of an `and`": (
        "return one.sent == 0 and len(one.got) == 3 and one.sent == 9",
        [("len(one.got) == 3", {"one": "Node 1", "one.got": [], "len(one.got)": 0})],
    ),
    "both parts of an `or`": (
        "return one.sent == 1 or one.sent == 2",
        [("one.sent == 1", {"one": "Node 1", "one.sent": 0}), ("one.sent == 2", {"one": "Node 1", "one.sent": 0})],
    ),
    "under a `not`": ("return not one.sent == 0", [("one.sent == 0", {"one": "Node 1", "one.sent": 0})]),
    "the branch taken": (
        "return one.sent == 1 if one.got else one.sent == 2",
        [("one.got", {"one": "Node 1", "one.got": []}), ("one.sent == 2", {"one": "Node 1", "one.sent": 0})],
    ),
    "through a helper and an early return": (
        "return all(quiet(n) for n in nodes)",
        [("node.sent > 3", {"node": "Node 1", "node.sent": 0})],
    ),
    "what the property does not compute": (
        "return (one.sent > 0 and 1 // one.sent > 0) is any({0: n}[1] is n for n in nodes if n.sent) and one.sent == 1",
        [("one.sent == 1", {"one": "Node 1", "one.sent": 0})],
    ),
    "a part that is not computed": (
        "return (one.sent > 0 and one.got[9] > 0) == (one.sent == 0)",
        [
            (
                "(one.sent > 0 and one.got[9] > 0) == (one.sent == 0)",
                {"one": "Node 1", "one.sent": 0, "one.got": []},
            )
        ],
    ),
    "a quantifier that found nothing": ("return any(n.sent == 3 for n in nodes)", [("any((n.sent == 3 for n in nodes))", {})]),
}


@pytest.mark.parametrize("case", CAUSES)
def test_causes_follow_the_shape_of_the_property(case: str) -> None:
    returned, expected = CAUSES[case]
    body = f"""{PAIR}
def quiet(node: Node) -> bool:
    if node.sent == 0:
        return node.sent > 3
    return True
helper = quiet  # one example uses it
@always
def claim() -> bool:
    one = nodes[0]
    {returned}
"""
    trace = story(body, "claim")
    assert trace.moments == ()
    assert [(c.text, c.values) for c in trace.causes] == expected


def test_a_step_property_is_told_with_the_edge_that_breaks_it_and_the_old_values() -> None:
    body = f"""{PAIR}
@step
def sent_once() -> bool:
    return all(n.sent <= 1 or n.sent == old(n).sent for n in nodes)
"""
    trace = story(body, "sent_once")
    assert [m.text for m in trace.moments] == ["Node 1: ping()", "Node 1: ping()"]
    assert trace.causes[-1].values == {"n": "Node 1", "n.sent": 2, "old(n)": "Node 1", "old(n).sent": 1}


def test_a_witness_is_told_too() -> None:
    trace = story(ELECTION, "a_leader_is_elected")
    assert (trace.verdict, len(trace.moments)) == ("found", 3)
    assert trace.causes[0].text == "s.role is Role.LEADER"
    assert trace.causes[0].values == {"s": "Server 1", "s.role": "LEADER"}


def test_an_error_of_the_model_ends_its_trace() -> None:
    trace = story(PAIR.replace("Range(0, 3)", "Range(0, 1)"), ERROR)
    assert [m.text for m in trace.moments] == ["Node 1: ping()", "Node 1: ping()"]
    assert trace.moments[-1].state is None
    assert trace.error.splitlines()[0] == "<model>.py:15:9: `Node 1.sent` would be 2, above its bound 1"
    assert (trace.verdict, trace.causes) == ("error", ())


def test_an_error_in_a_property_is_told_by_the_state() -> None:
    body = f"""{PAIR}
@always
def broken() -> bool:
    return 1 // (1 - nodes[0].sent) >= 0
"""
    trace = story(body, ERROR)
    assert [m.text for m in trace.moments] == ["Node 1: ping()"]
    assert "ZeroDivisionError" in trace.error


def test_a_stuck_state_is_told() -> None:
    trace = story(PAIR.replace("require(len(self.got) < 3)", "require(m.n == 2)"), STUCK, network="fifo")
    assert [m.text for m in trace.moments] == ["Node 1: ping()", "Node 1: ping()"]
    assert trace.verdict == "stuck"


def test_faults_of_the_network_move_messages() -> None:
    body = f"""{PAIR}
@never
def three_of_one() -> bool:
    return nodes[1].got == [1, 1] and nodes[0].sent == 2
"""
    trace = story(body, "three_of_one", Faults(duplicate=1, cut=1), "fifo")
    assert [m.text for m in trace.moments] == [
        "Node 1: ping()",
        "Node 1: ping()",
        "duplicate Ping(n=1) from Node 1 to Node 2",
        "Node 2: on_ping(Ping(n=1)) from Node 1",
        "Node 2: on_ping(Ping(n=1)) from Node 1",
    ]
    assert [(m.received, m.sent, m.duplicated) for m in trace.moments][2:] == [(None, (), (3,)), (1, (), ()), (3, (), ())]


def test_what_a_cut_swallows_is_lost() -> None:
    body = f"""{PAIR}
@never
def sent_in_vain() -> bool:
    return nodes[0].sent == 2 and not up(nodes[1])
@always
def heard() -> bool:
    return nodes[0].sent < 2
"""
    sought = engine(body, Faults(cut=1, crash="1 of nodes"))
    edges = []
    state = first = sought.initial_states()[0]
    from quorate.explorer.traces.story import Narrator, narrate

    for text in ("Node 1: ping()", "cut Node 1 -> Node 2", "Node 1: ping()"):
        expansion = sought.successors(state).edges
        edge = next(e for e in expansion if Narrator(sought.system).text(e) == text)
        edges.append(edge)
        assert edge.target is not None
        state = edge.target
    trace = narrate(sought, "heard", first, edges)
    assert [(m.sent, m.lost) for m in trace.moments] == [((1,), ()), ((), (1,)), ((2,), (2,))]
    assert trace.moments[-1].state is not None
    assert trace.moments[-1].state.cut == (("Node 1", "Node 2"),)


def test_under_set_a_message_sent_again_is_the_same_one() -> None:
    body = f"""{PAIR.replace("Ping(n=self.sent)", "Ping(n=1)")}
@never
def twice() -> bool:
    return nodes[1].got == [1, 1] and nodes[0].sent == 2
"""
    trace = story(body, "twice", network="set")
    assert [(m.received, m.sent, len(m.envelopes)) for m in trace.moments] == [
        (None, (1,), 1),
        (None, (1,), 0),
        (1, (), 0),
        (1, (), 0),
    ]


def test_a_guide_that_leads_nowhere_is_noticed() -> None:
    sought = engine(ELECTION)
    wrong = Way(0, 1, edge=False, states={sought.initial_states()[0]: (0, 0)})
    with pytest.raises(Defect, match="disagree about `a_leader_is_elected` at step 1"):
        tell(sought, "a_leader_is_elected", wrong)


def test_the_cheapest_way_has_fewer_faults_before_fewer_steps() -> None:
    body = """
class Node(Process):
    n: Annotated[int, Range(0, 3)] = durable(0)
    slow: Annotated[int, Range(0, 3)] = volatile(3)
    @action
    def up_one(self) -> None:
        require(self.n < 3)
        self.n += 1
node = Node.single()
@never
def far() -> bool:
    return node.n == 3 or not up(node)
"""
    trace = story(body, "far", Faults(crash=1))
    assert [m.text for m in trace.moments] == ["Node: up_one()"] * 3


def test_a_search_that_is_cut_leaves_out_what_it_may_have_missed() -> None:
    sought = engine(ELECTION, FORGOTTEN)
    assert sought.shortest(["one_leader_per_term"], Limits(states=100)) == {}
