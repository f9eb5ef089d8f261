from __future__ import annotations

from quorate import Group, Message, Preset, Process, action, never, receive, require, send, volatile


class Hi(Message): ...


class Leader(Process):
    waiting: set[Reader] = volatile(set())
    done: bool = volatile(False)

    @action
    def collect(self) -> None:
        require(len(self.waiting) == 0 and not self.done)
        self.waiting = {r for r in readers}  # noqa: C416

    @action
    def answer(self) -> None:
        require(len(self.waiting) > 0)
        for r in self.waiting:
            send(Hi(), to=r)
        self.waiting, self.done = set(), True


class Reader(Process):
    @receive
    def on_hi(self, m: Hi) -> None: ...


leader = Leader.single()
readers = Group(Reader, 3)


@never
def answered() -> bool:
    return leader.done


presets = [Preset("default", violates=[answered])]
