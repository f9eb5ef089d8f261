"""Cluster files: every field is checked, none is ignored, and no file is a crash."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quorate.language.errors import ModelError, QuorateError, UsageError
from quorate.properties.quorum.clusters.cluster import from_zones
from quorate.properties.quorum.clusters.cluster_file import from_file
from quorate.properties.quorum.clusters.load import best_load
from tests.properties.quorum.test_documents import faults

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.properties.quorum.clusters.cluster import Rules

THREE = "[nodes.a]\n[nodes.b]\n[nodes.c]\n"


def read(folder: Path, text: str, name: str = "cluster.toml") -> Rules:
    (folder / name).write_text(text, encoding="utf-8")
    return from_file(folder / name)


WRONG = [
    (
        'reads = 2\nwrites = 2\n[nodes.a]\n[nodes.b]\n[nodes.c]\nwitness = "true"\n',
        ":6: `witness` of node `c` must be true or false",
    ),
    ("[nodes.a]\nwitness = 1\n[nodes.b]\n", ":2: `witness`"),
    ("[nodes.a]\nwitness = true\n[nodes.b]\nwitness = true\n", "all 2 nodes are witnesses"),
    ("[nodes.a]\nzone = 3\n", ":2: `zone` of node `a` must be a name in quotes"),
    ('[nodes.a]\nzone = ""\n', "`zone`"),
    ("[nodes.a]\nvotes = true\n", "`votes`"),
    ("[nodes.a]\nvotes = 1.0\n", "`votes`"),
    ("[nodes.a]\nvotes = 99999999999999999999999\n", "so large a number"),
    ('[nodes.a]\nvotes = "1"\n', "`votes`"),
    ("[nodes.a]\ncapacity = true\n", "`capacity`"),
    ("[nodes.a]\ncapacity = nan\n", "`capacity`"),
    ("[nodes.a]\ncapacity = inf\n", "`capacity`"),
    ("[nodes.a]\ncapacity = -1\n", "`capacity`"),
    (
        "[nodes.a]\ncapacity = 1e-20\n[nodes.b]\n",
        ":2: `capacity` of node `a` is 1e-20 where node `b` has 1",
    ),
    ("[nodes.a]\ncapacity = 1e-309\n[nodes.b]\n", ":2: `capacity`"),
    ("[nodes.a]\nread_capacity = 1e300\n[nodes.b]\n", "more than a factor of"),
    ("read_fraction = true\n" + THREE, ":1: `read_fraction`"),
    ("read_fraction = [1]\n" + THREE, "`read_fraction`"),
    ("read_fraction = 1.5\n" + THREE, "`read_fraction`"),
    ("byzantine = 4\n" + THREE, ":1: `byzantine` must be a whole number from 0 to 3"),
    ("byzantine = -1\n" + THREE, "`byzantine`"),
    ("byzantine = true\n" + THREE, "`byzantine`"),
    ("hints = 1.5\n" + THREE, "`hints`"),
    ("hints = 4\n" + THREE, "`hints`"),
    ("reads = true\n" + THREE, "`reads`"),
    ("reads = 1.5\n" + THREE, "`reads`"),
    ("reads = []\n" + THREE, "`reads`"),
    ("reads = 0\n" + THREE, "reads 0"),
    ("reads = -1\n" + THREE, "reads"),
    ('reads = "a*b"\n' + THREE, ":4: `c` is part of no quorum"),
    ('reads = "a*b*c"\n[nodes.a]\nvotes = 2\n[nodes.b]\n[nodes.c]\n', ":3: `votes` of node `a` goes with counts"),
    ('[nodes.""]\n', "is no name of a node"),
    ("[nodes.a]\nwitnes = true\n", ":2: `witnes` of node `a` is not a field (did you mean `witness`?)"),
    ("byzantin = 1\n" + THREE, ":1: `byzantin` is not a field (did you mean `byzantine`?)"),
    ("nodes = []\n", ":1: `nodes` must be a table"),
    ("[nodes]\na = 1\n", ":2: `a` must be a table"),
    ("", "`nodes` is missing"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(QuorateError) as refused:
        read(tmp_path, text)
    assert said in str(refused.value)
    assert refused.value.exit_code == 2


# What a schema cannot say: it depends on other nodes, or JSON has no such number.
BEYOND = (
    "all 2 nodes", "is part of no", "goes with counts", "where node `b`", "from 0 to 3", "hints = 4", "votes = 1.0",
    "1e-309", "1e300", "nan", "= inf", "needs a share", "twice", "stands in for",
)  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_the_schema_refuses_the_same(text: str, said: str) -> None:
    assert faults(tomllib.loads(text), "cluster.schema.json") or any(part in text + said for part in BEYOND)


def test_a_file_of_the_right_types_is_read_whole(tmp_path: Path) -> None:
    rules = read(
        tmp_path,
        'reads = 2\nwrites = 2\nbyzantine = 1\nhints = 1\nread_fraction = "1/4"\n'
        '[nodes.a]\nzone = "east"\ncapacity = 3\n[nodes.b]\nread_capacity = 2.5\n[nodes.c]\nwitness = true\n',
    )
    assert (rules.byzantine, rules.hints, rules.read_fraction) == (1, 1, Fraction(1, 4))
    assert (rules.witnesses, rules.zone_of, rules.counts) == (frozenset("c"), {"a": "east"}, (3, 2, 2))
    assert [float(s.reads) for s in rules.speeds.values()] == [3.0, 2.5, 1.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"nodes": {"a": {}}, "nodes": {"b": {}}}', "`nodes` stands there twice"),
        ('{"nodes": {"a": {"capacity": NaN}}}', "`capacity`"),
        ('{"nodes": {"a": {"capacity": Infinity}}}', "`capacity`"),
        ("[" * 100_000, "nests too deep"),
        ('{"nodes": {"a": {"votes": ' + "9" * 5000 + "}}}", "is not JSON"),
        ("[]", "must hold a table"),
        ('{"nodes": {"a": null}}', "`a` must be a table"),
        ('{"reads": null, "nodes": {"a": {}}}', "`reads` must be"),
    ],
)
def test_json_is_held_to_the_same(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(QuorateError) as refused:
        read(tmp_path, text, "cluster.json")
    assert said in str(refused.value)


def test_zones_are_counted_before_they_are_made() -> None:
    with pytest.raises(QuorateError, match="cannot be checked"):
        from_zones({"east": 10**12}, None, None)


def test_the_load_scales_with_the_capacities(tmp_path: Path) -> None:
    one, small = (
        read(tmp_path, f"[nodes.a]\ncapacity = {c}\n[nodes.b]\ncapacity = {c}\n[nodes.c]\ncapacity = {c}\n")
        for c in ("1", "1e-30")
    )
    plain, tiny = (best_load(r.reads, r.writes, r.read_fraction, r.speeds) for r in (one, small))
    assert (tiny.exact, tiny.load, tiny.capacity) == (True, plain.load * 10**30, plain.capacity / 10**30)


WHOLE = {
    "reads": 2,
    "writes": "majority(a, b, c)",
    "byzantine": 0,
    "hints": 1,
    "read_fraction": 0.25,
    "nodes": {
        "a": {"votes": 1, "latency": 2.5, "zone": "x", "witness": False},
        "b": {"capacity": 2.5},
        "c": {"read_capacity": 3},
    },
}
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["a", "a*b", "choose(2, a, b)"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def changed(document: object, at: list[int], value: object) -> object:
    """Return the document with one part of it, found by walking down, replaced or left out."""
    if not isinstance(document, dict) or not document or not at:
        return value
    key = sorted(document)[at[0] % len(document)]
    rest = {k: v for k, v in document.items() if k != key}
    return rest if at[0] < 0 else {**rest, key: changed(document[key], at[1:], value)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.lists(st.integers(-3, 9), max_size=3), value=ODD, key=st.text(max_size=6))
def test_a_mutated_file_is_read_or_refused(tmp_path: Path, at: list[int], value: object, key: str) -> None:
    for document in (changed(WHOLE, at, value), {**WHOLE, key: value}):
        with suppress(UsageError, ModelError):  # what is wrong with a file, with exit code 2; anything else is a crash
            read(tmp_path, json.dumps(document), "cluster.json")
            assert faults(document, "cluster.schema.json") == []
