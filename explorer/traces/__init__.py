"""From a guide to a story, and running a story again: files, replay, causes, what a trace needs."""
