"""The commands: what they print, their exit codes, and what they say to wrong input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest

from quorate.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Run = tuple[int, str, str]
CLUSTER = """
reads = "a*b + c*d"
byzantine = 0
read_fraction = 0.25

[nodes.a]
zone = "east"
capacity = 100
[nodes.b]
zone = "east"
[nodes.c]
zone = "west"
read_capacity = 50
[nodes.d]
zone = "west"
"""


CASE = (
    '[workload]\n"0.8" = 1\n"0.4" = 3\n'
    "[nodes.a]\nread_capacity = 4000\nwrite_capacity = 2000\nlatency = 1\n"
    "[nodes.b]\nread_capacity = 2000\nwrite_capacity = 1000\nlatency = 1\n"
    "[nodes.c]\nread_capacity = 4000\nwrite_capacity = 2000\nlatency = 3.5\n"
    "[nodes.d]\nread_capacity = 2000\nwrite_capacity = 1000\nlatency = 4\n"
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nodes.toml").write_text(CASE, encoding="utf-8")
    (tmp_path / "case.toml").write_text('reads = "a*b + c*d"\n' + CASE, encoding="utf-8")

    def call(*arguments: str) -> Run:
        with pytest.raises(SystemExit) as stopped:
            main(["quorum", *arguments])
        out, err = capsys.readouterr()
        return int(cast("int", stopped.value.code) or 0), out, err

    return call


REPORTS = {
    "check_majority": ["check", "-n", "5", "-w", "3", "-r", "3"],
    "check_stale": ["check", "-n", "4", "-w", "1", "-r", "2"],
    "check_votes": ["check", "--votes", "a=3,b=1,c=1,d=1", "-r", "3", "-w", "4"],
    "check_zones": ["check", "--zones", "east=3,west=3,south=2"],
    "check_grid": ["check", "--reads", "a*b + c*d", "--goal", "overlap"],
    "check_byzantine": ["check", "-n", "4", "-r", "3", "-w", "3", "--byzantine", "1"],
    "check_witness": ["check", "-n", "3", "--witnesses", "1"],
    "check_hints": ["check", "-n", "5", "-r", "3", "-w", "4", "--hints", "1"],
    "table_3": ["table", "-n", "3"],
    "prove_overlap": ["prove", "w + r > n", "--goal", "overlap"],
    "prove_half": ["prove", "w + r >= n", "--goal", "overlap"],
    "prove_own_sets": ["prove", "3*size(a) > 2*n", "3*size(b) > 2*n", "--goal", "3*size(a & b) > n"],
    "prove_honest": ["prove", "q == n - f", "n >= 3*f + 1", "--goal", "honest"],
    "prove_joint": ["prove", "--system", "joint-consensus"],
    "prove_stake": ["prove", "--system", "stake"],
    "prove_vacuous": ["prove", "w + r > n", "w + r < n"],
    "prove_list": ["prove", "--list"],
    "derive_dynamo": ["derive", "--system", "dynamo", "--certificate"],
    "derive_byzantine": ["derive", "--system", "byzantine"],
    "derive_own": ["derive", "q >= 1", "--goal", "size(quorum & quorum2) >= 2", "--certificate"],
    "committed": ["committed", "--config", "1,2,3", "--index", "1=100,2=101"],
    "committed_joint": ["committed", "--config", "1,2,3", "--joint", "2,3,4", "--index", "1=100,2=101,3=99"],
    "committed_empty": ["committed", "--config", ""],
    "vote": ["vote", "--config", "1,2,3", "--votes", "1=y,3=n"],
    "vote_joint": ["vote", "--config", "1,2,3", "--joint", "10,2", "--votes", "1=y,2=y,10=no"],
    "strategy": ["strategy", "--reads", "a*b*c + d*e*f", "--read-fraction", "0.25"],
    "strategy_limits": ["strategy", "case.toml", "--optimize", "latency", "--load-limit", "1/2000"],
    "strategy_workload": ["strategy", "-n", "5", "--read-fraction", "0.9=10,0.5=20", "--failures", "1"],
    "strategy_uniform": ["strategy", "--reads", "a*b + a*c*e + d*e + d*c*b", "--uniform"],
    "strategy_given": ["strategy", "--reads", "a*b + c*d", "--given-reads", "a*b=2, c*d=1", "--given-writes", "a*c=1"],
    "strategy_none": ["strategy", "-n", "5", "--failures", "4"],
    "search": ["search", "nodes.toml", "--resilience", "1", "--timeout", "60"],
    "search_alike": ["search", "--nodes", "a,b,c", "--read-fraction", "0.9", "--optimize", "network"],
    "search_none": ["search", "--nodes", "a,b,c", "--network-limit", "1", "--resilience", "1"],
    "list": ["list", "--reads", "a*b*c + d*e*f"],
    "list_many": ["list", "-n", "30", "-r", "2", "-w", "29", "--show", "3"],
}
CODES = {
    "strategy_none": 1, "search_none": 1,
    "check_stale": 1, "check_votes": 0, "check_witness": 1, "check_hints": 0, "prove_half": 1, "prove_vacuous": 3,
}  # fmt: skip


@pytest.mark.parametrize("name", list(REPORTS))
def test_what_is_printed(name: str, run: Callable[..., Run], golden: Callable[[str, str], None]) -> None:
    code, out, err = run(*REPORTS[name])
    assert (code, err) == (CODES.get(name, 0), "")
    golden(f"{name}.txt", out)


WRONG = {
    "no_cluster": ["check"],
    "two_clusters": ["check", "-n", "3", "--votes", "a=1"],
    "write_above_n": ["check", "-n", "3", "-w", "4"],
    "read_of_nobody": ["check", "-n", "3", "-r", "0"],
    "no_nodes": ["check", "-n", "0"],
    "zero_votes": ["check", "--votes", "a=0,b=1"],
    "negative_votes": ["check", "--votes", "a=-2,b=1"],
    "votes_that_are_not": ["check", "--votes", "a:2"],
    "votes_twice": ["check", "--votes", "a=2,a=1"],
    "threshold_above_votes": ["check", "--votes", "a=2,b=1", "-w", "4"],
    "empty_zone": ["check", "--zones", "east=0"],
    "syntax": ["check", "--reads", "a*b + "],
    "not_an_operator": ["check", "--reads", "a - b"],
    "threshold_above_members": ["check", "--reads", "choose(4, a, b, c)"],
    "choose_without_a_number": ["check", "--reads", "choose(a, b)"],
    "unknown_rule": ["check", "--reads", "majorty(a, b, c)"],
    "zero_votes_in_an_expression": ["check", "--reads", "weighted(1, a=0, b=1)"],
    "called_attribute": ["check", "--reads", "__import__('os').system('true')"],
    "unknown_goal": ["check", "-n", "3", "--goal", "overlp"],
    "read_fraction": ["check", "-n", "3", "--read-fraction", "2"],
    "witness_who": ["check", "--reads", "alpha*beta", "--witnesses", "alpa"],
    "all_witnesses": ["check", "-n", "3", "--witnesses", "3"],
    "unknown_system": ["prove", "--system", "flexible-paxo"],
    "nothing_to_prove": ["prove"],
    "claim_syntax": ["prove", "w + r >> n >"],
    "not_a_claim": ["prove", "w + r"],
    "product": ["prove", "w * r > n"],
    "unknown_measure": ["prove", "sise(a) > 2"],
    "prove_goal": ["prove", "w > 1", "--goal", "overlp"],
    "both_kinds": ["prove", "w > 1", "--system", "dynamo"],
    "nothing_to_derive": ["derive", "--system", "stake"],
    "large_table": ["table", "-n", "1000"],
    "no_file": ["check", "nowhere.toml"],
    "aim": ["strategy", "-n", "3", "--optimize", "latancy"],
    "limit_on_the_aim": ["strategy", "-n", "3", "--load-limit", "1"],
    "limit": ["strategy", "-n", "3", "--network-limit", "few"],
    "half_given": ["strategy", "-n", "3", "--given-reads", "n1*n2=1"],
    "given_and_best": ["strategy", "-n", "3", "--given-reads", "n1*n2=1", "--given-writes", "n1*n2=1", "--failures", "1"],
    "given_no_quorum": ["strategy", "-n", "3", "--given-reads", "n1=1", "--given-writes", "n1*n2=1"],
    "given_weight": ["strategy", "-n", "3", "--given-reads", "n1*n2", "--given-writes", "n1*n2=1"],
    "given_twice": ["strategy", "-n", "3", "--given-reads", "n1*n2=1,n2*n1=2", "--given-writes", "n1*n2=1"],
    "strategy_that_misses": ["strategy", "-n", "3", "-r", "1", "-w", "1"],
    "strategy_of_liars": ["strategy", "-n", "4", "--byzantine", "1"],
    "share_twice": ["strategy", "-n", "3", "--read-fraction", "0.5=1,1/2=2"],
    "shares_of_nothing": ["strategy", "-n", "3", "--read-fraction", "0.5=0"],
    "search_of_nothing": ["search"],
    "search_of_quorums": ["search", "case.toml"],
    "search_twice": ["search", "--nodes", "a,a"],
    "search_many": ["search", "--nodes", "a,b,c,d,e,f,g,h,i,j,k,l,m"],
    "member_twice": ["vote", "--config", "1,2,1"],
    "no_member": ["committed", "--config", "alpha,beta", "--index", "alpah=3"],
    "index": ["committed", "--config", "1,2", "--index", "1=-3"],
    "large_index": ["committed", "--config", "1,2", "--index", "1=18446744073709551616"],
    "ballot": ["vote", "--config", "1,2", "--votes", "1=maybe"],
    "voted_twice": ["vote", "--config", "1,2", "--votes", "1=y,1=n"],
    "of_nobody": ["vote", "--config", "", "--votes", "1=y"],
    "member_of_no_name": ["vote", "--config", "1,,2"],
}


@pytest.mark.parametrize("name", list(WRONG))
def test_wrong_input_is_one_message(name: str, run: Callable[..., Run], golden: Callable[[str, str], None]) -> None:
    code, out, err = run(*WRONG[name])
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    golden(f"wrong_{name}.txt", err)


FILES = {
    "missing": "reads = 'a'",
    "empty": "[nodes]",
    "unknown_field": "redas = 'a'\n[nodes.a]",
    "unknown_node_field": "[nodes.a]\nvote = 2",
    "unknown_node": "reads = 'alpha * beto'\n[nodes.alpha]\n[nodes.beta]",
    "votes": "[nodes.a]\nvotes = 0",
    "capacity": "[nodes.a]\ncapacity = 'fast'",
    "threshold": "reads = 5\n[nodes.a]\n[nodes.b]",
    "not_toml": "reads = ",
    "not_a_table": "nodes = 3",
}


@pytest.mark.parametrize("name", list(FILES))
def test_a_wrong_cluster_file_is_one_message(
    name: str,
    run: Callable[..., Run],
    golden: Callable[[str, str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cluster.toml").write_text(FILES[name], encoding="utf-8")
    code, out, err = run("check", "cluster.toml")
    assert (code, out) == (2, "")
    golden(f"file_{name}.txt", err)


def test_a_cluster_file_in_toml_and_in_json(run: Callable[..., Run], tmp_path: Path) -> None:
    import tomllib

    toml, twin = tmp_path / "cluster.toml", tmp_path / "cluster.json"
    toml.write_text(CLUSTER, encoding="utf-8")
    twin.write_text(json.dumps(tomllib.loads(CLUSTER)), encoding="utf-8")
    code, out, _ = run("check", str(toml), "--goal", "overlap", "--json")
    assert (code, out) == run("check", str(twin), "--goal", "overlap", "--json")[:2]
    found = json.loads(out)
    assert (code, found["verdict"], found["zones_survived"]) == (0, "proved", [1, 0])
    assert found["load"]["read_fraction"] == "1/4"
    assert found["load"]["exact"] is True


def test_json_documents_say_what_the_text_says(run: Callable[..., Run]) -> None:
    code, out, _ = run("prove", "w + r >= n", "--json")
    document = json.loads(out)
    assert (code, document["format"], document["version"], document["exit_code"]) == (1, "quorate-quorum-proof", 1, 1)
    split = document["lemmas"][0]["split"]
    assert split["nodes"] == ["n1", "n2"]
    assert not set(split["sets"]["read"]) & set(split["sets"]["write"])
    code, out, _ = run("derive", "--system", "majority", "--json", "--certificate")
    assert (code, json.loads(out)["lemmas"][0]["condition"]) == (0, "2Q > N")
    code, out, _ = run("table", "-n", "2", "--json")
    assert [row["stale"] for row in json.loads(out)["rows"]] == ["1/2", "0", "0", "0"]
    code, out, _ = run("check", "-n", "51", "--json")
    checked = json.loads(out)
    assert (code, checked["load"]["load"], checked["resilience"]) == (0, "26/51", 25)


def test_an_answer_that_was_not_found_exits_three(run: Callable[..., Run]) -> None:
    claims = [f"2*size(s{i}) > n" for i in range(9)]
    goal = "size(" + " & ".join(f"s{i}" for i in range(9)) + ") >= 1"
    code, out, _ = run("prove", *claims, "--goal", goal, "--timeout", "0.001")
    assert code == 3
    assert out.splitlines()[1].startswith("unknown")


def test_capitals_are_the_same_numbers(run: Callable[..., Run]) -> None:
    assert run("prove", "W + R > N") == run("prove", "w + r > n")


def test_pictures_are_written_and_repeatable(run: Callable[..., Run], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    png, one, two = tmp_path / "t.png", tmp_path / "one.svg", tmp_path / "two.svg"
    code, _, err = run("table", "-n", "3", "--png", str(png), "--svg", str(one))
    assert (code, err.count("wrote ")) == (0, 2)
    run("table", "-n", "3", "--svg", str(two))
    assert png.read_bytes().startswith(b"\x89PNG")
    assert one.read_text() == two.read_text()
    assert "</svg>" in one.read_text()


def test_a_number_that_nothing_else_is_said_of_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["quorum", "prove", "w + q2r > n"])
    assert exit_.value.code == 1
    assert "nothing else is said of q2r: it may be any count" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (["size(raed) >= r", "w + r > n"], "raed"),
        (["3*size(a) > 2*n", "3*size(b) > 2*n", "--goal", "3*size(a & c) > n"], "b, c"),
        (["votes(a) > 2", "votes(b) > 2", "votes(bb) > 0", "votes(everyone) < 5", "--goal", "size(a & b) >= 1"], "bb"),
        (["size(a & c) > 2", "size(c) < 3", "--goal", "size(a) > 2"], None),
        (["w + r > n"], None),
        (["--system", "lost-update"], None),
    ],
)
def test_a_set_that_nothing_else_is_said_of_is_named(run: Callable[..., Run], arguments: list[str], note: str | None) -> None:
    said = f"nothing else is said of {note}: it may be any set"
    assert (said in run("prove", *arguments)[1]) == (note is not None)
    notes = [n for lemma in json.loads(run("prove", *arguments, "--json")[1])["lemmas"] for n in lemma["notes"]]
    assert notes == ([] if note is None else [said])
