"""The page of `quorate explore`, served to this machine alone.

What comes in is checked before anything else sees it: the Host (against DNS rebinding), the Origin (against other pages),
and a key that is in the printed address only. There are no files to ask for, and no header lets another origin read anything.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import threading
import webbrowser
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from quorate.explorer.traces.trace_file import to_json
from quorate.explorer.walks.destination import Satisfying, named, violation
from quorate.language.errors import QuorateError, UsageError
from quorate.language.evaluation.condition import condition_of
from quorate.report.pages.viewer import explore_page
from quorate.report.terminal.excursions import document, look, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from quorate.cli.output import Output
    from quorate.explorer.walks.destination import Destination
    from quorate.explorer.walks.excursion import Excursion

HERE = "127.0.0.1"
KEY = "x-quorate-key"
LARGEST = 64 * 1024  # bytes of a request: a condition is short
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; style-src 'nonce-{0}'; style-src-attr 'unsafe-inline'; "
    "script-src 'nonce-{0}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Asked = dict[str, object]  # the body of a request
Answer = dict[str, object]


class Refused(UsageError):
    """A request that does not come from the page. `status` is HTTP's word for why."""

    def __init__(self, what: str, status: int = 403) -> None:
        super().__init__(what)
        self.status = status


@dataclass
class Site:
    """One walk as a page and its requests. One request at a time touches the walk; `stop` goes past them."""

    excursion: Excursion
    port: int
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    turn: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        """Return the address that opens the page."""
        return f"http://{HERE}:{self.port}/?key={self.key}"

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(routes=[Route("/", self.page, methods=["GET"]), Route("/{verb}", self.verb, methods=["POST"])])

    # -- requests ---------------------------------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        try:
            self._check_origin(request)
            self._check_key(request.query_params.get("key", ""))
        except Refused as refused:
            return _plain(refused)
        nonce = secrets.token_urlsafe(18)
        text = explore_page(self.excursion.engine.system.model.name, {"key": self.key}, nonce)
        return HTMLResponse(text, headers={**HEADERS, "Content-Security-Policy": POLICY.format(nonce)})

    async def verb(self, request: Request) -> Response:
        try:
            self._check_origin(request)
            self._check_key(request.headers.get(KEY, ""))
            asked = await _body(request)
            act = _verb(request.path_params["verb"])
            if act is Site.stop:
                return JSONResponse(self.stop(asked), headers=HEADERS)
            return JSONResponse(await run_in_threadpool(self._in_turn, act, asked), headers=HEADERS)
        except Refused as refused:
            return _plain(refused)
        except QuorateError as error:
            return JSONResponse({"error": str(error)}, headers=HEADERS)  # an answer like others: the page shows it

    def _in_turn(self, act: Callable[[Site, Asked], Answer], asked: Asked) -> Answer:
        with self.turn:
            self.stopped.clear()
            return act(self, asked)

    def _check_origin(self, request: Request) -> None:
        known = {f"{HERE}:{self.port}", f"localhost:{self.port}"}
        if request.headers.getlist("host") not in [[host] for host in known]:
            raise Refused("this page is served to this machine alone: open the address that `quorate explore` printed")
        origins = request.headers.getlist("origin")
        if origins and origins != [f"http://{request.headers['host']}"]:
            raise Refused("this page answers no other page")

    def _check_key(self, given: str) -> None:
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            raise Refused("the key is missing or wrong: open the address that `quorate explore` printed")

    # -- what the page asks for -------------------------------------------------------------------------------------------

    def show(self, asked: Asked) -> Answer:
        return document(self.excursion, _number(asked, "point"))

    def look(self, asked: Asked) -> Answer:
        return {"look": look(self.excursion, _number(asked, "point"))}

    def take(self, asked: Asked) -> Answer:
        return document(self.excursion, self.excursion.take(_number(asked, "point"), _number(asked, "step") - 1))

    def mark(self, asked: Asked) -> Answer:
        self.excursion.mark(_text(asked, "name"), _number(asked, "point"))
        return self.look(asked)

    def run(self, asked: Asked) -> Answer:
        to = self._destination(_text(asked, "kind"), _text(asked, "text"))
        number, way = self.excursion.run(_number(asked, "point"), to, self.stopped.is_set)
        found = document(self.excursion, number) if way.edges is not None else {}
        return {**found, "outcome": outcome(to, way)}

    def _destination(self, kind: str, text: str) -> Destination:
        engine = self.excursion.engine
        if kind == "condition":
            return Satisfying(condition_of(engine.system.model, text))
        return named(engine, text) if kind == "named" else violation(engine)

    def trace(self, asked: Asked) -> Answer:
        return {"trace": to_json(self.excursion.trace(_number(asked, "point")))}

    def stop(self, _: Asked) -> Answer:
        self.stopped.set()
        return {}


VERBS: dict[str, Callable[[Site, Asked], Answer]] = {
    "show": Site.show,
    "look": Site.look,
    "take": Site.take,
    "mark": Site.mark,
    "run": Site.run,
    "trace": Site.trace,
    "stop": Site.stop,
}


def _verb(name: str) -> Callable[[Site, Asked], Answer]:
    if name not in VERBS:
        raise Refused("there is nothing here", 404)
    return VERBS[name]


def _plain(refused: Refused) -> Response:
    return PlainTextResponse(f"{refused}\n", status_code=refused.status, headers=HEADERS)


async def _body(request: Request) -> Asked:
    """Return a request's JSON. Errors: Refused for another type (which a form could send), a long or a broken one."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused("a request is `application/json`", 415)
    text = b""
    async for part in request.stream():
        text += part
        if len(text) > LARGEST:
            raise Refused("the request is too long", 413)
    try:
        asked: object = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("the request is not JSON", 400) from None
    if not isinstance(asked, dict):
        raise Refused("the request is not an object", 400)
    return cast("Asked", asked)


def _number(asked: Mapping[str, object], name: str) -> int:
    value = asked.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"`{name}` is not a number", 400)
    return value


def _text(asked: Mapping[str, object], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise Refused(f"`{name}` is not a text", 400)
    return value


# -- serving --------------------------------------------------------------------------------------------------------------


def listening(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone; port 0 is any free one. Errors: UsageError where it is in use."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HERE, port))
        listener.listen()
    except OSError as error:
        listener.close()
        why = (error.strerror or str(error)).lower()
        remedy = "leave out `--port` for one that is free"
        raise UsageError(f"the page cannot be served on port {port}: {why}; {remedy}") from None
    return listener


def server_of(site: Site) -> uvicorn.Server:
    """Return the server of a site, which says nothing of itself and waits a second for requests when it ends."""
    return uvicorn.Server(
        uvicorn.Config(
            site.app(),
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
    )


def serve(excursion: Excursion, port: int, people: Output, *, browse: bool) -> None:
    """Serve the page until Ctrl-C. Errors: UsageError for a port in use, or where no browser can be opened."""
    with listening(port) as listener:
        site = Site(excursion, listener.getsockname()[1])
        people.write(f"exploring {excursion.engine.system.model.name} at {site.address}\nCtrl-C ends it")
        people.stream.flush()
        if browse:
            open_browser(site.address)
        with suppress(KeyboardInterrupt):
            server_of(site).run(sockets=[listener])
        site.stopped.set()


def open_browser(address: str) -> None:
    """Open the page. Errors: UsageError where this machine has no browser that opens."""
    try:
        opened = webbrowser.open(address)
    except webbrowser.Error:
        opened = False
    if not opened:
        raise UsageError("no browser can be opened here: leave out `--open`, and open the printed address yourself")
