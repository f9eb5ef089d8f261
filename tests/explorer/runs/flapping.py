"""Failover that flaps under load: a leader too slow to answer is taken for dead, and taking over makes the next one slow.

No timeout is right: a slow leader cannot be told from a dead one (Fischer, Lynch & Paterson 1985), and load is what makes it
slow. Safety does not depend on it; that some leader stays does.
"""

from __future__ import annotations

from quorate import (
    Group,
    Preset,
    Process,
    Shared,
    action,
    always,
    always_eventually,
    durable,
    eventually_always,
    param,
    progress,
    require,
)

CALM = param(False, "a new leader begins without the load of taking over")


class View(Shared):
    leader: Server | None = durable(None)
    loaded: bool = durable(False)  # the leader is busy with what it took over, and answers late


class Server(Process):
    @action
    def take_over(self) -> None:
        "This one has not heard of the leader in time: it does not know whether the leader is dead, or slow."
        require(view.leader is None or (view.leader is not self and view.loaded))
        view.leader = self
        view.loaded = not CALM

    @action
    def catch_up(self) -> None:
        require(view.leader is self and view.loaded)
        view.loaded = False

    @action
    def beat(self) -> None:
        require(view.leader is self and not view.loaded)


view = View.single()
servers = Group(Server, 2)


@always
def one_leader() -> bool:
    return sum(view.leader is s for s in servers) <= 1


@always_eventually
def there_is_rest() -> bool:
    "Again and again the leader is not loaded."
    return view.leader is not None and not view.loaded


@eventually_always
def it_settles() -> bool:
    "In the end nobody takes over any more."
    return view.leader is not None and not view.loaded


heartbeats = progress(Server.beat)

presets = [
    Preset("default", fairness="weak", violates={there_is_rest: 3, it_settles: 3, heartbeats: 3}, holds=[one_leader]),
    Preset("who catches up in time", fairness="strong", holds=[one_leader, there_is_rest, it_settles, heartbeats]),
    Preset("calm", params={"CALM": True}, fairness="weak", holds=[one_leader, there_is_rest, it_settles, heartbeats]),
]
