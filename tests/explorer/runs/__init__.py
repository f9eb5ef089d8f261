"""Known verdicts of whole runs, with and without fairness: each model is a page, and its presets are the test."""
