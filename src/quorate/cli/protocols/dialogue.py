"""`quorate explore --text`: a walk by hand in the terminal, one command a line, from people or from a script.

A command is added as one row of `COMMANDS`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from quorate.cli.streams import remark
from quorate.explorer.traces.trace_file import write_trace
from quorate.explorer.walks.destination import Satisfying, named, violation
from quorate.language.errors import QuorateError, UsageError, did_you_mean
from quorate.language.evaluation.condition import condition_of
from quorate.report.terminal.excursions import lines, outcome, path_lines, state_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.cli.output import Output
    from quorate.explorer.walks.destination import Destination
    from quorate.explorer.walks.excursion import Excursion


@dataclass
class Dialogue:
    """Takes commands one by one. `at` is the point where the walk stands."""

    excursion: Excursion
    people: Output
    at: int = 0

    def hold(self, stdin: TextIO) -> int:
        """Answer every line; return the exit code. A script stops at its first wrong command: the rest was meant elsewhere."""
        asked = stdin.isatty()
        self.look("")
        while True:
            if asked:
                sys.stderr.write("> ")
                sys.stderr.flush()
            text = stdin.readline()
            if not text or text.strip() in {"quit", "q", "exit"}:
                return 0
            try:
                self.answer(text.strip())
            except QuorateError as error:
                remark(f"error: {error}")
                if not asked:
                    return error.exit_code

    def answer(self, text: str) -> None:
        """Carry out one command. Errors: UsageError, ModelError."""
        word, _, rest = text.partition(" ")
        if not word or word.startswith("#"):
            return
        if word.isdecimal():
            self.go(self.excursion.take(self.at, int(word) - 1))
            return
        name = SHORT.get(word, word)
        if name not in COMMANDS:
            raise UsageError(f"there is no command `{word}`{did_you_mean(word, COMMANDS)}: `help` lists them")
        COMMANDS[name][0](self, rest.strip())

    def go(self, number: int) -> None:
        self.at = self.excursion.point(number).number
        self.look("")

    # -- the commands ---------------------------------------------------------------------------------------------------

    def look(self, _: str) -> None:
        self.people.say([*lines(self.excursion, self.at, self.people.screen), ()])

    def undo(self, _: str) -> None:
        self.go(self.excursion.undo(self.at))

    def jump(self, to: str) -> None:
        if to in self.excursion.bookmarks:
            self.go(self.excursion.bookmarks[to])
        elif to.isdecimal():
            self.go(int(to))
        else:
            raise UsageError(
                f"there is no bookmark `{to}`{did_you_mean(to, self.excursion.bookmarks)}: jump to a point by number"
            )

    def mark(self, name: str) -> None:
        self.excursion.mark(name, self.at)
        self.people.write(f"point {self.at} is `{name}`\n")

    def run(self, name: str) -> None:
        engine = self.excursion.engine
        self._search(named(engine, name) if name else violation(engine))

    def until(self, text: str) -> None:
        self._search(Satisfying(condition_of(self.excursion.engine.system.model, text)))

    def _search(self, to: Destination) -> None:
        try:
            number, way = self.excursion.run(self.at, to)
        except KeyboardInterrupt:
            raise UsageError("the search was interrupted: nothing is claimed") from None
        self.people.write(outcome(to, way))
        if way.edges is not None:
            self.go(number)

    def path(self, _: str) -> None:
        self.people.say([*path_lines(self.excursion, self.at), ()])

    def state(self, _: str) -> None:
        self.people.say([*state_lines(self.excursion, self.at), ()])

    def export(self, file: str) -> None:
        if not file:
            raise UsageError("`export` needs a file: `export walk.json`")
        write_trace(self.excursion.trace(self.at), file)
        self.people.write(f"the walk is saved in {file}: `quorate trace {file}` shows it\n")

    def help(self, _: str) -> None:
        rows = [("N", "take step N"), *((name, about) for name, (_command, about) in COMMANDS.items()), ("quit", "end")]
        self.people.write("\n".join(f"  {name:<8}{about}" for name, about in rows) + "\n")


COMMANDS: dict[str, tuple[Callable[[Dialogue, str], None], str]] = {
    "look": (Dialogue.look, "where the walk stands: what holds, and what can happen"),
    "state": (Dialogue.state, "the whole state"),
    "path": (Dialogue.path, "the steps walked, each with the number of its point"),
    "undo": (Dialogue.undo, "go back one step"),
    "jump": (Dialogue.jump, "go to a point by number or by bookmark"),
    "mark": (Dialogue.mark, "give this point a name"),
    "run": (Dialogue.run, "go on to the next violation; `run NAME`: to that property's violation or witness, or to that step"),
    "until": (Dialogue.until, "go on to a state that satisfies an expression: `until any(s.term > 1 for s in servers)`"),
    "export": (Dialogue.export, "save the walk as a trace"),
    "help": (Dialogue.help, "this list"),
}
SHORT = {"u": "undo", "j": "jump", "m": "mark", "r": "run", "s": "state", "p": "path", "l": "look", "h": "help", "?": "help"}
