"""What properties see of what is in flight: the same in both engines, whatever the network; and nothing else may ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.language.errors import ModelError
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

SERVERS = """
class Note(Message):
    term: Annotated[int, Range(0, 2)]
    seen: set[Server]

class Ping(Message):
    pass

class Unsent(Message):
    pass

class Server(Process):
    term: Annotated[int, Range(0, 2)] = durable(0)
    @action
    def begin(self) -> None:
        require(self.term < 2)
        self.term += 1
        broadcast(Note(self.term, {self}), to=servers)
        send(Ping(), to=client)
    @receive
    def on_note(self, m: Note, sender: Server) -> None:
        self.term = max(self.term, m.term)
    @receive
    def on_unsent(self, m: Unsent) -> None:
        pass

class Client(Process):
    @receive
    def on_ping(self, m: Ping) -> None:
        pass

servers = Group(Server, 2)
client = Client.single()

def terms_in_flight() -> int:
    total = 0
    for m, _, _ in in_flight(Note):
        total += m.term
    return total

@always
def nothing_from_the_future() -> bool:
    return all(m.term <= s.term and s in m.seen and r is not s and r.term >= 0 for m, s, r in in_flight(Note))

@never
def a_second_term() -> bool:
    return any(m.term == 2 for m, _, _ in in_flight(Note))

@sometimes
def two_terms_at_once() -> bool:
    return {m.term for m, _, _ in in_flight(Note)} == {1, 2}

@sometimes
def two_for_one() -> bool:
    return any(sum(1 for _, _, other in in_flight(Note) if other is r) == 2 for _, _, r in in_flight(Note))

@always
def only_what_is_sent() -> bool:
    return len(in_flight(Unsent)) == 0 and all(r is client and s in servers for _, s, r in in_flight(Ping))

@step
def one_more_at_most() -> bool:
    return len(in_flight(Ping)) <= 4

@final
def nothing_is_left() -> bool:
    return len(in_flight(Note)) + terms_in_flight() == 0

presets = [Preset("default", %s)]
"""


def searched(folder: Path, source: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    return result


@pytest.mark.parametrize("faults", ["", ", faults=Faults(crash=1)"])
@pytest.mark.parametrize("network", ["unordered", "fifo", "set"])
def test_both_engines_see_the_same(tmp_path: Path, network: str, faults: str) -> None:
    result = searched(tmp_path, SERVERS % f'network="{network}"{faults}')
    verdicts = {a.name: a.verdict.value for a in result.answers}
    ended = {"unordered": "holds", "fifo": "holds", "set": "vacuous"}[network] if not faults else verdicts["nothing_is_left"]
    assert verdicts == {
        "nothing_from_the_future": "holds",
        "a_second_term": "violated",
        "two_terms_at_once": "holds",
        "two_for_one": "holds",
        "only_what_is_sent": "holds",
        "one_more_at_most": "holds",
        "nothing_is_left": ended,
    }


def test_wide_messages_and_bitmaps(tmp_path: Path) -> None:
    wide = SERVERS.replace("    seen: set[Server]\n", "    seen: set[Server]\n    log: Annotated[list[Term], Max(40)]\n")
    wide = wide.replace("{self})", "{self}, [self.term] * 40)").replace(
        "s in m.seen", "s in m.seen and sum(m.log) == 40 * m.term"
    )
    result = searched(tmp_path, "Term = Annotated[int, Range(0, 2)]\n" + wide % 'network="set"')
    assert next(a for a in result.answers if a.name == "nothing_from_the_future").verdict.value == "holds"


def test_a_quantifier_over_nothing_is_vacuous(tmp_path: Path) -> None:
    empty = SERVERS % "" + "\n@always\ndef never_sent() -> bool:\n    return all(r.term > 2 for _, _, r in in_flight(Unsent))\n"
    assert next(a for a in searched(tmp_path, empty).answers if a.name == "never_sent").verdict.value == "vacuous"


@pytest.mark.parametrize(
    ("was", "instead", "says"),
    [
        ("        require(self.term < 2)", "        require(len(in_flight(Note)) < 2)", "`in_flight` is for properties"),
        ("in_flight(Unsent)", "in_flight(Client)", "`in_flight` takes a class of messages that somebody receives"),
        ("in_flight(Unsent)", "in_flight()", "`in_flight` takes a class of messages that somebody receives"),
        ("len(in_flight(Ping)) <= 4", "bool(in_flight(Ping))", "walked at once, or counted"),
        ("len(in_flight(Ping)) <= 4", "in_flight(Ping) == in_flight(Ping)", "walked at once, or counted"),
        ("total += m.term", "total = m.term", "order"),
        ("len(in_flight(Ping)) <= 4", "[r for _, _, r in in_flight(Ping)] == []", "order"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, was: str, instead: str, says: str) -> None:
    path = tmp_path / "model.py"
    assert was in SERVERS
    path.write_text(HEAD + (SERVERS % "").replace(was, instead), encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        check(Request(model=str(path)))
    assert says in str(refused.value)
