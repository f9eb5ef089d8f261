"""The walk over the IR against Python's own meaning, and the conditions that people type."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from quorate.explorer.check import Request, configure
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.language.errors import ModelError, QuorateError, UsageError
from quorate.language.evaluation.condition import condition_of
from quorate.language.evaluation.evaluation import LAZY, value_of
from quorate.language.evaluation.operations import STRICT, converted
from quorate.language.loading.load import load
from quorate.language.program.ir import Operator
from quorate.language.values.state import Global
from tests.language.lowering.test_operators import ANY, CASES, between, expected, program, some_value

MODEL = """
from __future__ import annotations
from enum import Enum, auto
from typing import Annotated
from quorate import Group, Process, Range, Shared, action, always, durable, limit, old, param, step

SIZE = param(2, "nodes")
class Light(Enum):
    RED = auto()
    GREEN = auto()
class Node(Process):
    count: Annotated[int, Range(0, 3)] = durable(0)
    light: Light = durable(Light.RED)
    @action
    def go(self) -> None:
        limit(self.count < 3)
        self.count += 1
        self.light = Light.GREEN
class Log(Shared):
    seen: set[Node] = durable(set())
nodes = Group(Node, SIZE)
log = Log.single()
def busy(node: Node) -> bool:
    found = False
    for n in nodes:
        if n == node and n.count > 0:
            found = True
    return found
asked = busy
@always
def few() -> bool:
    return all(n.count <= 3 for n in nodes)
"""


def test_every_operator_has_a_meaning() -> None:
    assert set(Operator) == STRICT | LAZY
    assert not STRICT & LAZY


@pytest.mark.parametrize("seed", range(20))
def test_operators_mean_what_python_means(seed: int) -> None:
    rng, whole = random.Random(seed), program()
    row = {f.name: some_value(rng, f.type) for f in whole.fields["State"]}
    down = frozenset(p for p in range(4) if rng.random() < 0.3)
    state = Global(((),) * 4, (tuple(row.values()),), down, frozenset(), (), (None, 0, 0, 0, 0, 0, 0))
    for name, (t, expr, meaning) in CASES.items():
        kept = between(-100, 100) if t == ANY else t
        wrong, wanted = expected(kept, meaning, SimpleNamespace(**row, down=down))
        try:
            found = converted(kept, value_of(whole, expr, state))
        except ModelError:
            assert wrong, name
        else:
            assert not wrong, name
            assert found == wanted, name


def states(path: str) -> tuple[ReferenceEngine, list[Global]]:
    """Return the first state of the model, and the one after its first step."""
    configuration = configure(Request(model=path))
    engine = ReferenceEngine(configuration.model, configuration.setting, configuration.program)
    first = engine.initial_states()[0]
    second = engine.successors(first).edges[0].target
    assert second is not None
    return engine, [first, second]


@pytest.mark.parametrize(
    ("text", "truths"),
    [
        ("nodes[0].count == 1", [False, True]),
        ("any(busy(n) for n in nodes)", [False, True]),
        ("all(n.light is Light.RED for n in nodes)", [True, False]),
        ("sum(n.count for n in nodes) * SIZE == 2", [False, True]),
        ("not log.seen and all(up(n) for n in nodes)", [True, True]),
        ("max(n.count for n in nodes) > min(n.count for n in nodes)", [False, True]),
        ("len([n for n in nodes if n.count == 0]) == SIZE", [True, False]),
    ],
)
def test_a_condition_is_evaluated_on_states(text: str, truths: list[bool]) -> None:
    engine, both = states(MODEL)
    condition = condition_of(engine.system.model, text)
    assert [condition.holds(s) for s in both] == truths


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no condition"),
        ("n.count ==", "condition:1:11: invalid syntax\n    n.count ==\n              ^"),
        (
            "nodes[0].cuont > 0",
            "condition:1:1: `Node` has no field `cuont` (did you mean `count`?)\n    nodes[0].cuont > 0\n    ^",
        ),
        ("any(m.count > 0 for n in nodes)", "condition:1:5: unknown name `m`"),
        ("__import__('os').getcwd() == 1", "`__import__` is not supported"),
        ("open('/etc/passwd') == 1", "a step opens no file"),
        ("eval('1') == 1", "`eval`"),
        ("nodes.__class__ == 1", "no attribute `__class__`"),
        ("old(nodes[0]).count == 1", "old"),
        ("x" * 3000, "at most 2000 characters"),
        ("(" * 250 + "1" + ")" * 250, "too many nested parentheses"),
        ("\0", "null bytes"),
        ("nodes[0].count = 1", "invalid syntax"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, said: str) -> None:
    with pytest.raises(QuorateError) as refused:
        condition_of(load(MODEL), text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"), [("1 // nodes[0].count == 1", "division by zero"), ("all(x >= 0 for x in range(10**9))", "too long")]
)
def test_a_condition_without_an_answer_says_so(text: str, said: str) -> None:
    engine, (first, _) = states(MODEL)
    with pytest.raises(ModelError, match=said):
        condition_of(engine.system.model, text).holds(first)


def test_a_model_without_a_c_meaning_has_no_conditions() -> None:
    unsupported = MODEL.replace("        self.light = Light.GREEN", "        pow(2, 1)\n        self.light = Light.GREEN")
    with pytest.raises(UsageError, match="a condition needs a model that the native engine can run"):
        condition_of(load(unsupported), "nodes[0].count == 1")
