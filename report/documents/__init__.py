"""Results and traces for other programs."""
