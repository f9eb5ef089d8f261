"""The verbs: prove, derive, check; the systems of the literature; certificates."""
