/* Hashes of states. For states of one word it is a bijection, so that a hash identifies its state. */
#ifndef QUORATE_HASH_H
#define QUORATE_HASH_H

#include <stdint.h>

/* Stafford's variant 13 of the finalizer of MurmurHash3: a bijection of 64 bits. */
static inline uint64_t mix(uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

/* The inverse of `mix`. */
static inline uint64_t unmix(uint64_t x) {
    x ^= x >> 31 ^ x >> 62;
    x *= 0x319642b2d24d8ec3ull;
    x ^= x >> 27 ^ x >> 54;
    x *= 0x96de1b173f119089ull;
    return x ^ x >> 30 ^ x >> 60;
}

/* Both halves of the product of two words, folded: as in wyhash and MUM. */
static inline uint64_t fold(uint64_t a, uint64_t b) {
    __extension__ typedef unsigned __int128 uint128_t;
    uint128_t product = (uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_words(const uint64_t *words, uint32_t length) {
    if (MAX_WORDS == 1) return mix(words[0]);
    uint64_t hash = 0x2d358dccaa6c78a5ull ^ length;
    uint32_t i = 0;
    for (; i + 2 <= length; i += 2)
        hash = fold(words[i] ^ 0x8bb84b93962eacc9ull ^ hash, words[i + 1] ^ 0x4b33a62ed433d4a3ull) ^ (hash << 23 | hash >> 41);
    if (i < length) hash = fold(words[i] ^ 0x8bb84b93962eacc9ull ^ hash, 0x4d5a2da51de1aa47ull) ^ (hash << 23 | hash >> 41);
    return mix(hash);
}

/* Two states are equal when their words are. The fixed words tell the length, so what follows a shorter one is never compared. */
static inline int same_words(const uint64_t *a, const uint64_t *b, uint32_t length) {
    for (uint32_t i = 0; i < length; i++)
        if (a[i] != b[i]) return 0;
    return 1;
}

#endif
