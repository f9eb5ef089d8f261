"""The C runtime on hand-written emitted code, against exact numbers and a slow twin in Python."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.engine import Limits
from quorate.explorer.native.machine import Cost, Counts, Goal, Machine, Plan
from quorate.explorer.native.watching import Orders
from tests.explorer.native.bag import STEPS, Twin, machine

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Progress

FREE = Orders(Limits())
TWINS = [Twin(), Twin(most=4, top=2, budget=2), Twin(most=3, top=4, budget=3, width=3)]


@pytest.fixture(autouse=True)
def strict_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CFLAGS", "-Wall -Wextra -Werror")


def bag(twin: Twin, **more: int) -> Machine:
    return machine("bag", **twin.macros(), **more)


def counted(counts: Counts) -> Counts:
    """Return the counts without what may differ from run to run."""
    return replace(counts, seconds=0.0, peak_bytes=0, frontier=())


@pytest.mark.parametrize(
    ("managers", "states", "edges", "depth"), [(3, 288, 1145, 10), (5, 8832, 58145, 16), (7, 296448, 2744705, 22)]
)
def test_two_phase_commit_has_its_known_numbers(managers: int, states: int, edges: int, depth: int) -> None:
    counts = machine("two_phase_commit", MANAGERS=managers).explore([(0,)], FREE)
    assert (counts.states, counts.edges, counts.depth, counts.cut) == (states, edges, depth, None)
    assert counts.seen == 0b10  # consistent; the witness of a commit by all is there


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("compact", [False, True])
def test_counts_are_those_of_the_twin(twin: Twin, threads: int, compact: bool) -> None:
    counts = bag(twin).explore([twin.words(twin.initial)], Orders(Limits(), threads=threads, compact=compact))
    depths = twin.depths()
    edges = [step for state in depths for step, _ in twin.edges(state)]
    terminal = [state for state in depths if all(step == "lose" for step, _ in twin.edges(state))]
    assert (counts.states, counts.edges, counts.depth) == (len(depths), len(edges), max(depths.values()))
    assert counts.fired == tuple(edges.count(step) for step in STEPS)
    assert (counts.terminal, counts.stuck) == (len(terminal), len(terminal))
    assert counts.seen == 0b1111
    assert counts.exercised == 1
    assert not counts.error


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("threads", [1, 2])
def test_cheapest_ways_are_those_of_the_twin(twin: Twin, threads: int) -> None:
    costs = twin.costs()
    sums = {b for b in costs if sum(b[1]) == twin.most * twin.top - 1}
    witnesses = {b for b in costs if len(b[1]) == twin.most and b[0] == 0}
    ends = {b for b in costs if all(step == "lose" for step, _ in twin.edges(b))}
    goals = [Goal("property", 0), Goal("property", 1), Goal("property", 3), Goal("stuck")]
    marks = bag(twin).shortest([twin.words(twin.initial)], goals, Orders(Limits(), threads=threads))
    for i, found in enumerate((sums, witnesses, ends, ends)):
        faults, steps = min(costs[b] for b in found)
        assert marks.costs[i] == Cost(faults, steps, edge=False)
        on_the_way = {b for b in costs if marks.has(twin.words(b), i, *costs[b])}
        assert on_the_way == twin.on_cheapest_ways(found)
        assert not any(marks.has(twin.words(b), i, costs[b][0], costs[b][1] + 1) for b in costs)


@pytest.mark.parametrize("twin", TWINS)
def test_the_cheapest_way_to_an_edge_ends_before_it(twin: Twin) -> None:
    costs = twin.costs()
    leaving = {b for b in costs if b[0] and b[1] and b[1][0] == twin.top}
    faults, steps = min(costs[b] for b in leaving)
    marks = bag(twin).shortest([twin.words(twin.initial)], [Goal("property", 2)], FREE)
    assert marks.costs == (Cost(faults + 1, steps + 1, edge=True),)
    assert {b for b in costs if marks.has(twin.words(b), 0, *costs[b])} == twin.on_cheapest_ways(leaving)


def test_an_error_ends_the_search_after_its_level_and_has_a_cheapest_way() -> None:
    twin = TWINS[0]
    fragile = bag(twin, FRAGILE=1)
    counts = fragile.explore([twin.words(twin.initial)], FREE)
    depths = twin.depths()
    level = min(depths[b] for b in depths if len(b[1]) == twin.most and twin.top in b[1])
    assert counts.error
    assert counts.depth == level + 1
    assert counts.states == sum(d <= level + 1 for d in depths.values())
    marks = fragile.shortest([twin.words(twin.initial)], [Goal("error")], FREE)
    assert marks.costs == (Cost(0, level + 1, edge=True),)


def test_an_error_of_a_state_shows_with_its_own_level() -> None:
    twin = TWINS[0]
    spoiled = bag(twin, SPOILED=4)
    counts = spoiled.explore([twin.words(twin.initial)], FREE)
    depths = twin.depths()
    level = min(d for b, d in depths.items() if sum(b[1]) == 4)
    assert counts.error
    assert (counts.depth, counts.states) == (level + 1, sum(d <= level + 1 for d in depths.values()))
    marks = spoiled.shortest([twin.words(twin.initial)], [Goal("error")], FREE)
    assert marks.costs == (Cost(0, level, edge=False),)


def test_a_limit_is_counted_and_its_states_are_not_terminal() -> None:
    twin = TWINS[0]
    counts = bag(twin, LIMITED=1).explore([twin.words(twin.initial)], FREE)
    assert counts.limited == (sum(len(numbers) == twin.most for _, numbers in twin.depths()),)
    assert counts.terminal == 0


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("states", [1, 7, 100])
def test_a_limit_of_states_is_exact(states: int, threads: int) -> None:
    twin = TWINS[1]
    counts = bag(twin).explore([twin.words(twin.initial)], Orders(Limits(states=states), threads=threads))
    assert (counts.states, counts.cut) == (states, "states")


def test_a_limit_of_just_all_states_cuts_nothing() -> None:
    twin = TWINS[1]
    everything = len(twin.depths())
    counts = bag(twin).explore([twin.words(twin.initial)], Orders(Limits(states=everything)))
    assert (counts.states, counts.cut) == (everything, None)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("depth", [0, 1, 4])
def test_a_limit_of_depth_stops_at_a_whole_level(depth: int, compact: bool) -> None:
    twin = TWINS[1]
    counts = bag(twin).explore([twin.words(twin.initial)], Orders(Limits(depth=depth), compact=compact), sample=5)
    level = [twin.words(b) for b, d in twin.depths().items() if d == depth]
    assert counts.states == sum(d <= depth for d in twin.depths().values())
    assert (counts.depth, counts.cut) == (depth, "depth")
    assert 0 < len(counts.frontier) <= 5
    assert set(counts.frontier) <= set(level)


def test_first_stops_after_the_level_of_the_first_violation() -> None:
    twin = TWINS[0]
    depths = twin.depths()
    level = min(d for b, d in depths.items() if sum(b[1]) == twin.most * twin.top - 1)
    counts = bag(twin).explore([twin.words(twin.initial)], Orders(Limits(first=True), decisive=0b1))
    assert (counts.depth, counts.cut) == (level, "first")


def test_a_limit_of_memory_stops_cleanly() -> None:
    counts = machine("two_phase_commit", MANAGERS=7).explore([(0,)], Orders(Limits(memory=2_000_000)))
    assert counts.cut == "memory"
    assert 0 < counts.states < 296448
    assert counts.peak_bytes <= 2_000_000


def test_a_limit_of_time_stops_cleanly() -> None:
    counts = machine("two_phase_commit", MANAGERS=11).explore([(0,)], Orders(Limits(seconds=0.05)))
    assert counts.cut == "time"
    assert counts.seconds < 1
    assert counts.states > 1


def test_ctrl_c_stops_cleanly_and_progress_was_told() -> None:
    seen: list[Progress] = []

    def observe(progress: Progress) -> None:
        seen.append(progress)
        raise KeyboardInterrupt

    counts = machine("two_phase_commit", MANAGERS=11).explore([(0,)], Orders(Limits(), observer=observe))
    assert counts.cut == "interrupted"
    assert 0 < seen[0].states <= counts.states
    assert seen[0].bytes > 0


def test_an_error_of_the_observer_stops_the_search() -> None:
    def observe(_: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        machine("two_phase_commit", MANAGERS=11).explore([(0,)], Orders(Limits(), observer=observe))


def test_equal_seeds_give_equal_walks_that_follow_the_edges() -> None:
    twin = TWINS[0]
    plan = Plan(seed=5, depth=40, walks=500, wanted=0b1, stuck=False)
    one, two = (bag(twin).walk([twin.words(twin.initial)], plan, FREE) for _ in range(2))
    assert one.end == "property"
    assert one.shown == 0b1
    assert (one.path, one.number, one.steps) == (two.path, two.number, two.steps)
    by_words = {twin.words(b): b for b in twin.depths()}
    path = [by_words[words] for words in one.path]
    assert path[0] == twin.initial
    assert all(after in [b for _, b in twin.edges(before)] for before, after in pairwise(path))
    assert sum(path[-1][1]) == twin.most * twin.top - 1


def test_other_seeds_give_other_walks_and_unwanted_properties_do_not_end_them() -> None:
    twin = TWINS[0]
    start = [twin.words(twin.initial)]
    paths = {bag(twin).walk(start, Plan(seed, 40, 500, 0b1, stuck=False), FREE).path for seed in range(8)}
    assert len(paths) > 1
    nothing = bag(twin).walk(start, Plan(1, 40, 50, 0, stuck=False), FREE)
    assert (nothing.end, nothing.path, nothing.walks) == ("nothing", (), 50)
    assert bag(twin).walk(start, Plan(1, 400, 50, 0, stuck=True), FREE).end == "stuck"


@pytest.mark.parametrize("compact", [False, True])
def test_memory_for_each_state_stays_within_its_bound(compact: bool) -> None:
    twin = Twin(most=9, top=9, budget=2, width=1)
    counts = bag(twin).explore([twin.words(twin.initial)], Orders(Limits(), compact=compact))
    packed = 8 * counts.words / counts.states
    assert counts.states > 100_000
    assert counts.words == sum(len(twin.words(b)) for b in twin.depths())
    assert counts.peak_bytes / counts.states <= (32 if compact else packed + 40)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_peak_bytes_are_what_the_process_grew_by() -> None:
    before = resident()
    grown: list[int] = []

    def observe(_: Progress) -> None:
        grown.append(resident() - before)

    counts = machine("two_phase_commit", MANAGERS=8).explore([(0,)], Orders(Limits(), observer=observe))
    assert counts.states == 1745408
    assert 0 < max(grown) <= counts.peak_bytes * 1.2 + 8_000_000
