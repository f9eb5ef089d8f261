"""Random protocols of a dozen states with properties of whole runs, and their verdicts by brute force.

The verdicts come from docs/liveness.md alone: every set of states is tried as the states of a loop. Only the edges of each
state are asked of the reference engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from random import Random
from typing import TYPE_CHECKING

from quorate.explorer.reference.present import Present

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.explorer.contract.edges import Expansion
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.loading.model import Asked
    from quorate.language.values.state import Global

MOST = 13  # states: there are 8,192 sets of them
HEAD = '''"""Generated."""
from __future__ import annotations
from typing import Annotated
from quorate import *

class Ping(Message):
    pass

class Box(Shared):
    v: Annotated[int, Range(0, 1)] = durable(0)

class Node(Process):
    at: Annotated[int, Range(0, 2)] = volatile(0)

'''
TAIL = """
box = Box.single()
nodes = Group(Node, 2)

def goal(n: Node) -> bool:
    return {goal}

@eventually
def comes(n: Node) -> bool:
    return {comes}

@always_eventually
def again(n: Node) -> bool:
    return {again}

@eventually_always
def stays() -> bool:
    return {stays}

@leads_to(goal)
def asks(n: Node) -> bool:
    return {asks}

@possible
def may(n: Node) -> bool:
    return {may}

steps_on = progress({progress})
no_deadlock = progress()

presets = [Preset("default", network="{network}", capacity=1, full="{full}", faults=Faults({faults}), fairness={fairness!r})]
"""


def protocol(seed: int) -> str:
    """Return the source of the protocol with that number."""
    random = Random(f"runs {seed}")
    sends = random.random() < 0.5
    text = HEAD
    names = ["a", "b", "c"][: random.randint(2, 3)]
    for name in names:
        text += "    @action\n" + _step(random, f"{name}(self)", sends=sends)
    if sends:
        text += "    @receive\n" + _step(random, "on_ping(self, m: Ping)", sends=False)
    if random.random() < 0.3:
        text += "@action\ndef together(p: Node) -> None:\n    require(p.at == 0 and box.v == 1)\n    box.v = 0\n"
    budgets = ["", "", "", "crash='1 of Node'", "crash='1 of Node', restart='any'", "crash='any', restart='any'"]
    faults = random.choice(["drop='any'", "drop=1", ""] if sends else budgets)
    known = [
        *(f"Node.{n}" for n in names),
        *(["Node.on_ping", "links"] if sends else []),
        *(["restart"] if "restart" in faults else []),
    ]
    if "def together" in text:
        known.append("together")
    chosen = random.sample(known, random.randint(0, len(known)))
    fairness = ", ".join(f"{random.choice(['weak', 'strong'])} {name}" for name in chosen) or random.choice(
        ["", "weak", "strong"]
    )
    of_node = (
        [f"n.at == {i}" for i in range(3)] + [f"n.at != {i}" for i in range(3)] + ["box.v == 1", "n.at == 1 and box.v == 0"]
    )
    return text + TAIL.format(
        **{name: random.choice(of_node) for name in ("goal", "comes", "again", "asks", "may")},
        stays=random.choice(["box.v == 0", "all(n.at == 0 for n in nodes)", "any(n.at == 2 for n in nodes)"]),
        progress=f"Node.{random.choice(names)}",
        network=random.choice(["unordered", "fifo"]),
        full="limit",
        faults=faults,
        fairness=fairness,
    )


def _step(random: Random, head: str, *, sends: bool) -> str:
    if head == "a(self)":  # something happens
        return f"    def {head} -> None:\n        require(self.at == 0)\n        self.at = {random.randint(1, 2)}\n\n"
    guards = [f"self.at == {random.randint(0, 2)}", f"box.v == {random.randint(0, 1)}", f"self.at != {random.randint(0, 2)}"]
    lines = [f"require({' and '.join(random.sample(guards, random.randint(1, 2)))})"]
    if random.random() < 0.2:
        lines.append(f"limit({random.choice(guards)})")
    lines += random.sample(
        [f"self.at = {random.randint(0, 2)}", f"box.v = {random.randint(0, 1)}", "pass"], random.randint(1, 2)
    )
    if sends and random.random() < 0.7:
        lines.append("send(Ping(), to=nodes[1] if self is nodes[0] else nodes[0])")
    return f"    def {head} -> None:\n" + "".join(f"        {line}\n" for line in lines) + "\n"


# -- by brute force ---------------------------------------------------------------------------------------------------


@dataclass
class Brute:
    """The whole graph of a small protocol."""

    engine: ReferenceEngine
    strengths: dict[tuple[str, int | None, int | None], str]

    def __post_init__(self) -> None:
        self.states: list[Global] = list(self.engine.initial_states())
        self.first = set(range(len(self.states)))
        self.expansions: list[Expansion] = []
        for state in self.states:
            expansion = self.engine.successors(state)
            self.expansions.append(expansion)
            self.states += {e.target: None for e in expansion.edges if e.target is not None and e.target not in self.states}
        self.number = {state: n for n, state in enumerate(self.states)}
        self.edges = [
            [(turn(e.act), self.number[e.target], e.cost, e.act.step) for e in x.edges if e.target is not None]
            for x in self.expansions
        ]

    def verdict(self, asked: Asked) -> str:
        """Return "holds", "violated" or "limited"."""
        if asked.prop.modality == "possible":
            return self.possible(asked)
        for strict in (True, False):
            if self.broken(asked, strict=strict):
                return "violated" if strict else "limited"
        return "holds"

    def able(self, n: int, *, strict: bool) -> set[tuple[str, int | None, int | None]]:
        acts = [e.act for e in self.expansions[n].edges] + (list(self.expansions[n].stopped) if strict else [])
        return {turn(a) for a in acts} & set(self.strengths)

    def true(self, asked: Asked, *, goal: bool) -> set[int]:
        prop = asked.prop.goal if goal and asked.prop.goal else asked.prop
        view = [Present(self.engine.system, s, "look") for s in self.states]
        return {n for n, present in enumerate(view) if self.engine.judge.truth(prop, present, asked.processes)}

    def broken(self, asked: Asked, *, strict: bool) -> bool:
        """Say whether some run breaks the property."""
        every, modality = set(range(len(self.states))), asked.prop.modality
        bad = every - self.true(asked, goal=True)
        owed = {
            "eventually": lambda: self.reached(self.first & bad, bad),
            "leads_to": lambda: self.reached(self.reached(self.first, every) & bad & self.true(asked, goal=False), bad),
            "eventually_always": lambda: every,
        }.get(modality, lambda: bad)()
        if any(self.ends(n, strict=strict) for n in (owed & bad)):
            return True
        banned = {"Node." + s.rpartition(".")[2] for s in asked.prop.steps}
        if modality == "progress" and not banned:
            banned = {s.name for s in self.engine.system.model.steps}
        return any(
            (modality != "eventually_always" or loop & bad)
            and self.loops(loop, banned)
            and self.fair(loop, banned, strict=strict)
            for loop in subsets(sorted(owed))
        )

    def ends(self, n: int, *, strict: bool) -> bool:
        x = self.expansions[n]
        if any(e.act.sort != "fault" for e in x.edges) or (strict and x.limited):
            return False
        return not self.able(n, strict=strict)

    def loops(self, loop: set[int], banned: set[str]) -> bool:
        """Say whether one loop goes through exactly these states."""
        if not any(t in loop and s not in banned for n in loop for _, t, _, s in self.edges[n]):
            return False
        return all(self.reached({n}, loop, banned) == loop for n in loop)

    def fair(self, loop: set[int], banned: set[str], *, strict: bool) -> bool:
        able = {n: self.able(n, strict=strict) for n in loop}
        taken = {u for n in loop for u, t, _, s in self.edges[n] if t in loop and s not in banned}
        for u, strength in self.strengths.items():
            where = [u in able[n] for n in loop]
            if u not in taken and (all(where) if strength == "weak" else any(where)):
                return False
        return True

    def reached(self, sources: set[int], within: set[int], banned: set[str] = frozenset(), *, free: bool = False) -> set[int]:  # type: ignore[assignment]
        found = set(sources)
        while True:
            more = {t for n in found for _, t, c, s in self.edges[n] if t in within and s not in banned and not (free and c)}
            if more <= found:
                return found
            found |= more

    def possible(self, asked: Asked) -> str:
        every, good = set(range(len(self.states))), self.true(asked, goal=True)
        limited = {n for n, x in enumerate(self.expansions) if x.limited}
        ways = {n: self.reached({n}, every, free=True) for n in every}
        if any(not ways[n] & (good | limited) for n in every):
            return "violated"
        return "limited" if any(not ways[n] & good for n in every) else "holds"


def turn(act: object) -> tuple[str, int | None, int | None]:
    step, parcel, process = act.step, act.parcel, act.process  # type: ignore[attr-defined]
    if step == "drop":
        return (step, None, None)
    return (step, process, parcel.source if parcel else None)


def subsets(items: list[int]) -> Iterator[set[int]]:
    return map(set, chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1)))
