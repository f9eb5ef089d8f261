/* two_phase_commit: emitted, not written. */
#define FIXED_WORDS 1
#define MAX_WORDS 1
#define PARCEL_WORDS 0
#define MAX_CHOICES 1024
#define STEPS 14
#define LIMITS 0
#define SITES 1
#define PROPERTIES 1
#define PROCESSES 3
#define LABELLED 0
#include "model.h"
#include "bits.h"

/* All functions of one sort take the same parameters, whether they need them or not. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-function"

static const uint8_t step_sorts[STEPS + 1] = {0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 2, 2, 2, 1};


/* The run of one step, and whether a `limit` has stopped one. */
struct run {
    struct sink *out;
    int limited;
    struct choices choices;
};

static inline uint32_t state_length(const uint64_t *state) {
    (void)state;
    return FIXED_WORDS;
}

INLINE void begin(const uint64_t *s, uint64_t *n, struct run *r) {
    memcpy(n, s, 8 * FIXED_WORDS);
    (void)r;
}

INLINE void finish(const uint64_t *s, const uint64_t *n, struct run *r, int received, uint32_t step, int outcome) {
    if (outcome == RUN_LIMITED) r->limited = 1, sink_stop(r->out);
    if (outcome == RUN_ERROR) sink_error(r->out, step);
    if (outcome != RUN_OK) return;
    uint64_t *to = sink_open(r->out);
    memcpy(to, n, 8 * FIXED_WORDS);
    (void)s, (void)received;
    sink_close(r->out, FIXED_WORDS, step);
}

INLINE int is_down(const uint64_t *w, int64_t p) {
    (void)w, (void)p;
    return 0;
}

INLINE int is_cut(const uint64_t *w, int64_t from, int64_t to) {
    (void)w, (void)from, (void)to;
    return 0;
}

INLINE int send_Prepared(uint64_t *n, struct run *r, int64_t from, int64_t to, uint64_t m) {
    const int64_t pair = (uint64_t)(from - 0) < 2 && (uint64_t)(to - 2) < 1 ? (from - 0) * 1 + (to - 2) : -1;
    if (pair < 0) return RUN_ERROR;
    if (is_cut(n, from, to)) return RUN_OK;
    n[0] |= 1ull << (0 + (uint64_t)pair);
    return RUN_OK;
}

INLINE int send_Commit(uint64_t *n, struct run *r, int64_t from, int64_t to, uint64_t m) {
    const int64_t pair = (uint64_t)(from - 2) < 1 && (uint64_t)(to - 0) < 2 ? (from - 2) * 2 + (to - 0) : -1;
    if (pair < 0) return RUN_ERROR;
    if (is_cut(n, from, to)) return RUN_OK;
    n[0] |= 1ull << (2 + (uint64_t)pair);
    return RUN_OK;
}

INLINE int send_Abort(uint64_t *n, struct run *r, int64_t from, int64_t to, uint64_t m) {
    const int64_t pair = (uint64_t)(from - 2) < 1 && (uint64_t)(to - 0) < 2 ? (from - 2) * 2 + (to - 0) : -1;
    if (pair < 0) return RUN_ERROR;
    if (is_cut(n, from, to)) return RUN_OK;
    n[0] |= 1ull << (4 + (uint64_t)pair);
    return RUN_OK;
}


static inline int step_0_Manager_prepare(uint64_t *n, const uint64_t *old, struct run *r, int64_t v_self) {
    const int64_t t1 = (int64_t)((n[0] >> (6 + 2 * (unsigned)v_self) & 0x3ull));
    const int64_t t2 = (t1 == 0);
    if (!t2) return RUN_NONE;
    n[0] = (n[0] & ~(0x3ull << (6 + 2 * (unsigned)v_self))) | 0x1ull << (6 + 2 * (unsigned)v_self);
    const int status3 = send_Prepared(n, r, v_self, 2, 0ull);
    if (status3) return status3;
    return RUN_OK;
}

static inline int step_1_Manager_give_up(uint64_t *n, const uint64_t *old, struct run *r, int64_t v_self) {
    const int64_t t1 = (int64_t)((n[0] >> (6 + 2 * (unsigned)v_self) & 0x3ull));
    const int64_t t2 = (t1 == 0);
    if (!t2) return RUN_NONE;
    n[0] = (n[0] & ~(0x3ull << (6 + 2 * (unsigned)v_self))) | 0x3ull << (6 + 2 * (unsigned)v_self);
    return RUN_OK;
}

static inline int step_2_Manager_on_commit(uint64_t *n, const uint64_t *old, struct run *r, int64_t v_self, uint64_t v_m, int64_t v_sender) {
    n[0] = (n[0] & ~(0x3ull << (6 + 2 * (unsigned)v_self))) | 0x2ull << (6 + 2 * (unsigned)v_self);
    return RUN_OK;
}

static inline int step_3_Manager_on_abort(uint64_t *n, const uint64_t *old, struct run *r, int64_t v_self, uint64_t v_m, int64_t v_sender) {
    n[0] = (n[0] & ~(0x3ull << (6 + 2 * (unsigned)v_self))) | 0x3ull << (6 + 2 * (unsigned)v_self);
    return RUN_OK;
}

static inline int step_4_Boss_on_prepared(uint64_t *n, const uint64_t *old, struct run *r, int64_t v_self, uint64_t v_m, int64_t v_sender) {
    const int64_t t1 = (int64_t)((n[0] >> (10) & 0x3ull));
    const int64_t t2 = (t1 == 0);
    if (!t2) return RUN_NONE;
    const uint64_t t3 = (n[0] >> (12) & 0x3ull);
    uint64_t t4 = t3;
    t4 |= 1ull << (v_sender);
    n[0] = (n[0] & ~(0x3ull << (12))) | t4 << (12);
    return RUN_OK;
}

static inline int step_5_Boss_commit(uint64_t *n, const uint64_t *old, struct run *r, int64_t v_self) {
    const int64_t t1 = (int64_t)((n[0] >> (10) & 0x3ull));
    const int64_t t2 = (t1 == 0);
    if (!t2) return RUN_NONE;
    const uint64_t t3 = (n[0] >> (12) & 0x3ull);
    const int64_t t4 = (t3 == 0x3ull);
    if (!t4) return RUN_NONE;
    n[0] = (n[0] & ~(0x3ull << (10))) | 0x1ull << (10);
    for (int64_t i5 = 0; i5 < 2; i5++) {
        if (i5 == (v_self + 2)) continue;
        const int status6 = send_Commit(n, r, (v_self + 2), i5, 0ull);
        if (status6) return status6;
    }
    return RUN_OK;
}

static inline int step_6_Boss_abort(uint64_t *n, const uint64_t *old, struct run *r, int64_t v_self) {
    const int64_t t1 = (int64_t)((n[0] >> (10) & 0x3ull));
    const int64_t t2 = (t1 == 0);
    if (!t2) return RUN_NONE;
    n[0] = (n[0] & ~(0x3ull << (10))) | 0x2ull << (10);
    for (int64_t i3 = 0; i3 < 2; i3++) {
        if (i3 == (v_self + 2)) continue;
        const int status4 = send_Abort(n, r, (v_self + 2), i3, 0ull);
        if (status4) return status4;
    }
    return RUN_OK;
}

static inline int property_0(uint64_t *n, const uint64_t *old, struct run *r, int64_t *result) {
    int64_t t1 = 0;
    int64_t t3 = 0;
    for (int64_t i4 = 0; i4 < 2; i4++) {
        for (int64_t i5 = 0; i5 < 2; i5++) {
            const int64_t t6 = (int64_t)((n[0] >> (6 + 2 * (unsigned)i4) & 0x3ull));
            const int64_t t7 = (t6 == 2);
            int64_t t8 = t7;
            if (t8) {
                const int64_t t9 = (int64_t)((n[0] >> (6 + 2 * (unsigned)i5) & 0x3ull));
                const int64_t t10 = (t9 == 3);
                t8 = t10;
            }
            if (!t3) {
                t3 = 1;
                r->out->exercised[0] |= 0x1ull;
            }
            if (t8) {
                t1 = 1;
                goto decided2;
            }
        }
    }
    goto decided2;
    decided2:;
    const int64_t t11 = !t1;
    *result = t11;
    return RUN_OK;
    return RUN_OK;
}

static void check_state(const uint64_t *state, struct sink *out, uint64_t *shown) {
    struct run run;
    run.out = out;
    int64_t holds = 0;
    if (property_0((uint64_t *)state, state, &run, &holds)) out->errors++;
    else if (!holds) shown[0] |= 0x1ull;
}

static void check_edge(const uint64_t *old, const uint64_t *state, struct sink *out, uint64_t *shown) {
}

static void check_final(const uint64_t *state, struct sink *out, uint64_t *shown) {
}

static void deliver_2(const uint64_t *s, struct run *r) {
    for (uint64_t rest = s[0] >> 2 & 0x3ull; rest; rest &= rest - 1) {
        const int64_t place = __builtin_ctzll(rest);
        const int64_t pair = place;
        const int64_t from = 2;
        const int64_t to = pair + 0;
        if (is_down(s, to)) continue;
        sink_turn(r->out, TURN(2, to, from));
         {
            uint64_t n[FIXED_WORDS];
            begin(s, n, r);
            finish(s, n, r, -1, 2, step_2_Manager_on_commit(n, s, r, to, 0ull, (from - 2)));
        }
    }
}

static void deliver_3(const uint64_t *s, struct run *r) {
    for (uint64_t rest = s[0] >> 4 & 0x3ull; rest; rest &= rest - 1) {
        const int64_t place = __builtin_ctzll(rest);
        const int64_t pair = place;
        const int64_t from = 2;
        const int64_t to = pair + 0;
        if (is_down(s, to)) continue;
        sink_turn(r->out, TURN(3, to, from));
         {
            uint64_t n[FIXED_WORDS];
            begin(s, n, r);
            finish(s, n, r, -1, 3, step_3_Manager_on_abort(n, s, r, to, 0ull, (from - 2)));
        }
    }
}

static void deliver_4(const uint64_t *s, struct run *r) {
    for (uint64_t rest = s[0] >> 0 & 0x3ull; rest; rest &= rest - 1) {
        const int64_t place = __builtin_ctzll(rest);
        const int64_t pair = place;
        const int64_t from = pair + 0;
        const int64_t to = 2;
        if (is_down(s, to)) continue;
        sink_turn(r->out, TURN(4, to, from));
         {
            uint64_t n[FIXED_WORDS];
            begin(s, n, r);
            finish(s, n, r, -1, 4, step_4_Boss_on_prepared(n, s, r, (to - 2), 0ull, from));
        }
    }
}

static void act_0(const uint64_t *s, struct run *r) {
    for (int64_t i = 0; i < 2; i++) {
        const int64_t process = i + 0;
        if (is_down(s, process)) continue;
        const int64_t self = process;
        sink_turn(r->out, TURN(0, process, PROCESSES));
         {
            uint64_t n[FIXED_WORDS];
            begin(s, n, r);
            finish(s, n, r, -1, 0, step_0_Manager_prepare(n, s, r, self));
        }
    }
}

static void act_1(const uint64_t *s, struct run *r) {
    for (int64_t i = 0; i < 2; i++) {
        const int64_t process = i + 0;
        if (is_down(s, process)) continue;
        const int64_t self = process;
        sink_turn(r->out, TURN(1, process, PROCESSES));
         {
            uint64_t n[FIXED_WORDS];
            begin(s, n, r);
            finish(s, n, r, -1, 1, step_1_Manager_give_up(n, s, r, self));
        }
    }
}

static void act_5(const uint64_t *s, struct run *r) {
    for (int64_t i = 0; i < 1; i++) {
        const int64_t process = i + 2;
        if (is_down(s, process)) continue;
        const int64_t self = (process - 2);
        sink_turn(r->out, TURN(5, process, PROCESSES));
         {
            uint64_t n[FIXED_WORDS];
            begin(s, n, r);
            finish(s, n, r, -1, 5, step_5_Boss_commit(n, s, r, self));
        }
    }
}

static void act_6(const uint64_t *s, struct run *r) {
    for (int64_t i = 0; i < 1; i++) {
        const int64_t process = i + 2;
        if (is_down(s, process)) continue;
        const int64_t self = (process - 2);
        sink_turn(r->out, TURN(6, process, PROCESSES));
         {
            uint64_t n[FIXED_WORDS];
            begin(s, n, r);
            finish(s, n, r, -1, 6, step_6_Boss_abort(n, s, r, self));
        }
    }
}

static int expand(const uint64_t *state, struct sink *out) {
    struct run run;
    run.out = out;
    run.limited = 0;
    sink_begin(out);
    act_0(state, &run);
    act_1(state, &run);
    act_5(state, &run);
    act_6(state, &run);
    deliver_2(state, &run);
    deliver_3(state, &run);
    deliver_4(state, &run);
    return run.limited;
}

static int has_deliverable(const uint64_t *state) {
    (void)state;
    return 0;
}

static int all_are_down(const uint64_t *state) {
    (void)state;
    return 0;
}

#pragma GCC diagnostic pop
