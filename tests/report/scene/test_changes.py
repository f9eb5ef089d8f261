from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.report.scene.changes import changes, short, show
from tests.report.stories import message

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Json


def phrases(before: Json, after: Json) -> list[str]:
    return [change.text("->") for change in changes("x", before, after)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (3, "3"),
        ("LEADER", "LEADER"),
        ([1, 2], "[1, 2]"),
        ({"set": ["Server 1", "Server 2"]}, "{Server 1, Server 2}"),
        ({"tuple": [1]}, "(1,)"),
        ({"dict": [["Server 1", 2]]}, "{Server 1: 2}"),
        (
            message("Replicate", entry=message("Entry", key="x", value=1), index=0),
            "Replicate(entry=Entry(key=x, value=1), index=0)",
        ),
    ],
)
def test_values_read_as_in_the_source(value: Json, text: str) -> None:
    assert show(value) == text


def test_a_short_value_has_no_names_of_fields() -> None:
    assert short(message("Replicate", entry=message("Entry", key="x", value=1), index=0)) == "Replicate(Entry(x, 1), 0)"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 1, []),
        (1, 2, ["x 1 -> 2"]),
        ({"set": [1]}, {"set": [1, 2, 3]}, ["x + 2, 3"]),
        ({"set": [1, 2]}, {"set": [1]}, ["x - 2"]),
        ({"set": [1]}, {"set": []}, ["x {1} -> {}"]),
        ({"set": [1]}, {"set": [2]}, ["x {1} -> {2}"]),
        ([1], [1, 2], ["x + 2"]),
        ([1, 2], [1], ["x - 2"]),
        ([1, 2], [1, 3], ["x[1] 2 -> 3"]),
        ([1, 2], [3], ["x [1, 2] -> [3]"]),
        ([message("Entry", term=1)], [message("Entry", term=2)], ["x[0].term 1 -> 2"]),
        ({"dict": [["a", 1]]}, {"dict": [["a", 2], ["b", 3]]}, ["x[a] 1 -> 2", "x[b] -> 3"]),
        ({"dict": [["a", 1], ["b", 1]]}, {"dict": [["b", 1]]}, ["x - a"]),
        (None, message("Vote", term=1), ["x None -> Vote(term=1)"]),
    ],
)
def test_only_what_changed_is_said(before: Json, after: Json, expected: list[str]) -> None:
    assert phrases(before, after) == expected


def test_the_old_value_gives_way_where_there_is_no_room() -> None:
    (change,) = changes("role", "FOLLOWER", "CANDIDATE")
    assert change.text("->", room=len("role FOLLOWER -> CANDIDATE")) == "role FOLLOWER -> CANDIDATE"
    assert change.text("->", room=len("role FOLLOWER -> CANDIDATE") - 1) == "role -> CANDIDATE"
