"""Random small protocols, as source: what the two engines are held against each other on.

A protocol has one kind of node, a few typed fields, a few messages, actions and handlers made of typed expressions and
statements, properties of every modality, a network and fault budgets. Everything is drawn by Hypothesis, so that a difference
between the engines shrinks to a small protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = """\
from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import (
    Faults, Group, Max, Message, Preset, Process, Range, Record, Shared, action, always, broadcast, choose, durable, final, ghost, initial,
    limit, never, old, others, param, receive, require, send, skip, some, sometimes, step, up, volatile,
)

NODES = param({nodes}, "nodes")

class Color(Enum):
    RED = auto()
    GREEN = auto()
    BLUE = auto()

Small = Annotated[int, Range(0, 2)]

class Pair(Record):
    left: Small
    right: bool

"""

# Each type of a field: its annotation and an initial value.
TYPES = {
    "bool": ("bool", "False"),
    "int": ("Small", "0"),
    "enum": ("Color", "Color.RED"),
    "node": ("Node | None", "None"),
    "set": ("set[Node]", "set()"),
    "colors": ("set[Color]", "set()"),
    "list": ("Annotated[list[Small], Max(2)]", "[]"),
    "dict": ("dict[Node, Small]", "{}"),
    "tuple": ("tuple[bool, Color]", "(False, Color.GREEN)"),
    "pair": ("Pair", "Pair(0, False)"),
    "pairs": ("Annotated[list[Pair], Max(2)]", "[]"),
}


@dataclass(frozen=True)
class Scope:
    """What an expression may name: the text of each readable value, by type."""

    names: tuple[tuple[str, str], ...]

    def of(self, sort: str) -> list[str]:
        return [text for text, its in self.names if its == sort]

    def plus(self, *more: tuple[str, str]) -> Scope:
        return Scope(self.names + more)


@dataclass
class Writer:
    """Draws source text. `depth` bounds nesting."""

    draw: Callable[[st.SearchStrategy[str]], str]

    def pick(self, *texts: str) -> str:
        return self.draw(st.sampled_from(texts))

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high).map(str)))

    def expression(self, sort: str, scope: Scope, depth: int = 2) -> str:
        leaves = scope.of(sort) + LEAVES[sort]
        if depth == 0:
            return self.pick(*leaves)
        shapes = SHAPES.get(sort, ())
        chosen = self.pick(*leaves, *shapes)
        return self.filled(chosen, scope, depth) if chosen in shapes else chosen

    def filled(self, shape: str, scope: Scope, depth: int) -> str:
        """Replace each `<sort>` of a shape by an expression of that sort."""
        parts = shape.split("<")
        text = parts[0]
        for part in parts[1:]:
            sort, rest = part.split(">", 1)
            text += self.expression(sort, scope, depth - 1) + rest
        return text


LEAVES = {
    "bool": ["True", "False"],
    "int": ["0", "1", "2"],
    "enum": ["Color.RED", "Color.GREEN", "Color.BLUE"],
    "node": ["None"],
    "set": ["set(nodes)", "nodes - {nodes[0]}"],
    "colors": ["set(Color)", "{Color.RED}"],
    "list": ["[]", "[1]"],
    "dict": ["{p: 0 for p in nodes}"],
    "tuple": ["(True, Color.BLUE)"],
    "pair": ["Pair(1, True)", "Pair(left=2, right=False)"],
    "pairs": ["[Pair(0, True)]"],
}

# `{{` and `}}` are not needed: shapes are never formatted, only split at `<`; comparisons are therefore written with `>`.
SHAPES: dict[str, tuple[str, ...]] = {
    "bool": (
        "not <bool>",
        "(<bool> and <bool>)",
        "(<bool> or <bool>)",
        "<int> == <int>",
        "<int> != <int>",
        "<int> .lt. <int>",
        "<int> .le. <int> .lt. 2",
        "<enum> is <enum>",
        "<enum> in (Color.RED, <enum>)",
        "<node> is None",
        "<node> == <node>",
        "<enum> in <colors>",
        "<set> == <set>",
        "<colors> .le. <colors>",
        "any(c is <enum> for c in <colors>)",
        "all(x .lt. <int> for x in <list>)",
        "any(k is not None and v == <int> for k, v in <dict>.items())",
        "<int> in <list>",
        "<tuple>[0]",
        "<pair>.right",
        "<pair> == <pair>",
        "<pair> in <pairs>",
        "any(e.left == <int> for e in <pairs> if e.right)",
    ),
    "int": (
        "min(<int> + 1, 2)",
        "max(<int> - 1, 0)",
        "abs(<int> - <int>) % 3",
        "(<int> * <int>) // 2",
        "(<int> if <bool> else <int>)",
        "min(len(<set>), 2)",
        "len(<list>)",
        "min(sum(<dict>.values()), 2)",
        "max(<list>, default=<int>)",
        "min((x for x in <list> if x != <int>), default=0)",
        "<pair>.left",
        "sum(1 for c in <colors> if c is not <enum>) % 3",
        "max(<dict>.values(), default=1)",
        "min(e.left for e in [*<pairs>, Pair(2, False)])",
    ),
    "enum": ("(<enum> if <bool> else <enum>)", "<tuple>[1]", "min(<colors> | {<enum>})"),
    "node": ("(<node> if <bool> else None)",),
    "set": ("(<set> | <set>)", "(<set> & <set>)", "(<set> - <set>)", "{p for p in <set> if <bool>}", "set(<dict>)"),
    "colors": (
        "(<colors> | {<enum>})",
        "(<colors> - {<enum>})",
        "(<colors> ^ <colors>)",
        "{c for c in Color if c is not <enum>}",
    ),
    "list": (
        "[<int>, <int>]",
        "<list>[1:]",
        "<list>[:1]",
        "sorted(<list>)",
        "[x for x in <list> if <bool>]",
        "[e.left for e in <pairs>]",
    ),
    "dict": ("{p: <int> for p in <set>}", "{p: v for p, v in <dict>.items() if <bool>}"),
    "tuple": ("(<bool>, <enum>)",),
    "pair": ("Pair(<int>, <bool>)", "<pair>.replace(left=<int>)", "Pair(left=len(<list>), right=<bool>)"),
    "pairs": ("[<pair>, <pair>]", "[e for e in <pairs> if <bool>]", "<pairs>[:1]"),
}


def statement(
    writer: Writer, fields: dict[str, str], scope: Scope, messages: list[str], sends: bool, depth: int = 1
) -> list[str]:
    """Return the lines of one random statement."""
    name = writer.pick(*fields)
    sort = fields[name]
    value = writer.expression(sort, scope)
    kinds = (
        ["assign", "assign", "mutate"]
        + (["if", "for"] if depth else [])
        + (["send", "broadcast"] if sends and messages else [])
    )
    match writer.pick(*kinds):
        case "assign":
            return [f"self.{name} = {value}"]
        case "mutate":
            return mutation(writer, name, sort, scope)
        case "if":
            return [
                f"if {writer.expression('bool', scope)}:",
                *indented(statement(writer, fields, scope, messages, sends, 0)),
                writer.pick("else:", f"elif {writer.expression('bool', scope)}:"),
                *indented(
                    writer.pick("pass", "return").splitlines()
                    if writer.number(0, 1)
                    else statement(writer, fields, scope, messages, sends, 0)
                ),
            ]
        case "for":
            source = writer.expression("list", scope)
            return [f"for x in {source}:", *indented(statement(writer, fields, scope.plus(("x", "int")), messages, sends, 0))]
        case "send":
            message = writer.pick(*messages)
            return [f"send({message}({writer.expression('int', scope)}), to=choose(nodes))"]
        case _:
            message = writer.pick(*messages)
            return [f"broadcast({message}({writer.expression('int', scope)}), to={writer.expression('set', scope)})"]


def mutation(writer: Writer, name: str, sort: str, scope: Scope) -> list[str]:
    """Return a change of a field through its own path."""
    field = f"self.{name}"
    match sort:
        case "set":
            return [f"{field}.{writer.pick('add', 'discard')}(self)"]
        case "colors":
            return [f"{field}.{writer.pick('add', 'discard')}({writer.expression('enum', scope)})"]
        case "list":
            return writer.pick(
                f"limit(len({field}) != 2)\n{field}.append({writer.expression('int', scope)})",
                f"if {field}:\n    {field}.pop()",
                f"if len({field}) == 2:\n    {field}[1] = {writer.expression('int', scope)}",
                f"{field}.clear()",
            ).splitlines()
        case "dict":
            return writer.pick(
                f"{field}[self] = {writer.expression('int', scope)}",
                f"{field}.pop(self, None)",
                f"{field}[self] = {field}.get(self, {writer.expression('int', scope)})",
            ).splitlines()
        case "pairs":
            return [f"require(len({field}) != 2)", f"{field}.append({writer.expression('pair', scope)})"]
        case "int":
            return [f"{field} += {writer.pick('1', '1', '0')}"] if writer.number(0, 4) else [f"{field} = ({field} + 1) % 3"]
        case _:
            return [f"{field} = {writer.expression(sort, scope)}"]


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def body(writer: Writer, fields: dict[str, str], scope: Scope, messages: list[str]) -> list[str]:
    lines = [f"require({writer.expression('bool', scope)})"] if writer.number(0, 2) else []
    if writer.number(0, 2) == 2:
        sort, source = writer.pick("node set", "enum colors", "int list").split()
        lines.append(f"c = choose({writer.expression(source, scope)})")
        scope = scope.plus(("c", sort))
    for _ in range(writer.number(1, 2)):
        lines += statement(writer, fields, scope, messages, sends=True)
    return lines


def properties(writer: Writer, fields: dict[str, str]) -> list[str]:
    """Return one property of each modality."""
    ends: list[str] = []
    here = Scope(tuple((f"n.{name}", sort) for name, sort in fields.items()))
    before = here.plus(*((f"old(n).{name}", sort) for name, sort in fields.items() if sort not in {"node", "set", "dict"}))
    for modality, scope in (("always", here), ("never", here), ("sometimes", here), ("step", before), ("final", here)):
        quantifier = writer.pick("all", "any")
        where = f" if {writer.expression('bool', scope, 1)}" if writer.number(0, 1) else ""
        test = writer.expression("bool", scope)
        ends += [
            f"@{modality}",
            f"def {modality}_property() -> bool:",
            f"    return {quantifier}({test} for n in nodes{where})",
            "",
        ]
    return ends


@st.composite
def protocols(draw: st.DrawFn) -> str:
    """Draw the source of a whole model, with one preset `default` that sets its network and faults."""
    writer = Writer(draw)  # type: ignore[arg-type]
    sorts = [writer.pick(*TYPES) for _ in range(writer.number(1, 3))]
    fields = {f"f{i}": sort for i, sort in enumerate(sorts)}
    messages = [f"M{i}" for i in range(writer.number(0, 2))]
    scope = Scope(tuple((f"self.{name}", sort) for name, sort in fields.items()))
    lines = HEADER.format(nodes=writer.number(1, 2) + (writer.number(0, 4) == 4)).splitlines()
    for message in messages:
        lines += [f"class {message}(Message):", "    value: Small", ""]
    lines.append("class Node(Process):")
    for name, sort in fields.items():
        annotation, first = TYPES[sort]
        lines.append(f"    {name}: {annotation} = {writer.pick('durable', 'volatile')}({first})")
    if writer.number(0, 3) == 3:
        lines += [
            "    @initial",
            "    def boot(self) -> None:",
            f"        self.{'f0'} = {writer.expression(fields['f0'], Scope(()))}",
        ]
    for i in range(writer.number(1, 2)):
        argument, extra = ("", ()) if writer.number(0, 1) else (f", a: {'Color'}", (("a", "enum"),))
        lines += ["    @action", f"    def act{i}(self{argument}) -> None:"]
        lines += indented(indented(body(writer, fields, scope.plus(*extra), messages)))
    for message in messages:
        lines += ["    @receive", f"    def on_{message}(self, m: {message}, sender: Node) -> None:"]
        lines += indented(indented(body(writer, fields, scope.plus(("m.value", "int"), ("sender", "node")), messages)))
    lines += ["", "nodes = Group(Node, NODES)", "", *properties(writer, fields)]
    network = writer.pick("unordered", "fifo", "set")
    allowed = ["crash", "restart", "amnesia", "cut", "heal"] + ([] if network == "set" else ["drop", "duplicate"])
    names = {writer.pick(*allowed) for _ in range(writer.number(0, 2))}
    budgets = ", ".join(f"{name}={writer.pick('1', '1', chr(34) + 'any' + chr(34))}" for name in sorted(names))
    lines.append(
        f'presets = [Preset("default", network="{network}", capacity={writer.number(2, 4)}, faults=Faults({budgets}))]'
    )
    return "\n".join(lines).replace(".lt.", "<").replace(".le.", "<=") + "\n"
