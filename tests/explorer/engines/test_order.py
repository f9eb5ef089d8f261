"""Order of evaluation, between processes: messages, their targets and senders; fields of processes that are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

TOP = """
Small = Annotated[int, Range(0, 7)]

class Ping(Message):
    n: Small
    m: Small = 0

class Log(Shared):
    x: Small = durable(0)
    done: bool = durable(False)

    def inc(self) -> int:
        self.x += 1
        return self.x

class Peer(Process):
    n: Small = durable(0)
    m: Small = durable(0)
    source: Small = durable(7)
    seen: Annotated[list[Small], Max(3)] = durable([0])

    @receive
    def on_ping(self, ping: Ping, sender: Peer) -> None:
        self.n, self.m = ping.n, ping.m
        self.source = sender.index

log = Log.single()
peers = Group(Peer, 3)

def next_peer() -> Peer:
    return peers[log.inc() % 3]

def guarded(n: Small) -> Small:
    require(n > 1)
    return n

@action
def act() -> None:
    require(not log.done)
    log.done = True
    {body}

def both(a: Small, b: Small) -> Small:
    return a * 2 + b

@action
def nobody() -> None:
    "Calls every function; its turn never comes."
    require(log.x > 6)
    next_peer().n = guarded(both(1, 2))
    send(Ping(log.inc()), to=peers[0], sender=peers[1])

@always
def expected() -> bool:
    return not log.done or ({claim})

@sometimes
def it_happens() -> bool:
    return log.done and ({claim})
"""
NONE_YET = "all(p.source == 7 for p in peers) or "

AS_PYTHON = {
    "a message, then its target": (
        "send(Ping(log.inc(), log.x), to=next_peer(), sender=peers[0])",
        NONE_YET + "peers[2].n == 1",
    ),
    "a target, then its sender": ("send(Ping(1), to=next_peer(), sender=next_peer())", NONE_YET + "peers[1].source == 2"),
    "a sender, then its target": ("send(Ping(1), sender=next_peer(), to=next_peer())", NONE_YET + "peers[2].source == 1"),
    "fields of a message by name": (
        "send(Ping(m=log.inc(), n=log.inc()), to=peers[0], sender=peers[1])",
        NONE_YET + "peers[0].n == 2",
    ),
    "a broadcast": (
        "broadcast(Ping(log.inc()), to={next_peer(), peers[0]}, sender=next_peer())",
        NONE_YET + "peers[2].source == 0",
    ),
    "a value, then whose field it is": ("next_peer().n = log.x", "peers[1].n == 0 and log.x == 1"),
    "whose field it is, once": ("next_peer().n += log.x", "peers[1].n == 1 and log.x == 1"),
    "whose list it is, once": ("next_peer().seen.append(log.inc())", "peers[1].seen == [0, 2]"),
    "an item of a chosen list": ("next_peer().seen[log.inc() - 3] = log.inc()", "peers[2].seen == [1] and log.x == 3"),
    "a chosen process, once": ("choose(peers).n += 1", "sum(p.n for p in peers) == 1"),
    "a tuple, then chosen fields": (
        "next_peer().n, next_peer().n = log.inc(), log.inc()",
        "peers[0].n == 1 and peers[1].n == 2 and log.x == 4",
    ),
    "a compared process": ("peers[0].n = 1 if next_peer() in {next_peer()} else 2", "peers[0].n == 2 and log.x == 2"),
    "others of a computed one": ("peers[0].n = len(others(next_peer())) + log.x", "peers[0].n == 3"),
    "a function's arguments by name": ("peers[0].n = both(b=log.inc(), a=log.inc())", "peers[0].n == 5"),
}
ENDS = {
    "a message that fails first": ("send(Ping(7 + log.inc()), to=peers[guarded(1)], sender=peers[1])", True),
    "a target that fails first": ("send(Ping(1), to=peers[1 // log.x], sender=peers[guarded(1)])", True),
    "a target that ends the step first": ("send(Ping(1), to=peers[guarded(1)], sender=peers[1 // log.x])", False),
    "a value that ends the step first": ("peers[1 // log.x].n = guarded(1)", False),
    "a value that fails first": ("peers[guarded(1)].n = 1 // log.x", True),
}


def written(folder: Path, body: str, claim: str) -> Path:
    path = folder / "model.py"
    path.write_text(HEAD + TOP.format(body=body, claim=claim), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", AS_PYTHON)
def test_operands_are_evaluated_in_the_order_of_the_source(name: str, tmp_path: Path) -> None:
    body, claim = AS_PYTHON[name]
    result = agreed(written(tmp_path, body, claim), threads=(1,))
    assert not isinstance(result, str), result
    assert [a.verdict.value for a in result.answers] == ["holds", "holds"], (result.answers, result.error)


@pytest.mark.parametrize("name", ENDS)
def test_the_first_operand_decides(name: str, tmp_path: Path) -> None:
    body, fails = ENDS[name]
    result = agreed(written(tmp_path, body, "True"), threads=(1,))
    assert not isinstance(result, str), result
    assert bool(result.error) is fails
    assert fails or result.exploration.edges == 0
