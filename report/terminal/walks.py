"""What random walks saw, in the terminal. Read next: `account.py`, which tells the trace that they found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.quantities import counted, duration
from quorate.report.screen import Role, Span, line, wrapped
from quorate.report.terminal.account import heading
from quorate.report.terminal.verdicts import CUTS, configuration

if TYPE_CHECKING:
    from quorate.explorer.walks.simulate import Simulation
    from quorate.report.screen import Line, Screen


def walks(simulation: Simulation, screen: Screen) -> list[Line]:
    """Return the report as lines; the trace and the summary line are not part of it."""
    walk, plan = simulation.walk, simulation.plan
    done = f"{counted(walk.walks, 'walk')} of at most {counted(plan.depth, 'step')} from seed {plan.seed}"
    spent = f"{counted(walk.steps, 'step')} in all, the longest walk {walk.deepest:,}, {duration(walk.seconds)}"
    said = [(f"{done}: {spent}, {simulation.engine} engine", Role.PLAIN), _found(simulation)]
    said += [(f"note: {note}", Role.DOUBT) for note in simulation.notes]
    lines = [line(Span(part, role)) for text, role in said for part in wrapped(text, screen.width, "  ")]
    return [*configuration(simulation.setup, screen), line(), *lines]


def summary(simulation: Simulation) -> str:
    """Return the one line that a script looks for."""
    setup = simulation.setup
    preset = f' preset="{setup.preset}"' if setup.preset else ""
    found = f' violated="{simulation.walk.target}"' if simulation.trace else ""
    said = f"verdict={simulation.outcome} exit={simulation.exit_code}"
    return f"quorate: {setup.model}{preset} {said}{found} walks={simulation.walk.walks} seed={simulation.plan.seed}"


def _found(simulation: Simulation) -> tuple[str, Role]:
    trace, walk = simulation.trace, simulation.walk
    if trace is None:
        why = f", and the walking did not end: {CUTS[walk.cut]}" if walk.cut else ""
        return f"? nothing was found{why}; that claims nothing: walks do not visit every state", Role.DOUBT
    shrunk = f", shrunk to {len(trace.moments):,}" if len(trace.moments) < simulation.found else ""
    expected = ", as the preset expects" if simulation.expected else ""
    role = Role.BAD if simulation.exit_code else Role.GOOD
    return f"walk {walk.number + 1:,}: {heading(trace)} after {counted(simulation.found, 'step')}{shrunk}{expected}", role
