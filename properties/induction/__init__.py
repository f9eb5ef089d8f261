"""Safety proved for any number of nodes: inductive invariants, checked by Z3 over uninterpreted sorts.

Read `formula.py` (the logic), `system.py` (a protocol and its claim), a page of `proofs/`, then `check.py`.
"""
