/* What emitted code is made of: bit fields over words, checked arithmetic, and the run of one step.
 *
 * Emitted functions return an enum run_outcome; a helper's result goes through its last parameter.
 */
#ifndef QUORATE_BITS_H
#define QUORATE_BITS_H

#include "model.h"

enum run_outcome {
    RUN_OK,      /* the step ends in a state; the helper has returned */
    RUN_NONE,    /* the step does not exist here */
    RUN_LIMITED, /* a `limit` stopped it */
    RUN_ERROR,   /* it is an error of the model */
};

#define INLINE static inline __attribute__((unused))

/* -- bit fields: `at` counts bits from the first word; 0 < width <= 64 -- */

INLINE uint64_t low_bits(unsigned width) { return width >= 64 ? ~0ull : (1ull << width) - 1; }

INLINE uint64_t bits_get(const uint64_t *w, unsigned at, unsigned width) {
    unsigned word = at / 64, bit = at % 64;
    uint64_t low = w[word] >> bit;
    if (bit + width > 64) low |= w[word + 1] << (64 - bit);
    return low & low_bits(width);
}

INLINE void bits_put(uint64_t *w, unsigned at, unsigned width, uint64_t value) {
    unsigned word = at / 64, bit = at % 64;
    uint64_t mask = low_bits(width);
    w[word] = (w[word] & ~(mask << bit)) | value << bit;
    if (bit + width > 64) w[word + 1] = (w[word + 1] & ~(mask >> (64 - bit))) | value >> (64 - bit);
}

INLINE void bits_copy(uint64_t *to, unsigned to_at, const uint64_t *from, unsigned from_at, unsigned width) {
    for (; width > 64; width -= 64, to_at += 64, from_at += 64) bits_put(to, to_at, 64, bits_get(from, from_at, 64));
    if (width) bits_put(to, to_at, width, bits_get(from, from_at, width));
}

/* The number of set bits among `words` words. */
INLINE int64_t bits_count(const uint64_t *w, unsigned words) {
    int64_t n = 0;
    for (unsigned i = 0; i < words; i++) n += __builtin_popcountll(w[i]);
    return n;
}

/* The first set bit at or after `from`, or `end`. */
INLINE unsigned bits_next(const uint64_t *w, unsigned from, unsigned end) {
    while (from < end) {
        uint64_t rest = w[from / 64] >> from % 64;
        if (rest) return from + (unsigned)__builtin_ctzll(rest);
        from = (from / 64 + 1) * 64;
    }
    return end;
}

/* -- Python's division; the caller has excluded a divisor of 0, and INT64_MIN over -1 -- */

INLINE int64_t floor_div(int64_t a, int64_t b) {
    int64_t q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

INLINE int64_t floor_mod(int64_t a, int64_t b) {
    if (b == -1) return 0; /* of the least number C has no remainder */
    int64_t r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

/* -- Python's shifts -- */

/* Returns whether it is an error: a negative count, or a result that 64 bits do not hold. */
INLINE int shift_left(int64_t a, int64_t by, int64_t *result) {
    if (by < 0) return 1;
    if (by < 63) return __builtin_mul_overflow(a, (int64_t)1 << by, result);
    *result = a && by == 63 ? INT64_MIN : 0;
    return a && !(a == -1 && by == 63);
}

/* The caller has excluded a negative count. */
INLINE int64_t shift_right(int64_t a, int64_t by) { return a >> (by < 63 ? by : 63); }

/* -- choices: a step is run once for each way through its choices, as the digits of an odometer -- */

#ifndef MAX_CHOICES
#define MAX_CHOICES 1024
#endif

struct choices {
    unsigned made, known; /* in this run; digits that are set */
    uint32_t digit[MAX_CHOICES], radix[MAX_CHOICES];
};

/* Returns which of `options` (at least 1) this run takes; MAX_CHOICES choices in one step are too many: `options`. */
INLINE uint32_t choose(struct choices *c, uint32_t options) {
    if (c->made == MAX_CHOICES) return options;
    if (c->made == c->known) c->digit[c->known++] = 0;
    c->radix[c->made] = options;
    return c->digit[c->made++];
}

/* Prepares the next run; returns 0 after the last. */
INLINE int next_choices(struct choices *c) {
    c->known = c->made;
    c->made = 0;
    while (c->known) {
        if (++c->digit[c->known - 1] < c->radix[c->known - 1]) return 1;
        c->known--;
    }
    return 0;
}

#endif
