"""`quorate check --coverage`, on the terminal, as a page, and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.test_check import valid

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import Runner


def test_without_the_option_nothing_is_said(quorate: Runner) -> None:
    assert "coverage" not in quorate.check().out


def test_lines_in_the_terminal(quorate: Runner) -> None:
    ran = quorate.check("--coverage", "--max-depth", "1")
    assert ran.code == 3
    assert "of 7 statements of its steps ran" in ran.out
    assert "the search was stopped (depth): more may be reached" in ran.out
    assert "never │" in ran.out


def test_everything_ran(quorate: Runner) -> None:
    assert "coverage: 7 of 7 statements of its steps ran" in quorate.check("--coverage").out


def test_a_page(quorate: Runner, tmp_path: Path) -> None:
    file = tmp_path / "ran.html"
    ran = quorate.check("--coverage-html", str(file))
    assert f"what ran is shown in {file}" in ran.err
    assert "coverage" not in ran.out
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_page_for_each_preset(quorate: Runner, tmp_path: Path) -> None:
    quorate.check("--preset", "all", "--coverage-html", str(tmp_path / "ran.html"))
    assert {f.name for f in tmp_path.iterdir()} == {"ran.default.html", "ran.server restarts.html", "ran.wrong numbers.html"}


def test_for_programs(quorate: Runner) -> None:
    document = json.loads(quorate.check("--coverage", "--json", "--max-depth", "0").out)
    assert valid(document)
    assert document["coverage"]["statements"] == 7
    assert len(document["coverage"]["unreached"]) == 7


def test_a_page_that_cannot_be_saved(quorate: Runner, tmp_path: Path) -> None:
    ran = quorate.check("--coverage-html", str(tmp_path / "nowhere" / "ran.html"))
    assert (ran.code, "cannot be saved" in ran.err) == (2, True)
