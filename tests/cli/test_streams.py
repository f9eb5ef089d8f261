"""What others read: through real pipes, into streams that are closed, full, or lack the characters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import LOCK, Runner
from tests.cli.test_check import valid

FULL = Path("/dev/full")
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of sh, in which `quorate` is the command."""
    line = command.replace("quorate", f'"{sys.executable}" -m quorate').replace("LOCK", f'"{LOCK}"')
    return subprocess.run(["sh", "-c", line], capture_output=True, check=False, timeout=120, env={**os.environ, **environment})


DOCUMENTS = [
    ("quorate check LOCK --engine reference --json", 0),
    ("quorate check LOCK --engine reference --preset all --json", 1),
    ("quorate check LOCK --engine reference --json --quiet --property nothing", 2),
    ("quorate check LOCK --json --nonsense", 2),
    ("quorate check --json ''", 2),
    ("quorate check --json .", 2),
    ("quorate quorum check -n 3 --json", 0),
    ("quorate quorum check -n 3 -w 1 -r 1 --run --json", 1),
    ("quorate quorum check --votes a=3,b=1 --json", 0),
    ("quorate quorum check --json", 2),
    ("quorate quorum table -n 3 --json", 0),
    ("quorate quorum prove 'w + r > n' --json", 0),
    ("quorate quorum prove 'w + r >>' --json", 2),
    ("quorate quorum derive --system dynamo --json", 0),
    ("quorate prove one-leader --json", 0),
    ("quorate prove nothing --json", 2),
]


@pytest.mark.parametrize(("command", "code"), DOCUMENTS)
def test_json_is_one_document_through_a_pipe(command: str, code: int) -> None:
    ran = shell(command)
    assert ran.returncode == code, ran.stderr
    assert json.loads(ran.stdout)["exit_code" if "table" not in command else "version"] in {code, 1}


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize(
    "command",
    [
        "check LOCK --engine reference",
        "check LOCK --engine reference --json",
        "list",
        "--help",
        "--version",
        "quorum check -n 3",
    ],
)
def test_a_result_that_cannot_be_written_is_an_error(command: str) -> None:
    ran = shell(f"quorate {command} > /dev/full")
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == b"error: the output cannot be written: no space left on device"
    assert b"Traceback" not in ran.stderr


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize("command", ["check LOCK --engine reference --json", "check LOCK --engine reference", "check nothing"])
def test_remarks_that_cannot_be_written_change_nothing(command: str) -> None:
    kept, lost, closed = (shell(f"quorate {command} {to}") for to in ("", "2> /dev/full", "2>&-"))
    assert kept.returncode == lost.returncode == closed.returncode
    assert len(kept.stdout.splitlines()) == len(lost.stdout.splitlines()) == len(closed.stdout.splitlines())


@pytest.mark.parametrize(("command", "code"), [("check LOCK --engine reference", 0), ("check nothing", 2), ("list", 0)])
def test_closed_streams_leave_the_exit_code(command: str, code: int) -> None:
    for closing in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
        ran = shell(f"quorate {command} {closing}")
        assert ran.returncode == code
        assert b"Traceback" not in ran.stderr
        assert b"Exception" not in ran.stderr


@pytest.mark.parametrize("command", ["check LOCK --engine reference", "list", "show raft", "quorum table -n 9", "--help"])
def test_a_reader_that_leaves_is_no_error(command: str) -> None:
    ran = shell(f"quorate {command} | head -1")
    assert ran.stderr == b""
    assert ran.stdout.count(b"\n") <= 1


UNICODE = '''"""Größe: ein Ätherprotokoll — 測定."""
from quorate import Process, action, always, require, volatile
class Größe(Process):
    höhe: bool = volatile(False)
    @action
    def erhöhen(self) -> None:
        require(not self.höhe)
        self.höhe = True
größe = Größe.single()
@always
def niedrig() -> bool:
    "Die Höhe 測 bleibt."
    return not größe.höhe
'''


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "cp1252"}, ASCII, {"PYTHONIOENCODING": "ascii:strict"}])
def test_what_an_encoding_lacks_is_escaped(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "größe.py").write_text(UNICODE, encoding="utf-8")
    for command in ("check", "show", "graph", "simulate"):
        ran = shell(f"cd {tmp_path} && quorate {command} ./größe.py", **environment)
        assert b"Traceback" not in ran.stderr
        assert ran.returncode in {0, 1}, ran.stderr
    assert b"\\u6e2c" in shell(f"cd {tmp_path} && quorate check ./größe.py", **environment).stdout


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "cp1252"}, ASCII])
def test_json_is_utf_8_whatever_the_locale(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "größe.py").write_text(UNICODE, encoding="utf-8")
    ran = shell(f"cd {tmp_path} && quorate check ./größe.py --json", **environment)
    document = json.loads(ran.stdout.decode("utf-8"))
    assert document["properties"][0]["statement"] == "Die Höhe 測 bleibt."


def test_a_name_that_is_no_text_is_shown_escaped() -> None:
    ran = shell("quorate check $(printf './\\377.py') --json")
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["exit_code"] == 2
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("command", ["check", "show", "graph", "simulate", "explore", "profile"])
@pytest.mark.parametrize("name", [".", "/", "", "..", " ", "x" * 5000, "./" + "x" * 5000 + ".py"])
def test_no_model_is_one_message(command: str, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    from quorate.cli import run

    assert run([command, name]) == 2
    err = capfd.readouterr().err
    assert err.startswith("error: ")
    assert "Quorate itself" not in err


CLOSING = """import sys
from quorate import Process, action, always, require, volatile
print("said while it is loaded")
STATEMENT
class Node(Process):
    on: bool = volatile(False)
    @action
    def turn(self) -> None:
        require(not self.on)
        self.on = True
node = Node.single()
@always
def fine() -> bool:
    return node.on or not node.on
"""


@pytest.mark.parametrize("statement", ["pass", "sys.stdout.close()", "sys.stderr.close()", "sys.stdout = sys.stderr = None"])
def test_a_model_takes_no_stream_from_the_answer(tmp_path: Path, statement: str) -> None:
    (tmp_path / "closing.py").write_text(CLOSING.replace("STATEMENT", statement), encoding="utf-8")
    ran = shell(f"cd {tmp_path} && quorate check ./closing.py --engine reference --json")
    assert (ran.returncode, json.loads(ran.stdout)["exit_code"]) == (0, 0)
    assert b"said while it is loaded" in ran.stderr
    assert b"Traceback" not in ran.stderr


def test_a_model_that_closes_the_descriptor_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "closing.py").write_text(CLOSING.replace("STATEMENT", "import os; os.close(1)"), encoding="utf-8")
    ran = shell(f"cd {tmp_path} && quorate check ./closing.py --engine reference")
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == b"error: the output cannot be written: bad file descriptor"


def test_a_model_that_asks_is_answered_by_nobody(tmp_path: Path) -> None:
    (tmp_path / "closing.py").write_text(CLOSING.replace("STATEMENT", "input()"), encoding="utf-8")
    ran = shell(f"cd {tmp_path} && echo yes | quorate check ./closing.py")
    assert ran.returncode == 2
    assert b"closing.py:4:1: EOFError" in ran.stderr


def test_a_crash_has_a_code_of_its_own_and_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from quorate.cli import run
    from quorate.cli.protocols import check

    def fail(*_: object) -> None:
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr(check, "search", fail)
    assert run(["check", LOCK, "--json"]) == 4
    printed = capfd.readouterr()
    assert printed.err.startswith("error: Quorate itself failed, and nothing is claimed: KeyError: 'nobody foresaw this'\n")
    assert "Traceback" not in printed.err
    assert "QUORATE_TRACEBACK=1" in printed.err
    assert (json.loads(printed.out)["outcome"], json.loads(printed.out)["exit_code"]) == ("defect", 4)
    monkeypatch.setenv("QUORATE_TRACEBACK", "1")
    assert run(["check", LOCK]) == 4
    assert "Traceback" in capfd.readouterr().err


def test_the_document_of_an_error_says_where_and_fits_the_schema(tmp_path: Path, quorate: Runner) -> None:
    model = tmp_path / "broken.py"
    model.write_text("from quorate import Process\n\nclass P(Process:\n", encoding="utf-8")
    document = json.loads(quorate("check", str(model), "--json").out)
    assert valid(document)
    assert (document["where"]["line"], document["exit_code"], document["outcome"]) == (3, 2, "error")
    assert valid(json.loads(quorate("quorum", "check", "--json").out))
