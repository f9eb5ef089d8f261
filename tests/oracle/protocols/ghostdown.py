"""What counts as writing a field of a process that is down."""

from __future__ import annotations

from quorate import Faults, Group, Preset, Process, action, durable, ghost, never, require, up


class P(Process):
    g: bool = ghost(False)
    s: set[bool] = durable({True})
    x: bool = durable(False)


@action
def a(p: P) -> None:
    p.g = not p.g


@action
def b(p: P) -> None:
    p.s.add(True)


@action
def c(p: P) -> None:
    p.x = p.x


@action
def d(p: P, q: P) -> None:
    require(q.x == p.x)
    if up(p):
        q.s = set(p.s)


ps = Group(P, 2)


@never
def n() -> bool:
    return all(p.g and not up(p) for p in ps)


presets = [Preset("crash", faults=Faults(crash=2))]
