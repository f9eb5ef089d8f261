"""The C meaning of statements, and the functions of a unit: helpers, steps, properties.

Every emitted function takes `n` (the words that it works on), `old` (those before the step, for properties of steps) and
`r` (the run: sink, choices, what is sent), and returns an outcome (runtime/bits.h). Read next: `c/network.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from quorate.language.c.expressions import emit
from quorate.language.c.loops import bind, each
from quorate.language.c.values.conversions import convert
from quorate.language.c.values.state import process_of, site_of, write
from quorate.language.c.values.text import Body, Value, held, identifier, readable, sort_of
from quorate.language.packed.routes import message_of, walk
from quorate.language.program.ir import (
    Assert,
    Assign,
    Break,
    Call,
    Choose,
    Continue,
    Evaluate,
    Field,
    For,
    If,
    Limit,
    Local,
    Mark,
    Require,
    Return,
    Send,
)
from quorate.language.values.types import Bool, ProcessId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.c.values.text import Unit
    from quorate.language.program.ir import Expr, Program, Property, Step, Stmt
    from quorate.language.values.types import Type

CONTEXT = "uint64_t *n, const uint64_t *old, struct run *r"


# -- statements -------------------------------------------------------------------------------------------------------


def statements(b: Body, body: Sequence[Stmt], result: Type | None) -> None:
    """Write statements one after another. `result` is what the function returns."""
    for statement in body:
        _statement(b, statement, result)


def _statement(b: Body, s: Stmt, result: Type | None) -> None:
    match s:
        case Assign(target, value):
            _assign(b, target, b.value(value))
        case If(condition, then, otherwise):
            with b.block(f"if ({b.value(condition).code})"):
                statements(b, then, result)
            if otherwise:
                with b.block("else"):
                    statements(b, otherwise, result)
        case For(targets, source, body):
            with each(b, source) as parts:
                bind(b, targets, parts)
                statements(b, body, result)
        case Require(condition):
            b.fail(f"!{b.hold(b.value(condition)).code}", "RUN_NONE")
        case Assert(condition):
            b.fail(f"!{b.hold(b.value(condition)).code}")
        case Limit(condition, number):
            with b.block(f"if (!{b.hold(b.value(condition)).code})"):
                b.line(f"r->out->limited[{number}]++;")
                b.line("return RUN_LIMITED;")
        case Return(value):
            if value is not None and result is not None:
                b.line(f"*result = {b.hold(convert(b, b.value(value), result)).code};")
            b.line("return RUN_OK;")
        case Send():
            _send(b, s)
        case Evaluate(value):
            b.value(value)
        case Mark(number):
            b.line(f"r->out->limited[{len(b.unit.program.limits) + number}] += !r->uncounted;")
        case Break():
            b.line("break;")
        case Continue():
            b.line("continue;")


def _assign(b: Body, target: Local | Field, v: Value) -> None:
    if isinstance(target, Local):
        known = b.locals[target.name]
        b.line(f"{known.code} = {b.hold(convert(b, v, known.type)).code};")
        return
    v = b.hold(convert(b, v, target.type))
    holder = None
    if not isinstance(target.holder, int):
        holder = b.hold(b.value(target.holder))
        _must_be_up(b, target.holder, holder)
    write(b, site_of(b, target, holder), Value(v.code, target.type))


def _must_be_up(b: Body, e: Expr, process: Value) -> None:
    """A step that writes a process that is down, or sends as it, does not exist."""
    is_self = isinstance(e, Local) and e.name == b.own
    if b.unit.layout.mortals and not is_self:
        b.fail(f"is_down(n, {process_of(b.unit, process)})", "RUN_NONE")


def _send(b: Body, s: Send) -> None:
    message = b.hold(convert(b, b.value(s.message), s.message.type))
    if not s.every:
        target = process_of(b.unit, b.hold(b.value(s.to)))
        sender = b.hold(b.value(s.sender))
        _must_be_up(b, s.sender, sender)
        _post(b, s, sender, target, message)
        return
    sender = b.hold(b.value(s.sender))
    _must_be_up(b, s.sender, sender)
    with each(b, s.to) as parts:
        target = process_of(b.unit, parts[0])
        b.line(f"if ({target} == {process_of(b.unit, sender)}) continue;")
        _post(b, s, sender, target, message)


def _post(b: Body, s: Send, sender: Value, target: str, message: Value) -> None:
    status = b.fresh("status")
    name = f"send_{identifier(message_of(s))}"
    b.line(f"const int {status} = {name}(n, r, {process_of(b.unit, sender)}, {target}, {message.code});")
    b.fail(status, status)


# -- functions --------------------------------------------------------------------------------------------------------


def new_body(unit: Unit, parameters: Sequence[Local], body: Sequence[Stmt], site: int = 0) -> Body:
    """Return the body of a function, its parameters known and its variables declared."""
    b = Body(unit, emit, site=site)
    for parameter in parameters:
        b.locals[parameter.name] = Value(f"v_{identifier(parameter.name)}", held(parameter.type))
        b.declared.add(b.locals[parameter.name].code)
    for local in _variables(body):
        if local.name not in b.locals:
            name, t = f"v_{identifier(local.name)}", held(local.type)
            b.locals[local.name] = Value(name, t)
            b.declared.add(name)
            b.line(f"{unit.note(t)} {name} = {'{{0}}' if sort_of(t) == 'words' else '0'};")
    return b


def _variables(body: Sequence[Stmt]) -> list[Local]:
    found = [a.target for a in walk(body, Assign) if isinstance(a.target, Local)]
    for loop in walk(body, For):
        found += loop.targets
    return found


def signature(unit: Unit, name: str, parameters: Sequence[Local], result: Type | None) -> str:
    """Return the head of a function; without a result, a helper's last parameter is not used."""
    given = [f"{unit.note(held(p.type))} v_{identifier(p.name)}" for p in parameters]
    last = [f"{unit.note(held(result))} *result"] if result is not None else []
    return f"static inline int {name}({', '.join([CONTEXT, *given, *last])})"


def finished(b: Body, name: str, parameters: Sequence[Local], body: Sequence[Stmt], result: Type | None) -> list[str]:
    """Return the C of a function with this body."""
    statements(b, body, result)
    return [signature(b.unit, name, parameters, result) + " {", *b.lines, "    return RUN_OK;", "}", ""]


def step_name(program: Program, step: Step) -> str:
    """Return the C name of a step."""
    return f"step_{program.steps.index(step)}_{readable(step.name)}"


def step_function(unit: Unit, step: Step) -> list[str]:
    """Return the C of a step."""
    b = new_body(unit, step.parameters, step.body)
    b.own = step.parameters[0].name if step.kind else ""
    return finished(b, step_name(unit.program, step), step.parameters, step.body, None)


def property_function(unit: Unit, number: int, site: int) -> list[str]:
    """Return the C of a property, or of a constraint: those follow. Its quantifiers are numbered from `site`."""
    p = unit.program.conditions[number]
    return finished(new_body(unit, p.parameters, p.body, site), f"property_{number}", p.parameters, p.body, Bool())


@dataclass(frozen=True, slots=True)
class Instance:
    """A property asked of some processes, by their ranks among those that each argument may be; of none, mostly."""

    number: int
    prop: Property
    ranks: tuple[int, ...]


def instances(program: Program) -> list[Instance]:
    """Return all that is asked of states and steps, each a bit of what they show; constraints, which show nothing, are last.

    `Model.asked` has the same order.
    """
    return [
        Instance(number, p, ranks)
        for number, p in enumerate(program.conditions)
        for ranks in product(*[range(len(q.type.members)) for q in p.parameters if isinstance(q.type, ProcessId)])
    ]


def helper_functions(unit: Unit) -> list[str]:
    """Return the C of the helpers that were called so far, and of those that they call; all are declared first."""
    heads: list[str] = []
    texts: list[str] = []
    done = 0
    while done < len(unit.functions):
        (key, site), name = list(unit.functions.items())[done]
        f = unit.program.functions[key]
        heads.append(signature(unit, name, f.parameters, f.result) + ";")
        texts += finished(new_body(unit, f.parameters, f.body, site), name, f.parameters, f.body, f.result)
        done += 1
    return [*heads, "", *texts]


def chooses(program: Program, body: object) -> bool:
    """Say whether running this may choose, itself or in a helper."""
    if next(iter(walk(body, Choose)), None):
        return True
    return any(chooses(program, program.functions[c.function].body) for c in walk(body, Call))
