/* Random walks, for spaces too large to search. A walk depends on the seed and its own number only. */
#ifndef QUORATE_WALK_H
#define QUORATE_WALK_H

#include "control.h"
#include "hash.h"
#include "model.h"

enum walk_end { WALK_NOTHING, WALK_PROPERTY, WALK_ERROR, WALK_STUCK };

/* What is looked for, and what was found: `path_count` states, one after the other, the last of which (or whose last edge) shows it. */
struct walks {
    uint64_t seed, first, count, depth; /* walks numbered from `first` */
    const uint64_t *wanted;             /* properties, bit by bit */
    uint32_t stuck_wanted, end;         /* end: an enum walk_end */
    uint64_t *shown;                    /* properties that the end shows, PROPERTY_WORDS words of the caller's */
    uint64_t number, steps, done, deepest; /* the walk that ended so; over all walks: steps, walks, the longest */
    uint64_t *path, path_count, path_used, path_room;
};

struct dice {
    uint64_t state;
};

/* SplitMix64 (Steele, Lea & Flood, 2014). */
static uint64_t roll(struct dice *dice) { return mix(dice->state += 0x9e3779b97f4a7c15ull); }

/* Returns a number below `bound`, each equally likely but for 1 part in 2^64 / bound. */
static uint64_t roll_below(struct dice *dice, uint64_t bound) {
    __extension__ typedef unsigned __int128 uint128_t;
    return (uint64_t)((uint128_t)roll(dice) * bound >> 64);
}

static void path_add(struct walks *walks, const uint64_t *state) {
    uint32_t length = state_length(state);
    if (walks->path_used + length > walks->path_room) {
        walks->path_room = 2 * walks->path_room + length + 1024;
        walks->path = realloc(walks->path, walks->path_room * sizeof *state);
        if (!walks->path) abort();
    }
    memcpy(walks->path + walks->path_used, state, length * sizeof *state);
    walks->path_used += length;
    walks->path_count++;
}

/* Notes what shows; `properties` may be NULL. Returns whether the walk ends. */
static int ends_walk(struct walks *walks, const uint64_t *properties, int error, int stuck) {
    int any = 0;
    for (int i = 0; i < PROPERTY_WORDS; i++) any |= (walks->shown[i] = properties ? properties[i] & walks->wanted[i] : 0) != 0;
    walks->end = any ? WALK_PROPERTY : error ? WALK_ERROR : stuck && walks->stuck_wanted ? WALK_STUCK : WALK_NOTHING;
    return walks->end != WALK_NOTHING;
}

static int ends_in_terminal(struct walks *walks, const uint64_t *state, struct sink *sink) {
    uint64_t errors = sink->errors, bits[PROPERTY_WORDS] = {0};
    check_final(state, sink, bits);
    return ends_walk(walks, bits, sink->errors != errors, has_deliverable(state));
}

static int compare_states(const void *a, const void *b) {
    const uint64_t *x = *(const uint64_t *const *)a, *y = *(const uint64_t *const *)b;
    uint32_t n = state_length(x), m = state_length(y);
    for (uint32_t i = 0; i < n && i < m; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return n < m ? -1 : n > m;
}

/* Returns a random successor: of all, one for each label, in the order of their words, so that every engine throws for the same. */
static const uint64_t *random_successor(struct dice *dice, const struct sink *sink) {
    const uint64_t **successors = malloc(sink->count * sizeof *successors);
    if (!successors) abort();
    for (uint32_t i = 0; i < sink->count; i++) successors[i] = sink->words + sink->edges[i].at;
    qsort(successors, sink->count, sizeof *successors, compare_states);
    const uint64_t *chosen = successors[roll_below(dice, sink->count)];
    free(successors);
    return chosen;
}

/* Takes one step to a random successor, in place: `state` has room for MAX_WORDS. Returns 0 where the walk ends. */
static int take_step(struct walks *walks, struct dice *dice, uint64_t *state, struct sink *sink) {
    uint64_t errors = sink->errors, next[MAX_WORDS];
    unsigned protocol = 0;
    sink->count = sink->used = 0;
    int limited = expand(state, sink);
    if (sink->errors != errors) return ends_walk(walks, NULL, 1, 0), 0;
    for (uint32_t i = 0; i < sink->count; i++) protocol |= step_sorts[sink->edges[i].step] != STEP_FAULT;
    if (!protocol && !limited && ends_in_terminal(walks, state, sink)) return 0;
    if (!sink->count) return 0;
    const uint64_t *chosen = random_successor(dice, sink);
    uint32_t length = state_length(chosen);
    memcpy(next, chosen, length * sizeof *next);
    uint64_t bits[PROPERTY_WORDS] = {0};
    check_edge(state, next, sink, bits), check_state(next, sink, bits);
    memcpy(state, next, length * sizeof *next);
    path_add(walks, state);
    walks->steps++;
    return !ends_walk(walks, bits, sink->errors != errors, 0);
}

static void take_walk(struct walks *walks, const uint64_t *const *initial, uint64_t initial_count, struct sink *sink) {
    struct dice dice = {mix(walks->seed ^ mix(walks->number + 1))};
    uint64_t state[MAX_WORDS];
    const uint64_t *first = initial[roll_below(&dice, initial_count)];
    memcpy(state, first, state_length(first) * sizeof *state);
    walks->path_used = walks->path_count = 0;
    path_add(walks, state);
    uint64_t errors = sink->errors, bits[PROPERTY_WORDS] = {0};
    check_state(state, sink, bits);
    if (ends_walk(walks, bits, sink->errors != errors, 0)) return;
    for (uint64_t step = 0; step < walks->depth && take_step(walks, &dice, state, sink); step++) continue;
    if (walks->path_count - 1 > walks->deepest) walks->deepest = walks->path_count - 1;
}

/* Walks until one ends in something wanted, all are done, or it must stop. */
static void run_walks(struct walks *walks, struct control *control, const uint64_t *const *initial, uint64_t initial_count) {
    struct sink sink = {0};
    for (walks->done = 0; walks->done < walks->count && !walks->end && !READ(control->stop); walks->done++) {
        walks->number = walks->first + walks->done;
        take_walk(walks, initial, initial_count, &sink);
        __atomic_store_n(&control->edges, walks->steps, __ATOMIC_RELAXED);
        __atomic_store_n(&control->depth, walks->deepest, __ATOMIC_RELAXED);
    }
    free(sink.words), free(sink.edges);
}

#endif
