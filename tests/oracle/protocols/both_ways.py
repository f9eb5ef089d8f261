"""Two nodes that tell each other once; links are cut and healed."""

from __future__ import annotations

from typing import Annotated

from quorate import (
    Faults,
    Group,
    Message,
    Preset,
    Process,
    Range,
    action,
    always,
    broadcast,
    durable,
    receive,
    require,
    volatile,
)


class Ping(Message):
    n: Annotated[int, Range(0, 1)]


class Node(Process):
    sent: bool = volatile(False)
    got: Annotated[int, Range(0, 2)] = durable(0)

    @action
    def ping(self) -> None:
        require(not self.sent)
        self.sent = True
        broadcast(Ping(n=0), to=nodes)

    @receive
    def on_ping(self, m: Ping) -> None:
        self.got = min(2, self.got + 1)


nodes = Group(Node, 2)


@always
def ok() -> bool:
    return all(n.got < 2 for n in nodes)


presets = [
    Preset("default", faults=Faults(cut=1)),
    Preset("two", faults=Faults(cut=2)),
    Preset("heal", faults=Faults(cut=2, heal=1)),
    Preset("any", faults=Faults(cut="any", heal="any")),
    Preset("anyfifo", faults=Faults(cut="any", heal="any"), network="fifo"),
    Preset("anyset", faults=Faults(cut="any", heal="any"), network="set"),
    Preset("narrow", faults=Faults(cut="1 of nodes", heal="1 of nodes")),
    Preset("narrow2", faults=Faults(cut="1 of Node", crash="2 of Node", amnesia="any of Node")),
]
