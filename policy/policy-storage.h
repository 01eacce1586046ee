/* policy-storage: arrays that live as long as a table or plan. Inside policy/ and the compiler only.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <stdlib.h>

typedef struct PolicyBlock {
        struct PolicyBlock *next;
        max_align_t data[];
} PolicyBlock;

/* Zeroed room for n items, freed with all others by policy_storage_free; NULL without memory. */
static inline void *policy_storage_take(void **storage, size_t n, size_t size) {
        PolicyBlock *block = calloc(1, sizeof *block + (n ? n : 1) * size);

        if (!block)
                return NULL;
        block->next = *storage;
        *storage = block;
        return block->data;
}
static inline void policy_storage_free(void *storage) {
        for (PolicyBlock *block = storage, *next; block; block = next) {
                next = block->next;
                free(block);
        }
}
