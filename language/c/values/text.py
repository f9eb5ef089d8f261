"""The text of emitted C: the unit that is built, the body of one function, and values as C expressions.

A number (any scalar, or an option of one) is an int64_t: an int itself, else its rank, a process its rank in its id type, an
option 0 or 1 and the rank. Any other value is its packed form: a uint64_t where 64 bits are enough, else a struct of words.
Expressions are emitted as statements that leave the result in a C expression without effects, so that everything happens in
Python's order, once. Read next: `values.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from quorate.language.errors import Unsupported
from quorate.language.packed.packing import bits_of, low_of, normal, to_bits
from quorate.language.values.types import Int, Type, is_scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from quorate.language.packed.layout import Layout
    from quorate.language.program.ir import Expr, Program
    from quorate.language.values.state import Frozen

Sort = Literal["number", "word", "words"]
MOST_WORDS = 1 << 12  # of one value: they lie on the stack
INT64 = (-(1 << 63), (1 << 63) - 1)


def held(t: Type) -> Type:
    """Return the type that a C value is kept under: an int keeps what is known of its bounds, others are in normal form."""
    return t if isinstance(t, Int) else normal(t)


def sort_of(t: Type) -> Sort:
    """Return how values of the type are held."""
    if is_scalar(t):
        return "number"
    return "word" if bits_of(t) <= 64 else "words"


def words_of(t: Type) -> int:
    """Return how many words the packed form takes."""
    return -(-bits_of(t) // 64)


def c_type(t: Type) -> str:
    """Return the C type of values of the type."""
    if sort_of(t) == "words":
        return f"struct w{words_of(t)}"
    return "int64_t" if sort_of(t) == "number" else "uint64_t"


def number(n: int) -> str:
    """Return a C literal of an int64_t."""
    if n == INT64[0]:
        return "INT64_MIN"
    text = str(n) if abs(n) < 1 << 31 else f"{n}ll"
    return f"({text})" if n < 0 else text


def readable(name: str) -> str:
    """Return the name with what C does not allow in names blotted out; what tells two apart stands beside it."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)


def identifier(name: str) -> str:
    """Return the end of a name that C allows, another one for each name: where letters are replaced it begins with a digit."""
    plain = all(c.isascii() and (c.isalnum() or c == "_") for c in name)
    return name if plain else "0" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in name)


def mask(width: int) -> str:
    """Return a C literal with this many low bits set."""
    return hex((1 << width) - 1) + "ull"


@dataclass(frozen=True, slots=True)
class Value:
    """A C expression without effects, and the type of what it holds (see `held`)."""

    code: str
    type: Type

    @property
    def sort(self) -> Sort:
        return sort_of(self.type)

    @property
    def literal(self) -> int | None:
        """Return the number where the code is a plain literal of one."""
        return int(self.code) if self.code.isdigit() else None


@dataclass
class Unit:
    """The translation unit that is built: what the functions of a program share."""

    program: Program
    layout: Layout
    tables: dict[tuple[int, ...], str] = field(default_factory=dict)
    functions: dict[tuple[str, int], str] = field(default_factory=dict)  # by key and the caller's first site
    widest: int = 1

    @property
    def full(self) -> int:
        """Return which of the counters of limits is that of a full network: those of limits and of marks come before it."""
        return len(self.program.limits) + self.program.marks

    def table(self, numbers: Iterable[int]) -> str:
        """Return the name of a static array with these numbers."""
        key = tuple(int(n) for n in numbers)
        return self.tables.setdefault(key, f"table_{len(self.tables)}")

    def function(self, key: str, site: int) -> str:
        """Return the C name of a helper as it is called from a property whose quantifiers are numbered from `site`."""
        return self.functions.setdefault((key, site), f"helper_{len(self.functions)}_{readable(key)}")

    def note(self, t: Type) -> str:
        """Return the C type, and see to it that its struct is declared. Errors: Unsupported for a value that is too large."""
        if sort_of(t) == "words":
            if words_of(t) > MOST_WORDS:
                raise Unsupported(
                    f"a value of {bits_of(t):,} bits is too large for C: at most {64 * MOST_WORDS:,} have a meaning"
                )
            self.widest = max(self.widest, words_of(t))
        return c_type(t)

    def declarations(self) -> list[str]:
        """Return the C of the structs and tables."""
        structs = [f"struct w{n} {{ uint64_t w[{n}]; }};" for n in range(2, self.widest + 1)]
        tables = [
            f"static const int32_t {name}[{len(numbers)}] = {{{', '.join(map(str, numbers))}}};"
            for numbers, name in self.tables.items()
        ]
        return structs + tables


@dataclass
class Body:
    """The body of a C function as it is written, and what it is a body of.

    `meaning` emits an expression; it is handed in so that operators can ask for their lazy operands.
    """

    unit: Unit
    meaning: Callable[[Body, Expr], Value]
    site: int = 0  # the number of the property's first quantifier
    own: str = ""  # the local that is the process whose step it is: certainly up
    lines: list[str] = field(default_factory=list)
    locals: dict[str, Value] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)  # variables of the function as a whole, by their C names
    depth: int = 1
    serial: int = 0

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Generator[None]:
        """Write a block in braces."""
        self.line(head + " {")
        self.depth += 1
        yield
        self.depth -= 1
        self.line("}")

    def fresh(self, hint: str = "t") -> str:
        self.serial += 1
        return f"{hint}{self.serial}"

    def value(self, e: Expr) -> Value:
        """Emit an expression."""
        return self.meaning(self, e)

    def fail(self, condition: str, outcome: str = "RUN_ERROR") -> None:
        """Leave the function with this outcome where the condition holds."""
        self.line(f"if ({condition}) return {outcome};")

    def hold(self, v: Value) -> Value:
        """Return the value in a variable of its own, unless it is one or a literal."""
        if v.code.isidentifier() or (v.sort != "words" and v.code.isalnum()):
            return v
        name = self.fresh()
        self.line(f"const {self.unit.note(v.type)} {name} = {v.code};")
        return Value(name, v.type)

    def copy(self, v: Value) -> Value:
        """Return the value in a new variable that may change."""
        name = self.fresh()
        self.line(f"{self.unit.note(v.type)} {name} = {v.code};")
        return Value(name, v.type)

    def zero(self, t: Type) -> Value:
        """Return a new variable of zeros."""
        name = self.fresh()
        zeros = "{{0}}" if sort_of(t) == "words" else "0"
        self.line(f"{self.unit.note(t)} {name} = {zeros};")
        return Value(name, t)

    def literal(self, t: Type, frozen: Frozen) -> Value:
        """Return a value that is known."""
        kept = held(t)
        if isinstance(kept, Int):
            assert isinstance(frozen, int)
            return Value(number(int(frozen)), kept)
        bits = to_bits(kept, frozen)
        if sort_of(kept) == "number":
            return Value(number(bits + low_of(kept)), kept)
        if sort_of(kept) == "word":
            return Value(f"{bits:#x}ull", kept)
        words = ", ".join(f"{bits >> 64 * i & (1 << 64) - 1:#x}ull" for i in range(words_of(kept)))
        return self.hold(Value(f"{{{{{words}}}}}", kept))
