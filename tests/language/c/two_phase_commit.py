"""Two-phase commit (the TLA+ form of Gray & Lamport) as a hand-built program: 288 states with 3 managers, depth 10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import Place
from quorate.language.program import ir
from quorate.language.program.ir import Apply, Assign, Const, Field, Local, Operator, Reduction, Require, Send, Step
from quorate.language.values.state import Global, Setting
from quorate.language.values.types import Bool, Enumeration, ProcessId, RecordOf, SetOf

if TYPE_CHECKING:
    from quorate.language.declare import Order

HERE = Place("two_phase_commit.py", 1, 1)
STAGE = Enumeration("Stage", ("WORKING", "PREPARED", "COMMITTED", "ABORTED"))
PHASE = Enumeration("Phase", ("INIT", "COMMITTED", "ABORTED"))
BOOL = Bool()
PREPARED, COMMIT, ABORT = RecordOf("Prepared", ()), RecordOf("Commit", ()), RecordOf("Abort", ())


def equal(x: ir.Expr, y: ir.Expr) -> ir.Expr:
    return Apply(BOOL, Operator.EQ, (x, y))


def made(record: RecordOf) -> ir.Expr:
    return Apply(record, Operator.MAKE_RECORD, ())


def program(managers: int) -> ir.Program:
    """Return the program: the managers come first, the coordinator last."""
    manager, boss = ProcessId("Manager", tuple(range(managers))), ProcessId("Boss", (managers,))
    group = SetOf(manager)
    everyone = Const(group, frozenset(range(managers)))
    self, me = Local(manager, "self"), Local(boss, "self")
    stage, prepared, phase = (
        Field(STAGE, self, "Manager", "stage"),
        Field(group, me, "Boss", "prepared"),
        Field(PHASE, me, "Boss", "phase"),
    )
    init, working = Const(PHASE, 0), Const(STAGE, 0)
    the_boss = Const(boss, managers)

    def action(name: str, kind: str, *body: ir.Stmt) -> Step:
        return Step(f"{kind}.{name}", "action", kind, (self if kind == "Manager" else me,), body, HERE)

    def receive(name: str, kind: str, record: RecordOf, sender: ProcessId, *body: ir.Stmt) -> Step:
        own = self if kind == "Manager" else me
        return Step(f"{kind}.{name}", "receive", kind, (own, Local(record, "m"), Local(sender, "sender")), body, HERE)

    added = Apply(group, Operator.SET_ADD, (prepared, Local(manager, "sender")))
    steps = (
        action(
            "prepare",
            "Manager",
            Require(equal(stage, working)),
            Assign(stage, Const(STAGE, 1)),
            Send(made(PREPARED), the_boss, self),
        ),
        action("give_up", "Manager", Require(equal(stage, working)), Assign(stage, Const(STAGE, 3))),
        receive("on_commit", "Manager", COMMIT, boss, Assign(stage, Const(STAGE, 2))),
        receive("on_abort", "Manager", ABORT, boss, Assign(stage, Const(STAGE, 3))),
        receive("on_prepared", "Boss", PREPARED, manager, Require(equal(phase, init)), Assign(prepared, added)),
        action(
            "commit",
            "Boss",
            Require(equal(phase, init)),
            Require(equal(prepared, everyone)),
            Assign(phase, Const(PHASE, 1)),
            Send(made(COMMIT), everyone, me, every=True),
        ),
        action(
            "abort",
            "Boss",
            Require(equal(phase, init)),
            Assign(phase, Const(PHASE, 2)),
            Send(made(ABORT), everyone, me, every=True),
        ),
    )
    fields = {
        "Manager": (ir.StateField("stage", STAGE, "durable", 0),),
        "Boss": (ir.StateField("phase", PHASE, "durable", 0), ir.StateField("prepared", group, "durable", frozenset())),
    }
    holders = (
        *(ir.Holder("Manager", i, f"Manager {i + 1}", "managers", i) for i in range(managers)),
        ir.Holder("Boss", managers, "Boss", None, 0),
    )
    return ir.Program(
        "two_phase_commit",
        (),
        holders,
        (),
        fields,
        {"Manager": manager, "Boss": boss},
        (PREPARED, COMMIT, ABORT),
        steps,
        (_consistent(manager, everyone),),
        {},
        (),
        frozenset(),
    )


def stands(manager: ir.Expr, stage: int) -> ir.Expr:
    return equal(Field(STAGE, manager, "Manager", "stage"), Const(STAGE, stage))


def _consistent(manager: ProcessId, everyone: ir.Expr) -> ir.Property:
    a, b = Local(manager, "a"), Local(manager, "b")

    both = Apply(BOOL, Operator.AND, (stands(a, 2), stands(b, 3)))
    clauses = (ir.Clause((a,), everyone), ir.Clause((b,), everyone))
    split = ir.Comprehension(BOOL, Reduction.ANY, clauses, (both,), None, 0)
    return ir.Property("consistent", "always", (ir.Return(Apply(BOOL, Operator.NOT, (split,))),), (HERE,), HERE)


def setting(managers: int, network: Order = "set") -> Setting:
    links = [(i, managers) for i in range(managers)] + [(managers, i) for i in range(managers)]
    return Setting(network, 64, {}, tuple(sorted(links)))


def first_state(managers: int) -> Global:
    fields: tuple[tuple[object, ...], ...] = (*(((0,),) * managers), (0, frozenset()))
    return Global(fields, (), frozenset(), frozenset(), (), (0,) * 7)
