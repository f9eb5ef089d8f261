"""`require`, `limit`, `skip`, `assert`, `send`, `broadcast`: what a step demands, and the messages it sends."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.errors import ModelError, Unsupported
from quorate.language.lowering.bodies.conversions import FALSE, value_of
from quorate.language.lowering.bodies.narrowing import assume
from quorate.language.lowering.bodies.sequence import hoisted
from quorate.language.lowering.foreign import condition_apart, read
from quorate.language.lowering.reading.operators import condition_of, container_of, sequence
from quorate.language.program import ir
from quorate.language.program.traversal import within
from quorate.language.values.lattice import in_words
from quorate.language.values.types import ListOf, Nothing, ProcessId, RecordOf, SetOf

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.lowering.bodies.body import Body
    from quorate.language.values.types import Type


def tested(body: Body, test: ast.expr) -> ir.Expr:
    """Return a condition; a wrong one does not hide problems behind it."""
    try:
        return condition_of(body, test)
    except ModelError as problem:
        return condition_apart(body, test, problem)


def guard(body: Body, node: ast.Call) -> ir.Expr:
    if len(node.args) != 1 or node.keywords:
        raise body.refusal(node, f"`{ast.unparse(node.func)}` takes one condition")
    return tested(body, node.args[0])


def require(body: Body, node: ast.Call) -> None:
    condition = guard(body, node)
    body.out.append(ir.Require(condition))
    assume(body.flow, condition, truth=True)


def limit(body: Body, node: ast.Call) -> None:
    condition = guard(body, node)
    named = {e.name: e.value for e in within(condition) if isinstance(e, ir.Parameter)}
    text = ast.unparse(node.args[0])
    if len(named) == 1:
        text = " = ".join(str(x) for x in next(iter(named.items())))
    body.out.append(ir.Limit(condition, body.assembly.limit(body.place(node), text)))
    assume(body.flow, condition, truth=True)


def skip(body: Body, node: ast.Call) -> None:
    if node.args or node.keywords:
        raise body.refusal(node, "`skip` takes nothing")
    body.out.append(ir.Require(FALSE))
    body.flow.reachable = False


def assert_statement(body: Body, test: ast.expr) -> None:
    before, body.out = body.out, []
    condition = tested(body, test)
    written, body.out = body.out, before
    called = [e.function for e in within(condition) if isinstance(e, ir.Call)]
    impure = any(not body.assembly.footprint(body.assembly.functions[f].body).is_pure for f in called)
    if written or impure or any(isinstance(e, ir.Choose | ir.Some) for e in within(condition)):
        raise body.refusal(test, "this `assert` does more than look", "do it on a line of its own, and assert the result")
    body.out.append(ir.Assert(condition))
    assume(body.flow, condition, truth=True)


def send(body: Body, node: ast.Call) -> None:
    message, target, sender = envelope(body, node, "send", lambda to: value_of(body, body.expr(to), to))
    to = addressed(node)
    if not isinstance(target.type, ProcessId):
        raise body.refusal(to, f"`send` goes to a process, not to `{in_words(target.type)}`", "`broadcast` goes to several")
    check_receiver(body, node, message, target.type, sender)
    body.out.append(ir.Send(message, target, sender))


def broadcast(body: Body, node: ast.Call) -> None:
    message, targets, sender = envelope(body, node, "broadcast", lambda to: sequence(body, container_of(body, to)))
    to = addressed(node)
    if not isinstance(targets.type, SetOf | ListOf) or not isinstance(targets.type.item, ProcessId | Nothing):
        raise body.refusal(
            to, f"`broadcast` goes to several processes, not to `{in_words(targets.type)}`", "`send` goes to one"
        )
    if isinstance(targets.type.item, ProcessId):
        check_receiver(body, node, message, targets.type.item, sender)
        body.out.append(ir.Send(message, targets, sender, every=True))


def addressed(node: ast.Call) -> ast.expr:
    return next(k.value for k in node.keywords if k.arg == "to")


def envelope(body: Body, node: ast.Call, name: str, target: Callable[[ast.expr], ir.Expr]) -> tuple[ir.Expr, ir.Expr, ir.Expr]:
    """Return the message, where it goes to, and who sends it; evaluated in the order of the source."""
    if body.standing.mode == "initial":
        raise body.refusal(node, "`@initial` computes first values and sends nothing", "send in an `@action`")
    named = {k.arg: k.value for k in node.keywords}
    if len(node.args) != 1 or "to" not in named or not set(named) <= {"to", "sender"}:
        raise body.refusal(node, f"`{name}` takes a message and `to=`", f"write `{name}(Message(...), to=...)`")
    message = message_of(body, node.args[0])
    if not isinstance(message.type, RecordOf) or message.type.name not in body.names.message_classes:
        raise body.refusal(
            node.args[0], f"`{name}` takes a message, not `{in_words(message.type)}`", "derive the class from `Message`"
        )
    parts = {"message": (message, node.args[0])}
    for keyword in node.keywords:
        value = addressee(keyword.value, target) if keyword.arg == "to" else sender(body, node, keyword.value)
        parts[str(keyword.arg)] = (value, keyword.value)
    if "sender" not in parts:
        parts["sender"] = (sender(body, node, None), node)
    effects = [body.assembly.observer.of(expr) for expr, _ in parts.values()]
    checked = parts["sender"][0] != own_process(body) and any(e.fails for e in effects)  # whether the sender is up
    if checked or any(e.acts for e in effects):
        parts = {part: (hoisted(body, expr, at), at) for part, (expr, at) in parts.items()}
    return parts["message"][0], parts["to"][0], parts["sender"][0]


def message_of(body: Body, node: ast.expr) -> ir.Expr:
    """Return the message that is sent; of one that is made here of what has no C meaning, its class."""
    try:
        return value_of(body, body.expr(node), node)
    except Unsupported as problem:
        declared = declared_as(body, node)
        if declared is None:
            raise body.refusal(
                node, f"{problem.what}, and it decides what is sent", "make the message where it is sent"
            ) from None
        body.assembly.problems.append(problem)
        return ir.Opaque(body.inference.current(declared), (read(body, node),))


def declared_as(body: Body, node: ast.expr) -> Type | None:
    """Return the type of the message whose class is called here."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)) or body.is_local(node.func.id):
        return None
    made = body.names.value(body.source, node.func.id)
    return next((m for m in body.assembly.model.messages if m.name == getattr(made, "__name__", "")), None)


def addressee(node: ast.expr, target: Callable[[ast.expr], ir.Expr]) -> ir.Expr:
    """Return whom a message goes to. Errors: ModelError where that has no C meaning: who can receive it is not known then."""
    try:
        return target(node)
    except Unsupported as problem:
        what = f"{problem.what}, and it decides who gets the message"
        raise ModelError(what, problem.where, problem.remedy) from None


def sender(body: Body, node: ast.Call, given: ast.expr | None) -> ir.Expr:
    own = own_process(body)
    if given is None:
        if own is None:
            raise body.refusal(node, "who sends this is not said", "a module-level step writes `sender=`")
        return own
    sender = value_of(body, body.expr(given), given)
    if own is not None and sender != own:
        raise body.refusal(given, "a process sends as itself only", "leave `sender=` out")
    if not isinstance(sender.type, ProcessId):
        raise body.refusal(given, f"the sender is a process, not `{in_words(sender.type)}`")
    return sender


def own_process(body: Body) -> ir.Local | None:
    """Return the process whose step this is, where it has a name here."""
    for unique in body.flow.names.values():
        if unique in body.standing.own and body.standing.inside is not None:
            return ir.Local(body.types[unique], unique)
    return None


def check_receiver(body: Body, node: ast.Call, message: ir.Expr, target: ProcessId, sender: ir.Expr) -> None:
    """Refuse a message that no process among its targets could ever receive from this sender."""
    assert isinstance(message.type, RecordOf)
    handlers = body.names.handlers(message.type.name, target)
    if not handlers:
        what = f"no handler of `{target.kind}` receives `{message.type.name}`"
        raise body.refusal(node, what, f"write `@receive def on_...(self, m: {message.type.name}) -> None` in `{target.kind}`")
    assert isinstance(sender.type, ProcessId)
    allowed = [h.sender for h in handlers]
    if all(a is not None and not set(body.assembly.model.ids[a.__name__].members) & set(sender.type.members) for a in allowed):
        named = " or ".join(sorted({a.__name__ for a in allowed if a is not None}))
        raise body.refusal(
            node, f"`{handlers[0].name}` takes `{message.type.name}` from `{named}` only, not from `{sender.type.kind}`"
        )
