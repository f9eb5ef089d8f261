/* The states on cheapest ways to targets, each with its cost and the set of targets that it leads to. */
#ifndef QUORATE_MARKS_H
#define QUORATE_MARKS_H

#include "hash.h"
#include "model.h"

struct mark {
    uint64_t at, targets; /* where its words begin; bit t: it lies on a cheapest way to target t */
    uint64_t faults, steps;
    uint32_t length;
};

struct marks {
    struct mark *items;
    uint64_t count, room;
    uint64_t *words, used, room_words;
    uint64_t *slots, mask; /* open addressing over 1 + the number of an item, 0 free */
};

/* Returns the slot where the state is, or where it would be. Requires: there are slots. */
static uint64_t marks_slot(const struct marks *marks, const uint64_t *state, uint32_t length, uint64_t hash) {
    for (uint64_t at = hash & marks->mask;; at = (at + 1) & marks->mask) {
        if (!marks->slots[at]) return at;
        const struct mark *mark = &marks->items[marks->slots[at] - 1];
        if (mark->length == length && same_words(marks->words + mark->at, state, length)) return at;
    }
}

static const struct mark *marks_find(const struct marks *marks, const uint64_t *state, uint32_t length) {
    if (!marks->slots) return NULL;
    uint64_t slot = marks->slots[marks_slot(marks, state, length, hash_words(state, length))];
    return slot ? &marks->items[slot - 1] : NULL;
}

static void *grown(void *items, uint64_t count, size_t size) {
    void *more = realloc(items, count * size);
    if (!more) abort();
    return more;
}

static void marks_rehash(struct marks *marks) {
    uint64_t slots = marks->slots ? 2 * (marks->mask + 1) : 1024;
    free(marks->slots);
    marks->slots = calloc(slots, sizeof *marks->slots);
    if (!marks->slots) abort();
    marks->mask = slots - 1;
    for (uint64_t i = 0; i < marks->count; i++) {
        const uint64_t *state = marks->words + marks->items[i].at;
        uint32_t length = marks->items[i].length;
        marks->slots[marks_slot(marks, state, length, hash_words(state, length))] = i + 1;
    }
}

/* Adds a state that is not there yet: each state has one cheapest cost, so it is met once. */
static void marks_add(struct marks *marks, const uint64_t *state, struct mark mark) {
    if (!marks->slots || 2 * marks->count >= marks->mask) marks_rehash(marks);
    if (marks->count == marks->room) marks->items = grown(marks->items, marks->room = 2 * marks->room + 64, sizeof mark);
    while (marks->used + mark.length > marks->room_words)
        marks->words = grown(marks->words, marks->room_words = 2 * marks->room_words + 1024, sizeof *state);
    memcpy(marks->words + marks->used, state, mark.length * sizeof *state);
    mark.at = marks->used;
    marks->used += mark.length;
    marks->slots[marks_slot(marks, state, mark.length, hash_words(state, mark.length))] = marks->count + 1;
    marks->items[marks->count++] = mark;
}

static void marks_close(struct marks *marks) { free(marks->items), free(marks->words), free(marks->slots), free(marks); }

#endif
