"""What `quorate prove` shows in a terminal: the sentence that was proved, each query with its answer, and the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.screen import Line, Role, Screen, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quorate.properties.induction.catalogue import Case
    from quorate.properties.induction.outcome import Outcome, Question, Story
    from quorate.properties.induction.vocabulary.counting import CounterProof
    from quorate.properties.induction.vocabulary.system import Proof

ROLES = {"proved": Role.GOOD, "violated": Role.BAD, "refuted": Role.BAD}


def catalogue(theorems: Iterable[Proof | CounterProof], screen: Screen) -> Iterator[Line]:
    """Yield each theorem with its sentence and its twins."""
    for proof in theorems:
        yield line(Span(proof.name, Role.STRONG))
        yield from _filled(proof.sentence, screen, "  ")
        for twin in proof.twins:
            yield from _filled(f"--twin {twin.name}: {twin.change}", screen, "  ", Role.DIM)


def outcome(case: Case, found: Outcome, screen: Screen) -> Iterator[Line]:
    """Yield the whole answer for one case."""
    yield from _headline(case, found, screen)
    yield line(Span(f"  {case.proof.source}", Role.DIM))
    for hypothesis in found.hypotheses:
        yield from _filled(f"hypothesis: {hypothesis}", screen, "  ")
    if found.questions:
        yield ()
        yield from _table(found.questions, screen)
    if found.invariant and case.twin is None:
        yield ()
        yield line("the invariant")
        for conjunct in found.invariant:
            yield from _filled(conjunct, screen, "  ", Role.DIM)
    for story in found.stories:
        if story.kind != "witness":
            yield ()
            yield from _story(story, screen)
    yield ()
    yield from _closing(case, found, screen)


def _headline(case: Case, found: Outcome, screen: Screen) -> Iterator[Line]:
    said = case.proof.sentence if case.twin is None else f"{case.proof.name}, but {case.change}"
    first, *rest = wrapped(said, screen.width - 10)
    yield line(Span(f"{found.verdict:<9}", ROLES.get(found.verdict, Role.DOUBT)), " ", Span(first, Role.STRONG))
    yield from (line(" " * 10, Span(text, Role.STRONG)) for text in rest)


def _table(questions: Sequence[Question], screen: Screen) -> Iterator[Line]:
    rows = [(q.part, q.step or screen.glyphs.rule, q) for q in questions]
    first, second = max(len(part) for part, _, _ in rows), max(len(step) for _, step, _ in rows)
    room = max(20, screen.width - first - second - 24)
    for part, step, q in rows:
        head, *more = wrapped(q.claim, room)
        answer = Span(f"{q.answer:<8}", ROLES.get(q.answer, Role.DOUBT))
        yield line("  ", f"{part:<{first}}  {step:<{second}}  {head:<{room}}  ", answer, f" {q.seconds:6.3f} s")
        yield from (line(" " * (first + second + 6), text) for text in more)
        if q.shown:
            yield from _filled(q.shown, screen, " " * (first + second + 6), Role.DIM)


def _story(story: Story, screen: Screen) -> Iterator[Line]:
    yield from _filled(story.heading, screen)
    for text in story.lines:
        changed = text.lstrip().startswith(("+", "-"))
        indent = " " * (len(text) - len(text.lstrip()))
        yield from _filled(text.strip(), screen, f"  {indent}", Role.CHANGE if changed else Role.PLAIN)


def _closing(case: Case, found: Outcome, screen: Screen) -> Iterator[Line]:
    for note in found.notes:
        yield from _filled(f"note: {note}", screen)
    for story in found.stories:
        if story.kind == "witness":
            yield from _filled(story.heading, screen)
    decided = sum(q.answer == "proved" for q in found.questions)
    yield from _filled(f"{len(found.questions)} queries, {decided} proved, in {found.seconds:.2f} s", screen)
    if case.twin is None and case.proof.twins:
        names = ", ".join(t.name for t in case.proof.twins)
        yield from _filled(f"what breaks it (`--twin NAME`): {names}", screen)


def overview(settled: Sequence[tuple[Case, Outcome]]) -> Iterator[Line]:
    """Yield a line for each case: the verdict, whether it was expected, the shortest run, the time."""
    width = max(len(case.name) for case, _ in settled)
    for case, found in settled:
        run = next((s for s in found.stories if s.kind == "run"), None)
        told = f"run of {run.steps} steps" if run else ""
        surprise = "" if found.verdict == case.expected else f"  (expected: {case.expected})"
        verdict = Span(f"{found.verdict:<8}", ROLES.get(found.verdict, Role.DOUBT))
        yield line(f"{case.name:<{width}}  ", verdict, f"  {told:<15}  {found.seconds:5.2f} s", Span(surprise, Role.BAD))


def _filled(text: str, screen: Screen, indent: str = "", role: Role = Role.PLAIN) -> Iterator[Line]:
    yield from (line(indent, Span(t, role)) for t in wrapped(text, screen.width - len(indent)))
