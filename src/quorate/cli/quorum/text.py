"""What `quorate quorum` shows in a terminal: sentences first, then the split drawn or the table."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic.wording import formula_text, linear_text
from quorate.properties.quorum.clusters.cluster import mean_share
from quorate.properties.quorum.theorems.assessment import members
from quorate.properties.quorum.theorems.proof import Verdict
from quorate.properties.quorum.theorems.question import notes
from quorate.report.screen import Line, Role, Screen, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quorate.properties.quorum.arithmetic.sets import Cluster
    from quorate.properties.quorum.clusters.counts import Setting
    from quorate.properties.quorum.clusters.load import Choice
    from quorate.properties.quorum.clusters.overlap import Blocking
    from quorate.properties.quorum.theorems.assessment import Assessment, Meeting, Staleness
    from quorate.properties.quorum.theorems.certificate import Argued, Counting
    from quorate.properties.quorum.theorems.derivation import Derivation
    from quorate.properties.quorum.theorems.proof import Proof
    from quorate.properties.quorum.theorems.question import Finding
    from quorate.properties.quorum.theorems.systems import System

LONGEST_ADVICE = 400  # characters of an expression that somebody may want to copy
WIDEST_DRAWING = 24  # nodes; a larger split is listed instead of drawn
ROLES = {Verdict.PROVED: Role.GOOD, Verdict.VIOLATED: Role.BAD}


def catalogue(systems: Iterable[System]) -> Iterator[Line]:
    """Yield a line for each named system."""
    found = list(systems)
    width = max(len(s.name) for s in found)
    for system in found:
        yield line(Span(f"{system.name:<{width}}", Role.STRONG), f"  {system.title}  ", Span(system.source, Role.DIM))


def proof(findings: Sequence[Finding], screen: Screen, system: System | None = None) -> Iterator[Line]:
    """Yield each lemma's answer, its split drawn, and what the proofs do not say."""
    if system is not None:
        yield line(Span(system.name, Role.STRONG), f": {system.title}")
        yield line(Span(f"  {system.source}", Role.DIM))
    for finding in findings:
        yield ()
        yield from _finding(finding, screen, notes(finding.lemma) if system is None else ())
    if system is not None and system.note:
        yield ()
        yield from filled(f"note: {system.note}", screen)


def _finding(finding: Finding, screen: Screen, remarks: Iterable[str]) -> Iterator[Line]:
    lemma, answer = finding.lemma, finding.proof
    yield from _headline(answer, f"{lemma.sentence}{_unproved(answer)}", screen, expected=finding.as_expected)
    if lemma.hypotheses:
        yield from _labelled("given  ", ", ".join(formula_text(h) for h in lemma.hypotheses), screen)
    if lemma.condition is not None:
        yield from _labelled("if     ", formula_text(lemma.condition), screen)
    yield from _labelled("goal   ", formula_text(lemma.goal), screen)
    for remark in remarks:
        yield from _labelled("note   ", remark, screen)
    yield from _split(answer, "the smallest split", screen)
    if finding.without is not None:
        yield from _split(finding.without, "without the condition, the smallest split", screen)


def _unproved(answer: Proof) -> str:
    if answer.verdict is Verdict.PROVED:
        return ""
    return f": not so{answer.reason and f'; {answer.reason}'}" if answer.verdict is Verdict.VIOLATED else f": {answer.reason}"


def _headline(answer: Proof, sentence: str, screen: Screen, *, expected: bool) -> Iterator[Line]:
    word = f"{answer.verdict.value:<9}"
    aside = " (as expected: this is the mistake to avoid)" if expected and answer.verdict is Verdict.VIOLATED else ""
    first, *rest = wrapped(sentence + aside, screen.width - 10)
    yield line(Span(word, ROLES.get(answer.verdict, Role.DOUBT)), " ", first)
    yield from (line(" " * 10, text) for text in rest)


def _split(answer: Proof, title: str, screen: Screen) -> Iterator[Line]:
    if answer.split is None:
        return
    name = title if answer.smallest else title.replace("the smallest split", "a split (whether it is the smallest is unknown)")
    numbers = "".join(f", {k} = {v}" for k, v in sorted(answer.split.numbers.items()))
    yield from filled(f"{name}: {len(answer.split.nodes)} node{'s' * (len(answer.split.nodes) != 1)}{numbers}", screen, "  ")
    yield from drawing(answer.split, screen)


def drawing(split: Cluster, screen: Screen) -> Iterator[Line]:
    """Yield the split as a table: a row for each set, a column for each node, and the votes where they are not alike."""
    if len(split.nodes) > WIDEST_DRAWING:
        for name, nodes in sorted(split.sets.items()):
            yield line(f"    {name}: {members(nodes) or 'nobody'} ({len(nodes)})")
        return
    width = max([*(len(n) for n in split.sets), *(len(u) for u in split.weights), 0])
    yield line("    ", " " * width, *(Span(f"  {n}", Role.DIM) for n in split.nodes))
    for name, nodes in sorted(split.sets.items()):
        cells = ((screen.glyphs.act if n in nodes else ".") for n in split.nodes)
        marks = "".join(f"  {c:<{len(n)}}" for c, n in zip(cells, split.nodes, strict=True))
        yield line("    ", f"{name:<{width}}", marks)
    for unit, carried in sorted(split.weights.items()):
        yield line("    ", f"{unit:<{width}}", "".join(f"  {carried[n]:<{len(n)}}" for n in split.nodes))


def derivations(found: Sequence[Argued], screen: Screen, *, certified: bool) -> Iterator[Line]:
    """Yield each condition that was derived, with its counting argument if `certified`."""
    for i, one in enumerate(found):
        if i:
            yield ()
        yield from _derivation(one.derivation, one.sentence, screen)
        if one.late:
            yield from filled("the counting argument was not found in time", screen, "  ", Role.DOUBT)
        elif certified and one.derivation.condition is not None:
            yield from _counting(one.argument, screen)


def _derivation(found: Derivation, title: str, screen: Screen) -> Iterator[Line]:
    if found.condition is None or found.given is None:
        yield line(Span(f"{found.verdict.value:<9}", Role.DOUBT), f" {title}: {found.reason}")
        return
    yield line(Span(f"{title}", Role.STRONG))
    yield from _labelled("holds exactly when  ", linear_text(found.condition), screen, role=Role.GOOD)
    yield from _labelled("given               ", linear_text(found.given), screen)
    yield from filled("found by quantifier elimination; shown equivalent to what it gave", screen, "  ", Role.DIM)


def _counting(arguments: Sequence[Counting] | None, screen: Screen) -> Iterator[Line]:
    """Yield the certificate in words, case by case; or say that there is none."""
    if arguments is None:
        yield from filled("no counting argument: this needs that numbers are whole, not only that they add up", screen, "  ")
        return
    for i, argument in enumerate(arguments):
        case = f" (case {i + 1} of {len(arguments)})" if len(arguments) > 1 else ""
        yield line(f"  the counting argument{case}, supposing it fails:")
        for number, sentence in enumerate(argument.sentences(), 1):
            first, *rest = wrapped(sentence, screen.width - 7)
            yield line(f"    {number}. {first}")
            yield from (line(f"       {text}") for text in rest)


def assessment(found: Assessment, screen: Screen) -> Iterator[Line]:
    """Yield the whole answer of `check` in one screen."""
    rules = found.rules
    yield from _labelled("reads   ", shortened(str(rules.reads), screen), screen, "")
    yield from _labelled("writes  ", shortened(str(rules.writes), screen), screen, "")
    yield ()
    for meeting in (found.reads, found.writes):
        yield from _meeting(meeting, screen, wanted=meeting in found.wanted)
    yield ()
    yield from table([("", "reads", "writes"), *_resilience(found), *_load(found)])
    for name, blocked in (("reads", found.reads_blocked), ("writes", found.writes_blocked)):
        yield from filled(f"blocking {name}: {_blocking(blocked)}", screen)
    best = (("reads", found.load.reads), ("writes", found.load.writes)) if found.load else ()
    for name, choices in best:
        yield from filled(f"best strategy, {name}: {'; '.join(_choice(c) for c in choices[:4])}{_more(choices)}", screen)
    if found.staleness is not None:
        yield from _staleness(found.staleness, screen)
    yield ()
    for text in advice(found):
        yield from filled(text, screen)


def shortened(text: str, screen: Screen) -> str:
    """Return a text of up to two lines, or its beginning and how long it is."""
    most = 2 * screen.width
    return text if len(text) <= most else f"{text[:most]} ... ({len(text)} characters)"


def _meeting(meeting: Meeting, screen: Screen, *, wanted: bool) -> Iterator[Line]:
    word = f"{'holds' if meeting.verdict is Verdict.PROVED else meeting.verdict.value:<9}"
    first, *rest = wrapped(meeting.sentence() + ("" if wanted else " (not asked for)"), screen.width - 10)
    yield line(Span(word, ROLES.get(meeting.verdict, Role.DOUBT)), " ", first)
    yield from (line(" " * 10, text) for text in rest)


def _resilience(found: Assessment) -> Iterator[tuple[str, str, str]]:
    yield "crashes survived", _survives(found.reads_blocked), _survives(found.writes_blocked)
    if found.zones_survived is not None:
        reads, writes = ("unknown" if count is None else str(count) for count in found.zones_survived)
        yield "whole zones survived", reads, writes


def _survives(found: Blocking | None) -> str:
    return "unknown" if found is None else str(found.survives)


def _blocking(found: Blocking | None) -> str:
    if found is None:
        return "the smallest sets were not found in time"
    sets = ", ".join(f"{{{members(q, 5)}}}" for q in found.examples)
    if found.count == len(found.examples):
        return f"exactly {sets}" if len(found.examples) > 1 else sets
    return f"any of {_many(found.count)} sets of {found.size}, such as {sets}"


def _many(count: int | None) -> str:
    if count is None:
        return "several"
    return f"{count:,}" if count < 10**9 else f"over 10^{len(str(count)) - 1}"


def _load(found: Assessment) -> Iterator[tuple[str, str, str]]:
    if found.load is None:
        yield "load and capacity", "not found in time", ""
        return
    about = "" if found.load.exact else " (floating point, not exact)"
    shares = found.rules.shares
    share = f"at {percent(mean_share(shares))} reads{', over the workload' if len(shares) > 1 else ''}"
    yield (f"load {share}", f"{rational(found.load.load)}{about}", "")
    yield ("capacity", rational(found.load.capacity), "")


def _choice(choice: Choice) -> str:
    takes = " + ".join(
        members(frozenset(c)) if n == len(c) else f"any {n} of {{{members(frozenset(c))}}}" for c, n in choice.takes
    )
    return f"{percent(choice.probability)} {takes}"


def _more(choices: Sequence[Choice]) -> str:
    return f"; and {len(choices) - 4} more" if len(choices) > 4 else ""


def _staleness(found: Staleness, screen: Screen) -> Iterator[Line]:
    text = f"a random read misses the last write with probability {rational(found.stale)}"
    if found.versions is not None:
        text += f"; with 99.9% it returns one of the last {found.versions} versions"
    yield from filled(text, screen)
    if not found.visible:
        return
    seen = ", ".join(
        f"{v.after:g} ms later {percent(Fraction(v.fresh))} [{percent(Fraction(v.low))}, {percent(Fraction(v.high))}]"
        for v in found.visible
    )
    trials, seed = found.visible[0].trials, found.visible[0].seed
    yield from filled(
        f"fresh reads when messages take 10 ms (exponential, {trials:,} trials, seed {seed}, 95% intervals): {seen}", screen
    )


def advice(found: Assessment) -> list[str]:
    """Return what the reader can do, or what is now known; overlap is never called more than overlap."""
    said: list[str] = []
    n, r, w = found.rules.counts or (0, 0, 0)
    lacks = found.reads.needed + len(found.rules.witnesses) - (r + w - n)
    if found.reads.verdict is Verdict.VIOLATED and n:
        more = [f"raise {option} to {q + lacks}" for option, q in (("-r", r), ("-w", w)) if q + lacks <= n]
        remedy = " or ".join(more) or "raise both, or add nodes"
        said.append(f"to act on: a read may miss an acknowledged write; {remedy}, so that R + W > N{_extra(found)}")
    elif found.reads.verdict is Verdict.VIOLATED:
        dual = str(found.rules.writes.dual())
        remedy = (
            f"`--reads '{dual}'`"
            if len(dual) <= LONGEST_ADVICE
            else "the dual of the writes, which stands for what is left out"
        )
        said.append(f"to act on: a read may miss an acknowledged write; reads that cannot: {remedy}")
    elif found.reads.verdict is Verdict.UNKNOWN:
        said.append("undecided: nothing is claimed of what a read sees; a longer `--timeout` may settle it")
    else:
        said.append(f"{_seen(found)}; that is not yet linearizable")
    if found.writes.verdict is Verdict.VIOLATED:
        accept = "; `--goal overlap` if that is accepted" if found.goal == "both" else ""
        said.append(f"two writes at once may miss each other and last-write-wins would lose one{accept}")
    if found.rules.byzantine and found.masks is False:
        said.append("liars may outvote the honest where quorums meet: data must be signed (masking would not need it)")
    if found.rules.byzantine and (found.resilience or 0) < found.rules.byzantine:
        said.append(f"{found.rules.byzantine} silent liars can block every quorum: it is safe and may stop")
    return said


def _seen(found: Assessment) -> str:
    kind = " honest" if found.rules.byzantine else ""
    holds = "holds the last acknowledged write" if found.rules.witnesses else "took part in the last acknowledged write"
    return f"a read asks at least one{kind} node that {holds}"


def _extra(found: Assessment) -> str:
    rules = found.rules
    more = {"hints": rules.hints, "byzantine": rules.byzantine, "witnesses": len(rules.witnesses)}
    return "".join(f" + {count} ({name})" for name, count in more.items() if count)


def settings(found: Sequence[Setting]) -> Iterator[Line]:
    """Yield the table of every W and R."""
    head = ("W", "R", "reads meet writes", "writes meet", "survives reads/writes", "load", "stale")
    rows: list[tuple[str, ...]] = [head]
    for s in found:
        meets = f"yes, by {s.overlap}" if s.overlap else "no"
        writes = f"yes, by {s.writes_overlap}" if s.writes_overlap else "no"
        stale = percent(s.stale) if s.stale else "never"
        rows.append((str(s.w), str(s.r), meets, writes, f"{s.reads_survive} / {s.writes_survive}", rational(s.load), stale))
    yield from table(rows)


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[Line]:
    """Yield rows in columns; the first is the heading."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for i, row in enumerate(rows):
        text = "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True))
        yield line(Span(text, Role.STRONG) if i == 0 else text)


def rational(value: Fraction) -> str:
    """Return a fraction, with its decimals where it is not whole."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{value} ({float(value):.4g})" if value.denominator < 10**6 else f"{float(value):.6g}"


def percent(value: Fraction) -> str:
    """Return a share in percent; never 100% or 0% for what is only near them."""
    shown = f"{float(value) * 100:.1f}".removesuffix(".0")
    if shown in ("0", "100") and value not in (0, 1):
        return "under 0.1%" if value < Fraction(1, 2) else "over 99.9%"
    return f"{shown}%"


def filled(text: str, screen: Screen, indent: str = "", role: Role = Role.PLAIN) -> Iterator[Line]:
    """Yield a text in lines as wide as the screen."""
    yield from _labelled("", text, screen, indent, role)


def _labelled(label: str, text: str, screen: Screen, indent: str = "  ", role: Role = Role.PLAIN) -> Iterator[Line]:
    hang = " " * len(label) or "  "
    for i, part in enumerate(wrapped(text, screen.width - len(indent) - len(hang))):
        yield line(indent, hang if i else label, Span(part, role))
