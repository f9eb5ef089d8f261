/* The full search, breadth-first, level by level. */
#ifndef QUORATE_EXPLORE_H
#define QUORATE_EXPLORE_H

#include "team.h"

/* What a full search saw. The arrays that follow it in the driver's memory are copied by `tell_counts`. */
struct findings {
    uint64_t states, words, edges, depth, terminal, dead, stuck;
    uint64_t error;
    uint64_t sampled, sampled_words; /* states of the sample, and their words */
};

/* Adds what the last round saw. States are judged when they are found but count with the level that they are in: an error of the model
 * ends the search with its level, and then what the next level would show was never searched. Returns whether an error ends it. */
static int settle(struct search *search, struct sights *settled) {
    struct sights seen = take_sights(search), of_level = {.state_error = seen.state_error};
    memcpy(of_level.states, seen.states, sizeof seen.states);
    memcpy(of_level.exercised, seen.exercised, sizeof seen.exercised);
    memset(seen.states, 0, sizeof seen.states);
    memset(seen.exercised, 0, sizeof seen.exercised);
    seen.state_error = 0;
    add_sights(settled, &seen);
    if (any_error(settled)) return 1;
    add_sights(settled, &of_level);
    return 0;
}

static inline uint64_t shown_at(const struct sights *sights, int i) { return sights->states[i] | sights->edges[i] | sights->finals[i]; }

/* Whether a property shows whose showing is a violation. */
static int is_violated(const struct sights *settled, const uint64_t *decisive) {
    for (int i = 0; i < PROPERTY_WORDS; i++)
        if (shown_at(settled, i) & decisive[i]) return 1;
    return 0;
}

/* Whether the search ends here although the level is not empty; says why. Requires: a level is complete. */
static int ends_here(struct search *search, const struct sights *settled, uint64_t depth) {
    struct control *control = search->control;
    if (control->first && is_violated(settled, control->decisive)) stop_for(control, STOP_FIRST);
    if (depth >= control->max_depth) stop_for(control, STOP_DEPTH);
    return READ(control->stop) != GO_ON;
}

/* Runs levels until there is none left or a reason to stop. Requires: the initial states were added. Returns the last level's depth. */
static uint64_t run_levels(struct search *search, struct sights *settled) {
    struct slices level = take_made(search);
    uint64_t depth = 0;
    take_sample(search);
    while (!settle(search, settled) && level.count && !ends_here(search, settled, depth)) {
        free(search->work.items);
        run_round(search, level, ALL_SORTS);
        level = take_made(search);
        take_sample(search);
        depth += level.count > 0;
        __atomic_store_n(&search->control->depth, depth, __ATOMIC_RELAXED);
    }
    free(search->work.items);
    search->work = level; /* the frontier: a cut search can be asked for its states */
    return depth;
}

/* Sums the workers' counts; quantifiers that had an item in a state were settled with its level. The arrays have STEPS, LIMITS and SITES (in bits) items. */
static struct findings tell_counts(const struct search *search, const struct sights *settled, uint64_t *fired, uint64_t *limited,
                                   uint64_t *exercised) {
    struct findings found = {0};
    for (unsigned i = 0; i < search->size; i++) {
        const struct worker *worker = &search->workers[i];
        const struct counts *counts = &worker->counts;
        found.states += counts->states, found.words += counts->words, found.edges += counts->edges;
        found.terminal += counts->terminal, found.dead += counts->dead, found.stuck += counts->stuck;
        for (int j = 0; j < STEPS; j++) fired[j] += counts->fired[j];
        for (int j = 0; j < LIMITS; j++) limited[j] += worker->sink.limited[j];
        for (int j = 0; j < (SITES + 63) / 64; j++) exercised[j] |= worker->sink.exercised[j];
    }
    for (int j = 0; j < (SITES + 63) / 64; j++) exercised[j] |= settled->exercised[j];
    return found;
}

#endif
