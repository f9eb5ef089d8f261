"""A register on N replicas, read and written by clients in quorums: what the benchmarks ask guarantees of."""

from __future__ import annotations

from typing import Annotated

from quorate import (
    Group,
    History,
    Message,
    Preset,
    Process,
    Range,
    Register,
    action,
    broadcast,
    durable,
    limit,
    param,
    receive,
    require,
    send,
)

N = param(2, "replicas")
W = param(2, "replicas that a write waits for")
R = param(1, "replicas that a read waits for")
CLIENTS = param(2, "clients")
OPS = param(2, "operations of each client")

Version = Annotated[int, Range(0, 2)]

register = Register(Version, initial=0)
history = History(register)


class Store(Message):
    version: Version
    op: Annotated[int, Range(0, OPS)]


class Stored(Message):
    op: Annotated[int, Range(0, OPS)]


class Query(Message):
    op: Annotated[int, Range(0, OPS)]


class Found(Message):
    version: Version
    op: Annotated[int, Range(0, OPS)]


class Replica(Process):
    version: Version = durable(0)

    @receive
    def on_store(self, m: Store, sender: Client) -> None:
        self.version = max(self.version, m.version)
        send(Stored(op=m.op), to=sender)

    @receive
    def on_query(self, m: Query, sender: Client) -> None:
        send(Found(version=self.version, op=m.op), to=sender)


class Client(Process):
    busy: bool = durable(False)
    done: Annotated[int, Range(0, OPS)] = durable(0)
    stored: Annotated[int, Range(0, W)] = durable(0)
    found: Annotated[int, Range(0, R)] = durable(0)
    newest: Version = durable(0)

    @action
    def write(self, version: Version) -> None:
        require(not self.busy and version > 0)
        limit(self.done < OPS)
        self.busy, self.stored = True, 0
        history.begin(self, register.write(version))
        broadcast(Store(version, self.done), to=replicas)

    @receive
    def on_stored(self, m: Stored) -> None:
        if m.op != self.done or not self.busy:
            return
        self.stored = min(self.stored + 1, W)
        if self.stored == W and self.busy:
            self.busy = False
            self.stored = 0
            self.done += 1
            history.end(self)

    @action
    def read(self) -> None:
        require(not self.busy)
        limit(self.done < OPS)
        self.busy, self.found, self.newest = True, 0, 0
        history.begin(self, register.read())
        broadcast(Query(self.done), to=replicas)

    @receive
    def on_found(self, m: Found) -> None:
        if m.op != self.done or not self.busy:
            return
        self.found = min(self.found + 1, R)
        self.newest = max(self.newest, m.version)
        if self.found == R and self.busy:
            self.busy = False
            self.found = 0
            self.done += 1
            history.end(self, self.newest)


replicas = Group(Replica, N)
clients = Group(Client, CLIENTS)


presets = [Preset("default")]
