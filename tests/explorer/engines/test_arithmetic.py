"""What is computed in between: 64 bits, indices from the front, records within bounds; errors of the model in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

TOP = """
BIG = 2**63 - 1
LEAST = -2**62 * 2
Bit = Annotated[int, Range(0, 1)]
Sign = Annotated[int, Range(-1, 1)]

class Pair(Record):
    left: Bit
    right: Annotated[list[Bit], Max(1)]

class Server(Process):
    n: Sign = durable(0)
    log: Annotated[list[Bit], Max(3)] = durable([0, 1])
    table: dict[Sign, Bit] = durable({{-1: 1}})
    done: bool = durable(False)

    def doubled(self, n: int) -> int:
        return n + n

    @action
    def act(self, n: Sign) -> None:
        require(not self.done and self.doubled(n) < 9)
        self.done = True
        self.n = n
        {body}

server = Server.single()

@always
def small() -> bool:
    return {claim}
"""

FINE = {
    "the greatest": "x = BIG + n if n < 1 else 0\nself.log.append(1 if x == BIG else 0)",
    "the least": "x = LEAST + n if n > -1 else 0\nself.log.append(1 if x == LEAST else 0)",
    "a remainder of the least": "x = LEAST % n if n != 0 else 0\nself.log.append(x)",
    "a literal counts from the end": "self.log[-1] = 0\nself.n = self.log[-2]\nself.n = self.log.pop(-1)",
    "a key below zero": "self.table[n] = 0\nself.n = self.table[n]",
    "a key below zero is taken away": "if n in self.table:\n    self.n = self.table.pop(n)",
    "a slice past the end": "self.n = len(self.log[1:n + 7])",
    "an index of a group": "self.n = 0 if [server][abs(n) - abs(n)] is self else 1",
    "a list from a loop that began with something": "items = [1]\nfor i in range(2):\n    items += [i]\nself.log = items",
    "a list from a loop that appends": "items = [1]\nfor i in range(2):\n    items.append(i)\nself.n = len(items) - 2",
    "a list from two loops": "items = [1]\nfor i in range(2):\n    for j in range(2):\n        items.insert(0, j)\n"
    "    items += [i, i]\nself.n = len(items) - 9",
}
WRONG = {
    "past the greatest": "x = BIG + n\nself.n = 1 if x == BIG else 0",
    "past the least": "x = LEAST + n\nself.n = 1 if x == LEAST else 0",
    "past the least, by a difference": "x = LEAST - n\nself.n = 1 if x == LEAST else 0",
    "a product": "x = BIG * (n + 1)\nself.n = 1 if x == BIG else 0",
    "a quotient of the least": "x = LEAST // n if n != 0 else 0\nself.n = 1 if x == LEAST else 0",
    "a negation": "x = -(LEAST + n) if n > -1 else 0\nself.n = 1 if x == LEAST else 0",
    "a magnitude": "x = abs(LEAST + n) if n > -1 else 0\nself.n = 1 if x == LEAST else 0",
    "a sum of items": "x = sum([BIG, n])\nself.n = 1 if x == BIG else 0",
    "a sum over a comprehension": "x = sum(BIG for b in [n, 1] if b > 0)\nself.n = 1 if x == BIG else 0",
    "a sum that would come back": "x = BIG + n - n\nself.n = 1 if x == BIG else 0",
    "an augmented local": "x = BIG\nx += n\nself.n = 1 if x == BIG else 0",
    "a local that grows in a loop": "x = 1\nfor i in range(64):\n    x += x\nself.n = 0 if x > 5 else 1",
    "a helper": "x = self.doubled(BIG if n == 1 else 1)\nself.n = 1 if x == BIG else 0",
    "a comparison alone": "self.n = 1 if BIG + n > 5 else 0",
    "dropped by `and`": "self.n = 1 if BIG + n > 5 and n == 0 else 0",
    "an index": "self.n = self.log[n]",
    "an index by a local": "i = n\nself.n = self.log[i]",
    "an index by a name": "self.n = self.log[n - 0]",
    "an item that is put": "self.log[n] = 1",
    "an item that is added to": "self.log[n] += 0",
    "an item that is deleted": "del self.log[n]",
    "an item that is taken": "self.n = self.log.pop(n)",
    "an item that is inserted": "self.log.insert(n, 1)",
    "an item of a local": "items = [0, 1, 0]\nself.n = items[n]",
    "an item of a local that is put": "items = [0, 1, 0]\nitems[n] = 1\nself.log = items",
    "an item of a tuple": "self.n = (0, 1, 0)[n]",
    "a slice from": "self.n = len(self.log[n:])",
    "a slice to": "self.n = len(self.log[:n])",
    "a record": "p = Pair(n, [])",
    "a record, and it is looked at": "self.n = Pair(n, []).left",
    "a record by name": "p = Pair(right=[], left=n)",
    "a record in part": "p = Pair(0, [0, 1] if n == 0 else [])",
    "a record in a record's list": "p = Pair(0, [n])",
    "a record replaced": "p = Pair(0, []).replace(left=n)",
    "a record in a comparison": "self.n = 1 if Pair(n, []) == Pair(0, []) else 0",
}
IN_A_PROPERTY = {
    "past the greatest": "BIG + server.n > 0",
    "a sum": "sum([BIG, server.n]) > 0",
    "an index": "server.log[server.n] < 2",
    "a record": "Pair(server.n, []) == Pair(0, []) or True",
}


def written(folder: Path, body: str, claim: str = "True") -> Path:
    path = folder / "model.py"
    path.write_text(HEAD + TOP.format(body=body.replace("\n", "\n        "), claim=claim), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FINE)
def test_what_fits_is_the_same_in_both_engines(name: str, tmp_path: Path) -> None:
    result = agreed(written(tmp_path, FINE[name]), threads=(1,))
    assert not isinstance(result, str), result
    assert not result.error


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_an_error_of_the_model_in_both_engines(name: str, tmp_path: Path) -> None:
    result = agreed(written(tmp_path, WRONG[name]), threads=(1,))
    assert not isinstance(result, str), result
    assert result.error


@pytest.mark.parametrize("name", IN_A_PROPERTY)
def test_a_property_computes_as_a_step_does(name: str, tmp_path: Path) -> None:
    result = agreed(written(tmp_path, "pass", IN_A_PROPERTY[name]), threads=(1,))
    assert not isinstance(result, str), result
    assert result.error


@pytest.mark.parametrize("number", ["2**63", "-2**63 - 1", "9223372036854775808", "2**64 % 3"])
def test_a_number_of_the_source_beyond_64_bits_is_refused(number: str, tmp_path: Path) -> None:
    said = agreed(written(tmp_path, f"self.n = 1 if n < {number} else 0"), threads=(1,))
    assert "this number is beyond 64 bits" in str(said)
