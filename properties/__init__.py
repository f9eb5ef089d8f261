"""What can be asked of a protocol: guarantees of a history; quorums and inductive invariants, which Z3 decides."""
