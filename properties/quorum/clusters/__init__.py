"""Real clusters: their rules, load, overlap, staleness."""
