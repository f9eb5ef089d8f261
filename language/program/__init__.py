"""The IR: what a model means, in frozen dataclasses, with its walks, its checks, and what a step may touch."""
