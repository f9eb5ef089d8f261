"""Requests and replies over links between kinds; one kind has no link."""

from __future__ import annotations

from quorate import Faults, Group, Message, Preset, Process, action, durable, final, receive, require, send, volatile


class Ping(Message): ...


class Pong(Message): ...


class Client(Process):
    sent: bool = volatile(False)
    got: bool = durable(False)

    @action
    def ping(self) -> None:
        require(not self.sent)
        self.sent = True
        send(Ping(), to=server)

    @receive
    def on_pong(self, m: Pong) -> None:
        self.got = True


class Server(Process):
    @receive
    def on_ping(self, m: Ping, sender: Client) -> None:
        send(Pong(), to=sender)


class Idle(Process):
    x: bool = volatile(False)

    @action
    def flip(self) -> None:
        self.x = not self.x


clients = Group(Client, 2)
server = Server.single()
idle = Idle.single()


@final
def ok() -> bool:
    return all(n.got for n in clients)


presets = [
    Preset("default", faults=Faults(cut=1)),
    Preset("heal", faults=Faults(cut=1, heal=1)),
    Preset("narrowed", faults=Faults(cut="2 of clients")),
]
