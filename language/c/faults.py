"""Faults in C: a function for each that the setting has a budget for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.expressions import emit
from quorate.language.c.network import flag_test, overflow
from quorate.language.c.steps import chooses, step_name
from quorate.language.c.values.state import member_site, rank_at, read, write
from quorate.language.c.values.text import Body, Value
from quorate.language.declare import FAULTS
from quorate.language.packed.packing import normal
from quorate.language.values.types import ProcessId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quorate.language.c.values.text import Unit
    from quorate.language.packed.flight import Block
    from quorate.language.packed.routes import Pair
    from quorate.language.program.ir import StateField, Step


def fault_calls(unit: Unit) -> list[str]:
    """Return the names of the functions of `fault_functions`."""
    return [fault for fault in FAULTS if fault in unit.layout.setting.budgets and _is_possible(unit, fault)]


def _is_possible(unit: Unit, fault: str) -> bool:
    layout = unit.layout
    needs = {"restart": layout.mortals, "amnesia": layout.mortals, "cut": layout.links, "heal": layout.links}
    if fault in {"drop", "duplicate"}:
        return bool(layout.network.parcel_words)
    return bool(needs.get(fault, True))


def fault_functions(unit: Unit) -> list[str]:
    """Return the C of every fault that can happen."""
    lines = [line for fault, storages in RESETS.items() for line in _resets(unit, fault, storages)]
    lines += _change_down(unit)
    for fault in fault_calls(unit):
        b = Body(unit, emit)
        budget = unit.layout.slots.get(("budget", fault))
        if budget:
            b.line(f"if (bits_get(s, {budget.at(0)}, {budget.width}) == 0) return;")
        b.line(f"sink_turn(r->out, TURN({len(unit.program.steps) + FAULTS.index(fault)}, PROCESSES, PROCESSES));")
        _FAULTS[fault](b, len(unit.program.steps) + FAULTS.index(fault))
        lines += [f"static void {fault}(const uint64_t *s, struct run *r) {{", *b.lines, "}", ""]
    return lines


def _begin(b: Body, fault: str) -> None:
    """Write the start of a fault's successor: a copy, one less in the budget."""
    b.line("uint64_t n[FIXED_WORDS];")
    b.line("begin(s, n, r);")
    budget = b.unit.layout.slots.get(("budget", fault))
    if budget:
        at, width = budget.at(0), budget.width
        b.line(f"bits_put(n, {at}, {width}, bits_get(n, {at}, {width}) - 1);")


# -- processes --------------------------------------------------------------------------------------------------------

RESETS = {"crash": {"volatile"}, "amnesia": {"volatile", "durable"}}


def kinds_hit(unit: Unit, fault: str) -> dict[str, tuple[int, ...]]:
    """Return the processes that a fault can hit, by kind."""
    members = unit.layout.setting.budgets[fault].members
    kinds: dict[str, tuple[int, ...]] = {}
    for p in sorted(members):
        kind = unit.program.processes[p].kind
        kinds[kind] = (*kinds.get(kind, ()), p)
    return kinds


def _resets(unit: Unit, fault: str, storages: set[str]) -> list[str]:
    """Return, for each kind that the fault can hit, the function that gives such fields their first values."""
    if fault not in fault_calls(unit):
        return []
    return [line for kind in kinds_hit(unit, fault) for line in reset_function(unit, fault, kind, storages)]


def reset_function(unit: Unit, fault: str, kind: str, storages: set[str]) -> list[str]:
    """A kind with `@initial` first gets all its declared values, is started anew, and gets back what the fault leaves."""
    members = tuple(h.number for h in unit.program.processes if h.kind == kind)
    b = Body(unit, emit)
    holder = Value("self", ProcessId(kind, members))
    initials = _initials(unit, kind)
    fields = unit.program.fields[kind]
    b.line(f"const int64_t self = {rank_at(unit, members, 'process')};")
    if initials:
        b.line("uint64_t kept[FIXED_WORDS];")
        b.line("memcpy(kept, n, 8 * FIXED_WORDS);")
    for field in fields if initials else _of(fields, storages):
        write(b, member_site(b, members, holder, field.name), b.literal(normal(field.type), field.initial))
    if initials:
        if unit.program.marks:  # first values are not what a step does
            b.line("r->uncounted = 1;")
        b.line("int outcome = RUN_OK;")
        for initial in initials:
            own = initial.parameters[0].type
            assert isinstance(own, ProcessId)
            call = f"{step_name(unit.program, initial)}(n, n, r, {rank_at(unit, own.members, 'process')})"
            b.line(f"if (outcome == RUN_OK) outcome = {call};")
        if unit.program.marks:
            b.line("r->uncounted = 0;")
        for field in fields:
            if field.storage not in storages:
                site = member_site(b, members, holder, field.name)
                write(b, site, read(b, "kept", site, field.type))
    head = f"static int {fault}_{kind}(uint64_t *n, struct run *r, int64_t process) {{"
    return [head, *b.lines, "    (void)n, (void)r, (void)self;", f"    return {'outcome' if initials else 'RUN_OK'};", "}", ""]


def _of(fields: tuple[StateField, ...], storages: set[str]) -> list[StateField]:
    return [f for f in fields if f.storage in storages]


def _initials(unit: Unit, kind: str) -> list[Step]:
    return [s for s in unit.program.steps if s.role == "initial" and s.kind == kind]


def _change_down(unit: Unit) -> list[str]:
    layout = unit.layout
    if not layout.mortals:
        return []
    many = len(unit.program.processes)
    places = unit.table(layout.mortals.index(p) if p in layout.mortals else 0 for p in range(many))
    at = layout.slots[("down",)].at(0)
    return [
        "INLINE void set_down(uint64_t *n, int64_t p, int down) {",
        f"    bits_put(n, {at} + (unsigned){places}[p], 1, (uint64_t)down);",
        "}",
        "",
    ]


def _hit(fault: str, *, was_down: bool, is_down: bool) -> Callable[[Body, int], None]:
    """Crash, restart or amnesia."""

    def body(b: Body, number: int) -> None:
        for kind, members in kinds_hit(b.unit, fault).items():
            initials = _initials(b.unit, kind) if fault in RESETS else []
            chosen = any(chooses(b.unit.program, initial.body) for initial in initials)
            with b.block(f"for (int64_t i = 0; i < {len(members)}; i++)"):
                b.line(f"const int64_t process = {b.unit.table(members)}[i];")
                b.line(f"if ({'!' if was_down else ''}is_down(s, process)) continue;")
                if fault == "restart":
                    b.line(f"sink_turn(r->out, TURN({number}, process, PROCESSES));")
                if chosen:
                    b.line("r->choices.made = r->choices.known = 0;")
                with b.block("do" if chosen else ""):
                    _begin(b, fault)
                    b.line("set_down(n, process, 0);")
                    reset = f"{fault}_{kind}(n, r, process)" if fault in RESETS else "RUN_OK"
                    b.line(f"const int outcome = {reset};")
                    if is_down:
                        b.line("set_down(n, process, 1);")
                    if fault == "crash" and b.unit.layout.setting.connections == "lost":
                        _lose_connections(b, number)
                    # A limit in `@initial` stops a fault, not a step: the state may be terminal all the same.
                    b.line(f"finish(s, n, r, -1, {number}, outcome == RUN_LIMITED ? RUN_NONE : outcome);")
                if chosen:
                    b.line("while (next_choices(&r->choices));")

    return body


# -- messages ---------------------------------------------------------------------------------------------------------


def _each_parcel(b: Body, fault: str) -> None:
    members = b.unit.layout.setting.budgets[fault].members
    b.line("if (is_repeated(s, i)) continue;")
    hit = [s in members and t in members for s, t in b.unit.layout.network.routes]
    if not all(hit):
        b.line(f"if (!{b.unit.table(hit)}[route_of(parcel_at(s, i))]) continue;")
    _begin(b, fault)


def _drop(b: Body, number: int) -> None:
    with b.block("for (unsigned i = 0; i < flight_count(s); i++)"):
        _each_parcel(b, "drop")
        b.line(f"finish(s, n, r, (int)i, {number}, RUN_OK);")


def _duplicate(b: Body, number: int) -> None:
    with b.block("for (unsigned i = 0; i < flight_count(s); i++)"):
        _each_parcel(b, "duplicate")
        b.line("uint64_t *to = sink_open(r->out);")
        b.line("memcpy(to, n, sizeof n);")
        b.line(f"if (parcels_double(s, to, i)) sink_close(r->out, state_length(to), {number});")
        b.line(f"else {overflow(b.unit, str(number), fault=True)}")


# -- links ------------------------------------------------------------------------------------------------------------


def _ways(unit: Unit, fault: str) -> Iterator[tuple[int, int]]:
    """Yield the links, by their places, that are cut or healed together: one alone (and -1), or two opposite ones."""
    members = unit.layout.setting.budgets[fault].members
    links = unit.layout.links
    for i, (a, b) in enumerate(links):
        if a in members and b in members:
            yield i, -1
            if a < b and (b, a) in links:
                yield i, links.index((b, a))


def _link(fault: str, *, was_cut: bool) -> Callable[[Body, int], None]:
    def body(b: Body, number: int) -> None:
        ways = list(_ways(b.unit, fault))
        slots = b.unit.layout.slots[("cut",)]
        b.line("const uint64_t *w = s;")
        with b.block(f"for (int64_t i = 0; i < {len(ways)}; i++)"):
            b.line(f"const int64_t one = {b.unit.table(x for x, _ in ways)}[i], two = {b.unit.table(y for _, y in ways)}[i];")
            sign = "!" if was_cut else ""
            b.line(f"if ({sign}{flag_test(slots, 'one')} || (two >= 0 && {sign}{flag_test(slots, 'two')})) continue;")
            _begin(b, fault)
            for link in ("one", "two"):
                test = "if (two >= 0) " if link == "two" else ""
                b.line(f"{test}bits_put(n, {slots.at(0)} + (unsigned){link}, 1, {int(not was_cut)});")
            if was_cut:
                b.line(f"finish(s, n, r, -1, {number}, RUN_OK);")
            else:
                _lose(b, number)

    return body


def _lose(b: Body, number: int) -> None:
    """Write the end of a cut: what is in flight on the links is lost."""
    unit = b.unit
    network = unit.layout.network
    if not network.parcel_words:
        for word in range(unit.layout.fixed_words):
            masks = [_carried(unit, link) >> 64 * word & (1 << 64) - 1 for link in unit.layout.links]
            if any(masks):
                name = f"carried_{word}"
                b.line(f"static const uint64_t {name}[] = {{{', '.join(f'{m:#x}ull' for m in masks)}}};")
                b.line(f"n[{word}] &= ~({name}[one] | (two >= 0 ? {name}[two] : 0));")
        b.line(f"finish(s, n, r, -1, {number}, RUN_OK);")
        return
    routes = unit.table(network.routes.index(x) if x in network.routes else -1 for x in unit.layout.links)
    b.line("uint64_t *to = sink_open(r->out);")
    b.line("memcpy(to, n, sizeof n);")
    b.line(f"parcels_lose(s, to, {routes}[one], two >= 0 ? {routes}[two] : -1);")
    b.line(f"sink_close(r->out, state_length(to), {number});")


def _lose_connections(b: Body, number: int) -> None:
    """Write that what is in flight to and from `process` is lost; parcels end the successor, where there is one."""
    unit = b.unit
    network = unit.layout.network
    if not network.parcel_words:
        for word in range(unit.layout.fixed_words):
            carried = [_carried_by(unit, h.number) >> 64 * word & (1 << 64) - 1 for h in unit.program.processes]
            if any(carried):
                name = f"connected_{word}"
                b.line(f"static const uint64_t {name}[] = {{{', '.join(f'{m:#x}ull' for m in carried)}}};")
                b.line(f"n[{word}] &= ~{name}[process];")
        return
    sources, targets = unit.table(s for s, _ in network.routes), unit.table(t for _, t in network.routes)
    with b.block("if (outcome == RUN_OK)"):
        b.line("uint64_t *to = sink_open(r->out);")
        b.line("memcpy(to, n, sizeof n);")
        b.line(f"parcels_leave(s, to, {sources}, {targets}, process);")
        b.line(f"sink_close(r->out, state_length(to), {number});")
        b.line("continue;")


def _carried_by(unit: Unit, process: int) -> int:
    """Return the bits of the state that stand for messages to and from the process."""
    pairs = {pair for block in unit.layout.network.blocks for pair in block.pairs if process in pair}
    return sum(_carried(unit, pair) for pair in pairs)


def _carried(unit: Unit, link: Pair) -> int:
    """Return the bits of the state that stand for messages on the link."""
    start = unit.layout.slots[("flight",)].at(0)
    bits = 0
    for block in unit.layout.network.blocks:
        bits |= _bits_on(block, link) << start + block.first
    return bits


def _bits_on(block: Block, link: Pair) -> int:
    if link not in block.pairs:
        return 0
    return ((1 << block.values) - 1) << block.pairs.index(link) * block.values


_FAULTS: dict[str, Callable[[Body, int], None]] = {
    "crash": _hit("crash", was_down=False, is_down=True),
    "restart": _hit("restart", was_down=True, is_down=False),
    "amnesia": _hit("amnesia", was_down=True, is_down=False),
    "drop": _drop,
    "duplicate": _duplicate,
    "cut": _link("cut", was_cut=False),
    "heal": _link("heal", was_cut=True),
}
