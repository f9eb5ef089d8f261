"""Sets of nodes as linear integer arithmetic, and the door to Z3."""
