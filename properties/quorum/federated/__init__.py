"""Trust that is not symmetric: federated quorums, where each node says whom it trusts; read `analysis.py` first."""
