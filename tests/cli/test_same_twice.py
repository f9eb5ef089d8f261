"""What is printed or saved is the same in every run: whatever Python's hashes, the number of threads, and the engine.

Only what is measured differs: times, memory, and how many states the engines were compared in, which depends on time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
MEASURED = (  # in the order in which they are taken out
    r"[\d.,]+ states/s,?",
    r"[\d.,]+ (ms|s|min)\b,?",
    r"[\d.,]+ [KMG]?B,?",
    r"(by the )?(reference|native) engine\b,?",
    r"\d+ threads?,?",
    r"both engines compared in \d+ states",
    r'"(seconds|peak_bytes|threads|compared)": [\d.e-]+,?',
    r'"engine": "\w+",?',
    r"exact store,?",
)


def printed(folder: Path, seed: int, engine: str, threads: int, which: str) -> subprocess.Popen[str]:
    """Start an interpreter that prints everything."""
    folder.mkdir()
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": paths}
    command = [sys.executable, "-m", "tests.cli.printing", engine, str(threads), which]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def documents(*runs: subprocess.Popen[str]) -> list[dict[str, str]]:
    """Return what each has printed."""
    return [dict(json.loads(run.communicate()[0])) for run in runs]


def unmeasured(text: str) -> str:
    """Return a text without what is measured, and without the line breaks that depend on that."""
    for pattern in MEASURED:
        text = re.sub(pattern, "", re.sub(r"\s+", " ", text))
    return text


def check_same(one: dict[str, str], two: dict[str, str]) -> None:
    assert list(one) == list(two)
    for what, text in one.items():
        saved = what.endswith((".json", ".html")) or ": graph" in what or ": show" in what or ": trace " in what
        assert (two[what] if saved else unmeasured(two[what])) == (text if saved else unmeasured(text)), what


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler here")
def test_small_presets_whatever_the_hashes_the_threads_and_the_engine(tmp_path: Path) -> None:
    natively = printed(tmp_path / "1", 1, "native", 1, "small")
    slowly = printed(tmp_path / "2", 2, "reference", 1, "small")
    first, second = documents(natively, slowly)
    (third,) = documents(printed(tmp_path / "3", 3, "native", 2, "small"))
    assert any("is violated" in text for text in first.values())
    assert sum(what.endswith((".json", ".html")) for what in first) >= 8
    check_same(first, second)
    check_same(first, third)


@pytest.mark.slow
def test_every_preset_whatever_the_hashes(tmp_path: Path) -> None:
    check_same(*documents(*(printed(tmp_path / str(seed), seed, "reference", 1, "every") for seed in (1, 2))))


def test_what_is_measured_is_left_out() -> None:
    text = "0.19 s, 2,223 states/s, 31.6 MB, reference engine, 1 thread, exact store"
    assert unmeasured(text).strip() == ""
    assert unmeasured("9 steps, 3 states") == "9 steps, 3 states"
