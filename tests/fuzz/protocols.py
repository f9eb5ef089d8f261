"""Random small protocols, as the source of a whole module: what the engines and the oracle are held against each other on.

`protocol(seed)` is always the same text. It has one to three kinds of process and perhaps shared state, typed fields, messages,
helpers, steps of every sort, properties of every modality, a network and budgets of faults. Which features of the language
it has, is drawn first (`FEATURES`): so that one known difference does not hide others, and `without` leaves some out.
Read next: `writer.py` for bodies, `comparison.py` for what has to be equal.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, replace
from math import prod
from random import Random

from tests.fuzz.features import COLORS, FEATURES, HEADER, LEVEL
from tests.fuzz.sorts import Sort, domain, is_composed, is_hashable, loosely, parse, written
from tests.fuzz.writer import BOOL, NODES, SMALL, Row, Scope, Writer, indented

STORAGES = ("durable", "volatile")
KEYS = tuple(map(parse, ("Node", "Color", "Small", "bool", "tuple[bool, Color]", "Opt[Small]")))
ITEMS = tuple(map(parse, ("bool", "Small", "Color", "Node", "Pair", "tuple[bool, Color]", "Opt[Node]", "Opt[Small]")))
# What is reached through `old` is old too.
NO_OLD = {"Node", "set", "frozenset", "dict", "list", "Opt", "Entry", "Bundle", "tuple"}


@dataclass(frozen=True, slots=True)
class Part:
    """A field: its name, type, storage and initial value."""

    name: str
    sort: Sort
    storage: str
    initial: str

    @property
    def line(self) -> str:
        return f"    {self.name}: {written(self.sort)} = {self.storage}({self.initial})"


def protocol(seed: int, without: frozenset[str] = frozenset()) -> str:
    """Return the source of the protocol with that number."""
    random = Random(f"quorate {seed}")
    features = frozenset(f for f in FEATURES if random.random() < 0.55) - without
    return Protocol(random, features).text()


def without_uncalled(source: str) -> str:
    """Return the source without the helpers that nothing calls: a model that has one is refused."""
    tree = ast.parse(source)
    read = Counter(
        n.attr if isinstance(n, ast.Attribute) else n.id for n in ast.walk(tree) if isinstance(n, ast.Attribute | ast.Name)
    )
    lines: list[str | None] = list(source.splitlines())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and not read[node.name]:
            lines[node.lineno - 1 : node.end_lineno] = [None] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    left = "\n".join(line for line in lines if line is not None) + "\n"
    return source if left == source else without_uncalled(left)


class Protocol:
    """Draws the declarations of one protocol."""

    def __init__(self, random: Random, features: frozenset[str]) -> None:
        self.writer = Writer(random, features, ())
        self.features = features
        self.flag = bool(random.randrange(2))
        self.writer.sorts = self.sorts()
        self.entry_sort = Sort("Bundle")
        self.entry = self.record() if "records" in features else {}
        if self.entry:
            self.writer.sorts.append(self.entry_sort)
        if "messages" in features:
            usable = [s for s in self.writer.sorts if s.name != "int"]
            for i in range(random.randint(1, 2)):
                self.writer.messages[f"M{i}"] = {
                    n: self.writer.pick(*usable) for n in ("value", "extra")[: random.randint(0, 2)]
                }

    # -- types --------------------------------------------------------------------------------------------------------

    def sorts(self) -> list[Sort]:
        """Return the types that the protocol is about: the flat ones, and some that are drawn."""
        found = [parse(n) for n in ("bool", "Small", "Color", "Node", "Pair")]
        found += [parse("Level")] * ("enums" in self.features) + [parse("int")] * ("plain" in self.features)
        return [*found, *(self.drawn() for _ in range(4))]

    def drawn(self, depth: int = 1) -> Sort:
        writer = self.writer
        names = ["list", "set", "dict", "tuple", *["Opt"] * ("options" in self.features)]
        names += ["frozenset"] * ("nested" in self.features)
        name = writer.pick(*names)
        deeper = depth and "nested" in self.features and writer.often(1, 2)
        items = ITEMS if "displays" in self.features else [s for s in ITEMS if not is_composed(s)]
        item = self.drawn(depth - 1) if deeper else writer.pick(*(items if name in {"set", "list", "dict"} else ITEMS))
        hashable = item if is_hashable(item) else writer.pick(*(s for s in items if is_hashable(s)))
        match name:
            case "set":
                return Sort(name, (hashable,))
            case "frozenset":
                return Sort(name, (writer.pick(*ITEMS[:4]),))
            case "dict":
                return Sort(name, (writer.pick(*(KEYS if "displays" in self.features else KEYS[:4])), item))
            case "tuple":
                return Sort(name, (writer.pick(*ITEMS[:4]), item if is_hashable(item) else hashable))
            case "Opt":
                return Sort(name, (item if item.name != "Opt" else SMALL,))
            case _:
                return Sort(name, (item,))

    def record(self) -> dict[str, Sort]:
        """Return the fields of a second record, and teach the writer to make and to read it."""
        usable = [s for s in self.writer.sorts if s.name != "int"]
        entry = {f"e{i}": self.nullable(self.writer.pick(*usable)) for i in range(self.writer.random.randint(1, 3))}
        kept = all(is_hashable(s) or s.name == "set" for s in entry.values())
        small = kept and prod(map(domain, entry.values())) <= domain(Sort("Entry"))
        here = self.entry_sort = Sort("Entry" if small else "Bundle")
        whole = [f"«{s}»" for s in entry.values()]
        named = [f"{n}=«{s}»" for n, s in reversed(entry.items())]
        rows = [Row(here, f"{here}({', '.join(whole)})"), Row(here, f"{here}({', '.join(named)})")]
        rows += [Row(s, f"«{here}».{n}") for n, s in entry.items()]
        rows += [Row(here, f"«{here}|».replace({n}=«{s}»)") for n, s in entry.items()]
        self.writer.rows += rows
        if self.writer.often(1, 2):
            self.writer.sorts.append(Sort(self.writer.pick("list", "Opt"), (here,)))
        return entry

    # -- declarations -------------------------------------------------------------------------------------------------

    def text(self) -> str:
        writer, features = self.writer, self.features
        enums = writer.pick(*(COLORS[4:] if "int_enums" in features else COLORS[:4] if "enums" in features else COLORS[:1]))
        enums += "\n" + LEVEL if "enums" in features else ""
        lines = HEADER.format(nodes=writer.pick(1, 2, 2), flag=writer.pick(True, False), enums=enums).splitlines()
        if self.entry:
            lines += [f"class {self.entry_sort}(Record):", *(f"    {n}: {written(s)}" for n, s in self.entry.items()), ""]
        for name, parts in writer.messages.items():
            lines += [f"class {name}(Message):", *([f"    {n}: {written(s)}" for n, s in parts.items()] or ["    pass"]), ""]
        shared = self.parts("s", 2, ghosts=True) if "shared" in features else []
        base = self.parts("b", 2) if "inheritance" in features else []
        own = self.parts("f", 3)
        box = self.scope("box", shared) if shared else Scope()
        if base:
            lines += ["class Base(Process):", *(p.line for p in base), *self.methods("base", base, box, helpers=True), ""]
        lines += [
            f"class Node({'Base' if base else 'Process'}):",
            *self.fields(own),
            *self.methods("node", [*base, *own], box),
            "",
        ]
        client = self.parts("c", 2) if "client" in features else []
        if client:
            lines += ["class Client(Process):", *(p.line for p in client), *self.methods("client", client, box), ""]
        if shared:
            lines += ["class Box(Shared):", *(p.line for p in shared), ""]
        lines += self.groups(bool(client), bool(shared), bool(base))
        everything = self.scope("nodes[0]", [*base, *own]).joined(self.scope("client", client)).joined(box)
        lines += self.module_steps([*base, *own], everything)
        lines += self.opening([*base, *own], everything)
        lines += self.properties([*base, *own], shared)
        return without_uncalled("\n".join([*lines, *self.presets()]) + "\n")

    def parts(self, letter: str, most: int, *, ghosts: bool = False) -> list[Part]:
        """Return fields; of several, some may be ghosts."""
        found = []
        for i in range(self.writer.random.randint(1, most)):
            sort = self.writer.pick(*self.writer.sorts, *self.writer.sorts[5:])
            sort = self.nullable(sort)
            ghost = "ghosts" in self.features and i > 0 and self.writer.often(1, 3)
            storage = "ghost" if ghost else "durable" if ghosts else self.writer.pick(*STORAGES)
            found.append(Part(f"{letter}{i}", sort, storage, self.initial(sort)))
        return found

    def nullable(self, sort: Sort) -> Sort:
        """Return the sort with None beside each process that an initial value would have to name."""
        match sort.name:
            case "Node":
                return Sort("Opt", (sort,))
            case "tuple":
                return Sort("tuple", tuple(map(self.nullable, sort.parts)))
            case _:
                return sort

    def initial(self, sort: Sort) -> str:
        """Return a first value. It names no process: there is none yet where fields are declared."""
        empty = {"list": "[]", "set": "set()", "dict": "{}", "Opt": "None", "frozenset": "frozenset()"}.get(sort.name)
        if empty and (self.writer.often(1, 2) or self.names_process(sort)):
            return empty
        if sort.name == "tuple":
            return f"({', '.join(map(self.initial, sort.parts))})"
        if sort == self.entry_sort:
            return f"{sort}({', '.join(map(self.initial, self.entry.values()))})"
        return self.writer.literal(sort, Scope())

    def names_process(self, sort: Sort) -> bool:
        parts = (*sort.parts, *(self.entry.values() if sort == self.entry_sort else ()))
        return sort.name == "Node" or any(map(self.names_process, parts))

    def fields(self, own: list[Part]) -> list[str]:
        """Return the lines of the fields; under `if` and `else`, or declared before under another value."""
        if "variants" not in self.features:
            return [p.line for p in own]
        last = own[-1]
        other = replace(last, initial=self.initial(last.sort))
        style = self.writer.pick("both", "both", "again", "dead")
        lines = [p.line for p in own[:-1]]
        if style == "dead":
            return [*lines, last.line, "    if NODES > 5:", "        never_there: bool = durable(False)"]
        if style == "again":
            return [*lines, last.line, "    if FLAG:", f"    {other.line}"]
        return [*lines, "    if FLAG:", f"    {last.line}", "    else:", f"    {other.line}"]

    def scope(self, holder: str, parts: list[Part], *, ghosts: bool = False) -> Scope:
        names = tuple((f"{holder}.{p.name}", p.sort) for p in parts if ghosts or p.storage != "ghost")
        hidden = frozenset(f"{holder}.{p.name}" for p in parts if p.storage == "ghost")
        return Scope(names, {f"{holder}.{p.name}": p.sort for p in parts}, hidden)

    # -- steps --------------------------------------------------------------------------------------------------------

    def methods(self, kind: str, parts: list[Part], box: Scope, *, helpers: bool = False) -> list[str]:
        """Return the methods of a kind: `@initial`, helpers, actions, handlers."""
        writer = self.writer
        is_node = kind == "node"
        scope = self.scope("self", parts).joined(box)
        if is_node:
            scope = replace(scope.plus(("self", Sort("Node")), ("others(self)", NODES)), me="self")
        lines = self.boot(kind, parts) if "initial" in self.features and writer.often(1, 2) else []
        rows, more = self.helpers(kind, scope)
        lines += more
        scope = replace(scope, rows=(*scope.rows, *rows))
        for i in range(1 if helpers else writer.random.randint(1, 2)):
            lines += self.conditional([*self.action(f"{kind}_act{i}", scope)])
        for name, its in writer.messages.items():
            if is_node or (kind == "client" and writer.often(1, 3)):
                inner = scope.plus(*((f"m.{n}", s) for n, s in its.items() for _ in range(2)))
                sender = writer.pick(", sender: Process", ", sender: Node", "") if is_node else ""
                if sender == ", sender: Node" and "client" not in self.features:
                    inner = inner.plus(("sender", Sort("Node")))
                elif sender == ", sender: Node":
                    sender = ""
                lines += ["    @receive", f"    def on_{name}(self, m: {name}{sender}) -> None:"]
                lines += indented(indented(writer.body(inner)))
        return lines

    def conditional(self, lines: list[str]) -> list[str]:
        """Put a declaration under an `if`, sometimes."""
        if "conditional" not in self.features or not self.writer.often(1, 3):
            return lines
        return [f"    if {self.writer.pick('FLAG', 'not FLAG', 'NODES > 1')}:", *indented(lines)]

    def action(self, name: str, scope: Scope) -> list[str]:
        writer = self.writer
        given = (
            "",
            "",
            ", a: Color|Color",
            ", a: Node|Node",
            ", a: Node | None|Opt[Node]",
            ", a: Small|Small",
            ", a: bool|bool",
        )
        argument, _, sort = writer.pick(*given).rpartition("|")
        if argument:
            scope = scope.plus(("a", parse(sort)), ("a", parse(sort)))
        return ["    @action", f"    def {name}(self{argument}) -> None:", *indented(indented(writer.body(scope)))]

    def boot(self, kind: str, parts: list[Part]) -> list[str]:
        """Return an `@initial`; of a kind below another it may override that of the base, or stand beside it."""
        part = next((p for p in self.writer.random.sample(parts, len(parts)) if p.storage != "ghost"), None)
        if part is None:
            return []
        value, other = (self.writer.expression(part.sort, Scope(), 1) for _ in range(2))
        chosen = self.writer.pick(value, f"choose([{value}, {other}])") if "choices" in self.features else value
        name = self.writer.pick("boot", f"boot_{kind}")
        return ["    @initial", f"    def {name}(self) -> None:", f"        self.{part.name} = {chosen}"]

    def helpers(self, kind: str, scope: Scope) -> tuple[list[Row], list[str]]:
        """Return helpers, and how they are called: some only return, some change something, some do both."""
        writer = self.writer
        rows: list[Row] = []
        lines: list[str] = []
        for i in range(writer.random.randint(0, 2 + ("effects" in self.features))):
            name = f"{kind}_help{i}"
            effect = "effects" in self.features and writer.often(2, 3)
            result = writer.pick(SMALL, SMALL, BOOL, *writer.sorts)
            given = writer.pick(SMALL, SMALL, BOOL, *(s for s in writer.sorts if not effect or not s.is_mutable))
            inner = replace(
                scope.plus(("given", given), ("given", given)), returns=f"return «{result}»", rows=(*scope.rows, *rows)
            )
            body = writer.statement(inner) if effect else []
            if not effect:
                inner = inner.pure
                body = [
                    f"if {writer.expression(BOOL, inner)}:",
                    f"    {writer.filled(inner.returns, inner, 1, {})}",
                ] * writer.often(1, 2)
            body.append(f"return {writer.expression(result, inner)}")
            lines += [f"    def {name}(self, given: {loosely(given)}) -> {loosely(result)}:", *indented(indented(body))]
            rows.append(Row(result, f"self.{name}(«{given}»)", "effects" if effect else ""))
        if writer.often(1, 2):
            inner = replace(scope, rows=(*scope.rows, *rows))
            lines += [
                f"    def {kind}_do(self, given: int) -> None:",
                *indented(indented(writer.statement(inner.plus(("given", SMALL))))),
            ]
            lines += [
                "    @action",
                f"    def {kind}_done(self) -> None:",
                f"        self.{kind}_do({writer.expression(SMALL, inner)})",
            ]
        return rows, lines

    # -- the rest of the module ---------------------------------------------------------------------------------------

    def groups(self, client: bool, shared: bool, base: bool) -> list[str]:
        lines = ["nodes = Group(Node, NODES)"]
        if "groups" in self.features:
            lines += self.writer.pick([], ["lone = Node.single()"], ["more = Group(Node, 1)"])
        if base and self.writer.often(1, 4):
            lines.append("root = Base.single()")
        if client:
            lines.append("client = Client.single()")
        if shared:
            lines.append("box = Box.single()")
        self.writer.random.shuffle(lines)
        return [*lines, ""]

    def module_steps(self, parts: list[Part], everything: Scope) -> list[str]:
        """Return perhaps an action over two nodes."""
        if "module" not in self.features:
            return []
        writer = self.writer
        scope = self.over_two(parts, everything)
        if writer.often(1, 3):
            scope = replace(scope, fields=scope.fields | everything.fields)
        where = writer.pick("require(p is not q)", "require(up(p))", "pass")
        lines = ["@action", "def together(p: Node, q: Node) -> None:", *indented([where, *writer.body(scope, 1)]), ""]
        if "conditional" in self.features and writer.often(1, 2):
            lines = [f"if {writer.pick('FLAG', 'not FLAG')}:", *indented(lines[:-1]), ""]
        return lines

    def opening(self, parts: list[Part], everything: Scope) -> list[str]:
        """Return perhaps an `@initial` of the module, over two nodes."""
        if "openings" not in self.features:
            return []
        scope = self.over_two(parts, everything)
        chosen = ["p, q = choose(nodes), choose(nodes)"] if "choices" in self.features else ["p = q = choose(nodes)"]
        return ["@initial", "def opening() -> None:", *indented([*chosen, *self.writer.statement(scope)]), ""]

    def over_two(self, parts: list[Part], everything: Scope) -> Scope:
        """Return what a function of the module sees that is about two nodes, p and q."""
        reads = self.scope("q", parts).names
        scope = self.scope("p", parts).plus(
            *reads, ("p", Sort("Node")), ("q", Sort("Node")), ("up(q)", BOOL), *everything.names
        )
        return replace(scope, me="q", sender=", sender=p", ghosts=scope.ghosts | everything.ghosts)

    def properties(self, parts: list[Part], shared: list[Part]) -> list[str]:
        """Return one property of each modality."""
        writer = self.writer
        more = self.scope("box", shared, ghosts=True).names if shared else ()
        here = Scope(
            (*self.scope("n", parts, ghosts=True).names, *more, ("up(n)", BOOL), ("n", Sort("Node"))), me="n", is_step=False
        )
        for name in writer.messages if "openings" in self.features else ():
            here = here.plus((f"any(x is n for _, _, x in in_flight({name}))", BOOL), (f"(len(in_flight({name})) > 1)", BOOL))
        before = here.plus(*((f"old(n).{p.name}", p.sort) for p in parts if p.sort.name not in NO_OLD))
        lines: list[str] = []
        for modality, scope in (("always", here), ("never", here), ("sometimes", here), ("step", before), ("final", here)):
            where = f" if {writer.expression(BOOL, scope, 1)}" if writer.often(1, 2) else ""
            made = [
                f"@{modality}",
                f"def {modality}_property() -> bool:",
                f"    return {writer.pick('all', 'any')}({writer.expression(BOOL, scope)} for n in nodes{where})",
            ]
            if "conditional" in self.features and writer.often(1, 4):
                made = [f"if {writer.pick('FLAG', 'not FLAG')}:", *indented(made)]
            lines += [*made, ""]
        if "constraints" in self.features and writer.often(1, 2):
            asked = f"{writer.pick('all', 'any')}({writer.expression(BOOL, here, 1)} for n in nodes)"
            lines += ["@constraint", "def bounded() -> bool:", f"    return {asked}", ""]
        return lines

    def presets(self) -> list[str]:
        """Return the preset: a network, a capacity and what more is, what it begins with, and budgets of faults."""
        writer = self.writer
        network = writer.pick("unordered", "fifo", "set")
        names = ["crash", "restart", "amnesia", "cut", "heal"] + ([] if network == "set" else ["drop", "duplicate"])
        chosen = sorted({writer.pick(*names) for _ in range(writer.random.randint(1, 3))}) if "faults" in self.features else []
        budgets = ", ".join(
            f"{n}={writer.pick('1', '1', repr('any'), repr('1 of nodes'), repr('any of Node'))}" for n in chosen
        )
        budgets += f', connections="{writer.pick("kept", "lost")}"' if "crash" in chosen else ""
        params = f", params={{'FLAG': {writer.pick(True, False)}}}" if "conditional" in self.features else ""
        capacity = writer.pick(2, 3, 4)
        held = f'network="{network}", capacity={capacity}, full="{writer.pick("error", "limit")}"'
        held += ', start="opening"' if "openings" in self.features and writer.often(1, 2) else ""
        return [f'presets = [Preset("default", {held}, faults=Faults({budgets}){params})]']
