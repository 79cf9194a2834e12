/* SPDX-License-Identifier: MIT */
#include "base/keyed_hash.h"

#include <string.h>
#include <sys/random.h>

#include "base/clock.h"

struct hash_key hash_key_random(void)
{
    struct hash_key key;
    if (getrandom(&key, sizeof key, GRND_NONBLOCK) != (ssize_t)sizeof key) {
        /* Early in the boot of a machine there is no randomness yet: addresses have some. */
        key.words[0] = (uint64_t)(uintptr_t)&key;
        key.words[1] = clock_monotonic();
    }
    return key;
}

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static void mix(uint64_t state[4])
{
    state[0] += state[1];
    state[2] += state[3];
    state[1] = rotate(state[1], 13) ^ state[0];
    state[3] = rotate(state[3], 16) ^ state[2];
    state[0] = rotate(state[0], 32);
    state[2] += state[1];
    state[0] += state[3];
    state[1] = rotate(state[1], 17) ^ state[2];
    state[3] = rotate(state[3], 21) ^ state[0];
    state[2] = rotate(state[2], 32);
}

static void absorb(uint64_t state[4], uint64_t word)
{
    state[3] ^= word;
    mix(state);
    state[0] ^= word;
}

uint64_t keyed_hash(const struct hash_key *key, const void *bytes, size_t size)
{
    uint64_t state[4] = {
        key->words[0] ^ 0x736F6D6570736575u,
        key->words[1] ^ 0x646F72616E646F6Du,
        key->words[0] ^ 0x6C7967656E657261u,
        key->words[1] ^ 0x7465646279746573u,
    };
    const unsigned char *next = bytes;
    uint64_t word;
    for (size_t left = size; left >= sizeof word; left -= sizeof word, next += sizeof word) {
        memcpy(&word, next, sizeof word);
        absorb(state, word);
    }
    word = (uint64_t)size << 56;
    for (size_t i = 0; i < size % sizeof word; i++)
        word |= (uint64_t)next[i] << 8 * i;
    absorb(state, word);
    state[2] ^= 0xFF;
    for (int round = 0; round < 3; round++)
        mix(state);
    return state[0] ^ state[1] ^ state[2] ^ state[3];
}
