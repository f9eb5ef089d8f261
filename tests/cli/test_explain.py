"""`quorate explain`, from a saved trace to sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.running import CHATTER, LOCK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import Runner

STUCK = """
from quorate import Message, Process, receive, action, require, send, volatile, sometimes

class Note(Message):
    pass

class Reader(Process):
    told: bool = volatile(False)

    @action
    def tell(self) -> None:
        require(not self.told)
        self.told = True
        send(Note(), to=other)

class Other(Process):
    wants: bool = volatile(False)

    @receive
    def on_note(self, m: Note) -> None:
        require(self.wants)

reader = Reader.single()
other = Other.single()

@sometimes
def told() -> bool:
    return reader.told
"""


def saved(quorate: Runner, folder: Path, *arguments: str, model: str = LOCK) -> Path:
    file = folder / "trace.json"
    quorate.check("--save", str(file), *arguments, model=model)
    return file


def flat(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


def test_a_violation_is_explained(quorate: Runner, tmp_path: Path) -> None:
    ran = quorate("explain", str(saved(quorate, tmp_path, "--preset", "server restarts")))
    assert ran.code == 0
    assert ran.out.startswith("mutual_exclusion is violated, after 8 steps")
    assert "No step can be left out. Each was tried:" in flat(ran.out)
    assert "crashes" in flat(ran.out)


def test_a_walk_is_explained_and_simplified(quorate: Runner, tmp_path: Path) -> None:
    walk, shorter = tmp_path / "walk.json", tmp_path / "shorter.json"
    options = ("--engine", "reference", "--no-shrink", "--seed", "1", "--save", str(walk))
    quorate("simulate", CHATTER, *options)
    ran = quorate("explain", str(walk), "--save", str(shorter))
    assert "can be left out: run again without, the trace ends the same way, after 4 steps." in flat(ran.out)
    again = quorate("explain", str(shorter))
    assert again.out.startswith("the_listener_has_peace is violated, after 4 steps")
    assert "No step can be left out." in flat(again.out)


def test_a_stuck_state_is_explained(quorate: Runner, tmp_path: Path) -> None:
    model = tmp_path / "stuck.py"
    model.write_text(STUCK, encoding="utf-8")
    ran = quorate("explain", str(saved(quorate, tmp_path, model=str(model))))
    assert ran.code == 0
    assert "No step can be taken any more, and nobody takes Note() from Reader to Other." in flat(ran.out)
    assert "Without step 1, the rest can happen, and it does not end so." in flat(ran.out)


def test_an_error_is_explained(quorate: Runner, tmp_path: Path) -> None:
    model = tmp_path / "wrong.py"
    model.write_text(STUCK.replace("require(self.wants)", "assert self.wants"), encoding="utf-8")
    ran = quorate("explain", str(saved(quorate, tmp_path, model=str(model))))
    assert "This step ends in an error of the model." in flat(ran.out)
    assert "the assertion failed" in flat(ran.out)
    assert "Without step 1, step 2 cannot happen." in flat(ran.out)


def test_wrong_files_are_refused(quorate: Runner, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    assert quorate("explain", str(broken)).code == 2
    assert "is not a whole trace" in quorate("explain", str(broken)).err
    assert "`--save` needs the model to run" in quorate("explain", str(broken), "--save", "x", "--no-replay").err
