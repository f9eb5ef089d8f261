"""The intermediate representation: what a model means, in frozen dataclasses; every other meaning is a walk over it.

A step is a function over a local `self`, its arguments, and the present state; it either does not exist (a guard failed),
or is an error of the model, or ends in one next state for each way through its `Choose`s. Expressions have no effect on
the state, but may fail, choose, and (through `Call`) run a helper that has effects; they are evaluated left to right, each
where it stands; a `Let` names what Python evaluates earlier, or what is used twice (`effects.py`). What changes a container
assigns a new one: `self.votes.add(p)` is `Assign(Field(self, votes), Apply(SET_ADD, (..., p)), in_place=True)`.

Read next: `lower.py` makes it from Python's `ast`, `well_formed.py` checks it, `to_c.py` is its C meaning.
Long because the whole IR is on one page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quorate.language.declare import Modality, Role, Storage
    from quorate.language.errors import Place as SourcePlace
    from quorate.language.values.types import ProcessId, RecordOf, Type

# Glossary: T item type, K key, V value; "error" is an error of the model, "none" that the step does not exist.


class Operator(Enum):
    """What `Apply` applies. Operands stand in the order of the Python expression; all are strict unless marked lazy."""

    ADD = auto()  # Int, Int -> Int; results that do not fit 64 bits are an error
    SUB = auto()
    MUL = auto()
    FLOORDIV = auto()  # rounds down, as Python does; division by zero is an error
    MOD = auto()  # has the sign of the divisor, as in Python
    BIT_AND = auto()  # of numbers in two's complement without an end, as Python has them
    BIT_OR = auto()
    BIT_XOR = auto()
    SHIFT_LEFT = auto()  # by a negative number, or beyond 64 bits, is an error
    SHIFT_RIGHT = auto()  # rounds down; by a negative number is an error
    NEG = auto()
    ABS = auto()
    MIN = auto()  # of two or more operands; the first of equals
    MAX = auto()
    EQ = auto()  # of any two values of one type; integers may differ in their bounds
    NE = auto()
    LT = auto()  # of Int, Enumeration or ProcessId: by value or by declaration; tuples of these: lexicographic
    LE = auto()
    GT = auto()
    GE = auto()
    AND = auto()  # lazy
    OR = auto()  # lazy
    NOT = auto()
    IF = auto()  # lazy: condition, then, else
    INJECT = auto()  # T -> Option(T)
    VALUE = auto()  # Option(T) -> T; None is an error
    CONVERT = auto()  # a value to another type of the same shape with wider or narrower bounds; out of them is an error
    COPY = auto()  # a set, list or dict -> one with the same items that nothing else names
    LEN = auto()  # of a set, dict, list
    CONTAINS = auto()  # container, item: in a set, list, or the keys of a dict
    INDEX = auto()  # list[int], tuple[literal], dict[key]; out of range or absent is an error; list indices are >= 0
    INDEX_BACK = auto()  # list, literal n >= 1: `xs[-n]`
    SLICE = auto()  # list, start, stop (as Python clips them; both given, >= 0)
    CONCAT = auto()  # list, list
    LIST_SET = auto()  # list, index, item -> list; out of range is an error
    LIST_APPEND = auto()
    LIST_INSERT = auto()  # list, index, item
    LIST_DELETE = auto()  # list, index -> list
    LIST_REMOVE = auto()  # list, item -> list without its first equal; absent is an error
    LIST_FIND = auto()  # list, item -> index of the first equal; absent is an error
    COUNT = auto()  # list, item
    REVERSED = auto()  # list -> list
    SORTED = auto()  # list or set -> list, ascending by the order of the item type
    RANGE = auto()  # start, stop, step -> list of Int; only as the source of a loop or comprehension, or in CONTAINS
    ENUMERATE = auto()  # list -> list of (Int, T); only as the source of a loop or comprehension
    ZIP = auto()  # list, list -> list of (A, B); only as the source of a loop or comprehension
    ZIP_STRICT = auto()  # the same; where only one of them ends, that is an error
    SET_ADD = auto()  # set, item
    SET_DISCARD = auto()
    SET_REMOVE = auto()  # absent is an error
    UNION = auto()
    INTERSECTION = auto()
    DIFFERENCE = auto()
    SYMMETRIC_DIFFERENCE = auto()
    SUBSET = auto()  # `a <= b`, `a.issubset(b)`
    DISJOINT = auto()
    TO_SET = auto()  # list -> set
    TO_LIST = auto()  # tuple of one item type -> list
    DICT_SET = auto()  # dict, key, value
    DICT_DELETE = auto()  # dict, key; absent is an error
    DICT_GET = auto()  # dict, key, default (of V) -> V
    DICT_FIND = auto()  # dict, key -> Option(V)
    DICT_MERGE = auto()  # dict, dict: the second wins
    KEYS = auto()  # dict -> set of K
    VALUES = auto()  # dict -> list of V, by the order of the keys
    ITEMS = auto()  # dict -> list of (K, V), by the order of the keys
    MAKE_TUPLE = auto()
    MAKE_LIST = auto()
    MAKE_SET = auto()
    MAKE_DICT = auto()  # key, value, key, value ...
    MAKE_RECORD = auto()  # the fields in order
    UP = auto()  # ProcessId -> Bool
    INDEX_IN_GROUP = auto()  # ProcessId -> Int
    IN_FLIGHT = auto()  # -> list of (message, ProcessId, ProcessId), in no order; only as the source of a loop or comprehension


class Reduction(Enum):
    """What a comprehension makes of its items."""

    ANY = auto()  # lazy: stops at the first true
    ALL = auto()  # lazy: stops at the first false
    SUM = auto()
    MIN = auto()  # over nothing: `default`, or an error; with a key, `body` is (key, item); the first of equals
    MAX = auto()
    COUNT = auto()  # len([...])
    LIST = auto()
    SET = auto()
    DICT = auto()  # `body` is (key, value); the last of equal keys wins


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What a pass may refuse: `where` it stands in the source. Two nodes at two places are equal all the same."""

    where: SourcePlace | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Const:
    """A value known at load time, in the frozen form of `values.py`."""

    type: Type
    value: object


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the model, by name, with its value in this configuration."""

    type: Type
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Local:
    """A local variable, argument, loop variable, or `self`. Names are unique within a function."""

    type: Type
    name: str


@dataclass(frozen=True, slots=True)
class Field(Placed):
    """The value of a field: of the process `holder`, or of shared state by its number. `old`: as it was before the step."""

    type: Type
    holder: Expr | int
    kind: str
    name: str
    old: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """The value of a record's field."""

    type: Type
    record: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Apply(Placed):
    type: Type
    operator: Operator
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Clause(Placed):
    """`for targets in source if conditions`: several targets unpack a tuple. A set or dict is walked in canonical order."""

    targets: tuple[Local, ...]
    source: Expr
    conditions: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Comprehension(Placed):
    """`site` numbers the quantifiers (ANY, ALL) of a property: one that never had an item to range over is vacuous."""

    type: Type
    reduction: Reduction
    clauses: tuple[Clause, ...]
    body: tuple[Expr, ...]
    default: Expr | None = None
    site: int | None = None


@dataclass(frozen=True, slots=True)
class Call(Placed):
    """A helper, by its key in `Program.functions`; a method's first operand is its `self`."""

    type: Type
    function: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Choose(Placed):
    """Any one item of a set or list, in canonical order or the list's own, equal items once; over nothing: none."""

    type: Type
    source: Expr


@dataclass(frozen=True, slots=True)
class Some(Placed):
    """Option(T) -> T; None: the step does not exist."""

    type: Type
    option: Expr


@dataclass(frozen=True, slots=True)
class Let(Placed):
    """`value` is evaluated, once, and then `body`, which may name it: `local`, that nothing else binds."""

    type: Type
    local: Local
    value: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Opaque(Placed):
    """What has no meaning but Python's own, made of these parts: in a program that is judged, and never in one that C runs."""

    type: Type
    parts: tuple[Expr, ...]


Expr = Const | Parameter | Local | Field | Component | Apply | Comprehension | Call | Choose | Some | Let | Opaque


@dataclass(frozen=True, slots=True)
class Assign(Placed):
    """Gives a local or a field a value of exactly its type; a field's bounds are checked here by the CONVERT before it.

    `in_place`: Python changes the container that the target names, or one inside it, where others that name it see it
    (`xs.append(x)`, `d[k] = v`, `del xs[0]`, `xs += ys`); else it gives the target another value.
    """

    target: Local | Field
    value: Expr
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class If(Placed):
    condition: Expr
    then: tuple[Stmt, ...]
    otherwise: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class For(Placed):
    targets: tuple[Local, ...]
    source: Expr
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Require(Placed):
    condition: Expr


@dataclass(frozen=True, slots=True)
class Limit(Placed):
    """`number` counts the limits of the program from 0: `Program.limits[number]` says how it reads."""

    condition: Expr
    number: int


@dataclass(frozen=True, slots=True)
class Assert(Placed):
    condition: Expr


@dataclass(frozen=True, slots=True)
class Return(Placed):
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Send(Placed):
    """To one process, or (`every`) to each of a set or list except the sender."""

    message: Expr
    to: Expr
    sender: Expr
    every: bool = False


@dataclass(frozen=True, slots=True)
class Evaluate(Placed):
    """Runs a helper for its effects."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Break(Placed):
    pass


@dataclass(frozen=True, slots=True)
class Continue(Placed):
    pass


@dataclass(frozen=True, slots=True)
class Mark(Placed):
    """Counts a pass, for coverage (`marks.py`); there is none unless it was asked for."""

    number: int


Stmt = Assign | If | For | Require | Limit | Assert | Return | Send | Evaluate | Break | Continue | Mark


@dataclass(frozen=True, slots=True)
class Function:
    """A helper: `result` None where it returns nothing. Not recursive."""

    name: str
    parameters: tuple[Local, ...]
    result: Type | None
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One way to take a step.

    action of a kind   `parameters[0]` is self (any process of the kind that is up), the rest choices over their types
    receive            self, the message (a RecordOf), and the sender (always given here, even if the source does not ask)
    action of a module all parameters are choices; `kind` is None
    initial            self; assigns that holder's fields, for its first state, and again after a crash
    """

    name: str
    role: Role
    kind: str | None
    parameters: tuple[Local, ...]
    body: tuple[Stmt, ...]
    where: SourcePlace


@dataclass(frozen=True, slots=True)
class Property:
    """`body` returns a Bool. `sites` says where each quantifier stands. `parameters` are processes that it is asked of."""

    name: str
    modality: Modality
    body: tuple[Stmt, ...]
    sites: tuple[SourcePlace, ...]
    where: SourcePlace
    parameters: tuple[Local, ...] = ()


@dataclass(frozen=True, slots=True)
class StateField:
    name: str
    type: Type
    storage: Storage
    initial: object  # frozen


@dataclass(frozen=True, slots=True)
class Holder:
    """One process, or one shared state: `number` counts each of the two sorts from 0 in canonical order."""

    kind: str
    number: int
    label: str
    group: str | None
    index: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A `limit` of the program as the verdict says it: `MAX_TERM = 2`, or the condition's own text."""

    text: str
    where: SourcePlace


@dataclass(frozen=True, slots=True)
class Program:
    """A configuration of a model. `fields[kind]` lists a kind's fields in layout order, inherited ones first."""

    name: str
    parameters: tuple[Parameter, ...]
    processes: tuple[Holder, ...]
    shared: tuple[Holder, ...]
    fields: dict[str, tuple[StateField, ...]]
    ids: dict[str, ProcessId]
    messages: tuple[RecordOf, ...]
    steps: tuple[Step, ...]
    properties: tuple[Property, ...]
    functions: dict[str, Function]
    limits: tuple[Bound, ...]
    ordered: frozenset[str]  # groups whose order or single members the model uses: not symmetric
    marks: int = 0  # how many `Mark`s are counted
    constraints: tuple[Property, ...] = ()  # each has a bound at its place among the limits

    @property
    def conditions(self) -> tuple[Property, ...]:
        """Return everything that is asked of a state or an edge: the properties, then the constraints."""
        return self.properties + self.constraints
