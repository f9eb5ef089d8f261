"""A state space as a whole: its graph, and what makes it grow."""
