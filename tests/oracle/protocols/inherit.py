"""A class below another overrides one step and takes another away."""

from __future__ import annotations

from typing import Annotated

from quorate import Faults, Message, Preset, Process, Range, action, durable, never, receive, require, send, volatile


class M(Message): ...


class Base(Process):
    x: Annotated[int, Range(0, 2)] = volatile(0)
    peer: Base | None = volatile(None)

    @action
    def go(self) -> None:
        require(self.x < 2)
        self.x += 1

    @action
    def meet(self, other: Base) -> None:
        require(self.peer is None)
        self.peer = other
        send(M(), to=other)

    @receive
    def on_m(self, m: M, sender: Base) -> None:
        self.x = 0


class Left(Base):
    y: bool = durable(False)

    @action
    def go(self) -> None:
        require(self.x < 1)
        self.x += 1
        self.y = True


class Right(Base):
    @action
    def go(self) -> None:
        require(False)


left, right = Left.single(), Right.single()


@never
def g() -> bool:
    return left.x == 2 or right.x == 2


presets = [Preset("default"), Preset("crash", faults=Faults(crash="1 of Base", restart="1 of Left"))]
