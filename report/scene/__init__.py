"""A trace as something to tell or to draw: who takes part, what changed, what led to what."""
