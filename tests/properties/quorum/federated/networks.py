"""Networks for tests: a small one as stellarbeat would list it, and Stellar's shape at its real size."""

from __future__ import annotations

import random

from quorate.properties.quorum.federated.trust import Network, QuorumSet, mask

ORGANISATIONS = {"Acme": "ABC", "Bolt": "DEF", "Coin": "GHI", "Dime": "JKL"}
COUNTRIES = ("Germany", "France", "Peru")


def quorum_set(threshold: int, validators: list[str], inner: list[dict[str, object]] | None = None) -> dict[str, object]:
    return {"threshold": threshold, "validators": validators, "innerQuorumSets": inner or []}


TOP: dict[str, object] = quorum_set(3, [], [quorum_set(2, [f"G{x}" for x in m]) for m in ORGANISATIONS.values()])
WATCHERS: list[dict[str, object]] = [
    {"publicKey": "GW1", "name": "watcher", "quorumSet": quorum_set(2, ["GA", "GD", "GG"])},
    {"publicKey": "GW2", "name": "", "quorumSet": quorum_set(1, ["GMISSING"])},
    {"publicKey": "GW3", "name": "mute"},
    {"publicKey": "GOLD", "active": False},
]
NETWORK: dict[str, list[dict[str, object]]] = {
    "nodes": [
        *(
            {
                "publicKey": f"G{x}",
                "name": f"{name} {i + 1}",
                "organizationId": name.lower(),
                "geoData": {"countryName": COUNTRIES[i]},
                "active": True,
                "quorumSet": TOP,
            }
            for name, members in ORGANISATIONS.items()
            for i, x in enumerate(members)
        ),
        *WATCHERS,
    ],
    "organizations": [
        {"id": name.lower(), "name": name, "validators": [f"G{x}" for x in members]} for name, members in ORGANISATIONS.items()
    ],
}


def stellar(organisations: int, each: int, watchers: int) -> Network:
    """Return a network in the shape of Stellar's: organisations of like nodes that trust most of each other, and watchers."""
    draw = random.Random(organisations)
    count = organisations * each
    inner = tuple(QuorumSet(each // 2 + 1, mask(range(o * each, (o + 1) * each))) for o in range(organisations))
    top = QuorumSet(organisations - (organisations - 1) // 3, 0, inner)

    def watched() -> QuorumSet:
        return draw.choice([top, top, QuorumSet(draw.randint(1, 3), mask(draw.sample(range(count), 5)))])

    sets = (*(top for _ in range(count)), *(watched() for _ in range(watchers)))
    return Network(tuple(f"n{i}" for i in range(count + watchers)), sets)
