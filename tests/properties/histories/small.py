"""Small histories of every object, for Hypothesis: a few clients, a few values, results that may be right or wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from quorate.language.errors import Place
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.record.history import PENDING, Operation
from quorate.properties.histories.record.values import FALSE, TRUE

if TYPE_CHECKING:
    from quorate.properties.histories.record.values import Value

NUMBERS = (1, 2)
LISTS: tuple[Value, ...] = ((), (1,), (2,), (1, 2), (2, 1))
SETS: tuple[Value, ...] = tuple(frozenset(some) for some in ((), (1,), (2,), (1, 2)))
PAIRS: tuple[Value, ...] = ((1, 2), (2, 1), (None, 1))
CALLS: dict[str, dict[str, tuple[tuple[Value, ...], tuple[Value, ...]]]] = {  # arguments and results of each function
    "register": {"read": ((None,), (None, *NUMBERS)), "write": (NUMBERS, (DONE,))},
    "cas-register": {
        "read": ((None,), (None, *NUMBERS)),
        "write": (NUMBERS, (DONE,)),
        "cas": (PAIRS, (TRUE, FALSE)),
    },
    "key-value": {
        "get": ((None,), ("", "a", "b", "ab", "ba")),
        "put": (("a", "b"), (DONE,)),
        "append": (("a", "b"), (DONE,)),
    },
    "queue": {"enqueue": (NUMBERS, (DONE,)), "dequeue": ((None,), (None, *NUMBERS))},
    "set": {
        "add": (NUMBERS, (DONE,)),
        "remove": (NUMBERS, (DONE,)),
        "contains": (NUMBERS, (TRUE, FALSE)),
        "read": ((None,), SETS),
    },
    "counter": {"add": ((1, 2), (DONE,)), "read": ((None,), (0, 1, 2, 3))},
    "lock": {"acquire": ((None,), (DONE,)), "release": ((None,), (DONE,))},
    "list-append": {"append": (NUMBERS, (DONE,)), "read": ((None,), LISTS)},
}
SOMEWHERE = Place("", 1, 1)


@st.composite
def histories(draw: st.DrawFn, name: str, *, most: int = 5, keys: tuple[Value, ...] = (None,)) -> list[Operation]:
    """Draw operations of up to three clients; some are open to the end, or nothing is known of their results."""
    target = OBJECTS[name]
    times: dict[str, int] = {}
    found: list[Operation] = []
    for i in range(draw(st.integers(1, most))):
        client = draw(st.sampled_from("abc"))
        while times.get(client, 0) < 0:
            client += "'"
        begins = times.get(client, 0) + draw(st.integers(1, 6))
        ends = begins + draw(st.integers(1, 12))
        function = draw(st.sampled_from(sorted(CALLS[name])))
        arguments, results = CALLS[name][function]
        argument: Value = client if target.by_client else draw(st.sampled_from(arguments))
        fate = draw(st.sampled_from(("ended", "ended", "ended", "open", "forgotten")))
        times[client] = -1 if fate == "open" else ends
        quiet = all(target.is_quiet(function, r) for r in results)
        found.append(
            Operation(
                i,
                client,
                0,
                function,
                argument,
                draw(st.sampled_from(results)) if fate == "ended" or quiet else PENDING,
                draw(st.sampled_from(keys)),
                begins,
                None if fate == "open" and not quiet else ends,
                SOMEWHERE,
            )
        )
    return distinct(found)


@st.composite
def versioned(draw: st.DrawFn, name: str, *, most: int = 6, keys: tuple[Value, ...] = (None,)) -> list[Operation]:
    """Draw operations that read and write, every value written once, or never: a read may show what nobody wrote."""
    writes, reads = ROLES[name]
    drawn = draw(histories(name, most=most, keys=keys))
    operations = [replace(o, function=draw(st.sampled_from((writes, reads)))) for o in drawn]
    wrote = {key: [o.number for o in operations if o.key == key and o.function == writes] for key in keys}
    found = []
    for o in operations:
        if o.function == writes:
            found.append(replace(o, argument=o.number, result=PENDING if o.optional or o.ends is None else DONE))
        else:
            values = (
                draw(st.lists(st.sampled_from([*wrote[o.key], *wrote[o.key], 99]), unique=True, max_size=3))
                if wrote[o.key]
                else []
            )
            newest = values[0] if values else OBJECTS[name].initial
            result: Value = {"register": newest, "list-append": tuple(values), "set": frozenset(values)}[name]
            found.append(replace(o, argument=None, result=result, ends=o.begins if o.ends is None else o.ends))
    return distinct([replace(o, begins=2 * o.begins, ends=None if o.ends is None else 2 * o.ends + 1) for o in found])


ROLES = {"register": ("write", "read"), "list-append": ("append", "read"), "set": ("add", "read")}


def distinct(operations: list[Operation]) -> list[Operation]:
    """Return the operations in the order in which they begin, every event at its own time."""
    events = sorted(
        [(o.begins, 0, i) for i, o in enumerate(operations)]
        + [(o.ends, 1, i) for i, o in enumerate(operations) if o.ends is not None]
    )
    at = {(kind, i): number for number, (_, kind, i) in enumerate(events)}
    moved = [replace(o, begins=at[0, i], ends=None if o.ends is None else at[1, i]) for i, o in enumerate(operations)]
    in_order = sorted(moved, key=lambda o: o.begins)
    return [replace(o, number=i) for i, o in enumerate(in_order)]
