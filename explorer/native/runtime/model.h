/* The seam between the emitted C of one model (language/c/to_c.py) and the runtime that searches it.
 *
 * One translation unit: the runtime's files and the emitted code are compiled together, so that everything here inlines.
 *
 * A state is an array of 64-bit words in canonical form: equal states are equal words. The first FIXED_WORDS hold fields, who
 * is down, cut links, fault budgets, the bitmap or the number of messages in flight; then come the messages in flight,
 * PARCEL_WORDS each, where they are not a bitmap. `state_length` tells how many words a state has.
 *
 * The emitted code defines, before it includes anything of the runtime but this file:
 *   FIXED_WORDS, PARCEL_WORDS (0: a bitmap), MAX_WORDS (the longest state)
 *   LABELLED     1 where edges say whose turn they are, as judging whole runs needs; PROCESSES how many there are
 *   STEPS        how many sorts of steps there are: the model's in order, then the faults in the order of declare.FAULTS
 *   LIMITS       how many `limit`s; SITES how many quantifier sites (over all properties); PROPERTIES how many properties
 * and then the functions declared at the end.
 */
#ifndef QUORATE_MODEL_H
#define QUORATE_MODEL_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum step_sort {
    STEP_PROTOCOL, /* of the model */
    STEP_FREE,     /* restart, heal: a fault's end, costs nothing */
    STEP_FAULT,    /* crash, amnesia, drop, duplicate, cut: costs one */
};

enum { PROPERTY_WORDS = PROPERTIES ? (PROPERTIES + 63) / 64 : 1 }; /* of a set of properties, bit by bit */

struct edge {
    uint32_t at;     /* where its successor begins in `sink.words` */
    uint16_t length; /* words of the successor */
    uint16_t step;
#if LABELLED
    uint32_t turn;
#endif
};

/* Whose turn an edge is: a step, the process, and of a receive the sender; PROCESSES for nobody. */
#define TURN(step, process, sender) ((uint32_t)(((step) * (PROCESSES + 1) + (process)) * (PROCESSES + 1) + (sender)))

enum { SITE_WORDS = (SITES + 63) / 64 + 1 };

/* Where `expand` puts the successors of one or more states, and what it noticed on the way; one a thread. */
struct sink {
    uint64_t *words;
    struct edge *edges;
    uint64_t used, room;        /* words */
    uint32_t count, room_edges; /* edges */
    uint64_t errors;            /* steps and properties that were errors of the model */
    uint64_t costed_errors;     /* those of them that were faults that cost one */
    uint64_t limited[LIMITS + 1];             /* how often each limit stopped a step */
    uint64_t exercised[SITE_WORDS];           /* quantifier sites that had an item to range over */
#if LABELLED
    uint32_t turn;                         /* of the edges that come now */
    uint32_t *stops, stop_count, room_stops; /* the turns that limits stopped in the state that was expanded last */
#endif
};

/* Begins the expansion of a state. */
static inline void sink_begin(struct sink *out) {
#if LABELLED
    out->stop_count = 0;
#else
    (void)out;
#endif
}

/* Says whose turn the edges are that come now. */
static inline void sink_turn(struct sink *out, uint32_t turn) {
#if LABELLED
    out->turn = turn;
#else
    (void)out, (void)turn;
#endif
}

/* A limit stopped the step whose turn it is. */
static inline void sink_stop(struct sink *out) {
#if LABELLED
    if (out->stop_count == out->room_stops) {
        out->room_stops = 2 * out->room_stops + 16;
        out->stops = realloc(out->stops, out->room_stops * sizeof *out->stops);
        if (!out->stops) abort();
    }
    out->stops[out->stop_count++] = out->turn;
#else
    (void)out;
#endif
}

/* Makes room for one more successor and returns where to build it; ends the process's search only where memory ends. */
static inline uint64_t *sink_open(struct sink *out) {
    if (__builtin_expect(out->used + MAX_WORDS > out->room, 0)) {
        if (out->used > UINT32_MAX) abort(); /* an edge could not say where its successor begins; the words take 32 GB */
        out->room = 2 * out->room + 16 * MAX_WORDS;
        out->words = realloc(out->words, out->room * sizeof *out->words);
        if (!out->words) abort();
    }
    return out->words + out->used;
}

/* The successor built at `sink_open`'s place is complete. */
static inline void sink_close(struct sink *out, uint32_t length, uint32_t step) {
    if (__builtin_expect(out->count == out->room_edges, 0)) {
        out->room_edges = 2 * out->room_edges + 256;
        out->edges = realloc(out->edges, out->room_edges * sizeof *out->edges);
        if (!out->edges) abort();
    }
#if LABELLED
    out->edges[out->count++] = (struct edge){(uint32_t)out->used, (uint16_t)length, (uint16_t)step, out->turn};
#else
    out->edges[out->count++] = (struct edge){(uint32_t)out->used, (uint16_t)length, (uint16_t)step};
#endif
    out->used += length;
}

/* What the emitted code defines. */
static const uint8_t step_sorts[STEPS + 1]; /* an enum step_sort for each step */

/* A step was an error of the model. */
static inline void sink_error(struct sink *out, uint32_t step) {
    out->errors++;
    out->costed_errors += step_sorts[step] == STEP_FAULT;
}

static inline uint32_t state_length(const uint64_t *state);

/* Appends every edge of `state` to `out`, one each label. Steps that are errors of the model are counted in `errors` instead.
 * Returns whether some `limit` stopped a step here (such a state is not terminal). */
static int expand(const uint64_t *state, struct sink *out);

/* Sets bit p of `shown` (PROPERTY_WORDS words) where property p is violated (always, never) or witnessed (sometimes) in this state. */
static void check_state(const uint64_t *state, struct sink *out, uint64_t *shown);

/* The same for properties of steps, over the edge from `before` to `after`; and for `final` in a terminal state. */
static void check_edge(const uint64_t *before, const uint64_t *after, struct sink *out, uint64_t *shown);
static void check_final(const uint64_t *state, struct sink *out, uint64_t *shown);

#if LABELLED
/* Whether property p, one of whole runs or the goal of one, has a function that is true in this state. */
static int predicate_holds(uint32_t property, const uint64_t *state, struct sink *out);
#endif

/* Whether a message in flight is addressed to a process that is up (under `set`: never). */
static int has_deliverable(const uint64_t *state);

/* Whether there are processes and all of them are down: nobody is left of whom a terminal state could say something. */
static int all_are_down(const uint64_t *state);

#endif
