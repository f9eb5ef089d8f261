"""Sequential objects, one a file: what each function does to a state, and what a recording may say of it."""
