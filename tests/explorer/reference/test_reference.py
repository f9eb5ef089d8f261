"""What a protocol means, pinned rule by rule on the smallest protocol that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.engine import Limits
from quorate.language.declare import Faults
from quorate.language.errors import ModelError
from tests.explorer.engines.samples import ELECTION, engine, findings, labels

if TYPE_CHECKING:
    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.values.state import Global


def taken(sought: ReferenceEngine, *texts: str) -> Global:
    """Return the state after the steps with these labels."""
    state = sought.initial_states()[0]
    for text in texts:
        edges: tuple[Edge, ...] = sought.successors(state).edges
        found = edges[labels(sought, state).index(text)].target
        assert found is not None, text
        state = found
    return state


# -- the sample election ----------------------------------------------------------------------------------------------


def test_the_election_has_203_states() -> None:
    found = findings(ELECTION)
    exploration = found.exploration
    assert (exploration.states, exploration.edges, exploration.depth) == (203, 489, 9)
    assert exploration.fired == {"Server.start_election": 33, "Server.on_request_vote": 390, "Server.on_vote": 66}
    assert [(s.text, s.times) for s in exploration.limits] == [("limit(self.term < MAX_TERM)", 510)]
    assert found.violated == frozenset()
    assert found.found == {"a_leader_is_elected"}
    assert found.exercised == {"one_leader_per_term": {0}, "a_leader_is_elected": {0}}


def test_a_broadcast_to_oneself_too_would_have_2791_states() -> None:
    told = ELECTION.replace("broadcast(RequestVote(term=self.term), to=servers)", SEND_TO_ALL)
    assert findings(told).exploration.states == 2791


SEND_TO_ALL = "[send(RequestVote(term=self.term), to=s) for s in servers]"


def test_the_election_is_violated_under_a_forgotten_vote() -> None:
    found = findings(ELECTION, Faults(crash=1, amnesia=1))
    assert found.violated == {"one_leader_per_term"}
    assert (found.exploration.states, found.exploration.edges) == (3721, 11154)


# -- labels, choices, limits ------------------------------------------------------------------------------------------

CHOOSER = """
class Color(Enum):
    RED = 0
    GREEN = 1

class One(Process):
    picked: set[Color] = durable(set())
    last: Annotated[int, Range(0, 9)] = durable(0)

    @action
    def pick(self, flag: bool) -> None:
        require(not self.picked)
        self.picked = {choose({Color.GREEN, Color.RED})}
        self.last = choose([5, 3, 5]) + flag

one = One.single()
"""


def test_labels_are_ordered_by_argument_and_then_by_choice() -> None:
    assert labels(engine(CHOOSER)) == [
        f"One: pick(flag={flag}) choosing {color}, {number}"
        for flag in (False, True)
        for color in ("RED", "GREEN")
        for number in (5, 3)
    ]


def test_choosing_from_nothing_is_no_step() -> None:
    assert labels(engine(CHOOSER.replace("{Color.GREEN, Color.RED}", "self.picked"))) == []


def test_a_limit_counts_once_for_each_label_tried() -> None:
    limited = CHOOSER.replace("        self.last =", "        limit(Color.RED in self.picked)\n        self.last =")
    found = findings(limited).exploration
    assert [(s.text, s.times) for s in found.limits] == [("limit(Color.RED in self.picked)", 2)]
    assert (found.states, found.edges) == (5, 4)  # red with 5 or 3, plus False or True


def test_a_state_where_a_limit_stops_a_step_is_not_terminal() -> None:
    counter = """
class One(Process):
    n: Annotated[int, Range(0, 3)] = durable(0)
    @action
    def up(self) -> None:
        limit(self.n < 3)
        self.n += 1
one = One.single()
"""
    assert findings(counter).exploration.terminal == 0
    assert findings(counter.replace("limit(", "require(")).exploration.terminal == 1


# -- processes --------------------------------------------------------------------------------------------------------

NOSY = """
class Ask(Message):
    pass

class Node(Process):
    n: Annotated[int, Range(0, 3)] = durable(0)
    @action
    def ask(self) -> None:
        require(self.n == 0)
        self.n = 1
        broadcast(Ask(), to=nodes)
    @receive
    def on_ask(self, m: Ask, sender: Node) -> None:
        %s
nodes = Group(Node, 2)
"""


def test_another_process_is_an_opaque_id() -> None:
    sought = engine(NOSY % "self.n = sender.n")
    [edge] = [e for e in sought.successors(taken(sought, "Node 1: ask()")).edges if e.error]
    assert edge.act.step == "Node.on_ask"
    assert str(edge.error) == (
        "<model>.py:18:18: a step of Node 2 uses another process's field, `Node 1.n`\n"
        "    self.n = sender.n\n"
        "             ^\n"
        "  send the value in a message, or write a module-level `@action` for an abstract step"
    )


def test_a_module_level_action_may_touch_several_processes_but_none_that_is_down() -> None:
    pair = """
class Node(Process):
    n: Annotated[int, Range(0, 1)] = durable(0)
nodes = Group(Node, 2)
@action
def swap(a: Node, b: Node) -> None:
    require(a is not b and a.n == b.n == 0)
    a.n = 1
"""
    assert labels(engine(pair)) == ["swap(a=Node 1, b=Node 2)", "swap(a=Node 2, b=Node 1)"]
    sought = engine(pair, Faults(crash=1))
    assert labels(sought, taken(sought, "crash Node 1")) == ["swap(a=Node 2, b=Node 1)"]


def test_a_container_of_a_process_that_is_down_is_not_changed_in_place() -> None:
    pair = """
class Node(Process):
    seen: set[Node] = durable(set())
nodes = Group(Node, 2)
@action
def mark(a: Node) -> None:
    a.seen.add(a)
"""
    sought = engine(pair, Faults(crash=1))
    assert labels(sought, taken(sought, "mark(a=Node 1)", "crash Node 1")) == ["mark(a=Node 2)"]


def test_processes_are_numbered_by_kind_and_single_ones_go_by_their_class() -> None:
    sought = engine("""
class A(Process): pass
class B(Process): pass
first = Group(A, 1)
b = B.single()
second = Group(A, 2)
""")
    processes = sought.system.model.processes
    assert [(p.label, p.number, p.index) for p in processes] == [("A 1", 0, 0), ("A 2", 1, 0), ("A 3", 2, 1), ("B", 3, 0)]


def test_a_derived_process_has_the_steps_of_its_base_and_is_one_of_its_ids() -> None:
    sought = engine("""
class Base(Process):
    on: bool = durable(False)
    @action
    def go(self) -> None:
        require(not self.on)
        self.on = True
class Better(Base):
    extra: bool = durable(True)
bases = Group(Base, 1)
betters = Group(Better, 1)
""")
    assert labels(sought) == ["Base: go()", "Better: go()"]
    assert sought.system.model.ids["Base"].members == (0, 1)
    assert sought.system.model.ids["Better"].members == (1,)
    assert [f.name for f in sought.system.model.fields["Better"]] == ["on", "extra"]


# -- values -----------------------------------------------------------------------------------------------------------

BOUNDED = """
class Node(Process):
    n: Annotated[int, Range(0, 2)] = durable(0)
    log: Annotated[list[int], Max(2)] = durable([])
    other: Annotated[list[int], Max(2)] = durable([])
    table: dict[bool, Annotated[list[int], Max(2)]] = durable({})
    @action
    def act(self) -> None:
        require(not self.log)
        %s
node = Node.single()
"""


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("self.n = 3", "<model>.py:14:9: `Node.n` would be 3, above its bound 2"),
        ("self.n = True", "<model>.py:14:9: `Node.n` is True, not an `int`"),
        ("self.log = [1, 2, 3]", "<model>.py:14:9: `Node.log` would have 3 items, more than its bound 2"),
        ("[self.log.append(i) for i in range(3)]", "<model>.py:14:10: `Node.log` would have 3 items, more than its bound 2"),
        (
            "self.table[True] = [0]; self.table[True] += [1, 2]",
            "<model>.py:14:33: `Node.table[True]` would have 3 items, more than its bound 2",
        ),
        (
            "self.table[True] = [0]; self.table[True].append(True)",
            "<model>.py:14:33: `Node.table[True][...]` is True, not an `int`",
        ),
        ("self.table[2] = []", "<model>.py:14:9: `Node.table[...]` is 2, not a `bool`"),
        ("self.log[0] = 1", "<model>.py:14:9: IndexError: list assignment index out of range"),
        ("assert self.n == 1", "<model>.py:14:16: the assertion failed"),
    ],
)
def test_a_step_that_leaves_a_bound_is_an_error_of_the_model(body: str, says: str) -> None:
    [edge] = engine(BOUNDED % body).successors(engine(BOUNDED % body).initial_states()[0]).edges
    assert edge.target is None
    assert str(edge.error).splitlines()[0] == says
    found = findings(BOUNDED % body)
    assert found.error
    assert (found.exploration.states, found.exploration.edges) == (1, 0)


@pytest.mark.parametrize(
    ("body", "log", "other"),
    [
        ("self.log = [1]; self.other = self.log; self.log.append(2)", (1, 2), (1,)),
        ("self.table[True] = self.log; self.log.append(1); self.other = self.table[True]", (1,), ()),
        ("xs = [1]; self.log = xs; xs.append(2)", (1,), ()),
    ],
)
def test_what_is_stored_is_copied(body: str, log: object, other: object) -> None:
    sought = engine(BOUNDED % body)
    fields = taken(sought, "Node: act()").fields[0]
    assert fields[1:3] == (log, other)


def test_leaving_a_bound_for_a_moment_is_an_error_even_where_the_step_then_does_not_exist() -> None:
    assert findings(BOUNDED % "self.n = 3; require(False)").error
    assert not findings(BOUNDED % "require(False); self.n = 3").error


def test_enums_are_sorted_by_declaration() -> None:
    sought = engine("""
class Color(Enum):
    RED = "z"
    BLUE = "a"
class Node(Process):
    order: Annotated[list[Color], Max(2)] = durable([])
    @action
    def act(self) -> None:
        require(not self.order)
        self.order = sorted({Color.BLUE, Color.RED})
        assert min(Color.BLUE, Color.RED) is Color.RED
        assert max([(Color.RED, 2), (Color.BLUE, 1)]) == (Color.BLUE, 1)
node = Node.single()
""")
    assert taken(sought, "Node: act()").fields[0] == ((0, 1),)


# -- first states -----------------------------------------------------------------------------------------------------

STARTING = """
class Node(Process):
    term: Annotated[int, Range(0, 2)] = durable(0)
    timer: Annotated[int, Range(0, 2)] = volatile(0)
    note: Annotated[int, Range(0, 2)] = ghost(0)
    @initial
    def start(self) -> None:
        self.term = choose([2, 1])
        self.timer = self.term
    @action
    def remember(self) -> None:
        require(self.note == 0)
        self.note = 1
        self.timer = 0
node = Node.single()
"""


def test_first_states_are_the_choices_of_initial_in_value_order() -> None:
    assert [s.fields for s in engine(STARTING).initial_states()] == [((1, 1, 0),), ((2, 2, 0),)]


def test_a_crash_takes_volatile_first_values_and_amnesia_durable_ones_too() -> None:
    sought = engine(STARTING, Faults(crash=1, amnesia=1, restart=1))
    state = taken(sought, "Node: remember()")
    assert state.fields == ((1, 0, 1),)
    assert labels(sought, state) == ["crash Node choosing 2", "crash Node choosing 1"]
    crashed = taken(sought, "Node: remember()", "crash Node choosing 2")
    assert crashed.fields == ((1, 2, 1),)
    assert crashed.down == {0}
    assert labels(sought, crashed) == ["restart Node", "amnesia Node choosing 2", "amnesia Node choosing 1"]
    assert taken(sought, "Node: remember()", "crash Node choosing 2", "restart Node").fields == ((1, 2, 1),)
    assert taken(sought, "Node: remember()", "crash Node choosing 2", "amnesia Node choosing 2").fields == ((2, 2, 1),)


def test_initial_sees_its_own_fields_only_and_has_some_first_state() -> None:
    with pytest.raises(ModelError, match="has no first state"):
        engine(STARTING.replace("choose([2, 1])", "choose([])")).initial_states()


# -- the network ------------------------------------------------------------------------------------------------------

PAIR = """
class Ping(Message):
    n: Annotated[int, Range(1, 3)]

class Node(Process):
    sent: Annotated[int, Range(0, 3)] = durable(0)
    got: Annotated[list[int], Max(4)] = durable([])
    @action
    def ping(self) -> None:
        require(self is nodes[0] and self.sent < 2)
        self.sent += 1
        send(Ping(n=self.sent), to=nodes[1])
    @receive
    def on_ping(self, m: Ping) -> None:
        require(len(self.got) < 3)
        self.got.append(m.n)
nodes = Group(Node, 2)
"""
TWO = ("Node 1: ping()", "Node 1: ping()")
RECEIVE = "Node 2: on_ping(Ping(n={}))"


def received(n: int) -> str:
    return f"Node 2: on_ping(Ping(n={n})) from Node 1"


def test_unordered_delivers_any_and_fifo_the_first() -> None:
    unordered, fifo = engine(PAIR), engine(PAIR, network="fifo")
    assert labels(unordered, taken(unordered, *TWO)) == [received(1), received(2)]
    assert labels(fifo, taken(fifo, *TWO)) == [received(1)]


def test_under_set_a_message_stays() -> None:
    sought = engine(PAIR, network="set")
    state = taken(sought, *TWO, received(2), received(2))
    assert labels(sought, state) == [received(1), received(2)]
    assert len(state.flight) == 2
    assert findings(PAIR, network="set").exploration.stuck == 0


def test_a_require_in_a_handler_postpones_the_message() -> None:
    picky = PAIR.replace("require(len(self.got) < 3)", "require(m.n == 2)")
    unordered, fifo = engine(picky), engine(picky, network="fifo")
    assert labels(unordered, taken(unordered, *TWO)) == [received(2)]
    assert labels(fifo, taken(fifo, *TWO)) == []
    found = findings(picky, network="fifo").exploration
    assert (found.terminal, found.stuck) == (1, 1)


def test_equal_messages_in_flight_give_one_label() -> None:
    same = PAIR.replace("Ping(n=self.sent)", "Ping(n=1)")
    sought = engine(same)
    assert labels(sought, taken(sought, *TWO)) == [received(1)]
    assert len(taken(sought, *TWO, received(1)).flight) == 1


@pytest.mark.parametrize("network", ["unordered", "fifo"])
def test_a_network_over_its_capacity_is_an_error_of_the_model(network: object) -> None:
    sought = engine(PAIR, network=network, capacity=1)  # type: ignore[arg-type]
    [edge] = [e for e in sought.successors(taken(sought, "Node 1: ping()")).edges if e.error]
    what = "messages are in flight" if network == "unordered" else "messages wait from Node 1 to Node 2"
    assert f"2 {what}, and 1 is the most" in str(edge.error)


def test_a_message_that_its_target_does_not_take_is_an_error_of_the_model() -> None:
    wrong = PAIR.replace("class Node", "class Other(Process): pass\nclass Node").replace("m: Ping)", "m: Ping, sender: Other)")
    wrong += "other = Other.single()\n"
    [edge] = engine(wrong).successors(engine(wrong).initial_states()[0]).edges
    assert "Node 2 has no handler for `Ping` from Node 1" in str(edge.error)


# -- faults -----------------------------------------------------------------------------------------------------------


def test_drop_and_duplicate() -> None:
    sought = engine(PAIR, Faults(drop=1, duplicate=1), "fifo")
    state = taken(sought, *TWO)
    drops = [f"drop Ping(n={n}) from Node 1 to Node 2" for n in (1, 2)]
    copies = [f"duplicate Ping(n={n}) from Node 1 to Node 2" for n in (1, 2)]
    assert labels(sought, state) == [received(1), *drops, *copies]
    assert [p.values for p in taken(sought, *TWO, copies[0]).flight] == [(1,), (1,), (2,)]
    assert [p.values for p in taken(sought, *TWO, drops[0]).flight] == [(2,)]
    assert taken(sought, *TWO, drops[0]).budgets[3:5] == (0, 1)


def test_a_cut_link_loses_what_is_in_flight_and_what_is_sent() -> None:
    sought = engine(PAIR, Faults(cut=1, heal=1))
    state = taken(sought, "Node 1: ping()")
    both = ["cut Node 1 -> Node 2", "cut Node 1 <-> Node 2", "cut Node 2 -> Node 1"]
    assert labels(sought, state) == ["Node 1: ping()", received(1), *both]
    cut = taken(sought, "Node 1: ping()", both[1])
    assert cut.flight == ()
    assert cut.cut == {(0, 1), (1, 0)}
    assert taken(sought, "Node 1: ping()", both[0], "Node 1: ping()").flight == ()
    assert labels(sought, cut)[1:] == ["heal Node 1 -> Node 2", "heal Node 1 <-> Node 2", "heal Node 2 -> Node 1"]
    assert taken(sought, "Node 1: ping()", both[1], "heal Node 1 <-> Node 2").cut == frozenset()


def test_budgets_of_any_leave_no_counter_and_narrow_to_a_group() -> None:
    sought = engine(ELECTION, Faults(crash="any", restart="2 of Server"))
    assert sought.initial_states()[0].budgets == (None, 2, 0, 0, 0, 0, 0)
    groups = PAIR + "class Client(Process): pass\nclient = Client.single()\n"
    crash = engine(groups, Faults(crash="any of Client"))
    assert [text for text in labels(crash) if text.startswith("crash")] == ["crash Client"]
    assert taken(crash, "crash Client").budgets[0] is None


def test_a_terminal_state_does_not_rely_on_faults_that_cost() -> None:
    crashing = findings(PAIR, Faults(crash="1 of nodes"))
    assert crashing.exploration.terminal > 0
    restarting = engine(PAIR, Faults(crash=1, restart=1))
    dead = taken(restarting, "crash Node 1")
    assert not restarting.successors(dead).terminal
    for_ever = engine(PAIR, Faults(crash=1, amnesia=1))
    assert for_ever.successors(taken(for_ever, "crash Node 1")).terminal


# -- properties -------------------------------------------------------------------------------------------------------


def test_step_properties_see_every_edge_with_the_old_state_behind_old() -> None:
    body = (
        PAIR
        + """
@step
def counters_grow() -> bool:
    return all(old(n).sent <= n.sent <= old(n).sent + 1 for n in nodes)
@step
def never_resets() -> bool:
    return all(len(old(n).got) <= len(n.got) for n in nodes)
@step
def everybody_stays_up() -> bool:
    return all(up(n) or not up(old(n)) for n in nodes)
"""
    )
    assert findings(body).violated == frozenset()
    assert findings(body, Faults(crash=1, amnesia=1)).violated == {"counters_grow", "never_resets", "everybody_stays_up"}


def test_what_is_reached_through_old_is_old() -> None:
    body = """
class Node(Process):
    friend: Node | None = durable(None)
    n: Annotated[int, Range(0, 1)] = durable(0)
    @action
    def meet(self) -> None:
        require(self.friend is None)
        self.friend = choose(others(self))
    @action
    def count(self) -> None:
        require(self.n == 0)
        self.n = 1
nodes = Group(Node, 2)
def friend_was_zero(node: Node) -> bool:
    before = old(node).friend
    return before is None or before.n == 0 or before == node
@step
def before_is_before() -> bool:
    return all(friend_was_zero(n) or old(n).friend.n == 1 for n in nodes)
@step
def wrong() -> bool:
    return all(friend_was_zero(n) for n in nodes)
@sometimes
def old_is_equal() -> bool:
    return any(n.friend is not None and n.friend == n.friend for n in nodes)
"""
    found = findings(body)
    assert found.violated == {"wrong"}
    assert found.found == {"old_is_equal"}
    assert not found.error


def test_final_is_judged_in_terminal_states_only() -> None:
    body = (
        PAIR
        + """
@final
def all_arrived() -> bool:
    return nodes[1].got in ([1, 2], [2, 1])
@final
def none_arrived() -> bool:
    return len(nodes[1].got) == 0
"""
    )
    found = findings(body)
    assert found.violated == {"none_arrived"}
    assert findings(body, Faults(drop=1)).violated == {"all_arrived", "none_arrived"}


def test_a_quantifier_that_never_ranged_is_not_exercised() -> None:
    body = (
        PAIR
        + """
def heard(node: Node) -> bool:
    return any(n == 3 for n in node.got)
@never
def three() -> bool:
    return any(heard(n) for n in nodes)
@always
def vacuous() -> bool:
    return all(n.sent == 7 for n in nodes if n.sent == 3)
"""
    )
    found = findings(body)
    assert found.exercised == {"three": {0, 1}, "vacuous": frozenset()}
    assert found.violated == frozenset()


def test_an_exception_in_a_property_is_an_error_of_the_model() -> None:
    body = (
        PAIR
        + """
@always
def broken() -> bool:
    return nodes[1].got[0] > 0
"""
    )
    found = findings(body)
    assert found.error
    assert found.exploration.states == 2  # the level that it is found in is finished


@pytest.mark.parametrize("change", ["nodes[0].sent = 1", "nodes[0].got.append(1)", "nodes[0].got.clear()", "require(True)"])
def test_a_property_changes_nothing(change: str) -> None:
    found = findings(f"{PAIR}@always\ndef writes() -> bool:\n    {change}\n    return True\n")
    assert found.error
    assert found.violated == frozenset()


# -- limits of the search ---------------------------------------------------------------------------------------------


def test_limits_cut_the_search_and_are_said() -> None:
    sought = engine(ELECTION)
    assert sought.explore(Limits(states=50)).exploration.cut == "states"
    shallow = engine(ELECTION).explore(Limits(depth=3)).exploration
    assert (shallow.cut, shallow.depth) == ("depth", 3)
    assert engine(ELECTION).explore(Limits(depth=10)).exploration.cut is None
    assert engine(ELECTION).explore(Limits(seconds=0.0)).exploration.cut == "time"
    assert engine(ELECTION).explore(Limits(memory=1)).exploration.cut == "memory"
    assert engine(ELECTION, Faults(crash=1, amnesia=1)).explore(Limits(first=True)).exploration.cut == "first"


def test_an_interrupt_stops_the_search_cleanly() -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    sought = engine(ELECTION, Faults(crash=1, amnesia=1), max_term=2)
    found = sought.explore(Limits(seconds=20), interrupt)
    assert found.exploration.cut == "interrupted"
    assert found.exploration.states > 1
