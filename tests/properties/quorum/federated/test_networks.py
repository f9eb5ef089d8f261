"""Networks as they are published: their files, their size, what is wrong with them, and what is said of them."""

from __future__ import annotations

import copy
import json
import time
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from quorate.cli import main
from quorate.language.errors import UsageError
from quorate.properties.quorum.federated.analysis import analyse
from quorate.properties.quorum.federated.trust import Network, QuorumSet
from quorate.properties.quorum.federated.trust_file import from_file
from quorate.properties.quorum.theorems.proof import Verdict
from tests.properties.quorum.federated.networks import NETWORK, stellar
from tests.properties.quorum.test_documents import faults

if TYPE_CHECKING:
    from collections.abc import Callable

STELLAR_CORE = {"nodes": [{"node": x, "qset": {"t": 2, "v": ["a", "b", {"t": 1, "v": ["c", "d"]}]}} for x in "abcd"]}
THREE_APART = [
    {"publicKey": x, "quorumSet": {"threshold": 2, "validators": list(side)}} for side in ("ab", "cd", "ef") for x in side
]


def test_the_network_of_mobilecoin_of_october_2021() -> None:
    """Ten nodes, each content with 7 of the 9 others: a cluster of 8 of 10, as the analyzer of Florian et al. has it."""
    everyone = (1 << 10) - 1
    found = analyse(Network(tuple(map(str, range(10))), tuple(QuorumSet(7, everyone & ~(1 << i)) for i in range(10))))
    assert found.verdict is Verdict.PROVED
    assert [(f.smallest, f.count) for f in (found.quorums, found.blocking, found.splitting)] == [
        (8, comb(10, 8)), (3, comb(10, 3)), (6, comb(10, 6)),
    ]  # fmt: skip
    assert (found.top_tier, found.core_splitting) == (everyone, 6)


def test_a_hundred_nodes_take_seconds() -> None:
    began = time.process_time()
    found = analyse(stellar(7, 3, 79), timeout=60)
    assert time.process_time() - began < 10
    assert found.verdict is Verdict.PROVED
    assert (found.quorums.smallest, found.quorums.count) == (10, comb(7, 5) * 3**5)
    assert (found.blocking.smallest, found.blocking.count) == (6, comb(7, 3) * 3**3)
    assert (found.core_splitting, cast("int", found.top_tier).bit_count()) == (3, 21)


def test_a_hundred_equals_are_one_class() -> None:
    found = analyse(Network(tuple(map(str, range(100))), (QuorumSet(67, (1 << 100) - 1),) * 100), timeout=60)
    assert (found.quorums.count, found.blocking.count) == (comb(100, 67), comb(100, 34))
    assert len(found.quorums.shown) == 5


@pytest.mark.parametrize("seconds", [0.001, 0.5])
def test_the_time_is_kept(seconds: float) -> None:
    network = stellar(25, 4, 20)
    began = time.process_time()
    found = analyse(network, timeout=seconds)
    assert time.process_time() - began < seconds + 1
    assert found.quorums.count is None
    if seconds < 0.01:
        assert (found.verdict, found.blocking.smallest) == (Verdict.UNKNOWN, None)


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)

    def call(document: object, *arguments: str) -> tuple[int, str, str]:
        Path("nodes.json").write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        with pytest.raises(SystemExit) as stopped:
            main(["quorum", "check", "--fbas", "nodes.json", *arguments])
        out, err = capsys.readouterr()
        return int(cast("int", stopped.value.code) or 0), out, err

    return call


REPORTS: dict[str, tuple[object, list[str], int]] = {
    "nodes": (NETWORK, [], 0),
    "organisations": (NETWORK, ["--group", "organisation", "--show", "all"], 0),
    "countries": (NETWORK, ["--group", "country"], 0),
    "deleted": (NETWORK, ["--delete", "Acme 1,GB"], 0),
    "one_liar": (NETWORK, ["--byzantine", "1"], 0),
    "two_liars": (NETWORK, ["--byzantine", "2", "--show", "1"], 1),
    "stellar_core": (STELLAR_CORE, [], 1),
    "apart": (THREE_APART, [], 1),
    "no_quorum": ([{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a"]}}], [], 3),
    "late": (NETWORK, ["--timeout", "0.001"], 3),
}


@pytest.mark.parametrize("name", REPORTS)
def test_what_is_printed(name: str, run: Callable[..., tuple[int, str, str]], golden: Callable[[str, str], None]) -> None:
    document, options, expected = REPORTS[name]
    code, out, err = run(document, *options)
    assert (code, err) == (expected, "")
    assert max(map(len, out.splitlines())) <= 80
    golden(f"{name}.txt", out)
    code, out, _ = run(document, *options, "--json")
    printed = json.loads(out)
    assert faults(printed, "quorum.schema.json") == []
    assert (code, printed["exit_code"]) == (expected, expected)


def test_documents_name_nodes_by_their_keys(run: Callable[..., tuple[int, str, str]]) -> None:
    _, out, _ = run(NETWORK, "--json")
    printed = json.loads(out)
    assert (printed["unlisted"], printed["without_quorum_set"], len(printed["nodes"])) == (["GMISSING"], ["GW3"], 15)
    assert printed["minimal_quorums"]["sets"][0] == ["GA", "GB", "GD", "GE", "GG", "GH"]
    assert printed["blocking_sets"]["count"] == 54


def test_organisations_may_stand_apart(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "organisations.json").write_text(json.dumps(NETWORK["organizations"]), encoding="utf-8")
    bare = [{k: v for k, v in node.items() if k != "organizationId"} for node in NETWORK["nodes"]]
    apart = run(bare, "--organisations", "organisations.json", "--group", "organisation")
    assert apart == run(NETWORK, "--group", "organisation")


def spoiled(**changes: object) -> object:
    found = copy.deepcopy(NETWORK)
    found["nodes"][0] |= changes
    return found


WRONG: dict[str, tuple[object, list[str], str]] = {
    "not json": ("{", [], "is not JSON"),
    "deep": ("[" * 100_000, [], "nests too deep"),
    "no list": ({"hosts": []}, [], "write a list of nodes"),
    "no node": ([], [], "0 active nodes"),
    "a number": ([1], [], "write a list of nodes"),
    "no key": (spoiled(publicKey=7), [], "each node needs its name"),
    "twice": (spoiled(publicKey="GB"), [], "`GB` stands there twice"),
    "set": (spoiled(quorumSet=[]), [], "node `GA`: its quorum set must be an object"),
    "threshold": (spoiled(quorumSet={"threshold": "2", "validators": []}), [], "`threshold` must be a whole number"),
    "negative": (spoiled(quorumSet={"threshold": -1, "validators": []}), [], "`threshold` must be a whole number"),
    "truth": (spoiled(quorumSet={"threshold": True, "validators": []}), [], "`threshold` must be a whole number"),
    "validators": (spoiled(quorumSet={"threshold": 1, "validators": "GB"}), [], "`validators` must be a list"),
    "validator": (spoiled(quorumSet={"threshold": 1, "validators": [3]}), [], "its validators must be names"),
    "listed twice": (spoiled(quorumSet={"threshold": 1, "validators": ["GB", "GB"]}), [], "`GB` stands twice"),
    "inner": (spoiled(quorumSet={"threshold": 1, "innerQuorumSets": [3]}), [], "its quorum set must be an object"),
    "grouping": (NETWORK, ["--group", "organization"], "did you mean `organisation`?"),
    "no groups": (STELLAR_CORE, ["--group", "country"], "no node says its country"),
    "nobody": (NETWORK, ["--delete", "Acme 9"], "there is no node `Acme 9` (did you mean"),
    "everybody": (STELLAR_CORE, ["--delete", "a,b,c,d"], "leaves no node"),
    "other options": (NETWORK, ["-n", "3"], "-n does not go with it"),
    "a file": (NETWORK, ["cluster.toml"], "a cluster file does not go with it"),
    "show": (NETWORK, ["--show", "few"], "is no number of sets"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_message(name: str, run: Callable[..., tuple[int, str, str]]) -> None:
    document, options, said = WRONG[name]
    code, out, err = run(document, *options)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_options_of_fbas_alone_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["quorum", "check", "-n", "3", "--delete", "a"])
    assert stopped.value.code == 2
    assert "`--delete` goes with `--fbas FILE`" in capsys.readouterr().err


def test_a_node_of_two_organisations_is_refused(tmp_path: Path) -> None:
    nodes, owners = tmp_path / "nodes.json", tmp_path / "owners.json"
    nodes.write_text(json.dumps(THREE_APART), encoding="utf-8")
    owners.write_text(json.dumps([{"name": n, "validators": ["a"]} for n in "xy"]), encoding="utf-8")
    with pytest.raises(UsageError, match="in two organisations"):
        from_file(nodes, owners)
