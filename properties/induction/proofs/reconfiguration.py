"""One leader per term while the membership changes, one step at a time.

Source: Schultz, Zhou, Dardik & Tripakis, "Design and Analysis of a Logless Dynamic Reconfiguration Protocol" (OPODIS 2021),
whose invariant this is; Ongaro & Ousterhout 2014, section 6, for one-server changes and joint consensus.

Each server has a term and a configuration. Configurations are ordered by the term of the leader that made them, then by
age. An election is one step: a quorum of the candidate's configuration, none in a later term, none with a newer
configuration, moves to the candidate's term; the leader makes its configuration anew in that term. A leader installs the
next configuration only when a quorum of its own has it and is still in its term. Elections and changes are
modelled; the log is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from quorate.properties.induction.vocabulary.cluster import Cluster
from quorate.properties.induction.vocabulary.formula import (
    Choice,
    Formula,
    Function,
    Relation,
    Sort,
    Update,
    both,
    exists,
    forall,
    implies,
    same,
)
from quorate.properties.induction.vocabulary.premise import Premise, counted, named
from quorate.properties.induction.vocabulary.system import Action, Hint, Proof, Protocol, System, Twin
from quorate.properties.quorum.arithmetic import sets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

server, quorum = Sort("server", "s"), Sort("quorum", "q")
term = Sort("term", "t", ordered=True)
configuration = Sort("configuration", "k", ordered=True)
s, m, n = server.variables("s m n")
(t,) = term.variables("t")
c, d, k = configuration.variables("c d k")
q, p, a, b = quorum.variables("q p a b")

member = Relation("member", (server, quorum), "")
of = Relation("of", (quorum, configuration), "")
next_to = Relation("next_to", (configuration, configuration), "")
equal = Relation("equal", (configuration, configuration), "")
meets = Relation("meets", (configuration, configuration), "")
made_in = Function("made_in", (configuration,), term, "{0} is made in {1}")
first, start = Function("first", (), configuration, ""), Function("start", (), term, "")
at = Function("at", (server,), term, "{0} is in {1}")
has = Function("has", (server,), configuration, "{0} has {1}")
leads = Relation("leads", (server,), "{0} leads")


def all_of(chosen: Formula, holds: Formula) -> Formula:
    """Return the formula that every `n` of the quorum is as `holds` says."""
    return forall(n, holds=implies(chosen, holds))


x = server.variable("_x")
elect = Action(
    "elect",
    (s, t, c, q),
    "{q} elects {s} in {t}, which makes its configuration anew as {c}",
    guard=both(
        of(q, has(s)),
        member(s, q),
        all_of(member(n, q), (at(n) < t) & (has(n) <= has(s))),
        equal(has(s), c),
        same(made_in(c), t),
    ),
    updates=(
        Update(at, (x,), Choice(member(x, q), t, at(x))),
        Update(leads, (x,), same(x, s) | (leads(x) & ~member(x, q))),
        has.put(s, value=c),
    ),
)
change = Action(
    "change",
    (s, c, q),
    "{s} installs {c}",
    guard=both(
        leads(s),
        next_to(has(s), c),
        has(s) < c,
        same(made_in(c), at(s)),
        of(q, has(s)),
        all_of(member(n, q), same(has(n), has(s)) & same(at(n), at(s))),
    ),
    updates=(has.put(s, value=c),),
)
hurried = replace(change, guard=both(leads(s), next_to(has(s), c), has(s) < c, same(made_in(c), at(s))))
copy = Action(
    "copy",
    (s, n),
    "{n} takes the configuration of {s}",
    guard=(has(n) < has(s)) & ~leads(n),
    updates=(has.put(n, value=has(s)),),
)
learn = Action(
    "learn",
    (s, n),
    "{n} takes the term of {s}",
    guard=at(n) < at(s),
    updates=(at.put(n, value=at(s)), leads.drop(n)),
)

overlap = exists(n, holds=member(n, a) & member(n, b))
system = System(
    sorts=(server, term, configuration, quorum),
    fixed=(member, of, next_to, equal, meets, made_in, first, start),
    state=(at, has, leads),
    initially=both(same(at(s), start()), same(has(s), first()), ~leads(s)),
    actions=(elect, change, copy, learn),
    axioms={
        "a later term's configuration is newer": implies(c <= d, made_in(c) <= made_in(d)),
        "nothing is before the start": (first() <= c) & (start() <= t) & same(made_in(first()), start()),
        "a configuration made anew has its quorums": implies(equal(c, d) & of(q, c), of(q, d)),
        "and no others": implies(equal(c, d) & of(q, d), of(q, c)),
        "and meets what it met": implies(equal(c, d) & meets(c, k), meets(d, k)),
        "meeting is mutual": implies(meets(c, d), meets(d, c)),
        "configurations that meet": implies(both(meets(c, d), of(a, c), of(b, d)), overlap),
    },
)


may_elect = of(q, has(m)) & all_of(member(n, q), has(n) <= has(m))
"""A quorum of the configuration of `m` has nothing newer: the configuration may still elect."""

ONE, LEADER = "one leader in a term", "a leader's configuration is of its term"
NEWEST = "a leader has its term's newest"
TERMS, MEETS = "what may elect knows the terms", "what may elect meets the newer"
invariants: dict[str, Formula] = {
    ONE: implies(both(leads(s), leads(m), same(at(s), at(m))), same(s, m)),
    LEADER: implies(leads(s), same(made_in(has(s)), at(s))),
    NEWEST: implies(leads(s) & same(made_in(has(m)), at(s)), has(m) <= has(s)),
    MEETS: implies(both(has(m) < has(s), may_elect), meets(has(m), has(s))),
    TERMS: implies(may_elect, exists(n, holds=member(n, q) & (made_in(has(s)) <= at(n)))),
}


may_elect_by_p = of(p, has(m)) & all_of(member(n, p), has(n) <= has(m))
hints = {
    "elect": (
        Hint("the term is new", made_in(has(m)) < t, by=(TERMS,)),
        Hint("nobody leads in it", implies(leads(m), at(m) < t), by=(LEADER,)),
        Hint("its own quorums hear of it", implies(of(a, c), exists(n, holds=member(n, a) & member(n, q)))),
        Hint("its configuration meets what may elect", implies(may_elect_by_p, meets(has(m), has(s))), by=(MEETS,)),
        Hint("which hears of the term", implies(may_elect_by_p, exists(n, holds=member(n, p) & member(n, q)))),
    ),
    "change": (
        Hint("nothing is newer", has(m) <= has(s), by=(TERMS, LEADER, NEWEST)),
        Hint("nobody else leads", implies(leads(m) & same(at(m), at(s)), same(m, s)), by=(ONE,)),
        Hint(
            "nothing older may elect",
            implies((has(m) < has(s)) & of(a, has(m)), exists(n, holds=member(n, a) & (has(m) < has(n)))),
            by=(MEETS,),
        ),
        Hint("the next knows the term", implies(of(a, c), exists(n, holds=member(n, a) & member(n, q)))),
    ),
}


@dataclass(frozen=True, slots=True)
class Membership:
    """A configuration in a finite cluster: its servers, and with `joining` (joint consensus) those of the next one too."""

    servers: frozenset[int]
    joining: frozenset[int] | None = None

    def elects(self, chosen: frozenset[int]) -> bool:
        """Say whether the servers are a quorum: a majority of each half."""
        return all(2 * len(chosen & half) > len(half) for half in (self.servers, self.joining) if half is not None)

    def __str__(self) -> str:
        return named(server, self.servers) + (f"+{named(server, self.joining)}" if self.joining else "")


def cluster(memberships: Sequence[Membership], terms: int, near: Callable[[Membership, Membership], bool]) -> Cluster:
    """Return a finite cluster with these configurations, oldest first, and their smallest quorums."""
    everyone = frozenset[int]().union(*(x.servers | (x.joining or frozenset()) for x in memberships))
    subsets = [frozenset(x) for size in range(1, len(everyone) + 1) for x in combinations(sorted(everyone), size)]
    least = [[x for x in subsets if k.elects(x) and not any(k.elects(y) for y in subsets if y < x)] for k in memberships]
    quorums = list(dict.fromkeys(x for each in least for x in each))
    pairs = [(i, j) for i in range(len(memberships)) for j in range(len(memberships))]
    return Cluster(
        sizes={server: len(everyone), term: terms, configuration: len(memberships), quorum: len(quorums)},
        facts={
            member: frozenset((x, i) for i, each in enumerate(quorums) for x in each),
            of: frozenset((quorums.index(x), i) for i, each in enumerate(least) for x in each),
            equal: frozenset((i, j) for i, j in pairs if memberships[i] == memberships[j]),
            next_to: frozenset((i, j) for i, j in pairs if near(memberships[i], memberships[j])),
        },
        values={first: 0, start: 0},
        names={
            quorum: tuple(named(server, x) for x in quorums),
            configuration: tuple(f"k{i + 1}={x}" for i, x in enumerate(memberships)),
        },
    )


def differ_by(most: int) -> Callable[[Membership, Membership], bool]:
    """Return the rule that one change adds or removes at most that many servers."""
    return lambda old, new: len(old.servers ^ new.servers) <= most


def joint_steps(old: Membership, new: Membership) -> bool:
    """Say whether a joint configuration lies between: the old, then both, then the new."""
    if old.joining is None:
        return new.joining is not None and new.servers == old.servers
    return new.joining is None and new.servers == old.joining


OLD, NEW = sets.NodeSet.named("old"), sets.NodeSet.named("new")
A, B, J = (sets.NodeSet.named(name) for name in ("a", "b", "j"))


def majority(chosen: sets.NodeSet, of_these: sets.NodeSet) -> sets.Formula:
    """Return the rule that the chosen are a majority of these servers, and none but these."""
    return (2 * sets.size(chosen) > sets.size(of_these)) & (sets.size(chosen - of_these) <= 0)


def in_one_round(words: str, *few: sets.Formula) -> Premise:
    """Return the premise that majorities overlap before and after a change that satisfies `few`."""
    return Premise(
        "a change keeps the overlap",
        f"a majority of the old servers and a majority of the new share a server: {words}",
        implies(next_to(c, d), meets(c, d)),
        counted([*few, majority(A, OLD), majority(B, NEW)], sets.size(A & B) >= 1),
    )


def joint(words: str) -> Premise:
    """Return the premise that quorums overlap between a joint configuration and the ones before and after it."""
    return Premise(
        "a change keeps the overlap",
        words,
        implies(next_to(c, d), meets(c, d)),
        counted(
            [majority(A, OLD), majority(J & OLD, OLD), majority(J & NEW, NEW), majority(B, NEW)],
            (sets.size(A & J) >= 1) & (sets.size(J & B) >= 1),
        ),
    )


own = Premise(
    "quorums of one configuration overlap",
    "two majorities of one set of servers share one of them",
    meets(c, c),
    counted([majority(A, OLD), majority(B, OLD)], sets.size(A & B) >= 1),
)


def changing(change_rule: Premise, clusters: tuple[Cluster, ...], depth: int = 8) -> Protocol:
    """Return the protocol under a rule for the change."""
    return Protocol(
        system,
        safety={"one leader per term": implies(both(leads(s), leads(m), same(at(s), at(m))), same(s, m))},
        invariants=invariants,
        clusters=clusters,
        witness=exists(s, holds=leads(s) & ~equal(first(), has(s))),
        premises=(own, change_rule),
        hints=hints,
        depth=depth,
    )


one, two, three = (frozenset(range(count)) for count in (1, 2, 3))
growing = cluster([Membership(x) for x in (one, one, two, two)], 3, differ_by(1))
leaping = cluster([Membership(x) for x in (one, one, three, three)], 2, differ_by(2))
through_joint = (Membership(one), Membership(one), Membership(one, joining=three), Membership(three))

difference = sets.size(OLD - NEW) + sets.size(NEW - OLD)
one_server = changing(in_one_round("they differ in at most one", difference <= 1), (growing,))
two_servers = changing(in_one_round("they differ in at most two", difference <= 2), (leaping,))
all_at_once = changing(in_one_round("they may differ in any way"), (leaping,))
by_joint = changing(
    joint("a majority of both the old and the new servers meets every majority of either"),
    (cluster(through_joint, 2, joint_steps),),
)

SOURCE = "Schultz, Zhou, Dardik & Tripakis 2021; Ongaro & Ousterhout 2014, section 6"

PROOFS = (
    Proof(
        name="one-server-change",
        sentence="no two servers lead in one term, for any number of servers, terms and changes of membership, under "
        "majorities, where a change adds or removes one server, and follows the last only when a majority has that one and "
        "is still in its leader's term",
        source=SOURCE,
        protocol=one_server,
        twins=(Twin("by-two", "one change adds or removes two servers", two_servers),),
    ),
    Proof(
        name="joint-consensus",
        sentence="no two servers lead in one term, for any number of servers, terms and changes of membership, where a change "
        "goes through a joint configuration whose quorums are majorities of both the old and the new servers, and each "
        "step follows the last only when a quorum has that one and is still in its leader's term",
        source=SOURCE,
        protocol=by_joint,
        twins=(Twin("one-round", "the new servers take over in one round, without the joint configuration", all_at_once),),
    ),
)
