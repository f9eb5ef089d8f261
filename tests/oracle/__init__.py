"""A third opinion beside the two engines: brute force, in plain Python, written from docs/semantics.md alone.

Nothing here imports the project. `author.py` stands in for `quorate` while a model executes; `source.py` executes it;
`domains.py` freezes values by their types; `world.py` runs a step; `faults.py` and `network.py` are the rest of a state;
`search.py` explores, and begins with the one function that others call.
"""
