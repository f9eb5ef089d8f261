"""Commands, models and files that nobody should give, each made from a seed: of every parameter of every command, by its sort.

`python -m tests.cli.hostile --seconds 600` tries fresh ones for as long as one likes; `--seed N` tries one again and shows it.
Read next: `test_hostile.py`, which tries the same few hundred every time.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
import tempfile
import time
import warnings
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any, cast

import click

from quorate.cli import quorate, run
from tests.cli.running import CHATTER, LOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

PATIENCE = 60  # seconds for one command
BIG = "1" + "0" * 26
WORDS = (
    "", " ", "0", "-1", "1", "2", "3", "007", "1.5", BIG, "-" + BIG, "nan", "inf", "-inf", "1e309", "1e-309",
    "1e999999999", "1/0", "1/3", "²", "٣", "True", "none", "any", "all", "default", "x", "x=", "=x", "=", "a=1,b=2",
    "clients=2", "CLIENTS=x", "a=²", f"a={BIG}", "rounds=-1", "crash=1", "crash=1 of Server,restart=any",
    "crash=any of nobody", "drop=1,drop=1", "cut=-1", ",", ",,", "w + r > n", "w + r >", "size(", "a*b",
    "a*b + choose(2, c, d)", "((((", "a,b", "dynamo", "one-leader", "mutual_exclusion", "Server.holder",
    "\x1b[31mred\x1b[0m", "\x07", "\t", "a\nb", "\r", "\x7f", "\udcff", "x\udc80y", "\u202e", "é測", "\ufeff",
    "x" * 5000, "(" * 3000, ".", "..", "/", "//", "~", "/dev/null", "/dev/full", "/nonexistent/x", "missing.json",
    "folder", "./folder", "model.py", "./model.py", "trace.json", "cluster.toml", "cluster.json", "picture.svg", "-",
    "--x", "-x", "%s%n", "{}", "{0}", "$HOME", "'", '"', "`x`", "[red]", "raft", "./lock.py", "1s", "30", "5m", "1k", "4G",
    "1 of clients", "0x10", "1_0", "+1", "1,2",
)  # fmt: skip
EXPRESSIONS = (
    "None", "True", "0", "-1", "1", "2", "1.5", "float('nan')", "10**30", "10**5000", "-(2**70)", "1j", "''", "'x'",
    "b'x'", "'default'", "'all'", "'a\\nb'", "'\\x1b[31m'", "'\\udcff'", "'1 of nodes'", "'any'", "'set'", "'fifo'",
    "'allowed'", "[]", "[None]", "[[]]", "()", "(1,)", "{}", "{'N': 2}", "{'N': None}", "{'N': 'x'}", "{1: 2}",
    "{None: 1}", "set()", "{1}", "frozenset({1})", "fine", "[fine]", "[fine, fine]", "(fine,)", "['fine']",
    "{fine: 1}", "{fine: -1}", "{fine: 'x'}", "{'fine': 1.5}", "[lambda: 0]", "lambda: 0", "len", "int", "object()",
    "Node", "nodes", "nodes[0]", "[nodes]", "Color", "Color.RED", "Hello", "Hello(1)", "Faults()", "Faults",
    "Faults(crash=1)", "Faults(crash='x of y')", "Faults(drop=True)", "Faults(cut=None)", "Faults(heal=1.5)",
    "Preset('x')", "range(3)", "range(10**30)", "iter([])", "(x for x in [1])", "print", "__import__('math')",
    "NotImplemented", "...", "Fraction(1, 2)", "Range(0, 1)", "Max(1)",
)  # fmt: skip
MODEL = '''"""One node."""
from __future__ import annotations
from enum import Enum
from fractions import Fraction
from typing import Annotated
from quorate import (Faults, Group, Max, Message, Preset, Process, Range, action, always, durable, ghost, param, receive,
                     require, volatile)
N = param({param}, {about}, choices={choices})
class Color(Enum):
    RED = {red}
    BLUE = "blue"
class Hello(Message):
    number: Annotated[int, Range({low}, {high})]
class Node(Process):
    on: bool = {storage}({on})
    color: Color = durable({color})
    log: Annotated[list[int], Max({most})] = durable({log})
    @action
    def turn(self) -> None:
        require(not self.on)
        self.on = True
    @receive
    def hello(self, m: Hello) -> None:
        require(m.number == 0)
nodes = Group({kind}, {size})
@always
def fine() -> bool:
    return any(n.on for n in nodes) or True
presets = {presets}
'''
USUAL = {
    "param": "1", "about": "'how many'", "choices": "None", "red": "1", "low": "0", "high": "1",
    "storage": "volatile", "on": "False", "color": "Color.RED", "most": "2", "log": "[]", "kind": "Node",
    "size": "2", "presets": "[Preset('default')]",
}  # fmt: skip
PRESET = ("params", "faults", "network", "capacity", "holds", "violates", "states", "depth", "about", "stuck", "nothing")
PLAIN: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 1.5, 1e-309, 10**30, -(2**70), "", "x", "a\nb", "\udcff", "é", [], [1], ["x"], [[]],
    {}, {"x": 1}, {"": None},
)  # fmt: skip
CLUSTER: dict[str, object] = {
    "nodes": {
        "a": {"votes": 2, "zone": "east", "capacity": 10},
        "b": {"zone": "west", "read_capacity": 5, "write_capacity": 2},
        "c": {"zone": "west", "witness": True},
    },
    "reads": "a*b + c",
    "writes": "a*b",
    "byzantine": 0,
    "hints": 0,
    "read_fraction": 0.5,
}
PROTOCOLS = tuple(
    (Path(file).name, Path(file).read_bytes()) for file in (LOCK, CHATTER)
)  # copies: a command may write anywhere
LIMITS = {
    "check": ("--engine", "reference", "--max-states", "40", "--time", "5s"),
    "simulate": ("--engine", "reference", "--walks", "3", "--depth", "9", "--time", "5s"),
    "profile": ("--engine", "reference", "--max-states", "40", "--time", "1s"),
    "graph": ("--max-states", "40", "--time", "5s"),
    "explore": ("--text",),
    "quorum": ("--timeout", "1"),
    "prove": ("--timeout", "1"),
}
LEFT_OUT = {"help", "version", "browse", "port", "debug", "as_json"}  # they end, wait, or are given apart


@dataclass(frozen=True, slots=True)
class Trial:
    """A command, in a folder with these files beside it."""

    words: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def is_json(self) -> bool:
        return "--json" in self.words

    def __str__(self) -> str:
        shown = [f"-- {name}\n{data.decode(errors='backslashreplace')}" for name, data in self.files]
        return "\n".join([shlex.join(self.words).encode(errors="backslashreplace").decode(), *shown])


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command ended with, and printed."""

    code: int
    out: str
    err: str

    def wrong(self, trial: Trial) -> str | None:
        """Return what no command may do, if this one did it."""
        said = self.out + self.err
        if self.code not in {0, 1, 2, 3} or "Quorate itself failed" in said or "Traceback" in said:
            return f"exit {self.code}: {self.err.strip()[-600:]}"
        if self.code == 2 and not self.err.strip() and not self.out.strip():
            return "exit 2 without a word"
        try:
            return None if not trial.is_json or isinstance(json.loads(self.out), dict) else "no JSON object"
        except ValueError as error:
            return f"no JSON: {error}: {self.out[:200]!r}"


def trial(seed: int, saved: str) -> Trial:
    """Return the trial of a seed. `saved` is the text of a trace that is whole."""
    random = Random(seed)
    made: tuple[Callable[[Random, str], Trial], ...] = (of_words, of_words, of_words, of_model, of_cluster, of_trace)
    return random.choice(made)(random, saved)


def tried(made: Trial) -> Ran:
    """Run a trial in this process, in a folder of its own."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8", "backslashreplace") for _ in range(2))
    with tempfile.TemporaryDirectory() as folder, chdir(folder), redirect_stdout(out), redirect_stderr(err), patience():
        Path("folder").mkdir()
        for name, data in made.files:
            Path(name).write_bytes(data)
        stdin, sys.stdin = sys.stdin, StringIO()
        try:
            code = run(list(made.words))
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            sys.stdin = stdin
    texts = [stream.buffer.getvalue().decode() for stream in (flushed(out), flushed(err))]
    return Ran(code, *texts)


def flushed(stream: TextIOWrapper) -> Any:
    stream.flush()
    return stream


@contextmanager
def patience() -> Generator[None]:
    """Errors: TimeoutError where a command goes on and on."""

    def late(*_: object) -> None:
        raise TimeoutError(f"more than {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# -- commands ---------------------------------------------------------------------------------------------------------


def commands(group: click.Group = quorate, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def of_words(random: Random, saved: str) -> Trial:
    """A command with a few of its parameters, most of them wrong."""
    path, command = random.choice(list(commands()))
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    options = [p for p in command.params if isinstance(p, click.Option) and p.name not in LEFT_OUT]
    words = [word for p in arguments for word in argument(random, p)]
    for option in random.sample(options, min(len(options), random.choice([0, 1, 1, 2, 3]))):
        words += [random.choice(option.opts), *([] if option.is_flag else [value(random, option)])]
    known = {o for p in options for o in p.opts}
    limits = [w for i, w in enumerate(LIMITS.get(path[0], ())) if (w if w.startswith("-") else LIMITS[path[0]][i - 1]) in known]
    has_json = any(p.name == "as_json" for p in command.params)
    as_json = ["--json"] if has_json and random.random() < 0.6 else []
    model = MODEL.format(**USUAL).encode()
    cluster = json.dumps(CLUSTER).encode()
    files = (("model.py", model), ("trace.json", saved.encode()), ("cluster.json", cluster), *PROTOCOLS)
    return Trial((*path, *words, *limits, *as_json), files)


def argument(random: Random, parameter: click.Argument) -> list[str]:
    usual = {"name": ("./lock.py", "./chatter.py", "./model.py", "one-leader"), "file": ("trace.json", "cluster.json")}
    if random.random() < 0.6 and parameter.name in usual:
        return [random.choice(usual[parameter.name])]
    return [random.choice(WORDS) for _ in range(random.choice([0, 1, 1, 1, 2]))]


def value(random: Random, option: click.Option) -> str:
    if isinstance(option.type, click.Choice) and random.random() < 0.7:
        return str(random.choice(option.type.choices))
    return random.choice(WORDS)


# -- models and files -------------------------------------------------------------------------------------------------


def of_model(random: Random, _: str) -> Trial:
    """A model whose presets and declarations are given values of any type."""
    parts = dict(USUAL)
    fields = random.sample(PRESET, random.choice([0, 1, 1, 2]))
    name = random.choice(["'default'", "'default'", random.choice(EXPRESSIONS)])
    given = ", ".join([name, *(f"{field}={random.choice(EXPRESSIONS)}" for field in fields)])
    other = random.choice(EXPRESSIONS)
    parts["presets"] = random.choice([*[f"[Preset({given})]"] * 6, other, f"[{other}]"])
    for part in random.sample(sorted(USUAL), random.choice([0, 0, 1, 2])):
        parts[part] = random.choice(EXPRESSIONS)
    command: tuple[str, ...] = random.choice([("check",), ("check", "--preset", "all"), ("show",), ("simulate",)])
    words = (command[0], "./model.py", *command[1:], *LIMITS.get(command[0], ()), "--json")
    return Trial(words, (("model.py", MODEL.format(**parts).encode(errors="surrogateescape")),))


def of_cluster(random: Random, _: str) -> Trial:
    text = mutated(random, json.loads(json.dumps(CLUSTER)))
    return Trial(("quorum", "check", "cluster.json", "--timeout", "1", "--json"), (("cluster.json", text),))


def of_trace(random: Random, saved: str) -> Trial:
    text = mutated(random, json.loads(saved))
    shape = random.choice(["text", "mermaid", "plantuml", "svg", "tikz", "shiviz", "itf", "json"])
    shown = ("trace", "--format", shape)
    command = random.choice([shown, (*shown, "--no-replay"), ("trace", "--html", "x.html"), ("explain",)])
    return Trial((command[0], "trace.json", *command[1:]), (("trace.json", text), *PROTOCOLS))


def mutated(random: Random, document: object) -> bytes:
    """Return a JSON document with some things in it changed, and the text of it perhaps cut."""
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        change(random, document)
    text = json.dumps(document).encode()
    match random.randrange(12):
        case 0:
            return text[: random.randrange(len(text))]
        case 1:
            at = random.randrange(len(text))
            return text[:at] + bytes([random.randrange(256)]) + text[at + 1 :]
        case _:
            return text


def change(random: Random, document: object) -> None:
    """Change one thing somewhere inside: another type, a key less or more, two things exchanged."""
    at: Any = document
    while inside := [v for v in (at.values() if isinstance(at, dict) else at) if isinstance(v, dict | list) and v]:
        if random.random() < 0.3:
            break
        at = random.choice(inside)
    keys: list[Any] = list(cast("dict[str, object]", at)) if isinstance(at, dict) else list(range(len(at)))
    key, other = random.choice(keys), random.choice(keys)
    match random.randrange(5):
        case 0:
            del at[key]
        case 1 if isinstance(at, dict):
            at[random.choice(WORDS)] = deepcopy(random.choice(PLAIN))
        case 1:
            cast("list[object]", at).append(deepcopy(at[key]))
        case 2:
            at[key], at[other] = at[other], at[key]
        case _:
            at[key] = deepcopy(random.choice(PLAIN))


# -- as long as one likes ---------------------------------------------------------------------------------------------


def whole_trace() -> str:
    """Return the text of a saved trace."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace.json"
        words = ("check", "./lock.py", "--preset", "server restarts", "--engine", "reference", "--save", str(file))
        assert tried(Trial(words, PROTOCOLS)).code == 0
        return file.read_text(encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cli.hostile", description="Try commands that nobody should give.")
    parser.add_argument("--seconds", type=float, default=600, help="how long to try fresh ones")
    parser.add_argument("--seed", type=int, help="try this one alone, and show it")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    os.environ["QUORATE_TRACEBACK"] = "1"
    saved, count, failed = whole_trace(), 0, 0
    if asked.seed is not None:
        made = trial(asked.seed, saved)
        ran = tried(made)
        said = ran.wrong(made) or "as it should be"
        sys.stdout.write(f"{made}\n-- exit {ran.code}\n{ran.out}\n-- stderr\n{ran.err}\n{said}\n")
        return int(ran.wrong(made) is not None)
    seed, until = SystemRandom().randrange(10**12), time.monotonic() + asked.seconds
    while time.monotonic() < until:
        made = trial(seed + count, saved)
        wrong = tried(made).wrong(made)
        if wrong:
            failed += 1
            sys.stdout.write(f"seed {seed + count}: {wrong}\n")
            sys.stdout.flush()
        count += 1
    sys.stdout.write(f"{count} tried, {failed} wrong\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
