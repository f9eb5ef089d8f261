"""The commands about protocols: check, simulate, trace, explain, explore, graph, profile, list, show."""
