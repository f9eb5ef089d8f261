"""Every entry of the table in both engines against plain Python; `table.py` says what the classes mean."""

from __future__ import annotations

from functools import cache

import pytest

from tests.language.against_python.judgement import Judgement, judged
from tests.language.against_python.table import Entry, entries

BATCH = 150  # steps in one model: compiling is most of the time
TABLE = [*entries("expressions.txt"), *entries("statements.txt")]
RUN = [e for e in TABLE if e.expected not in {"refused", "fallback"}]
WRONG = pytest.mark.xfail(strict=True, raises=AssertionError, reason="the engines differ from Python")


@pytest.fixture(autouse=True)
def _compiled_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CFLAGS", "-O0")


@cache
def batch(number: int) -> dict[Entry, Judgement]:
    return judged(RUN[number * BATCH : (number + 1) * BATCH])


def judgement(entry: Entry) -> Judgement:
    return batch(RUN.index(entry) // BATCH)[entry] if entry in RUN else judged([entry])[entry]


@pytest.mark.parametrize("entry", [pytest.param(e, id=e.name, marks=WRONG if e.expected == "WRONG" else ()) for e in TABLE])
def test_an_entry_is_what_the_table_says(entry: Entry) -> None:
    found = judgement(entry)
    if entry.expected == "WRONG":
        assert found.word != "WRONG", found.because
    else:
        assert found.word == entry.expected, found.because


def test_the_table_is_as_large_as_it_should_be() -> None:
    assert sum(e.is_expression for e in TABLE) >= 200
    assert sum(not e.is_expression for e in TABLE) >= 120
