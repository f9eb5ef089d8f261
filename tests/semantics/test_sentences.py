"""Every sentence of docs/semantics.md is shown by an entry, and every entry shows a sentence that is there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import EngineName, Request, check
from quorate.language.errors import ModelError
from quorate.report.documents.document import document, text
from tests.oracle.held import differences
from tests.oracle.search import explore, explore_preset
from tests.semantics.entries import ROOT, Entry, entries, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

PAGE = sentences((ROOT / "docs" / "semantics.md").read_text(encoding="utf-8"))
ENTRIES = entries()
SHOWN = [e for e in ENTRIES if e.protocol]
ENGINES: list[EngineName] = ["native", "reference"]


def test_every_sentence_is_shown() -> None:
    begun = tuple(begin for entry in ENTRIES for begin in entry.sentences)
    assert [s for s in PAGE if not s.startswith(begun)] == []


def test_every_entry_shows_a_sentence_that_is_there() -> None:
    wrong = [(e.where, begin) for e in ENTRIES for begin in e.sentences if sum(s.startswith(begin) for s in PAGE) != 1]
    assert wrong == []


def test_every_test_that_is_named_is_there() -> None:
    for entry in ENTRIES:
        assert entry.see or entry.protocol, f"{entry.where} shows nothing"
        for named in entry.see:
            file, _, name = named.partition("::")
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}, (entry.where, named)


@pytest.mark.parametrize("entry", SHOWN, ids=[e.where for e in SHOWN])
def test_the_protocol_does_what_the_sentence_says(entry: Entry, tmp_path: Path) -> None:
    path = tmp_path / "protocol.py"
    path.write_text(entry.protocol, encoding="utf-8")
    if entry.refused:
        for engine in ENGINES:
            with pytest.raises(ModelError) as caught:
                check(Request(model=str(path), engine=engine))
            assert entry.refused in str(caught.value)
        return
    found = [check(Request(model=str(path), engine=engine)) for engine in ENGINES]
    for result in found:
        _is_as_said(entry, result)
    assert [_counts(r) for r in found[1:]] == [_counts(r) for r in found[:-1]]
    if not entry.alone:
        _is_as_the_oracle_says(path, found[0])


def _is_as_said(entry: Entry, result: Result) -> None:
    if entry.error:
        assert entry.error in result.error
        assert result.error_trace is not None
        assert result.exit_code == 2
        return
    assert result.error == ""
    assert result.exit_code == entry.exit, [(a.name, a.verdict, a.because) for a in result.answers]
    for words in entry.says:
        assert words in text(document(result))


def _counts(result: Result) -> object:
    exploration = result.exploration
    verdicts = {a.name: (a.verdict.value, a.trace and len(a.trace.moments)) for a in result.answers}
    return exploration.states, exploration.edges, exploration.depth, exploration.terminal, exploration.stuck, verdicts


def _is_as_the_oracle_says(path: Path, result: Result) -> None:
    text = path.read_text(encoding="utf-8")
    preset = result.setup.preset
    outcome = explore_preset(text, preset, copies=True) if preset else explore(text, copies=True)
    assert differences(outcome, document(result)) == []
