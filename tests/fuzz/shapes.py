"""What expressions are made of, as text, by the pattern of their type.

A hole `«list[T]»` stands for any expression of that type; `«bool|x:T»` for one that may read `x` beside what is in scope and,
as it is evaluated again and again, chooses nothing and changes nothing (`«bool|»`: the same without a name). A variable that
the result does not bind stands for any type of the protocol. A word in parentheses before a shape is the feature that it
belongs to: a protocol has some features and not others, so that what fails in one hides little of the rest.
Read next: `changes.py`, those of statements; `writer.py`, which fills them.
"""

from __future__ import annotations

SHAPES = """
bool:
    (not «bool»)
    («bool» and «bool»)
    («bool» or «bool»)
    («bool» if «bool» else «bool»)
    («T» == «T»)
    («T» != «T»)
    («L» < «L»)
    («L» <= «L»)
    («L» > «L»)
    («L» >= «L»)
    («Small» <= «Small» < 2)
    (0 < «Small» == «Small»)
    («int» < «Small»)
    («int» == «int»)
    («Color» is «Color»)
    («Color» is not «Color»)
    («Color» in (Color.RED, «Color»))
    («Color» not in («Color», «Color»))
    («Opt[M]» == «M»)
    («Opt[M]» in (None, «M»))
    («Opt[M]» is None)
    («Small» in range(«Small», 3))
    (nested) («H» in «frozenset[H]»)
    (nested) («frozenset[H]» <= «set[H]»)
    (nested) («frozenset[H]» == «set[H]»)
    («V» in «dict[K, V]».values())
    any(«list[bool]»)
    all(«dict[K, bool]».values())
    any({«bool|x:H» for x in «set[H]»})
    all([«bool|x:T» for x in «list[T]»])
    (sorted(«set[O]») == «list[O]»)
    (len({*«list[H]»}) == len(«list[H]»))
    («H» in «set[H]»)
    («H» not in «set[H]»)
    («T» in «list[T]»)
    («T» not in «list[T]»)
    («K» in «dict[K, V]»)
    («K» not in «dict[K, V]»)
    «set[H]».isdisjoint(«set[H]»)
    «set[H]».issubset(«set[H]»)
    «set[H]».issuperset(«set[H]»)
    («set[H]» <= «set[H]»)
    («set[H]» < «set[H]»)
    («set[H]» >= «set[H]»)
    any(x == «H|» for x in «set[H]»)
    all(x < «L|» for x in «list[L]»)
    all(any(x <= y for y in «list[L]|») for x in «list[L]»)
    any(«bool|x:T» for x in «list[T]»)
    all(«bool|x:H» for x in «set[H]» if «bool|x:H»)
    any(«bool|k:K,v:V» for k, v in «dict[K, V]».items())
    all(«bool|v:V» for v in «dict[K, V]».values())
    (any(x == y for i, x in enumerate(«list[T]») for y in «list[T]|»[i:]))
    any(a != b for a, b in zip(«list[T]», «list[T]»))
    any(a != b for a, b in zip(«list[T]», «list[T]», strict=True))
    any([«bool», «bool»])
    all([«bool», «bool», «bool»])
    any(«H|» in x for x in «list[set[H]]»)
    any(«T|» in x for x in «dict[K, list[T]]».values())
    (len(«list[T]») == «Small»)
    (len(«set[H]») > «Small»)
    (not «list[T]»)
    bool(«set[H]»)
    (not «dict[K, V]»)
    («list[T]»[-1:] == [«T»])
    «tuple[bool, T]»[0]
    «Pair».right
    (ordered) («Node».index == 0)
    (ordered) («O» in sorted(«set[O]»))
    (errors) «list[bool]»[«Small»]
    (errors) «dict[K, bool]»[«K»]
Small:
    min(«Small» + 1, 2)
    max(«Small» - 1, 0)
    min(«Small» + «Small», 2)
    (abs(«Small» - «Small») % 3)
    ((«Small» * «Small») // 2)
    ((-«Small») % 3)
    («Small» // 2)
    («Small» & «Small»)
    ((«Small» | («Small» - 2)) & 1)
    ((«Small» ^ «Small») % 3)
    (-(«Small» << «Small») >> «Small» & 1)
    («Small» % 2)
    («int» % 3)
    («int» // 2 % 3)
    ((7 // («Small» + 1)) % 3)
    ((-7 // («Small» + 1)) % 3)
    min(max(«int», 0), 2)
    min(len(«set[H]»), 2)
    min(len(«list[T]»), 2)
    min(len(«dict[K, V]»), 2)
    max(«Small», «Small», «Small»)
    (sum([«Small», «Small», «Small»]) % 3)
    min(len(«set[H]» ^ «set[H]»), 2)
    (sum(i for i, x in enumerate(«list[T]») if x == «T|») % 3)
    len(«list[T]»[:«Small»])
    (len(range(«Small», 3)))
    min(sum(«dict[K, Small]».values()), 2)
    max(«list[Small]», default=«Small»)
    min(«set[Small]», default=«Small»)
    min((x for x in «list[Small]» if x != «Small|»), default=0)
    «Pair».left
    (sum(1 for c in «set[H]» if c != «H|») % 3)
    (sum(«bool|x:T» for x in «list[T]») % 3)
    max(«dict[K, Small]».values(), default=1)
    min(e.left for e in [*«list[Pair]», Pair(2, False)])
    (sum(a * b for a, b in zip(«list[Small]», «list[Small]»)) % 3)
    (sum(i * x for i, x in enumerate(«list[Small]»)) % 3)
    min(«list[T]».count(«T»), 2)
    min([*«list[Small]», «Small», 0, 1, 2].index(«Small»), 2)
    larger(«Small», «Small»)
    first_of(«list[Small]», «Small»)
    min(len({x % 2 for x in «list[Small]»}), 2)
    (len([x for x in «list[T]» if «bool|x:T»]) % 3)
    min((«Small», «bool»), («Small», «bool»))[0]
    (sum(len(x) for x in «dict[K, list[T]]».values()) % 3)
    (sum(len(x) for x in «list[set[H]]») % 3)
    int(«bool»)
    (errors) (6 // «int»)
    (errors) («Small» + «Small»)
    (errors) (2 % «Small»)
    (errors) «list[T]».index(«T»)
    (errors) min(«list[Small]»)
    (errors) min(«set[Small]»)
    (ordered) («Node».index % 3)
int:
    «Small»
    («Small» + «Small»)
    («int» - «Small»)
    («Small» * 3 - 1)
    (-«Small»)
    abs(«int»)
    len(«list[T]»)
    max(«int», «Small»)
    min(«int», «int»)
    («int» if «bool» else «int»)
    sum(«list[Small]»)
    («int» // 2)
    («int» % 5)
T:
    («T» if «bool» else «T»)
    «dict[K, T]».get(«K», «T»)
    [«T», *«list[T]»][0]
    [*«list[T]», «T»][-1]
    [*«list[T]», «T», «T»][«Small» % 2]
    («T», «U»)[0]
    («U», «T»)[1]
    «tuple[U, T]»[1]
    «tuple[U, T]»[-1]
    ([«T»] + «list[T]»)[len(«list[U]») - len(«list[U]»)]
    {**«dict[H, T]», «H»: «T»}.get(«H», «T»)
    {«H»: «T|», «H|»: «T|»}.get(«H», «T»)
    (choices) choose([«T», «T»])
    (choices) choose(«list[T]»)
    (choices) [«T», «T», «T»][choose([0, 2])]
    (choices) choose([x for x in [«T», «T»] if «bool|x:T»])
    (errors) «list[T]»[«Small»]
    (errors) «dict[K, T]»[«K»]
    (errors) «list[T]»[-1]
M:
    [o for o in [«Opt[M]», «M»] if o is not None][0]
    (options) [o for o in («Opt[M]», «M») if o is not None][-1]
    (choices) some(«Opt[M]»)
H:
    (choices) choose(«set[H]»)
    (choices) choose({«H», «H»})
    (choices) choose({x for x in «set[H]» if «bool|x:H»} | {«H»})
O:
    sorted([*«list[O]», «O»])[0]
    sorted(«set[O]» | {«O»})[-1]
    (keys) min([«O», *«list[O]»], key=lambda x: («bool|x:O», «Small|x:O»))
    (keys) max([*«list[O]», «O»], key=lambda x: «Small|x:O»)
P:
    min(«P», «P»)
    max(«P», «P»)
    max(«list[P]», default=«P»)
    min(«set[P]» | {«P»})
    max([*«list[P]», «P»])
Pair:
    (keys) min([*«list[Pair]», «Pair»], key=lambda e: e.left)
    (keys) max([*«list[Pair]», «Pair»], key=lambda e: (e.right, e.left))
    (keys) min(«list[Pair]», key=lambda e: «Small|e:Pair», default=«Pair»)
    «Pair|».replace(left=«Small»)
    «Pair|».replace(right=«bool», left=«Small»)
    Pair(«Small», «bool»)
    Pair(right=«bool», left=«Small»)
Opt[M]:
    («M» if «bool» else None)
    «dict[K, M]».get(«K»)
    «M»
    («Opt[M]» if «bool» else «M»)
tuple[T, U]:
    («T», «U»)
set[H]:
    («set[H]» | «set[H]»)
    («set[H]» & «set[H]»)
    («set[H]» - «set[H]»)
    («set[H]» ^ «set[H]»)
    «set[H]».union(«set[H]»)
    «set[H]».difference(«set[H]»)
    «set[H]».intersection(«set[H]»)
    {x for x in «set[H]» if «bool|x:H»}
    {«H|x:J» for x in «set[J]»}
    {«H|x:T» for x in «list[T]»}
    {«H», «H»}
    {«H», *«list[H]»}
    set(«list[H]»)
    set(«dict[H, V]»)
    set(«list[H]» + [«H»])
    {x for y in «list[set[H]]» for x in y}
    {k for k, v in «dict[H, V]».items() if «bool|k:H,v:V»}
    {v for v in «dict[K, H]».values()}
    «dict[K, set[H]]».get(«K», «set[H]»)
    {*«set[H]», «H»}
    «set[H]».symmetric_difference(«set[H]»)
    set(«list[H]»[:1])
    «set[H]».copy()
    (nested) set(«frozenset[H]»)
    (nested) (set() | «frozenset[H]»)
frozenset[H]:
    (nested) frozenset(«set[H]»)
    (nested) frozenset({«H», «H»})
    (nested) frozenset(«list[H]»)
    (nested) («frozenset[H]» | «frozenset[H]»)
    (nested) («frozenset[H]» - {«H»})
    (nested) frozenset(x for x in «set[H]» if «bool|x:H»)
    (nested) («frozenset[H]» if «bool» else «frozenset[H]»)
set[O]:
    set(sorted(«set[O]»)[:1])
list[T]:
    [«T», «T»]
    [«T»]
    «list[T]»[1:]
    «list[T]»[:1]
    «list[T]»[:-1]
    «list[T]»[-1:]
    «list[T]»[«Small»:]
    «list[T]»[«Small»:«Small»]
    («list[T]» + «list[T]»)[:2]
    [*«list[T]», «T»][:2]
    list(reversed(«list[T]»))
    list(«list[T]»)
    «list[T]».copy()
    list((«T», «T»))
    [x for x in «list[T]» if «bool|x:T»]
    [«T|x:U» for x in «list[U]»]
    [a for a, b in zip(«list[T]», «list[T]») if a != b]
    [x for i, x in enumerate(«list[T]») if i != «Small|»]
    [x for y in «list[U]» for x in «list[T]|y:U»][:2]
    «dict[K, list[T]]».get(«K», «list[T]»)
list[Small]:
    list(range(«Small»))
    [x for x in range(«Small», 3)][:2]
    [x for x in range(2, -1, -1) if «bool|x:Small»][:2]
    [e.left for e in «list[Pair]»]
    [v for _, v in sorted(«dict[O, Small]».items())][:2]
list[O]:
    sorted(«list[O]»)
    sorted(«list[O]», reverse=True)
    sorted(«set[O]»)[:2]
    sorted({x for x in «list[O]»})
    (keys) sorted(«list[O]», key=lambda x: «Small|x:O», reverse=True)
    (keys) sorted(«set[O]», key=lambda x: («bool|x:O», x))[:2]
list[Pair]:
    (keys) sorted(«list[Pair]», key=lambda e: e.left)
    [Pair(x, «bool|x:Small») for x in «list[Small]»]
dict[K, V]:
    {k: «V|k:K» for k in «set[K]»}
    {k: v for k, v in «dict[K, V]».items() if «bool|k:K,v:V»}
    {k: «V|k:K,v:U» for k, v in «dict[K, U]».items()}
    («dict[K, V]» | «dict[K, V]»)
    {«K»: «V», «K»: «V»}
    {«K»: «V»}
    {k: «V|k:K» for k in «list[K]»}
    dict(«dict[K, V]»)
    {**«dict[K, V]», **«dict[K, V]»}
    «dict[K, V]».copy()
"""
