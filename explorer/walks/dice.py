"""The chance of random walks, the same in both engines: SplitMix64 (Steele, Lea & Flood, 2014), as in `walk.h`."""

from __future__ import annotations

from dataclasses import dataclass

WORD = 2**64
GAMMA = 0x9E3779B97F4A7C15


def mix(x: int) -> int:
    """Return the word mixed up, by a bijection: variant 13 of Stafford, as in `hash.h`."""
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % WORD
    x = (x ^ x >> 27) * 0x94D049BB133111EB % WORD
    return x ^ x >> 31


@dataclass(slots=True)
class Dice:
    """The throws of one walk."""

    state: int

    @classmethod
    def of(cls, seed: int, number: int) -> Dice:
        """Return the dice of a walk by its number: they depend on nothing else."""
        return cls(mix(seed % WORD ^ mix(number + 1)))

    def below(self, bound: int) -> int:
        """Return a number from 0, below the bound."""
        self.state = (self.state + GAMMA) % WORD
        return mix(self.state) * bound // WORD
