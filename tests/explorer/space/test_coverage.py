"""What a search ran: exact counts on a small model, and the same from both engines."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.engine import Limits
from tests.cli.running import CHATTER, LOCK

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.check import EngineName
    from quorate.explorer.contract.coverage import Coverage

NEEDS_COMPILER = pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler here")

ODD = '''
from __future__ import annotations
from typing import Annotated
from quorate import Faults, Group, Message, Preset, Process, Range, action, always, choose, durable, ghost, limit
from quorate import receive, require, send, skip, some, volatile

Small = Annotated[int, Range(0, 2)]

class Ping(Message):
    n: Small

class Pong(Message):
    pass

class Node(Process):
    n: Small = durable(0)
    peer: Node | None = volatile(None)
    told: bool = ghost(False)

    @action
    def grow(self) -> None:
        """Docstrings are no statements."""
        require(self.n < 2)
        require(True)
        limit(self.n < 1)
        self.n = raised(self.n)
        if self.n > 1:
            self.n = 0
        for other in nodes:
            if other == self: continue
            send(Ping(n=self.n), to=other)
        self.told = True

    @action
    def meet(self) -> None:
        self.peer = choose(nodes - {self})
        if self.n == 0:
            pass
        elif self.n == 1:
            require(self.peer is not None)
        else:
            skip()

    @receive
    def on_ping(self, m: Ping) -> None:
        p = some(self.peer)
        require(p is not self)
        for i in range(m.n - 1):
            self.n = 0
        if m.n == 0: return
        self.n = m.n

    @receive
    def on_pong(self, m: Pong) -> None:
        self.n = 0

def raised(n: int) -> Small:
    if n < 2:
        return n + 1
    return n

nodes = Group(Node, 2)

@always
def small() -> bool:
    return all(n.n < 2 for n in nodes)

presets = [Preset("default", faults=Faults(crash=1, restart=1))]
'''


def of(model: str, engine: EngineName = "reference", preset: str | None = None, depth: int | None = None) -> Coverage:
    found = check(Request(model=model, preset=preset, engine=engine, coverage=True, limits=Limits(depth=depth))).coverage
    assert found is not None
    return found


@pytest.fixture
def odd(tmp_path: Path) -> str:
    file = tmp_path / "odd.py"
    file.write_text(ODD, encoding="utf-8")
    return str(file)


def text_at(line: int) -> str:
    return ODD.splitlines()[line - 1].strip()


def test_what_never_ran_is_named(odd: str) -> None:
    found = of(odd)
    assert [text_at(s.first) for s in found.unreached] == [
        "self.n = 0",
        "skip()",
        "self.n = 0",
        "if m.n == 0: return",
        "self.n = 0",
        "return n",
    ]
    assert found.silent == ("Node.on_pong",)
    assert found.unreceived == ("Pong",)


def test_conditions_that_went_one_way_only_are_named(odd: str) -> None:
    assert {(c.sort, c.text, c.outcome) for c in of(odd).one_sided} == {
        ("require", "require(self.n < 2)", "always"),
        ("require", "require(True)", "always"),
        ("if", "self.n > 1", "never"),
        ("if", "self.n == 1", "always"),
        ("require", "require(self.peer is not None)", "always"),
        ("require", "require(p is not self)", "always"),
        ("for", "range(m.n - 1)", "never"),
        ("if", "m.n == 0", "never"),
        ("if", "n < 2", "always"),
    }


def test_counts_are_exact() -> None:
    """Every state tries each step of each process that is up: so often is its first guard asked."""
    result = check(Request(model=CHATTER, engine="reference", coverage=True))
    assert result.coverage is not None
    guards = {c.function: c for c in result.coverage.conditions}
    fired, states = result.exploration.fired, result.exploration.states
    assert (guards["tell"].asked, guards["tell"].yes) == (states, fired["Talker.tell"])
    assert (guards["walk"].asked, guards["walk"].yes) == (2 * states, fired["Bystander.walk"])
    times = {s.function: s.times for s in result.coverage.statements}
    assert times["on_note"] == fired["Listener.on_note"]


def test_a_marked_model_means_the_same(odd: str) -> None:
    """States, edges, limits, verdicts and traces: all but the time and the memory it took."""
    for model in (odd, LOCK, CHATTER):
        plain, marked = (check(Request(model=model, engine="reference", coverage=c)) for c in (False, True))
        assert plain.coverage is None
        assert [a.verdict for a in plain.answers] == [a.verdict for a in marked.answers]
        assert [a.trace for a in plain.answers] == [a.trace for a in marked.answers]
        for count in ("states", "edges", "depth", "terminal", "stuck", "fired", "limits"):
            assert getattr(plain.exploration, count) == getattr(marked.exploration, count)


def test_a_search_that_was_stopped_says_so(odd: str) -> None:
    assert of(odd, depth=1).cut == "depth"
    assert of(odd).cut is None


@NEEDS_COMPILER
def test_both_engines_count_the_same(odd: str) -> None:
    assert of(odd, "native") == of(odd)


@NEEDS_COMPILER
@pytest.mark.parametrize(
    ("model", "preset", "depth"),
    [("two_phase_commit", "lost decision", 99), ("quorum_register", "write one, read two", 7), ("failover", "asynchronous", 5)],
)
def test_both_engines_count_the_same_on_the_models(model: str, preset: str, depth: int) -> None:
    native, reference = (of(model, engine, preset, depth=depth) for engine in ("native", "reference"))
    assert native == reference
    assert any(s.times for s in native.statements)


@NEEDS_COMPILER
def test_without_coverage_the_emitted_code_counts_nothing() -> None:
    from quorate.explorer.check import configure
    from quorate.language.c.to_c import emit

    plain, marked = (configure(Request(model=LOCK, coverage=c)) for c in (False, True))
    assert plain.program is not None
    assert marked.program is not None
    assert emit(plain.program, plain.setting).count("limited[") == len(plain.program.limits)
    assert emit(marked.program, marked.setting).count("limited[") > len(marked.program.limits)
