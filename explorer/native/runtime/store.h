/* The visited set: open addressing over 64-bit slots, 0 free, linear probing without wrapping round.
 *
 * A slot holds either a fingerprint (the whole hash: exact where a state is one word, as the hash is a bijection then; else the
 * compact store) or a tag and a reference into the arena, and then a tag that matches is confirmed against the words there.
 *
 * It doubles in place: the home of a slot is the low bits of its hash, so a slot at i either stays near i or moves near i + the
 * old capacity. Walking up once is enough, and neither a second table nor a second copy of anything is ever resident.
 */
#ifndef QUORATE_STORE_H
#define QUORATE_STORE_H

#include "control.h"
#include "hash.h"
#include "memory.h"
#include "model.h"

enum { REFERENCE_BITS = 40, FIRST_BITS = 16, PREFETCH_AHEAD = 16 };
#define REFERENCE_MASK ((1ull << REFERENCE_BITS) - 1)

struct store {
    struct span span;
    uint64_t *slots;
    const uint64_t *arena; /* NULL: fingerprints */
    unsigned bits;
    uint64_t zero; /* 1 when the one state whose fingerprint is 0 was seen */
};

static inline uint64_t store_capacity(const struct store *store) { return 1ull << store->bits; }

/* At most this many states before it has to grow; `tight`: where it cannot grow any more. */
static inline uint64_t store_threshold(const struct store *store, int tight) {
    return tight ? store_capacity(store) / 10 * 9 : store_capacity(store) / 4 * 3;
}

static inline uint64_t store_bytes(const struct store *store) { return store_capacity(store) * sizeof *store->slots; }

static int store_open(struct store *store, const uint64_t *arena, uint64_t most_bytes) {
    uint64_t least = (2ull << FIRST_BITS) * sizeof *store->slots;
    if (!span_reserve(&store->span, most_bytes > least ? most_bytes : least, least)) return 0;
    span_scattered(&store->span);
    store->slots = store->span.at;
    store->arena = arena;
    store->bits = FIRST_BITS;
    store->zero = 0;
    return 1;
}

static inline uint64_t slot_made(const struct store *store, uint64_t hash, uint64_t reference) {
    return store->arena ? (hash & ~REFERENCE_MASK) | reference : hash;
}

static inline uint64_t slot_hash(const struct store *store, uint64_t slot) {
    if (!store->arena) return slot;
    const uint64_t *state = store->arena + (slot & REFERENCE_MASK);
    return hash_words(state, state_length(state));
}

static void store_place(struct store *store, uint64_t slot) {
    uint64_t at = slot_hash(store, slot) & (store_capacity(store) - 1);
    while (store->slots[at]) at++;
    store->slots[at] = slot;
}

/* Takes out the cluster that ran over the end of the old table; it stands where the new upper half begins. */
static uint64_t *store_take_overflow(struct store *store, uint64_t *count) {
    uint64_t *first = store->slots + store_capacity(store), *last = first;
    while (*last) last++;
    *count = (uint64_t)(last - first);
    uint64_t *taken = malloc((*count + 1) * sizeof *taken);
    if (!taken) return NULL;
    memcpy(taken, first, *count * sizeof *taken);
    memset(first, 0, *count * sizeof *first);
    return taken;
}

/* Whether there is address space for twice the slots, and room for a cluster that runs over their end. */
static inline int store_can_double(const struct store *store) {
    return 2 * store_bytes(store) + PAGE_BYTES <= store->span.bytes;
}

/* Doubles it in place. Requires: `store_can_double`, no other thread inside. Returns whether it did. */
static int store_double(struct store *store) {
    uint64_t old = store_capacity(store), overflowing;
    uint64_t *overflow = store_take_overflow(store, &overflowing);
    if (!overflow) return 0;
    store->bits++;
    for (uint64_t i = 0; i < old; i++) {
        uint64_t ahead = i + PREFETCH_AHEAD < old ? store->slots[i + PREFETCH_AHEAD] : 0;
        if (store->arena && ahead) __builtin_prefetch(store->arena + (ahead & REFERENCE_MASK));
        uint64_t slot = store->slots[i];
        if (!slot) continue;
        store->slots[i] = 0;
        store_place(store, slot);
    }
    for (uint64_t i = 0; i < overflowing; i++) store_place(store, overflow[i]);
    free(overflow);
    return 1;
}

#endif
