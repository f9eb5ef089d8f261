from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, always, durable, require

Term = Annotated[int, Range(0, 1)]


class Server(Process):
    votes: dict[Term, set[Server]] = durable({1: set()})
    done: bool = durable(False)

    @action
    def vote(self) -> None:
        require(not self.done)
        self.done = True
        voters = self.votes.get(1, set())
        voters.add(self)


server = Server.single()


@always
def no_vote_is_counted() -> bool:
    return server not in server.votes[1]


presets = [Preset("default")]
