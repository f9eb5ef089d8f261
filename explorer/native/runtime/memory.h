/* Address space reserved at once, backed page by page as it is touched: what grows in it never moves and never is copied. */
#ifndef QUORATE_MEMORY_H
#define QUORATE_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

enum { PAGE_BYTES = 1 << 21 }; /* a huge page: what is accessed at random misses the address cache without them */

struct span {
    void *at;
    size_t bytes;
};

/* Reserves `wanted` bytes, or the largest half, quarter ... of it that the system grants, not below `least`. Returns whether it did. */
static int span_reserve(struct span *span, size_t wanted, size_t least) {
    for (size_t bytes = wanted; bytes >= least; bytes /= 2) {
        void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at == MAP_FAILED) continue;
        *span = (struct span){at, bytes};
        return 1;
    }
    return 0;
}

/* Asks for huge pages in it: for what is touched everywhere and in no order. */
static void span_scattered(struct span *span) {
#ifdef MADV_HUGEPAGE
    madvise(span->at, span->bytes, MADV_HUGEPAGE);
#else
    (void)span;
#endif
}

static void span_release(struct span *span) {
    if (span->at) munmap(span->at, span->bytes);
    span->at = NULL;
}

#endif
