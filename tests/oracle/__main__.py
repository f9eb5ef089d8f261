"""Compare the engines with the oracle on every preset of the models named: `python -m tests.oracle models/*/raft.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from .held import answered, differences, questions
from .search import TooLarge


def main(names: list[str]) -> None:
    for path in map(Path, names):
        for question in questions(path):
            try:
                outcome = question.explored()
            except TooLarge as large:
                print(path.name, question.preset, large)  # noqa: T201
                continue
            for engine in ("reference", "native"):
                found = differences(outcome, answered(question, engine)) or "agrees"
                print(path.name, question.preset or "", engine, found)  # noqa: T201


main(sys.argv[1:])
