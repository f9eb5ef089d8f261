"""What `quorate history` prints: for people, for programs, as pictures; and when it claims nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from quorate.properties.histories.judge import read
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.search import limits
from tests.properties.histories.test_recordings import FOLDER, elsewhere, timeless

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.running import Runner

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/judgement.schema.json").read_text(encoding="utf-8"))
STALE = """
a: [write 1] [write 2]
b:                     [read -> 2] [read -> 1]
"""


@pytest.fixture
def stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("stale").write_text(STALE, encoding="utf-8")
    return "stale"


def test_the_list(quorate: Runner, golden: Callable[[str, str], None]) -> None:
    ran = quorate("history", "--list")
    assert ran.code == 0
    golden("list.txt", ran.out)


@pytest.mark.parametrize("guarantee", ["pram", "sequential", "monotonic-reads", "bounded-staleness"])
def test_a_report(guarantee: str, stale: str, quorate: Runner, golden: Callable[[str, str], None]) -> None:
    ran = quorate("history", stale, "--object", "register", "--guarantee", guarantee)
    golden(f"report_{guarantee}.txt", timeless(ran.out))


def test_a_document(stale: str, quorate: Runner, golden: Callable[[str, str], None]) -> None:
    ran = quorate("history", stale, "--object", "register", "--guarantee", "pram", "--json")
    document = json.loads(ran.out)
    jsonschema.validate(document, SCHEMA)
    assert (ran.code, document["exit_code"]) == (1, 1)
    document["judgements"][0]["seconds"] = 0
    golden("document.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def test_an_error_is_a_document_too(quorate: Runner) -> None:
    ran = quorate("history", "nowhere", "--object", "register", "--json")
    jsonschema.validate(json.loads(ran.out), SCHEMA)
    assert ran.code == 2


def test_pictures(stale: str, quorate: Runner, golden: Callable[[str, str], None]) -> None:
    quorate("history", stale, "--object", "register", "--svg", "why.svg", "--html", "why.html")
    golden("why.svg", Path("why.svg").read_text(encoding="utf-8"))
    assert "client b read 1" in Path("why.html").read_text(encoding="utf-8")


def test_several_recordings_end_with_a_line_each(quorate: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    ran = quorate("history", "etcd_000.log", "etcd_002.log", "--object", "cas-register")
    last = ran.out.splitlines()[-2:]
    assert ["verdict=violated" in last[0], "verdict=holds" in last[1], ran.code] == [True, True, 1]


@pytest.mark.parametrize("option", [("--timeout", "0.000000001s"), ("--memory", "1k")])
def test_a_limit_is_never_a_pass(
    option: tuple[str, str], quorate: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("quorate.properties.histories.search.search.BETWEEN", 1)
    monkeypatch.chdir(FOLDER)
    ran = quorate("history", "etcd_002.log", "--object", "cas-register", *option)
    assert ran.code == 3
    assert "verdict=unknown" in ran.out
    assert "limit" in ran.out


def test_what_cannot_be_told_is_unknown(quorate: Runner, tmp_path: Path) -> None:
    (tmp_path / "twice").write_text("a: [write 1] [write 1] [read -> 1]\n", encoding="utf-8")
    ran = quorate("history", str(tmp_path / "twice"), "--object", "register", "--guarantee", "causal")
    assert ran.code == 3
    assert "1 is written in lines 1 and 1" in " ".join(ran.out.split())


def test_what_a_guarantee_is_not_about_is_refused(quorate: Runner, golden: Callable[[str, str], None], tmp_path: Path) -> None:
    (tmp_path / "queue").write_text("a: [enqueue 1] [dequeue -> 1]\n", encoding="utf-8")
    ran = quorate("history", str(tmp_path / "queue"), "--object", "queue", "--guarantee", "pram")
    assert ran.code == 2
    golden("wrong_guarantee_of_a_queue.txt", ran.err)


def test_of_a_register_monotonic_writes_is_vacuous(stale: str, quorate: Runner) -> None:
    ran = quorate("history", stale, "--object", "register", "--guarantee", "monotonic-writes")
    assert ran.code == 3
    assert "verdict=vacuous" in ran.out


def test_the_page_says_the_same_in_each_format(tmp_path: Path) -> None:
    """The examples of docs/histories.md are read, as what they say they are."""
    page = (Path(__file__).parents[3] / "docs/histories.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    examples = [block for block in blocks if re.match(r"\{|INFO", block)]
    found = []
    for number, text in enumerate(examples):
        (tmp_path / str(number)).write_text(text, encoding="utf-8")
        found.append(elsewhere(read(str(tmp_path / str(number)), OBJECTS["register"])))
    assert len(found) == 3
    assert found[0] == found[1] == found[2]
    sketch = next(block for block in blocks if block.startswith("a: "))
    (tmp_path / "history.edn").write_text(sketch, encoding="utf-8")
    program = next(block for block in blocks if block.startswith("from quorate"))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert ran.stdout.startswith("holds")


def test_peak_memory_is_bytes() -> None:
    assert limits.peak_bytes() > 1_000_000


def test_what_else_stands_in_an_entry_is_passed_over(quorate: Runner, tmp_path: Path) -> None:
    """Jepsen itself writes `#error {...}` where a client crashed."""
    others = [
        '#error {:cause "x" :via [{:type java.lang.Foo}]}',
        '#object[foo 0x12 "bar"]',
        '#inst "2020"',
        "1/3",
        "##NaN",
        '#"a b"',
        "#:ns{:a 1}",
        "^{:a 1} [2]",
        "^:kept x",
        "#{1 1}",
        "{:a 1 :a 2}",
        "\\{",
        "#_ #bad [1 #{2 2}] 3",
    ]
    unread = " ".join(f":x{i} {other}" for i, other in enumerate(others))
    path = tmp_path / "history.edn"
    lines = [f"{{:process 0, :type {sort}, :f :read, :value nil, {unread}}}\n" for sort in (":invoke", ":ok")]
    path.write_text("".join(lines), encoding="utf-8")
    assert quorate("history", str(path), "--object", "register").code == 0
