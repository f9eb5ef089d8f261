"""`quorate profile` on the terminal and as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.cli.running import CHATTER, LOCK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import Runner

REFERENCE = ("--engine", "reference", "-q")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_report(quorate: Runner) -> None:
    ran = quorate("profile", LOCK, "--preset", "server restarts", *REFERENCE)
    assert ran.code == 0
    for title in ("states by depth", "steps, by the states", "fields, by how many", "messages in flight", "each bound lowered"):
        assert title in ran.out
    assert "first (it says how far to explore)" in flat(ran.out)


def test_without_tries_there_is_no_advice(quorate: Runner) -> None:
    ran = quorate("profile", CHATTER, "--no-tries", *REFERENCE)
    assert "there is no advice: no bound was lowered" in flat(ran.out)
    assert "Bystander.steps 4 x 16.00" in flat(ran.out)


def test_a_part_is_said_to_be_one(quorate: Runner) -> None:
    ran = quorate("profile", CHATTER, "--no-tries", "--max-states", "20", *REFERENCE)
    assert "the tables are of the first 20 states in breadth-first order" in flat(ran.out)


def test_a_plot(quorate: Runner, tmp_path: Path) -> None:
    file = tmp_path / "plot.svg"
    ran = quorate("profile", CHATTER, "--no-tries", "--svg", str(file), *REFERENCE)
    assert f"the plot is in {file}" in ran.err
    root = ET.parse(file).getroot()
    bars = [r for r in root.iter("{http://www.w3.org/2000/svg}rect") if r.get("class") == "bar"]
    titles = [title.text for bar in bars for title in bar]
    assert titles[0] == "depth 0: 1"
    assert len(titles) == 13


def test_what_is_wrong_is_said(quorate: Runner, tmp_path: Path) -> None:
    ran = quorate("profile", CHATTER, "--no-tries", "--svg", str(tmp_path / "no" / "plot.svg"), *REFERENCE)
    assert (ran.code, "cannot be saved" in ran.err) == (2, True)
    assert quorate("profile", CHATTER, "--time", "0s", "--no-tries", *REFERENCE).code == 3
