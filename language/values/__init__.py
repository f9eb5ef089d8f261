"""Types and values: how they relate, their forms (thawed, frozen, JSON), the state of a whole system."""
