"""The arithmetic of leases: does a promise of W outlast a lease of D, whatever the clocks' drift r?

Nonlinear real arithmetic without quantifiers, which Z3 decides (Jovanovic & de Moura, "Solving Non-linear Arithmetic",
IJCAR 2012).
"""

from __future__ import annotations

import z3

from quorate.properties.induction.vocabulary.premise import Discharged
from quorate.properties.induction.vocabulary.z3_logic import at_most, equal, milliseconds, negation, product, total

D, W, r, hold, wait = (z3.Real(name) for name in ("D", "W", "r", "hold", "wait"))
SLOWEST, FASTEST = total((z3.RealVal(1), product(z3.RealVal(-1), r))), total((z3.RealVal(1), r))

MARGINS = {
    "covered": at_most(product(D, FASTEST), product(W, SLOWEST)),
    "equal": at_most(D, W),
}
"""What may be required of the lease D, the promise W and the drift r."""


def prove_margin(margin: str, timeout: float) -> Discharged:
    """Prove D / (1 - r) <= W / (1 + r) for all D, W and r within the margin, or return numbers for which it is false."""
    zero, one = z3.RealVal(0), z3.RealVal(1)
    positive = [negation(at_most(x, zero)) for x in (D, W)]
    drifting = [at_most(zero, r), negation(at_most(one, r))]
    solver = z3.Solver()
    solver.set("timeout", milliseconds(timeout))
    # The quotients by name: multiplied out, there is no division to give a meaning at zero.
    quotients = [equal(product(hold, SLOWEST), D), equal(product(wait, FASTEST), W)]
    solver.add(MARGINS[margin], *positive, *drifting, *quotients)
    if (found := solver.check()) != z3.sat:
        vacuous = Discharged("vacuous", "no lease satisfies the margin")
        return vacuous if found == z3.unsat else Discharged("unknown", "time ran out")
    solver.add(negation(at_most(hold, wait)))
    found = solver.check()
    if found == z3.sat:
        model = solver.model()
        values = ", ".join(f"{name} = {model.eval(x)}" for name, x in [("D", D), ("W", W), ("r", r)])
        return Discharged("violated", f"{values}: the lease may last {model.eval(hold)}, the promise {model.eval(wait)}")
    return Discharged("proved" if found == z3.unsat else "unknown", "" if found == z3.unsat else "time ran out")
