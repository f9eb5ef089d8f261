/* Whole runs: the loops, within the states in which a property's promise is not kept, that keep the fairness that is assumed.
 *
 * Strongly connected components by Pearce's algorithm (2016), one number a state; edges are regenerated, not stored: a state is
 * expanded when it is entered, what it led to that was new waits in a buffer of bounded size, and is made again where the
 * buffer had to forget it. A component whose turns are not fair is dropped, or, of strong fairness, taken apart again without
 * the states in which the turn could be taken (Emerson & Lei, 1987). What is left does not depend on the order of anything.
 *
 * Read next: ways.h, the cheapest ways to what was found; explorer/reference/liveness.py, the same on an explicit graph.
 */
#ifndef QUORATE_COMPONENTS_H
#define QUORATE_COMPONENTS_H

#include "places.h"

/* What `marks` holds of a state: UNSEEN; from 1 on, where it stands in the search that is running; or one of these. */
enum { UNSEEN = 0 };
#define FIRST_LOOP (1u << 31)       /* from here up: the component of a loop that breaks the property */
#define ENDED (UINT32_MAX - 2)      /* a run that breaks it ends here; of `possible`: no way leads to what it asks for */
#define AGAIN (UINT32_MAX - 1)      /* to be searched again, without some states; of `possible`: only a limit may hide a way */
#define OUT UINT32_MAX              /* breaks nothing */

static inline int is_found(uint32_t mark) { return mark >= FIRST_LOOP && mark <= ENDED; }
static inline int is_open(uint32_t mark) { return mark != UNSEEN && mark < FIRST_LOOP; }

#ifndef BUFFER_LEAST
#define BUFFER_LEAST 4096
#endif

enum question_sort { ASK_ANYWHERE, ASK_FROM_START, ASK_STABLE, ASK_POSSIBLE };

/* A property asked of some processes. `fair` has for each turn 0, or 1 + its number among those assumed to be fair. */
struct question {
    const uint16_t *fair;
    const uint64_t *strong; /* of those numbers, bit by bit */
    const uint8_t *banned;  /* steps that its loops do not take */
    uint32_t sort;          /* an enum question_sort */
    uint32_t good;          /* the predicate that keeps the promise */
    uint32_t trigger;       /* the one that makes it, or NO_PREDICATE: it is always owed */
    uint32_t fair_count;
    uint32_t strict; /* a turn that a limit stopped counts as one that can be taken, and a run that it stopped has not ended */
};

#define NO_PREDICATE UINT32_MAX

struct judged {
    uint64_t loops, ends, maybe; /* states in loops that break it; in which a run ends that does; of `possible`: hidden by a limit */
    uint64_t bytes;              /* held on top of the search */
};

/* One state on the way from the root of the search. */
struct frame {
    uint32_t number;
    uint32_t waiting : 28; /* successors in the buffer; FORGOTTEN: to be made again */
    uint32_t root : 1, loops : 1, value : 2;
};

enum { FORGOTTEN = (1 << 28) - 1, TURN_WORDS_LEAST = 1 };

struct numbers32 {
    uint32_t *items;
    uint64_t count, room;
};

struct runs {
    struct search *search;
    struct places places;
    struct question question;
    uint32_t *marks;
    struct frame *frames;
    uint64_t depth, room_frames;
    struct numbers32 finished; /* states whose component is not complete */
    struct numbers32 buffer;   /* successors that wait; those of frames before `kept` were forgotten */
    uint64_t kept;
    uint64_t *hashes; /* of the edges that are being looked at */
    uint32_t room_hashes;
    struct sink sink, other; /* other: beside the edges that are being looked at */
    uint32_t next_index, next_loop;
    uint64_t *able_ever, *able_always, *taken, *able, *every; /* turns, bit by bit */
    int dirty;
    struct judged judged;
};

static void numbers32_room(struct numbers32 *list, uint64_t room) {
    if (room <= list->room) return;
    list->room = room > 2 * list->room ? room : 2 * list->room;
    list->items = realloc(list->items, list->room * sizeof *list->items);
    if (!list->items) abort();
}

static inline void numbers32_add(struct numbers32 *list, uint32_t item) {
    if (list->count == list->room) numbers32_room(list, list->count + 1024);
    list->items[list->count++] = item;
}

static void runs_close(struct runs *runs) {
    places_close(&runs->places);
    free(runs->marks), free(runs->frames), free(runs->finished.items), free(runs->buffer.items), free(runs->able), free(runs->hashes);
    free(runs->sink.words), free(runs->sink.edges), free(runs->sink.stops);
    free(runs->other.words), free(runs->other.edges), free(runs->other.stops);
    search_close(runs->search);
    free(runs->search);
}

/* Takes over a search that is over and kept its states; returns 0 where memory is refused. */
static int runs_open(struct runs *runs, struct search *search) {
    memset(runs, 0, sizeof *runs);
    runs->search = search;
    if (!places_open(&runs->places, search)) return 0;
    runs->marks = malloc(((uint64_t)runs->places.states + 1) * sizeof *runs->marks);
    return runs->marks != NULL;
}

static inline uint32_t turn_words(const struct runs *runs) { return runs->question.fair_count / 64 + TURN_WORDS_LEAST; }
static inline int has_bit(const uint64_t *bits, uint32_t bit) { return (int)(bits[bit / 64] >> bit % 64 & 1); }
static inline void set_bit(uint64_t *bits, uint32_t bit) { bits[bit / 64] |= 1ull << bit % 64; }

static inline int is_true(struct runs *runs, uint32_t predicate, const uint64_t *state) { return predicate_holds(predicate, state, &runs->other); }

static inline const uint64_t *run_state(const struct runs *runs, uint32_t number, uint64_t *room) {
    return state_at_number(&runs->places, number, room);
}

/* Expands a state into a sink that is empty but for it. Returns whether a limit stopped a step. */
static int edges_of(struct sink *sink, const uint64_t *state) {
    sink->count = 0, sink->used = 0;
    return expand(state, sink);
}

/* Sets `able` to the fair turns that can be taken, by the edges of a sink. Returns whether there is one. */
static int turns_of(struct runs *runs, const struct sink *sink, uint64_t *able) {
    const uint16_t *fair = runs->question.fair;
    int any = 0;
    if (!runs->question.fair_count) return 0;
    memset(able, 0, turn_words(runs) * sizeof *able);
    for (uint32_t i = 0; i < sink->count; i++)
        if (fair[sink->edges[i].turn]) set_bit(able, fair[sink->edges[i].turn] - 1u), any = 1;
    for (uint32_t i = 0; runs->question.strict && i < sink->stop_count; i++)
        if (fair[sink->stops[i]]) set_bit(able, fair[sink->stops[i]] - 1u), any = 1;
    return any;
}

/* Whether a run that breaks the property ends in the state whose edges these are. */
static int is_end(struct runs *runs, const uint64_t *state, const struct sink *sink, int limited) {
    if (runs->question.strict && limited) return 0;
    for (uint32_t i = 0; i < sink->count; i++)
        if (step_sorts[sink->edges[i].step] == STEP_PROTOCOL) return 0;
    if (turns_of(runs, sink, runs->able)) return 0;
    return runs->question.sort != ASK_STABLE || !is_true(runs, runs->question.good, state);
}

/* -- of `possible`: what a mark says of the ways from its state -- */

static inline uint32_t value_of(uint32_t mark) { return mark == OUT ? 2 : mark == AGAIN ? 1 : 0; }
static inline uint32_t mark_of(uint32_t value) { return value == 2 ? OUT : value == 1 ? AGAIN : ENDED; }

/* -- the buffer of successors that wait -- */

/* Notes that an edge of a frame leads to a state with this mark, which was seen. */
static inline void note_seen(struct runs *runs, struct frame *frame, uint32_t mark) {
    if (runs->question.sort == ASK_POSSIBLE && !is_open(mark) && value_of(mark) > frame->value) frame->value = value_of(mark) & 3;
    if (mark < runs->marks[frame->number]) runs->marks[frame->number] = mark, frame->root = 0;
}

/* Takes out of the buffer what was seen meanwhile: of a long way that is most of it. */
static void tidy(struct runs *runs) {
    const uint32_t *from = runs->buffer.items;
    uint32_t *to = runs->buffer.items;
    for (uint64_t i = runs->kept; i < runs->depth; i++) {
        struct frame *frame = &runs->frames[i];
        uint32_t waiting = 0;
        for (uint32_t j = 0; j < frame->waiting; j++, from++) {
            const uint32_t mark = runs->marks[*from];
            if (mark == UNSEEN) *to++ = *from, waiting++;
            else note_seen(runs, frame, mark);
        }
        frame->waiting = waiting;
    }
    runs->buffer.count = (uint64_t)(to - runs->buffer.items);
}

/* Makes room in the buffer. If tidying is not enough, the successors of the oldest frames are forgotten, and made again when they
 * are needed.
 */
static void forget_some(struct runs *runs) {
    uint64_t gone = 0;
    tidy(runs);
    if (runs->buffer.count < runs->buffer.room / 4 * 3) return;
    while (gone < runs->buffer.count / 2 && runs->kept + 1 < runs->depth) {
        struct frame *frame = &runs->frames[runs->kept++];
        gone += frame->waiting;
        if (frame->waiting) frame->waiting = FORGOTTEN;
    }
    if (!gone) return numbers32_room(&runs->buffer, 2 * runs->buffer.room);
    runs->buffer.count -= gone;
    memmove(runs->buffer.items, runs->buffer.items + gone, runs->buffer.count * sizeof *runs->buffer.items);
}

/* Notes what an edge of the top frame leads to. */
static inline void see(struct runs *runs, struct frame *frame, uint32_t number) {
    const uint32_t mark = runs->marks[number];
    if (mark != UNSEEN) return note_seen(runs, frame, mark);
    if (runs->buffer.count == runs->buffer.room) forget_some(runs);
    runs->buffer.items[runs->buffer.count++] = number;
    frame->waiting++;
}

/* Looks at the edges of the top frame, whose state they are of. */
static void look_over(struct runs *runs, struct frame *frame) {
    const struct search *search = runs->search;
    struct sink *sink = &runs->sink;
    const int possible = runs->question.sort == ASK_POSSIBLE;
    uint32_t known = 0;
    if (sink->count > runs->room_hashes) {
        runs->room_hashes = sink->room_edges;
        runs->hashes = realloc(runs->hashes, runs->room_hashes * sizeof *runs->hashes);
        if (!runs->hashes) abort();
    }
    uint64_t *hashes = runs->hashes; /* and then numbers */
    for (uint32_t i = 0; i < sink->count; i++) {
        const struct edge edge = sink->edges[i];
        if (runs->question.banned[edge.step] || (possible && step_sorts[edge.step] == STEP_FAULT)) continue;
        const uint64_t hash = hash_words(sink->words + edge.at, edge.length);
        __builtin_prefetch(&search->store.slots[hash & (store_capacity(&search->store) - 1)]);
        sink->edges[known] = edge;
        hashes[known++] = hash;
    }
    if (!are_prints(&runs->places))
        for (uint32_t i = 0; i < known; i++) prefetch_candidate(search, hashes[i]);
    for (uint32_t i = 0; i < known; i++) {
        const struct edge edge = sink->edges[i];
        hashes[i] = number_of(&runs->places, sink->words + edge.at, edge.length, hashes[i]);
        if (hashes[i] != NOWHERE) __builtin_prefetch(&runs->marks[hashes[i]]);
    }
    for (uint32_t i = 0; i < known; i++) {
        if (hashes[i] == NOWHERE) continue;
        frame->loops |= hashes[i] == frame->number;
        see(runs, frame, (uint32_t)hashes[i]);
    }
}

/* Enters a state that was not seen before, if it may lie in a loop. */
static void enter(struct runs *runs, uint32_t number) {
    uint64_t room[1];
    const uint64_t *state = run_state(runs, number, room);
    const int possible = runs->question.sort == ASK_POSSIBLE;
    if (possible && is_true(runs, runs->question.good, state)) {
        runs->marks[number] = OUT;
        return;
    }
    const int limited = edges_of(&runs->sink, state);
    if (!possible && is_end(runs, state, &runs->sink, limited)) {
        runs->marks[number] = ENDED;
        runs->judged.ends++;
        return;
    }
    if (runs->depth == runs->room_frames) {
        runs->room_frames = 2 * runs->room_frames + 1024;
        runs->frames = realloc(runs->frames, runs->room_frames * sizeof *runs->frames);
        if (!runs->frames) abort();
    }
    struct frame *frame = &runs->frames[runs->depth++];
    *frame = (struct frame){.number = number, .root = 1, .value = possible && limited};
    runs->marks[number] = runs->next_index++;
    look_over(runs, frame);
}

/* -- a complete component -- */

/* Whether every turn is fair by what was gathered so far: of weak fairness taken or not always there, of strong taken. */
static int is_fair(const struct runs *runs) {
    uint64_t fails = 0;
    for (uint32_t j = 0; j < turn_words(runs); j++)
        fails |= (runs->able_always[j] | runs->question.strong[j]) & ~runs->taken[j] & runs->every[j];
    return !fails;
}

/* Gathers which turns can be taken in the states of a component, and which its edges take, until every turn is fair. */
static void gather(struct runs *runs, const uint32_t *states, uint64_t count, uint32_t component) {
    const uint32_t words = turn_words(runs);
    memset(runs->able_ever, 0, words * sizeof *runs->able_ever);
    memset(runs->able_always, 255, words * sizeof *runs->able_always);
    memset(runs->taken, 0, words * sizeof *runs->taken);
    for (uint64_t i = 0; i < count && !is_fair(runs); i++) {
        uint64_t room[1];
        struct sink *sink = &runs->other;
        edges_of(sink, run_state(runs, states[i], room));
        turns_of(runs, sink, runs->able);
        for (uint32_t j = 0; j < words; j++) runs->able_ever[j] |= runs->able[j], runs->able_always[j] &= runs->able[j];
        for (uint32_t j = 0; j < sink->count; j++) {
            const struct edge edge = sink->edges[j];
            const uint32_t fair = runs->question.fair[edge.turn];
            if (!fair || runs->question.banned[edge.step] || has_bit(runs->taken, fair - 1)) continue;
            const uint64_t *next = sink->words + edge.at;
            const uint32_t number = number_of(&runs->places, next, edge.length, hash_words(next, edge.length));
            if (number != NOWHERE && runs->marks[number] == component) set_bit(runs->taken, fair - 1);
        }
    }
}

static void mark_all(struct runs *runs, const uint32_t *states, uint64_t count, uint32_t mark) {
    for (uint64_t i = 0; i < count; i++) runs->marks[states[i]] = mark;
}

/* Leaves out the states of a component in which a turn of strong fairness can be taken that it never takes. */
static void leave_out(struct runs *runs, const uint32_t *states, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        uint64_t room[1];
        edges_of(&runs->other, run_state(runs, states[i], room));
        turns_of(runs, &runs->other, runs->able);
        uint32_t mark = AGAIN;
        for (uint32_t j = 0; j < turn_words(runs); j++)
            if (runs->able[j] & ~runs->taken[j] & runs->question.strong[j]) mark = OUT;
        runs->marks[states[i]] = mark;
    }
    runs->dirty = 1;
}

/* Whether some state is not what the property asks for; of most properties all of them are not. */
static int has_bad(struct runs *runs, const uint32_t *states, uint64_t count) {
    if (runs->question.sort != ASK_STABLE) return 1;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t room[1];
        if (!is_true(runs, runs->question.good, run_state(runs, states[i], room))) return 1;
    }
    return 0;
}

/* Judges a component, and marks its states with what comes of it. */
static void judge_component(struct runs *runs, const uint32_t *states, uint64_t count, int loops) {
    const uint32_t component = runs->next_loop;
    if ((count == 1 && !loops) || !has_bad(runs, states, count)) return mark_all(runs, states, count, OUT);
    mark_all(runs, states, count, component);
    uint64_t weak_fails = 0, strong_fails = 0;
    if (runs->question.fair_count) gather(runs, states, count, component);
    for (uint32_t j = 0; runs->question.fair_count && j < turn_words(runs); j++) {
        const uint64_t left = ~runs->taken[j] & runs->every[j];
        weak_fails |= runs->able_always[j] & left & ~runs->question.strong[j];
        strong_fails |= runs->able_ever[j] & left & runs->question.strong[j];
    }
    if (weak_fails) return mark_all(runs, states, count, OUT);
    if (strong_fails) return leave_out(runs, states, count);
    runs->judged.loops += count;
    runs->next_loop--;
}

/* Leaves the top frame: its component is complete, or it waits for its root. */
static void leave(struct runs *runs) {
    const struct frame frame = runs->frames[--runs->depth];
    struct numbers32 *finished = &runs->finished;
    if (runs->kept > runs->depth) runs->kept = runs->depth;
    numbers32_add(finished, frame.number);
    if (frame.root) {
        uint64_t first = finished->count - 1;
        while (first && runs->marks[finished->items[first - 1]] >= runs->marks[frame.number]) first--;
        const uint64_t count = finished->count - first;
        runs->next_index -= (uint32_t)count;
        if (runs->question.sort == ASK_POSSIBLE) {
            mark_all(runs, finished->items + first, count, mark_of(frame.value));
            runs->judged.ends += frame.value == 0 ? count : 0;
            runs->judged.maybe += frame.value == 1 ? count : 0;
        } else {
            judge_component(runs, finished->items + first, count, (int)frame.loops);
        }
        finished->count = first;
    }
    if (!runs->depth) return;
    struct frame *parent = &runs->frames[runs->depth - 1];
    const uint32_t mark = runs->marks[frame.number];
    if (frame.value > parent->value) parent->value = frame.value & 3;
    if (is_open(mark) && mark < runs->marks[parent->number]) runs->marks[parent->number] = mark, parent->root = 0;
}

/* Searches from one state, depth first, until all that it leads to is marked. */
static void search_from(struct runs *runs, uint32_t root) {
    enter(runs, root);
    for (uint64_t turn = 0; runs->depth; turn++) {
        struct frame *frame = &runs->frames[runs->depth - 1];
        if (frame->waiting == FORGOTTEN) {
            uint64_t room[1];
            frame->waiting = 0;
            runs->kept = runs->depth - 1; /* the buffer is empty: the frames above have left */
            edges_of(&runs->sink, run_state(runs, frame->number, room));
            look_over(runs, frame);
        } else if (frame->waiting) {
            const uint32_t next = runs->buffer.items[--runs->buffer.count];
            frame->waiting--;
            const uint64_t depth = runs->depth;
            if (runs->marks[next] == UNSEEN) enter(runs, next);
            if (runs->depth == depth) see(runs, frame, next);
        } else {
            leave(runs);
        }
        if (!(turn & 1023) && READ(runs->search->control->stop)) return;
    }
}

/* -- the question -- */

static inline int may_be_bad(struct runs *runs, const uint64_t *state) {
    const uint32_t sort = runs->question.sort;
    return sort == ASK_STABLE || sort == ASK_POSSIBLE || !is_true(runs, runs->question.good, state);
}

/* Marks every state as one to be searched, or as one in which the promise is kept. */
static void mark_region(struct runs *runs) {
    for (uint32_t i = 0; i < runs->places.states; i++) {
        uint64_t room[1];
        runs->marks[i] = may_be_bad(runs, run_state(runs, i, room)) ? UNSEEN : OUT;
    }
}

/* Whether the property's promise is owed from this state on, whatever came before. */
static int is_trigger(struct runs *runs, const uint64_t *state) {
    return runs->question.trigger == NO_PREDICATE || is_true(runs, runs->question.trigger, state);
}

static void search_all(struct runs *runs, int again) {
    for (uint32_t i = 0; i < runs->places.states && !READ(runs->search->control->stop); i++) {
        uint64_t room[1];
        if (runs->marks[i] == UNSEEN && (again || is_trigger(runs, run_state(runs, i, room)))) search_from(runs, i);
    }
}

/* What was not reached breaks nothing; what was put off is searched now. */
static void begin_again(struct runs *runs) {
    runs->dirty = 0;
    for (uint32_t i = 0; i < runs->places.states; i++) {
        if (runs->marks[i] == UNSEEN) runs->marks[i] = OUT;
        if (runs->marks[i] == AGAIN) runs->marks[i] = UNSEEN;
    }
}

static uint64_t runs_bytes(const struct runs *runs) {
    return places_bytes(&runs->places) + (uint64_t)runs->places.states * sizeof *runs->marks + runs->room_frames * sizeof *runs->frames +
           (runs->finished.room + runs->buffer.room) * sizeof *runs->buffer.items;
}

/* Judges a question; `initial` are the first states, one after the other. Requires: what the question points to outlives it. */
static void runs_judge(struct runs *runs, const struct question *question, const uint64_t *initial, uint64_t count) {
    runs->question = *question;
    runs->judged = (struct judged){0};
    runs->next_index = 1, runs->next_loop = ENDED - 1, runs->dirty = 0, runs->depth = runs->kept = 0;
    runs->finished.count = runs->buffer.count = 0;
    numbers32_room(&runs->buffer, runs->places.states / 8 + BUFFER_LEAST);
    free(runs->able);
    runs->able = calloc(5 * turn_words(runs), sizeof *runs->able);
    if (!runs->able) abort();
    runs->able_ever = runs->able + turn_words(runs), runs->able_always = runs->able_ever + turn_words(runs);
    runs->taken = runs->able_always + turn_words(runs), runs->every = runs->taken + turn_words(runs);
    for (uint32_t i = 0; i < question->fair_count; i++) set_bit(runs->every, i);
    mark_region(runs);
    for (uint64_t i = 0; question->sort == ASK_FROM_START && i < count; i++, initial += state_length(initial)) {
        const uint32_t number = number_of(&runs->places, initial, state_length(initial), hash_words(initial, state_length(initial)));
        if (number != NOWHERE && runs->marks[number] == UNSEEN) search_from(runs, number);
    }
    if (question->sort != ASK_FROM_START) search_all(runs, 0);
    while (runs->dirty && !READ(runs->search->control->stop)) begin_again(runs), search_all(runs, 1);
    runs->judged.bytes = runs_bytes(runs);
}

#endif
