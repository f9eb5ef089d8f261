"""`require`, `limit`, `skip`, `assert`, `send`, `broadcast`: what a step demands, and the messages it sends."""

from __future__ import annotations

import ast

from quorate.language.errors import ModelError
from quorate.language.lowering.assignments import Assignments
from quorate.language.lowering.conversions import FALSE, TRUE, apply
from quorate.language.lowering.narrowing import assume
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within
from quorate.language.values.lattice import in_words
from quorate.language.values.types import ListOf, Nothing, ProcessId, RecordOf, SetOf


class Sending(Assignments):
    """Adds guards and messages."""

    def _tested(self, test: ast.expr) -> ir.Expr:
        """Return a condition; a wrong one does not hide problems behind it."""
        try:
            return self.condition(test)
        except ModelError as problem:
            self.assembly.problems.append(problem)
            return apply(TRUE.type, Op.NOT, FALSE)

    def _guard(self, node: ast.Call) -> ir.Expr:
        if len(node.args) != 1 or node.keywords:
            raise self.refusal(node, f"`{ast.unparse(node.func)}` takes one condition")
        return self._tested(node.args[0])

    def _require(self, node: ast.Call) -> None:
        condition = self._guard(node)
        self.out.append(ir.Require(condition))
        assume(self.flow, condition, truth=True)

    def _limit(self, node: ast.Call) -> None:
        condition = self._guard(node)
        named = {e.name: e.value for e in within(condition) if isinstance(e, ir.Parameter)}
        text = ast.unparse(node.args[0])
        if len(named) == 1:
            text = " = ".join(str(x) for x in next(iter(named.items())))
        self.out.append(ir.Limit(condition, self.assembly.limit(self.place(node), text)))
        assume(self.flow, condition, truth=True)

    def _skip(self, node: ast.Call) -> None:
        if node.args or node.keywords:
            raise self.refusal(node, "`skip` takes nothing")
        self.out.append(ir.Require(FALSE))
        self.flow.reachable = False

    def _assert(self, test: ast.expr) -> None:
        before, self.out = self.out, []
        condition = self._tested(test)
        written, self.out = self.out, before
        called = [e.function for e in within(condition) if isinstance(e, ir.Call)]
        impure = any(not self.assembly.footprint(self.assembly.functions[f].body).is_pure for f in called)
        if written or impure or any(isinstance(e, ir.Choose | ir.Some) for e in within(condition)):
            raise self.refusal(test, "this `assert` does more than look", "do it on a line of its own, and assert the result")
        self.out.append(ir.Assert(condition))
        assume(self.flow, condition, truth=True)

    def _send(self, node: ast.Call) -> None:
        message, to, sender = self._envelope(node, "send")
        target = self.value_of(self.expr(to), to)
        if not isinstance(target.type, ProcessId):
            raise self.refusal(to, f"`send` goes to a process, not to `{in_words(target.type)}`", "`broadcast` goes to several")
        self._check_receiver(node, message, target.type, sender)
        self.out.append(ir.Send(message, target, sender))

    def _broadcast(self, node: ast.Call) -> None:
        message, to, sender = self._envelope(node, "broadcast")
        targets = self.sequence(self.container(to))
        if not isinstance(targets.type, SetOf | ListOf) or not isinstance(targets.type.item, ProcessId | Nothing):
            raise self.refusal(
                to, f"`broadcast` goes to several processes, not to `{in_words(targets.type)}`", "`send` goes to one"
            )
        if isinstance(targets.type.item, ProcessId):
            self._check_receiver(node, message, targets.type.item, sender)
            self.out.append(ir.Send(message, targets, sender, every=True))

    def _envelope(self, node: ast.Call, name: str) -> tuple[ir.Expr, ast.expr, ir.Expr]:
        if self.standing.mode == "initial":
            raise self.refusal(node, "`@initial` computes first values and sends nothing", "send in an `@action`")
        named = {k.arg: k.value for k in node.keywords}
        if len(node.args) != 1 or "to" not in named or not set(named) <= {"to", "sender"}:
            raise self.refusal(node, f"`{name}` takes a message and `to=`", f"write `{name}(Message(...), to=...)`")
        message = self.value_of(self.expr(node.args[0]), node.args[0])
        if not isinstance(message.type, RecordOf) or message.type.name not in self.names.message_classes:
            raise self.refusal(
                node.args[0], f"`{name}` takes a message, not `{in_words(message.type)}`", "derive the class from `Message`"
            )
        return message, named["to"], self._sender(node, named.get("sender"))

    def _sender(self, node: ast.Call, given: ast.expr | None) -> ir.Expr:
        own = self.own_process()
        if given is None:
            if own is None:
                raise self.refusal(node, "who sends this is not said", "a module-level step writes `sender=`")
            return own
        sender = self.value_of(self.expr(given), given)
        if own is not None and sender != own:
            raise self.refusal(given, "a process sends as itself only", "leave `sender=` out")
        if not isinstance(sender.type, ProcessId):
            raise self.refusal(given, f"the sender is a process, not `{in_words(sender.type)}`")
        return sender

    def own_process(self) -> ir.Local | None:
        """Return the process whose step this is, where it has a name here."""
        for unique in self.flow.names.values():
            if unique in self.standing.own and self.standing.inside is not None:
                return ir.Local(self._types[unique], unique)
        return None

    def _check_receiver(self, node: ast.Call, message: ir.Expr, target: ProcessId, sender: ir.Expr) -> None:
        """Refuse a message that no process among its targets could ever receive from this sender."""
        assert isinstance(message.type, RecordOf)
        handlers = self.names.handlers(message.type.name, target)
        if not handlers:
            what = f"no handler of `{target.kind}` receives `{message.type.name}`"
            raise self.refusal(
                node, what, f"write `@receive def on_...(self, m: {message.type.name}) -> None` in `{target.kind}`"
            )
        assert isinstance(sender.type, ProcessId)
        allowed = [h.sender for h in handlers]
        if all(
            a is not None and not set(self.assembly.model.ids[a.__name__].members) & set(sender.type.members) for a in allowed
        ):
            named = " or ".join(sorted({a.__name__ for a in allowed if a is not None}))
            raise self.refusal(
                node, f"`{handlers[0].name}` takes `{message.type.name}` from `{named}` only, not from `{sender.type.kind}`"
            )
