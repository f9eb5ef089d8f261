"""A loaded model: one module executed with one set of parameters, and everything that it declared.

`load.py` makes it; the reference engine runs its functions; `lower.py` turns it into `ir.Program`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from quorate.language.histories.history import OFFERED

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable
    from enum import Enum
    from pathlib import Path
    from types import ModuleType

    from quorate.language.declare import Group, Modality, Preset, Process, Record, Role, Shared, State, Storage
    from quorate.language.errors import Place
    from quorate.language.histories.history import History
    from quorate.language.values.types import ProcessId, RecordOf, Type


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the model: the main one, or one that it imports from its own directory.

    `executed` are the classes, and the assignments in their bodies, that were executed, by line and column (`branches.py`).
    `prefix` is that of the names of a page of the library (`history.`), which a history brought in; "" for the model's own.
    """

    path: Path
    shown: str  # the path as errors and traces show it
    text: str
    tree: ast.Module
    module: ModuleType
    executed: set[tuple[int, int]] = field(default_factory=set)
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ParameterDeclaration:
    """`NAME = param(default, about, choices=...)` and its value here."""

    name: str
    value: object
    default: object
    about: str
    choices: tuple[object, ...] | None
    where: Place


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A field with its resolved type (an Int without bounds where they are still to be inferred); `initial` is frozen."""

    name: str
    type: Type
    storage: Storage
    initial: object
    where: Place


@dataclass(frozen=True, slots=True)
class StepDeclaration:
    """A step of a kind (`kind` is the class) or of a module (None). `message` and `sender` are those of a `@receive`.

    `arguments` are the choices of an action: name and type. `sender` is the annotated class, None where not asked for.
    """

    name: str  # `Server.start_election` for a kind's step, `start` for a module's: unique
    role: Role
    kind: type[State] | None
    function: Callable[..., object]
    source: Source
    node: ast.FunctionDef
    arguments: tuple[tuple[str, Type], ...]
    message: RecordOf | None
    sender: type[Process] | None
    asks_sender: bool
    where: Place


@dataclass(frozen=True, slots=True)
class PropertyDeclaration:
    """A property. One of whole runs may have `arguments`, processes: it is asked for each of them. `goal` is the second
    function of `leads_to`, a property by itself to who evaluates it; `steps` are those of `progress`, empty for any.
    """

    name: str
    modality: Modality
    statement: str  # the first line of its docstring, else its name in words
    function: Callable[..., object]
    source: Source
    node: ast.FunctionDef
    where: Place
    arguments: tuple[tuple[str, ProcessId], ...] = ()
    goal: PropertyDeclaration | None = None
    steps: tuple[str, ...] = ()


def asked_name(name: str, processes: Iterable[Process]) -> str:
    """Return what a property is called when it is asked of these processes: `decides(Server 2)`."""
    labels = ", ".join(p.label for p in processes)
    return f"{name}({labels})" if labels else name


@dataclass(frozen=True, slots=True)
class Asked:
    """A property asked of processes: `decides(Server 2)`; of none, where it has no arguments."""

    name: str
    prop: PropertyDeclaration
    processes: tuple[Process, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One configuration of a model. Steps and properties stand in the order of declaration; processes are numbered by kind.

    Processes of one kind are consecutive: kinds in the order in which they are first used, each kind's groups and singles in
    the order of declaration.
    """

    name: str
    path: Path
    sha256: str  # over the text of all sources, in order
    title: str  # the first line of the module's docstring
    sources: tuple[Source, ...]  # the main file first
    parameters: tuple[ParameterDeclaration, ...]
    processes: tuple[Process, ...]
    shared: tuple[Shared, ...]
    groups: tuple[Group[Process], ...]
    kinds: dict[str, type[State]]  # every class that has instances, by its name
    fields: dict[str, tuple[FieldDeclaration, ...]]  # by kind and by class above it, inherited ones first
    ids: dict[str, ProcessId]  # the id type of every process class, `Process` itself included
    records: dict[str, type[Record]]
    enums: dict[str, type[Enum]]
    messages: tuple[RecordOf, ...]  # those that have a receiver, in the order of declaration
    types: dict[str, Type]  # every record, enum and process class by name
    steps: tuple[StepDeclaration, ...]
    properties: tuple[PropertyDeclaration, ...]
    presets: tuple[Preset, ...]
    constraints: tuple[PropertyDeclaration, ...] = ()  # bounds of the exploration on states
    histories: tuple[History, ...] = ()

    @property
    def functions(self) -> tuple[PropertyDeclaration, ...]:
        """Return everything that is true or false in a state or over a step: the properties, then the goals of `leads_to`."""
        return (*self.properties, *(p.goal for p in self.properties if p.goal))

    def asked(self, prop: PropertyDeclaration) -> tuple[Asked, ...]:
        """Return the property once for each choice of the processes that are its arguments."""
        chosen = product(*[[self.processes[n] for n in t.members] for _, t in prop.arguments])
        return tuple(Asked(asked_name(prop.name, given), prop, given) for given in chosen)

    @property
    def openings(self) -> tuple[StepDeclaration, ...]:
        """Return the module-level `@initial`s, in the order of declaration."""
        return tuple(s for s in self.steps if s.role == "initial" and s.kind is None)

    @property
    def offered(self) -> tuple[str, ...]:
        """Return the guarantees of its histories that can be asked for; those that are asked for are among its properties."""
        return tuple(f"{h.name}.{page}" for h in self.histories for page, offered in OFFERED.items() if offered.fits(h))

    @property
    def guarantees(self) -> tuple[str, ...]:
        """Return the guarantees among its properties."""
        return tuple(p.name for p in self.properties if p.source.prefix)

    def keeps(self, holder: State) -> bool:
        """Say whether shared state is the model's own, and not what a guarantee keeps."""
        return not any(s.prefix and s.module.__name__ == type(holder).__module__ for s in self.sources)
