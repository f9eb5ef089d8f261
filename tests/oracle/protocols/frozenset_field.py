from __future__ import annotations

from quorate import Group, Preset, Process, Record, Shared, action, always, durable


class Node(Process):
    pass


class Request(Record):
    isr: frozenset[Node]


class G(Shared):
    isr: frozenset[Node] = durable(frozenset())
    requests: set[Request] = durable(set())


nodes = Group(Node, 2)
g = G.single()


@action
def ask() -> None:
    g.requests.add(Request(isr=g.isr))


@always
def none() -> bool:
    return len(g.requests) < 1


presets = [Preset("default", violates=[none])]
