/* Some states of every level, for who compares them: those of the least hashes, so which they are depends neither on threads nor
 * on time. Levels share: a state's rank is its place among its level's hashes, and the lowest ranks stay.
 */
#ifndef QUORATE_SAMPLE_H
#define QUORATE_SAMPLE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct sampled {
    uint64_t rank, hash, *words;
    uint32_t length;
};

/* `most` states of the least (rank, hash); up to twice as many are held until `sample_cut`. `worst`: nothing above it is asked for. */
struct sample {
    struct sampled *items;
    uint64_t count, room, most, worst;
};

static struct sample sample_of(uint64_t most) { return (struct sample){.most = most, .worst = UINT64_MAX}; }

static int sampled_order(const void *a, const void *b) {
    const struct sampled *one = a, *two = b;
    if (one->rank != two->rank) return one->rank < two->rank ? -1 : 1;
    return one->hash < two->hash ? -1 : one->hash > two->hash;
}

static void sample_cut(struct sample *sample) {
    if (sample->count) qsort(sample->items, sample->count, sizeof *sample->items, sampled_order);
    while (sample->count > sample->most) free(sample->items[--sample->count].words);
}

/* Adds an item, whose words become the sample's; where memory ends the process ends, as in `sink_open`. */
static void sample_add(struct sample *sample, struct sampled item) {
    if (sample->count == sample->room) {
        sample->room = 2 * sample->room + 16;
        sample->items = realloc(sample->items, sample->room * sizeof *sample->items);
        if (!sample->items) abort();
    }
    sample->items[sample->count++] = item;
}

static void sample_keep(struct sample *sample, const uint64_t *state, uint32_t length, uint64_t hash) {
    uint64_t *words = malloc(length * sizeof *words);
    if (!words) abort();
    memcpy(words, state, length * sizeof *words);
    sample_add(sample, (struct sampled){.hash = hash, .words = words, .length = length});
    if (sample->count / 2 < sample->most) return;
    sample_cut(sample);
    sample->worst = sample->items[sample->count - 1].hash;
}

/* Offers a state of the level that is being found. */
static inline void sample_offer(struct sample *sample, const uint64_t *state, uint32_t length, uint64_t hash) {
    if (sample->most && hash <= sample->worst) sample_keep(sample, state, length, hash);
}

/* Moves what was offered to `all`; the ranks come in `sample_rank`. */
static void sample_move(struct sample *offered, struct sample *all) {
    for (uint64_t i = 0; i < offered->count; i++) sample_add(all, offered->items[i]);
    offered->count = 0;
    offered->worst = UINT64_MAX;
}

/* Ranks the level's states, items `first` and on, which have rank 0 until now. */
static void sample_rank(struct sample *all, uint64_t first) {
    if (all->count == first) return; /* there may be no items at all */
    qsort(all->items + first, all->count - first, sizeof *all->items, sampled_order);
    for (uint64_t i = first; i < all->count; i++) all->items[i].rank = i - first;
    if (all->count / 2 < all->most) return;
    sample_cut(all);
    all->worst = all->items[all->count - 1].rank;
}

/* Returns how many states of a level can still be among the lowest ranks. */
static uint64_t sample_share(const struct sample *all) { return all->worst < all->most ? all->worst + 1 : all->most; }

static void sample_free(struct sample *sample) {
    for (uint64_t i = 0; i < sample->count; i++) free(sample->items[i].words);
    free(sample->items);
}

#endif
