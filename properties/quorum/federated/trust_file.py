"""A network from JSON: the nodes of stellarbeat and its kin, or what stellar-core prints of its quorum.

Both say a list of nodes, stellar-core under `nodes`. Of each node are read its name (`publicKey`, or `node`), whether it is
`active`, its quorum set (`quorumSet` with `threshold`, `validators`, `innerQuorumSets`; or `qset` with `t` and `v`, in
which inner sets stand among the names), and what it may be grouped by; what else stands there is not ours to judge.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.quorum.federated.trust import NEVER, Network, QuorumSet, mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Fields = dict[str, object]
MOST_NODES = 10_000
DEEPEST = 20
GROUPINGS = ("organisation", "name", "country")


@dataclass(frozen=True, slots=True)
class TrustFile:
    """The network; what to call its nodes; groups of nodes by their ids; who is trusted and not listed; who says nothing."""

    network: Network
    called: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]]  # grouping -> id -> group
    unlisted: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    number: Mapping[str, int]
    unlisted: dict[str, None] = field(default_factory=dict[str, None])

    def wrong(self, who: str, what: str) -> UsageError:
        return UsageError(f"{self.path}: node `{who}`: {what}")

    def quorum_set(self, who: str, value: object, depth: int = 0) -> QuorumSet:
        if not isinstance(value, dict) or depth > DEEPEST:
            raise self.wrong(who, "its quorum set must be an object" if depth <= DEEPEST else "its quorum set nests too deep")
        fields = cast("Fields", value)
        short = "t" in fields or "v" in fields
        threshold = fields.get("t" if short else "threshold")
        if not isinstance(threshold, int) or isinstance(threshold, bool) or threshold < 0:
            raise self.wrong(who, f"`{'t' if short else 'threshold'}` must be a whole number from 0")
        listed = self._list(who, fields, "v" if short else "validators")
        names = [one for one in listed if not short or isinstance(one, str)]
        inner = [one for one in listed if not isinstance(one, str)] if short else self._list(who, fields, "innerQuorumSets")
        below = tuple(self.quorum_set(who, one, depth + 1) for one in inner)
        return QuorumSet(threshold, self._nodes(who, names), below)

    def _list(self, who: str, fields: Fields, key: str) -> Sequence[object]:
        value = fields.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(who, f"`{key}` must be a list")
        return cast("list[object]", value)

    def _nodes(self, who: str, names: Sequence[object]) -> int:
        found: list[int] = []
        seen: set[str] = set()
        for name in names:
            if not isinstance(name, str):
                raise self.wrong(who, "its validators must be names in quotes")
            if name in seen:
                raise self.wrong(who, f"`{name}` stands twice in one quorum set: list it once")
            seen.add(name)
            if name in self.number:
                found.append(self.number[name])
            else:
                self.unlisted[name] = None
        return mask(found)


def from_file(path: Path, organisations: Path | None = None) -> TrustFile:
    """Return the network of a file, with the organisations of another if they stand apart. Errors: UsageError."""
    document = _json(path)
    apart = cast("Fields", document).get("organizations") if isinstance(document, dict) else None
    listed = _nodes(path, document)
    ids = [_id(path, node) for node in listed]
    if len(set(ids)) < len(ids):
        raise UsageError(f"{path}: node `{next(i for i in ids if ids.count(i) > 1)}` stands there twice: list it once")
    reader = _Reader(path, {name: i for i, name in enumerate(ids)})
    given = [node.get("quorumSet", node.get("qset")) for node in listed]
    sets = tuple(NEVER if q is None else reader.quorum_set(i, q) for i, q in zip(ids, given, strict=True))
    owners = _owners(organisations, _json(organisations)) if organisations is not None else _owners(path, apart or [])
    groups = {
        "organisation": {i: o for i, node in zip(ids, listed, strict=True) if (o := _organisation(i, node, owners))},
        "name": {i: n for i, node in zip(ids, listed, strict=True) if (n := _text(node, "name", "alias"))},
        "country": {i: c for i, node in zip(ids, listed, strict=True) if (c := _country(node))},
    }
    silent = tuple(i for i, q in zip(ids, given, strict=True) if q is None)
    return TrustFile(Network(tuple(ids), sets), _called(ids, groups["name"]), groups, tuple(reader.unlisted), silent)


def _json(path: Path) -> object:
    try:
        return cast("object", json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}") from None
    except RecursionError:
        raise UsageError(f"`{path}` is not JSON that can be read: it nests too deep") from None
    except ValueError as error:
        raise UsageError(f"`{path}` is not JSON: {error}") from None


def _nodes(path: Path, document: object) -> list[Fields]:
    listed = cast("Fields", document).get("nodes") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(node, dict) for node in cast("list[object]", listed)):
        raise UsageError(f"{path}: write a list of nodes, or an object with one under `nodes`")
    active = [node for node in cast("list[Fields]", listed) if node.get("active", True)]
    if not 1 <= len(active) <= MOST_NODES:
        raise UsageError(f"{path}: it lists {len(active)} active nodes: there must be one, and at most {MOST_NODES}")
    return active


def _id(path: Path, node: Fields) -> str:
    found = node.get("publicKey", node.get("node"))
    if not isinstance(found, str) or not found.strip() or not found.isprintable():
        raise UsageError(f"{path}: each node needs its name in quotes, as `publicKey` or `node`")
    return found


def _text(node: Fields, *keys: str) -> str | None:
    values = (node.get(key) for key in keys)
    return next((v.strip() for v in values if isinstance(v, str) and v.strip() and v.isprintable()), None)


def _country(node: Fields) -> str | None:
    place = node.get("geoData")
    inner = _text(cast("Fields", place), "countryName") if isinstance(place, dict) else None
    return inner or _text(node, "country")


def _organisation(who: str, node: Fields, owners: Mapping[str, str]) -> str | None:
    own = _text(node, "organization", "organizationId")
    return owners.get(who) or (owners.get(f"id {own}", own) if own else None)


def _owners(path: Path, listed: object) -> dict[str, str]:
    """Return the organisation of each validator that one lists, and the names of organisations by `id ...`."""
    found: dict[str, str] = {}
    if not isinstance(listed, list):
        raise UsageError(f"{path}: organisations must be a list of objects with `name` and `validators`")
    for one in cast("list[object]", listed):
        fields = cast("Fields", one) if isinstance(one, dict) else {}
        name, validators = _text(fields, "name", "id"), fields.get("validators", [])
        if name is None or not isinstance(validators, list):
            raise UsageError(f"{path}: organisations must be a list of objects with `name` and `validators`")
        if (key := _text(fields, "id")) is not None:
            found[f"id {key}"] = name
        for validator in cast("list[object]", validators):
            if found.setdefault(str(validator), name) != name:
                raise UsageError(f"{path}: node `{validator}` is in two organisations: leave it in one")
    return found


def _called(ids: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """Return what to call each node: its name where no other node has that, else its id, shortened where that tells all."""
    taken = [names.get(i, i) for i in ids]
    short = {i: f"{i[:6]}..." if len(i) > 16 else i for i in ids}
    told = {i: name if taken.count(name) == 1 and len(name) <= 40 else short[i] for i, name in zip(ids, taken, strict=True)}
    return (
        {i: text if list(told.values()).count(text) == 1 else i for i, text in told.items()}
        if len(ids) <= 2000
        else dict(zip(ids, ids, strict=True))
    )


def named(file: TrustFile, names: Sequence[str]) -> int:
    """Return the nodes with these ids, or with what they are called. Errors: UsageError."""
    ids = {**{text: i for i, text in file.called.items()}, **{i: i for i in file.called}}
    for name in names:
        if name not in ids:
            raise UsageError(
                f"there is no node `{name}`{did_you_mean(name, ids)}: write its key, or its name where that is its own"
            )
    return mask(file.network.names.index(ids[name]) for name in names)
