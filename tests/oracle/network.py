"""What is in flight: an envelope is (source, target, message), with processes as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .stage import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

Envelope = tuple[int, int, tuple[Any, ...]]
Flight = frozenset[Any]  # unordered: (envelope, how many); set: envelopes; fifo: (link, queue)


class Unordered:
    capacity = 64

    def receivable(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        "Each message that a receive could take, with what is in flight after it."
        for envelope, count in flight:
            left = {(envelope, count - 1)} if count > 1 else set[Any]()
            yield envelope, (flight - {(envelope, count)}) | left

    lost = receivable

    def doubled(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        for envelope, count in flight:
            yield envelope, (flight - {(envelope, count)}) | {(envelope, count + 1)}

    def put(self, flight: Flight, sends: list[Envelope]) -> Flight:
        counts = dict(flight)
        for envelope in sends:
            counts[envelope] = counts.get(envelope, 0) + 1
        return frozenset(counts.items())

    def without(self, flight: Flight, links: set[tuple[int, int]]) -> Flight:
        return frozenset(item for item in flight if item[0][:2] not in links)

    def check(self, flight: Flight, capacity: int) -> None:
        if sum(count for _, count in flight) > capacity:
            raise ModelError("the network is over its capacity")

    def envelopes(self, flight: Flight) -> Iterator[Envelope]:
        return (envelope for envelope, _ in flight)

    def copies(self, flight: Flight) -> Iterator[Envelope]:
        "Every message, as often as it is in flight."
        return (envelope for envelope, count in flight for _ in range(count))


class Set:
    capacity = 64

    def receivable(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        return ((envelope, flight) for envelope in flight)

    def lost(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        raise ModelError("`drop` on a `set` network")

    def doubled(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        raise ModelError("`duplicate` on a `set` network")

    def put(self, flight: Flight, sends: list[Envelope]) -> Flight:
        return flight | set(sends)

    def without(self, flight: Flight, links: set[tuple[int, int]]) -> Flight:
        return frozenset(envelope for envelope in flight if envelope[:2] not in links)

    def check(self, flight: Flight, capacity: int) -> None:
        if len(flight) > capacity:
            raise ModelError("the network is over its capacity")

    def envelopes(self, flight: Flight) -> Iterator[Envelope]:
        return iter(flight)

    copies = envelopes


class Fifo:
    capacity = 16

    def receivable(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        for link, queue in flight:
            yield (*link, queue[0]), self.queued(flight, link, queue, queue[1:])

    def queued(self, flight: Flight, link: Any, queue: tuple[Any, ...], after: tuple[Any, ...]) -> Flight:
        return (flight - {(link, queue)}) | ({(link, after)} if after else set[Any]())

    # A label names a message, and gives one edge: of equal messages in a queue the first is meant.

    def lost(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        for link, queue in flight:
            for message in set(queue):
                i = queue.index(message)
                yield (*link, message), self.queued(flight, link, queue, queue[:i] + queue[i + 1 :])

    def doubled(self, flight: Flight) -> Iterator[tuple[Envelope, Flight]]:
        for link, queue in flight:
            for message in set(queue):
                i = queue.index(message)
                yield (*link, message), self.queued(flight, link, queue, queue[: i + 1] + queue[i:])

    def put(self, flight: Flight, sends: list[Envelope]) -> Flight:
        queues: dict[Any, tuple[Any, ...]] = dict(flight)
        for source, target, message in sends:
            queues[source, target] = (*queues.get((source, target), ()), message)
        return frozenset(queues.items())

    def without(self, flight: Flight, links: set[tuple[int, int]]) -> Flight:
        return frozenset(item for item in flight if item[0] not in links)

    def check(self, flight: Flight, capacity: int) -> None:
        if any(len(queue) > capacity for _, queue in flight):
            raise ModelError("a queue of the network is over its capacity")

    def envelopes(self, flight: Flight) -> Iterator[Envelope]:
        return ((*link, message) for link, queue in flight for message in queue)

    copies = envelopes


Network = Unordered | Set | Fifo
NETWORKS: dict[str, type[Network]] = {"unordered": Unordered, "set": Set, "fifo": Fifo}
