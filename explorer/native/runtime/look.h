/* All that the emitted code says of one state, for who compares it: its edges, what the properties say, what stopped a step. */
#ifndef QUORATE_LOOK_H
#define QUORATE_LOOK_H

#include "search.h"

struct look {
    uint64_t edges, words; /* how many edges; words of all their successors, which stand one after the other */
    uint64_t free_errors, costed_errors, terminal, stuck;
    uint64_t state_error, final_error;
    uint64_t *successors, *steps, *shown, *wrong; /* of each edge: its step, the properties it shows, whether one was an error; PROPERTY_WORDS of `shown` an edge */
};

static void look_at_edges(struct look *look, const uint64_t *state, struct sink *sink) {
    const struct edge *edges = sink->edges;
    look->edges = sink->count, look->words = sink->used;
    look->steps = calloc((PROPERTY_WORDS + 2) * look->edges + 1, sizeof *look->steps);
    if (!look->steps) abort();
    look->wrong = look->steps + look->edges, look->shown = look->wrong + look->edges;
    look->successors = sink->words;
    for (uint64_t i = 0; i < look->edges; i++) {
        const uint64_t errors = sink->errors;
        look->steps[i] = edges[i].step;
        check_edge(state, sink->words + edges[i].at, sink, look->shown + i * PROPERTY_WORDS);
        look->wrong[i] = sink->errors != errors;
    }
}

/* Looks at a state. `limited` and `exercised` have LIMITS and SITES (in bits) items. */
static void look_at(struct look *look, const uint64_t *state, uint64_t *limited, uint64_t *exercised, uint64_t *shown) {
    struct sink sink = {0};
    const int stopped = expand(state, &sink);
    unsigned sorts = 0;
    *look = (struct look){.costed_errors = sink.costed_errors, .free_errors = sink.errors - sink.costed_errors};
    for (int i = 0; i < LIMITS; i++) limited[i] = sink.limited[i]; /* of steps alone: what follows is properties */
    for (uint32_t i = 0; i < sink.count; i++) sorts |= 1u << step_sorts[sink.edges[i].step];
    look_at_edges(look, state, &sink);
    uint64_t errors = sink.errors;
    check_state(state, &sink, shown);
    look->state_error = sink.errors != errors;
    look->terminal = !(sorts & FREE_SORTS) && !stopped && !look->free_errors;
    if (look->terminal) {
        errors = sink.errors;
        check_final(state, &sink, shown + PROPERTY_WORDS);
        look->final_error = sink.errors != errors;
        look->stuck = has_deliverable(state) != 0;
    }
    for (int i = 0; i < (SITES + 63) / 64; i++) exercised[i] = sink.exercised[i];
    free(sink.edges);
}

#endif
