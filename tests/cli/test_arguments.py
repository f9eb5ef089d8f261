"""Arguments that nobody should give: each is an answer or one message, never a crash of the tool."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import LOCK

if TYPE_CHECKING:
    from tests.cli.running import Runner

BIG = "1" + "0" * 26
REFUSED = [
    f"check LOCK --threads {BIG}",
    "check LOCK --threads 0",
    "check LOCK --memory 999999999999T",
    f"check LOCK --time {BIG}h",
    "check LOCK --time nan",
    "check LOCK --time inf",
    "check LOCK --capacity 0",
    "check LOCK --faults crash=²",
    "check LOCK --faults crash=-1",
    "check LOCK --faults ,",
    "check LOCK --faults =1",
    "check LOCK --set clients=²",
    f"check LOCK --set clients={BIG}",
    "check LOCK --set =3",
    "check LOCK --compare ²",
    "check LOCK --preset ''",
    "check LOCK --preset all --preset 'server restarts' --save",
    "check LOCK --witnesses --save /",
    "check LOCK --witnesses --save /nonexistent/x.json",
    "check LOCK --witnesses --html /",
    "check LOCK --coverage-html /",
    "graph LOCK --out /",
    "graph LOCK --out x.bmp",
    "graph LOCK --project nothing",
    "profile LOCK --no-tries --svg /",
    "trace /",
    "trace .",
    "trace ''",
    "trace /dev/null",
    "explain /dev/null",
    "quorum check ''",
    "quorum check .",
    f"quorum check -n {BIG}",
    "quorum check -n -1",
    f"quorum check -n 3 -r {BIG}",
    f"quorum check -n 3 --byzantine {BIG}",
    "quorum check -n 3 --byzantine 4",
    f"quorum check -n 3 --hints {BIG}",
    f"quorum check -n 3 --witnesses {BIG}",
    "quorum check -n 3 --witnesses ²",
    "quorum check -n 3 --witnesses n1,n2,n3",
    "quorum check -n 3 --read-fraction nan",
    "quorum check -n 3 --read-fraction 1e999999999",
    "quorum check -n 3 --read-fraction 1/0",
    "quorum check -n 3 --timeout nan",
    "quorum check -n 3 --timeout inf",
    "quorum check -n 3 --timeout 0",
    "quorum check --votes a=²",
    f"quorum check --zones a={BIG}",
    "quorum check --reads '(((('",
    f"quorum table -n {BIG}",
    "quorum table -n 3 --svg /",
    "quorum prove 'w / 0 > n'",
    "quorum prove 'w + r > n' --timeout inf",
    "quorum prove 'w + r > n' --goal 'size('",
    "prove one-leader --timeout nan",
    "prove one-leader --twin nothing",
    "simulate LOCK --depth 0",
    "completion tcsh",
    "list extra",
    "show LOCK --set clients=x",
]


@pytest.mark.parametrize("line", REFUSED)
def test_it_is_refused_in_one_message(quorate: Runner, line: str) -> None:
    ran = quorate(*shlex.split(line.replace("LOCK", LOCK)))
    late = any(option in line for option in ("--save /", "--html /", "-html /", "--svg /"))  # said after the search
    assert (ran.code, ran.out if not late else "") == (2, "")
    assert "error: " in ran.err
    assert "Quorate itself" not in ran.err


@pytest.mark.parametrize(
    "line",
    [
        f"check LOCK --engine reference --max-states {BIG} --max-depth {BIG} --quiet",
        f"check LOCK --engine reference --capacity {BIG} --quiet",
        f"check LOCK --engine reference --faults crash={BIG} --max-states 9 --quiet",
        f"simulate LOCK --engine reference --walks 3 --seed -{BIG} --quiet",
        f"simulate LOCK --engine reference --walks 3 --depth {BIG} --time 2s --quiet",
        "quorum check -n 3 --seed -1 -w 1 -r 1",
        f"quorum check --votes a={BIG},b=1",
        "quorum check -n 3 --read-fraction 1e-300",
    ],
)
def test_it_is_answered(quorate: Runner, line: str) -> None:
    assert quorate(*shlex.split(line.replace("LOCK", LOCK))).code in {0, 1, 3}


def test_queues_too_long_for_the_native_engine_run_on_the_other(quorate: Runner) -> None:
    ran = quorate("check", "two_phase_commit", "--network", "fifo", "--capacity", "100000", "--max-states", "50", "--quiet")
    assert ran.code == 3
    refused = quorate("check", "two_phase_commit", "--network", "fifo", "--capacity", "100000", "--engine", "native")
    assert refused.code == 2
    assert "lower `--capacity`" in refused.err
