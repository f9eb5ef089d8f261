"""The C meaning of a program: `emit`, the text that `explorer/native/runtime/model.h` asks for.

A step runs on a copy of the state's fixed words, and what it changes is changed there: nothing is unpacked or packed. What the
pieces mean is in `c/expressions.py` and `c/steps.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.expressions import emit as emit_expression
from quorate.language.c.faults import RESETS, fault_calls, fault_functions, kinds_hit
from quorate.language.c.network import (
    all_down_function,
    attempt,
    deliverable_function,
    deliveries,
    delivery_calls,
    flight_functions,
    overflow,
    predicates,
    send_functions,
)
from quorate.language.c.steps import Instance, chooses, helper_functions, instances, property_function, step_function, step_name
from quorate.language.c.values.state import rank_at
from quorate.language.c.values.text import Body, Unit, Value
from quorate.language.c.values.values import is_ranked, unrank
from quorate.language.declare import FAULTS, LIVENESS, MOST_CHOICES
from quorate.language.errors import Unsupported
from quorate.language.packed.layout import Layout
from quorate.language.packed.packing import normal
from quorate.language.packed.routes import runners
from quorate.language.values.lattice import one
from quorate.language.values.types import Int, ProcessId, Size
from quorate.language.values.values import count

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from quorate.language.program.ir import Local, Program, Step
    from quorate.language.values.state import Setting

MOST_WORDS = 1 << 14  # of a state: some lie on the stack of a thread, and a chunk of the arena holds several
MOST_STEPS = (1 << 16) - 1  # an edge tells its step in 16 bits
FREE = frozenset({"restart", "heal"})  # faults that end one


def emit(program: Program, setting: Setting) -> str:
    """Return the C of a program. Errors: Unsupported for what has no C meaning."""
    unit = Unit(program, Layout.of(program, setting))
    _check_sizes(unit)
    restarted = {kind for fault in fault_calls(unit) if fault in RESETS for kind in kinds_hit(unit, fault)}
    steps = [line for s in program.steps if s.role != "initial" or s.kind in restarted for line in step_function(unit, s)]
    properties = _properties(unit)
    expansion = [*deliveries(unit), *_actions(unit), *fault_functions(unit), *_expand(unit)]
    helpers = helper_functions(unit)
    below = [
        *predicates(unit),
        *send_functions(unit),
        *helpers,
        *steps,
        *properties,
        *_outside(unit),
        *expansion,
        *deliverable_function(unit),
        *all_down_function(unit),
    ]
    return "\n".join([*_head(unit), *unit.declarations(), "", *_run(unit), *below, "#pragma GCC diagnostic pop"]) + "\n"


def _check_sizes(unit: Unit) -> None:
    """Errors: Unsupported for what does not fit into the runtime's numbers (runtime/model.h, arena.h)."""
    words, steps = unit.layout.max_words, len(unit.program.steps) + len(FAULTS)
    if words > MOST_WORDS:
        remedy = (
            "lower `--capacity`, or the bounds of lists" if unit.layout.network.parcel_words else "lower the bounds of lists"
        )
        raise Unsupported(f"a state may take {words:,} words, and {MOST_WORDS:,} is the most", None, remedy)
    if steps > MOST_STEPS:
        raise Unsupported(f"there are {steps:,} sorts of steps, and {MOST_STEPS:,} is the most")


def _head(unit: Unit) -> list[str]:
    layout, program = unit.layout, unit.program
    network = layout.network
    sorts = [0] * len(program.steps) + [1 if f in FREE else 2 for f in FAULTS]
    parcels = [
        "#define PARCEL_WORDS " + str(network.parcel_words),
        f"#define MOST_PARCELS {network.most}",
        f"#define CAPACITY {layout.setting.capacity}",
        f"#define ROUTE_AT {network.route_at}",
        f"#define ROUTE_BITS {max(0, len(network.routes) - 1).bit_length()}",
        f"#define FIFO {int(layout.setting.network == 'fifo')}",
        f"#define ONCE {int(layout.setting.network == 'set')}",
    ]
    return [
        f"/* {program.name}: emitted, not written. */",
        f"#define FIXED_WORDS {layout.fixed_words}",
        f"#define MAX_WORDS {layout.max_words}",
        *(parcels if network.parcel_words else parcels[:1]),
        f"#define MAX_CHOICES {MOST_CHOICES}",
        f"#define STEPS {len(program.steps) + len(FAULTS)}",
        f"#define LIMITS {unit.full + (layout.setting.full == 'limit')}",  # the counters of limits, of marks, of a full network
        f"#define SITES {sum(len(p.sites) for p in program.conditions)}",
        f"#define PROPERTIES {sum(a.prop.modality != 'constraint' for a in instances(program))}",
        f"#define PROCESSES {len(program.processes)}",
        f"#define LABELLED {int(any(p.modality in LIVENESS for p in program.properties))}",
        '#include "model.h"',
        '#include "bits.h"',
        *(['#include "parcels.h"'] if network.parcel_words else []),
        "",
        "/* All functions of one sort take the same parameters, whether they need them or not. */",
        "#pragma GCC diagnostic push",
        *(f'#pragma GCC diagnostic ignored "-Wunused-{what}"' for what in ("parameter", "variable", "function")),
        "",
        f"static const uint8_t step_sorts[STEPS + 1] = {{{', '.join(map(str, sorts))}}};",
        "",
    ]


def _run(unit: Unit) -> list[str]:
    """Return what surrounds the run of a step: what it starts from, and what becomes of how it ended."""
    parcels = bool(unit.layout.network.parcel_words)
    lines = [
        "/* The run of one step, and whether a `limit` has stopped one. */",
        "struct run {",
        "    struct sink *out;",
        "    int limited;",
        *(["    int uncounted; /* whether marks do not count now */"] if unit.program.marks else []),
        "    struct choices choices;",
        *(["    struct box box;"] if parcels else []),
        "};",
        "",
        *flight_functions(unit),
        "INLINE void begin(const uint64_t *s, uint64_t *n, struct run *r) {",
        "    memcpy(n, s, 8 * FIXED_WORDS);",
        "    r->box.count = r->box.overflow = 0;" if parcels else "    (void)r;",
        "}",
        "",
        "INLINE void finish(const uint64_t *s, const uint64_t *n, struct run *r, int received, uint32_t step, int outcome) {",
        "    if (outcome == RUN_LIMITED) r->limited = 1, sink_stop(r->out);",
        "    if (outcome == RUN_ERROR) sink_error(r->out, step);",
        "    if (outcome != RUN_OK) return;",
        *_check_capacity(unit),
        "    uint64_t *to = sink_open(r->out);",
        "    memcpy(to, n, 8 * FIXED_WORDS);",
    ]
    if parcels:
        lines += [
            "    if (parcels_close(s, to, received, &r->box)) sink_close(r->out, state_length(to), step);",
            f"    else {overflow(unit, 'step')}",
        ]
    else:
        lines += ["    (void)s, (void)received;", "    sink_close(r->out, FIXED_WORDS, step);"]
    return [*lines, "}", ""]


def _check_capacity(unit: Unit) -> list[str]:
    network, slots = unit.layout.network, unit.layout.slots[("flight",)]
    if not network.bitmap or network.bits <= unit.layout.setting.capacity:
        return []
    pieces = [(slots.at(0) + i, min(64, network.bits - i)) for i in range(0, network.bits, 64)]
    many = " + ".join(f"__builtin_popcountll(bits_get(n, {at}, {width}))" for at, width in pieces)
    return [
        f"    if ({many} > {unit.layout.setting.capacity}) {{",
        f"        {overflow(unit, 'step')}",
        "        return;",
        "    }",
    ]


# -- expanding a state ------------------------------------------------------------------------------------------------


def _actions(unit: Unit) -> list[str]:
    return [line for step in unit.program.steps if step.role == "action" for line in _action(unit, step)]


def _action(unit: Unit, step: Step) -> list[str]:
    b = Body(unit, emit_expression)
    number = unit.program.steps.index(step)
    arguments: list[str] = []
    depth = b.depth
    parameters = step.parameters
    if step.kind:
        arguments.append(_open_runner(b, step))
        parameters = parameters[1:]
    b.line(f"sink_turn(r->out, TURN({number}, {'process' if step.kind else 'PROCESSES'}, PROCESSES));")
    arguments += [_open_argument(b, p, step) for p in parameters]
    call = f"{step_name(unit.program, step)}({', '.join(['n', 's', 'r', *arguments])})"
    attempt(b, number, call, "-1", chosen=chooses(unit.program, step.body))
    while b.depth > depth:
        b.depth -= 1
        b.line("}")
    return [f"static void act_{number}(const uint64_t *s, struct run *r) {{", *b.lines, "}", ""]


def _open_runner(b: Body, step: Step) -> str:
    """Open the loop over the processes that take the step, and return the rank of each in its id type."""
    runs = runners(b.unit.program, step)
    own = step.parameters[0].type
    assert isinstance(own, ProcessId)
    b.line(f"for (int64_t i = 0; i < {len(runs)}; i++) {{")
    b.depth += 1
    process = f"i + {runs[0]}" if runs and runs == tuple(range(runs[0], runs[0] + len(runs))) else f"{b.unit.table(runs)}[i]"
    b.line(f"const int64_t process = {process if runs else 'i'};")
    b.line("if (is_down(s, process)) continue;")
    b.line(f"const int64_t self = {rank_at(b.unit, own.members, 'process')};")
    return "self"


def _open_argument(b: Body, parameter: Local, step: Step) -> str:
    """Open the loop over the values of an argument, and return each. Errors: Unsupported for lists and dicts."""
    t = normal(parameter.type)
    if not is_ranked(t):
        what = f"the argument `{parameter.name}`, {one(parameter.type)}, has no C meaning"
        raise Unsupported(what, step.where, "let the argument be a set, tuple or record, and make the list or dict of it")
    i = b.fresh("a")
    b.line(f"for (int64_t {i} = 0; {i} < {count(t)}; {i}++) {{")
    b.depth += 1
    return b.hold(unrank(b, Value(i, Int(Size(0, "0"), Size(count(t) - 1, ""))), t)).code


def _expand(unit: Unit) -> list[str]:
    actions = [f"act_{i}" for i, s in enumerate(unit.program.steps) if s.role == "action"]
    calls = [*actions, *delivery_calls(unit), *fault_calls(unit)]
    return [
        "static int expand(const uint64_t *state, struct sink *out) {",
        "    struct run run;",
        "    run.out = out;",
        "    run.limited = 0;",
        "    sink_begin(out);",
        *(["    if (is_outside(state, out)) return 1;"] if unit.program.constraints else []),
        *(["    run.uncounted = 0;"] if unit.program.marks else []),
        *(f"    {name}(state, &run);" for name in calls),
        "    return run.limited;",
        "}",
        "",
    ]


# -- properties -------------------------------------------------------------------------------------------------------


def _properties(unit: Unit) -> list[str]:
    lines, site = [], 0
    for number, p in enumerate(unit.program.conditions):
        lines += property_function(unit, number, site)
        site += len(p.sites)
    of_states = {"always", "never", "sometimes", "goal", "constraint"} | LIVENESS
    lines += _check(unit, "check_state(const uint64_t *state", of_states)
    lines += _check(unit, "check_edge(const uint64_t *old, const uint64_t *state", {"step"})
    lines += _check(unit, "check_final(const uint64_t *state", {"final"})
    return [*lines, *_predicates(unit)]


def _outside(unit: Unit) -> list[str]:
    """Return the C of `is_outside`: whether the state is outside a constraint; it counts for the first."""
    program = unit.program
    if not program.constraints:
        return []
    lines = ["static int is_outside(const uint64_t *state, struct sink *out) {"]
    lines += ["    struct run run;", "    run.out = out;", "    int64_t holds = 0;"]
    lines += ["    run.uncounted = 1;"] if program.marks else []
    for number, constraint in enumerate(program.constraints, len(program.properties)):
        bound = next(i for i, b in enumerate(program.limits) if b.where == constraint.where)
        lines.append(f"    if (property_{number}((uint64_t *)state, state, &run, &holds) || !holds)")
        lines.append(f"        return out->limited[{bound}]++, 1;")
    return [*lines, "    return 0;", "}", ""]


def _check(unit: Unit, head: str, modalities: AbstractSet[str]) -> list[str]:
    """Return the C that tells which properties of these modalities are violated or witnessed; of those of whole runs, whose
    function is true.
    """
    wanted = [(bit, a) for bit, a in enumerate(instances(unit.program)) if a.prop.modality in modalities]
    lines = [f"static void {head}, struct sink *out, uint64_t *shown) {{"]
    if not wanted:
        return [*lines, "}", ""]
    old = "old" if "step" in modalities else "state"
    lines += ["    struct run run;", "    run.out = out;", "    int64_t holds = 0;"]
    lines += ["    run.uncounted = 1;"] if unit.program.marks else []
    for bit, asked in wanted:
        told = "!holds" if asked.prop.modality in {"always", "step", "final"} else "holds"
        lines.append(f"    if ({_call(asked, old)}) out->errors++;")
        if asked.prop.modality == "constraint":
            continue
        lines.append(f"    else if ({told}) shown[{bit // 64}] |= {1 << bit % 64:#x}ull;")
    return [*lines, "}", ""]


def _call(asked: Instance, old: str) -> str:
    given = "".join(f"{rank}, " for rank in asked.ranks)
    return f"property_{asked.number}((uint64_t *)state, {old}, &run, {given}&holds)"


def _predicates(unit: Unit) -> list[str]:
    """Return the C that evaluates one function of a property of whole runs."""
    wanted = [(bit, a) for bit, a in enumerate(instances(unit.program)) if a.prop.modality in LIVENESS | {"goal"}]
    if not wanted:
        return []
    return [
        "static int predicate_holds(uint32_t property, const uint64_t *state, struct sink *out) {",
        "    struct run run;",
        "    run.out = out;",
        *(["    run.uncounted = 1;"] if unit.program.marks else []),
        "    int64_t holds = 0;",
        "    switch (property) {",
        *(f"    case {bit}: return !{_call(asked, 'state')} && holds;" for bit, asked in wanted),
        "    }",
        "    return 0;",
        "}",
        "",
    ]
