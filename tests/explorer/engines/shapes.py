"""What the random protocols are made of: the types of their fields, and the expressions and changes of each type, as text.

`<sort>` in a shape stands for any expression of that sort, `<me>` for the text of one node. Comparisons that would read as such
a hole are written `.lt.` and `.le.`.
"""

from __future__ import annotations

HEADER = """\
from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import (
    Faults, Group, Max, Message, Preset, Process, Range, Record, Shared, action, always, broadcast, choose, durable,
    final, ghost, initial, limit, never, old, others, param, receive, require, send, skip, some, sometimes, step, up,
    volatile,
)

NODES = param({nodes}, "nodes")

class Color(Enum):
    RED = auto()
    GREEN = auto()
    BLUE = auto()

Small = Annotated[int, Range(0, 2)]

class Pair(Record):
    left: Small
    right: bool

class M0(Message):
    value: Small

class M1(Message):
    pair: Pair
    who: Node | None

def larger(a: int, b: int) -> int:
    if a > b:
        return a
    return b

def first_of(items: list[int], usual: int) -> int:
    for item in items:
        if item != usual:
            return item
    return usual

"""

MESSAGES: dict[str, dict[str, str]] = {"M0": {"value": "int"}, "M1": {"pair": "pair", "who": "node"}}

# Each type of a field: its annotation and an initial value.
TYPES = {
    "bool": ("bool", "False"),
    "int": ("Small", "0"),
    "enum": ("Color", "Color.RED"),
    "node": ("Node | None", "None"),
    "maybe": ("Small | None", "None"),
    "set": ("set[Node]", "set()"),
    "colors": ("set[Color]", "set()"),
    "list": ("Annotated[list[Small], Max(2)]", "[]"),
    "dict": ("dict[Node, Small]", "{}"),
    "tuple": ("tuple[bool, Color]", "(False, Color.GREEN)"),
    "tuples": ("set[tuple[bool, Color]]", "set()"),
    "pair": ("Pair", "Pair(0, False)"),
    "pairs": ("Annotated[list[Pair], Max(2)]", "[]"),
    "logs": ("dict[Color, Annotated[list[Small], Max(2)]]", "{Color.RED: [], Color.BLUE: [1]}"),
}

LEAVES = {
    "bool": ["True", "False"],
    "int": ["0", "1", "2"],
    "enum": ["Color.RED", "Color.GREEN", "Color.BLUE"],
    "node": ["None", "nodes[0]"],
    "maybe": ["None", "1"],
    "set": ["set(nodes)", "(nodes - {nodes[0]})"],
    "colors": ["set(Color)", "{Color.RED}"],
    "list": ["[2, 0]", "[1]"],
    "dict": ["{p: 0 for p in nodes}"],
    "tuple": ["(True, Color.BLUE)"],
    "tuples": ["{(False, Color.RED)}"],
    "pair": ["Pair(1, True)", "Pair(left=2, right=False)"],
    "pairs": ["[Pair(0, True)]"],
    "logs": ["{Color.GREEN: [2]}"],
}

SHAPES: dict[str, tuple[str, ...]] = {
    "bool": (
        "not <bool>",
        "(<bool> and <bool>)",
        "(<bool> or <bool>)",
        "<int> == <int>",
        "<int> != <int>",
        "<int> .lt. <int>",
        "<int> .le. <int> .lt. 2",
        "(<bool>) .lt. (<bool>)",
        "(<int>, <bool>) .le. (<int>, <bool>)",
        "<enum> is <enum>",
        "<enum> in (Color.RED, <enum>)",
        "<node> is None",
        "<node> == <node>",
        "<node> in <set>",
        "<maybe> in (None, <int>)",
        "<maybe> == <int>",
        "<enum> in <colors>",
        "<set> == <set>",
        "<set>.isdisjoint(<set>)",
        "<colors> .le. <colors>",
        "<colors> .lt. <colors>",
        "any(c is <enum> for c in <colors>)",
        "all(x .lt. <int> for x in <list>)",
        "all(any(x .le. y for y in <list>) for x in <list>)",
        "any(x .lt. y for i, x in enumerate(<list>) for y in <list>[i:])",
        "any(k is not None and v == <int> for k, v in <dict>.items())",
        "<int> in <list>",
        "<list>[-1:] == [<int>]",
        "<list> == <list>",
        "<tuple>[0]",
        "<tuple> in <tuples>",
        "any(right for right, color in <tuples> if color is <enum>)",
        "<pair>.right",
        "<pair> == <pair>",
        "<pair> in <pairs>",
        "any(e.left == <int> for e in <pairs> if e.right)",
        "<enum> in <logs>",
        "all(len(log) .le. <int> for log in <logs>.values())",
    ),
    "int": (
        "min(<int> + 1, 2)",
        "max(<int> - 1, 0)",
        "abs(<int> - <int>) % 3",
        "(<int> * <int>) // 2",
        "(-<int>) % 3",
        "(<int> if <bool> else <int>)",
        "min(len(<set>), 2)",
        "len(<list>)",
        "min(sum(<dict>.values()), 2)",
        "max(<list>, default=<int>)",
        "min((x for x in <list> if x != <int>), default=0)",
        "<pair>.left",
        "sum(1 for c in <colors> if c is not <enum>) % 3",
        "max(<dict>.values(), default=1)",
        "min(e.left for e in [*<pairs>, Pair(2, False)])",
        "min([*<pairs>, <pair>], key=lambda e: e.left).left",
        "max([*<pairs>, <pair>], key=lambda e: (e.right, e.left)).left",
        "sum(a * b for a, b in zip(<list>, <list>)) % 3",
        "sum(i * x for i, x in enumerate(<list>)) % 3",
        "<list>.count(<int>)",
        "[*<list>, <int>][0]",
        "[<int>, *<list>][-1]",
        "[*<list>, <int>].index(<int>)",
        "larger(<int>, <int>)",
        "first_of(<list>, <int>)",
        "len({x % 2 for x in <list>})",
        "min((<int>, <bool>), (<int>, <bool>))[0]",
        "sum(len(log) for log in <logs>.values()) % 3",
        "<dict>.get(<me>, <int>)",
        "min(len(<tuples>), 2)",
    ),
    "enum": ("(<enum> if <bool> else <enum>)", "<tuple>[1]", "min(<colors> | {<enum>})", "max(<enum>, <enum>)"),
    "node": ("(<node> if <bool> else None)", "(<me> if <bool> else <node>)"),
    "maybe": ("(<int> if <bool> else None)", "<dict>.get(<me>)", "(<maybe> if <bool> else <maybe>)"),
    "set": (
        "(<set> | <set>)",
        "(<set> & <set>)",
        "(<set> - <set>)",
        "(<set> ^ nodes)",
        "{p for p in <set> if <bool>}",
        "set(<dict>)",
        "set(sorted(<set>)[:1])",
        "{p for p in nodes if p is not <me>}",
    ),
    "colors": (
        "(<colors> | {<enum>})",
        "(<colors> - {<enum>})",
        "(<colors> ^ <colors>)",
        "{c for c in Color if c is not <enum>}",
        "set(<logs>)",
        "{color for _, color in <tuples>}",
    ),
    "list": (
        "[<int>, <int>]",
        "<list>[1:]",
        "<list>[:1]",
        "<list>[<int>:<int>]",
        "(<list> + <list>)",
        "sorted(<list>)",
        "sorted(<list>, key=lambda x: (x + <int>) % 3, reverse=True)",
        "sorted({x for x in <list>})",
        "list(reversed(<list>))",
        "list(range(<int>))",
        "[x for x in range(<int>, 3)]",
        "[x for x in <list> if <bool>]",
        "[e.left for e in <pairs>]",
        "[a for a, b in zip(<list>, <list>) if a != b]",
        "[x for e in <pairs> for x in <list> if e.left == x][:2]",
        "[v for _, v in sorted(<dict>.items())][:2]",
        "<logs>.get(<enum>, <list>)",
    ),
    "dict": ("{p: <int> for p in <set>}", "{p: v for p, v in <dict>.items() if <bool>}", "(<dict> | <dict>)", "{<me>: <int>}"),
    "tuple": ("(<bool>, <enum>)",),
    "tuples": ("{<tuple>, <tuple>}", "(<tuples> | {<tuple>})", "{(b, Color.RED) for b, c in <tuples>}"),
    "pair": ("Pair(<int>, <bool>)", "<pair>.replace(left=<int>)", "Pair(left=len(<list>), right=<bool>)"),
    "pairs": (
        "[<pair>, <pair>]",
        "[e for e in <pairs> if <bool>]",
        "<pairs>[:1]",
        "sorted(<pairs>, key=lambda e: e.left)",
        "[Pair(x, <bool>) for x in <list>]",
    ),
    "logs": ("{c: <list> for c in <colors>}", "{<enum>: <list>}"),
}

# How a field `$` changes through its own path.
CHANGES: dict[str, tuple[str, ...]] = {
    "int": ("$ += 1", "$ += 0", "$ = ($ + 1) % 3", "$ = ($ + 1) % 3", "$ -= 1"),
    "maybe": ("if $ is not None:\n    $ = ($ + 1) % 3\nelse:\n    $ = <int>", "$ = 2 - some($)"),
    "set": (
        "$.add(<me>)",
        "$.discard(<me>)",
        "$ |= <set>",
        "$ -= <set>",
        "if <me> in $:\n    $.remove(<me>)",
        "$.update(<set>)",
    ),
    "colors": ("$.add(<enum>)", "$.discard(<enum>)", "$ &= <colors>", "$.clear()"),
    "tuples": ("$.add(<tuple>)", "$.discard(<tuple>)", "$.remove(<tuple>)"),
    "list": (
        "limit(len($) != 2)\n$.append(<int>)",
        "require(len($) .lt. 2)\n$.insert(<int>, <int>)",
        "require(not $)\n$.extend(<list>[:2])",
        "if $:\n    $.pop()",
        "if <int> in $:\n    $.remove(2)",
        "if len($) == 2:\n    $[1] = <int>",
        "if len($) > 1:\n    del $[0]",
        "if $:\n    $[-1] = <int>",
        "$.sort()",
        "$.reverse()",
        "$.clear()",
        "for i in range(len($)):\n    $[i] = (i + <int>) % 3",
    ),
    "dict": (
        "$[<me>] = <int>",
        "$.pop(<me>, None)",
        "$[<me>] = $.get(<me>, <int>)",
        "$.setdefault(<me>, <int>)",
        "if <me> in $:\n    del $[<me>]",
        "if <me> in $:\n    $[<me>] = ($[<me>] + 1) % 3",
        "$.update(<dict>)",
        "for other in <set>:\n    $[other] = <int>",
    ),
    "pairs": (
        "require(len($) != 2)\n$.append(<pair>)",
        "if $:\n    $[0] = $[0].replace(right=<bool>)",
        "$ = [e for e in $ if e.left != <int>]",
    ),
    "logs": (
        "$[Color.RED] = <list>[:2]",
        "if <enum> in $:\n    $.pop(Color.RED, None)",
        "require(len($.get(Color.BLUE, [])) .lt. 2)\n$.setdefault(Color.BLUE, []).append(<int>)",
        "if Color.RED in $:\n    $[Color.RED] = $[Color.RED][:1]",
    ),
}
