"""Histories: what the clients of a protocol began and ended, and the guarantees that can be asked of that.

`History.begin` and `History.end` are called in steps. What they tell a guarantee is a page in the modelling language,
`properties/guarantees/`; a history of which no guarantee is asked keeps nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.declare import Process, note, world
from quorate.language.errors import ModelError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quorate.language.histories.objects import Operation, Sequential


END = ("end", "end_with")  # what `end` calls, by the number of results


class Guarantee:
    """A property of a history, for the lists of a preset: `violates={history.linearizable: 6}`."""

    def __init__(self, history: History, page: str) -> None:
        self.history, self.page = history, page

    @property
    def __name__(self) -> str:
        return f"{self.history.name}.{self.page}"

    def __call__(self) -> bool:
        raise UsageError(f"`{self.__name__}` is asked for in a preset, or by `--property`")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guarantee) and (self.history, self.page) == (other.history, other.page)

    def __hash__(self) -> int:
        return hash((id(self.history), self.page))


class Offered:
    """A guarantee as an attribute of `History`: its name is that of its page.

    `on` is the page of the only object that it is about, "" where of any; `versions`: it needs each value written once.
    """

    def __init__(self, on: str = "", *, versions: bool = False) -> None:
        self.on, self.versions = on, versions
        self.page = ""

    def fits(self, history: History) -> bool:
        """Say whether it is about the history's object."""
        return self.on in {"", history.of.page}

    def __set_name__(self, owner: type, name: str) -> None:
        self.page = name

    def __get__(self, history: History, owner: type) -> Guarantee:
        if not self.fits(history):
            what = f"`{self.page}` is a guarantee of a register, and this is a history of a `{type(history.of).__name__}`"
            raise ModelError(what, None, "ask for `linearizable`")
        return Guarantee(history, self.page)


class History:
    """`history = History(register)`: what the clients have seen of an object, from the first state on.

    `clients` is the class of those that begin operations, where it is not the class whose methods do. `staleness` is how many
    writes behind a read may be for `bounded_staleness`.
    """

    linearizable = Offered()
    regular = Offered("register")
    safe = Offered("register")
    bounded_staleness = Offered("register")
    read_your_writes = Offered("register", versions=True)
    monotonic_reads = Offered("register", versions=True)
    monotonic_writes = Offered("register", versions=True)
    writes_follow_reads = Offered("register", versions=True)
    no_lost_write = Offered("register", versions=True)
    no_failed_read = Offered("register", versions=True)
    no_vanished_read = Offered("register", versions=True)

    def __init__(self, of: Sequential, *, clients: type[Process] | None = None, staleness: int = 1) -> None:
        self.of, self.clients, self.staleness = of, clients, staleness
        self.name = ""  # set by the loader, from the name it is bound to
        self.functions: Mapping[str, Callable[..., object]] = {}  # `begin` and `end` as they tell the guarantees asked for
        note("history", self)

    def begin(self, client: Process, operation: Operation) -> None:
        """Say that a client begins an operation; it has none open."""
        self.told("begin")(client, operation)
        name, arguments = self.of.calls[operation]
        world().operated(self.name, client, "begin", (operation, *arguments), name)

    def end(self, client: Process, *result: object) -> None:
        """Say that the client's operation ends, and what it returned, where it is one that returns something."""
        self.told(END[len(result)])(client, *result)
        world().operated(self.name, client, END[len(result)], result)

    def fail(self, client: Process) -> None:
        """Say that the client's operation ends without having taken effect: it never will."""
        self.told("fail")(client)
        world().operated(self.name, client, "fail", ())

    def told(self, name: str) -> Callable[..., object]:
        """Return what a step calls under this name. Errors: ModelError for a history that is no name of the module."""
        if name not in self.functions:
            raise ModelError("a history has no name", None, "bind it at the top level: `history = History(register)`")
        return self.functions[name]


OFFERED = {name: value for name, value in vars(History).items() if isinstance(value, Offered)}
