"""State spaces, profiles and coverage, drawn and in words."""
