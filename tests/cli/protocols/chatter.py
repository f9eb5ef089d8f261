"""Two notes are one too many for the listener; what the others do has nothing to do with it."""

from __future__ import annotations

from typing import Annotated

from quorate import Group, Message, Preset, Process, Range, action, always, receive, require, send, volatile

Few = Annotated[int, Range(0, 3)]


class Note(Message):
    pass


class Talker(Process):
    told: Few = volatile(0)

    @action
    def tell(self) -> None:
        require(self.told < 3)
        self.told += 1
        send(Note(), to=listener)


class Listener(Process):
    heard: Few = volatile(0)

    @receive
    def on_note(self, m: Note) -> None:
        self.heard = min(self.heard + 1, 2)


class Bystander(Process):
    steps: Few = volatile(0)

    @action
    def walk(self) -> None:
        require(self.steps < 3)
        self.steps += 1


talker = Talker.single()
listener = Listener.single()
bystanders = Group(Bystander, 2)


@always
def the_listener_has_peace() -> bool:
    return listener.heard < 2


presets = [Preset("default", violates=[the_listener_has_peace])]
