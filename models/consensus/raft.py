"""Raft: a log that a majority agrees on, kept by one elected leader a term.

A server that hears nothing of a leader stands for election in a new term. It wins with the votes of a majority, and a server
votes once a term, only for one whose log is at least as up to date as its own. The leader appends entries and ships them; a
follower takes them where the entry before them matches its own, and drops what contradicts them. An entry is committed once
a majority has it, if it is of the leader's own term; everything before it is committed with it.

Source: Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), sections 5.1 to 5.4.

Abstracted: what an entry holds (an entry is the term it was made in: with one leader a term, term and place name it); timeouts
(any server may stand at any time); how many entries go together (one); where a leader believes a follower's log to end (it may
send any entry, so refusals tell it nothing); repeated requests (the network is a set: what was sent may come late, many times,
or never).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import (
    Faults,
    Group,
    Max,
    Message,
    Preset,
    Process,
    Range,
    Record,
    Shared,
    action,
    always,
    broadcast,
    durable,
    ghost,
    limit,
    param,
    receive,
    require,
    send,
    sometimes,
    volatile,
)

# -- parameters -------------------------------------------------------------------------------------------------------

SERVERS = param(3, "servers in the cluster", choices=range(1, 8))
MAX_TERM = param(2, "highest term explored", choices=range(1, 8))
MAX_LOG = param(1, "longest log explored", choices=range(1, 6))
TURNS = param(0, "servers that take turns to stand for election, one a term; 0: any may stand", choices=range(SERVERS + 1))
QUORUM = param(SERVERS // 2 + 1, "servers that elect and commit", choices=range(1, SERVERS + 1))
VOTE_DURABLE = param(True, "a server keeps its vote on disk")
COUNT_OLD_TERMS = param(False, "entries of older terms are committed by counting, too")

# -- types ------------------------------------------------------------------------------------------------------------

Term = Annotated[int, Range(0, MAX_TERM)]
Length = Annotated[int, Range(0, MAX_LOG)]
Log = Annotated[list[Term], Max(MAX_LOG)]


class Commitment(Record):
    """An entry that a leader of term `by` has committed."""

    entry: Term
    by: Term


class Role(Enum):
    FOLLOWER = auto()
    CANDIDATE = auto()
    LEADER = auto()


# -- messages ---------------------------------------------------------------------------------------------------------


class RequestVote(Message):
    term: Term
    last_term: Term
    length: Length


class Vote(Message):
    term: Term


class Append(Message):
    """The entry that follows the first `previous` ones, the last of which is of `previous_term`.

    Of those first ones, `committed` are committed: a follower learns of it with the next entry.
    """

    term: Term
    previous: Length
    previous_term: Term
    entry: Term
    committed: Length


class Appended(Message):
    """The log agrees with the leader's up to `length`."""

    term: Term
    length: Length


# -- processes --------------------------------------------------------------------------------------------------------


class Server(Process):
    term: Term = durable(0)
    voted_for: Server | None = durable(None) if VOTE_DURABLE else volatile(None)
    log: Log = durable([])
    role: Role = volatile(Role.FOLLOWER)
    votes: set[Server] = volatile(set())
    committed: Length = volatile(0)
    matched: dict[Server, Length] = volatile({})  # a leader's: how much of its log each is known to have

    # Elections (sections 5.2 and 5.4.1)

    @action
    def start_election(self) -> None:
        require(self.role is not Role.LEADER)
        limit(self.term < MAX_TERM)
        limit(TURNS == 0 or self.index == self.term % TURNS)
        self.step_down(self.term + 1)
        self.role, self.voted_for, self.votes = Role.CANDIDATE, self, {self}
        broadcast(RequestVote(term=self.term, last_term=self.last_term(), length=len(self.log)), to=servers)
        self.lead_if_elected()

    @receive
    def on_request_vote(self, m: RequestVote, sender: Server) -> None:
        if m.term > self.term:
            self.step_down(m.term)
        up_to_date = (m.last_term, m.length) >= (self.last_term(), len(self.log))
        if m.term == self.term and self.voted_for in (None, sender) and up_to_date:
            self.voted_for = sender
            send(Vote(term=self.term), to=sender)

    @receive
    def on_vote(self, m: Vote, sender: Server) -> None:
        if m.term == self.term and self.role is Role.CANDIDATE:
            self.votes.add(sender)
            self.lead_if_elected()

    def lead_if_elected(self) -> None:
        if len(self.votes) >= QUORUM:
            self.role, self.votes = Role.LEADER, set()
            self.matched = {s: 0 for s in servers if s is not self}

    # The log (section 5.3)

    @action
    def take_request(self) -> None:
        require(self.role is Role.LEADER)
        limit(len(self.log) < MAX_LOG)
        self.log.append(self.term)
        self.commit(len(self.log))

    @action
    def replicate(self, follower: Server, previous: Length) -> None:
        require(self.role is Role.LEADER and follower is not self and previous < len(self.log))
        send(
            Append(
                term=self.term,
                previous=previous,
                previous_term=self.log[previous - 1] if previous > 0 else 0,
                entry=self.log[previous],
                committed=min(self.committed, previous),
            ),
            to=follower,
        )

    @receive
    def on_append(self, m: Append, sender: Server) -> None:
        if m.term < self.term:
            return
        if m.term > self.term or self.role is Role.CANDIDATE:
            self.step_down(m.term)
        if len(self.log) < m.previous or (m.previous > 0 and self.log[m.previous - 1] != m.previous_term):
            return  # what comes before is missing, or another
        if len(self.log) == m.previous or self.log[m.previous] != m.entry:
            self.log = self.log[: m.previous]
            self.log.append(m.entry)
        self.committed = max(self.committed, m.committed)
        send(Appended(term=self.term, length=m.previous + 1), to=sender)

    # Committing (sections 5.3 and 5.4.2)

    @receive
    def on_appended(self, m: Appended, sender: Server) -> None:
        if m.term == self.term and self.role is Role.LEADER:
            self.matched[sender] = max(self.matched[sender], m.length)
            self.commit(self.matched[sender])

    def commit(self, length: int) -> None:
        "Commit up to `length` if a majority has that much, and its last entry is of this term."
        have = 1 + sum(1 for m in self.matched.values() if m >= length)
        if length > self.committed and have >= QUORUM and (COUNT_OLD_TERMS or self.log[length - 1] == self.term):
            self.committed = length
            history.committed = history.committed + [
                Commitment(entry=entry, by=self.term) for entry in self.log[len(history.committed) : length]
            ]

    def step_down(self, term: int) -> None:
        "Be a follower in this term; a term that is new has no vote yet."
        if term > self.term:
            self.term, self.voted_for = term, None
        self.role, self.votes, self.matched = Role.FOLLOWER, set(), {}

    def last_term(self) -> int:
        return self.log[-1] if self.log else 0


class History(Shared):
    committed: Annotated[list[Commitment], Max(MAX_LOG)] = ghost([])  # what leaders have committed first, by place


# -- groups -----------------------------------------------------------------------------------------------------------

servers = Group(Server, SERVERS)
history = History.single()

# -- properties (figure 3 of the paper) -------------------------------------------------------------------------------


@always
def election_safety() -> bool:
    "Two leaders never share a term."
    return all(a is b or a.term != b.term for a in servers for b in servers if a.role is b.role is Role.LEADER)


@always
def log_matching() -> bool:
    "Two logs with the same entry at some place agree on everything before it."
    return all(
        a.log[:i] == b.log[:i]
        for a in servers
        for b in servers
        for i in range(min(len(a.log), len(b.log)))
        if a.log[i] == b.log[i]
    )


@always
def leader_completeness() -> bool:
    "What was committed in a term is in the log of every leader of a later term."
    return all(
        i < len(s.log) and s.log[i] == c.entry
        for s in servers
        if s.role is Role.LEADER
        for i, c in enumerate(history.committed)
        if c.by < s.term
    )


@always
def state_machine_safety() -> bool:
    "No two servers commit different entries at the same place."
    return all(i < len(s.log) and s.log[i] == history.committed[i].entry for s in servers for i in range(s.committed))


@sometimes
def an_entry_is_committed() -> bool:
    "A majority can agree on an entry."
    return any(s.committed > 0 for s in servers)


# -- presets ----------------------------------------------------------------------------------------------------------

presets = [
    Preset(
        "default",
        network="set",
        states=20_817,
        depth=20,
        about="Two terms, one entry: every message may come late, many times, or never.",
    ),
    Preset(
        "two entries",
        network="set",
        params={"MAX_LOG": 2, "TURNS": 2},
        states=495_797,
        depth=32,
        about="Logs of two entries, so that the entry before the one sent matters; two servers take turns to stand.",
    ),
    Preset(
        "crashes",
        network="set",
        faults=Faults(crash=1, restart=1),
        states=144_909,
        depth=22,
        about="Term, vote and log are on disk, so a crash is no more than a delay: it holds as `default` does.",
    ),
    Preset(
        "vote not durable",
        network="set",
        params={"VOTE_DURABLE": False},
        faults=Faults(crash=1, restart=1),
        violates={"election_safety": 8},
        states=302_370,
        depth=30,
        about="A server votes, crashes, comes back without its vote, and votes again. `crashes` is the sibling that holds.",
    ),
    Preset(
        "small quorum",
        network="set",
        params={"QUORUM": 1},
        violates={"election_safety": 2, "leader_completeness": 4, "state_machine_safety": 5},
        states=1_235_532,
        depth=29,
        about="One vote does not meet every other: two leaders in a term, each with a log of its own. No fault is needed.",
    ),
    Preset(
        "figure 8",
        network="set",
        params={"MAX_TERM": 4, "TURNS": 2, "COUNT_OLD_TERMS": True},
        violates={"leader_completeness": 19, "state_machine_safety": 21},
        states=1_233_081,
        depth=37,
        about="An entry of an older term, committed because a majority has it, is overwritten by a leader that lacks it.",
    ),
    Preset(
        "figure 8, remedied",
        network="set",
        params={"MAX_TERM": 4, "TURNS": 2},
        states=677_352,
        depth=36,
        about="The same bounds with the paper's rule: only entries of the leader's own term are committed by counting.",
    ),
    Preset(
        "large",
        network="set",
        params={"MAX_LOG": 2},
        states=6_025_890,
        depth=32,
        about="Two terms, two entries, and any server may stand: the large one, for measuring.",
    ),
]
