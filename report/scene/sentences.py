"""The steps of a scene as sentences: who did what, what it changed, what became of each message.

Read next: `explanation.py`, which makes the whole story of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.report.scene.changes import show
from quorate.report.scene.scene import alike, people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quorate.explorer.contract.trace import Envelope, Label, Trace
    from quorate.report.scene.changes import Change
    from quorate.report.scene.scene import Row, Scene, Sending


@dataclass(frozen=True, slots=True)
class Journey:
    """What became of one message: the steps that sent it and received or lost it; both None while it is on its way.

    `why` says how it was lost: `dropped`, or that its link was cut, with the step of the cut.
    """

    envelope: Envelope
    sent: int
    received: int | None
    lost: int | None
    why: str

    def arrived_before(self, number: int) -> bool:
        return self.received is not None and self.received < number


def journeys(trace: Trace) -> tuple[Journey, ...]:
    """Return the way of each message of a trace, in the order of their numbers."""
    known: dict[int, tuple[Envelope, int]] = {e.id: (e, 0) for e in trace.initial.flight}
    received: dict[int, int] = {}
    lost: dict[int, tuple[int, str]] = {}
    cut: dict[tuple[str, str], int] = {}
    before = set(trace.initial.cut)
    for number, moment in enumerate(trace.moments, 1):
        links = set(moment.state.cut) if moment.state else before
        cut |= dict.fromkeys(links - before, number)
        before = links
        known |= {e.id: (e, number) for e in moment.envelopes}
        if moment.received is not None:
            received.setdefault(moment.received, number)
        for identity in moment.lost:
            lost[identity] = number, _loss(moment.label, known[identity][0], cut, number)
    return tuple(Journey(e, sent, received.get(i), *lost.get(i, (None, ""))) for i, (e, sent) in sorted(known.items()))


def _loss(label: Label, envelope: Envelope, cut: Mapping[tuple[str, str], int], number: int) -> str:
    since = cut.get((envelope.source, envelope.target))
    if label.step == "crash":
        return f"{label.process} crashed at step {number}"
    if label.step == "drop":
        return "the network dropped it"
    return f"{envelope.target} was down" if since is None else f"the link was cut at step {since}"


# -- one step ---------------------------------------------------------------------------------------------------------


def sentence(row: Row, ways: Mapping[int, Journey]) -> str:
    """Return one step as a sentence, or two."""
    parts = [*_changed(row), *_sent(row, ways), *_swallowed(row)]
    text = _deed(row)
    if parts:
        text += ": " + "; ".join(parts)
    return text + (". This step ends in an error of the model." if row.failed else ".")


def _deed(row: Row) -> str:
    """Return what happened, without its effects."""
    arrow = row.arrows[0] if row.arrows else None
    who = row.owner or people(row.actors)
    name = row.title.partition("(")[0].partition(" ")[0]
    if arrow is not None and arrow.envelope is not None:
        what = f"{show(arrow.envelope.message)} from {arrow.source}"
        since = f", sent at step {arrow.sent}" if arrow.sent else ", in flight from the start"
        if arrow.way == "delivered":
            chosen = row.title.partition(" choosing ")[2]
            return f"{arrow.target} receives {what}{since}{f', and chooses {chosen}' if chosen else ''}"
        lost = arrow.way == "dropped"
        return f"the network {'loses' if lost else 'makes a second copy of'} {what} to {arrow.target}{since if lost else ''}"
    if arrow is not None:
        ends = f"between {arrow.source} and {arrow.target}" if arrow.way.endswith("both") else _oneway(row)
        return f"the link {ends} {'is cut' if arrow.way.startswith('cut') else 'works again'}"
    if row.fault:
        return f"{who} {_FAULTS.get(name, name)}"
    step, _, chosen = row.title.partition(" choosing ")
    choice = f", choosing {chosen}" if chosen else ""
    return f"{who} takes the step `{step}`{choice}" if row.owner else f"the step `{step}` happens{choice}"


_FAULTS = {
    "crash": "crashes",
    "restart": "restarts, with what it had kept",
    "amnesia": "comes back, having forgotten everything",
}


def _oneway(row: Row) -> str:
    return " and ".join(f"from {a.source} to {a.target}" for a in row.arrows if a.envelope is None)


def _changed(row: Row) -> Iterable[str]:
    for label, changes in row.changes.items():
        whose = "its" if label == row.owner else f"{label}'s"
        yield f"{whose} " + ", ".join(_change(change) for change in changes)


def _change(change: Change) -> str:
    if change.sort == "gained":
        return f"`{change.path}` gains {change.after}"
    if change.sort == "lost":
        return f"`{change.path}` loses {change.before}"
    return f"`{change.path}` becomes {change.after}" + (f" (it was {change.before})" if change.before else "")


def _sent(row: Row, ways: Mapping[int, Journey]) -> Iterable[str]:
    for sending in row.sendings:
        reached = [t for t in sending.targets if t not in sending.lost]
        whose = "it sends" if sending.source == row.owner else f"{sending.source} sends"
        what = show(sending.message)
        if reached:
            never = "" if sending.matters else _never(sending, row.number, ways)
            yield f"{whose} {what} to {people(reached)}{never}"
        yield from (f"{whose} {what} to {people(targets)} in vain: {why}" for targets, why in sending.vain)


def _never(sending: Sending, number: int, ways: Mapping[int, Journey]) -> str:
    """Say what became of messages that nobody received."""
    own = [w for w in ways.values() if w.sent == number and w.envelope.message == sending.message]
    causes = dict.fromkeys(w.why for w in own if w.why and w.envelope.target not in sending.lost)
    return f" (lost: {', '.join(causes)})" if causes else " (still on its way at the end)"


def _swallowed(row: Row) -> Iterable[str]:
    for group in alike(row.swallowed):
        how = "was on it, and is lost" if row.arrows else "is lost with it"
        yield f"{show(group[0].message)} from {group[0].source} to {people(e.target for e in group)} {how}"


# -- who did not know what --------------------------------------------------------------------------------------------


def misses(ways: Sequence[Journey], last: Mapping[str, int]) -> list[str]:
    """Return what each process had not heard when it took its last step: messages lost, or still on their way.

    `last` gives the number of that step; a message sent later is none that it could have heard.
    """
    found: list[str] = []
    for label, number in last.items():
        missing = [w for w in ways if w.envelope.target == label and w.sent < number and not w.arrived_before(number + 1)]
        for group in _grouped(missing):
            what = "; ".join(dict.fromkeys(_missing(w, number) for w in group))
            found.append(f"At step {number}, {label} had not heard of step {group[0].sent}: {what}.")
    return found


def _grouped(ways: Sequence[Journey]) -> list[list[Journey]]:
    groups: dict[int, list[Journey]] = {}
    for way in ways:
        if way.sent:
            groups.setdefault(way.sent, []).append(way)
    return list(groups.values())


def _missing(way: Journey, number: int) -> str:
    what = f"{show(way.envelope.message)} from {way.envelope.source}"
    if way.lost is not None and way.lost <= number:
        return f"{what} was lost, because {way.why}"
    return f"{what} was still on its way"


def defiances(scene: Scene, ways: Sequence[Journey], told: frozenset[int]) -> list[str]:
    """Return where a process told somebody something although another had not got what it sent before.

    Only steps of `told` count, and only messages that somebody received.
    """
    found: list[str] = []
    for row in scene.rows:
        heard = [w for w in ways if w.sent == row.number and w.received is not None and w.envelope.source == row.owner]
        if row.number not in told or not heard:
            continue
        names = {name_of(w.envelope) for w in heard}
        before = [w for w in ways if w.envelope.source == row.owner and 0 < w.sent <= row.number and w.received is None]
        for what, group in _by_content([w for w in before if name_of(w.envelope) not in names]):
            why = f"was lost, because {group[0].why}" if group[0].why else "never arrived in this trace"
            targets = people(w.envelope.target for w in group)
            sent = show(heard[0].envelope.message)
            found.append(
                f"{row.owner} sent {sent} to {people(w.envelope.target for w in heard)} at step {row.number}, "
                f"although its {what} to {targets} (step {group[0].sent}) {why}."
            )
    return found


def name_of(envelope: Envelope) -> str:
    """Return the name of a message's class."""
    return show(envelope.message).partition("(")[0]


def _by_content(ways: Iterable[Journey]) -> list[tuple[str, list[Journey]]]:
    groups: dict[tuple[str, int, str], list[Journey]] = {}
    for way in ways:
        groups.setdefault((show(way.envelope.message), way.sent, way.why), []).append(way)
    return [(what, group) for (what, _, _), group in groups.items()]
