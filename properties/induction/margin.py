"""The arithmetic of leases: does a promise of W outlast a lease of D, whatever the clocks' drift r?

Nonlinear real arithmetic without quantifiers, which Z3 decides (Jovanovic & de Moura, "Solving Non-linear Arithmetic",
IJCAR 2012).
"""

from __future__ import annotations

import z3

from quorate.properties.induction.premise import Discharged

D, W, r = z3.Reals("D W r")

MARGINS = {
    "covered": W * (1 - r) >= D * (1 + r),
    "equal": W >= D,
}
"""What may be required of the lease D, the promise W and the drift r."""


def prove_margin(margin: str, timeout: float) -> Discharged:
    """Prove D / (1 - r) <= W / (1 + r) for all D, W and r within the margin, or return numbers for which it is false."""
    hold, wait = z3.Reals("hold wait")
    hypotheses = [D > 0, W > 0, r >= 0, r < 1, MARGINS[margin]]
    solver = z3.Solver()
    solver.set(timeout=max(1, int(timeout * 1000)))
    # The quotients by name: multiplied out, there is no division to give a meaning at zero.
    solver.add(*hypotheses, hold * (1 - r) == D, wait * (1 + r) == W)
    if (found := solver.check()) != z3.sat:
        return Discharged("vacuous" if found == z3.unsat else "unknown", "no lease satisfies the margin")
    solver.add(hold > wait)
    found = solver.check()
    if found == z3.sat:
        model = solver.model()
        values = ", ".join(f"{name} = {model.eval(x)}" for name, x in [("D", D), ("W", W), ("r", r)])
        return Discharged("violated", f"{values}: the lease may last {model.eval(hold)}, the promise {model.eval(wait)}")
    return Discharged("proved" if found == z3.unsat else "unknown", "" if found == z3.unsat else "time ran out")
