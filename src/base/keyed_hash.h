/* Hashes of what comes out of untrusted files: SipHash-1-3. Without the key nobody can choose
 * texts that share a slot of a table, and so make looking them up slow.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_BASE_KEYED_HASH_H
#define PYPERF_BASE_KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
    uint64_t words[2];
};

/* Another one each time. */
struct hash_key hash_key_random(void);

uint64_t keyed_hash(const struct hash_key *key, const void *bytes, size_t size);

#endif
