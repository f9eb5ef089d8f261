/* A bag of numbers as the emitted code of a model would be, written by hand: states of several words and of different lengths, a fault
 * with a budget, a limit, an error of the model, and a property of each modality. test_native_runtime.py has the same in Python.
 *
 * Word 0 holds the faults left, and how many numbers there are; word 1 is a check of the fixed part; the numbers follow, ascending.
 */
#ifndef MOST
#define MOST 3
#endif
#ifndef TOP
#define TOP 3
#endif
#ifndef BUDGET
#define BUDGET 1
#endif
#ifndef WIDTH
#define WIDTH 1
#endif
#define FIXED_WORDS 2
#define PARCEL_WORDS WIDTH
#define MAX_WORDS (2 + WIDTH * MOST)
#define STEPS 4
#define LIMITS 1
#define SITES 2
#define PROPERTIES 4
#include "model.h"

enum { ADD_ONE, RAISE, LOSE, RETURN };
enum { COUNT_MASK = 255, LEFT = 8 };

static const uint8_t step_sorts[STEPS + 1] = {STEP_PROTOCOL, STEP_PROTOCOL, STEP_FAULT, STEP_FREE};

static inline uint32_t count_of(const uint64_t *state) { return (uint32_t)(state[0] & COUNT_MASK); }
static inline uint32_t state_length(const uint64_t *state) { return FIXED_WORDS + WIDTH * count_of(state); }
static inline uint64_t number(const uint64_t *state, uint32_t i) { return state[FIXED_WORDS + WIDTH * i]; }

/* Writes the state of these numbers, sorted. */
static void give(struct sink *out, uint64_t left, const uint64_t *numbers, uint32_t count, uint32_t step) {
    uint64_t *next = sink_open(out), sorted[MOST + 1];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t j = i;
        for (; j > 0 && sorted[j - 1] > numbers[i]; j--) sorted[j] = sorted[j - 1];
        sorted[j] = numbers[i];
    }
    next[0] = left << LEFT | count;
    next[1] = ~next[0];
    for (uint32_t i = 0; i < count * WIDTH; i++) next[FIXED_WORDS + i] = sorted[i / WIDTH];
    sink_close(out, FIXED_WORDS + WIDTH * count, step);
}

static int expand(const uint64_t *state, struct sink *out) {
    const uint32_t count = count_of(state);
    const uint64_t left = state[0] >> LEFT;
    uint64_t numbers[MOST + 1] = {0};
    int limited = 0;
    for (uint32_t i = 0; i < count; i++) numbers[i] = number(state, i);
    if (count < MOST) {
        give(out, left, numbers, count + 1, ADD_ONE);
    } else {
#ifdef LIMITED
        limited = 1;
        out->limited[0]++;
#endif
    }
    for (uint32_t i = 0; i < count; i++) {
        if (i && numbers[i] == numbers[i - 1]) continue;
        if (numbers[i] == TOP) {
#ifdef FRAGILE
            if (count == MOST) out->errors++;
#endif
            continue;
        }
        numbers[i]++;
        give(out, left, numbers, count, RAISE);
        numbers[i]--;
    }
    if (left && count) give(out, left - 1, numbers + 1, count - 1, LOSE);
    return limited;
}

/* Property 0: the numbers never add up to MOST * TOP - 1. Property 1 (a witness): there are MOST numbers, and one fault less. */
static void check_state(const uint64_t *state, struct sink *out, uint64_t *shown) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count_of(state); i++) sum += number(state, i);
    if (count_of(state)) out->exercised[0] |= 1;
#ifdef SPOILED
    if (sum == SPOILED) out->errors++;
#endif
    shown[0] |= (uint64_t)(sum == MOST * TOP - 1) | (uint64_t)(count_of(state) == MOST && state[0] >> LEFT == 0 && BUDGET) << 1;
}

/* Property 2: a step does not take away a number at the top. */
static void check_edge(const uint64_t *before, const uint64_t *after, struct sink *out, uint64_t *shown) {
    (void)out;
    shown[0] |= (uint64_t)(count_of(after) < count_of(before) && number(before, 0) == TOP) << 2;
}

/* Property 3: in the end there are not MOST numbers at the top. */
static void check_final(const uint64_t *state, struct sink *out, uint64_t *shown) {
    (void)out;
    shown[0] |= (uint64_t)(count_of(state) == MOST) << 3;
}

static int has_deliverable(const uint64_t *state) { return count_of(state) > 0; }

static int all_are_down(const uint64_t *state) { return (void)state, 0; }
