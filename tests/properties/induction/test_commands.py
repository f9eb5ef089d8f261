"""`quorate prove` as a user meets it: sentences, exit codes, JSON, errors."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from quorate.cli.prove import prove
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def run(*arguments: str) -> Result:
    return CliRunner().invoke(prove, list(arguments))


def test_a_proof_says_what_was_proved_and_how() -> None:
    result = run("one-leader")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("proved    no two servers lead in one term, for any number of servers")
    assert sum(line.split()[0] in {"premise", "initiation", "consecution", "safety"} for line in lines if line.strip()) == 11
    assert "11 queries, 11 proved" in result.output
    assert "half-quorums, volatile-vote" in result.output


def test_a_twin_is_refuted_by_a_story() -> None:
    result = run("one-leader", "--twin", "half-quorums")
    assert result.exit_code == 1
    assert "of 2 servers: a = {n1}, b = {n2}" in result.output
    assert "a run from the start breaks `one leader per term` in 4 steps" in result.output
    assert result.output.count("counts the votes of") == 2


def test_an_argument_that_fails_is_undecided() -> None:
    result = run("paxos", "--twin", "missing-invariant")
    assert result.exit_code == 3
    assert result.output.startswith("unknown")
    assert "The argument fails here, not the protocol" in " ".join(result.output.split())


def test_a_time_limit_is_unknown() -> None:
    result = run("one-leader", "--timeout", "0.001")
    assert result.exit_code == 3
    assert result.output.startswith("unknown")


def test_all_twins_of_a_theorem_come_out_as_expected() -> None:
    result = run("fencing", "--twin", "all")
    assert result.exit_code == 0
    assert result.output.count("violated ") == 3


def test_json() -> None:
    result = run("fencing", "--twin", "no-fencing", "--json")
    assert result.exit_code == 1
    document = json.loads(result.output)
    assert (document["quorate"], document["version"], document["exit_code"]) == ("prove", 1, 1)
    (case,) = document["cases"]
    assert (case["theorem"], case["twin"], case["verdict"]) == ("fencing", "no-fencing", "violated")
    assert {q["part"] for q in case["queries"]} == {"initiation", "consecution", "safety"}
    (story,) = (r for r in case["runs"] if r["kind"] == "run")
    assert story["steps"] == 4


def test_the_list(golden: Callable[[str, str], None]) -> None:
    result = run("--list")
    assert result.exit_code == 0
    golden("list.txt", result.output)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["one-laeder"], "there is no theorem `one-laeder` (did you mean `one-leader`?): `quorate prove --list` shows them"),
        (
            ["one-leader", "--twin", "volatile"],
            "`one-leader` has no twin `volatile` (did you mean `volatile-vote`?): it has `half-quorums`, `volatile-vote`",
        ),
        ([], "what is to be proved? give a name (`quorate prove --list` shows them), or `--all`"),
        (["--all", "paxos"], "`--all` takes neither a name nor `--twin`: it proves every theorem"),
    ],
)
def test_bad_input(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == message
    assert result.exception.exit_code == 2


@pytest.mark.parametrize("timeout", ["0", "-1", "soon", "nan", "inf"])
def test_a_timeout_is_a_positive_number(timeout: str) -> None:
    result = run("one-leader", "--timeout", timeout)
    assert isinstance(result.exception, UsageError)
    assert f"`--timeout {timeout}` is no time for a query" in str(result.exception)


def test_the_list_needs_no_z3() -> None:
    code = (
        "import sys; from quorate.cli import main\n"
        "try: main(['prove', '--list'])\n"
        "except SystemExit: pass\n"
        "assert 'z3' not in sys.modules"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "one-leader" in shown.stdout
