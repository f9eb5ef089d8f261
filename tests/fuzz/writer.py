"""Writes expressions, statements and bodies of generated protocols, from the tables of `shapes.py` and `changes.py`.

All choices come from one `random.Random`, so that a seed is a protocol. Read next: `protocols.py`, the declarations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from tests.fuzz.changes import CHANGES
from tests.fuzz.shapes import SHAPES
from tests.fuzz.sorts import FLAT, Sort, allowed, bound, match, parse, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

T = TypeVar("T")
HOLE = re.compile("«([^«»]*)»")
BOOL, SMALL, NODE, NODES = parse("bool"), parse("Small"), parse("Node"), parse("set[Node]")
STEERS = ("limit", "require", "if ", "for ")  # what a ghost's change may not begin with: a ghost steers no step


@dataclass(frozen=True, slots=True)
class Row:
    """A shape: what it makes, its text, and the feature that it belongs to."""

    result: Sort
    text: str
    feature: str = ""


def table(text: str) -> list[Row]:
    rows: list[Row] = []
    result = BOOL
    for line in text.strip().splitlines():
        if line.startswith("    "):
            feature, shape = re.fullmatch(r"\s+(?:\((\w+)\) )?(.*)", line).groups()  # type: ignore[union-attr]  # each line does
            rows.append(Row(result, shape, feature or ""))
        else:
            result = parse(line.rstrip(":"))
    return rows


@dataclass(frozen=True, slots=True)
class Scope:
    """What a body may read, by text and sort, what it may write, and how it names a process of its own."""

    names: tuple[tuple[str, Sort], ...] = ()
    fields: dict[str, Sort] = field(default_factory=dict)
    ghosts: frozenset[str] = frozenset()  # those of the fields that may not be read
    rows: tuple[Row, ...] = ()  # helpers that it may call
    me: str = "nodes[0]"
    sender: str = ""  # who sends, where a step has to say so
    is_step: bool = True  # it may choose, and call what changes something
    returns: str = "return"

    def of(self, sort: Sort) -> list[str]:
        return [text for text, its in self.names if its == sort]

    def plus(self, *more: tuple[str, Sort]) -> Scope:
        return replace(self, names=self.names + more)

    def joined(self, other: Scope) -> Scope:
        return replace(
            self,
            names=self.names + other.names,
            fields=self.fields | other.fields,
            ghosts=self.ghosts | other.ghosts,
            rows=self.rows + other.rows,
        )

    @property
    def pure(self) -> Scope:
        return replace(self, is_step=False)


class Writer:
    """Draws source text. `features` are those that this protocol may have, `sorts` the types that it is about."""

    def __init__(self, random: Random, features: frozenset[str], sorts: Iterable[Sort]) -> None:
        self.random = random
        self.features = features
        self.sorts = list(sorts)
        self.names = 0
        self.rows = [r for r in table(SHAPES) if self.has(r.feature)]
        self.changes = [r for r in table(CHANGES) if self.has(r.feature)]
        self.messages: dict[str, dict[str, Sort]] = {}

    def has(self, feature: str) -> bool:
        return not feature or feature in self.features

    def is_free(self, sort: Sort) -> bool:
        """Say whether a variable of a shape may stand for a sort that its context does not ask for."""
        return sort.name != "Opt" and ("displays" in self.features or sort.name in (*FLAT, "int"))

    def pick(self, *some: T) -> T:
        return self.random.choice(some)

    def often(self, times: int, of: int) -> bool:
        return self.random.randrange(of) < times

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"

    # -- expressions --------------------------------------------------------------------------------------------------

    def literal(self, sort: Sort, scope: Scope) -> str:
        """Return a value of a sort, spelled out."""
        parts = [self.literal(p, scope) for p in sort.parts]
        match sort.name:
            case "bool":
                return self.pick("True", "False")
            case "Small" | "int":
                return self.pick("0", "1", "2")
            case "Color":
                return self.pick("Color.RED", "Color.GREEN", "Color.BLUE")
            case "Level":
                return self.pick("Level.LOW", "Level.HIGH")
            case "Node":
                return self.pick("nodes[0]", "nodes[-1]", scope.me)
            case "Opt":
                return parts[0]  # `None` alone has no type of its own inside a display
            case "list":
                return f"[{self.pick(parts[0], f'{parts[0]}, {self.literal(sort.parts[0], scope)}')}]"
            case "set":
                return f"{{{parts[0]}}}"
            case "frozenset":
                return f"frozenset({{{parts[0]}}})"
            case "dict":
                return f"{{{parts[0]}: {parts[1]}}}"
            case "tuple":
                return f"({', '.join(parts)})"
            case "Pair":
                return f"Pair({self.pick('0', '1', '2')}, {self.pick('True', 'False')})"
            case _:
                return self.constructed(sort.name, scope)

    def constructed(self, record: str, scope: Scope) -> str:
        row = next(r for r in self.rows if r.result.name == record and r.text.startswith(f"{record}("))
        return HOLE.sub(lambda hole: self.literal(parse(hole[1].partition("|")[0]), scope), row.text)

    def expression(self, sort: Sort, scope: Scope, depth: int = 2) -> str:
        """Return an expression of a sort; `depth` bounds nesting."""
        if depth <= 0 or self.often(3, 10):
            return self.leaf(sort, scope)
        rows = [(r, known) for r in (*self.rows, *scope.rows * 3) if (known := match(r.result, sort, {})) is not None]
        rows = [(r, known) for r, known in rows if scope.is_step or r.feature not in {"choices", "effects"}]
        if not rows:
            return self.leaf(sort, scope)
        specific = [pair for pair in rows if not pair[0].result.is_variable]
        row, known = self.pick(*(specific if specific and self.often(7, 10) else rows))
        return self.filled(row.text, scope, depth - 1, known)

    def leaf(self, sort: Sort, scope: Scope) -> str:
        """Return a name that is in scope, or else a literal."""
        names = scope.of(sort)
        options = scope.of(Sort("Opt", (sort,))) if self.has("options") else []
        if sort == BOOL and self.has("options") and self.often(1, 6):
            everything = [text for text, its in scope.names if its.name == "Opt"]
            if everything:
                return f"({self.pick(*everything)} {self.pick('is', 'is not')} None)"
        if options and self.often(1, 4):
            name = self.pick(*options)
            return f"({name} if {name} is not None else {self.literal(sort, scope)})"
        if names and self.often(4, 5):
            return self.pick(*names)
        return self.literal(sort, scope)

    def filled(self, shape: str, scope: Scope, depth: int, known: dict[str, Sort]) -> str:
        """Replace the holes of a shape; the variables that nothing bound yet stand for types of the protocol."""
        holes = [parse(h.partition("|")[0]) for h in HOLE.findall(shape)]
        for letter in sorted(set().union(*map(variables, holes)) - known.keys()):
            known = known | {letter: self.pick(*(s for s in self.sorts if allowed(letter, s) and self.is_free(s)))}

        def fill(hole: re.Match[str]) -> str:
            pattern, bar, binders = hole[1].partition("|")
            inner = scope
            if bar:
                pairs = (b.split(":") for b in binders.split(",") if b)
                inner = scope.pure.plus(*((name, bound(parse(its), known)) for name, its in pairs))
            return self.expression(bound(parse(pattern), known), inner, depth)

        return HOLE.sub(fill, shape)

    # -- statements ---------------------------------------------------------------------------------------------------

    def statement(self, scope: Scope, depth: int = 1) -> list[str]:
        """Return the lines of one statement."""
        kinds: list[Callable[[Scope], list[str]]] = [self.assignment, self.change, self.change, self.change]
        if depth:
            kinds += [self.branch, self.loop, self.two_assignments, self.guard, self.local, self.matching]
            kinds += [self.alias] if "aliases" in self.features else []
        if scope.is_step and self.messages:
            kinds += [self.sending, self.broadcasting]
        return self.pick(*kinds)(scope)

    def value(self, target: str, scope: Scope, depth: int = 2) -> str:
        """Return a value for a field. What a ghost gets is chosen by nothing and changes nothing else."""
        return self.expression(scope.fields[target], scope.pure if target in scope.ghosts else scope, depth)

    def assignment(self, scope: Scope) -> list[str]:
        target = self.pick(*scope.fields)
        return [f"{target} = {self.value(target, scope)}"]

    def two_assignments(self, scope: Scope) -> list[str]:
        one, other = self.pick(*scope.fields), self.pick(*scope.fields)
        return [f"{one}, {other} = {self.value(one, scope, 1)}, {self.value(other, scope, 1)}"]

    def change(self, scope: Scope) -> list[str]:
        """Return a change of a field through its own path."""
        target = self.pick(*scope.fields)
        ghost = target in scope.ghosts
        sort = scope.fields[target]
        rows = [(r, known) for r in self.changes if (known := match(r.result, sort, {})) is not None]
        rows = [(r, k) for r, k in rows if not ghost or not (r.text.startswith(STEERS) or "; " in r.text or r.feature)]
        specific = [pair for pair in rows if not pair[0].result.is_variable]
        row, known = self.pick(*(specific if specific and self.often(7, 10) else rows))
        text = row.text.replace("$", target).replace("k#", self.name()).replace("w#", self.name())
        return lines_of(self.filled(text, scope.pure if ghost else scope, 1, known))

    def local(self, scope: Scope) -> list[str]:
        """Return a local, and statements that read it."""
        sort, name = self.pick(*self.sorts), self.name()
        if sort.is_mutable and "aliases" not in self.features:
            sort = SMALL
        first = f"{name} = {self.expression(sort, scope)}"
        return [first, *self.statement(scope.plus((name, sort)), 0), *self.statement(scope.plus((name, sort), (name, sort)), 0)]

    def alias(self, scope: Scope) -> list[str]:
        """Return a local that names a field's value, a change of the field, and a statement that reads the local."""
        mutable = [f for f, s in scope.fields.items() if s.is_mutable and f not in scope.ghosts] or list(scope.fields)
        target, name = self.pick(*mutable), self.name()
        if target in scope.ghosts:
            return self.change(scope)
        changed = self.change(replace(scope, fields={target: scope.fields[target]}))
        return [f"{name} = {target}", *changed, *self.statement(replace(scope, names=((name, scope.fields[target]),) * 2), 0)]

    def branch(self, scope: Scope) -> list[str]:
        leaves = ["pass", scope.returns, *["skip()"] * scope.is_step]
        last = self.statement(scope, 0) if self.often(1, 2) else [self.filled(self.pick(*leaves), scope, 1, {})]
        return [
            f"if {self.expression(BOOL, scope)}:",
            *indented(self.statement(scope, 0)),
            self.pick("else:", f"elif {self.expression(BOOL, scope)}:"),
            *indented(last),
        ]

    def matching(self, scope: Scope) -> list[str]:
        """Return a `match`: by values, by alternatives, by tuples; with a guard sometimes, and a name at the end."""
        a, b = self.name(), self.name()
        number, color, other = (self.expression(s, scope, 1) for s in (SMALL, parse("Color"), BOOL))
        forms: list[tuple[str, list[str], str, tuple[tuple[str, Sort], ...]]] = [
            (number, ["0", "1 | 2"], a, ((a, SMALL),)),
            (color, ["Color.RED", "Color.GREEN | Color.BLUE"], "_", ()),
            (
                f"({number}, {color})",
                ["(0, Color.RED)", f"({a}, Color.BLUE)"],
                f"({a}, {b})",
                ((a, SMALL), (b, parse("Color"))),
            ),
            (f"({other}, {number})", ["(True, 0) | (False, 1)", f"(True, {a})"], f"(_, {a})", ((a, SMALL),)),
        ]
        subject, patterns, last, bindings = self.pick(*forms)
        lines = [f"match {subject}:"]
        for pattern in patterns:
            guard = f" if {self.expression(BOOL, scope, 1)}" if self.often(1, 3) and a not in pattern else ""
            lines += [f"    case {pattern}{guard}:", *indented(indented(self.statement(scope, 0)))]
        return [*lines, f"    case {last}:", *indented(indented(self.statement(scope.plus(*bindings), 0)))]

    def loop(self, scope: Scope) -> list[str]:
        a, b = self.name(), self.name()
        mutable = "aliases" in self.features
        item = self.pick(*(s for s in self.sorts if mutable or not s.is_mutable))
        key = self.pick(*(s for s in self.sorts if allowed("O", s)))

        def fill(text: str) -> str:
            return self.filled(text, scope, 1, {"T": item, "O": key})

        heads: list[tuple[str, tuple[tuple[str, Sort], ...]]] = [
            (f"for {a} in «list[T]»:", ((a, item),)),
            (f"for {a} in sorted(«set[O]»):", ((a, key),)),
            (f"for {b}, {a} in sorted(«dict[O, Small]».items()):", ((b, key), (a, SMALL))),
            (f"for {b} in sorted(«dict[O, T]»):", ((b, key),)),
            (f"for {b}, {a} in enumerate(«list[T]»):", ((a, item),)),
            (f"for {a}, {b} in zip(«list[T]», «list[O]»):", ((a, item), (b, key))),
            (f"for {a} in range(«Small»):", ((a, SMALL),)),
            (f"for {a} in range(2, -1, -1):", ((a, SMALL),)),
            (f"for {a} in reversed(«list[T]»):", ((a, item),)),
            (f"for {a} in nodes:", ((a, NODE),)),
            (f"for {a} in Color:", ((a, parse("Color")),)),
        ]
        head, bindings = self.pick(*heads)
        if "walks" in self.features and self.often(1, 4):  # a set, in no order: only what does not depend on it
            return [fill(f"for {a} in «set[O]»:"), *indented(self.unordered(scope.plus((a, key)), a, key))]
        inner = scope.plus(*bindings, *bindings)
        leave = [f"if {self.expression(BOOL, inner, 1)}:", f"    {self.pick('break', 'continue')}"] * self.often(1, 3)
        early = [f"if {self.expression(BOOL, inner, 1)}:", f"    {self.filled(scope.returns, inner, 1, {})}"] * self.often(1, 5)
        return [fill(head), *indented([*leave, *self.statement(inner, 0), *early])]

    def unordered(self, scope: Scope, item: str, sort: Sort) -> list[str]:
        """Return a statement for each item of a set that comes out the same in any order."""
        sets = [f for f, s in scope.fields.items() if s == Sort("set", (sort,)) and f not in scope.ghosts]
        dicts = [f for f, s in scope.fields.items() if s.name == "dict" and s.parts[0] == sort and f not in scope.ghosts]
        if dicts and self.often(1, 2):
            target = self.pick(*dicts)
            return [f"{target}[{item}] = {self.expression(scope.fields[target].parts[1], scope.pure, 1)}"]
        if sets:
            return [f"{self.pick(*sets)}.{self.pick('add', 'discard')}({item})"]
        flags = [f for f, s in scope.fields.items() if s == BOOL and f not in scope.ghosts]
        if flags:
            return [f"if {self.expression(BOOL, replace(scope.pure, names=((item, sort),)), 1)}:", f"    {flags[0]} = True"]
        return ["pass"]

    def guard(self, scope: Scope) -> list[str]:
        words = ["require", "assert", *["limit"] * self.has("limits")]
        word = self.pick(*words) if scope.is_step else "assert"
        condition = self.expression(BOOL, scope.pure if word == "assert" else scope)
        if word != "assert":
            return [f"{word}({condition})"]
        other = self.expression(BOOL, scope.pure) if self.has("errors") else f"not {condition}"
        return [f"assert {condition} or {other}"]

    def message(self, scope: Scope) -> str:
        name = self.pick(*self.messages)
        values = {part: self.expression(sort, scope, 1) for part, sort in self.messages[name].items()}
        named = self.often(1, 2)
        return f"{name}({', '.join(f'{part}={v}' if named else v for part, v in values.items())})"

    def sending(self, scope: Scope) -> list[str]:
        chosen = ["choose(nodes)"] * self.has("choices")
        maybe = f"some({scope.me} if {self.expression(BOOL, scope, 1)} else None)"
        to = self.pick("nodes[0]", "nodes[-1]", self.expression(NODE, scope, 1), maybe, *chosen)
        return [f"send({self.message(scope)}, to={to}{scope.sender})"]

    def broadcasting(self, scope: Scope) -> list[str]:
        return [f"broadcast({self.message(scope)}, to={self.pick('nodes', self.expression(NODES, scope))}{scope.sender})"]

    def body(self, scope: Scope, most: int = 2) -> list[str]:
        """Return the lines of a step."""
        lines = [f"require({self.expression(BOOL, scope)})"] if self.often(2, 3) else []
        if self.has("choices") and self.often(1, 3):
            sort, name = self.pick(*(s for s in self.sorts if allowed("H", s))), self.name()
            lines.append(f"{name} = choose({self.expression(Sort(self.pick('set', 'list'), (sort,)), scope)})")
            scope = scope.plus((name, sort))
        if self.often(1, 3):
            sort, name = self.pick(*(s for s in self.sorts if "aliases" in self.features or not s.is_mutable)), self.name()
            lines.append(f"{name} = {self.expression(sort, scope)}")
            scope = scope.plus((name, sort))
        if self.often(1, 5):
            a, b = self.name(), self.name()
            lines.append(
                f"{a}, {b} = {self.pick('', '*')}{self.filled('(«Small», «bool»)', scope, 1, {})}".replace("= *", "= ")
            )
            scope = scope.plus((a, SMALL), (b, BOOL))
        for _ in range(self.random.randint(1, most)):
            lines += self.statement(scope)
        return lines


def lines_of(text: str) -> list[str]:
    """Return the lines of a change: `; ` ends a statement, and what stands after a colon is inside it."""
    lines: list[str] = []
    for part in text.split("; "):
        inside = bool(lines) and lines[-1].endswith(":")
        lines.append("    " * inside + part)
    return lines


def indented(lines: Iterable[str]) -> list[str]:
    return ["    " + line for line in lines]
