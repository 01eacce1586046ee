/* policy-denylist: names that lists of the site deny, a million of them in one mapped file that every gateway shares.
 * Runs as: anyone (pure).  Input: a file that the compiler made, names of a zone.  Must not: allocate to find, probe without an end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-denylist.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "HNRDENY1"
#define LIST_MASK 0x0f
#define FIRST_SLOTS (1u << 10)

/* SipHash-2-4 (Aumasson, Bernstein 2012). */
static uint64_t turn(uint64_t v, unsigned bits) {
        return v << bits | v >> (64 - bits);
}

static void round_of(uint64_t v[4]) {
        v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
        v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
        v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
        v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
}

static uint64_t hash_of(const uint64_t key[2], const char *text, size_t n) {
        uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };
        uint64_t last = (uint64_t)n << 56, m;
        size_t at = 0;

        for (; at + 8 <= n; at += 8) {
                memcpy(&m, text + at, 8);
                v[3] ^= m;
                round_of(v);
                round_of(v);
                v[0] ^= m;
        }
        for (size_t i = 0; at + i < n; i++)
                last |= (uint64_t)(uint8_t)text[at + i] << (8 * i);
        v[3] ^= last;
        round_of(v);
        round_of(v);
        v[0] ^= last;
        v[2] ^= 0xff;
        for (int i = 0; i < 4; i++)
                round_of(v);
        last = v[0] ^ v[1] ^ v[2] ^ v[3];
        return last ? last : 1; /* 0 marks an empty slot */
}

/* Where a hash belongs in a table of n slots: any n will do. */
static uint32_t place_of(uint64_t hash, uint32_t n) {
        return (uint32_t)((hash >> 32) * n >> 32);
}

int policy_denylist_open(const void *bytes, size_t n, PolicyDenylist *ret) {
        const PolicyDenylistHead *head = bytes;

        if (n < sizeof *head || memcmp(head->magic, MAGIC, sizeof head->magic) != 0 || head->n_lists > POLICY_DENYLIST_MAX_LISTS ||
            head->n_slots == 0 || head->n_slots > POLICY_DENYLIST_MAX_NAMES * 2 || head->probes > head->n_slots ||
            n != sizeof *head + (size_t)head->n_slots * 9)
                return -EBADMSG;
        for (uint32_t i = 0; i < POLICY_DENYLIST_MAX_LISTS; i++)
                if (!memchr(head->lists[i], '\0', POLICY_DENYLIST_TITLE))
                        return -EBADMSG;
        ret->head = head;
        ret->slots = (const uint64_t *)(head + 1);
        ret->tags = (const uint8_t *)(ret->slots + head->n_slots);
        return 0;
}

static uint8_t look(const PolicyDenylist *list, const char *name, size_t n) {
        uint64_t hash = hash_of(list->head->key, name, n);
        uint32_t at = place_of(hash, list->head->n_slots);

        for (uint32_t i = 0; i <= list->head->probes && list->slots[at] != 0; i++) {
                if (list->slots[at] == hash)
                        return list->tags[at];
                at = at + 1 == list->head->n_slots ? 0 : at + 1;
        }
        return 0;
}

const char *policy_denylist_find(const PolicyDenylist *list, const char *name, size_t n) {
        uint8_t wanted = POLICY_DENYLIST_SELF;

        while (list->head && n > 0) {
                uint8_t tag = look(list, name, n);
                const char *dot = memchr(name, '.', n);
                if (tag & wanted)
                        return list->head->lists[tag & LIST_MASK];
                if (!dot)
                        break;
                n -= (size_t)(dot - name) + 1;
                name = dot + 1;
                wanted = POLICY_DENYLIST_BELOW;
        }
        return NULL;
}

int policy_denylist_maker_init(PolicyDenylistMaker *m, const uint64_t key[2]) {
        *m = (PolicyDenylistMaker){ .n_slots = FIRST_SLOTS };
        memcpy(m->head.magic, MAGIC, sizeof m->head.magic);
        memcpy(m->head.key, key, sizeof m->head.key);
        m->slots = calloc(m->n_slots, sizeof *m->slots);
        m->tags = calloc(m->n_slots, 1);
        return m->slots && m->tags ? 0 : -ENOMEM;
}

void policy_denylist_maker_done(PolicyDenylistMaker *m) {
        free(m->slots);
        free(m->tags);
        m->slots = NULL;
        m->tags = NULL;
}

int policy_denylist_maker_list(PolicyDenylistMaker *m, const char *title) {
        if (strnlen(title, POLICY_DENYLIST_TITLE) >= POLICY_DENYLIST_TITLE)
                return -EINVAL;
        if (m->head.n_lists == POLICY_DENYLIST_MAX_LISTS)
                return -E2BIG;
        memcpy(m->head.lists[m->head.n_lists++], title, strlen(title) + 1);
        return 0;
}

/* Puts the hash at its place, or behind; returns the slot, and how far it lies. */
static uint32_t put(uint64_t *slots, uint32_t n_slots, uint64_t hash, uint32_t *ret_far) {
        uint32_t at = place_of(hash, n_slots), far = 0;

        for (; slots[at] != 0 && slots[at] != hash; far++)
                at = at + 1 == n_slots ? 0 : at + 1;
        slots[at] = hash;
        *ret_far = far;
        return at;
}

static uint32_t copy(const PolicyDenylistMaker *m, uint64_t *slots, uint8_t *tags, uint32_t n_slots) {
        uint32_t far, most = 0;

        for (uint32_t i = 0; i < m->n_slots; i++)
                if (m->slots[i] != 0) {
                        tags[put(slots, n_slots, m->slots[i], &far)] = m->tags[i];
                        most = far > most ? far : most;
                }
        return most;
}

static int grow(PolicyDenylistMaker *m) {
        uint64_t *slots = calloc((size_t)m->n_slots * 2, sizeof *slots);
        uint8_t *tags = calloc((size_t)m->n_slots * 2, 1);

        if (!slots || !tags) {
                free(slots);
                free(tags);
                return -ENOMEM;
        }
        copy(m, slots, tags, m->n_slots * 2);
        policy_denylist_maker_done(m);
        m->slots = slots;
        m->tags = tags;
        m->n_slots *= 2;
        return 0;
}

int policy_denylist_maker_add(PolicyDenylistMaker *m, const char *name, size_t n, uint8_t flags) {
        uint64_t hash = hash_of(m->head.key, name, n);
        uint32_t far, at;

        if (m->head.n_names >= m->n_slots / 4 * 3) {
                int r = grow(m);
                if (r < 0)
                        return r;
        }
        at = put(m->slots, m->n_slots, hash, &far);
        if (m->tags[at] == 0) {
                if (m->head.n_names == POLICY_DENYLIST_MAX_NAMES) {
                        m->slots[at] = 0; /* the last of its row: nothing lies behind it */
                        return -E2BIG;
                }
                m->head.n_names++;
                m->tags[at] = (uint8_t)(m->head.n_lists - 1); /* the first list that names it is the one that is told */
        }
        m->tags[at] |= flags;
        return 0;
}

int policy_denylist_maker_finish(PolicyDenylistMaker *m, uint8_t **ret_bytes, size_t *ret_n) {
        uint32_t n_slots = m->head.n_names / 3 * 4 + 16;
        size_t n = sizeof m->head + (size_t)n_slots * 9;
        uint8_t *bytes = calloc(1, n);

        if (!bytes)
                return -ENOMEM;
        PolicyDenylistHead *head = (PolicyDenylistHead *)bytes;
        uint64_t *slots = (uint64_t *)(head + 1);
        *head = m->head;
        head->n_slots = n_slots;
        head->probes = copy(m, slots, (uint8_t *)(slots + n_slots), n_slots);
        *ret_bytes = bytes;
        *ret_n = n;
        return 0;
}
