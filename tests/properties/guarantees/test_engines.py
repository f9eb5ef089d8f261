"""Clients that do anything, for each guarantee of each object: both engines agree, and find what there is to violate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import check
from quorate.explorer.contract.verdict import Verdict
from tests.explorer.engines.agreement import agreed, request

from .calls import ANSWERING, HEAD
from .test_pages import CASES, Case, by_one

if TYPE_CHECKING:
    from pathlib import Path

FREE = """
class Client(Process):
    doing: Annotated[int, Range(0, {most})] = durable(0)
    left: Annotated[int, Range(0, {each})] = durable({each})
{steps}
clients = Group(Client, 2)
on = {object}
history = History(on)
presets = [Preset("default", violates=[history.{guarantee}])]
"""
BEGIN = """
    @action
    def begin_{i}(self) -> None:
        require(self.doing == 0 and self.left > 0 and {may})
        self.doing, self.left = {i}, self.left - 1
        history.begin(self, on.{name}({arguments}))
"""
END = """
    @action
    def end_{i}_{j}(self) -> None:
        require(self.doing == {i})
        self.doing = 0
        history.end(self{result})
"""
FAIL = """
    @action
    def fail(self) -> None:
        require(self.doing == 1)
        self.doing = 0
        history.fail(self)
"""


def free(name: str) -> str:
    """Return a model whose clients begin any operation of a case, and end it with anything, or fail."""
    case, steps = CASES[name], [FAIL] if CASES[name].fails or name.startswith("linearizable") else []
    for i, (called, arguments, results) in enumerate(case.choices, 1):
        steps.append(
            BEGIN.format(i=i, name=called, arguments=", ".join(map(repr, arguments)), may=_may(case, called, arguments))
        )
        for j, result in enumerate(results):
            shown = f"set({set(result)})" if isinstance(result, frozenset) and result else repr(result)
            steps.append(END.format(i=i, j=j, result=f", {shown}" if called in ANSWERING else ""))
    sizes = {"most": len(case.choices), "each": 2, "steps": "".join(steps)}
    return HEAD + FREE.format(object=case.on, guarantee=case.guarantee, **sizes)


def _may(case: Case, called: str, arguments: tuple[object, ...]) -> str:
    """Return who may begin an operation, where not anybody: one client writes, or each writes one value, once."""
    if called != "write" or case.guarantee == "linearizable":
        return "True"
    if case.permits is by_one:
        return "self is clients[0]"
    return f"self is clients[{arguments[0]} - 1] and self.left == 2"


@pytest.mark.parametrize("name", CASES)
def test_both_engines_agree_on_clients_that_do_anything(tmp_path: Path, name: str) -> None:
    path = tmp_path / "free.py"
    path.write_text(free(name), encoding="utf-8")
    found = agreed(path, depth=4, threads=(1,))
    assert not isinstance(found, str), found
    assert not found.error
    whole = check(request(path, depth=None, engine="native"))
    assert [(a.verdict, a.as_expected) for a in whole.answers] == [(Verdict.VIOLATED, True)]
    assert whole.answers[0].trace is not None
