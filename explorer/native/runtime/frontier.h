/* A short form of states, for a frontier that nothing points into: each word without its leading zero bytes.
 *
 * Where the store keeps fingerprints, the frontier is what is left of memory per state; messages in flight take a word each, of
 * which most bits are zero. Form: the number of words (2 bytes), a nibble a word that says how many bytes it has, the bytes.
 */
#ifndef QUORATE_FRONTIER_H
#define QUORATE_FRONTIER_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the short form of states is written for little-endian machines"
#endif

/* Words that the short form of a state may take, one more than its last byte needs: whole words are read and written. */
static inline uint32_t short_most(uint32_t length) { return length + length / 16 + 3; }

/* Writes the short form and returns its length in words. */
static inline uint32_t shorten(const uint64_t *state, uint32_t length, uint64_t *to) {
    uint8_t *nibbles = (uint8_t *)to + 2, *bytes = nibbles + (length + 1) / 2;
    const uint16_t count = (uint16_t)length;
    memcpy(to, &count, sizeof count);
    memset(nibbles, 0, (length + 1) / 2);
    for (uint32_t i = 0; i < length; i++) {
        const uint32_t size = state[i] ? (71u - (uint32_t)__builtin_clzll(state[i])) / 8 : 0;
        nibbles[i / 2] |= (uint8_t)(size << 4 * (i % 2));
        memcpy(bytes, &state[i], sizeof *state);
        bytes += size;
    }
    return (uint32_t)(bytes - (uint8_t *)to + 7) / 8;
}

/* Restores the state and returns the length of its short form in words. */
static inline uint32_t restore(const uint64_t *from, uint64_t *state) {
    uint16_t length;
    memcpy(&length, from, sizeof length);
    const uint8_t *nibbles = (const uint8_t *)from + 2, *bytes = nibbles + (length + 1) / 2;
    for (uint32_t i = 0; i < length; i++) {
        const uint32_t size = nibbles[i / 2] >> 4 * (i % 2) & 15;
        memcpy(&state[i], bytes, sizeof *state);
        if (size < 8) state[i] &= (1ull << 8 * size) - 1;
        bytes += size;
    }
    return (uint32_t)(bytes - (const uint8_t *)from + 7) / 8;
}

#endif
