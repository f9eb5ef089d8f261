"""The emitted C steps as the reference engine does, edge by edge: networks, faults, choices, limits, kinds, errors."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.setting import setting_of
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.language.c.to_c import emit
from quorate.language.declare import FAULTS, Faults, Order
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower
from quorate.language.packed.layout import Layout
from tests.language.c import two_phase_commit
from tests.language.c.emitted import Emitted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from quorate.language.values.state import Global

HEAD = """\
from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import (
    Group, Max, Message, Process, Range, Record, Shared, action, always, broadcast, choose, durable, final, ghost, initial,
    limit, never, old, others, receive, require, send, sometimes, step, up, volatile,
)

Small = Annotated[int, Range(0, 3)]

"""

# Messages of no, one and two words, to all, to one, to oneself; a choice, a limit, a postponed message, an error of the model.
CHATTER = """
class Entry(Record):
    term: Small
    name: Small

class Ask(Message):
    number: Small
    log: Annotated[list[Entry], Max(3)]
    marks: set[Annotated[int, Range(0, 70)]]

class Tell(Message):
    pass

class Node(Process):
    count: Small = durable(0)
    log: Annotated[list[Entry], Max(3)] = durable([])
    heard: set[Node] = volatile(set())
    friend: Node | None = volatile(None)

    @action
    def ask(self, number: Small) -> None:
        limit(number < 2)
        require(self.count < 3)
        self.log.append(Entry(term=number, name=self.count))
        broadcast(Ask(number=number, log=self.log, marks={number, 70 - self.count}), to=nodes)

    @action
    def befriend(self) -> None:
        self.friend = choose(others(self))
        require(self.friend not in self.heard)
        if choose([True, False]):
            send(Tell(), to=self.friend)
        else:
            send(Tell(), to=self)

    @receive
    def on_ask(self, m: Ask, sender: Node) -> None:
        require(self.count >= m.number)
        é, è = self.count, 1
        self.count = é + è
        if 70 in m.marks or len(m.marks) == 1:
            self.heard.add(sender)
        self.log = m.log[1:]
        if m.log:
            send(Tell(), to=sender)

    @receive
    def on_tell(self, m: Tell) -> None:
        self.count = max(self.count - 1, 0)
        assert self.friend is None or self.friend not in self.heard

nodes = Group(Node, 3)

@always
def quiet() -> bool:
    return all(len(n.heard) < 2 or n.count > 0 for n in nodes if n.friend is None)

@sometimes
def talked() -> bool:
    return any(n.log[0].term == 1 for n in nodes if n.log)

@step
def steady() -> bool:
    return all(n.count <= old(n).count + 1 for n in nodes)

@final
def done() -> bool:
    return all(n.count == 0 for n in nodes)
"""

# Two kinds below one, shared state, first values that are chosen, ghosts, and steps of no process.
FAMILY = """
class Color(Enum):
    RED = auto()
    GREEN = auto()

class Ping(Message):
    color: Color
    friend: Animal | None

class Animal(Process):
    age: Small = durable(1)
    mood: Color = volatile(Color.RED)
    seen: Small = ghost(0)

    @initial
    def start(self) -> None:
        self.mood = choose(list(Color))
        self.age = choose([0, 1])

    @receive
    def on_ping(self, m: Ping, sender: Animal) -> None:
        self.seen = min(self.seen + 1, 3)
        self.mood = m.color

class Cat(Animal):
    lives: dict[Color, Small] = volatile({})

    @action
    def purr(self) -> None:
        self.lives[self.mood] = self.age
        broadcast(Ping(color=self.mood, friend=self), to=cats)

class Dog(Animal):
    @action
    def bark(self, at: Animal) -> None:
        require(at is not self)
        send(Ping(color=Color.GREEN, friend=None if at is cats[0] else at), to=at)

class World(Shared):
    day: Small = durable(0)
    log: set[Animal] = durable(set())

cats = Group(Cat, 2)
dog = Dog.single()
beast = Animal.single()
world = World.single()

@action
def night(who: Animal, color: Color) -> None:
    require(world.day < 3)
    world.day += 1
    world.log.add(who)
    who.mood = color
    if world.day == 2:
        send(Ping(color=color, friend=who), to=dog, sender=who)

@always
def alive() -> bool:
    return world.day < 3 or any(up(c) for c in cats) or dog.seen == 3
"""

SOURCES = {"chatter": CHATTER, "family": FAMILY}
SETTINGS: dict[str, tuple[Order, int, Faults]] = {
    "plain": ("unordered", 5, Faults()),
    "queues": ("fifo", 2, Faults(drop=2, duplicate="any")),
    "kept": ("set", 6, Faults(crash=1, cut=1, heal=1)),
    "faults": ("unordered", 4, Faults(crash=2, restart=1, amnesia="any", drop=1, duplicate=1, cut=2, heal="any")),
    "queues and faults": ("fifo", 3, Faults(crash="any", restart="any", amnesia=1, cut="any", heal=1)),
}


@pytest.mark.parametrize("how", SETTINGS)
@pytest.mark.parametrize("source", SOURCES)
def test_edges_are_those_of_the_reference(source: str, how: str, tmp_path: Path) -> None:
    model = load(HEAD + SOURCES[source])
    program = lower(model)
    network, capacity, faults = SETTINGS[how]
    setting = setting_of(model, faults, network, capacity)
    reference = ReferenceEngine(model, setting, program)
    emitted = Emitted(program, setting, tmp_path, "-O0", "-fsanitize=undefined", "-fno-sanitize-recover=undefined")
    names = [s.name for s in program.steps] + list(FAULTS)
    rng = random.Random(f"{source} {how}")
    for state in walked(reference, rng, 150):
        assert emitted.layout.unpack(emitted.layout.pack(state)) == state
        truth, told = reference.successors(state), emitted.expand(state)
        wanted = Counter((e.act.step, e.target) for e in truth.edges if e.target is not None)
        assert Counter((names[step], after) for step, after in told.edges) == wanted
        assert told.errors == sum(e.target is None for e in truth.edges)
        assert told.deliverable == reference.stuck(state)
        assert told.limited == bool(truth.limited)
        assert told.stopped == len(truth.limited)


def walked(reference: ReferenceEngine, rng: random.Random, steps: int) -> list[Global]:
    """Return states of random walks from random first states."""
    states: list[Global] = []
    state = rng.choice(reference.initial_states())
    for _ in range(steps):
        states.append(state)
        targets = [e.target for e in reference.successors(state).edges if e.target is not None]
        state = rng.choice(targets) if targets and rng.random() < 0.93 else rng.choice(reference.initial_states())
    return list(dict.fromkeys(states))


@pytest.mark.parametrize(("managers", "states", "edges"), [(3, 288, 1145), (4, 1568, 8257)])
def test_two_phase_commit_by_plain_breadth_first_search(managers: int, states: int, edges: int, tmp_path: Path) -> None:
    emitted = Emitted(two_phase_commit.program(managers), two_phase_commit.setting(managers), tmp_path)
    seen: set[Global] = {two_phase_commit.first_state(managers)}
    frontier = seen
    taken = 0
    while frontier:
        found: set[Global] = set()
        for state in frontier:
            told = emitted.expand(state)
            assert (told.errors, told.shown, told.exercised) == (0, 0, 1)
            taken += len(told.edges)
            found |= {after for _, after in told.edges}
        frontier = found - seen
        seen = seen | frontier
    assert (len(seen), taken) == (states, edges)


def test_a_violated_property_is_shown(tmp_path: Path) -> None:
    emitted = Emitted(two_phase_commit.program(3), two_phase_commit.setting(3), tmp_path)
    split = replace(two_phase_commit.first_state(3), fields=((2,), (3,), (0,), (0, frozenset())))
    assert emitted.expand(split).shown == 1


def test_emitted_text(golden: Callable[[str, str], None]) -> None:
    """The whole C of the smallest protocol, so that a change of it is seen and read."""
    golden("two_phase_commit.c", emit(two_phase_commit.program(2), two_phase_commit.setting(2)))


def test_a_small_protocol_stays_small() -> None:
    """The text of the emitted code does not grow with the number of processes: loops, not copies."""
    few, many = (len(emit(two_phase_commit.program(n), two_phase_commit.setting(n))) for n in (3, 9))
    assert many < few * 1.05
    assert Layout.of(two_phase_commit.program(9), two_phase_commit.setting(9)).max_words == 1
