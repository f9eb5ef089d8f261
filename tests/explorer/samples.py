"""Small protocols that the tests of the reference engine search, and one function to search them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.explorer.engine import NO_LIMITS
from quorate.explorer.reference import ReferenceEngine
from quorate.explorer.setting import setting_of
from quorate.language.declare import Faults
from quorate.language.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.engine import Findings
    from quorate.language.declare import Order

HEAD = """from __future__ import annotations
from enum import Enum
from typing import Annotated
from quorate import *
"""

ELECTION = """
SERVERS = param(3, "servers in the cluster")
MAX_TERM = param(1, "highest term explored")

Term = Annotated[int, Range(0, MAX_TERM)]

class Role(Enum):
    FOLLOWER = 0
    CANDIDATE = 1
    LEADER = 2

class RequestVote(Message):
    term: Term

class Vote(Message):
    term: Term

class Server(Process):
    term: Term = durable(0)
    voted_for: Server | None = durable(None)
    role: Role = volatile(Role.FOLLOWER)
    votes: set[Server] = volatile(set())

    @action
    def start_election(self) -> None:
        require(self.role is not Role.LEADER)
        limit(self.term < MAX_TERM)
        self.term += 1
        self.role, self.voted_for, self.votes = Role.CANDIDATE, self, {self}
        broadcast(RequestVote(term=self.term), to=servers)

    @receive
    def on_request_vote(self, m: RequestVote, sender: Server) -> None:
        if m.term > self.term:
            self.term, self.role, self.voted_for = m.term, Role.FOLLOWER, None
        if m.term == self.term and self.voted_for in (None, sender):
            self.voted_for = sender
            send(Vote(term=self.term), to=sender)

    @receive
    def on_vote(self, m: Vote, sender: Server) -> None:
        if m.term == self.term and self.role is Role.CANDIDATE:
            self.votes.add(sender)
            if 2 * len(self.votes) > len(servers):
                self.role = Role.LEADER

servers = Group(Server, SERVERS)

@always
def one_leader_per_term() -> bool:
    "Two leaders never share a term."
    return all(a is b or a.term != b.term for a in servers for b in servers if a.role is b.role is Role.LEADER)

@sometimes
def a_leader_is_elected() -> bool:
    return any(s.role is Role.LEADER for s in servers)
"""


def engine(
    body: str | Path,
    faults: Faults | None = None,
    network: Order = "unordered",
    capacity: int | None = None,
    **parameters: object,
) -> ReferenceEngine:
    """Return an engine on a protocol: its text after the usual imports, or a file."""
    model = load(HEAD + body if isinstance(body, str) else body, **parameters)
    return ReferenceEngine(model, setting_of(model, faults or Faults(), network, capacity))


def findings(
    body: str | Path,
    faults: Faults | None = None,
    network: Order = "unordered",
    capacity: int | None = None,
    **parameters: object,
) -> Findings:
    """Search a protocol to the end."""
    return engine(body, faults, network, capacity, **parameters).explore(NO_LIMITS)


def labels(sought: ReferenceEngine, state: object | None = None) -> list[str]:
    """Return the labels of a state's edges, of the first state where none is given, as people read them."""
    from quorate.explorer.story import Narrator
    from quorate.language.state import Global

    at = state if isinstance(state, Global) else sought.initial_states()[0]
    return [Narrator(sought.system).text(edge) for edge in sought.successors(at).edges]
