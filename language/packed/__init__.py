"""Where everything of a state lies in packed words, and the way in and out."""
