/* What a worker does with a slice: expand a batch of states, hash all successors and prefetch where they belong, then look
 * them up. The misses of a batch overlap that way; one by one they would be most of the time.
 */
#ifndef QUORATE_BATCH_H
#define QUORATE_BATCH_H

#include "search.h"

enum outcome { KNOWN, NEW, STOPPED };

/* Before a new state: credits and room for it. Returns whether both were there already: else the store may have grown, and the
 * caller looks again. `*stopped` is set where the search must stop; the worker has met its team then. */
static inline int prepared(struct worker *worker, uint32_t length, int *stopped) {
    const uint32_t room = is_short(worker->search) ? short_most(length) : length;
    if (!UNLIKELY(!worker->credits || worker->tail + room > worker->chunk_end)) return 1;
    *stopped = !make_room(worker, room) || (!worker->credits && !earn(worker));
    return 0;
}

static inline enum outcome added(struct worker *worker, uint32_t length) {
    worker->tail += length;
    worker->credits--;
    if (worker->tail - worker->slice_begin >= SLICE_WORDS) close_slice(worker);
    return NEW;
}

/* Adds the state unless a fingerprint like its own is there. A fingerprint of 0 has a place of its own, or counts as 1 where it is not exact. */
static inline enum outcome put_fingerprint(struct worker *worker, const uint64_t *state, uint32_t length, uint64_t print) {
    struct store *store = &worker->search->store;
    int stopped = 0;
    if (MAX_WORDS > 1) print |= !print;
    for (uint64_t at = print & (store_capacity(store) - 1);; at++) {
        uint64_t *place = MAX_WORDS == 1 && UNLIKELY(!print) ? &store->zero : &store->slots[at];
        uint64_t slot = READ(*place), mine = print | !print;
        if (slot == mine) return KNOWN;
        if (slot) continue;
        if (!prepared(worker, length, &stopped)) {
            if (stopped) return STOPPED;
            at = (print & (store_capacity(store) - 1)) - 1;
            continue;
        }
        if (__atomic_compare_exchange_n(place, &slot, mine, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) break;
        if (slot == mine) return KNOWN;
    }
    uint64_t *to = worker->search->arena.words + worker->tail;
    if (is_short(worker->search)) return added(worker, shorten(state, length, to));
    memcpy(to, state, length * sizeof *state);
    return added(worker, length);
}

/* Adds the state unless it is there: the words are in the arena before the slot says so, and stay unused where another thread was faster. */
static inline enum outcome put_reference(struct worker *worker, const uint64_t *state, uint32_t length, uint64_t hash) {
    struct store *store = &worker->search->store;
    uint64_t *words = worker->search->arena.words;
    int stopped = 0;
    for (uint64_t at = hash & (store_capacity(store) - 1);; at++) {
        uint64_t slot = __atomic_load_n(&store->slots[at], __ATOMIC_ACQUIRE);
        if (!slot) {
            if (!prepared(worker, length, &stopped)) {
                if (stopped) return STOPPED;
                at = (hash & (store_capacity(store) - 1)) - 1;
                continue;
            }
            memcpy(words + worker->tail, state, length * sizeof *state);
            uint64_t mine = slot_made(store, hash, worker->tail);
            if (__atomic_compare_exchange_n(&store->slots[at], &slot, mine, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) break;
        }
        if ((slot ^ hash) & ~REFERENCE_MASK) continue;
        if (same_words(words + (slot & REFERENCE_MASK), state, length)) return KNOWN;
    }
    return added(worker, length);
}

/* Prefetches the words of the first state whose tag is that of the hash: the one that a lookup will most likely confirm. */
static inline void prefetch_candidate(const struct search *search, uint64_t hash) {
    const struct store *store = &search->store;
    for (uint64_t at = hash & (store_capacity(store) - 1);; at++) {
        uint64_t slot = READ(store->slots[at]);
        if (!slot) return;
        if ((slot ^ hash) & ~REFERENCE_MASK) continue;
        __builtin_prefetch(search->arena.words + (slot & REFERENCE_MASK));
        return;
    }
}

/* What a new state shows counts with its own level, and its quantifiers with it. */
static void check_new(struct worker *worker, const uint64_t *state, uint64_t hash) {
    uint64_t errors = worker->sink.errors, exercised[SITE_WORDS];
    memcpy(exercised, worker->sink.exercised, sizeof exercised);
    memcpy(worker->sink.exercised, worker->sights.exercised, sizeof exercised);
    check_state(state, &worker->sink, worker->sights.states);
    memcpy(worker->sights.exercised, worker->sink.exercised, sizeof exercised);
    memcpy(worker->sink.exercised, exercised, sizeof exercised);
    worker->sights.state_error |= worker->sink.errors != errors;
    worker->counts.states++;
    worker->counts.words += state_length(state);
    sample_offer(&worker->offered, state, state_length(state), hash);
}

static void check_terminal(struct worker *worker, const uint64_t *state) {
    uint64_t errors = worker->sink.errors;
    check_final(state, &worker->sink, worker->sights.finals);
    worker->sights.final_error |= worker->sink.errors != errors;
    uint32_t stuck = has_deliverable(state) != 0;
    worker->sights.stuck |= stuck;
    worker->counts.terminal++;
    worker->counts.dead += all_are_down(state) != 0;
    worker->counts.stuck += stuck;
}

/* Expands one state into the sink and notes what there is to note about its edges; those that the round follows become probes. */
static void expand_one(struct worker *worker, const uint64_t *state, uint32_t number, uint32_t *probes) {
    struct search *search = worker->search;
    struct sink *sink = &worker->sink;
    const uint32_t own = state_length(state), first = sink->count;
    const uint64_t errors = sink->errors, costed = sink->costed_errors;
    const int limited = expand(state, sink);
    unsigned sorts = 0;
    const int costed_error = sink->costed_errors != costed, free_error = sink->errors - errors != sink->costed_errors - costed;
    worker->sights.costed_error |= (uint32_t)costed_error;
    worker->sights.free_error |= (uint32_t)free_error;
    if (UNLIKELY(sink->count > worker->room_probes)) {
        worker->room_probes = sink->room_edges;
        worker->probes = realloc(worker->probes, worker->room_probes * sizeof *worker->probes);
        if (!worker->probes) abort();
    }
    for (uint32_t i = first; i < sink->count; i++) {
        const struct edge edge = sink->edges[i];
        const uint64_t *next = sink->words + edge.at;
        const unsigned sort = 1u << step_sorts[edge.step];
        sorts |= sort;
        worker->counts.fired[edge.step]++;
        if (!(sort & search->sorts)) continue;
        const uint64_t before = sink->errors;
        check_edge(state, next, sink, worker->sights.edges);
        worker->sights.edge_error |= sink->errors != before;
        if (edge.length == own && same_words(state, next, own)) continue;
        const uint64_t hash = hash_words(next, edge.length);
        __builtin_prefetch(&search->store.slots[hash & (store_capacity(&search->store) - 1)]);
        worker->probes[(*probes)++] = (struct probe){hash, i, number};
    }
    worker->counts.edges += sink->count - first;
    if (!(sorts & FREE_SORTS) && !limited && !free_error) check_terminal(worker, state);
}

/* Looks up what the batch led to. Returns 0 where the search must stop; the worker has met its team then. */
static int look_up(struct worker *worker, uint32_t probes) {
    const struct sink *sink = &worker->sink;
    if (MAX_WORDS > 1 && !worker->search->fingerprints)
        for (uint32_t i = 0; i < probes; i++) prefetch_candidate(worker->search, worker->probes[i].hash);
    for (uint32_t i = 0; i < probes; i++) {
        const struct edge edge = sink->edges[worker->probes[i].edge];
        const uint64_t *next = sink->words + edge.at;
        const uint64_t hash = worker->probes[i].hash;
        enum outcome outcome = MAX_WORDS == 1 || worker->search->fingerprints ? put_fingerprint(worker, next, edge.length, hash)
                                                                             : put_reference(worker, next, edge.length, hash);
        if (outcome == NEW) check_new(worker, next, hash);
        if (UNLIKELY(outcome == STOPPED)) return 0;
    }
    return 1;
}

static void report_progress(struct worker *worker, uint64_t states, uint64_t edges, uint64_t expanded) {
    struct control *control = worker->search->control;
    const struct sink *sink = &worker->sink;
    uint64_t bytes = sink->room * sizeof *sink->words + sink->room_edges * sizeof *sink->edges + worker->room_probes * sizeof *worker->probes;
    __atomic_store_n(&worker->bytes, bytes, __ATOMIC_RELAXED);
    ADD(control->states, worker->counts.states - states);
    ADD(control->edges, worker->counts.edges - edges);
    ADD(control->expanded, expanded);
}

/* Expands one slice, batch by batch. Returns 0 where the search must stop; the worker has met its team then. */
static int consume(struct worker *worker, struct slice slice) {
    const struct slice whole = slice;
    while (slice.begin < slice.end) {
        const uint64_t states = worker->counts.states, edges = worker->counts.edges;
        uint32_t expanded = 0, probes = 0;
        worker->sink.count = worker->sink.used = 0;
        while (slice.begin < slice.end && expanded < BATCH_STATES && worker->sink.count < BATCH_EDGES) {
            uint64_t room[MAX_WORDS];
            expand_one(worker, state_at(worker->search, &slice.begin, room), expanded++, &probes);
        }
        int going = look_up(worker, probes);
        report_progress(worker, states, edges, expanded);
        if (!going) return 0;
    }
    release_slice(worker->search, whole);
    return 1;
}

/* Works until the round is over. */
static void work(struct worker *worker) {
    struct search *search = worker->search;
    do {
        while (!must_pause(search)) {
            uint64_t next = ADD(search->cursor, 1);
            if (next >= search->work.count) break;
            if (!consume(worker, search->work.items[next])) return;
        }
    } while (!meet(worker, 0));
}

#endif
