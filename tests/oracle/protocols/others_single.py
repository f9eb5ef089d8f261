from __future__ import annotations

from typing import Annotated

from quorate import Group, Preset, Process, Range, action, always, others, require, volatile


class Node(Process):
    peers: Annotated[int, Range(0, 9)] = volatile(0)
    asked: bool = volatile(False)

    @action
    def count(self) -> None:
        require(not self.asked)
        self.asked, self.peers = True, len(others(self))


replicas = Group(Node, 2)
witness = Node.single()


@always
def a_lone_process_has_others() -> bool:
    return not witness.asked or witness.peers > 0


presets = [Preset("default", holds=[a_lone_process_has_others])]
