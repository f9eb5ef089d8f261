"""A `Model` from one execution: its processes numbered, its types resolved, its presets checked."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING, TypeVar, cast

from quorate.language.declare import Group, Process, Record, Shared, State
from quorate.language.errors import ModelError
from quorate.language.loading.branches import class_node
from quorate.language.loading.declarations import Declarations, bounded, check_progress
from quorate.language.loading.execution import place_at, place_of
from quorate.language.loading.hooks import check_classes
from quorate.language.loading.model import Model
from quorate.language.loading.presets import check_presets, presets_of
from quorate.language.loading.resolve import Resolver, annotations_of
from quorate.language.loading.unread import check_called
from quorate.language.values.types import ProcessId, RecordOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.language.loading.execution import Execution, Note
    from quorate.language.loading.model import Source, StepDeclaration
    from quorate.language.values.types import Type

H = TypeVar("H", bound=State)


def assemble(execution: Execution) -> Model:
    """Return the model that an execution declared. Errors: ModelError for a declaration that cannot be.

    Long because every part of a model is named once.
    """
    sources, notes = tuple(execution.sources), execution.notes
    check_classes(sources)
    classes = _unique([n for n in notes if n.sort in {"record", "holder"}])
    processes = _numbered(_together([p for n in notes for p in _instances(n, Process)]))
    shared = _numbered(_together([s for n in notes for s in _instances(n, Shared)]))
    _check_instances(sources, (*processes, *shared))
    groups = _named(notes, sources)
    ids = _ids([c for c in classes if issubclass(c, Process)], processes)
    resolver = _resolver(sources, ids)
    declared = Declarations(sources, notes, resolver)
    kinds: dict[str, type[State]] = {type(h).__name__: type(h) for h in (*processes, *shared)}
    bases = {cls.__name__: cls for cls, t in ids.items() if t.members}
    fields = {name: declared.fields_of(kind) for name, kind in (bases | kinds).items()}
    steps = declared.steps(kinds.values())
    records = [c for c in classes if issubclass(c, Record)]
    types = _types(records, notes, resolver)
    received = {s.message.name for s in steps if s.message}
    properties = declared.properties()
    model = Model(
        name=execution.name,
        path=sources[0].path,
        sha256=execution.sha256,
        title=((ast.get_docstring(sources[0].tree) or "").strip().splitlines() or [""])[0],
        sources=sources,
        parameters=tuple(execution.parameters),
        processes=processes,
        shared=shared,
        groups=groups,
        kinds=kinds,
        fields=fields,
        ids={cls.__name__: t for cls, t in ids.items()},
        records={c.__qualname__: c for c in records},
        enums={e.__qualname__: e for e in resolver.enums},
        messages=tuple(t for c in records if isinstance(t := types[c.__qualname__], RecordOf) and t.name in received),
        types=types,
        steps=_uniquely_named(steps),
        properties=tuple(p for p in properties if p.modality != "constraint"),
        presets=presets_of(sources[0]),
        constraints=tuple(p for p in properties if p.modality == "constraint"),
        histories=tuple(history for history, _ in execution.histories),
    )
    check_presets(model)
    check_progress(model.properties, model.steps)
    check_called(model, notes)
    return model


# -- processes --------------------------------------------------------------------------------------------------------


def _unique(notes: Sequence[Note]) -> list[type]:
    """Return the declared classes. Errors: ModelError where two of them share a name."""
    found: dict[str, type] = {}
    for note in notes:
        cls = cast("type", note.declared)
        if found.setdefault(cls.__name__, cls) is not cls:
            where = place_at(note.source, note.line, 1)
            raise ModelError(f"there are two classes `{cls.__name__}`", where, "give one of them another name")
    return list(found.values())


def _instances(note: Note, sort: type[H]) -> Sequence[H]:
    if isinstance(note.declared, Group):
        return [p for p in cast("Group[Process]", note.declared).members if isinstance(p, sort)]
    return [note.declared] if note.sort == "single" and isinstance(note.declared, sort) else []


def _check_instances(sources: Sequence[Source], holders: Sequence[State]) -> None:
    """Refuse a name for what looks like a process or shared state and is none of the model. Errors: ModelError."""
    for source in sources:
        for node in source.tree.body:
            names = [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []
            for name in names:
                value = vars(source.module).get(name)
                if isinstance(value, State) and not any(value is holder for holder in holders):
                    what = f"`{name}` is made, and not declared: no state of the model has it"
                    raise ModelError(what, place_of(source, node), f"write `{name} = {type(value).__name__}.single()`")


def _together(holders: Sequence[H]) -> list[H]:
    """Return the holders with those of a kind together, kinds in the order of their first use."""
    kinds = dict.fromkeys(type(h) for h in holders)
    return [h for kind in kinds for h in holders if type(h) is kind]


def _numbered(holders: Sequence[H]) -> tuple[H, ...]:
    """Give each holder its number and label: `Server 2`, or the class's name alone where there is one."""
    for number, holder in enumerate(holders):
        alike = [h for h in holders if type(h) is type(holder)]
        holder.number = number
        name = type(holder).__name__
        holder.label = name if len(alike) == 1 else f"{name} {alike.index(holder) + 1}"
    return tuple(holders)


def _named(notes: Sequence[Note], sources: Sequence[Source]) -> tuple[Group[Process], ...]:
    """Give each group the name that it is bound to at the top level of some module."""
    groups: list[Group[Process]] = []
    for note in notes:
        if isinstance(note.declared, Group):
            group = cast("Group[Process]", note.declared)
            names = [name for s in (note.source, *sources) for name, value in vars(s.module).items() if value is group]
            if not names:
                where = place_at(note.source, note.line, 1)
                raise ModelError("a group has no name", where, "bind it at the top level: `servers = Group(Server, n)`")
            group.name = names[0]
            groups.append(group)
    return tuple(groups)


def _ids(classes: Iterable[type[Process]], processes: Sequence[Process]) -> dict[type[Process], ProcessId]:
    """Return the id type of each process class: its own processes and those of the classes below it."""
    known: list[type[Process]] = [Process, *classes]
    return {cls: ProcessId(cls.__name__, tuple(p.number for p in processes if isinstance(p, cls))) for cls in known}


# -- types and steps --------------------------------------------------------------------------------------------------


def _types(records: Sequence[type[Record]], notes: Sequence[Note], resolver: Resolver) -> dict[str, Type]:
    """Return every record, enum and process class by name; the lists that records hold are bounded."""
    types: dict[str, Type] = {}
    for cls in records:
        note = next(n for n in notes if n.declared is cls)
        resolved = resolver.record(cls, class_node(cls, note.source), note.source)
        for (name, t), (_, annotation, home) in zip(resolved.fields, annotations_of(cls, resolver.sources), strict=True):
            bounded(t, name, annotation, home)
        types[cls.__qualname__] = resolved
    types |= {cls.__name__: t for cls, t in resolver.ids.items()}
    return types | {e.__qualname__: t for e, t in resolver.enums.items()}


def _resolver(sources: Sequence[Source], ids: dict[type[Process], ProcessId]) -> Resolver:
    """Return a resolver that knows every enum that the modules name: a step may use one that no field has."""
    resolver = Resolver(sources, ids)
    for value in [v for s in sources for v in vars(s.module).values()]:
        if isinstance(value, type) and issubclass(value, Enum) and len(value):
            resolver.enumeration(value)
    _check_enums(resolver)
    return resolver


def _check_enums(resolver: Resolver) -> None:
    """Errors: ModelError where two enums share a name: values carry it."""
    found: dict[str, type[Enum]] = {}
    for enum in resolver.enums:
        if found.setdefault(enum.__qualname__, enum) is not enum:
            home = next((s for s in resolver.sources if s.module.__name__ == enum.__module__), None)
            where = place_of(home, class_node(enum, home)) if home and "." not in enum.__qualname__ else None
            raise ModelError(f"there are two enums `{enum.__qualname__}`", where, "give one of them another name")


def _uniquely_named(steps: Sequence[StepDeclaration]) -> tuple[StepDeclaration, ...]:
    found: dict[str, StepDeclaration] = {}
    for step in steps:
        if found.setdefault(step.name, step) is not step:
            raise ModelError(f"there are two steps `{step.name}`", step.where, "give one of them another name")
    return tuple(steps)
