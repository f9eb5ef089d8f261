/* What the driver (explorer/native/machine.py) and a running search share: orders one way, counts the other. */
#ifndef QUORATE_CONTROL_H
#define QUORATE_CONTROL_H

#include <stdint.h>

enum stop { GO_ON, STOP_STATES, STOP_DEPTH, STOP_TIME, STOP_MEMORY, STOP_INTERRUPTED, STOP_FIRST };

struct control {
    uint64_t max_states, max_depth, max_bytes; /* limits, all ones where there is none */
    uint64_t sample;                           /* how many states to keep for who compares them */
    const uint64_t *decisive;                  /* properties whose violation is one, bit by bit: not `sometimes`; for `first` */
    uint32_t threads, compact, first;
    uint32_t stop;                                 /* an enum stop: set by either side */
    uint64_t states, edges, expanded, depth, bytes; /* how far it is; peak of the bytes that the search holds */
};

#define READ(place) __atomic_load_n(&(place), __ATOMIC_RELAXED)
#define ADD(place, amount) __atomic_fetch_add(&(place), (amount), __ATOMIC_RELAXED)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* The first reason to stop is the one that is told. */
static inline void stop_for(struct control *control, uint32_t reason) {
    uint32_t none = GO_ON;
    __atomic_compare_exchange_n(&control->stop, &none, reason, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

#endif
