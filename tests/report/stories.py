"""Hand-made traces and results, so that reports are tested without a search."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.exploration import Exploration, Stopped
from quorate.explorer.contract.setup import Setup
from quorate.explorer.contract.trace import Cause, Envelope, Json, Label, Lane, Moment, Origin, Snapshot, Trace
from quorate.explorer.contract.verdict import Answer, Result, Verdict
from quorate.report.scene.changes import show

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Sort

ORIGIN = Origin("raft", "models/consensus/raft.py", "0" * 64, {"SERVERS": 3, "MAX_TERM": 2}, "unordered", 64, {"amnesia": "1"})


def message(name: str, **fields: Json) -> Json:
    return {"record": name, "fields": fields}


def servers(count: int) -> tuple[Lane, ...]:
    return tuple(Lane(f"Server {n}", "Server", "servers", n - 1) for n in range(1, count + 1))


def fresh() -> dict[str, Json]:
    return {"term": 0, "voted_for": None, "role": "FOLLOWER", "votes": {"set": []}}


@dataclass
class Story:
    """Writes a trace step by step: each step says what changes and which messages move."""

    lanes: tuple[Lane, ...]
    state: Snapshot
    moments: list[Moment] = field(default_factory=list)
    messages: dict[int, Envelope] = field(default_factory=dict)

    def put(self, identity: int, content: Json, source: str, target: str) -> Envelope:
        self.messages[identity] = Envelope(identity, content, source, target)
        return self.messages[identity]

    def step(
        self,
        name: str,
        process: str | None,
        sort: Sort = "action",
        *,
        set_: dict[str, dict[str, Json]] | None = None,
        received: int | None = None,
        sent: tuple[Envelope, ...] = (),
        lost: tuple[int, ...] = (),
        copies: tuple[Envelope, ...] = (),
        down: tuple[str, ...] | None = None,
        cut: tuple[tuple[str, str], ...] | None = None,
        failed: bool = False,
        **arguments: Json,
    ) -> None:
        before = self.state
        gone = {received, *lost}
        flight = tuple(e for e in (*before.flight, *sent, *copies) if e.id not in gone)
        fields = {label: {**values, **(set_ or {}).get(label, {})} for label, values in before.fields.items()}
        self.state = Snapshot(
            fields, before.down if down is None else down, before.cut if cut is None else cut, flight, before.budgets
        )
        handled = self.messages[received] if received is not None else None
        label = Label(
            name,
            sort,
            process,
            arguments,
            message=handled.message if handled else None,
            sender=handled.source if handled else None,
        )
        moved = (*copies, *(self.messages[i] for i in lost if sort == "fault"))
        text = f"{process}: {name.rpartition('.')[2]}" if process else " ".join([name, *(show(e.message) for e in moved)])
        self.moments.append(
            Moment(
                label,
                text,
                "" if sort == "fault" else "models/consensus/raft.py:40",
                received,
                tuple(e.id for e in sent),
                lost,
                tuple(e.id for e in copies),
                (*sent, *copies),
                None if failed else self.state,
            )
        )


def forgotten_vote(count: int = 3) -> Trace:
    """Two leaders of one term, because a server forgot its vote."""
    lanes = servers(count)
    initial = Snapshot({lane.label: fresh() for lane in lanes}, (), (), (), {"crash": 1, "amnesia": 1})
    story = Story(lanes, initial)
    request, vote = message("RequestVote", term=1), message("Vote", term=1)
    one, two, three = "Server 1", "Server 2", "Server 3"
    candidate: dict[str, Json] = {"term": 1, "role": "CANDIDATE"}
    asked = (story.put(1, request, one, two), story.put(2, request, one, three))
    story.step("Server.start_election", one, set_={one: {**candidate, "voted_for": one, "votes": {"set": [one]}}}, sent=asked)
    asked = (story.put(3, request, two, one), story.put(4, request, two, three))
    story.step("Server.start_election", two, set_={two: {**candidate, "voted_for": two, "votes": {"set": [two]}}}, sent=asked)
    granted = (story.put(5, vote, three, one),)
    story.step(
        "Server.on_request_vote", three, "receive", set_={three: {"term": 1, "voted_for": one}}, received=2, sent=granted
    )
    story.step("Server.on_vote", one, "receive", set_={one: {"votes": {"set": [one, three]}, "role": "LEADER"}}, received=5)
    story.step("crash", three, "fault", down=(three,))
    story.step("amnesia", three, "fault", set_={three: {"term": 0, "voted_for": None}}, down=())
    granted = (story.put(6, vote, three, two),)
    story.step(
        "Server.on_request_vote", three, "receive", set_={three: {"term": 1, "voted_for": two}}, received=4, sent=granted
    )
    story.step("Server.on_vote", two, "receive", set_={two: {"votes": {"set": [two, three]}, "role": "LEADER"}}, received=6)
    causes = (
        Cause(
            "a is b or a.term != b.term",
            {"a": one, "b": two, "a.term": 1, "b.term": 1},
            66,
        ),
    )
    return Trace(
        ORIGIN,
        "one_leader_per_term",
        "always",
        "Two leaders never share a term.",
        "violated",
        lanes,
        initial,
        tuple(story.moments),
        causes,
    )


def bad_network() -> Trace:
    """Every fault of the network, a step of the module, and a terminal state with a message in flight."""
    lanes = (*servers(2), Lane("Client", "Client", None, 0), Lane("History", "History", None, 0, shared=True))
    one, two, client = "Server 1", "Server 2", "Client"
    fields: dict[str, dict[str, Json]] = {
        one: {"log": [], "seen": {"dict": []}},
        two: {"log": [], "seen": {"dict": []}},
        client: {"waits": False},
        "History": {"acknowledged": []},
    }
    initial = Snapshot(fields, (), (), (), {"drop": 1})
    story = Story(lanes, initial)
    write = message("Write", key="x", value=1)
    story.step("Client.write", client, set_={client: {"waits": True}}, sent=(story.put(1, write, client, one),), value=1)
    copy = message("Replicate", entry=message("Entry", key="x", value=1), index=0)
    story.step(
        "Server.on_write",
        one,
        "receive",
        set_={
            one: {"log": [message("Entry", key="x", value=1)], "seen": {"dict": [[client, 1]]}},
            "History": {"acknowledged": [1]},
        },
        received=1,
        sent=(story.put(2, copy, one, two),),
    )
    story.step("duplicate", None, "fault", copies=(story.put(3, copy, one, two),))
    story.step("drop", None, "fault", lost=(2,))
    story.step("cut", None, "fault", lost=(3,), cut=((one, two), (two, one)))
    done = message("Done", value=1)
    story.step("acknowledge", None, sent=(story.put(4, done, one, client), story.put(5, done, one, two)), lost=(5,))
    story.step("heal", None, "fault", cut=((two, one),))
    return Trace(ORIGIN, "(stuck)", "", "", "stuck", lanes, initial, tuple(story.moments))


def error() -> Trace:
    """An error of the model in its first step."""
    lanes = servers(2)
    story = Story(lanes, Snapshot({lane.label: fresh() for lane in lanes}, (), (), (), {}))
    initial = story.state
    story.step("Server.start_election", "Server 2", failed=True)
    text = "models/consensus/raft.py:44:9: `term` would be 3, and its range is 0 to 2"
    return Trace(ORIGIN, "(error)", "", "", "error", lanes, initial, tuple(story.moments), error=text)


EXPLORATION = Exploration(
    states=203,
    edges=611,
    depth=9,
    terminal=4,
    stuck=0,
    fired={"Server.start_election": 120, "Server.on_vote": 90, "Server.on_request_vote": 401},
    limits=(Stopped("MAX_TERM = 2", 812),),
    cut=None,
    seconds=0.25,
    peak_bytes=12_000_000,
    engine="native",
)

HOLDS = Result(
    setup=Setup("raft", "default", {"SERVERS": 3, "MAX_TERM": 2}, {}, "unordered", 64),
    exploration=EXPLORATION,
    answers=(
        Answer("one_leader_per_term", "always", "Two leaders never share a term.", Verdict.HOLDS),
        Answer("a_leader_is_elected", "sometimes", "a leader is elected", Verdict.HOLDS),
    ),
)


def violated() -> Result:
    """The forgotten vote, not expected."""
    broken = replace(HOLDS.answers[0], verdict=Verdict.VIOLATED, trace=forgotten_vote())
    setup = replace(HOLDS.setup, preset="forgotten vote", faults={"crash": "1", "amnesia": "1"})
    return replace(HOLDS, setup=setup, answers=(broken, HOLDS.answers[1]))


def undecided() -> Result:
    """A search that ran out of states, with a vacuous property, notes and stuck states."""
    answers = (
        replace(HOLDS.answers[0], verdict=Verdict.CUT, because="the search was stopped (states)"),
        replace(HOLDS.answers[1], verdict=Verdict.VACUOUS, because="its quantifiers never had anything to range over"),
    )
    exploration = replace(EXPLORATION, cut="states", stuck=2)
    notes = ("the reference engine ran, which is slower: no C compiler was found", "never fired: Server.on_vote")
    return replace(
        HOLDS, answers=answers, exploration=exploration, notes=notes, surprises=("203 states, and the preset pins 204",)
    )
