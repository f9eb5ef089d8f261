"""A state, and running one step of the model from it: thaw the fields, run the author's function, freeze them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .model import Kind, Model, Side, enter
from .network import NETWORKS, Envelope, Flight
from .stage import STAGE, Absent, Choices, ModelError, Run, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class State(NamedTuple):
    fields: tuple[tuple[Any, ...], ...]  # by entity
    down: frozenset[int]
    cut: frozenset[tuple[int, int]]
    flight: Flight
    budgets: tuple[int | None, ...]


class GuardedList(list[Any]):
    """A container of a process that is down, in a step at module level: whatever would change it, the step does not exist."""


class GuardedSet(set[Any]):
    """The same."""


class GuardedDict(dict[Any, Any]):
    """The same."""


def _absent(method: Any) -> Any:
    def changed(*arguments: Any, **named: Any) -> Any:
        method(*arguments, **named)
        running("a change").settle()  # what does not fit is an error all the same
        raise Absent

    return changed


for _cls, _names in (
    (GuardedList, "append extend insert remove pop clear sort reverse __setitem__ __delitem__ __iadd__ __imul__"),
    (GuardedSet, "add discard remove pop clear update difference_update intersection_update symmetric_difference_update"),
    (GuardedSet, "__ior__ __iand__ __isub__ __ixor__"),
    (GuardedDict, "update setdefault pop popitem clear __setitem__ __delitem__ __ior__"),
):
    for _name in _names.split():
        setattr(_cls, _name, _absent(getattr(_cls, _name)))


def guarded(value: Any) -> Any:
    if isinstance(value, list):
        return GuardedList([guarded(item) for item in value])
    if isinstance(value, set):
        return GuardedSet(value)
    if isinstance(value, dict):
        return GuardedDict({key: guarded(item) for key, item in value.items()})
    return value


class World:
    """The model's processes, into which the states are loaded one after the other."""

    def __init__(
        self, model: Model, network: str, capacity: int | None, full: str = "error", start: Sequence[str] = ()
    ) -> None:
        self.model, self.table = model, model.table
        self.network = NETWORKS[network]()
        self.capacity = self.network.capacity if capacity is None else capacity
        self.full, self.start = full, start
        self.lossy = False  # whether a crash takes the connections with it
        self.kinds: list[Kind] = [model.kind(number) for number in range(len(self.table))]
        self.shared = range(model.processes, len(self.table))
        self.views: dict[tuple[int, int, Any], dict[str, Any]] = {}

    # Fields

    def load(self, number: int, frozen: tuple[Any, ...], guard: bool = False) -> None:
        fields: dict[str, Any] = vars(self.table[number])
        fields.clear()
        for slot, value in zip(self.kinds[number].slots, frozen, strict=True):
            thawed = slot.domain.thaw(value, self.table)
            fields[slot.name] = guarded(thawed) if guard else thawed

    def frozen(self, number: int) -> tuple[Any, ...]:
        fields: dict[str, Any] = vars(self.table[number])
        return tuple([slot.domain.freeze(fields[slot.name]) for slot in self.kinds[number].slots])

    def declared(self, number: int) -> tuple[Any, ...]:
        return tuple(slot.initial for slot in self.kinds[number].slots)

    def show(self, state: State, side: Side) -> None:
        "Load a whole state to be looked at only; what was thawed once is used again."
        side.down = state.down
        side.flight = list(self.network.copies(state.flight))
        past = side is self.model.past
        for number, frozen in enumerate(state.fields):
            key = (past, number, frozen)
            if key not in self.views:
                slots = self.kinds[number].slots
                self.views[key] = {s.name: s.domain.thaw(v, side.table) for s, v in zip(slots, frozen, strict=True)}
            vars(side.table[number]).update(self.views[key])

    # Steps

    def run(self, actor: int | None, state: State, body: Callable[[], object]) -> Iterator[Run]:
        "Run a function once for every sequence of its choices; yield each run that exists, with its fields in place."
        choices = Choices()
        self.model.present.down = state.down
        down = list(state.down) if actor is None else []
        loaded = list(range(len(self.table))) if actor is None else [actor, *self.shared]

        def settle() -> None:
            self.settle(loaded)

        while True:
            for entity in self.table:
                vars(entity).clear()
            for number in loaded:
                self.load(number, state.fields[number], guard=number in down)
            run = Run(None if actor is None else self.table[actor], choices, state.down, settle)
            STAGE.run = run
            try:
                exists = _exists(body)
            finally:
                STAGE.run = None
            if exists:
                self.settle(loaded)
                yield run
            if not choices.advance():
                return

    def settle(self, loaded: list[int]) -> None:
        "Check the bounds of every field."
        for number in loaded:
            fields: dict[str, Any] = vars(self.table[number])
            for slot in self.kinds[number].slots:
                if slot.domain.mutable:
                    slot.domain.freeze(fields[slot.name])

    def outcomes(self, actor: int | None, state: State, flight: Flight, body: Callable[[], object]) -> Iterator[State]:
        "The states that a step of the protocol leads to."
        for run in self.run(actor, state, body):
            changed = range(len(self.table)) if actor is None else [actor, *self.shared]
            fields = list(state.fields)
            for number in changed:
                if actor is not None or number not in state.down:
                    fields[number] = self.frozen(number)
            self.check_handled(run.sends)
            gone = state.down if self.lossy else frozenset[int]()
            sends = [e for e in run.sends if e[:2] not in state.cut and e[1] not in gone]
            after = self.network.put(flight, sends)
            if self.fits(after):
                yield state._replace(fields=tuple(fields), flight=after)

    def fits(self, flight: Flight) -> bool:
        "Whether the network holds this; more is an error, or a step that a limit stopped."
        try:
            self.network.check(flight, self.capacity)
        except ModelError:
            if self.full == "error":
                raise
            STAGE.limits[0] += 1
            return False
        return True

    def steps(self, state: State) -> Iterator[State]:
        "Every edge of the protocol's own steps."
        table = self.table
        for number in range(self.model.processes):
            if number not in state.down:
                for action in self.kinds[number].actions:
                    for arguments in _product([d for _, d in action.arguments]):
                        yield from self.outcomes(number, state, state.flight, _call(self, action, arguments, table[number]))
        for action in self.model.actions:
            for arguments in _product([d for _, d in action.arguments]):
                yield from self.outcomes(None, state, state.flight, _call(self, action, arguments, None))
        for envelope, left in self.network.receivable(state.flight):
            if envelope[1] not in state.down:
                yield from self.deliveries(state, envelope, left)

    def deliveries(self, state: State, envelope: Envelope, left: Flight) -> Iterator[State]:
        source, target, frozen = envelope
        message = self.model.types.classes[frozen[0]]
        handler = next(h for h in self.kinds[target].handlers if h.message is message)
        if handler.sender is not None:
            handler.sender.freeze(self.table[source])

        def body() -> None:
            received = self.model.types.thaw_record(frozen, self.table)
            arguments = [received, self.table[source]] if handler.takes_sender else [received]
            getattr(self.table[target], handler.name)(*arguments)

        yield from self.outcomes(target, state, left, body)

    def check_handled(self, sends: list[Envelope]) -> None:
        "Sending what the target's kind has no handler for is refused."
        for _, target, frozen in sends:
            message = self.model.types.classes[frozen[0]]
            if all(h.message is not message for h in self.kinds[target].handlers):
                raise ModelError(f"no handler of {self.table[target]!r} for {message.__name__}")

    # The first states

    def initials(self, budgets: tuple[int | None, ...]) -> Iterator[State]:
        first = State(tuple(map(self.declared, range(len(self.table)))), frozenset(), frozenset(), frozenset(), budgets)

        def body() -> None:
            for number, entity in enumerate(self.table):
                for name in self.kinds[number].initials:
                    assert STAGE.run is not None
                    STAGE.run.actor = entity
                    getattr(entity, name)()

        products = {tuple(map(self.frozen, range(len(self.table)))) for _ in self.run(None, first, body)}
        for fields in products:
            yield from self.opened(first._replace(fields=fields))

    def opened(self, first: State) -> Iterator[State]:
        "What the `@initial`s at module level make of a state that those of the classes made."
        optional = {name for preset in self.model.presets for name in preset.start}
        openings = [f for f in self.model.openings if f.__name__ in self.start or f.__name__ not in optional]

        def body() -> None:
            for function in openings:
                function()

        if openings:
            yield from self.outcomes(None, first, first.flight, body)
        else:
            yield first

    def restarted(self, state: State, number: int, sorts: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        "The fields of a process when those of these sorts take their initial values: one for each choice of `@initial`."
        kind = self.kinds[number]
        asked = list(state.fields)
        asked[number] = self.declared(number)

        def body() -> None:
            for name in kind.initials:
                getattr(self.table[number], name)()

        for _ in self.run(number, state._replace(fields=tuple(asked), down=state.down - {number}), body):
            fresh = self.frozen(number)
            kept = state.fields[number]
            yield tuple(fresh[i] if slot.sort in sorts else kept[i] for i, slot in enumerate(kind.slots))


def _call(world: World, action: Any, arguments: tuple[Any, ...], entity: Any) -> Callable[[], object]:
    def body() -> None:
        thawed = [d.thaw(value, world.table) for (_, d), value in zip(action.arguments, arguments, strict=True)]
        (action.function if entity is None else getattr(entity, action.function))(*thawed)

    return body


def _exists(body: Callable[[], object]) -> bool:
    try:
        body()
    except Absent:
        return False
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"{type(error).__name__}: {error}") from error
    return True


def _product(domains: list[Any]) -> Iterator[tuple[Any, ...]]:
    if not domains:
        yield ()
        return
    for first in domains[0].values():
        for rest in _product(domains[1:]):
            yield (first, *rest)


__all__ = ["State", "World", "enter"]
