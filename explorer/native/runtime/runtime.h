/* The functions that the driver (explorer/native/machine.py) calls. This file is included after the emitted code of one model.
 *
 * Initial states are given one after the other in `initial`, `count` of them. What a call returns by pointer is released by the
 * function named beside it.
 */
#ifndef QUORATE_RUNTIME_H
#define QUORATE_RUNTIME_H

#include "distinct.h"
#include "explore.h"
#include "look.h"
#include "shortest.h"
#include "walk.h"
#if LABELLED
#include "ways.h"
#endif

#define EXPORTED __attribute__((visibility("default")))

/* Tells FIXED_WORDS, PARCEL_WORDS, MAX_WORDS, STEPS, LIMITS, SITES, PROPERTIES. */
EXPORTED void quorate_sizes(uint64_t *sizes) {
    const uint64_t mine[] = {FIXED_WORDS, PARCEL_WORDS, MAX_WORDS, STEPS, LIMITS, SITES, PROPERTIES};
    memcpy(sizes, mine, sizeof mine);
}

EXPORTED uint32_t quorate_length(const uint64_t *state) { return state_length(state); }

static void add_initials(struct search *search, const uint64_t *initial, uint64_t count) {
    for (uint64_t i = 0; i < count; i++, initial += state_length(initial)) add_initial(search, initial);
}

/* Runs the full search; `seen` are the properties that showed, bit by bit, in PROPERTY_WORDS words. Returns it for `quorate_frontier` and `quorate_close`, or NULL where memory is refused. */
EXPORTED struct search *quorate_explore(struct control *control, const uint64_t *initial, uint64_t count, struct findings *findings,
                                        uint64_t *fired, uint64_t *limited, uint64_t *exercised, uint64_t *seen) {
    struct search *search = malloc(sizeof *search);
    if (!search || !search_open(search, control, 0)) return free(search), NULL;
    ask_sample(search, control->sample);
    add_initials(search, initial, count);
    struct sights settled = {0};
    uint64_t depth = run_levels(search, &settled);
    *findings = tell_counts(search, &settled, fired, limited, exercised);
    findings->depth = depth;
    sample_cut(&search->sample);
    for (uint64_t i = 0; i < search->sample.count; i++) findings->sampled_words += search->sample.items[i].length;
    findings->sampled = search->sample.count;
    for (int i = 0; i < PROPERTY_WORDS; i++) seen[i] = shown_at(&settled, i);
    findings->error = (uint64_t)any_error(&settled);
    return search;
}

/* Copies states of the frontier where the search was cut, every so many, at most `most` of them. Returns how many. */
EXPORTED uint64_t quorate_frontier(const struct search *search, uint64_t most, uint64_t *words) {
    uint64_t total = 0, copied = 0, seen = 0, room[MAX_WORDS];
    const struct slices *level = &search->work;
    for (uint64_t i = 0; i < level->count; i++)
        for (uint64_t at = level->items[i].begin; at < level->items[i].end; total++) state_at(search, &at, room);
    const uint64_t every = total / (most ? most : 1) + 1;
    for (uint64_t i = 0; i < level->count; i++)
        for (uint64_t at = level->items[i].begin; at < level->items[i].end; seen++) {
            const uint64_t *state = state_at(search, &at, room);
            if (seen % every || copied == most) continue;
            memcpy(words, state, state_length(state) * sizeof *words);
            words += state_length(state);
            copied++;
        }
    return copied;
}

/* Copies the sample, `findings.sampled` states one after the other. */
EXPORTED void quorate_sample(const struct search *search, uint64_t *words) {
    for (uint64_t i = 0; i < search->sample.count; i++) {
        const struct sampled *item = &search->sample.items[i];
        memcpy(words, item->words, item->length * sizeof *words);
        words += item->length;
    }
}

/* Looks at one state; `shown` has PROPERTY_WORDS words for the state, then as many for it as a terminal one. `look->successors` and `look->steps` are released by `quorate_release`. */
EXPORTED void quorate_look(const uint64_t *state, struct look *look, uint64_t *limited, uint64_t *exercised, uint64_t *shown) {
    look_at(look, state, limited, exercised, shown);
}

/* Counts the states of a search that is over with the bits of `mask`, of FIXED_WORDS words, alone; all ones where it cannot be told. */
EXPORTED uint64_t quorate_distinct(const struct search *search, const uint64_t *mask) { return count_distinct(&search->store, mask); }

EXPORTED void quorate_close(struct search *search) {
    search_close(search);
    free(search);
}

/* Finds the cheapest ways to at most 64 targets; returns marks for `quorate_mark` and `quorate_forget`, or NULL where memory is refused. */
EXPORTED struct marks *quorate_shortest(struct control *control, const uint64_t *initial, uint64_t count, struct target *targets,
                                        uint32_t target_count) {
    struct quest quest = {.targets = targets, .count = target_count};
    if (!search_open(&quest.search, control, 1)) return NULL;
    quest.marks = calloc(1, sizeof *quest.marks);
    if (!quest.marks) return search_close(&quest.search), NULL;
    add_initials(&quest.search, initial, count);
    run_quest(&quest);
    quest_close(&quest);
    return quest.marks;
}

/* Whether the state lies, at exactly this cost, on a cheapest way to the target. */
EXPORTED int quorate_mark(const struct marks *marks, const uint64_t *state, uint32_t target, uint64_t faults, uint64_t steps) {
    const struct mark *mark = marks_find(marks, state, state_length(state));
    return mark && mark->targets >> target & 1 && mark->faults == faults && mark->steps == steps;
}

EXPORTED void quorate_forget(struct marks *marks) { marks_close(marks); }

/* Walks at random; `walks->path` is released by `quorate_release`. */
EXPORTED void quorate_walk(struct control *control, const uint64_t *initial, uint64_t count, struct walks *walks) {
    const uint64_t **starts = malloc(count * sizeof *starts);
    if (!starts) abort();
    for (uint64_t i = 0; i < count; i++, initial += state_length(initial)) starts[i] = initial;
    run_walks(walks, control, starts, count);
    free(starts);
}

EXPORTED void quorate_release(void *memory) { free(memory); }

#if LABELLED
/* Takes over a full search that was not cut, to judge its runs; NULL where memory is refused. */
EXPORTED struct runs *quorate_runs(struct search *search) {
    struct runs *runs = malloc(sizeof *runs);
    if (!runs) abort();
    if (runs_open(runs, search)) return runs;
    runs_close(runs);
    return free(runs), NULL;
}

EXPORTED void quorate_close_runs(struct runs *runs) {
    runs_close(runs);
    free(runs);
}

/* Judges a question, which has to outlive what is asked about its answer. */
EXPORTED void quorate_judge(struct runs *runs, struct control *control, const struct question *question, const uint64_t *initial,
                            uint64_t count, struct judged *judged) {
    runs->search->control = control;
    runs_judge(runs, question, initial, count);
    *judged = runs->judged;
    control->bytes = bytes_held(runs->search) + judged->bytes;
}

/* What the last question made of a state: below FIRST_LOOP nothing; ENDED; or the number of its loops. */
EXPORTED uint32_t quorate_standing(const struct runs *runs, const uint64_t *state) {
    const uint32_t length = state_length(state), number = number_of(&runs->places, state, length, hash_words(state, length));
    return number == NOWHERE ? OUT : runs->marks[number];
}

static struct ways *told(struct ways *ways, uint64_t *cost) {
    cost[0] = ways->found, cost[1] = ways->faults, cost[2] = ways->steps;
    return ways;
}

/* Finds the cheapest stems; `cost` gets whether there is one, its faults and steps. Released by `quorate_forget_ways`. */
EXPORTED struct ways *quorate_stems(struct runs *runs, struct control *control, const uint64_t *initial, uint64_t count, uint64_t *cost) {
    runs->search->control = control;
    return told(stems(runs, initial, count), cost);
}

/* Finds the cheapest pieces of a loop from a state to what is wanted; `home` may be NULL. The same otherwise. */
EXPORTED struct ways *quorate_pieces(struct runs *runs, struct control *control, const uint64_t *start, const uint64_t *taken,
                                     const uint64_t *absent, uint32_t bad, const uint64_t *home, uint64_t *cost) {
    struct wanted wanted = {.taken = taken, .absent = absent, .bad = bad, .home = NOWHERE};
    const uint32_t length = state_length(start), number = number_of(&runs->places, start, length, hash_words(start, length));
    runs->search->control = control;
    if (home) wanted.home = number_of(&runs->places, home, state_length(home), hash_words(home, state_length(home)));
    return told(pieces(runs, number, &wanted), cost);
}

/* Whether the state lies, in this phase and at exactly this cost, on one of the ways. */
EXPORTED int quorate_on_way(const struct ways *ways, const uint64_t *state, uint32_t phase, uint64_t faults, uint64_t steps) {
    const struct mark *mark = marks_find(ways->marks[phase], state, state_length(state));
    return mark && mark->faults == faults && mark->steps == steps;
}

EXPORTED void quorate_forget_ways(struct ways *ways) { ways_forget(ways); }
#endif

#endif
