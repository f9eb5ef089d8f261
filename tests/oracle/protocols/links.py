"""A kind that sends nothing has links all the same, to who does not ask who sends."""

from quorate import Faults, Message, Preset, Process, action, always, receive, require, send, volatile


class M(Message): ...


class A(Process):
    x: bool = volatile(False)

    @action
    def go(self) -> None:
        require(not self.x)
        self.x = True
        send(M(), to=b)


class B(Process):
    y: bool = volatile(False)

    @receive
    def on_m(self, m: M) -> None:
        self.y = True


class C(Process):
    z: bool = volatile(False)

    @action
    def go(self) -> None:
        self.z = True


a, b, c = A.single(), B.single(), C.single()


@always
def ok() -> bool:
    return True


presets = [Preset("default", faults=Faults(cut="any", heal="any"))]
