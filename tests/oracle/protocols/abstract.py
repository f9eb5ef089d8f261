"""Steps at module level beside processes that are down, and a shared object."""

from __future__ import annotations

from typing import Annotated

from quorate import (
    Faults,
    Group,
    Message,
    Preset,
    Process,
    Range,
    Shared,
    action,
    always,
    choose,
    durable,
    final,
    ghost,
    initial,
    receive,
    require,
    send,
    up,
    volatile,
)


class M(Message): ...


class Node(Process):
    x: Annotated[int, Range(0, 1)] = volatile(0)
    s: set[Node] = durable(set())
    g: bool = ghost(False)

    @receive
    def on_m(self, m: M, sender: Node) -> None:
        self.s.add(self)


class H(Shared):
    n: Annotated[int, Range(0, 1)] = durable(0)

    @initial
    def begin(self) -> None:
        self.n = choose([0, 1])


nodes = Group(Node, 2)
h = H.single()


@action
def a1(p: Node, q: Node) -> None:
    require(p is not q and p.x < 1)
    p.x += 1
    h.n = min(h.n + 1, 1)


@action
def a2(p: Node, q: Node) -> None:
    require(p.x == 1 and len(p.s) == 0)
    send(M(), to=q, sender=p)
    h.n = 0


@action
def a3(p: Node) -> None:
    p.s.add(p)


@action
def a4(p: Node) -> None:
    require(p.x == 1 and h.n == 1)
    p.g = True


@action
def a5(p: Node) -> None:
    require(p.x == 1)
    h.n = 1 - h.n


@always
def ok() -> bool:
    return not all(up(n) and n.x == 1 for n in nodes)


@final
def fin() -> bool:
    return h.n == 0


presets = [
    Preset("default", capacity=2, network="set"),
    Preset("crash", faults=Faults(crash=1), network="set"),
]
