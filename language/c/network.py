"""Messages in C: sending them, what is in flight, and delivering it.

Read next: `c/faults.py`; `to_c.py`, which puts the unit together; `runtime/parcels.h`, parcels behind the fixed words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.expressions import emit
from quorate.language.c.steps import chooses, step_name
from quorate.language.c.values.state import rank_at
from quorate.language.c.values.text import Body, Value, identifier, sort_of
from quorate.language.c.values.values import build, from_raw, raw_of, take
from quorate.language.packed.flight import radix
from quorate.language.packed.packing import bits_of, components
from quorate.language.packed.routes import handled, handler, message_of, runners, senders, walk
from quorate.language.program.ir import Send, Step
from quorate.language.values.types import ProcessId, RecordOf

if TYPE_CHECKING:
    from quorate.language.c.values.text import Unit
    from quorate.language.packed.flight import Block
    from quorate.language.packed.layout import Slots
    from quorate.language.packed.routes import Pair


def flag_test(slots: Slots, index: str) -> str:
    """Return the C condition that a bit of an array of bits is set in `w`."""
    if slots.bit + slots.count <= 64:
        return f"(w[{slots.word}] >> ({slots.bit} + {index}) & 1)"
    at = slots.at(0)
    return f"(w[({at} + {index}) / 64] >> ({at} + {index}) % 64 & 1)"


def predicates(unit: Unit) -> list[str]:
    """Return the C of `is_down`, and of `is_cut`."""
    layout, many = unit.layout, len(unit.program.processes)
    lines = ["INLINE int is_down(const uint64_t *w, int64_t p) {"]
    if not layout.mortals:
        lines.append("    (void)w, (void)p;\n    return 0;")
    else:
        places = [layout.mortals.index(p) if p in layout.mortals else -1 for p in range(many)]
        everyone = len(layout.mortals) == many
        lines.append(f"    const int64_t i = {'p' if everyone else f'{unit.table(places)}[p]'};")
        lines.append(f"    return {'' if everyone else 'i >= 0 && '}{flag_test(layout.slots[('down',)], 'i')};")
    lines += ["}", "", "INLINE int is_cut(const uint64_t *w, int64_t from, int64_t to) {"]
    if not layout.links:
        lines.append("    (void)w, (void)from, (void)to;\n    return 0;")
    else:
        lines.append(f"    const int64_t i = {_pair_table(unit, layout.links)}[from * {many} + to];")
        lines.append(f"    return i >= 0 && {flag_test(layout.slots[('cut',)], 'i')};")
    return [*lines, "}", ""]


def _pair_table(unit: Unit, pairs: tuple[Pair, ...]) -> str:
    """Return a table from source * processes + target to the place of the pair among these, or -1."""
    many = range(len(unit.program.processes))
    places = {pair: i for i, pair in enumerate(pairs)}
    return unit.table(places.get((s, t), -1) for s in many for t in many)


# -- sending ----------------------------------------------------------------------------------------------------------


def send_functions(unit: Unit) -> list[str]:
    """Return a C function for each message that some step sends."""
    bodies = [s.body for s in unit.program.steps], [f.body for f in unit.program.functions.values()]
    sent = dict.fromkeys(message_of(s) for s in walk(bodies, Send))
    known = {m.name: m for m in unit.layout.network.messages}
    lines: list[str] = []
    for name in sent:
        message = next((s.message.type for s in walk(bodies, Send) if message_of(s) == name), None)
        assert isinstance(message, RecordOf)
        ctype = unit.note(known.get(name, message))
        head = f"INLINE int send_{identifier(name)}(uint64_t *n, struct run *r, int64_t from, int64_t to, {ctype} m) {{"
        lines += [head, *(_sending(unit, known[name]) if name in known else ["    return RUN_ERROR;"]), "}", ""]
    return lines


def _sending(unit: Unit, message: RecordOf) -> list[str]:
    b = Body(unit, emit)
    pairs = unit.layout.routes.pairs[message.name]
    b.line(f"const int64_t pair = {_pair_place(unit, pairs)};")
    b.fail("pair < 0")
    b.fail("is_cut(n, from, to)", "RUN_OK")
    if unit.layout.setting.connections == "lost":
        b.fail("is_down(n, to)", "RUN_OK")
    if unit.layout.network.bitmap:
        block = next(x for x in unit.layout.network.blocks if x.message == message)
        _send_bit(b, block)
    else:
        _send_parcel(b, message)
    return [*b.lines, "    return RUN_OK;"]


def _pair_place(unit: Unit, pairs: tuple[Pair, ...]) -> str:
    """Return the place of the pair (from, to) among these, or -1, in C: without a table where all are linked to all."""
    sources, targets = sorted({s for s, _ in pairs}), sorted({t for _, t in pairs})
    runs = all(x == list(range(x[0], x[0] + len(x))) for x in (sources, targets))
    if not runs or len(pairs) != len(sources) * len(targets):
        return f"{_pair_table(unit, pairs)}[from * {len(unit.program.processes)} + to]"
    inside = f"(uint64_t)(from - {sources[0]}) < {len(sources)} && (uint64_t)(to - {targets[0]}) < {len(targets)}"
    return f"{inside} ? (from - {sources[0]}) * {len(targets)} + (to - {targets[0]}) : -1"


def _send_bit(b: Body, block: Block) -> None:
    m = Value("m", block.message)
    place = "0"
    for at, part in components(block.message):
        place = f"({place} * {radix(part)} + {raw_of(b, take(b, m, at, part))})"
    slots = b.unit.layout.slots[("flight",)]
    start = slots.at(0) + block.first
    index = f"(uint64_t)pair * {block.values} + {place}" if block.values > 1 else "(uint64_t)pair"
    if start // 64 == (start + block.bits - 1) // 64:
        b.line(f"n[{start // 64}] |= 1ull << ({start % 64} + {index});")
    else:
        b.line(f"const uint64_t at = {start} + {index};")
        b.line("n[at / 64] |= 1ull << at % 64;")


def _send_parcel(b: Body, message: RecordOf) -> None:
    network, width = b.unit.layout.network, bits_of(message)
    b.line("uint64_t parcel[PARCEL_WORDS] = {0};")
    if sort_of(message) == "words":
        b.line(f"bits_copy(parcel, 0, m.w, 0, {width});")
    elif width:
        b.line("parcel[0] = m;")
    tag_bits = network.route_at - network.message_at
    if tag_bits:
        b.line(f"bits_put(parcel, {network.message_at}, {tag_bits}, {network.messages.index(message)});")
    route = f"{_pair_table(b.unit, network.routes)}[from * {len(b.unit.program.processes)} + to]"
    if len(network.routes) > 1:
        b.line(f"bits_put(parcel, ROUTE_AT, ROUTE_BITS, (uint64_t){route});")
    b.line("box_add(&r->box, parcel);")


def overflow(unit: Unit, step: str, *, fault: bool = False) -> str:
    """Return the C statement for a step over the capacity: an error of the model, or one that a limit stopped."""
    if unit.layout.setting.full == "error":
        return f"sink_error(r->out, {step});"
    stopped = f"r->out->limited[{unit.full}]++"
    return f"{stopped};" if fault else f"{stopped}, r->limited = 1, sink_stop(r->out);"


# -- delivering -------------------------------------------------------------------------------------------------------


def attempt(b: Body, number: int, call: str, received: str, *, chosen: bool) -> None:
    """Write the run of one label of a step, once for each way through its choices."""
    if chosen:
        b.line("r->choices.made = r->choices.known = 0;")
    with b.block("do" if chosen else ""):
        b.line("uint64_t n[FIXED_WORDS];")
        b.line("begin(s, n, r);")
        b.line(f"finish(s, n, r, {received}, {number}, {call});")
    if chosen:
        b.line("while (next_choices(&r->choices));")


def deliveries(unit: Unit) -> list[str]:
    """Return the C of what delivers messages: a function for each receive over a bitmap, or one over the parcels."""
    receives = [s for s in unit.program.steps if s.role == "receive"]
    if not unit.layout.network.messages:
        return []
    if unit.layout.network.bitmap:
        return [line for step in receives for line in _over_bitmap(unit, step)]
    return _over_parcels(unit, receives)


def delivery_calls(unit: Unit) -> list[str]:
    """Return the names of the functions of `deliveries`."""
    if not unit.layout.network.messages:
        return []
    if not unit.layout.network.bitmap:
        return ["deliver"]
    receives = [s for s in unit.program.steps if s.role == "receive"]
    return [f"deliver_{unit.program.steps.index(s)}" for s in receives if _my_pairs(unit, s)]


def _my_pairs(unit: Unit, step: Step) -> list[bool]:
    pairs = unit.layout.routes.pairs.get(handled(step).name, ())
    mine = [handler(unit.program, handled(step).name, *pair) is step for pair in pairs]
    return mine if any(mine) else []


def _over_bitmap(unit: Unit, step: Step) -> list[str]:
    mine = _my_pairs(unit, step)
    if not mine:
        return []
    number = unit.program.steps.index(step)
    block = next(x for x in unit.layout.network.blocks if x.message.name == handled(step).name)
    b = Body(unit, emit)
    with b.block(_each_place(unit, block)):
        if unit.layout.slots[("flight",)].at(0) + block.first >= 0 and _in_one_word(unit, block):
            b.line("const int64_t place = __builtin_ctzll(rest);")
        else:
            b.line(f"const int64_t place = at - {_start(unit, block)};")
        _pair_of(b, block)
        if not all(mine):
            b.line(f"if (!{unit.table(mine)}[pair]) continue;")
        b.line("if (is_down(s, to)) continue;")
        message = _message_of_bit(b, block)
        _hand_over(b, step, message, "-1")
    return [f"static void deliver_{number}(const uint64_t *s, struct run *r) {{", *b.lines, "}", ""]


def _start(unit: Unit, block: Block) -> int:
    return unit.layout.slots[("flight",)].at(0) + block.first


def _in_one_word(unit: Unit, block: Block) -> bool:
    start = _start(unit, block)
    return start // 64 == (start + block.bits - 1) // 64


def _each_place(unit: Unit, block: Block) -> str:
    start = _start(unit, block)
    if _in_one_word(unit, block):
        bits = f"s[{start // 64}] >> {start % 64} & {(1 << block.bits) - 1:#x}ull"
        return f"for (uint64_t rest = {bits}; rest; rest &= rest - 1)"
    end = start + block.bits
    return f"for (unsigned at = {start}; (at = bits_next(s, at, {end})) < {end}; at++)"


def _pair_of(b: Body, block: Block) -> None:
    """Write which pair a place in the block belongs to, and its two processes."""
    b.line(f"const int64_t pair = place{f' / {block.values}' if block.values > 1 else ''};")
    for name, numbers in (("from", [s for s, _ in block.pairs]), ("to", [t for _, t in block.pairs])):
        if len(set(numbers)) == 1:
            b.line(f"const int64_t {name} = {numbers[0]};")
        elif numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            b.line(f"const int64_t {name} = pair + {numbers[0]};")
        else:
            b.line(f"const int64_t {name} = {b.unit.table(numbers)}[pair];")


def _message_of_bit(b: Body, block: Block) -> Value:
    parts, below = [], 1
    for at, part in reversed(components(block.message)):
        digit = f"(uint64_t)(place % {block.values} / {below} % {radix(part)})"
        parts.append((at, b.hold(from_raw(digit, part))))
        below *= radix(part)
    return build(b, block.message, parts)


def _hand_over(b: Body, step: Step, message: Value, received: str) -> None:
    """Write the run of a receive; the C variables `from` and `to` are the processes."""
    unit = b.unit
    own = step.parameters[0].type
    assert isinstance(own, ProcessId)
    receiver = rank_at(unit, own.members, "to")
    sender = rank_at(unit, senders(step), "from")
    b.line(f"sink_turn(r->out, TURN({unit.program.steps.index(step)}, to, from));")
    call = f"{step_name(unit.program, step)}(n, s, r, {receiver}, {message.code}, {sender})"
    attempt(b, unit.program.steps.index(step), call, received, chosen=chooses(unit.program, step.body))


def _over_parcels(unit: Unit, receives: list[Step]) -> list[str]:
    network = unit.layout.network
    tag_bits = network.route_at - network.message_at
    b = Body(unit, emit)
    b.line("const unsigned count = flight_count(s);")
    with b.block("for (unsigned i = 0; i < count; i++)"):
        b.line("if (!is_next(s, i)) continue;")
        b.line("const uint64_t *parcel = parcel_at(s, i);")
        b.line("const unsigned route = route_of(parcel);")
        b.line(f"const int64_t from = {unit.table(s for s, _ in network.routes)}[route];")
        b.line(f"const int64_t to = {unit.table(t for _, t in network.routes)}[route];")
        b.line("if (is_down(s, to)) continue;")
        tag = f"(unsigned)bits_get(parcel, {network.message_at}, {tag_bits})" if tag_bits else "0"
        steps = unit.table(_handler_number(unit, m, pair) for m in network.messages for pair in network.routes)
        with b.block(f"switch ({steps}[{tag} * {len(network.routes)} + route])"):
            for step in receives:
                _case(b, step)
    return ["static void deliver(const uint64_t *s, struct run *r) {", *b.lines, "}", ""]


def _handler_number(unit: Unit, message: RecordOf, pair: Pair) -> int:
    step = handler(unit.program, message.name, *pair)
    return unit.program.steps.index(step) if step else -1


def _case(b: Body, step: Step) -> None:
    message = next((m for m in b.unit.layout.network.messages if m.name == handled(step).name), None)
    if message is None or not runners(b.unit.program, step):
        return
    width = bits_of(message)
    received = "-1" if b.unit.layout.setting.network == "set" else "(int)i"
    with b.block(f"case {b.unit.program.steps.index(step)}:"):
        if sort_of(message) == "words":
            v = b.zero(message)
            b.line(f"bits_copy({v.code}.w, 0, parcel, 0, {width});")
        else:
            v = Value(f"bits_get(parcel, 0, {width})" if width else "0", message)
        _hand_over(b, step, b.hold(v), received)
        b.line("break;")


def flight_functions(unit: Unit) -> list[str]:
    """Return the C of what the runtime's parcels need to know, and how long a state is."""
    slots = unit.layout.slots[("flight",)]
    get = f"bits_get(state, {slots.at(0)}, {slots.width})"
    if not unit.layout.network.parcel_words:
        return [
            "static inline uint32_t state_length(const uint64_t *state) {",
            "    (void)state;",
            "    return FIXED_WORDS;",
            "}",
            "",
        ]
    return [
        "static inline unsigned flight_count(const uint64_t *state) {",
        f"    return (unsigned){get};",
        "}",
        "",
        "static inline void set_flight_count(uint64_t *state, unsigned count) {",
        f"    bits_put(state, {slots.at(0)}, {slots.width}, count);",
        "}",
        "",
        "static inline uint32_t state_length(const uint64_t *state) {",
        "    return FIXED_WORDS + PARCEL_WORDS * flight_count(state);",
        "}",
        "",
    ]


def all_down_function(unit: Unit) -> list[str]:
    """Return the C of `all_are_down`."""
    mortal, many = unit.layout.mortals, len(unit.program.processes)
    lines = ["static int all_are_down(const uint64_t *state) {"]
    if many and len(mortal) == many:
        lines.append(f"    for (int64_t p = 0; p < {many}; p++)")
        lines += ["        if (!is_down(state, p)) return 0;", "    return 1;"]
    else:
        lines += ["    (void)state;", "    return 0;"]
    return [*lines, "}", ""]


def deliverable_function(unit: Unit) -> list[str]:
    """Return the C of `has_deliverable`."""
    lines = ["static int has_deliverable(const uint64_t *state) {"]
    if unit.layout.network.parcel_words and unit.layout.setting.network != "set":
        targets = unit.table(t for _, t in unit.layout.network.routes)
        lines += [
            "    for (unsigned i = 0; i < flight_count(state); i++)",
            f"        if (!is_down(state, {targets}[route_of(parcel_at(state, i))])) return 1;",
        ]
    else:
        lines.append("    (void)state;")
    return [*lines, "    return 0;", "}", ""]
