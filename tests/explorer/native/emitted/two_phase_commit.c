/* Two-phase commit (the TLA+ form of Gray & Lamport) as the emitted code of a model would be, written by hand: one word a state. */
#ifndef MANAGERS
#define MANAGERS 3
#endif
#define FIXED_WORDS 1
#define PARCEL_WORDS 0
#define MAX_WORDS 1
#define STEPS 7
#define LIMITS 0
#define SITES 0
#define PROPERTIES 2
#include "model.h"

enum { STAGE = 0, DECISION = 2 * MANAGERS, COUNTED = DECISION + 2, VOTED = COUNTED + MANAGERS, COMMIT = VOTED + MANAGERS, ABORT = COMMIT + 1 };
enum { COUNT_VOTE, DECIDE_COMMIT, DECIDE_ABORT, PREPARE, GIVE_UP, HEAR_COMMIT, HEAR_ABORT };
#define EVERYONE ((1ull << MANAGERS) - 1)

static const uint8_t step_sorts[STEPS + 1] = {0};

static inline uint32_t state_length(const uint64_t *state) { return (void)state, 1; }

static inline void give(struct sink *out, uint64_t next, uint32_t step) {
    *sink_open(out) = next;
    sink_close(out, 1, step);
}

static int expand(const uint64_t *state, struct sink *out) {
    const uint64_t s = *state;
    if ((s >> DECISION & 3) == 0) {
        for (int i = 0; i < MANAGERS; i++)
            if (s >> (VOTED + i) & 1) give(out, s | 1ull << (COUNTED + i), COUNT_VOTE);
        if ((s >> COUNTED & EVERYONE) == EVERYONE) give(out, s | 1ull << DECISION | 1ull << COMMIT, DECIDE_COMMIT);
        give(out, s | 2ull << DECISION | 1ull << ABORT, DECIDE_ABORT);
    }
    for (int i = 0; i < MANAGERS; i++) {
        const uint64_t stage = s >> (STAGE + 2 * i) & 3, others = s & ~(3ull << (STAGE + 2 * i));
        if (stage == 0) {
            give(out, others | 1ull << (STAGE + 2 * i) | 1ull << (VOTED + i), PREPARE);
            give(out, others | 3ull << (STAGE + 2 * i), GIVE_UP);
        }
        if (s >> COMMIT & 1) give(out, others | 2ull << (STAGE + 2 * i), HEAR_COMMIT);
        if (s >> ABORT & 1) give(out, others | 3ull << (STAGE + 2 * i), HEAR_ABORT);
    }
    return 0;
}

/* Property 0: nobody committed while another aborted. Property 1 (a witness): all committed. */
static void check_state(const uint64_t *state, struct sink *out, uint64_t *shown) {
    (void)out;
    const uint64_t low = *state & 0x5555555555555555ull & ((1ull << DECISION) - 1), high = *state >> 1 & 0x5555555555555555ull & ((1ull << DECISION) - 1);
    const uint64_t committed = high & ~low, aborted = high & low;
    shown[0] |= (uint64_t)(committed && aborted) | (uint64_t)(committed == (0x5555555555555555ull & ((1ull << DECISION) - 1)) >> 0) << 1;
}

static void check_edge(const uint64_t *before, const uint64_t *after, struct sink *out, uint64_t *shown) { (void)before, (void)after, (void)out, (void)shown; }
static void check_final(const uint64_t *state, struct sink *out, uint64_t *shown) { (void)state, (void)out, (void)shown; }
static int has_deliverable(const uint64_t *state) { return (void)state, 0; }
static int all_are_down(const uint64_t *state) { return (void)state, 0; }
