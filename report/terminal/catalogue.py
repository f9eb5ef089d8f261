"""What models there are, and what one of them declares: for `quorate list` and `quorate show`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.declare import FAULTS, Process
from quorate.language.values.lattice import in_words
from quorate.language.values.types import RecordOf
from quorate.report.quantities import counted
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from quorate.language.declare import Expected, Preset
    from quorate.language.loading.model import Model, StepDeclaration
    from quorate.report.screen import Line, Screen


def shelf(models: Mapping[str, Path], screen: Screen) -> list[Line]:
    """Return the models by their folders, each with the first line of its docstring; nothing is executed."""
    by_folder: dict[str, list[str]] = {}
    for name, path in models.items():
        by_folder.setdefault(path.parent.name, []).append(name)
    width = max(map(len, models), default=0)
    lines: list[Line] = []
    for folder, names in sorted(by_folder.items()):
        lines.append(line(Span(folder.replace("_", " "), Role.STRONG)))
        for name in sorted(names):
            lines += _entry(name, _title(models[name]), width, screen)
    return lines


def _title(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def card(model: Model, screen: Screen) -> list[Line]:
    """Return everything that the model declares, in its present configuration."""
    sections: tuple[tuple[str, Iterable[Line]], ...] = (
        ("parameters", _parameters(model, screen)),
        ("processes", _processes(model, screen)),
        ("types", _types(model, screen)),
        ("messages", _messages(model, screen)),
        ("steps", _steps(model, screen)),
        ("properties", _properties(model, screen)),
        ("presets", _presets(model, screen)),
    )
    lines = [line(Span(model.name, Role.STRONG), f"  {model.sources[0].shown}")]
    lines += [line(part) for part in wrapped(model.title, screen.width)] if model.title else []
    for name, entries in sections:
        shown = list(entries)
        lines += [line(), line(Span(name, Role.STRONG)), *shown] if shown else []
    return lines


def _entry(name: str, text: str, width: int, screen: Screen) -> list[Line]:
    """Return a name in a column of this width, and beside it the text."""
    first, *rest = wrapped(text, screen.width - width - 4)
    lines = [line("  ", Span(name.ljust(width), Role.CHANGE), f"  {first}")]
    return lines + [line(" " * (width + 4), part) for part in rest]


def _entries(pairs: Sequence[tuple[str, str]], screen: Screen) -> list[Line]:
    width = min(max((len(name) for name, _ in pairs), default=0), screen.width // 2)
    return [entry for name, text in pairs for entry in _entry(name, text, width, screen)]


def _parameters(model: Model, screen: Screen) -> list[Line]:
    pairs: list[tuple[str, str]] = []
    for p in model.parameters:
        choices = f", one of {', '.join(_value(c) for c in p.choices)}" if p.choices else ""
        default = "" if p.value == p.default else f", by default {_value(p.default)}"
        pairs.append((f"{p.name} = {_value(p.value)}", f"{p.about}{choices}{default}".removeprefix(", ")))
    return _entries(pairs, screen)


def _value(value: object) -> str:
    return str(getattr(value, "name", value))


def _processes(model: Model, screen: Screen) -> Iterable[Line]:
    for name, kind in model.kinds.items():
        count = sum(type(p) is kind for p in model.processes)
        many = counted(count, "process", "processes") if issubclass(kind, Process) else "shared"
        groups = ", ".join(f"`{g.name}`" for g in model.groups if g.kind is kind and g.name)
        yield line("  ", Span(name, Role.CHANGE), f"  {many}{f' in {groups}' if groups else ''}")
        fields = [(f"  {f.name}: {in_words(f.type, bounds=True)}", f.storage) for f in model.fields.get(name, ())]
        yield from _entries(fields, screen)


def _types(model: Model, screen: Screen) -> list[Line]:
    """Return the enumerations, and the records that are no messages."""
    enumerations = [(name, ", ".join(m.name for m in enum)) for name, enum in model.enums.items()]
    sent = {message.name for message in model.messages}
    records = [t for name, t in model.types.items() if isinstance(t, RecordOf) and name not in sent]
    return _entries([*enumerations, *((t.name, _fields(t)) for t in records)], screen)


def _messages(model: Model, screen: Screen) -> list[Line]:
    return _entries([(message.name, _fields(message)) for message in model.messages], screen)


def _fields(record: RecordOf) -> str:
    return ", ".join(f"{name}: {in_words(t, bounds=True)}" for name, t in record.fields)


def _steps(model: Model, screen: Screen) -> list[Line]:
    return _entries([(step.name, _occasion(step)) for step in model.steps], screen)


def _occasion(step: StepDeclaration) -> str:
    """Say when the step happens."""
    if step.message:
        return f"receives {step.message.name}{f' from {step.sender.__name__}' if step.sender else ''}"
    if step.role == "initial":
        return "gives the first values"
    arguments = ", ".join(f"{name}: {in_words(t, bounds=True)}" for name, t in step.arguments)
    return f"by itself, for any {arguments}" if arguments else "by itself"


def _properties(model: Model, screen: Screen) -> list[Line]:
    return _entries([(p.name, f"{p.modality}: {p.statement}") for p in model.properties], screen)


def _presets(model: Model, screen: Screen) -> list[Line]:
    named = [(preset.name, [*_expected(preset)] or ["every property holds"]) for preset in model.presets]
    return _entries([(name if not i else "", text) for name, texts in named for i, text in enumerate(texts)], screen)


def _expected(preset: Preset) -> Iterable[str]:
    """Say what a preset changes and what it expects."""
    if preset.about:
        yield preset.about
    changed = [f"{name} = {_value(value)}" for name, value in preset.params.items()]
    changed += [f"{name} {getattr(preset.faults, name)}" for name in FAULTS if getattr(preset.faults, name)]
    changed += [f"{preset.network} network"] if preset.network != "unordered" else []
    changed += [preset.assumes] if preset.assumes else []
    if changed:
        yield ", ".join(changed)
    if preset.holds:
        yield f"holds: {_names(preset.holds)}"
    if preset.violates:
        yield f"violates: {_names(preset.violates)}"
    if preset.states is not None:
        yield counted(preset.states, "state")


def _names(expected: Iterable[Expected]) -> str:
    return ", ".join(e if isinstance(e, str) else getattr(e, "__name__", str(e)) for e in expected)
