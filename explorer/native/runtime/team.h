/* Starts and ends a search and its workers. The thread that drives the search is worker 0. */
#ifndef QUORATE_TEAM_H
#define QUORATE_TEAM_H

#include "batch.h"

/* A helper's life: a round, and a round, until it is dismissed. */
static void *help(void *given) {
    struct worker *worker = given;
    struct search *search = worker->search;
    for (uint64_t seen = 0;;) {
        pthread_mutex_lock(&search->lock);
        while (search->rounds == seen && !search->dismissed) pthread_cond_wait(&search->turn, &search->lock);
        seen = search->rounds;
        int dismissed = (int)search->dismissed;
        pthread_mutex_unlock(&search->lock);
        if (dismissed) return NULL;
        work(worker);
    }
}

static void search_close(struct search *search) {
    pthread_mutex_lock(&search->lock);
    search->dismissed = 1;
    pthread_cond_broadcast(&search->turn);
    pthread_mutex_unlock(&search->lock);
    for (unsigned i = 0; i < search->size; i++) {
        struct worker *worker = &search->workers[i];
        if (i) pthread_join(worker->thread, NULL);
        free(worker->sink.words), free(worker->sink.edges);
        free(worker->probes), free(worker->made.items);
        sample_free(&worker->offered);
    }
    free(search->workers), free(search->work.items);
    sample_free(&search->sample);
    span_release(&search->store.span);
    arena_close(&search->arena);
    pthread_mutex_destroy(&search->lock), pthread_cond_destroy(&search->turn);
}

/* Opens a search. keep: all states stay in the arena. Returns 0 where the system refuses memory; fewer threads than asked for are no error. */
static int search_open(struct search *search, struct control *control, int keep) {
    memset(search, 0, sizeof *search);
    search->control = control;
    search->fingerprints = MAX_WORDS == 1 || control->compact;
    search->keep = keep || !search->fingerprints;
    search->sorts = ALL_SORTS;
    uint64_t most = control->max_bytes < 1ull << 42 ? control->max_bytes + PAGE_BYTES : 1ull << 42;
    if (!arena_open(&search->arena, most, search->keep)) return 0;
    if (!store_open(&search->store, search->fingerprints ? NULL : search->arena.words, most)) return arena_close(&search->arena), 0;
    pthread_mutex_init(&search->lock, NULL), pthread_cond_init(&search->turn, NULL);
    void *workers = NULL;
    if (posix_memalign(&workers, 128, control->threads * sizeof(struct worker))) abort();
    search->workers = memset(workers, 0, control->threads * sizeof(struct worker));
    pthread_mutex_lock(&search->lock); /* nobody starts before the team's size is known */
    for (search->size = 0; search->size < control->threads; search->size++) {
        struct worker *worker = &search->workers[search->size];
        worker->search = search;
        if (search->size && pthread_create(&worker->thread, NULL, help, worker)) break;
    }
    pthread_mutex_unlock(&search->lock);
    return 1;
}

/* Adds one initial state; its words stay the caller's. */
static void add_initial(struct search *search, const uint64_t *state) {
    struct worker *worker = &search->workers[0];
    const uint32_t length = state_length(state);
    const uint64_t hash = hash_words(state, length), before = worker->counts.states;
    enum outcome outcome = search->fingerprints ? put_fingerprint(worker, state, length, hash) : put_reference(worker, state, length, hash);
    if (outcome == NEW) check_new(worker, state, hash);
    ADD(search->control->states, worker->counts.states - before);
}

/* Has the team expand `items`; `search->work` owns them from now on. */
static void run_round(struct search *search, struct slices items, unsigned sorts) {
    pthread_mutex_lock(&search->lock);
    search->work = items;
    search->cursor = 0;
    search->sorts = sorts;
    search->rounds++;
    pthread_cond_broadcast(&search->turn);
    pthread_mutex_unlock(&search->lock);
    work(&search->workers[0]);
}

/* Takes what the workers have found new since the last time. */
static struct slices take_made(struct search *search) {
    struct slices made = {0};
    for (unsigned i = 0; i < search->size; i++) {
        struct worker *worker = &search->workers[i];
        close_slice(worker);
        for (uint64_t j = 0; j < worker->made.count; j++) {
            slices_add(&made, worker->made.items[j]);
            if (!search->keep) ++*pending_of(&search->arena, worker->made.items[j]);
        }
        worker->made.count = 0;
        if (!search->keep) worker->tail = worker->slice_begin = worker->chunk_end = 0; /* the rest of the chunk goes with it */
    }
    return made;
}

/* Before any state is added: so many are to be sampled. */
static void ask_sample(struct search *search, uint64_t most) {
    search->sample = sample_of(most);
    for (unsigned i = 0; i < search->size; i++) search->workers[i].offered = sample_of(most);
}

/* Takes a sample of what the workers have found new since the last time, and tells them how much of the next level is asked for. */
static void take_sample(struct search *search) {
    const uint64_t first = search->sample.count;
    for (unsigned i = 0; i < search->size; i++) sample_move(&search->workers[i].offered, &search->sample);
    sample_rank(&search->sample, first);
    for (unsigned i = 0; i < search->size; i++) search->workers[i].offered.most = sample_share(&search->sample);
}

static void add_sights(struct sights *all, const struct sights *some) {
    for (int i = 0; i < PROPERTY_WORDS; i++)
        all->states[i] |= some->states[i], all->edges[i] |= some->edges[i], all->finals[i] |= some->finals[i];
    for (int i = 0; i < SITE_WORDS; i++) all->exercised[i] |= some->exercised[i];
    all->state_error |= some->state_error, all->edge_error |= some->edge_error, all->final_error |= some->final_error;
    all->free_error |= some->free_error, all->costed_error |= some->costed_error, all->stuck |= some->stuck;
}

/* Returns what was seen since the last time. */
static struct sights take_sights(struct search *search) {
    struct sights all = {0};
    for (unsigned i = 0; i < search->size; i++) {
        add_sights(&all, &search->workers[i].sights);
        search->workers[i].sights = (struct sights){0};
    }
    return all;
}

static inline int any_error(const struct sights *sights) {
    return sights->state_error || sights->free_error || sights->costed_error || sights->edge_error || sights->final_error;
}

#endif
