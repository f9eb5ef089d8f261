"""Recordings of real systems are judged as is known (Porcupine's test data); and why they are false is told."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.properties.histories.catalogue import GUARANTEES
from quorate.properties.histories.judge import judge, read
from quorate.properties.histories.objects.catalogue import OBJECTS
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import Limits
from tests.properties.histories.small import SOMEWHERE, distinct
from tests.properties.histories.writing import as_edn, as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.properties.histories.record.history import History, Operation
    from tests.cli.running import Runner

FOLDER = Path(__file__).parent / "recordings"
with (FOLDER / "verdicts.csv").open(encoding="utf-8") as known:
    VERDICTS = {row["file"]: row["linearizable"] == "true" for row in csv.DictReader(known)}


def object_of(file: str) -> str:
    return "cas-register" if file.startswith("etcd") else "key-value"


@pytest.mark.parametrize("file", VERDICTS)
def test_it_is_judged_as_is_known(file: str) -> None:
    target = OBJECTS[object_of(file)]
    found = judge(read(str(FOLDER / file), target), target, GUARANTEES["linearizable"], Limits(60))
    assert found.verdict is (Verdict.HOLDS if VERDICTS[file] else Verdict.VIOLATED)
    assert (found.why is None) == VERDICTS[file]


@pytest.mark.parametrize("file", ["etcd_000.log", "etcd_004.log", "c01-bad.txt", "c10-bad.txt"])
def test_what_contradicts_itself_is_told(
    file: str, quorate: Runner, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    ran = quorate("history", file, "--object", object_of(file))
    assert ran.code == 1
    golden(f"violated_{file.partition('.')[0]}.txt", timeless(ran.out))


def timeless(text: str) -> str:
    """Return a report without the times that it says."""
    import re

    return re.sub(r"in\s+[\d.]+\s+m?s", "in 0 ms", re.sub(r"seconds=[\d.]+", "seconds=0", text))


@pytest.mark.parametrize("file", ["etcd_004.log", "c10-ok.txt"])
@pytest.mark.parametrize("write", [as_edn, as_json])
def test_the_other_formats_say_the_same(file: str, write: Callable[[History], str], tmp_path: Path) -> None:
    target = OBJECTS[object_of(file)]
    recorded = read(str(FOLDER / file), target)
    path = tmp_path / "again"
    path.write_text(write(recorded), encoding="utf-8")
    again = read(str(path), target)
    assert elsewhere(again) == elsewhere(recorded)


def elsewhere(history: History) -> list[Operation]:
    """Return the operations without their places; what is no operation's has no time."""
    return [replace(o, where=SOMEWHERE) for o in distinct([*history.operations])]


def test_json_lines_match_their_schema(tmp_path: Path) -> None:
    import jsonschema

    schema = json.loads((Path(__file__).parents[3] / "docs/history.schema.json").read_text(encoding="utf-8"))
    recorded = read(str(FOLDER / "etcd_004.log"), OBJECTS["cas-register"])
    for line in as_json(recorded).splitlines():
        jsonschema.validate(json.loads(line), schema)
