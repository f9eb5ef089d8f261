/* The second search: the cheapest ways to targets, fewest faults first and then fewest steps.
 *
 * Bucket (f, s) holds the states whose cheapest cost is f faults and s steps. It is fed by the free edges out of (f, s - 1) and
 * by the costed ones out of (f - 1, s - 1); buckets are made in lexicographic order, so a state is met first at its cheapest
 * cost (Dijkstra's argument, as no edge costs less than (0, 1)). One pass back over the buckets marks what lies on a cheapest way.
 * Marks depend on costs only, not on which thread was first.
 */
#ifndef QUORATE_SHORTEST_H
#define QUORATE_SHORTEST_H

#include "marks.h"
#include "team.h"

enum target_sort { TARGET_PROPERTY, TARGET_ERROR, TARGET_STUCK };

struct target {
    uint32_t sort, property; /* an enum target_sort; which bit */
    uint32_t found, edge;    /* edge: the last thing on the way is an edge, and the cost counts it */
    uint64_t faults, steps;
};

struct layer { /* one number of faults; buckets by steps */
    struct slices *buckets;
    uint64_t count;
};

struct quest {
    struct search search;
    struct target *targets;
    uint32_t count;
    struct layer *layers;
    uint64_t layer_count;
    struct marks *marks;
};

/* Where a state and an edge show a target at one cost, the state counts. */
static void find(struct target *target, uint64_t faults, uint64_t steps, uint32_t edge) {
    int as_cheap = target->faults == faults && target->steps == steps;
    if (target->found && !(as_cheap && target->edge && !edge)) return;
    target->found = 1, target->edge = edge, target->faults = faults, target->steps = steps;
}

/* Whether a target shows in a state, in a terminal state, or in an edge. `properties` may be NULL. */
static int shows(const struct target *target, const uint64_t *properties, uint32_t error, uint32_t stuck) {
    if (target->sort == TARGET_ERROR) return error != 0;
    return target->sort == TARGET_STUCK ? stuck != 0 : (int)(properties && properties[target->property / 64] >> target->property % 64 & 1);
}

/* Runs a bucket's edges of some sorts into bucket (faults, steps), and notes the targets that it and its edges show. */
static void run_bucket(struct quest *quest, struct slices from, unsigned sorts, uint64_t faults, uint64_t steps) {
    if (!from.count) return;
    run_round(&quest->search, from, sorts);
    struct sights seen = take_sights(&quest->search);
    const int free_edges = sorts == FREE_SORTS;
    const uint32_t edge_error = seen.edge_error | (free_edges ? seen.free_error : seen.costed_error);
    for (uint32_t i = 0; i < quest->count; i++) {
        struct target *target = &quest->targets[i];
        if (free_edges && shows(target, seen.finals, seen.final_error, seen.stuck)) find(target, faults, steps - 1, 0);
        if (shows(target, seen.edges, edge_error, 0)) find(target, faults, steps, 1);
        if (shows(target, seen.states, seen.state_error, 0)) find(target, faults, steps, 0);
    }
}

/* Whether every target has its cheapest cost, given that states before (faults, steps) were expanded. An error that an edge showed may
 * at the same cost be shown by a terminal state, so those have to be expanded, too. */
static int all_found(const struct quest *quest, uint64_t faults, uint64_t steps) {
    for (uint32_t i = 0; i < quest->count; i++) {
        const struct target *target = &quest->targets[i];
        if (!target->found) return 0;
        int may_be_final = target->edge && target->sort == TARGET_ERROR;
        if (may_be_final && target->faults == faults && target->steps >= steps) return 0;
    }
    return 1;
}

/* A search that was stopped within a bucket has not seen all ways to what that bucket shows. */
static void forget_incomplete(struct quest *quest, uint64_t faults, uint64_t steps) {
    for (uint32_t i = 0; i < quest->count; i++) {
        struct target *target = &quest->targets[i];
        int complete = target->faults < faults || (target->faults == faults && target->steps < steps);
        if (!complete) target->found = 0;
    }
}

static struct slices bucket_at(const struct quest *quest, uint64_t faults, uint64_t steps) {
    if (faults >= quest->layer_count || steps >= quest->layers[faults].count) return (struct slices){0};
    return quest->layers[faults].buckets[steps];
}

static void add_bucket(struct layer *layer, struct slices bucket) {
    layer->buckets = grown(layer->buckets, layer->count + 1, sizeof bucket);
    layer->buckets[layer->count++] = bucket;
}

/* Makes the buckets of one number of faults, until there are no more, all targets are found, or it must stop. Returns whether any has a state. */
static int run_layer(struct quest *quest, uint64_t faults) {
    struct search *search = &quest->search;
    int any = 0;
    quest->layers = grown(quest->layers, ++quest->layer_count, sizeof *quest->layers);
    struct layer *layer = &quest->layers[faults];
    *layer = (struct layer){0};
    add_bucket(layer, faults ? (struct slices){0} : take_made(search));
    for (uint64_t steps = 1; !all_found(quest, faults, steps - 1) && !READ(search->control->stop); steps++) {
        struct slices free_from = bucket_at(quest, faults, steps - 1);
        any |= free_from.count > 0;
        if (!free_from.count && (!faults || steps > quest->layers[faults - 1].count)) break;
        run_bucket(quest, free_from, FREE_SORTS, faults, steps);
        if (faults) run_bucket(quest, bucket_at(quest, faults - 1, steps - 1), COSTED_SORTS, faults, steps);
        add_bucket(layer, take_made(search));
        if (READ(search->control->stop)) forget_incomplete(quest, faults, steps);
        __atomic_store_n(&search->control->depth, steps, __ATOMIC_RELAXED);
    }
    return any;
}

/* The targets, bit by bit, that the state itself shows at its cost, or an edge out of it at the edge's. */
struct view {
    struct quest *quest;
    struct sink *sink;
    uint64_t faults, steps;
};

static uint64_t showing(const struct view *view, uint32_t costed, uint32_t edge, const uint64_t *properties, uint32_t error, uint32_t stuck) {
    uint64_t targets = 0;
    for (uint32_t i = 0; i < view->quest->count; i++) {
        const struct target *target = &view->quest->targets[i];
        int here = target->found && target->edge == edge && target->faults == view->faults + costed && target->steps == view->steps + edge;
        if (here && shows(target, properties, error, stuck)) targets |= 1ull << i;
    }
    return targets;
}

static uint64_t state_targets(const struct view *view, const uint64_t *state) {
    uint64_t errors = view->sink->errors, bits[PROPERTY_WORDS] = {0};
    check_state(state, view->sink, bits);
    return showing(view, 0, 0, bits, view->sink->errors != errors, 0);
}

static uint64_t final_targets(const struct view *view, const uint64_t *state) {
    uint64_t errors = view->sink->errors, bits[PROPERTY_WORDS] = {0};
    check_final(state, view->sink, bits);
    return showing(view, 0, 0, bits, view->sink->errors != errors, has_deliverable(state) != 0);
}

/* What one edge shows, and what its end leads to where the edge is the last piece of a cheapest way to that end. */
static uint64_t edge_targets(const struct view *view, const uint64_t *state, struct edge edge) {
    const uint64_t *next = view->sink->words + edge.at;
    const uint32_t costed = step_sorts[edge.step] == STEP_FAULT;
    uint64_t errors = view->sink->errors, bits[PROPERTY_WORDS] = {0};
    check_edge(state, next, view->sink, bits);
    uint64_t targets = showing(view, costed, 1, bits, view->sink->errors != errors, 0);
    const struct mark *mark = marks_find(view->quest->marks, next, edge.length);
    if (mark && mark->faults == view->faults + costed && mark->steps == view->steps + 1) targets |= mark->targets;
    return targets;
}

/* Marks the state if it lies on a cheapest way. Requires: the buckets after its own were marked. */
static void mark_state(const struct view *view, const uint64_t *state) {
    struct sink *sink = view->sink;
    uint64_t targets = state_targets(view, state), errors = sink->errors, costed_errors = sink->costed_errors;
    unsigned sorts = 0;
    sink->count = sink->used = 0;
    int limited = expand(state, sink);
    costed_errors = sink->costed_errors - costed_errors, errors = sink->errors - errors;
    targets |= showing(view, 0, 1, NULL, errors > costed_errors, 0) | showing(view, 1, 1, NULL, costed_errors > 0, 0);
    for (uint32_t i = 0; i < sink->count; i++) {
        sorts |= 1u << step_sorts[sink->edges[i].step];
        targets |= edge_targets(view, state, sink->edges[i]);
    }
    if (!(sorts & FREE_SORTS) && !limited && errors == costed_errors) targets |= final_targets(view, state);
    if (!targets) return;
    struct mark mark = {.targets = targets, .faults = view->faults, .steps = view->steps, .length = state_length(state)};
    marks_add(view->quest->marks, state, mark);
}

static void mark_bucket(struct quest *quest, uint64_t faults, uint64_t steps) {
    const struct view view = {quest, &quest->search.workers[0].sink, faults, steps};
    const struct slices bucket = bucket_at(quest, faults, steps);
    for (uint64_t i = 0; i < bucket.count; i++)
        for (uint64_t at = bucket.items[i].begin; at < bucket.items[i].end; at += state_length(quest->search.arena.words + at))
            mark_state(&view, quest->search.arena.words + at);
}

/* Goes back over the buckets; if the user stops that, nothing was found. */
static void mark_ways(struct quest *quest) {
    for (uint64_t faults = quest->layer_count; faults-- > 0;)
        for (uint64_t steps = quest->layers[faults].count; steps-- > 0;) {
            if (READ(quest->search.control->stop) == STOP_INTERRUPTED) return forget_incomplete(quest, 0, 0);
            mark_bucket(quest, faults, steps);
        }
}

static void quest_close(struct quest *quest) {
    for (uint64_t i = 0; i < quest->layer_count; i++) {
        for (uint64_t j = 0; j < quest->layers[i].count; j++) free(quest->layers[i].buckets[j].items);
        free(quest->layers[i].buckets);
    }
    free(quest->layers);
    quest->search.work = (struct slices){0};
    search_close(&quest->search);
}

/* Requires: the initial states were added. Whatever stopped it, targets that were found have their cheapest cost. */
static void run_quest(struct quest *quest) {
    struct sights seen = take_sights(&quest->search);
    for (uint32_t i = 0; i < quest->count; i++)
        if (shows(&quest->targets[i], seen.states, seen.state_error, 0)) find(&quest->targets[i], 0, 0, 0);
    for (uint64_t faults = 0; run_layer(quest, faults) && !all_found(quest, faults + 1, 0) && !READ(quest->search.control->stop);) faults++;
    mark_ways(quest);
}

#endif
