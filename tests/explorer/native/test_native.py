"""The native engine on a model: names, guides, walks and samples, held against the reference engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Configuration, Request, check, configure
from quorate.explorer.contract.engine import ERROR, NO_LIMITS, Limits
from quorate.explorer.native.native import NativeEngine, NativeGuide, NoCompiler
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.language.values.state import Global

TOKENS = '''
"""Two workers pass a token; one may crash with it."""
from __future__ import annotations

from typing import Annotated

from quorate import Faults, Group, Message, Preset, Process, Range
from quorate import action, always, durable, limit, receive, require, send, sometimes, volatile


class Token(Message):
    round: Annotated[int, Range(0, 3)]


class Worker(Process):
    has: bool = volatile(False)
    seen: Annotated[int, Range(0, {bound})] = durable(0)

    @action
    def make(self) -> None:
        require(self.seen == 0)
        self.has = True
        self.seen = 1

    @action
    def pass_on(self) -> None:
        require(self.has)
        limit(self.seen < 3)
        self.has = False
        for w in workers:
            if w is not self:
                send(Token(round=self.seen), to=w)

    @receive
    def on_token(self, m: Token) -> None:
        self.has = True
        self.seen = m.round + 1


workers = Group(Worker, 2)


@always
def one_token() -> bool:
    return not all(w.has for w in workers)


@sometimes
def well_travelled() -> bool:
    return any(w.seen == 3 for w in workers)


presets = [Preset("default", faults=Faults(crash=1))]
'''


def configuration(folder: Path, bound: int = 3) -> Configuration:
    path = folder / "tokens.py"
    path.write_text(TOKENS.format(bound=bound), encoding="utf-8")
    return configure(Request(model=str(path)))


def engines(at: Configuration) -> tuple[NativeEngine, ReferenceEngine]:
    assert at.program is not None
    return NativeEngine(at.model, at.program, at.setting), ReferenceEngine(at.model, at.setting, at.program)


def reachable(reference: ReferenceEngine) -> dict[Global, int]:
    depths = dict.fromkeys(reference.initial_states(), 0)
    waiting = list(depths)
    for state in waiting:
        for edge in reference.successors(state).edges:
            if edge.target is not None and edge.target not in depths:
                depths[edge.target] = depths[state] + 1
                waiting.append(edge.target)
    return depths


def test_findings_have_the_names_of_the_model(tmp_path: Path) -> None:
    native, reference = engines(configuration(tmp_path))
    found, truth = native.explore(), reference.explore(NO_LIMITS)
    assert found.exploration.fired == truth.exploration.fired
    assert found.exploration.limits == truth.exploration.limits
    assert found.violated == truth.violated == {"one_token"}
    assert found.found == truth.found == {"well_travelled"}
    assert found.exercised == truth.exercised
    assert found.evaluated == truth.evaluated
    assert found.exploration.states == len(reachable(reference))


def test_a_guide_admits_just_the_states_of_cheapest_ways(tmp_path: Path) -> None:
    native, reference = engines(configuration(tmp_path))
    targets = ["one_token", "well_travelled"]
    guides, ways = native.shortest(targets), reference.shortest(targets, NO_LIMITS)
    for target in targets:
        guide, way = guides[target], ways[target]
        assert isinstance(guide, NativeGuide)
        assert (guide.faults, guide.steps, guide.edge) == (way.faults, way.steps, way.edge)
        admitted = [[e.admits(s, f, n) for s in reachable(reference) for f in (0, 1) for n in range(9)] for e in (guide, way)]
        assert admitted[0] == admitted[1]
        assert any(admitted[0])


def test_an_error_of_the_model_has_a_guide(tmp_path: Path) -> None:
    native, reference = engines(configuration(tmp_path, bound=2))
    assert native.explore().error
    guide, way = native.shortest([ERROR])[ERROR], reference.shortest([ERROR], NO_LIMITS)[ERROR]
    assert (guide.faults, guide.steps, guide.edge) == (way.faults, way.steps, way.edge)
    assert guide.edge


def test_a_search_that_is_cut_guides_to_nothing_it_is_not_sure_of(tmp_path: Path) -> None:
    native, _ = engines(configuration(tmp_path))
    assert native.shortest(["one_token"], Limits(states=2)) == {}


def test_a_walk_follows_the_edges_of_the_reference_engine(tmp_path: Path) -> None:
    native, reference = engines(configuration(tmp_path))
    walk = native.walk(seed=3, depth=30, walks=100)
    assert walk.target == "one_token"
    assert walk.states[0] in reference.initial_states()
    for before, after in zip(walk.states, walk.states[1:], strict=False):
        assert after in [edge.target for edge in reference.successors(before).edges]
    assert reference.judge.on_state(walk.states[-1])[0] & {"one_token"}
    assert native.walk(seed=3, depth=30, walks=100).states == walk.states


def test_a_walk_ends_in_what_was_asked_for(tmp_path: Path) -> None:
    native, reference = engines(configuration(tmp_path))
    walk = native.walk(seed=1, depth=30, walks=1000, targets=["well_travelled"])
    assert walk.target == "well_travelled"
    assert "well_travelled" in reference.judge.on_state(walk.states[-1])[0]
    assert native.walk(seed=1, depth=30, walks=10, targets=[]).target is None


def test_a_sample_is_of_its_level(tmp_path: Path) -> None:
    native, reference = engines(configuration(tmp_path))
    level = {state for state, depth in reachable(reference).items() if depth == 3}
    assert set(native.sample(depth=3, most=1000)) == level
    assert len(native.sample(depth=3, most=2)) == 2


def test_the_compact_store_tells_its_odds(tmp_path: Path) -> None:
    at = configuration(tmp_path)
    assert at.program is not None
    compact = NativeEngine(at.model, at.program, at.setting, store="compact").explore().exploration
    assert (compact.store, compact.states) == ("compact", len(reachable(engines(at)[1])))
    assert compact.odds == pytest.approx(compact.states * (compact.states - 1) / 2**65)


def test_without_a_compiler_the_reference_engine_runs_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = configuration(tmp_path)
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(NoCompiler):
        engines(at)
    request = Request(model=str(tmp_path / "tokens.py"))
    result = check(request)
    assert result.exploration.engine == "reference"
    assert any("no-such-compiler" in note for note in result.notes)
    with pytest.raises(UsageError, match="no-such-compiler"):
        check(Request(model=request.model, engine="native"))
