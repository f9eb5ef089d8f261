"""From a model's name to a verdict for each property: the one way in, for the command line, the tests and Python.

load -> choose the preset -> lower -> pick the engine -> the full search -> the second search, for what there is to show ->
answers. Read next: `reference.py` and `native.py`, the two engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from quorate.explorer.contract.deciding import IDLE, decided
from quorate.explorer.contract.engine import ERROR, NO_LIMITS, STUCK
from quorate.explorer.contract.fairness import assumes_otherwise, fairness_of
from quorate.explorer.contract.setting import CAPACITY, setting_of
from quorate.explorer.contract.setup import Setup
from quorate.explorer.contract.verdict import Answer, Result, Verdict
from quorate.explorer.coverage import covered, stepping
from quorate.explorer.ending import endings
from quorate.explorer.reference.judging import quantifiers
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.traces.story import tell
from quorate.language.declare import FAULTS, LIVENESS, Faults, Preset
from quorate.language.errors import ModelError, QuorateError, Unsupported, UsageError, did_you_mean, nesting
from quorate.language.loading.execution import place_at
from quorate.language.loading.load import load, load_asking
from quorate.language.loading.marks import put_marks
from quorate.language.loading.parameters import value_of
from quorate.language.loading.presets import listed_names, place_of_preset, property_name, start_names
from quorate.language.lowering.lower import lower

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Engine, Findings, Limits, Observer, Target
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.ending import Ending
    from quorate.language.declare import Full, Order
    from quorate.language.loading.marks import Marks
    from quorate.language.loading.model import Model, PropertyDeclaration
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Setting

EngineName = Literal["auto", "native", "reference"]
StoreName = Literal["exact", "compact"]
SLOWER = "the reference engine ran, which is slower"
SAMPLE = 64  # states in which the engines are compared, beside the first levels, where nothing else is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to check, and how. None leaves a choice to the preset. `witnesses` asks for traces of `sometimes`, too.

    `coverage` counts how often each statement of a step ran, which costs time. `compare`: in how many states, sampled from
    every level, the native engine is compared with the reference engine, beside the first levels; None is all. `announce` is
    told, before a search, why it will be slow.
    """

    model: str
    preset: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    faults: Faults | None = None
    network: Order | None = None
    capacity: int | None = None
    full: Full | None = None
    fairness: str | None = None
    properties: tuple[str, ...] = ()
    engine: EngineName = "auto"
    threads: int = 1
    store: StoreName = "exact"
    accept_odds: bool = False
    witnesses: bool = False
    coverage: bool = False
    compare: int | None = SAMPLE
    limits: Limits = NO_LIMITS
    announce: Callable[[str], None] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One model in one setting, ready to be searched. `program` is None where it has no C meaning, and `slow` says why.

    `overridden`: it differs from its preset's, so that what the preset expects and pins does not apply.
    """

    model: Model
    preset: Preset
    setting: Setting
    fairness: Fairness
    program: Program | None
    slow: str = ""
    marks: Marks | None = None
    overridden: bool = False


def check(request: Request, observer: Observer | None = None) -> Result:
    """Search one configuration exhaustively and answer every property asked for.

    Errors: UsageError for a wrong request, ModelError for a model that cannot be run at all. An error that shows while
    the model runs is part of the result, with its trace.
    """
    return searched(configure(request), request, observer)


def searched(configuration: Configuration, request: Request, observer: Observer | None = None) -> Result:
    """Search a configuration that was made for this request, or for one that differs in the engine only. Errors as above."""
    asked = configuration.model.properties
    engine, slow = engine_for(configuration, request)
    findings = engine.explore(request.limits, observer)
    compared = _compared(engine, findings, request)
    coverage = covered(configuration.model, configuration.marks, findings) if configuration.marks else None
    stories = _stories(configuration, engine, findings, request, observer)
    limits = _second(request.limits, findings)
    ended = endings(engine, _reference(configuration), findings, configuration.fairness, limits, observer)
    answers = tuple(_answer(p, findings, configuration, stories.get(p.name), ended.get(p.name), request) for p in asked)
    error = stories.get(ERROR)
    result = Result(
        setup=setup_of(configuration, request),
        exploration=findings.exploration,
        answers=answers,
        error=error.error if error else "the model has an error that no trace was found for" if findings.error else "",
        error_trace=error,
        stuck_trace=stories.get(STUCK),
        notes=tuple(_notes(configuration, findings, slow, request)),
        accept_odds=request.accept_odds,
        coverage=coverage,
        compared=compared,
    )
    return result if configuration.overridden else _compared_with(configuration.preset, result)


def configure(request: Request) -> Configuration:
    """Load the model with the preset's parameters and the request's on top; keep the properties asked for; set the faults."""
    with nesting():
        return _configured(request)


def _configured(request: Request) -> Configuration:
    model, preset = loaded(request.model, request.preset, request.parameters, request.properties)
    _check_inhabited(model)
    marks = put_marks(model, stepping) if request.coverage else None
    model = replace(model, properties=_asked(model, request.properties))
    setting = _setting(model, preset, request)
    fairness = _fairness(model, preset, setting, request)
    changed = _overridden(model, preset, setting, request) or assumes_otherwise(model, setting, preset.assumes, fairness)
    made = Configuration(model, preset, setting, fairness, None, marks=marks, overridden=changed)
    try:
        return replace(made, program=lower(model, len(marks.counts) if marks else 0))
    except Unsupported as refusal:
        return replace(made, slow=str(refusal))


def loaded(name: str, chosen: str | None, given: Mapping[str, object], properties: Iterable[str] = ()) -> tuple[Model, Preset]:
    """Return the model with the preset's parameters, the given ones on top, and the guarantees asked for; and the preset."""
    model = first_loaded(name, given)
    preset = preset_of(model, chosen)
    parameters = {**preset.params, **_matched(preset.params, given)}
    asked = sorted({*listed_names(preset), *properties} & set(model.offered))
    return (load_asking(name, asked, parameters) if parameters or asked else model), preset


def first_loaded(name: str, given: Mapping[str, object]) -> Model:
    """Return the model as it is by default, to know its presets; with the given parameters, where the defaults fail."""
    try:
        return load(name)
    except QuorateError:
        if not given:
            raise
        return load(name, **given)


def _setting(model: Model, preset: Preset, request: Request) -> Setting:
    """Return the setting. Errors: UsageError; ModelError with its place for what the preset itself says."""
    wanted = request.faults or preset.faults, request.network or preset.network
    capacity = request.capacity if request.capacity is not None else preset.capacity
    try:
        return setting_of(model, *wanted, capacity, full=request.full or preset.full, start=start_names(preset))
    except UsageError as error:
        if (request.faults, request.network) != (None, None) or not preset.name:
            raise
        raise ModelError(str(error), place_of_preset(model.sources[0], preset.name, "faults")) from None


def _fairness(model: Model, preset: Preset, setting: Setting, request: Request) -> Fairness:
    """Return what runs may be assumed to do. Errors: UsageError; ModelError with its place for what the preset itself says."""
    if request.fairness is not None:
        return fairness_of(model, setting, request.fairness)
    try:
        return fairness_of(model, setting, preset.assumes or "none")
    except UsageError as error:
        if (request.faults, request.network) != (None, None) or not preset.name:
            raise
        raise ModelError(str(error), place_of_preset(model.sources[0], preset.name, "fairness")) from None


def _overridden(model: Model, preset: Preset, setting: Setting, request: Request) -> bool:
    """Say whether anything is otherwise than the preset has it, or kept in states beside it; the same value changes nothing."""
    given = {name.casefold(): value for name, value in preset.params.items()}
    own = [value_of(p.name, given.get(p.name.casefold(), p.default), p.default, None) for p in model.parameters]
    faults = request.faults is not None and budgets(request.faults) != budgets(preset.faults)
    capacity = CAPACITY[preset.network] if preset.capacity is None else preset.capacity
    network = (setting.network, setting.capacity, setting.full) != (preset.network, capacity, preset.full)
    guarantees = not listed_names(preset).issuperset(model.guarantees)
    return faults or network or guarantees or own != [p.value for p in model.parameters]


def setup_of(configuration: Configuration, request: Request) -> Setup:
    """Return what is run, in words."""
    preset, setting = configuration.preset, configuration.setting
    return Setup(
        model=configuration.model.name,
        preset=preset.name or None,
        parameters={p.name: p.value for p in configuration.model.parameters},
        faults=budgets(request.faults or preset.faults),
        network=setting.network,
        capacity=setting.capacity,
        full=setting.full,
        fairness=configuration.fairness.words,
        start=start_names(preset),
        overridden=configuration.overridden and bool(preset.name),
    )


def _check_inhabited(model: Model) -> None:
    """Errors: ModelError where nothing has a state: there would be nothing to search."""
    if not model.processes and not model.shared:
        remedy = "write `servers = Group(Server, n)` or `server = Server.single()`"
        raise ModelError("the model has no process", place_at(model.sources[0], 1, 1), remedy)


def preset_of(model: Model, name: str | None) -> Preset:
    """Return the named preset; without a name `default`, else the first, else one without a name or expectations."""
    by_name = {p.name: p for p in model.presets}
    if name is None:
        return by_name.get("default") or next(iter(model.presets), Preset(""))
    if name not in by_name:
        raise UsageError(f"`{model.name}` has no preset `{name}`{did_you_mean(name, by_name)}")
    return by_name[name]


def engine_for(configuration: Configuration, request: Request) -> tuple[Engine, str]:
    """Return the engine asked for; under `auto` the reference engine where the native one cannot run, and why."""
    if request.engine == "reference":
        return _reference(configuration), ""
    program, slow = configuration.program, configuration.slow
    if program is not None:
        from quorate.explorer.native.native import NativeEngine, NoCompiler  # noqa: PLC0415  (starts ctypes and looks for a compiler)

        try:
            how = request.threads, request.store
            with nesting():
                return NativeEngine(configuration.model, program, configuration.setting, *how, sample=request.compare), ""
        except (NoCompiler, Unsupported) as refusal:
            slow = str(refusal)
    if request.engine == "native":
        raise UsageError(f"`--engine native` cannot run this model:\n{slow}")
    if request.store == "compact":
        raise UsageError(f"`--store compact` needs the native engine, which cannot run this model:\n{slow}")
    if request.announce:
        request.announce(slow)
    return _reference(configuration), slow


def _compared(engine: Engine, findings: Findings, request: Request) -> int:
    """Return in how many states the native engine was found to mean what the reference engine means. Errors: Defect."""
    if isinstance(engine, ReferenceEngine):
        return 0
    from quorate.explorer.meeting import compare  # noqa: PLC0415  (loads the native engine)
    from quorate.explorer.native.native import NativeEngine  # noqa: PLC0415  (as above)

    assert isinstance(engine, NativeEngine)
    return compare(engine, findings.sample, asked=request.compare != SAMPLE)


def budgets(faults: Faults) -> dict[str, str]:
    """Return the fault budgets that are not zero, as text, and what becomes of connections where that is said."""
    found = {name: str(getattr(faults, name)) for name in FAULTS if getattr(faults, name) not in {0, "0"}}
    return found if faults.connections == "kept" else {**found, "connections": faults.connections}


def _reference(configuration: Configuration) -> ReferenceEngine:
    return ReferenceEngine(configuration.model, configuration.setting, configuration.program)


def _matched(preset: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """Return the given parameters under the preset's spelling of their names: names count in any case."""
    spelled = {name.casefold(): name for name in preset}
    return {spelled.get(name.casefold(), name): value for name, value in given.items()}


def _asked(model: Model, names: tuple[str, ...]) -> tuple[PropertyDeclaration, ...]:
    by_name = {p.name: p for p in model.properties}
    for name in names:
        if name not in by_name:
            raise UsageError(f"`{model.name}` has no property `{name}`{did_you_mean(name, by_name)}")
    return tuple(p for p in model.properties if not names or p.name in names)


def _targets(findings: Findings, configuration: Configuration, request: Request) -> list[Target]:
    asked = configuration.model.properties
    shown = findings.violated | (findings.found if request.witnesses else frozenset())
    targets: list[Target] = [p.name for p in asked if p.name in shown and p.modality not in LIVENESS]
    if findings.exploration.stuck and configuration.preset.stuck != "allowed":
        targets.append(STUCK)
    return [*targets, ERROR] if findings.error else targets


def _stories(
    configuration: Configuration, engine: Engine, findings: Findings, request: Request, observer: Observer | None
) -> dict[Target, Trace]:
    """Return a trace for each target that the second search reaches within the limits."""
    targets = _targets(findings, configuration, request)
    if not targets:
        return {}
    guides = engine.shortest(targets, _second(request.limits, findings), observer)
    teller = _reference(configuration)
    return {target: tell(teller, target, guide) for target, guide in guides.items()}


def _second(limits: Limits, findings: Findings) -> Limits:
    """Return the limits of what comes after the full search: the time that is left, and at least as long as that took."""
    seconds, spent = limits.seconds, findings.exploration.seconds
    return replace(limits, depth=None, first=False, seconds=None if seconds is None else max(seconds - spent, spent))


def _answer(  # noqa: PLR0917  (what was asked, what was seen, and what there is to show)
    prop: PropertyDeclaration,
    findings: Findings,
    configuration: Configuration,
    trace: Trace | None,
    ending: Ending | None,
    request: Request,
) -> Answer:
    verdict, because = decided(prop, findings, configuration.setting, _sites(prop, configuration))
    if ending and not (verdict is Verdict.VACUOUS and ending.verdict is Verdict.HOLDS):
        verdict, because, trace = ending.verdict, ending.because, ending.trace
    preset, applies = configuration.preset, not configuration.overridden
    names = {property_name(p) for p in preset.violates}
    listed = listed_names(preset)
    expected: Literal["holds", "violated"] = "violated" if prop.name in names and applies else "holds"
    if verdict is Verdict.VIOLATED and trace is None and prop.modality != "sometimes":
        because = "the search for its shortest trace was cut"
    unranged = _unranged(prop, findings, configuration) if verdict in {Verdict.HOLDS, Verdict.PROBABLE} else ()
    claimed = not (listed and applies) or prop.name in {*listed, *request.properties}
    return Answer(prop.name, prop.modality, prop.statement, verdict, expected, trace, because, unranged, claimed)


def _sites(prop: PropertyDeclaration, configuration: Configuration) -> int:
    """Return how many quantifiers the property has; without its IR, as its source has them."""
    if configuration.program is None:
        return len(quantifiers(prop, configuration.model.sources))
    return next(len(p.sites) for p in configuration.program.properties if p.name == prop.name)


def _unranged(prop: PropertyDeclaration, findings: Findings, configuration: Configuration) -> tuple[str, ...]:
    if configuration.program is None or prop.modality == "sometimes":
        return ()
    sites = next(p.sites for p in configuration.program.properties if p.name == prop.name)
    seen = findings.exercised.get(prop.name, frozenset())
    return tuple(
        f"the quantifier at {where} never had anything to range over" for n, where in enumerate(sites) if n not in seen
    )


def _notes(configuration: Configuration, findings: Findings, slow: str, request: Request) -> list[str]:
    notes = [f"{SLOWER}: {slow.splitlines()[0]}"] if slow else []
    if request.engine == "reference" and request.threads > 1:
        notes.append("`--threads` has no effect on the reference engine")
    if configuration.overridden and configuration.preset.name:
        notes.append(f"changed from preset `{configuration.preset.name}`: what it expects and pins does not apply")
    silent = [name for name, count in findings.exploration.fired.items() if not count]
    if silent and not findings.exploration.cut and not findings.error:
        notes.append(f"never fired{' within the limits' if findings.exploration.limits else ''}: " + ", ".join(silent))
    unmoved = sorted({t.step for t in configuration.fairness.turns if t.step in silent})
    if unmoved and not findings.exploration.cut and not findings.error:
        notes.append("fairness is assumed of what never happens: " + ", ".join(unmoved))
    notes += findings.exploration.costs(configuration.model.guarantees)
    if findings.exploration.idle and not findings.error:
        notes.append(f"{IDLE}: nothing is claimed")
    return notes


def _compared_with(preset: Preset, result: Result) -> Result:
    """Return the result with what differs from the numbers that the preset pins; those of a whole search, if it was cut."""
    exploration = result.exploration
    pins = [(preset.states, exploration.states, "{} states"), (preset.depth, exploration.depth, "depth {}")]
    if exploration.cut or result.error:
        pins = []
    lengths = {property_name(p): n for p, n in preset.violates.items()} if isinstance(preset.violates, Mapping) else {}
    pins += [
        (lengths[a.name], len(a.trace.moments), f"`{a.name}`: a trace of {{}} steps")
        for a in result.answers
        if a.name in lengths and a.trace
    ]
    compared = [(pinned, found, text) for pinned, found, text in pins if pinned is not None]
    surprises = tuple(
        f"{text.format(found)}, and the preset pins {pinned}" for pinned, found, text in compared if found != pinned
    )
    return replace(result, surprises=surprises, confirmed=len(compared) - len(surprises))
