"""`quorate quorum check --run`: the story it tells, what it adds to the document, and what it refuses to run."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

import pytest

from quorate.cli import main
from quorate.cli.quorum import run as module
from quorate.explorer.check import Request, check
from quorate.explorer.contract.engine import Limits
from quorate.explorer.contract.verdict import Verdict
from quorate.language.errors import Defect
from quorate.properties.quorum.clusters.cluster import from_counts
from quorate.properties.quorum.theorems.assessment import assess
from tests.cli.test_check import valid

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.engine import Observer
    from quorate.explorer.contract.verdict import Result

Run = tuple[int, str, str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    def call(*arguments: str) -> Run:
        with pytest.raises(SystemExit) as stopped:
            main(["quorum", "check", *arguments])
        out, err = capsys.readouterr()
        return int(cast("int", stopped.value.code) or 0), out, err

    return call


STORIES = {
    "run_split": ["-n", "3", "-w", "1", "-r", "1"],
    "run_sloppy": ["-n", "3", "-w", "2", "-r", "2", "--hints", "1", "--goal", "overlap"],
}


@pytest.mark.parametrize("name", list(STORIES))
def test_a_split_is_told_step_by_step(name: str, run: Callable[..., Run], golden: Callable[[str, str], None]) -> None:
    without = run(*STORIES[name])
    code, out, err = run(*STORIES[name], "--run")
    assert (code, err) == (without[0], "") == (1, "")
    assert out.startswith(without[1].rstrip("\n"))
    story = out[out.index("no_stale_read is violated") :]
    golden(f"{name}.txt", re.sub(r"\(line \d+\)", "(line ...)", story))


def test_where_there_is_no_split_the_search_says_so_with_its_limits(run: Callable[..., Run]) -> None:
    code, out, err = run("-n", "3", "-w", "2", "-r", "2", "--run")
    assert (code, err) == (0, "")
    assert "quorate check quorum_register --set n=3 --set w=2 --set r=2\n" in out
    assert "2,671 states" in out
    assert "within WRITES = 1 (stopped 1,077 steps)" in out
    assert "the search agrees with the arithmetic: within these limits no read misses" in out


def test_writes_that_miss_each_other_are_not_said_to_be_run(run: Callable[..., Run]) -> None:
    code, out, _ = run("-n", "2", "-w", "1", "-r", "2", "--run")
    assert code == 1
    assert "writes that miss each other are not part of the run" in out
    assert "not part of the run" not in run("-n", "2", "-w", "1", "-r", "2", "--run", "--goal", "overlap")[1]


def test_the_document_holds_the_result_and_its_trace(run: Callable[..., Run]) -> None:
    code, out, _ = run("-n", "3", "-w", "1", "-r", "1", "--run", "--json")
    document = json.loads(out)
    assert (code, document["exit_code"], document["not_run"]) == (1, 1, None)
    assert valid(document["run"])
    stale = document["run"]["properties"][0]
    assert (stale["name"], stale["verdict"], document["run"]["states"]) == ("no_stale_read", "violated", 3_733)
    assert len(stale["trace"]["moments"]) == 6
    assert "run" not in json.loads(run("-n", "3", "--json")[1])


REFUSED = {
    "--votes a=2,b=1": "all alike",
    "--zones east=3": "all alike",
    "--reads a*b": "all alike",
    "-n 4 --byzantine 1": "do not lie",
    "-n 3 --witnesses 1": "all hold data",
    "-n 3 --goal writes": "one client of the model writes",
    "-n 6": "up to 5 replicas",
    "-n 5 -w 5 -r 5 --hints 2": "up to 6 nodes",
}


@pytest.mark.parametrize("options", list(REFUSED))
def test_what_the_model_cannot_run_is_said(options: str, run: Callable[..., Run]) -> None:
    code, out, err = run(*options.split(), "--run")
    assert (code, err) == (run(*options.split())[0], "")
    document = json.loads(run(*options.split(), "--run", "--json")[1])
    assert document["run"] is None
    assert REFUSED[options] in document["not_run"]
    assert f"not shown as a run: {document['not_run']}" in " ".join(out.split())


def test_more_hints_than_nodes_are_refused(run: Callable[..., Run]) -> None:
    code, _, err = run("-n", "1", "--hints", "9", "--run")
    assert code == 2
    assert "9 answers are hints, and there are 1 nodes" in " ".join(err.split())
    assert run("-n", "1", "--hints", "1", "--run")[0] == 1


def stopped_early(request: Request, observer: Observer | None = None) -> Result:
    return check(
        Request(model=request.model, parameters=request.parameters, properties=request.properties, limits=Limits(states=9))
    )


def test_a_search_that_decided_nothing_never_exits_with_zero(monkeypatch: pytest.MonkeyPatch, run: Callable[..., Run]) -> None:
    monkeypatch.setattr(module, "search", stopped_early)
    code, out, _ = run("-n", "3", "--run")
    assert code == 3
    assert "cut       no_stale_read" in out
    assert "agrees" not in out


def test_a_disagreement_is_an_error_of_the_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(Request(model="quorum_register", parameters={"n": 2, "w": 1, "r": 1}, engine="reference"))
    assert result.answers[0].verdict is Verdict.VIOLATED

    def of_another(request: Request, observer: Observer | None = None) -> Result:
        return result

    monkeypatch.setattr(module, "search", of_another)
    with pytest.raises(Defect, match="one is wrong"):
        module.run(assess(from_counts(2, 2, 2)))


def test_the_help_keeps_its_examples_apart(run: Callable[..., Run]) -> None:
    assert "\n  quorate quorum check -n 3 -w 1 -r 1 --run\n" in run("--help")[1]
