"""The page of `quorate explore` served to a test, from a thread of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from quorate.cli.protocols.server import Site, listening, server_of
from quorate.explorer.check import Request, configure
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.walks.excursion import Excursion
from tests.cli.running import LOCK

if TYPE_CHECKING:
    from collections.abc import Generator


def excursion(model: str = LOCK, preset: str | None = "server restarts") -> Excursion:
    made = configure(Request(model=model, preset=preset))
    return Excursion(ReferenceEngine(made.model, made.setting, made.program))


@contextmanager
def served(walk: Excursion) -> Generator[Site]:
    """Serve a walk on a free port until the test is done."""
    with listening(0) as listener:
        site = Site(walk, listener.getsockname()[1])
        server = server_of(site)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield site
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()
