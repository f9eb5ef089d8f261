r"""A trace as a log for ShiViz: each event with its host and its vector clock.

Source: Beschastnikh, Wang, Brun, Ernst, "Debugging Distributed Systems" (ACM Queue, 2016). In ShiViz, the regular expression
for this log is `(?<host>\S*) (?<clock>{.*})\n(?<event>.*)`, its default.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quorate.report.scene.causality import lanes_of
from quorate.report.scene.scene import scene_of

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace
    from quorate.report.scene.scene import Row

Clock = dict[str, int]


def shiviz(trace: Trace) -> str:
    """Return the log: two lines an event. A step that happens in several lanes is an event in each, one after the other."""
    now: dict[str, Clock] = {}
    sent: dict[tuple[int, str], Clock] = {}
    lines: list[str] = []
    for row in scene_of(trace).rows:
        known = _received(row, sent)
        for host in sorted(lanes_of(row)):
            clock = _merged([now.get(host, {}), *known])
            clock[host] = clock.get(host, 0) + 1
            now[host] = sent[row.number, host] = clock
            known = [clock]
            lines += [
                f"{_host(host)} {json.dumps({_host(h): n for h, n in clock.items()})}",
                trace.moments[row.number - 1].text,
            ]
    return "\n".join(lines)


def _received(row: Row, sent: dict[tuple[int, str], Clock]) -> list[Clock]:
    return [sent.get((a.sent, a.source), {}) for a in row.arrows if a.way == "delivered"]


def _merged(clocks: list[Clock]) -> Clock:
    """Return the least clock that none of them is ahead of."""
    return {host: max(c.get(host, 0) for c in clocks) for host in sorted({h for c in clocks for h in c})}


def _host(label: str) -> str:
    return label.replace(" ", "_")
