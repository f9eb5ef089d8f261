/* Where states live, in the order of their discovery, and so the queue: a level is a list of slices of the arena.
 *
 * Threads append to chunks of their own. A slice is the unit of work; it ends so that work can be shared evenly. Where only the
 * frontier is needed (fingerprints), a chunk is used again as soon as all its slices are consumed.
 */
#ifndef QUORATE_ARENA_H
#define QUORATE_ARENA_H

#include "control.h"
#include "memory.h"
#include "model.h"

enum { CHUNK_WORDS = 1 << 16, SLICE_WORDS = 1 << 9 };

struct slice {
    uint64_t begin, end; /* words of the arena */
};

struct slices {
    struct slice *items;
    uint64_t count, room;
};

struct numbers {
    uint64_t *items;
    uint64_t count, room;
};

struct arena {
    struct span span;
    uint64_t *words;
    uint64_t used;       /* words handed out as chunks */
    uint32_t *pending;   /* slices of each chunk that are not consumed yet; where chunks are used again */
    struct numbers idle; /* chunks to be used again */
};

/* Appends; where memory ends the process ends, as in `sink_open`. */
static void slices_add(struct slices *list, struct slice item) {
    if (list->count == list->room) {
        list->room = 2 * list->room + 64;
        list->items = realloc(list->items, list->room * sizeof *list->items);
        if (!list->items) abort();
    }
    list->items[list->count++] = item;
}

static void numbers_add(struct numbers *list, uint64_t item) {
    if (list->count == list->room) {
        list->room = 2 * list->room + 64;
        list->items = realloc(list->items, list->room * sizeof *list->items);
        if (!list->items) abort();
    }
    list->items[list->count++] = item;
}

/* `scattered`: the visited set points into it. Word 0 stays unused, so that no reference is 0. */
static int arena_open(struct arena *arena, uint64_t most_bytes, int scattered) {
    uint64_t least = 64ull * CHUNK_WORDS * sizeof *arena->words;
    if (!span_reserve(&arena->span, most_bytes > least ? most_bytes : least, least)) return 0;
    if (scattered) span_scattered(&arena->span);
    arena->pending = scattered ? NULL : calloc(arena->span.bytes / sizeof *arena->words / CHUNK_WORDS + 1, sizeof *arena->pending);
    if (!scattered && !arena->pending) return span_release(&arena->span), 0;
    arena->words = arena->span.at;
    arena->used = 1;
    return 1;
}

/* Returns where a fresh chunk begins, or 0 where the arena is full. Requires: the caller holds the team's lock. */
static uint64_t arena_chunk(struct arena *arena) {
    if (arena->idle.count) return arena->idle.items[--arena->idle.count];
    uint64_t begin = arena->used;
    if ((begin + CHUNK_WORDS + 1) * sizeof *arena->words > arena->span.bytes || begin + CHUNK_WORDS > 1ull << 40) return 0;
    arena->used += CHUNK_WORDS;
    return begin;
}

static inline uint32_t *pending_of(struct arena *arena, struct slice slice) { return &arena->pending[(slice.begin - 1) / CHUNK_WORDS]; }

static void arena_close(struct arena *arena) {
    span_release(&arena->span);
    free(arena->idle.items), free(arena->pending);
}

#endif
