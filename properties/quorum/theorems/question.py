"""A claim of the user's own as a lemma: which sets it speaks of, what they must satisfy, and what is to follow.

The names `r`, `w` and `q` (or their capitals) are the sizes of read, write and other quorums, `f` the number of faulty
nodes, `n` the cluster. A quorum has at least one node and at most all of them, a cluster has a node, no count is negative: said
as hypotheses, so that they are seen. A claim such as `r >= 0`, `n >= 0` or `k >= -1` says otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.sets import (
    EVERYONE,
    NODES,
    Denied,
    Formula,
    Joined,
    Measure,
    NodeSet,
    NotNegative,
    Number,
    Term,
    every,
    number,
    size,
    unknowns,
)
from quorate.properties.quorum.clusters.notation import WHOLE_CLUSTER, claim
from quorate.properties.quorum.theorems.proof import TIMEOUT, Proof, Verdict, prove
from quorate.properties.quorum.theorems.systems import (
    FAULTY,
    QUORUM,
    QUORUM_2,
    READ,
    WRITE,
    WRITE_2,
    Lemma,
    between,
    meet,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

GOALS = {
    "overlap": "reads meet writes (or, with `q`, any two quorums meet)",
    "writes": "any two writes meet",
    "honest": "any two quorums share a node that is not faulty",
}
_SIZE_OF = {"read": "r", "read2": "r", "write": "w", "write2": "w", "quorum": "q", "quorum2": "q"}
_PAIRS = {"r": (READ, WRITE), "w": (READ, WRITE), "q": (QUORUM, QUORUM_2)}


@dataclass(frozen=True, slots=True)
class Finding:
    """A lemma and what came of it; `without` is the smallest split where its condition is dropped."""

    lemma: Lemma
    proof: Proof
    without: Proof | None = None

    @property
    def as_expected(self) -> bool:
        return self.proof.verdict is (Verdict.VIOLATED if self.lemma.broken else Verdict.PROVED)


def settle(lemma: Lemma, *, contrast: bool = True, timeout: float = TIMEOUT) -> Finding:
    """Prove the lemma or find its smallest split; with `contrast`, also the smallest split without its condition."""
    with patience.within(timeout):
        return _settled(lemma, contrast, timeout)


def _settled(lemma: Lemma, contrast: bool, timeout: float) -> Finding:
    proof = prove(lemma.premises, lemma.goal, minimise=lemma.minimise, timeout=timeout)
    if not contrast or lemma.condition is None or proof.verdict is not Verdict.PROVED:
        return Finding(lemma, proof)
    return Finding(lemma, proof, prove(lemma.hypotheses, lemma.goal, minimise=lemma.minimise, timeout=timeout))


def settle_all(lemmas: Sequence[Lemma], *, contrast: bool = True, timeout: float = TIMEOUT) -> list[Finding]:
    """Settle several lemmas in `timeout` seconds altogether: a hard one leaves its share of the time to each of the others."""
    with patience.within(timeout):
        return [settle(m, contrast=contrast, timeout=patience.left() / (len(lemmas) - i)) for i, m in enumerate(lemmas)]


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 0 where everything came out as expected, 3 where something is undecided, else 1."""
    off = [f.proof.verdict for f in findings if not f.as_expected]
    if any(v in (Verdict.VIOLATED, Verdict.PROVED) for v in off):
        return 1
    return 3 if off else 0


def question(claims: Sequence[str], goal: str) -> Lemma:
    """Return the lemma that the claims imply the goal: a name of `GOALS`, or a claim about sizes of sets."""
    said = [claim(text, f"claim {i + 1}") for i, text in enumerate(claims)]
    numbers = {u.name for c in said for u in unknowns(c) if isinstance(u, Number)}
    wanted, sentence = _goal(goal, numbers)
    sets = {name for c in (*said, wanted) for u in unknowns(c) if isinstance(u, Measure) for name in u.of.names()}
    sizes = {name: of for name, of in _SIZE_OF.items() if name in sets}
    hypotheses = [size(NodeSet.named(name)) >= number(of) for name, of in sizes.items()]
    if str(FAULTY) in sets:
        hypotheses.append(size(FAULTY) <= number("f"))
    numbers |= {u.name for u in unknowns(wanted) if isinstance(u, Number)} | {*sizes.values()}
    hypotheses += _counts(numbers | ({"f"} if str(FAULTY) in sets else set()), _least(said))
    return Lemma(sentence, tuple(hypotheses), wanted, every(said) if said else None)


def _counts(numbers: set[str], said: Mapping[str, int]) -> list[Formula]:
    """Return what numbers are by being counts, with the least values that the user says instead."""
    quorums = [name for name in ("r", "w", "q") if name in numbers]
    found = [between(said.get(name, 1), number(name), size(EVERYONE)) for name in quorums]
    if "f" in numbers:
        found.append(between(said.get("f", 0), number("f"), size(EVERYONE)))
    found += [number(name) >= said.get(name, 0) for name in sorted(numbers - {*quorums, "f"})]
    peopled = any(said.get(name, 1) >= 1 for name in quorums)
    return found if peopled else [*found, size(EVERYONE) >= max(0, said.get(WHOLE_CLUSTER, 1))]


def _least(claims: Sequence[Formula]) -> dict[str, int]:
    """Return the least values that claims of the form `NAME >= NUMBER` say of counts, those joined by `and` among them."""
    found: dict[str, int] = {}
    for bound in (_bound(part) for claim_ in claims for part in _conjuncts(claim_)):
        if bound is not None:
            name, least = bound
            found[name] = max(least, found.get(name, least))
    return found


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Joined) and formula.operator == "and":
        for part in formula.parts:
            yield from _conjuncts(part)
    else:
        yield formula


def _bound(claim_: Formula) -> tuple[str, int] | None:
    """Return the count and its least value where this is all that the claim says."""
    match claim_:
        case NotNegative(Term(((unknown, factor),), constant)) if factor == 1:
            least = math.ceil(-constant)
        case Denied(NotNegative(Term(((unknown, factor),), constant))) if factor == -1:
            least = math.floor(constant) + 1
        case _:
            return None
    if unknown == Measure(EVERYONE, NODES):
        return WHOLE_CLUSTER, least
    return (unknown.name, least) if isinstance(unknown, Number) else None


def notes(lemma: Lemma) -> list[str]:
    """Return what looks like a slip of the pen: the numbers and the sets of which nothing else is said."""
    loose = ((_loose_numbers(lemma), "count"), (_loose_sets(lemma), "set"))
    return [f"nothing else is said of {', '.join(names)}: it may be any {kind}" for names, kind in loose if names]


def _loose_numbers(lemma: Lemma) -> list[str]:
    """Return the numbers that the condition alone speaks of."""
    about_sets = [f for f in lemma.hypotheses if _sets([f])]
    said = {u.name for f in (*about_sets, lemma.goal) for u in unknowns(f) if isinstance(u, Number)}
    condition = () if lemma.condition is None else unknowns(lemma.condition)
    return sorted({u.name for u in condition if isinstance(u, Number)} - said)


def _loose_sets(lemma: Lemma) -> list[str]:
    """Return the sets that the goal alone speaks of, and those that no claim ties to a set of the goal."""
    said = [f for f in (*lemma.hypotheses, *_conjuncts(every(lemma.premises[len(lemma.hypotheses) :]))) if _sets([f])]
    reached = _sets([lemma.goal])
    while grown := frozenset[str]().union(*(s for f in said if (s := _sets([f])) & reached)) - reached:
        reached |= grown
    return sorted((_sets([lemma.goal]) - _sets(said)) | (_sets(said) - reached))


def _sets(formulas: Iterable[Formula]) -> frozenset[str]:
    measured = (u.of.names() for f in formulas for u in unknowns(f) if isinstance(u, Measure))
    return frozenset[str]().union(*measured)


def _goal(goal: str, numbers: set[str]) -> tuple[Formula, str]:
    left, right = next((_PAIRS[n] for n in ("r", "w", "q") if n in numbers), (READ, WRITE))
    if goal == "overlap":
        if left == QUORUM:
            return meet(left, right), "any two quorums meet, for every N"
        return meet(left, right), "every read quorum meets every write quorum, for every N"
    if goal == "writes":
        return meet(WRITE, WRITE_2), "any two write quorums meet, for every N"
    if goal == "honest":
        return meet(left, right, ~FAULTY), "any two quorums share a node that is not faulty, for every N and f"
    if goal.isidentifier():
        raise UsageError(f"there is no goal `{goal}`{did_you_mean(goal, GOALS)}: choose {', '.join(GOALS)}, or write a claim")
    return claim(goal, "--goal"), f"{goal}, for every N"
