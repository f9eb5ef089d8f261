"""Measurements of the search, made by one command: `python -m benchmarks` writes results/benchmarks.md."""
