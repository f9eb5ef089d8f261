"""A lock server and its clients.

Just large enough that every part of a report has something to say.
"""

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
    durable,
    limit,
    param,
    receive,
    require,
    send,
    sometimes,
    volatile,
)

CLIENTS = param(2, "clients that want the lock", choices=(1, 2, 3))
ROUNDS = param(1, "how often a client asks")


class Ask(Message):
    pass


class Grant(Message):
    pass


class Server(Process):
    holder: Client | None = volatile(None)

    @receive
    def on_ask(self, m: Ask, sender: Client) -> None:
        require(self.holder is None)
        self.holder = sender
        send(Grant(), to=sender)


class Client(Process):
    asked: Annotated[int, Range(0, ROUNDS)] = durable(0)
    holds: bool = durable(False)

    @action
    def ask(self) -> None:
        limit(self.asked < ROUNDS)
        self.asked += 1
        send(Ask(), to=server)

    @receive
    def on_grant(self, m: Grant) -> None:
        self.holds = True


server = Server.single()
clients = Group(Client, CLIENTS)


@always
def mutual_exclusion() -> bool:
    """No two clients hold the lock."""
    return all(a is b or not (a.holds and b.holds) for a in clients for b in clients)


@sometimes
def the_lock_is_taken() -> bool:
    """Some client gets the lock."""
    return any(c.holds for c in clients)


presets = [
    Preset("default", holds=[mutual_exclusion], states=12),
    Preset("server restarts", faults=Faults(crash="1 of Server", restart=1), violates={mutual_exclusion: 8}),
    Preset("wrong numbers", states=13),
]
