"""The shipped theorems by name, and each with its twins as cases to settle. Nothing here loads Z3."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from quorate.properties.induction import proofs as pages
from quorate.properties.induction.vocabulary.counting import CounterProof, CounterSystem
from quorate.properties.induction.vocabulary.system import Proof, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Case:
    """A theorem, or a twin of one, and the verdict expected of it. `known` is the theorem a twin was made from."""

    proof: Proof | CounterProof
    twin: str | None
    change: str
    claim: Protocol | CounterSystem
    expected: str

    @property
    def known(self) -> Protocol | None:
        """The proved protocol, whose invariants may show that a twin's failed step is never reached."""
        return self.proof.protocol if isinstance(self.proof, Proof) else None

    @property
    def name(self) -> str:
        """The theorem's name, with the twin's."""
        return f"{self.proof.name} --twin {self.twin}" if self.twin else self.proof.name


def theorems() -> dict[str, Proof | CounterProof]:
    """Return every shipped theorem by its name."""
    found: dict[str, Proof | CounterProof] = {}
    for page in pkgutil.iter_modules(pages.__path__):
        for proof in import_module(f"{pages.__name__}.{page.name}").PROOFS:
            assert isinstance(proof, Proof | CounterProof), f"`{page.name}.PROOFS` holds something else"
            assert proof.name not in found, f"two theorems are called `{proof.name}`"
            found[proof.name] = proof
    return found


def cases(proof: Proof | CounterProof) -> Iterator[Case]:
    """Yield the theorem itself and then its twins."""
    if isinstance(proof, CounterProof):
        yield Case(proof, None, "", proof.system, "proved")
        yield from (Case(proof, t.name, t.change, t.system, "violated") for t in proof.twins)
    else:
        yield Case(proof, None, "", proof.protocol, "proved")
        yield from (Case(proof, t.name, t.change, t.protocol, t.expected) for t in proof.twins)
