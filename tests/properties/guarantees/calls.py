"""Histories for the tests: written as intervals, made at random, or all there are; and told to a guarantee's page directly."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from quorate.explorer.contract.setting import setting_of
from quorate.explorer.reference.present import Present
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.language.declare import Faults, entered
from quorate.language.loading.load import load_asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.values.state import Global

HEAD = """
from __future__ import annotations
from typing import Annotated
from quorate import *
"""
TAIL = """
class Client(Process):
    pass
clients = Group(Client, {clients})
on = {object}
history = History(on, clients=Client{extra})
"""
ANSWERING = frozenset({"read", "get", "dequeue"})
INTERVAL = re.compile(r"\|-+ (.+?) -+(\||>|x)")
WRITTEN = re.compile(r"(\w+)\((.*?)\)(?: = (.+))?")


@dataclass(frozen=True)
class Call:
    """An operation with what it returned, and when it began and ended; `end` None where it never does."""

    client: int
    name: str
    arguments: tuple[object, ...]
    result: object
    begin: int
    end: int | None
    failed: bool = False


def parse(text: str) -> list[Call]:
    """Return the operations of a picture: a line a client, `1: |-- write(1) --|`; `-->` never ends, `--x` fails."""
    found = []
    for line in filter(None, map(str.rstrip, text.splitlines())):
        client = int(line.partition(":")[0])
        for match in INTERVAL.finditer(line):
            written = WRITTEN.fullmatch(match[1])
            assert written, match[1]
            arguments = ast.literal_eval(f"({written[2]},)") if written[2] else ()
            result = ast.literal_eval(written[3]) if written[3] else None
            end = None if match[2] == ">" else match.end()
            found.append(Call(client, written[1], arguments, result, match.start(), end, match[2] == "x"))
    return sorted(found, key=lambda call: call.begin)


@dataclass(frozen=True)
class Told:
    """A page in one small model, told of operations as they come: no step of any protocol is in between."""

    on: str
    guarantee: str
    clients: int
    extra: str = ""

    @cached_property
    def engine(self) -> ReferenceEngine:
        source = HEAD + TAIL.format(object=self.on, clients=self.clients, extra=self.extra)
        model = load_asking(source, [f"history.{self.guarantee}"], {})
        return ReferenceEngine(model, setting_of(model, Faults(), "unordered", None))

    @cached_property
    def start(self) -> Global:
        return self.engine.initial_states()[0]

    def begin(self, state: Global, client: int, name: str, arguments: tuple[object, ...]) -> Global:
        model = self.engine.system.model
        history = model.histories[0]
        present = Present(self.engine.system, state, "all")
        with entered(present):
            history.told("begin")(model.processes[client - 1], getattr(history.of, name)(*arguments))
        return self._after(present)

    def end(self, state: Global, call: Call) -> Global:
        model = self.engine.system.model
        client, told = model.processes[call.client - 1], model.histories[0].told
        present = Present(self.engine.system, state, "all")
        with entered(present):
            if call.failed:
                told("fail")(client)
            elif call.name in ANSWERING:
                told("end_with")(client, call.result)
            else:
                told("end")(client)
        return self._after(present)

    def _after(self, present: Present) -> Global:
        shared = list(present.state.shared)
        for holder, row in present.rows().items():
            shared[holder.number] = row
        return replace(present.state, shared=tuple(shared))

    def allows(self, state: Global) -> bool:
        found, error = self.engine.judge.on_state(state)
        assert error is None, error
        return not found

    def judge(self, calls: Sequence[Call]) -> bool:
        """Say whether the page allows a whole history."""
        state = self.start
        events = [(c.begin, 1, c) for c in calls] + [(c.end, 0, c) for c in calls if c.end is not None]
        for _, begins, call in sorted(events, key=lambda e: e[:2]):
            if begins:
                state = self.begin(state, call.client, call.name, call.arguments)
            else:
                state = self.end(state, call)
        return self.allows(state)
