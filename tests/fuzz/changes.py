"""How a field of each type is changed through its own path, as text in the patterns of `shapes.py`: `$` is the field.

`; ` ends a statement, and what stands after a colon is inside it; `k#` and `w#` are fresh names. Read next: `writer.py`.
"""

from __future__ import annotations

CHANGES = """
T:
    $ = «T»
    $ = «T»
bool:
    $ = not $
Small:
    $ = ($ + 1) % 3
    $ = ($ + 1) % 3
    $ += 0
    $ = min($ + «Small», 2)
    if $ < 2:; $ += 1
    $ //= 2
    $ *= «Small» % 2
    (limits) limit($ < 2); $ += 1
    require($ > 0); $ -= 1
    $ %= 2
    (errors) $ += 1
    (errors) $ -= 1
int:
    $ = «Small»
    $ = min($ + 1, 3)
    $ = («int») % 5
    if $ < 3:; $ += 1
    $ = max($ - 1, -2)
    (limits) limit($ < 3); $ += «Small»
    require($ != -2); $ -= 1
    $ = min(max($ + «int», -1), 4)
Opt[T]:
    $ = None
    $ = «T»
    if $ is None:; $ = «T»
    if $ is not None:; $ = None
Opt[Small]:
    if $ is not None:; $ = ($ + 1) % 3; else:; $ = «Small»
    (choices) $ = 2 - some($)
set[H]:
    $.add(«H»)
    $.add(«H»)
    $.discard(«H»)
    $ |= «set[H]»
    $ -= «set[H]»
    $ &= «set[H]»
    $ ^= «set[H]»
    $.update(«set[H]»)
    $.clear()
    $ = set()
    k# = «H»; if k# in $:; $.remove(k#)
    $.difference_update(«set[H]»)
    $.intersection_update(«set[H]»)
    $.symmetric_difference_update(«set[H]»)
    $ = $ - {«H»}
    (errors) $.remove(«H»)
frozenset[H]:
    $ |= {«H»}
    $ = $ - {«H»}
    $ &= «set[H]»
list[T]:
    (limits) limit(len($) != 2); $.append(«T»)
    require(len($) < 2); $.insert(«Small», «T»)
    require(len($) < 2); $.append(«T»)
    if len($) < 2:; $.insert(0, «T»)
    require(not $); $.extend(«list[T]»[:2])
    if $:; $.pop()
    if $:; $.pop(0)
    k# = «T»; if k# in $:; $.remove(k#)
    if len($) == 2:; $[1] = «T»
    if len($) > 1:; del $[0]
    if $:; $[-1] = «T»
    if len($) == 2:; $[0], $[1] = $[1], $[0]
    $.reverse()
    $.clear()
    $ = []
    for k# in range(len($)):; $[k#] = «T|k#:Small»
    if len($) < 2:; $ += [«T»]
    $ = $[:1] + [«T»]
    (errors) $.append(«T»)
    (errors) $[«Small»] = «T»
    (errors) $.remove(«T»)
    (errors) $.pop(«Small»)
list[O]:
    $.sort()
list[Small]:
    if $:; $[0] = ($[0] + 1) % 3
    if $:; $[-1] += 0
    if $ and $[0] < 2:; $[0] += 1
list[Pair]:
    if $:; $[0] = $[0].replace(right=«bool»)
    $ = [e for e in $ if e.left != «Small|»]
list[set[H]]:
    if $:; $[0].add(«H»)
    if $:; $[-1].discard(«H»)
    for k# in range(len($)):; $[k#].add(«H|k#:Small»)
    if len($) == 2:; $[0] |= $[1]
list[list[T]]:
    if $ and len($[0]) < 2:; $[0].append(«T»)
    if $ and $[-1]:; $[-1][0] = «T»
    if $ and $[-1]:; $[-1].pop()
dict[K, V]:
    $[«K»] = «V»
    $[«K»] = «V»
    $.pop(«K», None)
    $.setdefault(«K», «V»)
    k# = «K»; $[k#] = $.get(k#, «V»)
    k# = «K»; if k# in $:; del $[k#]
    k# = «K»; if k# in $:; $[k#] = «V»
    $.update(«dict[K, V]»)
    $ |= «dict[K, V]»
    for k# in «set[K]»:; $[k#] = «V|»
    for k#, w# in «dict[K, V]».items():; $[k#] = w#
    $.clear()
    $ = {}
    (errors) del $[«K»]
dict[K, Small]:
    k# = «K»; if k# in $:; $[k#] = ($[k#] + 1) % 3
    k# = «K»; $[k#] = min($.get(k#, 0) + 1, 2)
    for k# in «set[K]»:; $[k#] = $.get(k#, 0) // 2
dict[K, list[T]]:
    k# = «K»; require(len($.get(k#, [])) < 2); $.setdefault(k#, []).append(«T»)
    k# = «K»; if k# in $:; $[k#] = $[k#][:1]
    k# = «K»; if k# in $ and $[k#]:; $[k#].pop()
dict[K, set[H]]:
    $.setdefault(«K», set()).add(«H»)
    k# = «K»; if k# in $:; $[k#].add(«H»)
    k# = «K»; if k# in $:; $[k#] |= «set[H]»
    for k# in «set[K]»:; $.setdefault(k#, set()).add(«H|»)
dict[K, dict[J, V]]:
    $.setdefault(«K», {})[«J»] = «V»
    k# = «K»; if k# in $:; $[k#][«J»] = «V»
    k# = «K»; if k# in $:; $[k#].pop(«J», None)
"""
