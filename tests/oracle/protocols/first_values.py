"""First values are chosen, and chosen again after a crash; ghosts stay."""

from __future__ import annotations

from typing import Annotated

from quorate import (
    Faults,
    Group,
    Preset,
    Process,
    Range,
    Shared,
    action,
    always,
    choose,
    durable,
    ghost,
    initial,
    old,
    require,
    step,
    volatile,
)


class Log(Shared):
    seen: set[Node] = ghost(set())
    count: Annotated[int, Range(0, 3)] = durable(0)


class Node(Process):
    x: Annotated[int, Range(0, 3)] = volatile(1)
    d: Annotated[int, Range(0, 3)] = durable(1)
    g: Annotated[int, Range(0, 3)] = ghost(0)

    @initial
    def start(self) -> None:
        self.x = choose([0, 1, 2])
        self.d = self.x + choose([0, 1])
        require(self.d != 2)
        self.g = self.d

    @action
    def go(self) -> None:
        require(self.x > 0)
        self.x -= 1
        self.d = 0
        self.g = 3
        log.seen.add(self)
        log.count = min(3, log.count + 1)


nodes = Group(Node, 2)
log = Log.single()


@always
def ok() -> bool:
    return all(n.x <= n.d for n in nodes)


@step
def up_only() -> bool:
    return all(n.x <= old(n).x for n in nodes)


@step
def seen_grows() -> bool:
    return all(n in log.seen for n in old(log).seen)


presets = [
    Preset("default"),
    Preset("crash", faults=Faults(crash=1)),
    Preset("restarts", faults=Faults(crash=1, restart=1, amnesia="1 of nodes")),
]
