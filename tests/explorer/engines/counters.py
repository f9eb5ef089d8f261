"""Random small protocols over plain integers: what is inferred about them, and whether the engines mean the same by it.

A process has two or three fields of type `int`, helpers that return, change, or do both, and steps of guarded assignments. Read
next: `test_bounds.py`.
"""

from __future__ import annotations

from hypothesis import strategies as st

FIELDS = ("x", "y", "z")
HELPERS = """
    def plus(self, n: int) -> int:
        return n + {step}

    def take(self) -> int:
        self.x = {low}
        return self.y

    def swap(self) -> bool:
        self.x, self.y = self.y, self.x
        return self.x < self.y

    def largest(self) -> int:
        best = self.x
        for n in [self.y, {low}, {high}]:
            if n > best:
                best = n
        return best
"""
CALLER = """
    @action
    def call_each(self) -> None:
        require(self.x < -9000)
        self.y = self.plus(self.take()) % 3 + self.largest() % 3
        self.swap()
"""
ATOMS = ("self.x", "self.y", "self.z", "v", "{low}", "{high}", "{step}", "0", "1", "-1", "LIMIT", "SELF_PLUS", "self.take()")
SUMS = (
    "{a} + {b}",
    "{a} - {b}",
    "{a} * {b}",
    "{a} % 5",
    "{a} // 2",
    "{a} // {b}",
    "{a} % {b}",
    "-{a}",
    "abs({a})",
    "min({a}, {b})",
    "max({a}, {b})",
    "({a} if {c} else {b})",
    "sum([{a}, {b}])",
    "min({a}, {high})",
    "max({a}, {low})",
    "self.plus({a})",
    "self.largest()",
    "choose([{a}, {b}])",
    "len([n for n in [{a}, {b}] if n < {high}])",
    "({a}, {b})[0]",
    "[{a}, {b}][-1]",
    "max([n for n in [{a}, 0] if n < 3], default={b})",
    "{{1: {a}}}.get(1, {b})",
)
TESTS = (
    "{a} < {b}",
    "{a} <= {high}",
    "{a} > {low}",
    "{a} >= {b}",
    "{a} == {b}",
    "{a} != {high}",
    "{low} < {a} < {b}",
    "self.swap()",
    "{a} in (1, {b})",
    "{a} in range({low}, {high})",
    "not {c}",
    "{c} and {d}",
    "{c} or {d}",
)


class Drawing:
    """Draws the text of one protocol."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        numbers = {name: draw(st.integers(*bounds)) for name, bounds in (("low", (-4, 0)), ("high", (1, 9)), ("step", (1, 4)))}
        self.numbers = {name: str(number) if number >= 0 else f"({number})" for name, number in numbers.items()}

    def text(self, shapes: tuple[str, ...], depth: int) -> str:
        chosen = self.draw(st.sampled_from(shapes))
        parts = {name: self.number(depth - 1) for name in "ab" if f"{{{name}}}" in chosen}
        parts |= {name: self.test(depth - 1) for name in "cd" if f"{{{name}}}" in chosen}
        return chosen.format(**parts, **self.numbers)

    def number(self, depth: int = 2) -> str:
        if depth <= 0 or self.draw(st.booleans()):
            atom = self.draw(st.sampled_from(ATOMS)).format(**self.numbers)
            return "self.plus(LIMIT)" if atom == "SELF_PLUS" else atom
        return f"({self.text(SUMS, depth)})"

    def test(self, depth: int = 2) -> str:
        return f"({self.text(TESTS[:-3] if depth <= 0 else TESTS, depth)})"

    def statement(self, indent: str, depth: int) -> list[str]:
        kind = self.draw(st.sampled_from(("set", "set", "add", "local", "if", "for", "call", "pair", "require")))
        field = self.draw(st.sampled_from(FIELDS))
        if depth == 0 and kind in {"if", "for"}:
            kind = "set"
        match kind:
            case "set":
                return [f"{indent}self.{field} = {self.number()}"]
            case "add":
                return [f"{indent}self.{field} {self.draw(st.sampled_from(('+=', '-=')))} {self.number(1)}"]
            case "local":
                return [f"{indent}v = {self.number()}"]
            case "call":
                return [f"{indent}{self.draw(st.sampled_from(('self.take()', 'self.swap()')))}"]
            case "pair":
                return [f"{indent}self.{field}, v = {self.number(1)}, {self.number(1)}"]
            case "require":
                return [f"{indent}require({self.test()})"]
            case "if":
                then, other = self.block(indent + "    ", depth - 1), self.block(indent + "    ", depth - 1)
                return [f"{indent}if {self.test()}:", *then, f"{indent}else:", *other]
            case _:
                head = self.draw(
                    st.sampled_from(("for i in range(2):", "for v in [self.x, {high}]:", "for v in range({low}, 3):"))
                )
                return [f"{indent}{head.format(**self.numbers)}", *self.block(indent + "    ", depth - 1)]

    def block(self, indent: str, depth: int) -> list[str]:
        lines = [self.statement(indent, depth) for _ in range(self.draw(st.integers(1, 3)))]
        return [line for several in lines for line in several]

    def step(self, number: int) -> list[str]:
        guard = self.draw(st.sampled_from(FIELDS))
        bound = self.draw(st.sampled_from(("{low} <= self.{f} <= {high}", "self.{f} < {high}", "self.{f} != {high}", "True")))
        head = ["    @action", f"    def step_{number}(self) -> None:", "        v = 0"]
        return [*head, f"        require({bound.format(f=guard, **self.numbers)})", *self.block("        ", 2), ""]


@st.composite
def counters(draw: st.DrawFn) -> str:
    """Draw a protocol over plain integers, as the text after the usual imports."""
    d = Drawing(draw)
    lines = [f"LIMIT = param({draw(st.integers(0, 6))}, 'a bound')", "", "class Server(Process):"]
    for field in FIELDS:
        declared = draw(st.sampled_from(("int", "int", "Annotated[int, Range(-9, 9)]", "Annotated[int, Range(-300, 300)]")))
        lines.append(f"    {field}: {declared} = {draw(st.sampled_from(('durable', 'volatile')))}({draw(st.integers(-2, 2))})")
    lines += HELPERS.format(**d.numbers).splitlines()
    for number in range(draw(st.integers(1, 3))):
        lines += ["", *d.step(number)]
    lines += ["", *CALLER.splitlines()]
    lines += ["", "server = Server.single()", "", "@always", "def small() -> bool:"]
    return "\n".join([*lines, f"    return server.x < {d.numbers['high']} or server.y != server.z", ""])
