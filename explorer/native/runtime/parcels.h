/* What is in flight, as parcels behind the fixed words: sorted (a multiset, or a set), or queues by route.
 *
 * A parcel holds the payload in its low bits, then which message it is, then its route from bit ROUTE_AT on. Emitted code
 * defines ROUTE_AT, ROUTE_BITS, CAPACITY, FIFO, ONCE (the network is a set), MOST_PARCELS, and the two functions declared first.
 */
#ifndef QUORATE_PARCELS_H
#define QUORATE_PARCELS_H

#include "bits.h"

static inline unsigned flight_count(const uint64_t *state);
static inline void set_flight_count(uint64_t *state, unsigned count);

/* What a step has sent. More than a state can hold is an error, if the step exists at all. */
struct box {
    unsigned count, overflow;
    uint64_t words[(MOST_PARCELS + 2) * PARCEL_WORDS];
};

INLINE const uint64_t *parcel_at(const uint64_t *state, unsigned i) { return state + FIXED_WORDS + i * PARCEL_WORDS; }

INLINE unsigned route_of(const uint64_t *parcel) {
    return ROUTE_BITS ? (unsigned)bits_get(parcel, ROUTE_AT, ROUTE_BITS ? ROUTE_BITS : 1) : 0;
}

INLINE int same_parcel(const uint64_t *a, const uint64_t *b) { return memcmp(a, b, 8 * PARCEL_WORDS) == 0; }

/* The order of parcels: by route alone where they queue, else by all their bits. */
INLINE int parcel_before(const uint64_t *a, const uint64_t *b) {
    if (FIFO) return route_of(a) < route_of(b);
    for (unsigned i = PARCEL_WORDS; i-- > 0;)
        if (a[i] != b[i]) return a[i] < b[i];
    return 0;
}

INLINE void box_add(struct box *box, const uint64_t *parcel) {
    if (box->count == MOST_PARCELS + 2) {
        box->overflow = 1;
        return;
    }
    memcpy(box->words + box->count++ * PARCEL_WORDS, parcel, 8 * PARCEL_WORDS);
}

/* Whether one more parcel like this would be over the capacity. */
INLINE int is_full(const uint64_t *state, unsigned count, const uint64_t *parcel) {
    unsigned same = 0;
    if (!FIFO) return count >= CAPACITY;
    for (unsigned i = 0; i < count; i++) same += route_of(parcel_at(state, i)) == route_of(parcel);
    return same >= CAPACITY;
}

/* Inserts a parcel behind those that are not after it; returns 0 where that is over the capacity. */
INLINE int parcel_insert(uint64_t *state, unsigned *count, const uint64_t *parcel) {
    unsigned i = *count;
    while (i > 0 && parcel_before(parcel, parcel_at(state, i - 1))) i--;
    if (ONCE && i > 0 && same_parcel(parcel, parcel_at(state, i - 1))) return 1;
    if (is_full(state, *count, parcel)) return 0;
    uint64_t *place = state + FIXED_WORDS + i * PARCEL_WORDS;
    memmove(place + PARCEL_WORDS, place, 8 * PARCEL_WORDS * (*count - i));
    memcpy(place, parcel, 8 * PARCEL_WORDS);
    ++*count;
    return 1;
}

/* Completes the successor `to`, whose fixed words are set, with what was in flight in `from` but for parcel `received` (if it
 * is not negative), and what was sent. Returns 0 where that is over the capacity. */
INLINE int parcels_close(const uint64_t *from, uint64_t *to, int received, const struct box *box) {
    unsigned count = flight_count(from), first = received < 0 ? count : (unsigned)received;
    memcpy(to + FIXED_WORDS, from + FIXED_WORDS, 8 * PARCEL_WORDS * first);
    if (received >= 0) {
        memcpy(to + FIXED_WORDS + PARCEL_WORDS * first, parcel_at(from, first + 1), 8 * PARCEL_WORDS * (count - first - 1));
        count--;
    }
    if (box->overflow) return 0;
    for (unsigned i = 0; i < box->count; i++)
        if (!parcel_insert(to, &count, box->words + i * PARCEL_WORDS)) return 0;
    set_flight_count(to, count);
    return 1;
}

/* Completes the successor `to` with what was in flight in `from` and parcel `i` twice. Returns 0 where that is over the capacity. */
INLINE int parcels_double(const uint64_t *from, uint64_t *to, unsigned i) {
    unsigned count = flight_count(from);
    if (is_full(from, count, parcel_at(from, i))) return 0;
    memcpy(to + FIXED_WORDS, from + FIXED_WORDS, 8 * PARCEL_WORDS * (i + 1));
    memcpy(to + FIXED_WORDS + PARCEL_WORDS * (i + 1), parcel_at(from, i), 8 * PARCEL_WORDS * (count - i));
    set_flight_count(to, count + 1);
    return 1;
}

/* Completes the successor `to` with what was in flight in `from` but on these two routes (-1: none). */
INLINE void parcels_lose(const uint64_t *from, uint64_t *to, int one, int two) {
    unsigned kept = 0;
    for (unsigned i = 0; i < flight_count(from); i++) {
        int route = (int)route_of(parcel_at(from, i));
        if (route == one || route == two) continue;
        memcpy(to + FIXED_WORDS + PARCEL_WORDS * kept++, parcel_at(from, i), 8 * PARCEL_WORDS);
    }
    set_flight_count(to, kept);
}

/* Completes the successor `to` with what was in flight in `from` but to and from the process; routes lead from `sources` to `targets`. */
INLINE void parcels_leave(const uint64_t *from, uint64_t *to, const int32_t *sources, const int32_t *targets, int64_t process) {
    unsigned kept = 0;
    for (unsigned i = 0; i < flight_count(from); i++) {
        const unsigned route = route_of(parcel_at(from, i));
        if (sources[route] == process || targets[route] == process) continue;
        memcpy(to + FIXED_WORDS + PARCEL_WORDS * kept++, parcel_at(from, i), 8 * PARCEL_WORDS);
    }
    set_flight_count(to, kept);
}

/* Whether an equal parcel stands before this one (in its queue): only the first of equals is a label of its own. */
INLINE int is_repeated(const uint64_t *state, unsigned i) {
    const uint64_t *parcel = parcel_at(state, i);
    if (!FIFO) return i > 0 && same_parcel(parcel, parcel_at(state, i - 1));
    for (unsigned j = i; j-- > 0 && route_of(parcel_at(state, j)) == route_of(parcel);)
        if (same_parcel(parcel, parcel_at(state, j))) return 1;
    return 0;
}

/* Whether the parcel is next to be received, of all that are equal to it. */
INLINE int is_next(const uint64_t *state, unsigned i) {
    if (!FIFO) return !is_repeated(state, i);
    return i == 0 || route_of(parcel_at(state, i - 1)) != route_of(parcel_at(state, i));
}

#endif
