"""What is no history is refused: where, what, and what was expected; exit code 2, and never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.running import Runner

BEGIN = "{:process 0, :type :invoke, :f :write, :value 1}\n"
FILES: dict[str, tuple[str, str]] = {
    "begins_twice": ("register", BEGIN + BEGIN),
    "ends_what_never_began": ("register", "{:process 3, :type :ok, :f :write, :value 1}"),
    "ends_as_another": ("register", BEGIN + "{:process 0, :type :ok, :f :read, :value 1}"),
    "ends_with_another_value": ("register", BEGIN + "{:process 0, :type :ok, :f :write, :value 2}"),
    "unknown_function": ("register", "{:process 0, :type :invoke, :f :wirte, :value 1}"),
    "wrong_arity": ("cas-register", "{:process 0, :type :invoke, :f :cas, :value [1]}"),
    "wrong_type": ("counter", '{:process 0, :type :invoke, :f :add, :value "one"}'),
    "read_with_a_value": ("register", "{:process 0, :type :invoke, :f :read, :value 1}"),
    "read_without_a_result": ("register", "{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read}"),
    "no_key": ("key-value", "{:process 0, :type :invoke, :f :get, :value nil}"),
    "some_keys": (
        "register",
        "{:process 0, :type :invoke, :f :read, :key 1, :value nil}\n{:process 1, :type :invoke, :f :read, :value nil}",
    ),
    "unknown_type": ("register", "{:process 0, :type :begin, :f :read, :value nil}"),
    "no_process": ("register", "{:type :invoke, :f :read, :value nil}"),
    "inexact": ("register", "{:process 0, :type :invoke, :f :write, :value 0.1}"),
    "time_goes_back": (
        "register",
        "{:process 0, :type :invoke, :f :read, :time 12}\n{:process 0, :type :ok, :f :read, :value 3, :time 11}",
    ),
    "set_names_twice": (
        "set",
        "{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value [1 2 1]}",
    ),
    "edn_not_closed": ("register", "[{:process 0, :type :invoke\n"),
    "edn_closed_wrongly": ("register", "{:process 0, :type :invoke]"),
    "edn_odd_map": ("register", "{:process 0, :type}"),
    "edn_twice": ("register", "{:process 0, :process 1}"),
    "edn_tag": ("register", '{:process 0, :type :invoke, :f :write, :value #inst "2020-01-01"}'),
    "edn_no_map": ("register", "{:process 0, :type :invoke, :f :read, :value nil}\n:end"),
    "edn_after_the_end": ("register", "[]\n{:process 0}"),
    "edn_string": ("register", '{:process 0, :type :invoke, :f :write, :value "a'),
    "edn_ratio": ("register", "{:process 0, :type :invoke, :f :write, :value 1/2}"),
    "edn_deep": ("register", "{:process 0, :value " + "[" * 60),
    "json_syntax": ("register", '{"process": 0, "type": "invoke" "f": "read"}'),
    "json_unknown_member": ("register", '{"process": 0, "type": "invoke", "f": "read", "vlaue": 1}'),
    "json_twice": ("register", '{"process": 0, "process": 1}'),
    "json_no_object": ("register", '{"process": 0, "type": "invoke", "f": "read"}\n[1]'),
    "json_object_as_value": ("register", '{"process": 0, "type": "invoke", "f": "write", "value": {"a": 1}}'),
    "log_short": ("register", "INFO  jepsen.util - 0\t:invoke\t:read\n"),
    "log_long": ("register", "INFO  jepsen.util - 0\t:invoke\t:write\t1\t:timeout\t2\n"),
    "sketch_no_client": ("register", "a: [write 1]\n[write 2]"),
    "sketch_two_arguments": ("register", "a: [write 1 2]"),
    "no_format": ("register", "hello\n"),
    "empty": ("register", ""),
}
OPTIONS: dict[str, list[str]] = {
    "no_file": ["--object", "register"],
    "no_object": ["history.edn"],
    "unknown_object": ["history.edn", "--object", "regsiter"],
    "unknown_guarantee": ["history.edn", "--object", "register", "--guarantee", "lineariseable"],
    "unknown_format": ["history.edn", "--object", "register", "--format", "jsno"],
    "wrong_format": ["history.edn", "--object", "register", "--format", "json"],
    "missing_file": ["nowhere.edn", "--object", "register"],
    "initial": ["history.edn", "--object", "counter", "--initial", "nil"],
    "initial_two": ["history.edn", "--object", "counter", "--initial", "1 2"],
    "keyed": ["history.edn", "--object", "register", "--keyed"],
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_refused(
    name: str, quorate: Runner, golden: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target, text = FILES[name]
    (tmp_path / "history").write_text(text, encoding="utf-8")
    ran = quorate("history", "history", "--object", target)
    assert (ran.code, ran.out) == (2, "")
    golden(f"bad_{name}.txt", ran.err)


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_refused(
    name: str, quorate: Runner, golden: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "history.edn").write_text(BEGIN, encoding="utf-8")
    ran = quorate("history", *OPTIONS[name])
    assert (ran.code, ran.out) == (2, "")
    golden(f"wrong_{name}.txt", ran.err)


def test_what_is_no_text_is_refused(quorate: Runner, tmp_path: Path) -> None:
    (tmp_path / "history").write_bytes(b"\xff\xfe{}")
    ran = quorate("history", str(tmp_path / "history"), "--object", "register")
    assert ran.code == 2
    assert "UTF-8" in ran.err


def test_a_number_of_any_length_and_brackets_of_any_depth_are_refused(quorate: Runner, tmp_path: Path) -> None:
    texts = {
        "long.edn": "{:process 0, :type :invoke, :f :write, :value " + "9" * 5000 + "}",
        "long.json": '{"process": 0, "type": "invoke", "f": "write", "value": ' + "9" * 5000 + "}",
        "deep.json": '{"process": 0, "type": "invoke", "f": "write", "value": ' + "[" * 200 + "]" * 200 + "}",
        "deeper.json": '{"process": 0, "type": "invoke", "f": "write", "value": ' + "[" * 90000,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        ran = quorate("history", str(tmp_path / name), "--object", "register")
        assert (ran.code, ran.out) == (2, ""), name
        assert f"{name}:1:" in ran.err


def test_strange_characters_are_shown_as_escapes(quorate: Runner, tmp_path: Path) -> None:
    lines = ["\\u0000\\ud800\u202e", "read"]
    text = f'{{"process": 0, "type": "invoke", "f": "write", "value": "{lines[0]}"}}\n{{"process": 0, "type": "ok"}}\n'
    text += '{"process": 0, "type": "invoke", "f": "read"}\n{"process": 0, "type": "ok", "f": "read", "value": null}\n'
    (tmp_path / "strange").write_text(text, encoding="utf-8")
    picture = tmp_path / "why.svg"
    ran = quorate("history", str(tmp_path / "strange"), "--object", "register", "--svg", str(picture))
    assert ran.code == 1
    assert "\\u0000\\ud800\\u202e" in ran.out
    assert "\\u0000\\ud800\\u202e" in picture.read_text(encoding="utf-8")
