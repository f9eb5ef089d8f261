"""The documents of `quorate quorum`, through a real pipe, held to docs/quorum.schema.json; cluster files to theirs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

DOCS = Path(__file__).parents[3] / "docs"
SCHEMAS = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in DOCS.glob("*.schema.json")}
REGISTRY: Registry[Any] = Registry().with_resources((n, Resource.from_contents(s)) for n, s in SCHEMAS.items())


def faults(document: object, schema: str) -> list[str]:
    """Return what a schema has against a document."""
    found = Draft202012Validator(SCHEMAS[schema], registry=REGISTRY).iter_errors(cast("Any", document))
    return [f"{e.json_path}: {e.message}"[:300] for e in found]


def test_the_schemas_are_schemas() -> None:
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


COMMANDS = {
    "check": ["check", "-n", "5", "-w", "3", "-r", "3"],
    "stale": ["check", "-n", "4", "-w", "1", "-r", "2"],
    "votes": ["check", "--votes", "a=3,b=1,c=1"],
    "zones": ["check", "--zones", "east=3,west=3"],
    "expression": ["check", "--reads", "a*b + b*c", "--byzantine", "1", "--timeout", "5"],
    "late": ["check", "--votes", ",".join(f"s{i}={(i * 7919) % 1000 + 1}" for i in range(60)), "--timeout", "0.001"],
    "run": ["check", "-n", "2", "-w", "1", "-r", "1", "--run"],
    "no run": ["check", "--reads", "a*b", "--run"],
    "table": ["table", "-n", "3"],
    "proof": ["prove", "w + r >= n", "size(raed) >= 1"],
    "stake": ["prove", "--system", "stake"],
    "late proof": ["prove", "w + r >= n", "--timeout", "0.001"],
    "derivation": ["derive", "--system", "dynamo", "--certificate"],
    "committed": ["committed", "--config", "1,2", "--joint", "2,3", "--index", "1=4"],
    "committed by nobody": ["committed", "--config", ""],
    "vote": ["vote", "--config", "1,2,3", "--votes", "1=y,2=n"],
    "strategy": ["strategy", "--reads", "a*b + c*d", "--read-fraction", "0.9=1,0.5=2"],
    "no strategy": ["strategy", "-n", "3", "--failures", "3"],
    "search": ["search", "--nodes", "a,b,c"],
    "late search": ["search", "--nodes", "a,b,c,d", "--timeout", "0.001"],
    "list": ["list", "-n", "4"],
    "late derivation": ["derive", "--system", "sloppy-both", "--certificate", "--timeout", "0.001"],
}


def test_what_goes_down_a_pipe_is_a_document() -> None:
    """All in one process of its own, one document a line: starting Python fourteen times is what would take long."""
    code = (
        "import contextlib, io, json, sys\n"
        "from quorate.cli import run\n"
        "for words in json.load(sys.stdin):\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as out: code = run(['quorum', *words, '--json'])\n"
        "    print(json.dumps([code, json.loads(out.getvalue())]))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(list(COMMANDS.values())), capture_output=True, text=True, check=True
    )
    lines = ran.stdout.splitlines()
    assert len(lines) == len(COMMANDS)
    for name, line in zip(COMMANDS, lines, strict=True):
        code_, document = json.loads(line)
        assert faults(document, "quorum.schema.json") == [], name
        assert document.get("exit_code", 0) == code_, name
        if name.startswith("late"):
            assert code_ == 3


@pytest.mark.parametrize("words", [COMMANDS["check"], COMMANDS["late proof"]])
def test_the_pipe_is_a_real_one(words: list[str]) -> None:
    ran = subprocess.run([sys.executable, "-m", "quorate", "quorum", *words, "--json"], capture_output=True, check=False)
    assert faults(json.loads(ran.stdout), "quorum.schema.json") == []
    assert ran.stderr == b""
