"""How reads and writes choose their quorums: load, capacity, network, latency, and the quorum system that is best at them."""
