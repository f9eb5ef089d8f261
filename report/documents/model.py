"""What a model declares, as a document for programs: `quorate show NAME --json`, described by docs/model.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.declare import FAULTS, Process
from quorate.language.loading.presets import property_name, start_names
from quorate.language.values.lattice import in_words
from quorate.language.values.types import RecordOf
from quorate.report.documents.document import VERSION
from quorate.report.terminal.types import fields_of, locals_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.language.declare import Preset, State
    from quorate.language.loading.model import Model, ParameterDeclaration, StepDeclaration
    from quorate.language.program.ir import Program
    from quorate.language.values.types import Type


def described(model: Model) -> dict[str, object]:
    """Return everything that the model declares, in its present configuration."""
    sent = {message.name for message in model.messages}
    records = [t for name, t in model.types.items() if isinstance(t, RecordOf) and name not in sent]
    return {
        "version": VERSION,
        "model": model.name,
        "path": model.sources[0].shown,
        "title": model.title,
        "parameters": [_parameter(p) for p in model.parameters],
        "kinds": [_kind(model, name, kind) for name, kind in model.kinds.items()],
        "enums": {name: [member.name for member in enum] for name, enum in model.enums.items()},
        "records": {record.name: _types(record.fields) for record in records},
        "messages": {message.name: _types(message.fields) for message in model.messages},
        "steps": [_step(step) for step in model.steps],
        "properties": [{"name": p.name, "modality": p.modality, "statement": p.statement} for p in model.properties],
        "presets": [_preset(preset) for preset in model.presets],
    }


def typed(program: Program) -> dict[str, object]:
    """Return the inferred type of every field, by kind, and of every local, by step, helper or property."""
    return {
        "fields": {name: _types(named) for name, named in fields_of(program)},
        "locals": {name: _types(named) for name, named in locals_of(program)},
    }


def _types(named: Iterable[tuple[str, Type]]) -> dict[str, str]:
    return {name: in_words(t, bounds=True) for name, t in named}


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float | str | None) else getattr(value, "name", str(value))


def _parameter(declared: ParameterDeclaration) -> dict[str, object]:
    choices = None if declared.choices is None else [_plain(c) for c in declared.choices]
    return {
        "name": declared.name,
        "value": _plain(declared.value),
        "default": _plain(declared.default),
        "choices": choices,
        "about": declared.about,
    }


def _kind(model: Model, name: str, kind: type[State]) -> dict[str, object]:
    fields = model.fields.get(name, ())
    holders = (*model.processes, *model.shared)
    return {
        "name": name,
        "shared": not issubclass(kind, Process),
        "count": sum(type(holder) is kind for holder in holders),
        "groups": [g.name for g in model.groups if g.kind is kind],
        "fields": [{"name": f.name, "type": in_words(f.type, bounds=True), "storage": f.storage} for f in fields],
    }


def _step(step: StepDeclaration) -> dict[str, object]:
    return {
        "name": step.name,
        "role": step.role,
        "arguments": _types(step.arguments),
        "message": step.message.name if step.message else None,
        "line": step.where.line,
    }


def _preset(preset: Preset) -> dict[str, object]:
    return {
        "name": preset.name,
        "about": preset.about,
        "params": {name: _plain(value) for name, value in preset.params.items()},
        "faults": {name: str(getattr(preset.faults, name)) for name in FAULTS if getattr(preset.faults, name)},
        "network": preset.network,
        "capacity": preset.capacity,
        "full": preset.full,
        "fairness": preset.assumes,
        "start": [*start_names(preset)],
        "holds": [property_name(p) for p in preset.holds],
        "violates": [property_name(p) for p in preset.violates],
        "states": preset.states,
        "depth": preset.depth,
    }
