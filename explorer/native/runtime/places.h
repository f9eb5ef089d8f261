/* Dense numbers for the states of a search that is over: a bit for each slot of the store, and ranks.
 *
 * A state's number is the number of states in slots before its own; both directions cost a few cache lines, and memory two to
 * three bits a state. Source: Jacobson, "Space-efficient static trees and graphs" (1989), rank and select by blocks.
 */
#ifndef QUORATE_PLACES_H
#define QUORATE_PLACES_H

#include "batch.h"

enum { BLOCK_WORDS = 8, BLOCK_PLACES = 64 * BLOCK_WORDS };
#define NOWHERE UINT32_MAX /* no state of the search */

struct places {
    const struct search *search;
    uint64_t *bits, count; /* count: of the slots */
    uint32_t *ranks;       /* states before each block */
    uint32_t *blocks;      /* the block in which every BLOCK_PLACES-th state is */
    uint32_t states;
    int zero; /* the state whose fingerprint is 0 has the last number and no slot */
};

/* Whether the slots are fingerprints: of states of one word, from which the hash takes nothing away. */
static inline int are_prints(const struct places *places) { return places->search->store.arena == NULL; }

static void places_close(struct places *places) { free(places->bits), free(places->ranks), free(places->blocks); }

static uint64_t places_bytes(const struct places *places) {
    const uint64_t blocks = places->count / BLOCK_PLACES + 1;
    return (blocks * BLOCK_WORDS) * sizeof *places->bits + blocks * sizeof *places->ranks + (places->states / BLOCK_PLACES + 2) * sizeof *places->blocks;
}

/* Sets the ranks, and every so many states the block that it is in. Requires: the bits are set. */
static void places_rank(struct places *places, uint64_t blocks) {
    uint32_t states = 0;
    for (uint64_t i = 0; i < blocks; i++) {
        places->ranks[i] = states;
        for (int j = 0; j < BLOCK_WORDS; j++) {
            const uint32_t more = (uint32_t)__builtin_popcountll(places->bits[i * BLOCK_WORDS + (uint64_t)j]);
            const uint32_t next = (states + BLOCK_PLACES - 1) / BLOCK_PLACES; /* of the states whose block is noted */
            if (next * BLOCK_PLACES < states + more) places->blocks[next] = (uint32_t)i;
            states += more;
        }
    }
    places->states = states;
}

/* Numbers the states of a search that keeps them all. Returns 0 where memory is refused, or they are too many for 31 bits. */
static int places_open(struct places *places, const struct search *search) {
    const struct store *store = &search->store;
    uint64_t states = 0;
    *places = (struct places){.search = search, .count = store_capacity(store)};
    while (store->slots[places->count]) places->count++; /* the cluster that runs over the end */
    const uint64_t blocks = places->count / BLOCK_PLACES + 1;
    for (unsigned i = 0; i < search->size; i++) states += search->workers[i].counts.states;
    if (states >= 1ull << 31) return 0;
    places->bits = calloc(blocks * BLOCK_WORDS, sizeof *places->bits);
    places->ranks = calloc(blocks, sizeof *places->ranks);
    places->blocks = calloc(states / BLOCK_PLACES + 2, sizeof *places->blocks);
    if (!places->bits || !places->ranks || !places->blocks) return places_close(places), 0;
    for (uint64_t i = 0; i < places->count; i++) places->bits[i / 64] |= (uint64_t)(store->slots[i] != 0) << i % 64;
    places_rank(places, blocks);
    places->zero = store->zero != 0;
    places->states += (uint32_t)places->zero;
    return 1;
}

static inline uint32_t rank_of(const struct places *places, uint64_t at) {
    uint64_t first = at / BLOCK_PLACES * BLOCK_WORDS;
    uint32_t rank = places->ranks[at / BLOCK_PLACES];
    for (uint64_t i = first; i < at / 64; i++) rank += (uint32_t)__builtin_popcountll(places->bits[i]);
    return rank + (uint32_t)__builtin_popcountll(places->bits[at / 64] & ((1ull << at % 64) - 1));
}

/* Returns the slot of a state, or NOWHERE in 64 bits where the search has not met it. */
static inline uint64_t slot_of(const struct places *places, const uint64_t *state, uint32_t length, uint64_t hash) {
    const struct store *store = &places->search->store;
    for (uint64_t at = hash & (store_capacity(store) - 1);; at++) {
        const uint64_t slot = store->slots[at];
        if (!slot) return UINT64_MAX;
        if (are_prints(places) ? slot == hash : !((slot ^ hash) & ~REFERENCE_MASK) && same_words(store->arena + (slot & REFERENCE_MASK), state, length)) return at;
    }
}

static inline uint32_t number_of(const struct places *places, const uint64_t *state, uint32_t length, uint64_t hash) {
    if (are_prints(places) && !hash) return places->zero ? places->states - 1 : NOWHERE;
    const uint64_t at = slot_of(places, state, length, hash);
    return at == UINT64_MAX ? NOWHERE : rank_of(places, at);
}

/* Returns the slot of the state with this number. */
static inline uint64_t slot_at(const struct places *places, uint32_t number) {
    uint64_t block = places->blocks[number / BLOCK_PLACES];
    const uint64_t last = places->count / BLOCK_PLACES;
    while (block > 0 && places->ranks[block] > number) block--;
    while (block < last && places->ranks[block + 1] <= number) block++;
    uint32_t left = number - places->ranks[block];
    uint64_t word = block * BLOCK_WORDS;
    for (uint32_t here; (here = (uint32_t)__builtin_popcountll(places->bits[word])) <= left; word++) left -= here;
    uint64_t bits = places->bits[word];
    while (left--) bits &= bits - 1;
    return word * 64 + (uint64_t)__builtin_ctzll(bits);
}

/* Returns the state in a slot; `room` is for one that is made of its fingerprint. */
static inline const uint64_t *state_in(const struct places *places, uint64_t at, uint64_t *room) {
    const struct store *store = &places->search->store;
    if (!are_prints(places)) return store->arena + (store->slots[at] & REFERENCE_MASK);
    *room = unmix(store->slots[at]);
    return room;
}

static inline const uint64_t *state_at_number(const struct places *places, uint32_t number, uint64_t *room) {
    if (places->zero && number == places->states - 1) return *room = unmix(0), room;
    return state_in(places, slot_at(places, number), room);
}

#endif
