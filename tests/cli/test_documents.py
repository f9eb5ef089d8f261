"""The documents of `simulate`, `show` and `list`, held to their schemas; inferred types; what is said before a search."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from quorate.cli.completion import quoting
from tests.cli.running import CHATTER, LOCK

if TYPE_CHECKING:
    from tests.cli.running import Runner

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = ("--engine", "reference")


def fits(document: object, schema: str) -> bool:
    schemas = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in DOCS.glob("*.schema.json")}
    registry: Registry[Any] = Registry().with_resources((n, Resource.from_contents(s)) for n, s in schemas.items())
    errors = Draft202012Validator(schemas[schema], registry=registry).iter_errors(cast("Any", document))
    assert [e.message for e in errors] == []
    return True


def test_what_a_simulation_finds_is_a_document(quorate: Runner) -> None:
    ran = quorate("simulate", LOCK, "--preset", "server restarts", *REFERENCE, "--seed", "7", "--json")
    found = json.loads(ran.out)
    assert fits(found, "simulation.schema.json")
    assert (ran.code, found["exit_code"], found["outcome"], found["found"]) == (0, 0, "expected", "mutual_exclusion")
    assert len(found["trace"]["moments"]) == 8
    assert "mutual_exclusion is violated" in ran.err
    nothing = json.loads(quorate("simulate", LOCK, *REFERENCE, "--walks", "3", "--json", "--quiet").out)
    assert fits(nothing, "simulation.schema.json")
    assert (nothing["exit_code"], nothing["trace"], nothing["walks"]) == (3, None, 3)
    assert quorate("simulate", LOCK, "--json", "--format", "itf").code == 2


@pytest.mark.parametrize("model", [LOCK, CHATTER, "raft", "paxos", "failover", "quorum_register", "two_phase_commit"])
def test_what_a_model_declares_is_a_document(quorate: Runner, model: str) -> None:
    for options in ((), ("--types",)):
        document = json.loads(quorate("show", model, "--json", *options).out)
        assert fits(document, "model.schema.json")
        assert ("types" in document) == bool(options)


def test_the_list_is_a_document(quorate: Runner) -> None:
    names = [m["name"] for m in json.loads(quorate("list", "--json").out)["models"]]
    assert {"raft", "paxos"} <= set(names)


INFERRED = """from __future__ import annotations
from quorate import Group, Process, action, always, require, volatile
class P(Process):
    count: int = volatile(0)
    @action
    def up(self, by: bool) -> None:
        require(self.count < 5)
        more = 2 if by else 1
        for p in nodes:
            self.count = min(self.count + more, 7)
nodes = Group(P, 2)
@always
def low() -> bool:
    return all(p.count < 9 for p in nodes)
"""


def test_types_show_what_was_inferred(quorate: Runner, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(INFERRED, encoding="utf-8")
    shown = quorate("show", str(tmp_path / "m.py"), "--types")
    assert shown.code == 0
    part = shown.out.partition("types, as inferred")[2]
    assert "count: int 0..7" in part
    assert "more: int 1..2" in part
    types = json.loads(quorate("show", str(tmp_path / "m.py"), "--types", "--json").out)["types"]
    assert types["fields"] == {"P": {"count": "int 0..7"}}
    assert types["locals"]["P.up"] == {"by": "bool", "p": "P", "more": "int 1..2"}
    assert types["locals"]["low"] == {"p": "P"}


SLOW = INFERRED.replace("        more = 2 if by else 1\n", "        more = round(2) if by else 1\n")


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
@pytest.mark.parametrize("command", ["check", "simulate"])
def test_a_slow_search_is_announced_before_it_begins(
    quorate: Runner, tmp_path: Path, command: str, quiet: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from quorate.explorer.reference.reference import ReferenceEngine

    (tmp_path / "m.py").write_text(SLOW.replace("count: int", "count: Annotated[int, Range(0, 9)]"), encoding="utf-8")
    text = (tmp_path / "m.py").read_text(encoding="utf-8")
    (tmp_path / "m.py").write_text(
        text.replace("from quorate import", "from typing import Annotated\nfrom quorate import Range,"), encoding="utf-8"
    )

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ReferenceEngine, "initial_states", stop)
    ran = quorate(command, str(tmp_path / "m.py"), *quiet)
    assert ran.code == 3
    assert "the reference engine runs this, up to a thousand times slower than the native one: " in ran.err
    assert "m.py:9:" in ran.err
    assert "round" in ran.err


def test_a_slow_search_says_so_at_its_end_in_one_line(quorate: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "m.py"
    model.write_text(
        "from quorate import Process, action, always, durable\n"
        "class Node(Process):\n"
        "    on: bool = durable(False)\n"
        "    @action\n"
        "    def act(self) -> None:\n"
        "        self.on = round(1) == 1\n"
        "node = Node.single()\n"
        "@always\n"
        "def fine() -> bool:\n"
        "    return True\n",
        encoding="utf-8",
    )
    note = "the reference engine ran, which is slower: "
    [said] = json.loads(quorate("check", str(model), "--json").out)["notes"]
    assert said.startswith(note)
    assert said.endswith("m.py:6:19: `round` is not supported")
    assert note not in quorate("check", str(model), "--quiet").err
    monkeypatch.setattr("quorate.cli.protocols.check.LONG", -1.0)
    assert said in quorate("check", str(model), "--quiet").err.splitlines()


def test_each_preset_is_told_under_its_name(quorate: Runner, tmp_path: Path) -> None:
    model = tmp_path / "lock.py"
    text = Path(LOCK).read_text(encoding="utf-8").replace("violates={mutual_exclusion: 8}", "holds=[mutual_exclusion]")
    assert text != Path(LOCK).read_text(encoding="utf-8")
    model.write_text(text, encoding="utf-8")
    ran = quorate.check("--preset", "all", "--save", str(tmp_path / "t.json"), model=str(model))
    order = [ran.out.index(said) for said in ("preset `server restarts`", "is violated, after 8", "preset `wrong numbers`")]
    assert order == sorted(order)
    assert (tmp_path / "t.json").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_a_preset_with_blanks(tmp_path: Path) -> None:
    command = tmp_path / "quorate"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m quorate "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    script = f"""eval "$({command} completion bash)"
for word in serv '"serv' "'server re" 'server\\ re'; do
    COMP_WORDS=({command} check {LOCK} --preset "$word"); COMP_CWORD=4; COMPREPLY=()
    _quorate_completion {command}; echo "${{COMPREPLY[*]}}"
done"""
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60, env={**os.environ})
    quoted, plain = "server\\ restarts", "server restarts"
    assert ran.stdout.splitlines() == [quoted, plain, plain, quoted], ran.stderr
    assert quoting("COMPREPLY+=($value)") != "COMPREPLY+=($value)"
