/* How many states there are once some bits of their fixed words do not count: those that guarantees of a history keep.
 *
 * Exact, or not told. The states are those of the visited set; each is looked up, masked, in a table of as many slots.
 */
#ifndef QUORATE_DISTINCT_H
#define QUORATE_DISTINCT_H

#include "search.h"

#define NOT_TOLD (~0ull)

static uint32_t masked(uint64_t *to, const uint64_t *state, const uint64_t *mask) {
    const uint32_t length = state_length(state);
    memcpy(to, state, length * sizeof *to);
    for (uint32_t i = 0; i < FIXED_WORDS; i++) to[i] &= mask[i];
    return length;
}

/* Whether a slot of the table stands for this state, which is masked. */
static int stands_for(const struct store *store, uint64_t slot, uint64_t hash, const uint64_t *state, uint32_t length, const uint64_t *mask) {
    if (!store->arena) return slot == hash;
    if ((slot ^ hash) & ~REFERENCE_MASK) return 0;
    uint64_t other[MAX_WORDS];
    return masked(other, store->arena + (slot & REFERENCE_MASK), mask) == length && same_words(other, state, length);
}

/* Counts the states of a search that is over, with the bits of `mask` alone. */
static uint64_t count_distinct(const struct store *store, const uint64_t *mask) {
    if (!store->arena && MAX_WORDS > 1) return NOT_TOLD;
    const uint64_t capacity = store_capacity(store);
    uint64_t *table = calloc(capacity, sizeof *table);
    if (!table) return NOT_TOLD;
    uint64_t found = 0, zero = store->zero, state[MAX_WORDS];
    for (uint64_t i = 0; i < capacity || store->slots[i]; i++) {
        uint64_t slot = store->slots[i], word;
        if (!slot) continue;
        if (!store->arena) word = unmix(slot);
        const uint32_t length = masked(state, store->arena ? store->arena + (slot & REFERENCE_MASK) : &word, mask);
        const uint64_t hash = hash_words(state, length);
        if (!store->arena && !hash) {
            zero = 1;
            continue;
        }
        uint64_t at = hash & (capacity - 1);
        while (table[at] && !stands_for(store, table[at], hash, state, length, mask)) at = (at + 1) & (capacity - 1);
        if (table[at]) continue;
        table[at] = slot_made(store, hash, slot & REFERENCE_MASK);
        found++;
    }
    free(table);
    return found + zero;
}

#endif
