"""docs/semantics.md, sentence by sentence: each has a protocol here that shows it, or names the test that does."""
