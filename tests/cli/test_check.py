from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.cli.running import LOCK

if TYPE_CHECKING:
    from tests.cli.running import Runner

DOCS = Path(__file__).parents[2] / "docs"


def valid(document: object) -> bool:
    """Say whether a document fits docs/result.schema.json; traces in it fit docs/trace.schema.json."""
    names = ("result.schema.json", "trace.schema.json")
    schemas = {name: json.loads((DOCS / name).read_text(encoding="utf-8")) for name in names}
    registry: Registry[Any] = Registry().with_resources((n, Resource.from_contents(s)) for n, s in schemas.items())
    validator = Draft202012Validator(schemas[names[0]], registry=registry)
    assert [e.message for e in validator.iter_errors(cast("Any", document))] == []
    return True


def test_what_holds(quorate: Runner) -> None:
    ran = quorate.check()
    assert ran.code == 0
    assert ran.err == ""
    assert "holds     mutual_exclusion" in ran.out
    assert "12 states, 16 edges, depth 4" in ran.out
    assert "within ROUNDS = 1 (stopped 16 steps)" in ran.out
    last = 'quorate: lock preset="default" verdict=expected exit=0 states=12 edges=16 depth=4'
    assert ran.out.splitlines()[-1] == last


def test_an_expected_violation_tells_its_story(quorate: Runner) -> None:
    ran = quorate.check("--preset", "server restarts")
    assert ran.code == 0
    assert "as the preset expects" in ran.out
    assert "mutual_exclusion is violated, after 8 steps, 1 fault" in ran.out


def test_an_unexpected_violation_is_exit_code_1(quorate: Runner) -> None:
    ran = quorate.check("--faults", "crash=1 of Server,restart=1")
    assert ran.code == 1
    assert "changed from preset `default`: what it expects and pins does not apply" in ran.out
    assert "mutual_exclusion is violated, after 8 steps, 1 fault" in ran.out


def test_a_model_without_properties_claims_nothing(quorate: Runner, tmp_path: Path) -> None:
    model = tmp_path / "silent.py"
    model.write_text(
        "from quorate import Process, action, require, volatile\n"
        "class Node(Process):\n"
        "    on: bool = volatile(False)\n"
        "    @action\n"
        "    def turn(self) -> None:\n"
        "        self.on = not self.on\n"
        "node = Node.single()\n",
        encoding="utf-8",
    )
    ran = quorate.check(model=str(model))
    assert ran.code == 3
    assert "no property is declared: nothing is claimed" in ran.out
    assert "verdict=undecided exit=3 states=2" in ran.out


def test_what_a_preset_pins_is_compared(quorate: Runner) -> None:
    ran = quorate.check("--preset", "wrong numbers")
    assert ran.code == 1
    assert "12 states, and the preset pins 13" in ran.out


def test_all_presets_end_with_a_table_and_the_worst_exit_code(quorate: Runner) -> None:
    ran = quorate.check("--preset", "all")
    assert ran.code == 1
    assert "is violated, after" not in ran.out  # only what is not expected has its story told
    rows = [row.split() for row in ran.out.splitlines() if "as expected" in row or "pins 13" in row]
    assert [row[-1] for row in rows[-3:]] == ["expected", "expected", "13"]
    assert [row for row in ran.out.splitlines() if row.startswith("quorate: ")][-1].startswith(
        'quorate: lock preset="wrong numbers" verdict=unexpected exit=1'
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--max-states", "5"), "the limit on states was reached"),
        (("--max-depth", "2"), "the limit on depth was reached"),
        (("--time", "0s"), "the time was up"),
        (("--memory", "1k"), "the memory was used up"),
    ],
)
def test_what_is_cut_claims_nothing(quorate: Runner, options: tuple[str, ...], said: str) -> None:
    ran = quorate.check(*options)
    assert ran.code == 3
    assert said in ran.out
    assert "cut       mutual_exclusion" in ran.out


def test_an_error_of_the_model_has_its_trace_and_exit_code_2(quorate: Runner, tmp_path: Path) -> None:
    model = tmp_path / "lock.py"
    model.write_text(Path(LOCK).read_text(encoding="utf-8").replace("limit(self.asked < ROUNDS)", "pass"), encoding="utf-8")
    ran = quorate.check(model=str(model))
    assert ran.code == 2
    assert "an error of the model, after 2 steps" in ran.out
    assert "lock.py:" in ran.out
    assert "cut       mutual_exclusion" in ran.out
    assert "verdict=error exit=2" in ran.out.splitlines()[-1]
    assert valid(json.loads(quorate.check("--json", model=str(model)).out))


def test_only_the_properties_asked_for_are_answered(quorate: Runner) -> None:
    ran = quorate.check("--property", "the_lock_is_taken", "--witnesses")
    assert ran.code == 0
    assert "mutual_exclusion" not in ran.out
    assert "the_lock_is_taken is witnessed, after 3 steps" in ran.out


def test_json_has_stdout_for_itself(quorate: Runner) -> None:
    ran = quorate.check("--preset", "server restarts", "--json")
    document = json.loads(ran.out)
    assert valid(document)
    assert (document["states"], document["edges"], document["depth"], document["exit_code"]) == (52, 88, 8, 0)
    assert [(p["name"], p["verdict"]) for p in document["properties"]] == [
        ("mutual_exclusion", "violated"),
        ("the_lock_is_taken", "holds"),
    ]
    assert len(document["properties"][0]["trace"]["moments"]) == 8
    assert "mutual_exclusion is violated" in ran.err


def test_json_of_all_presets(quorate: Runner) -> None:
    ran = quorate.check("--preset", "all", "--json", "--quiet")
    document = json.loads(ran.out)
    assert valid(document)
    assert document["exit_code"] == 1
    assert [(r["preset"], r["exit_code"]) for r in document["results"]] == [
        ("default", 0),
        ("server restarts", 0),
        ("wrong numbers", 1),
    ]


def test_other_formats_have_stdout_for_themselves(quorate: Runner) -> None:
    mermaid = quorate.check("--preset", "server restarts", "--format", "mermaid")
    assert mermaid.out.startswith("sequenceDiagram\n")
    assert "P1->>P3: Grant()" in mermaid.out
    itf = quorate.check("--preset", "server restarts", "--format", "itf")
    assert len(json.loads(itf.out)["states"]) == 9
    none = quorate.check("--format", "itf")
    assert none.out == ""
    assert "there is no trace to show" in none.err


@pytest.mark.parametrize(
    ("shape", "start"),
    [
        ("plantuml", "@startuml"),
        ("svg", "<svg"),
        ("tikz", "% \\usepackage{tikz}"),
        ("shiviz", 'Client_1 {"Client_1": 1}'),
        ("json", '{\n  "version": 1'),
    ],
)
def test_every_other_format_is_printed_alone(quorate: Runner, shape: str, start: str) -> None:
    ran = quorate.check("--preset", "server restarts", "--format", shape, "--quiet")
    assert ran.code == 0
    assert ran.out.startswith(start)
    assert "verdict=expected" in ran.err
    assert "verdict=expected" not in ran.out


def test_pages_for_a_browser(quorate: Runner, tmp_path: Path) -> None:
    file, page = str(tmp_path / "t.json"), tmp_path / "t.html"
    drawn = quorate.check("--preset", "server restarts", "--save", file, "--html", str(page))
    assert f"is drawn in {page}" in drawn.err
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    both = quorate("trace", file, "--html", str(page), "--compare", file)
    assert both.code == 0
    assert page.read_text(encoding="utf-8").count('"name": "mutual_exclusion"') == 2
    alone = quorate("trace", file, "--compare", file)
    assert alone.code == 2
    assert "give `--html FILE` as well" in alone.err


def test_a_saved_trace_is_run_again(quorate: Runner, tmp_path: Path) -> None:
    file = str(tmp_path / "t.json")
    saved = quorate.check("--preset", "server restarts", "--save", file)
    assert f"`quorate trace {file}` shows it" in saved.err
    shown = quorate("trace", file)
    assert shown.code == 0
    assert f"{file} was run again" in shown.err
    story = shown.out.strip()
    assert story in saved.out
    bare = quorate("trace", file, "--no-replay")
    assert "is shown as it stands" in bare.err
    assert bare.out == shown.out


def test_a_trace_of_a_changed_model_is_refused(quorate: Runner, tmp_path: Path) -> None:
    model, file = tmp_path / "lock.py", str(tmp_path / "t.json")
    source = Path(LOCK).read_text(encoding="utf-8")
    model.write_text(source, encoding="utf-8")
    quorate.check("--preset", "server restarts", "--save", file, model=str(model))
    model.write_text(source.replace("require(self.holder is None)", "require(sender is None)"), encoding="utf-8")
    ran = quorate("trace", file)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("error: ")


def test_several_traces_are_saved_beside_each_other(quorate: Runner, tmp_path: Path) -> None:
    quorate.check("--preset", "server restarts", "--witnesses", "--save", str(tmp_path / "t.json"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.mutual_exclusion.json", "t.the_lock_is_taken.json"]


def test_simulation_finds_and_shrinks(quorate: Runner) -> None:
    arguments = ("simulate", LOCK, "--preset", "server restarts", "--engine", "reference", "--seed", "7")
    ran = quorate(*arguments)
    assert ran.code == 0
    assert "mutual_exclusion is violated, after 8 steps, 1 fault" in ran.out
    assert quorate(*arguments).out.splitlines()[-1] == ran.out.splitlines()[-1]


def test_a_simulation_that_finds_nothing_claims_nothing(quorate: Runner) -> None:
    ran = quorate("simulate", LOCK, "--engine", "reference", "--walks", "20")
    assert ran.code == 3
    assert "nothing was found; that claims nothing" in ran.out
    assert ran.out.splitlines()[-1] == 'quorate: lock preset="default" verdict=undecided exit=3 walks=20 seed=0'
