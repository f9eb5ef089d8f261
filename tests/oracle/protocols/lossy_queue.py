"""Messages that are equal in one queue, lost and doubled."""

from __future__ import annotations

from typing import Annotated

from quorate import Faults, Max, Message, Preset, Process, Range, action, always, durable, receive, require, send, volatile


class Ping(Message):
    n: Annotated[int, Range(0, 1)]


class Node(Process):
    sent: Annotated[int, Range(0, 3)] = volatile(0)
    got: Annotated[int, Range(0, 3)] = durable(0)

    @action
    def ping(self, n: Annotated[int, Range(0, 1)]) -> None:
        require(self.sent < 3)
        self.sent += 1
        send(Ping(n=n), to=b)


class Other(Process):
    got: Annotated[list[Annotated[int, Range(0, 1)]], Max(3)] = durable([])

    @receive
    def on_ping(self, m: Ping) -> None:
        require(len(self.got) < 3)
        self.got.append(m.n)


a = Node.single()
b = Other.single()


@always
def ok() -> bool:
    return b.got != [1, 0, 1]


presets = [
    Preset("default", faults=Faults(drop=1), network="fifo"),
    Preset("two", faults=Faults(drop=2), network="fifo"),
    Preset("dup", faults=Faults(duplicate=1), network="fifo"),
    Preset("dup2", faults=Faults(duplicate=2, drop="any"), network="fifo"),
    Preset("undup", faults=Faults(duplicate=2, drop="any")),
    Preset("undup3", faults=Faults(duplicate=2, drop=1)),
    Preset("overcap", faults=Faults(duplicate="any"), capacity=4),
    Preset("fifocap", faults=Faults(duplicate="any"), capacity=4, network="fifo"),
]
