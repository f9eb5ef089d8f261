/* Runs the whole runtime as a program, so that the sanitizers see all of it: prints the counts of the hand-written model that is
 * included, and exits with 1 if walks or marks are not what they must be. With -DEMITTED_DEPTH=n it searches so deep instead,
 * and marks the way to the first property, for emitted code, whose targets it does not know. */
#include EMITTED
#include "runtime.h"
#include <stdio.h>

#ifdef EMITTED_DEPTH
#define MAX_DEPTH EMITTED_DEPTH
#else
#define MAX_DEPTH ~0ull
#endif

static struct control control(uint32_t threads, uint32_t compact) {
    return (struct control){.max_states = ~0ull, .max_depth = MAX_DEPTH, .max_bytes = 1ull << 30, .threads = threads, .compact = compact, .sample = 20};
}

int main(void) {
    uint64_t initial[MAX_WORDS] = {INITIAL}, fired[STEPS + 1] = {0}, limited[LIMITS + 1] = {0}, exercised[SITES / 64 + 1] = {0};
    uint64_t seen[PROPERTY_WORDS] = {0}, wanted[PROPERTY_WORDS] = {2}, shown[PROPERTY_WORDS] = {0};
    for (uint32_t threads = 1; threads <= 3; threads++)
        for (uint32_t compact = 0; compact < 2; compact++) {
            struct control how = control(threads, compact);
            struct findings found;
            struct search *search = quorate_explore(&how, initial, 1, &found, fired, limited, exercised, seen);
            printf("%llu %llu %llu\n", (unsigned long long)found.states, (unsigned long long)found.edges, (unsigned long long)found.depth);
            uint64_t *sampled = malloc((found.sampled_words + 1) * sizeof *sampled);
            quorate_sample(search, sampled);
            struct look look;
            uint64_t both[2 * PROPERTY_WORDS] = {0};
            for (uint64_t i = 0, at = 0; i < found.sampled; at += state_length(sampled + at), i++) {
                quorate_look(sampled + at, &look, limited, exercised, both);
                quorate_release(look.successors), quorate_release(look.steps);
            }
            free(sampled);
            quorate_close(search);
        }
    struct control how = control(2, 0);
    struct target targets[2] = {{.property = 1}, {.sort = TARGET_STUCK}};
    struct marks *marks = quorate_shortest(&how, initial, 1, targets, 2);
    int wrong = MAX_DEPTH == ~0ull && (!targets[0].found || !quorate_mark(marks, initial, 0, 0, 0));
    quorate_forget(marks);
    struct walks walks = {.seed = 1, .count = 10000, .depth = 100, .wanted = wanted, .shown = shown};
    how = control(1, 0);
    quorate_walk(&how, initial, 1, &walks);
    wrong |= MAX_DEPTH == ~0ull && walks.end != WALK_PROPERTY;
    quorate_release(walks.path);
    return wrong;
}
