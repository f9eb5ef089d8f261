"""What every engine is asked and what it answers: settings, edges, counts, verdicts, traces."""
