"""`quorate explore`: the dialogue in the terminal, wrong commands, and who the page answers."""

from __future__ import annotations

import http.client
import io
import json
import signal
import socket
import subprocess
import sys
import webbrowser
from typing import TYPE_CHECKING, Protocol

import pytest

from quorate.cli.protocols.server import KEY
from tests.cli.exploring import excursion, served
from tests.cli.running import LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from quorate.cli.protocols.server import Site
    from tests.cli.running import Ran, Runner


class Script(Protocol):
    """Holds a dialogue of these commands, one a line."""

    def __call__(self, *commands: str) -> Ran: ...


# -- the dialogue ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def script(quorate: Runner, monkeypatch: pytest.MonkeyPatch) -> Script:
    def run(*commands: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(commands) + "\n"))
        return quorate("explore", "--text", LOCK, "--preset", "server restarts")

    return run


def test_the_first_look(script: Script) -> None:
    ran = script()
    assert ran.code == 0
    assert ran.out.rstrip("\n").splitlines() == [
        "point 0, 0 steps from the start: an initial state",
        "  true       mutual_exclusion (always)",
        "  not yet    the_lock_is_taken (sometimes)",
        "   1  Client 1: ask()",
        "        Client 1: asked 0 -> 1",
        "        sends Ask() to Server",
        "   2  Client 2: ask()",
        "        Client 2: asked 0 -> 1",
        "        sends Ask() to Server",
        "   3  crash Server",
    ]


def test_a_script_walks_marks_jumps_and_runs(script: Script) -> None:
    ran = script("1", "mark asked", "2", "undo", "run", "path", "jump asked", "until server.holder is not None", "state")
    assert ran.code == 0
    heads = [text for text in ran.out.splitlines() if text.startswith("point ")]
    assert heads == [
        "point 0, 0 steps from the start: an initial state",
        "point 1, 1 step from the start: Client 1: ask()",
        "point 1 is `asked`",
        "point 2, 2 steps from the start: Client 2: ask()",
        "point 1, 1 step from the start: Client 1: ask()",
        "point 9, 8 steps from the start: Client 2: on_grant(Grant()) from Server",
        "point 1, 1 step from the start: Client 1: ask()",
        "point 3, 2 steps from the start: Server: on_ask(Ask()) from Client 1",
    ]
    assert "a violation: 7 steps on, the fewest there are" in ran.out
    assert "   1  Client 1: ask()  [asked]" in ran.out
    assert "  in flight: Grant() from Server to Client 1\n  faults left: crash 1, restart 1" in ran.out
    assert "because of `a.holds`: a is Client 1, b is Client 2, a.holds is True" in ran.out


def test_a_walk_is_exported_and_shown_again(script: Script, quorate: Runner, tmp_path: Path) -> None:
    file = tmp_path / "walk.json"
    assert script("3", "1", f"export {file}").code == 0
    shown = quorate("trace", str(file))
    assert shown.code == 0
    assert "a walk taken by hand, after 2 steps, 1 fault" in shown.out
    assert json.loads(file.read_text(encoding="utf-8"))["name"] == "(walked)"
    explained = quorate("explain", str(file))
    assert explained.code == 0
    assert "1. Server crashes" in explained.out
    assert "Which steps it takes" not in explained.out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("jmp 1", "there is no command `jmp` (did you mean `jump`?)"),
        ("9", "there is no step 9 here: choose from 1 to 3"),
        ("jump nowhere", "there is no bookmark `nowhere`"),
        ("jump 7", "there is no point 7"),
        ("undo", "there is no step to undo"),
        ("run on_gran", "(did you mean `on_grant`?)"),
        ("until any(c.hods for c in clients)", "condition:1:5: `Client` has no field `hods`"),
        ("until", "there is no condition"),
        ("until __import__('os').system('true') == 0", "`__import__` is not supported"),
        ("mark", "a bookmark has a name"),
        ("export", "`export` needs a file"),
        ("export /nowhere/walk.json", "cannot be saved"),
    ],
)
def test_a_script_stops_at_its_first_wrong_command(script: Script, command: str, said: str) -> None:
    ran = script(command, "1")
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "point 1" not in ran.out


def test_help_lists_every_command(script: Script) -> None:
    out = script("help", "# a remark", "", "quit", "1").out
    assert "  until   go on to a state that satisfies an expression" in out
    assert "point 1" not in out


# -- wrong commands -------------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_one_message(quorate: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = quorate("explore", LOCK, "--port", str(taken.getsockname()[1]))
    assert ran.code == 2
    assert "already in use" in ran.err
    assert "leave out `--port`" in ran.err


@pytest.mark.parametrize("failure", ["none", "refused"])
def test_a_browser_that_does_not_open_is_one_message(quorate: Runner, monkeypatch: pytest.MonkeyPatch, failure: str) -> None:
    def opened(_: str) -> bool:
        if failure == "none":
            raise webbrowser.Error("could not locate runnable browser")
        return False

    monkeypatch.setattr(webbrowser, "open", opened)
    ran = quorate("explore", LOCK, "--open")
    assert ran.code == 2
    assert "no browser can be opened here" in ran.err


def test_text_serves_no_page(quorate: Runner) -> None:
    ran = quorate("explore", LOCK, "--text", "--open")
    assert ran.code == 2
    assert "`--text` serves no page" in ran.err


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "quorate", "explore", LOCK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        host = address.removeprefix("http://").partition("/")[0]
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.request("GET", address.partition(host)[2])
        assert connection.getresponse().status == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


# -- who is answered ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(excursion()) as site:
        yield site


def ask(
    site: Site, method: str, path: str, body: object = None, changed: dict[str, str | None] | None = None
) -> tuple[int, str, dict[str, str]]:
    """Send one request as the page would, but for the headers in `changed`: None leaves one out. Bytes go as they are."""
    host = f"127.0.0.1:{site.port}"
    usual: dict[str, str | None] = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json", KEY: site.key}
    headers = {k: v for k, v in {**usual, **(changed or {})}.items() if v is not None}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    for name, value in {**headers, "Content-Length": str(len(text))}.items():
        connection.putheader(name, value)
    connection.endheaders(text)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()}


def test_the_page_is_given_to_who_has_the_key(site: Site) -> None:
    status, text, headers = ask(site, "GET", f"/?key={site.key}", changed={"Origin": None})
    assert status == 200
    assert text.startswith("<!doctype html>")
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert text.count(f'<script nonce="{nonce}"') == 3
    assert ask(site, "GET", f"/?key={site.key}", changed={"Origin": None})[2]["content-security-policy"] != policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", "[::1]", ""])
def test_another_host_is_refused(site: Site, host: str) -> None:
    assert ask(site, "GET", f"/?key={site.key}", changed={"Host": host, "Origin": None})[0] in {400, 403}
    assert ask(site, "POST", "/look", {"point": 0}, {"Host": host})[0] in {400, 403}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1", ""])
def test_another_origin_is_refused(site: Site, origin: str) -> None:
    status, text, headers = ask(site, "POST", "/look", {"point": 0}, {"Origin": origin})
    assert (status, text) == (403, "this page answers no other page\n")
    assert "access-control-allow-origin" not in headers


def test_localhost_is_this_machine_too(site: Site) -> None:
    host = f"localhost:{site.port}"
    assert ask(site, "POST", "/look", {"point": 0}, {"Host": host, "Origin": f"http://{host}"})[0] == 200


@pytest.mark.parametrize("key", [None, "", "wrong", "\u00e9"])
def test_nothing_is_given_without_the_key(site: Site, key: str | None) -> None:
    assert ask(site, "POST", "/look", {"point": 0}, {KEY: key})[0] == 403
    assert ask(site, "GET", "/", changed={"Origin": None})[0] == 403


def test_there_are_no_files(site: Site) -> None:
    for path in ("/etc/passwd", "/../../etc/passwd", "/%2e%2e/pyproject.toml", "/viewer.js", "/static/viewer.js"):
        assert ask(site, "GET", path)[0] in {404, 405}
        assert ask(site, "POST", path, {})[0] in {404, 405}


def test_a_preflight_grants_nothing(site: Site) -> None:
    preflight: dict[str, str | None] = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    status, _, headers = ask(site, "OPTIONS", "/take", None, preflight)
    assert status == 405
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("raw", "changed", "status"),
    [
        (b"point=0", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"{", {}, 400),
        (b"[" * 30_000, {}, 400),
        (b"[]", {}, 400),
        (b'{"point": true}', {}, 400),
        (b'{"point": "0"}', {}, 400),
        (b" " * 70_000, {}, 413),
    ],
)
def test_a_broken_request_is_refused(site: Site, raw: bytes, changed: dict[str, str | None], status: int) -> None:
    found, text, _ = ask(site, "POST", "/show", raw, changed)
    assert found == status
    assert "Traceback" not in text


def test_a_step_is_taken_and_a_wrong_one_is_said(site: Site) -> None:
    status, text, _ = ask(site, "POST", "/take", {"point": 0, "step": 1})
    assert status == 200
    assert json.loads(text)["story"]["rows"][0]["text"] == "Client 1: ask()"
    status, text, _ = ask(site, "POST", "/take", {"point": 0, "step": 44})
    assert (status, json.loads(text)["error"]) == (200, "there is no step 44 here: choose from 1 to 3")


def test_a_condition_with_an_error_shows_its_caret(site: Site) -> None:
    asked = {"point": 0, "kind": "condition", "text": "any(c.hods for c in clients)"}
    status, text, _ = ask(site, "POST", "/run", asked)
    assert status == 200
    assert json.loads(text)["error"].splitlines()[:3] == [
        "condition:1:5: `Client` has no field `hods` (did you mean `holds`?)",
        "    any(c.hods for c in clients)",
        "        ^",
    ]
