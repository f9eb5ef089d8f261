/* One search: its store, its arena, its team of workers, and how they take a round of work together.
 *
 * A round expands a list of slices and collects the states that were new. Workers share nothing but the store, the cursor over
 * the slices, and `meet`: there everybody waits for everybody, and the last one to come does what must be done alone (the store
 * grows, the right to add states is shared out anew). So counts do not depend on the number of workers.
 *
 * Read next: batch.h, what a worker does; explore.h and shortest.h, what rounds are put together to.
 */
#ifndef QUORATE_SEARCH_H
#define QUORATE_SEARCH_H

#include <pthread.h>

#include "arena.h"
#include "control.h"
#include "frontier.h"
#include "model.h"
#include "sample.h"
#include "store.h"

enum { CREDITS = 1024, BATCH_EDGES = 512, BATCH_STATES = 128 };

enum sorts { /* the edges that a round follows, by sort of step */
    FREE_SORTS = 1 << STEP_PROTOCOL | 1 << STEP_FREE,
    COSTED_SORTS = 1 << STEP_FAULT,
    ALL_SORTS = FREE_SORTS | COSTED_SORTS,
};

/* What was seen of the properties, bit by bit; errors by where they showed; of the quantifiers those that had an item in a state. */
struct sights {
    uint64_t states[PROPERTY_WORDS], edges[PROPERTY_WORDS], finals[PROPERTY_WORDS];
    uint64_t exercised[SITE_WORDS];
    uint32_t state_error, free_error, costed_error, edge_error, final_error, stuck;
};

struct counts {
    uint64_t states, words, edges, terminal, dead, stuck; /* words: of the states, packed; dead: terminal, and all are down */
    uint64_t fired[STEPS + 1];
};

struct probe {
    uint64_t hash;
    uint32_t edge, state; /* which edge of the batch, and of which of its states */
};

struct search;

struct worker {
    struct search *search;
    pthread_t thread;
    struct sink sink;
    struct probe *probes;
    uint32_t room_probes;
    uint64_t tail, slice_begin, chunk_end; /* where it appends */
    struct slices made;                    /* what it appended in this round */
    uint64_t credits;                      /* how many states it may still add */
    uint64_t bytes;                        /* of its sink and probes */
    struct sights sights;
    struct counts counts;
    struct sample offered; /* of the states that it found new in this round */
} __attribute__((aligned(128)));

struct search {
    struct control *control;
    struct store store;
    struct arena arena;
    struct worker *workers;
    unsigned size; /* of the team */
    int fingerprints, keep; /* keep: the arena holds all states, not just the frontier, in which they may have their short form */

    struct slices work; /* of this round */
    uint64_t cursor;
    unsigned sorts;
    struct sample sample; /* of all levels */

    pthread_mutex_t lock;
    pthread_cond_t turn;
    unsigned arrived, inside; /* inside: in the middle of a batch */
    uint64_t meetings, rounds;
    uint32_t starved, round_over, dismissed, tight;
    uint64_t granted; /* states stored, and the credits that are out */
};

static inline int must_pause(const struct search *search) {
    return READ(search->starved) | READ(search->control->stop);
}

static uint64_t bytes_held(const struct search *search) {
    uint64_t bytes = store_bytes(&search->store) + search->arena.used * sizeof(uint64_t);
    for (unsigned i = 0; i < search->size; i++) bytes += READ(search->workers[i].bytes);
    return bytes;
}

static void note_bytes(struct search *search) {
    uint64_t bytes = bytes_held(search);
    if (bytes > READ(search->control->bytes)) search->control->bytes = bytes;
}

/* Takes back what others did not use, grows the store if that is not enough. Requires: the team waits. */
static void feed(struct search *search) {
    struct control *control = search->control;
    for (unsigned i = 0; i < search->size; i++) {
        search->granted -= search->workers[i].credits;
        search->workers[i].credits = 0;
    }
    search->starved = 0;
    if (search->granted >= control->max_states) stop_for(control, STOP_STATES);
    if (search->granted + CREDITS < store_threshold(&search->store, search->tight)) return;
    int affordable = bytes_held(search) + store_bytes(&search->store) <= control->max_bytes;
    if (affordable && store_can_double(&search->store) && store_double(&search->store)) return note_bytes(search);
    search->tight = 1;
    if (search->granted >= store_threshold(&search->store, 1)) stop_for(control, STOP_MEMORY);
}

/* Waits for the whole team. Returns whether the round is over: nobody is inside a batch and no work is left, or it must stop. */
static int meet(struct worker *worker, unsigned inside) {
    struct search *search = worker->search;
    pthread_mutex_lock(&search->lock);
    search->inside += inside;
    if (++search->arrived == search->size) {
        if (search->starved) feed(search);
        search->round_over = READ(search->control->stop) || (!search->inside && search->cursor >= search->work.count);
        search->arrived = search->inside = 0;
        search->meetings++;
        pthread_cond_broadcast(&search->turn);
    } else {
        for (uint64_t meeting = search->meetings; meeting == search->meetings;)
            pthread_cond_wait(&search->turn, &search->lock);
    }
    int over = (int)search->round_over;
    pthread_mutex_unlock(&search->lock);
    return over;
}

/* Takes some of the credits that the limits still allow. */
static int take_credits(struct worker *worker) {
    struct search *search = worker->search;
    pthread_mutex_lock(&search->lock);
    uint64_t most = store_threshold(&search->store, (int)search->tight);
    if (search->control->max_states < most) most = search->control->max_states;
    uint64_t left = most > search->granted ? most - search->granted : 0;
    uint64_t share = left / (2 * search->size) + 1;
    worker->credits = !left ? 0 : share < CREDITS ? share : CREDITS;
    search->granted += worker->credits;
    pthread_mutex_unlock(&search->lock);
    return worker->credits > 0;
}

/* Gets the right to add a state, if need be after the store has grown. Returns 0 where the search must stop. */
static int earn(struct worker *worker) {
    while (!take_credits(worker)) {
        __atomic_store_n(&worker->search->starved, 1, __ATOMIC_RELAXED);
        if (meet(worker, 1)) return 0;
    }
    return 1;
}

/* A consumed slice may have been the last of its chunk. */
static void release_slice(struct search *search, struct slice slice) {
    if (search->keep || __atomic_sub_fetch(pending_of(&search->arena, slice), 1, __ATOMIC_ACQ_REL)) return;
    pthread_mutex_lock(&search->lock);
    numbers_add(&search->arena.idle, (slice.begin - 1) / CHUNK_WORDS * CHUNK_WORDS + 1);
    pthread_mutex_unlock(&search->lock);
}

static inline int is_short(const struct search *search) { return MAX_WORDS > 1 && !search->keep; }

/* Returns the state at `*at` of the arena, restored into `room` if need be, and moves on to the next one. */
static inline const uint64_t *state_at(const struct search *search, uint64_t *at, uint64_t *room) {
    const uint64_t *state = search->arena.words + *at;
    if (is_short(search)) return *at += restore(state, room), room;
    *at += state_length(state);
    return state;
}

static void close_slice(struct worker *worker) {
    if (worker->tail > worker->slice_begin) slices_add(&worker->made, (struct slice){worker->slice_begin, worker->tail});
    worker->slice_begin = worker->tail;
}

/* Makes room for a state at the worker's tail. Returns 0 where memory ends, after a meeting that ends the round. */
static int make_room(struct worker *worker, uint32_t length) {
    struct search *search = worker->search;
    if (worker->tail + length <= worker->chunk_end) return 1;
    close_slice(worker);
    pthread_mutex_lock(&search->lock);
    int affordable = bytes_held(search) + CHUNK_WORDS * sizeof(uint64_t) <= search->control->max_bytes;
    uint64_t begin = affordable ? arena_chunk(&search->arena) : 0;
    if (begin) note_bytes(search);
    pthread_mutex_unlock(&search->lock);
    if (!begin) {
        stop_for(search->control, STOP_MEMORY);
        return meet(worker, 1), 0;
    }
    worker->tail = worker->slice_begin = begin;
    worker->chunk_end = begin + CHUNK_WORDS;
    return 1;
}

#endif
