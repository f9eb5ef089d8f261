/* The cheapest ways, by fewest faults and then fewest steps, to where a property is broken for ever; and, within one of its
 * loops, to what a loop has to reach. As in shortest.h, bucket (f, s) is fed by the free edges out of (f, s - 1) and the costed
 * ones out of (f - 1, s - 1), and one pass back marks the states on cheapest ways; but states are numbers here, and have phases:
 * 0 before a promise is made, 1 while it is owed.
 */
#ifndef QUORATE_WAYS_H
#define QUORATE_WAYS_H

#include "components.h"
#include "marks.h"

enum { PHASE = 1u << 31 }; /* of a node: the rest is the state's number */

/* What a piece of a loop has to reach: `NOWHERE` is no home. Turns are those that are assumed to be fair, bit by bit. */
struct wanted {
    const uint64_t *taken, *absent;
    uint32_t bad, home;
};

struct bucket {
    uint64_t begin, end; /* of the nodes */
};

struct way_layer {
    struct bucket *buckets;
    uint64_t count;
};

/* Ways of one sort: `component` 0 for stems, else the loops that a piece stays in. */
struct ways {
    struct runs *runs;
    const struct wanted *wanted;
    uint32_t component;
    struct numbers32 nodes;
    uint64_t *seen[2]; /* by phase, a bit for each state */
    struct way_layer *layers;
    uint64_t layer_count;
    uint64_t found, faults, steps;
    struct marks *marks[2];
};

static void ways_close(struct ways *ways) {
    for (uint64_t i = 0; i < ways->layer_count; i++) free(ways->layers[i].buckets);
    free(ways->layers), free(ways->nodes.items), free(ways->seen[0]), free(ways->seen[1]);
    ways->layers = NULL, ways->layer_count = 0, ways->nodes = (struct numbers32){0}, ways->seen[0] = ways->seen[1] = NULL;
}

static void ways_forget(struct ways *ways) {
    ways_close(ways);
    marks_close(ways->marks[0]), marks_close(ways->marks[1]);
    free(ways);
}

static struct ways *ways_open(struct runs *runs, uint32_t component, const struct wanted *wanted) {
    struct ways *ways = calloc(1, sizeof *ways);
    const uint64_t words = runs->places.states / 64 + 1;
    if (!ways) abort();
    ways->runs = runs, ways->wanted = wanted, ways->component = component;
    for (int phase = 0; phase < 2; phase++) {
        ways->marks[phase] = calloc(1, sizeof *ways->marks[phase]);
        ways->seen[phase] = calloc(words, sizeof *ways->seen[phase]);
        if (!ways->marks[phase] || !ways->seen[phase]) abort();
    }
    return ways;
}

static struct bucket bucket_of(const struct ways *ways, uint64_t faults, uint64_t steps) {
    if (faults >= ways->layer_count || steps >= ways->layers[faults].count) return (struct bucket){0, 0};
    return ways->layers[faults].buckets[steps];
}

static void add_node(struct ways *ways, uint32_t number, unsigned phase) {
    if (has_bit(ways->seen[phase], number)) return;
    set_bit(ways->seen[phase], number);
    numbers32_add(&ways->nodes, number | (phase ? PHASE : 0));
}

/* The phases, as bits, in which a state is reached from one of this phase. */
static unsigned phases_after(struct runs *runs, const uint64_t *state, unsigned phase) {
    const uint32_t sort = runs->question.sort;
    unsigned phases = !phase && sort != ASK_FROM_START;
    if (may_be_bad(runs, state) && (phase || (sort != ASK_FROM_START && is_trigger(runs, state)))) phases |= 2;
    return phases;
}

/* Whether a state is what a piece of a loop is to come to. Uses the second sink. */
static int is_wanted(struct ways *ways, uint32_t number, const uint64_t *state) {
    struct runs *runs = ways->runs;
    const struct wanted *wanted = ways->wanted;
    uint64_t any = 0, missing = 0;
    if (number == wanted->home) return 1;
    if (wanted->bad && !is_true(runs, runs->question.good, state)) return 1;
    for (uint32_t j = 0; j < turn_words(runs); j++) any |= wanted->absent[j];
    if (!any) return 0;
    edges_of(&runs->other, state);
    turns_of(runs, &runs->other, runs->able);
    for (uint32_t j = 0; j < turn_words(runs); j++) missing |= wanted->absent[j] & ~runs->able[j];
    return missing != 0;
}

static int takes_wanted(const struct ways *ways, struct edge edge) {
    const uint32_t fair = ways->runs->question.fair[edge.turn];
    return fair && (has_bit(ways->wanted->taken, fair - 1) || has_bit(ways->wanted->absent, fair - 1));
}

/* Where an edge leads, as far as the ways go: the phases, as bits, of its end; `*hit` where it reaches what they lead to. */
static unsigned follow(struct ways *ways, const uint64_t *next, struct edge edge, unsigned phase, uint32_t *number, int *hit) {
    struct runs *runs = ways->runs;
    *hit = 0;
    if (ways->component && runs->question.banned[edge.step]) return 0;
    *number = number_of(&runs->places, next, edge.length, hash_words(next, edge.length));
    if (*number == NOWHERE || (ways->component && runs->marks[*number] != ways->component)) return 0;
    if (ways->component) return *hit = takes_wanted(ways, edge) || is_wanted(ways, *number, next), 2;
    const unsigned phases = phases_after(runs, next, phase);
    *hit = phases & 2 && is_found(runs->marks[*number]);
    return phases;
}

/* Adds to the bucket that is being made what one bucket's edges of some sorts lead to. */
static void spread(struct ways *ways, struct bucket from, unsigned sorts, uint64_t faults, uint64_t steps) {
    struct runs *runs = ways->runs;
    for (uint64_t i = from.begin; i < from.end && !ways->found && !READ(runs->search->control->stop); i++) {
        uint64_t room[1];
        const uint32_t node = ways->nodes.items[i];
        edges_of(&runs->sink, run_state(runs, node & ~PHASE, room));
        for (uint32_t j = 0; j < runs->sink.count && !ways->found; j++) {
            const struct edge edge = runs->sink.edges[j];
            uint32_t number;
            int hit;
            if (!(1u << step_sorts[edge.step] & sorts)) continue;
            const unsigned phases = follow(ways, runs->sink.words + edge.at, edge, node >> 31, &number, &hit);
            if (hit) ways->found = 1, ways->faults = faults, ways->steps = steps;
            if (phases & 1) add_node(ways, number, 0);
            if (phases & 2) add_node(ways, number, 1);
        }
    }
}

static void add_bucket_to(struct way_layer *layer, struct bucket bucket) {
    layer->buckets = grown(layer->buckets, layer->count + 1, sizeof bucket);
    layer->buckets[layer->count++] = bucket;
}

/* Makes the buckets of one number of faults until something is found. Returns whether any has a node. */
static int spread_layer(struct ways *ways, uint64_t faults) {
    int any = 0;
    ways->layers = grown(ways->layers, ++ways->layer_count, sizeof *ways->layers);
    ways->layers[faults] = (struct way_layer){0};
    add_bucket_to(&ways->layers[faults], faults ? (struct bucket){0, 0} : (struct bucket){0, ways->nodes.count});
    for (uint64_t steps = 1; !ways->found && !READ(ways->runs->search->control->stop); steps++) {
        const struct bucket before = bucket_of(ways, faults, steps - 1);
        any |= before.end > before.begin;
        if (before.end == before.begin && (!faults || steps > ways->layers[faults - 1].count)) break;
        const uint64_t begin = ways->nodes.count;
        spread(ways, before, FREE_SORTS, faults, steps);
        if (faults) spread(ways, bucket_of(ways, faults - 1, steps - 1), COSTED_SORTS, faults, steps);
        add_bucket_to(&ways->layers[faults], (struct bucket){begin, ways->nodes.count});
    }
    return any;
}

/* Marks a node of bucket (faults, steps) if it lies on a cheapest way. Requires: the buckets after its own were marked. */
static void mark_node(struct ways *ways, uint32_t node, uint64_t faults, uint64_t steps) {
    struct runs *runs = ways->runs;
    uint64_t room[1];
    const uint64_t *state = run_state(runs, node & ~PHASE, room);
    edges_of(&runs->sink, state);
    for (uint32_t j = 0; j < runs->sink.count; j++) {
        const struct edge edge = runs->sink.edges[j];
        const uint64_t *next = runs->sink.words + edge.at, after = faults + (step_sorts[edge.step] == STEP_FAULT);
        uint32_t number;
        int hit;
        const unsigned phases = follow(ways, next, edge, node >> 31, &number, &hit);
        int on = hit && after == ways->faults && steps + 1 == ways->steps;
        for (int phase = 0; phase < 2 && !on; phase++) {
            const struct mark *mark = phases >> phase & 1 ? marks_find(ways->marks[phase], next, edge.length) : NULL;
            on = mark && mark->faults == after && mark->steps == steps + 1;
        }
        if (!on) continue;
        marks_add(ways->marks[node >> 31], state, (struct mark){.targets = 1, .faults = faults, .steps = steps, .length = state_length(state)});
        return;
    }
}

static void mark_back(struct ways *ways) {
    for (uint64_t faults = ways->layer_count; faults-- > 0;)
        for (uint64_t steps = ways->layers[faults].count; steps-- > 0;) {
            const struct bucket bucket = bucket_of(ways, faults, steps);
            if (faults == ways->faults && steps >= ways->steps) continue;
            for (uint64_t i = bucket.begin; i < bucket.end; i++) mark_node(ways, ways->nodes.items[i], faults, steps);
        }
}

/* Finds the ways. Requires: their first nodes were added. */
static void ways_run(struct ways *ways) {
    for (uint64_t faults = 0; spread_layer(ways, faults) && !ways->found && !READ(ways->runs->search->control->stop);) faults++;
    if (ways->found) mark_back(ways);
    ways_close(ways);
}

/* Returns the stems to what was found broken; a first state may be that itself, at no cost. */
static struct ways *stems(struct runs *runs, const uint64_t *initial, uint64_t count) {
    struct ways *ways = ways_open(runs, 0, NULL);
    for (uint64_t i = 0; i < count; i++, initial += state_length(initial)) {
        const uint32_t number = number_of(&runs->places, initial, state_length(initial), hash_words(initial, state_length(initial)));
        const unsigned bad = may_be_bad(runs, initial) != 0;
        const unsigned phases = runs->question.sort == ASK_FROM_START ? 2 * bad : phases_after(runs, initial, 0);
        if (phases & 1) add_node(ways, number, 0);
        if (phases & 2) add_node(ways, number, 1);
        if (phases & 2 && is_found(runs->marks[number])) ways->found = 1;
    }
    if (ways->found) ways_close(ways);
    else ways_run(ways);
    return ways;
}

/* Returns the ways, of at least one step within the loops of a state, to what is wanted. */
static struct ways *pieces(struct runs *runs, uint32_t start, const struct wanted *wanted) {
    struct ways *ways = ways_open(runs, runs->marks[start], wanted);
    add_node(ways, start, 1);
    ways_run(ways);
    return ways;
}

#endif
