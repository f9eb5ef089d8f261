"""Sets and dicts are walked in the order of their items: the same in every run, whatever Python's hashes are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from quorate.language.loading.prelude import builtins_with
from quorate.language.loading.tree.walking import IN_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

in_order: Callable[[Iterable[object]], list[object]] = builtins_with(__import__)[IN_ORDER]  # type: ignore[assignment]

ANSWERS = """
from __future__ import annotations
from quorate import Group, Message, Preset, Process, action, never, require, receive, send, volatile

class Hi(Message): ...

class Leader(Process):
    waiting: set[Reader] = volatile(set())
    names: dict[Reader, bool] = volatile({})
    done: bool = volatile(False)

    @action
    def collect(self) -> None:
        require(len(self.waiting) == 0 and not self.done)
        self.waiting = {r for r in readers}
        self.names = {r: True for r in readers}

    @action
    def answer(self) -> None:
        require(len(self.waiting) > 0)
        for r in self.waiting:
            send(Hi(), to=r)
        for r in self.names:
            send(Hi(), to=r)
        self.waiting, self.done = set(), True

class Reader(Process):
    @receive
    def on_hi(self, m: Hi) -> None: ...

leader = Leader.single()
readers = Group(Reader, 3)

@never
def answered() -> bool:
    return leader.done

presets = [Preset("default", violates=[answered])]
"""


def test_a_set_and_a_dict_and_its_views() -> None:
    built = {3: "c", 1: "a", 2: "b"}
    assert in_order({3, 1, 2}) == [1, 2, 3]
    assert list(in_order(built)) == [1, 2, 3]
    assert list(in_order(built.keys())) == [1, 2, 3]
    assert list(in_order(built.values())) == ["a", "b", "c"]
    assert list(in_order(built.items())) == [(1, "a"), (2, "b"), (3, "c")]


def test_what_has_an_order_keeps_it() -> None:
    assert in_order([3, 1, 2]) == [3, 1, 2]
    assert list(in_order(range(3, 0, -1))) == [3, 2, 1]


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_traces_are_the_same_under_every_hash_seed(engine: str, tmp_path: Path) -> None:
    model = tmp_path / "answers.py"
    model.write_text(ANSWERS)
    told = set[str]()
    for seed in ("1", "2", "3"):
        command = [sys.executable, "-m", "quorate", "check", str(model), "--engine", engine, "--save", str(tmp_path / "t.json")]
        run = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed}, check=False, cwd=tmp_path
        )
        assert run.returncode == 0, run.stderr
        told.add(json.dumps(json.loads((tmp_path / "t.json").read_text())))
    assert len(told) == 1
