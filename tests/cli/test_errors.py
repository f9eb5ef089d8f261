from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.report import progress
from tests.cli.running import LOCK

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Progress
    from tests.cli.running import Runner

ENDLESS = Path("/dev/zero")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chek",), "there is no command `chek` (did you mean `check`?)"),
        (("check", LOCK, "--presset", "x"), "there is no option `--presset` (did you mean `--preset`?)"),
        (("check", LOCK, "--preset", "server restart"), "has no preset `server restart` (did you mean `server restarts`?)"),
        (("check", LOCK, "--property", "mutual_exclusio"), "(did you mean `mutual_exclusion`?)"),
        (("check", LOCK, "--set", "client=1"), "(did you mean `CLIENTS`?)"),
        (("check", LOCK, "--set", "clients"), "`--set clients` sets nothing: write `--set NAME=VALUE`"),
        (("check", LOCK, "--set", "clients=1", "--set", "CLIENTS=2"), "`--set` gives `CLIENTS` twice"),
        (("check", LOCK, "--faults", "crush=1"), "there is no fault `crush` (did you mean `crash`?)"),
        (("check", LOCK, "--faults", "crash"), "write `--faults crash=1` or `--faults crash=any`"),
        (("check", LOCK, "--faults", "crash=1,crash=2"), "`--faults` gives `crash` twice"),
        (("check", LOCK, "--faults", "crash=1 of Servr"), "(did you mean `Server`?)"),
        (("check", LOCK, "--network", "fif"), "not `fif` (did you mean `fifo`?)"),
        (("check", LOCK, "--engine", "nativ"), "not `nativ` (did you mean `native`?)"),
        (("check", LOCK, "--time", "soon"), "write for example `--time 30s`"),
        (("check", LOCK, "--memory", "4X"), "write for example `--memory 4G`"),
        (("check", LOCK, "--json", "--format", "itf"), "both want stdout"),
        (("check", LOCK, "--debug", "--engine", "native"), "leave out `--engine native`"),
        (("check", "two_fase_commit"), "(did you mean `two_phase_commit`?)"),
        (("check", "./nowhere.py"), "there is no file `./nowhere.py`"),
        (("check",), "missing argument"),
        (("check", LOCK, "--threads", "0"), "`--threads`"),
        (("simulate", LOCK, "--property", "mutual_exclusin"), "(did you mean `mutual_exclusion`?)"),
        (("show", "raftt"), "there is no model `raftt`"),
        (("trace", "nowhere.json"), "nowhere.json"),
        (("check", os.devnull), f"`{os.devnull}` is no file: save the model in one"),
    ],
)
def test_a_wrong_command_is_one_message(quorate: Runner, arguments: tuple[str, ...], said: str) -> None:
    ran = quorate(*arguments)
    assert ran.code == 2
    assert bool(ran.out) == ("--json" in arguments)
    assert ran.err.startswith("error: ")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_wrong_model_shows_its_place(quorate: Runner, tmp_path: Path) -> None:
    model = tmp_path / "broken.py"
    model.write_text('"""Broken."""\n\nfrom quorate import Process\n\nclass P(Process:\n', encoding="utf-8")
    ran = quorate("check", str(model))
    assert ran.code == 2
    assert "broken.py:5:" in ran.err
    assert "class P(Process:\n" in ran.err
    assert "Traceback" not in ran.err


def test_a_truncated_trace_is_refused(quorate: Runner, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    file.write_text('{"version": 1, "origin"', encoding="utf-8")
    ran = quorate("trace", str(file))
    assert ran.code == 2
    assert "is not a whole trace" in ran.err


def test_no_command_shows_the_help_and_is_an_error(quorate: Runner) -> None:
    ran = quorate()
    assert ran.code == 2
    assert "Commands:" in ran.out + ran.err


def quorate_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment}
    )


def test_help_loads_neither_z3_nor_networkx_nor_a_search() -> None:
    program = (
        "import sys\nfrom quorate.cli import quorate\nquorate.main(['--help'], standalone_mode=False)\n"
        "print([m for m in ('z3', 'networkx', 'rich', 'jinja2', 'quorate.explorer.native.native') if m in sys.modules])"
    )
    ran = quorate_process("-c", program)
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "check  " in ran.stdout


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f'"{sys.executable}" -m quorate check "{LOCK}" --engine reference --preset "server restarts" | head -1'
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert ran.stdout.startswith("lock, preset")
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr


def test_an_ascii_terminal_gets_ascii() -> None:
    ran = quorate_process(
        "-m", "quorate", "check", LOCK, "--engine", "reference", "--preset", "server restarts", PYTHONIOENCODING="ascii"
    )
    assert ran.returncode == 0
    assert ran.stdout.isascii()
    assert "holder -> None" in ran.stdout


def test_completion_knows_models_presets_and_faults() -> None:
    def completed(words: str) -> list[str]:
        ran = quorate_process(
            "-m", "quorate", _QUORATE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1)
        )
        return [row.partition(",")[2] for row in ran.stdout.splitlines()]

    assert completed("quorate check two_ph") == ["two_phase_commit"]
    assert completed(f"quorate check {LOCK} --preset serv") == ["server restarts"]
    assert completed(f"quorate check {LOCK} --property mu") == ["mutual_exclusion"]
    assert completed("quorate check raft --faults crash=1,dr") == ["crash=1,drop="]
    assert "check" in completed("quorate ch")


def test_the_completion_script_names_the_command(quorate: Runner) -> None:
    ran = quorate("completion", "bash")
    assert ran.code == 0
    assert "_QUORATE_COMPLETE=bash_complete" in ran.out


def test_an_interrupt_keeps_the_counts_so_far(quorate: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: Progress) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress, "PERIOD", 0.0)
    monkeypatch.setattr(progress, "phrase", interrupt)
    ran = quorate.check("--set", "clients=3", "--set", "rounds=9")
    assert ran.code == 3
    assert "the search did not end: it was interrupted" in ran.out
    assert "states=0" not in ran.out.splitlines()[-1]


@pytest.mark.skipif(not ENDLESS.exists(), reason="this system has no such device")
@pytest.mark.parametrize("command", [("trace",), ("explain",), ("quorum", "check"), ("check",), ("show",)])
def test_what_never_ends_is_not_read(quorate: Runner, command: tuple[str, ...]) -> None:
    ran = quorate(*command, str(ENDLESS))
    assert ran.code == 2
    assert ran.err.startswith(f"error: `{ENDLESS}` is no")
    assert "Quorate itself" not in ran.err


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="this system has no such device")
def test_a_pipe_is_read_like_a_file(quorate: Runner, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    assert quorate.check("--preset", "server restarts", "--save", str(saved)).code == 0
    cluster = "[nodes.a]\n[nodes.b]\n[nodes.c]\n"
    for command, text in ((("trace",), saved.read_text(encoding="utf-8")), (("quorum", "check"), cluster)):
        line = [sys.executable, "-m", "quorate", *command, "/dev/stdin"]
        ran = subprocess.run(line, input=text, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stderr
