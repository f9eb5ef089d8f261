"""What Z3 decides: quorums as sets of numbers, and protocols whose invariants are inductive."""
