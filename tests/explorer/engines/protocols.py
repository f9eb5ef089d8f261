"""Random small protocols, as source: what the two engines are held against each other on.

A protocol has one or two kinds of process and perhaps shared state, typed fields, messages, steps of every sort made of typed
expressions and statements, helpers, properties of every modality, a network and fault budgets. Everything is drawn by
Hypothesis, so that a difference between the engines shrinks to a small protocol. Read next: `shapes.py`, the tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.explorer.engines.shapes import CHANGES, HEADER, LEAVES, MESSAGES, SHAPES, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

STORAGES = ("durable", "volatile", "durable", "volatile", "ghost")
GUARDS = ("limit", "require", "if", "for", "$ = 2 - some")  # a step may not ask a ghost whether to go on
NO_OLD = {"node", "set", "dict"}  # what is reached through `old` is old, and compared in a way of its own


@dataclass(frozen=True, slots=True)
class Scope:
    """What a body may read, by the text and sort of each name, what it may write, and one node that it may name."""

    names: tuple[tuple[str, str], ...]
    fields: dict[str, str] = field(default_factory=dict)
    me: str = "nodes[0]"
    ghosts: frozenset[str] = frozenset()  # those of the fields that may not be read
    sender: str = ""  # who sends, where a step has to say so
    is_step: bool = True

    def of(self, sort: str) -> list[str]:
        return [text for text, its in self.names if its == sort]

    def beside(self, box: Kind | None) -> Scope:
        """Return the scope with shared state, if there is some."""
        if box is None:
            return self
        names, fields = (*self.names, *box.readable("box")), self.fields | box.writable("box")
        return replace(self, names=names, fields=fields, ghosts=self.ghosts | box.ghosts("box"))

    def plus(self, *more: tuple[str, str]) -> Scope:
        return replace(self, names=self.names + more)


@dataclass(slots=True)
class Writer:
    """Draws source text."""

    draw: Callable[[st.SearchStrategy[str]], str]
    locals: int = 0

    def pick(self, *texts: str) -> str:
        return self.draw(st.sampled_from(texts))

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high).map(str)))

    def name(self) -> str:
        self.locals += 1
        return f"v{self.locals}"

    def expression(self, sort: str, scope: Scope, depth: int = 2) -> str:
        """Return an expression; `depth` bounds nesting."""
        if sort == "me":
            return scope.me
        leaves = scope.of(sort) * 2 + LEAVES[sort]
        shapes = SHAPES[sort] if depth else ()
        chosen = self.pick(*leaves, *shapes)
        return self.filled(chosen, scope, depth - 1) if chosen in shapes else chosen

    def filled(self, shape: str, scope: Scope, depth: int) -> str:
        """Replace each `<sort>` of a shape by an expression of that sort."""
        parts = shape.split("<")
        text = parts[0]
        for part in parts[1:]:
            sort, rest = part.split(">", 1)
            text += self.expression(sort, scope, depth) + rest
        return text

    # -- statements ---------------------------------------------------------------------------------------------------

    def statement(self, scope: Scope, depth: int = 1) -> list[str]:
        """Return the lines of one statement."""
        kinds = ["assign", "change", "change"]
        kinds += ["if", "for", "both", "guard"] if depth else []
        kinds += ["send", "broadcast"] if scope.is_step else []
        meaning: dict[str, Callable[[Scope], list[str]]] = {
            "assign": self.assignment,
            "change": self.change,
            "if": self.branch,
            "for": self.loop,
            "both": self.two_assignments,
            "guard": self.guard,
            "send": self.sending,
            "broadcast": self.broadcasting,
        }
        return meaning[self.pick(*kinds)](scope)

    def assignment(self, scope: Scope) -> list[str]:
        target = self.pick(*scope.fields)
        return [f"{target} = {self.expression(scope.fields[target], scope)}"]

    def two_assignments(self, scope: Scope) -> list[str]:
        one, other = self.pick(*scope.fields), self.pick(*scope.fields)
        values = [self.expression(scope.fields[target], scope, 1) for target in (one, other)]
        return [f"{one}, {other} = {values[0]}, {values[1]}"]

    def change(self, scope: Scope) -> list[str]:
        """Return a change of a field through its own path."""
        target = self.pick(*scope.fields)
        shapes = CHANGES.get(scope.fields[target])
        if target in scope.ghosts and shapes:
            shapes = tuple(s for s in shapes if not s.startswith(GUARDS))
        if not shapes:
            return self.assignment(replace(scope, fields={target: scope.fields[target]}))
        return self.filled(self.pick(*shapes).replace("$", target), scope, 1).splitlines()

    def branch(self, scope: Scope) -> list[str]:
        last = self.statement(scope, 0) if self.number(0, 1) else [self.pick("pass", "return", *["skip()"] * scope.is_step)]
        return [
            f"if {self.expression('bool', scope)}:",
            *indented(self.statement(scope, 0)),
            self.pick("else:", f"elif {self.expression('bool', scope)}:"),
            *indented(last),
        ]

    def loop(self, scope: Scope) -> list[str]:
        a, b = self.name(), self.name()
        sort, source = self.pick("int list", "node nodes", "node sorted", "int items", "int enumerate", "enum Color").split()
        heads = {
            "list": lambda: f"for {a} in {self.expression('list', scope, 1)}:",
            "nodes": lambda: f"for {a} in nodes:",
            "sorted": lambda: f"for {a} in sorted({self.expression('set', scope, 1)}):",
            "items": lambda: f"for {b}, {a} in sorted({self.expression('dict', scope, 1)}.items()):",
            "enumerate": lambda: f"for {b}, {a} in enumerate({self.expression('list', scope, 1)}):",
            "Color": lambda: f"for {a} in Color:",
        }
        inner = scope.plus((a, sort))
        leave = [f"if {self.expression('bool', inner, 1)}:", f"    {self.pick('break', 'continue')}"] * self.number(0, 1)
        return [heads[source](), *indented([*leave, *self.statement(inner, 0)])]

    def guard(self, scope: Scope) -> list[str]:
        word = self.pick("limit", "require", "assert") if scope.is_step else "assert"
        condition = self.expression("bool", scope)
        return [f"assert {condition} or {self.expression('bool', scope)}" if word == "assert" else f"{word}({condition})"]

    def message(self, scope: Scope) -> str:
        name = self.pick(*MESSAGES)
        return f"{name}({', '.join(self.expression(sort, scope, 1) for sort in MESSAGES[name].values())})"

    def sending(self, scope: Scope) -> list[str]:
        to = self.pick(
            "choose(nodes)", "nodes[0]", scope.me, f"some({scope.me} if {self.expression('bool', scope, 1)} else None)"
        )
        return [f"send({self.message(scope)}, to={to}{scope.sender})"]

    def broadcasting(self, scope: Scope) -> list[str]:
        return [f"broadcast({self.message(scope)}, to={self.expression('set', scope)}{scope.sender})"]

    def body(self, scope: Scope) -> list[str]:
        """Return the lines of a step."""
        lines = [f"require({self.expression('bool', scope)})"] if self.number(0, 2) else []
        if self.number(0, 2) == 2:
            sort, source = self.pick("node set", "enum colors", "int list", "tuple tuples").split()
            name = self.name()
            lines.append(f"{name} = choose({self.expression(source, scope)})")
            scope = scope.plus((name, sort))
        if self.number(0, 2) == 2:
            sort, name = self.pick("int", "bool", "list", "set", "pair"), self.name()
            lines.append(f"{name} = {self.expression(sort, scope)}")
            scope = scope.plus((name, sort))
        for _ in range(self.number(1, 2)):
            lines += self.statement(scope)
        return lines


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


# -- declarations -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of processes or shared state: its fields by name, with sort and storage."""

    name: str
    fields: dict[str, tuple[str, str]]

    def readable(self, holder: str, *, ghosts: bool = False) -> tuple[tuple[str, str], ...]:
        return tuple((f"{holder}.{n}", sort) for n, (sort, storage) in self.fields.items() if ghosts or storage != "ghost")

    def writable(self, holder: str) -> dict[str, str]:
        return {f"{holder}.{n}": sort for n, (sort, _) in self.fields.items()}

    def ghosts(self, holder: str) -> frozenset[str]:
        return frozenset(f"{holder}.{n}" for n, (_, storage) in self.fields.items() if storage == "ghost")

    def lines(self) -> list[str]:
        base = "Shared" if self.name == "Box" else "Process"
        declared = [f"    {n}: {TYPES[sort][0]} = {storage}({TYPES[sort][1]})" for n, (sort, storage) in self.fields.items()]
        return [f"class {self.name}({base}):", *declared]


def kind(writer: Writer, name: str, letter: str, most: int) -> Kind:
    storages = ("durable", "ghost") if name == "Box" else STORAGES
    count = writer.number(1, most)
    return Kind(name, {f"{letter}{i}": (writer.pick(*TYPES), writer.pick(*storages)) for i in range(count)})


def steps(writer: Writer, its: Kind, box: Kind | None) -> list[str]:
    """Return the methods of a kind: an `@initial`, helpers, actions, handlers."""
    is_node = its.name == "Node"
    names = (*its.readable("self"), *((("self", "node"), ("others(self)", "set")) if is_node else ()))
    scope = Scope(names, its.writable("self"), "self" if is_node else "nodes[0]", its.ghosts("self")).beside(box)
    lines: list[str] = []
    if writer.number(0, 3) == 3:
        name, (sort, _) = next(iter(its.fields.items()))
        value = writer.expression(sort, Scope(()))
        chosen = writer.pick(value, f"choose([{value}, {writer.expression(sort, Scope(()))}])")
        lines += ["    @initial", "    def boot(self) -> None:", f"        self.{name} = {chosen}"]
    if writer.number(0, 1):
        lines += ["    def amount(self, extra: int) -> int:", f"        return ({writer.expression('int', scope)} + extra) % 3"]
        scope = scope.plus(("self.amount(1)", "int"))
    if writer.number(0, 1):
        lines += ["    def change(self, given: int) -> None:"]
        lines += indented(indented(writer.statement(replace(scope.plus(("given", "int")), is_step=False))))
        lines += [
            "    @action",
            "    def act_by_helper(self) -> None:",
            f"        self.change({writer.expression('int', scope)})",
        ]
    for i in range(writer.number(1, 2)):
        argument, extra = writer.pick(":", ", a: Color:enum", ", a: Node | None:node", ", a: Small:int").rsplit(":", 1)
        inner = scope.plus(("a", extra)) if extra else scope
        lines += ["    @action", f"    def act{i}(self{argument}) -> None:", *indented(indented(writer.body(inner)))]
    for message, parts in MESSAGES.items():
        if is_node or writer.number(0, 1):
            inner = scope.plus(*((f"m.{n}", sort) for n, sort in parts.items()))
            asks = writer.pick(", sender: Process", "") if is_node else ""
            lines += ["    @receive", f"    def on_{message}(self, m: {message}{asks}) -> None:"]
            lines += indented(indented(writer.body(inner)))
    return lines


def module_steps(writer: Writer, node: Kind, box: Kind | None) -> list[str]:
    """Return perhaps a module-level action over two nodes."""
    if writer.number(0, 2) < 2:
        return []
    readable = (*node.readable("p"), *node.readable("q"), ("p", "node"))
    scope = Scope(readable, node.writable("p"), "q", node.ghosts("p"), ", sender=p").beside(box)
    where = writer.pick("require(p is not q)", "require(up(p))", "pass")
    return ["@action", "def together(p: Node, q: Node) -> None:", *indented([where, *writer.body(scope)]), ""]


def properties(writer: Writer, node: Kind, box: Kind | None) -> list[str]:
    """Return one property of each modality."""
    lines: list[str] = []
    more = box.readable("box", ghosts=True) if box else ()
    here = Scope((*node.readable("n", ghosts=True), *more, ("up(n)", "bool"), ("n", "node")), me="n")
    before = here.plus(*((f"old({n}).{f}", s) for n in "n" for f, (s, _) in node.fields.items() if s not in NO_OLD))
    for modality, scope in (("always", here), ("never", here), ("sometimes", here), ("step", before), ("final", here)):
        where = f" if {writer.expression('bool', scope, 1)}" if writer.number(0, 1) else ""
        lines += [
            f"@{modality}",
            f"def {modality}_property() -> bool:",
            f"    return {writer.pick('all', 'any')}({writer.expression('bool', scope)} for n in nodes{where})",
            "",
        ]
    return lines


def preset(writer: Writer) -> str:
    """Return the preset: a network and budgets of faults."""
    network = writer.pick("unordered", "fifo", "set")
    allowed = ["crash", "restart", "amnesia", "cut", "heal"] + ([] if network == "set" else ["drop", "duplicate"])
    names = sorted({writer.pick(*allowed) for _ in range(writer.number(0, 3))})
    budgets = ", ".join(
        f"{name}={writer.pick('1', '1', repr('any'), repr('1 of nodes'), repr('any of Node'))}" for name in names
    )
    capacity = writer.number(2, 4)
    return f'presets = [Preset("default", network="{network}", capacity={capacity}, faults=Faults({budgets}))]'


@st.composite
def protocols(draw: st.DrawFn) -> str:
    """Draw the source of a whole model, with one preset `default` that sets its network and faults."""
    writer = Writer(draw)
    lines = HEADER.format(nodes=writer.number(1, 2) + (writer.number(0, 4) == 4)).splitlines()
    node = kind(writer, "Node", "f", 3)
    box = kind(writer, "Box", "s", 2) if writer.number(0, 3) == 3 else None
    client = kind(writer, "Client", "c", 1) if writer.number(0, 3) == 3 else None
    declared = [(node, "nodes = Group(Node, NODES)"), (client, "client = Client.single()"), (box, "box = Box.single()")]
    for its, _ in declared:
        if its is not None:
            lines += [*its.lines(), *(steps(writer, its, box) if its is not box else []), ""]
    lines += [line for its, line in declared if its is not None]
    lines += ["", *module_steps(writer, node, box), *properties(writer, node, box), preset(writer)]
    return "\n".join(lines).replace(".lt.", "<").replace(".le.", "<=") + "\n"
