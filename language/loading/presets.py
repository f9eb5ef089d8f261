"""The presets of a model: what each field of them may be, and that what they name is there.

An author's slip (`holds=ok`, `faults="crash=1"`, `capacity="8"`) is said with its line, not met later as a crash. Read next:
`assembly.py`, which asks for them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from quorate.language.declare import CONNECTIONS, FAULTS, FULLS, ORDERS, Fair, Faults, Mark, Preset
from quorate.language.errors import ModelError, UsageError, did_you_mean
from quorate.language.loading.execution import place_of
from quorate.language.loading.parameters import value_of
from quorate.language.values.values import LARGEST

if TYPE_CHECKING:
    from collections.abc import Collection

    from quorate.language.declare import Expected
    from quorate.language.errors import Place
    from quorate.language.loading.model import Model, ParameterDeclaration, Source

EVERY = "all"  # `--preset all` is each of them
BUDGET = re.compile(r"(\d{1,18}|any)(?:\s+of\s+(\w+))?", re.IGNORECASE)  # `1`, `any`, `1 of servers`


def presets_of(main: Source) -> tuple[Preset, ...]:
    """Return the presets that the main file lists. Errors: ModelError where one cannot be."""
    listed = vars(main.module).get("presets", ())
    if not isinstance(listed, (list, tuple)) or not all(isinstance(p, Preset) for p in listed):
        raise ModelError("`presets` is a list of `Preset(...)`", place_of_preset(main), 'write `presets = [Preset("default")]`')
    presets = cast("tuple[Preset, ...]", tuple(listed))
    seen: set[str] = set()
    for preset in presets:
        _check_fields(main, preset)
        if preset.name in seen:
            where = place_of_preset(main, preset.name)
            raise ModelError(f"there are two presets `{preset.name}`", where, "give one of them another name")
        seen.add(preset.name)
    return presets


# -- each field by itself ---------------------------------------------------------------------------------------------


def _check_fields(main: Source, preset: Preset) -> None:
    """Errors: ModelError for the first field that is not of its type."""
    checks: dict[str, tuple[bool, str]] = {
        "name": (_is_name(preset.name), f'a preset has a name, and `{EVERY}` means every one: write `Preset("default")`'),
        "params": (_is_params(preset.params), 'parameters are given by name: write `params={"N": 3}`'),
        "network": (preset.network in ORDERS, f"a network is one of {', '.join(f'`{o}`' for o in ORDERS)}"),
        "capacity": (_is_count(preset.capacity, 1), "a capacity is a number of at least 1: write `capacity=8`"),
        "full": (preset.full in FULLS, 'write `full="limit"` where a step that would overflow the network does not exist'),
        "start": (
            _is_expected(preset.start) or _is_listed(preset.start),
            "name module-level `@initial`s: write `start=one` or `start=[one, two]`",
        ),
        "holds": (_is_listed(preset.holds), "properties are listed: write `holds=[one, two]`"),
        "violates": (
            _is_listed(preset.violates) or _is_lengths(preset.violates),
            "properties are listed, or have the lengths of their traces: write `violates=[one]` or `violates={one: 3}`",
        ),
        "states": (_is_count(preset.states, 0), "a number of states is pinned: write `states=288`"),
        "depth": (_is_count(preset.depth, 0), "a depth is pinned: write `depth=11`"),
        "stuck": (preset.stuck in ("reported", "allowed"), 'write `stuck="allowed"` where messages may rest for ever'),
        "fairness": (
            _is_fairness(preset.fairness),
            'write `fairness="weak"`, or list what is fair: `fairness=[weak(Server.retry), strong("links")]`',
        ),
        "about": (isinstance(cast("object", preset.about), str), "write a text"),
    }
    for name, (right, remedy) in checks.items():
        if not right:
            given = getattr(preset, name)
            near = did_you_mean(given, ORDERS) if name == "network" and isinstance(given, str) else ""
            called = preset.name if _is_name(preset.name) else _shown(preset.name)
            what = f"preset `{called}`: `{name}` cannot be `{_shown(given)}`{near}"
            raise ModelError(what, place_of_preset(main, preset.name, name), remedy)
    _check_faults(main, preset)


def _check_faults(main: Source, preset: Preset) -> None:
    where = place_of_preset(main, preset.name, "faults")
    if not isinstance(cast("object", preset.faults), Faults):
        remedy = "write `faults=Faults(crash=1)`"
        raise ModelError(f"preset `{preset.name}`: `faults` cannot be `{_shown(preset.faults)}`", where, remedy)
    if preset.faults.connections not in CONNECTIONS:
        what = f"preset `{preset.name}`: `connections` cannot be `{_shown(preset.faults.connections)}`"
        raise ModelError(what, where, 'write `connections="lost"` where a crash takes what is in flight with it')
    for name in FAULTS:
        given: object = getattr(preset.faults, name)
        number = given is not None and _is_count(given, 0)
        if not number and not (isinstance(given, str) and BUDGET.fullmatch(given.strip())):
            remedy = f'write `{name}=1`, `{name}="any"`, or `{name}="1 of servers"`'
            raise ModelError(f"preset `{preset.name}`: `{name}` cannot be `{_shown(given)}`", where, remedy)


def _is_name(given: object) -> bool:
    return isinstance(given, str) and bool(given.strip()) and given.isprintable() and given != EVERY


def _is_params(given: object) -> bool:
    return isinstance(given, Mapping) and all(isinstance(name, str) for name in cast("Mapping[object, object]", given))


def _is_count(given: object, least: int) -> bool:
    return given is None or (isinstance(given, int) and not isinstance(given, bool) and least <= given <= LARGEST)


def _is_expected(given: object) -> bool:
    return isinstance(given, str) or (callable(given) and isinstance(getattr(given, "__name__", None), str))


def _is_fairness(given: object) -> bool:
    listed = isinstance(given, (list, tuple)) and all(isinstance(f, (str, Fair)) for f in cast("Collection[object]", given))
    return isinstance(given, str) or listed


def _is_listed(given: object) -> bool:
    return isinstance(given, (list, tuple, set, frozenset)) and all(map(_is_expected, cast("Collection[object]", given)))


def _is_lengths(given: object) -> bool:
    if not isinstance(given, Mapping):
        return False
    lengths = cast("Mapping[object, object]", given)
    return all(_is_expected(p) and n is not None and _is_count(n, 0) for p, n in lengths.items())


def _shown(given: object) -> str:
    name: object = getattr(given, "__name__", None)
    try:
        text = name if isinstance(name, str) else repr(given)
    except Exception:  # noqa: BLE001  (a class of the author's may do anything; a number of too many digits has no text)
        text = f"this {type(given).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


# -- what they name ---------------------------------------------------------------------------------------------------


def check_presets(model: Model) -> None:
    """Errors: ModelError where a preset names what does not exist.

    The properties of a preset may exist in its own configuration only, and are checked there. What a parameter may be can
    depend on other parameters, so values are checked where all of these are at their defaults.
    """
    by_name = {p.name.casefold(): p for p in model.parameters}
    plain = all(p.value == p.default for p in model.parameters)
    for preset in model.presets:
        where = place_of_preset(model.sources[0], preset.name, "params")
        for name, value in preset.params.items():
            parameter = by_name.get(name.casefold())
            if parameter is None:
                near = did_you_mean(name, [p.name for p in model.parameters])
                raise ModelError(f"preset `{preset.name}`: there is no parameter `{name}`{near}", where, "name a parameter")
            if plain:
                _check_value(preset, parameter, value, where)
        wanted = {n.casefold(): v for n, v in preset.params.items()}
        if all(p.value == wanted.get(n, p.default) for n, p in by_name.items()):
            _check_start(model, preset)
            _check_expectations(model, preset)


def _check_value(preset: Preset, parameter: ParameterDeclaration, value: object, where: Place | None) -> None:
    try:
        value_of(parameter.name, value, parameter.default, parameter.choices)
    except UsageError as error:
        raise ModelError(f"preset `{preset.name}`: {error}", where, "give the parameter a value that it can have") from None


def _check_start(model: Model, preset: Preset) -> None:
    known = [s.name for s in model.openings]
    for name in start_names(preset):
        if name not in known:
            what = f"preset `{preset.name}`: there is no module-level `@initial` `{name}`{did_you_mean(name, known)}"
            raise ModelError(what, place_of_preset(model.sources[0], preset.name, "start"), f"write `@initial` above `{name}`")


def start_names(preset: Preset) -> tuple[str, ...]:
    """Return the names of the module-level `@initial`s that a preset begins with, beside those that no preset names."""
    listed = [preset.start] if isinstance(preset.start, str) or callable(preset.start) else preset.start
    return tuple(map(property_name, listed))


def _check_expectations(model: Model, preset: Preset) -> None:
    known = {p.name for p in model.properties} | set(model.offered)
    for field, listed in (("holds", preset.holds), ("violates", preset.violates)):
        for expected in listed:
            if property_name(expected) not in known:
                _refuse_property(model, preset, field, expected)
    both = {property_name(p) for p in preset.holds} & {property_name(p) for p in preset.violates}
    if both:
        what = f"preset `{preset.name}` expects `{min(both)}` to hold and to be violated"
        raise ModelError(what, place_of_preset(model.sources[0], preset.name, "violates"), "list it once")


def _refuse_property(model: Model, preset: Preset, field: str, expected: Expected) -> None:
    """Errors: ModelError, always: it is a function without its decorator, a step, or nothing at all."""
    name = property_name(expected)
    where = place_of_preset(model.sources[0], preset.name, field)
    found: object = expected if callable(expected) else vars(model.sources[0].module).get(name)
    if isinstance(found, Callable) and not isinstance(found, type):  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        marked: Mark | None = getattr(found, Mark.ATTRIBUTE, None)
        what = f"preset `{preset.name}`: `{name}` is {_sort(marked)}, no property"
        line = getattr(getattr(found, "__code__", None), "co_firstlineno", None)
        remedy = "name a property" if marked else f"write `@always` or another above it{f', in line {line}' if line else ''}"
        raise ModelError(what, where, remedy)
    near = did_you_mean(name, [p.name for p in model.properties])
    raise ModelError(f"preset `{preset.name}`: there is no property `{name}`{near}", where, "name a property")


def _sort(marked: Mark | None) -> str:
    if marked is None:
        return "a function without a decorator"
    return "a constraint" if marked.role == "constraint" else "a step"


def property_name(expected: Expected) -> str:
    """Return the name of a property, or of another function, that a preset gives as itself or by name."""
    return expected if isinstance(expected, str) else expected.__name__


def listed_names(preset: Preset) -> set[str]:
    """Return the names of the properties of which a preset says what it expects."""
    return set(map(property_name, (*preset.holds, *preset.violates)))


def place_of_preset(main: Source, name: object = None, field: str | None = None) -> Place | None:
    """Return where a preset, one field of it, or the list of them, stands in the main file."""
    for statement in main.tree.body:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        if any(isinstance(t, ast.Name) and t.id == "presets" for t in targets):
            call = next((c for c in ast.walk(statement) if isinstance(c, ast.Call) and _is_of(c, name)), None)
            given = next((k.value for k in call.keywords if k.arg == field), None) if call else None
            return place_of(main, given or call or statement)
    return None


def _is_of(call: ast.Call, name: object) -> bool:
    named = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "name")]
    return any(isinstance(n, ast.Constant) and n.value == name for n in named)
