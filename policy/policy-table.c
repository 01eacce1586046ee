/* policy-table: the binary form of all policy in force: encode and decode.
 * Runs as: anyone (pure).  Input: foreign bytes.  Must not: hand out a table that policy_table_check did not pass.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-table.h"
#include "base/base-fd.h"
#include "base/base-wire.h"
#include "policy/policy-storage.h"
#include <errno.h>
#include <string.h>

#define MAGIC 0x31544e48u /* "HNT1" */
#define MAX_CONTENTS (POLICY_MAX_KINDS * POLICY_MAX_FILES)

/* The contents of all files, each once: kinds share most of them (certificates, fonts). */
typedef struct Contents {
        uint32_t n;
        PolicyFile items[MAX_CONTENTS];
} Contents;

static uint32_t content_index(Contents *all, const PolicyFile *file) {
        for (uint32_t i = 0; i < all->n; i++)
                if (all->items[i].n == file->n && (file->n == 0 || memcmp(all->items[i].bytes, file->bytes, file->n) == 0))
                        return i;
        all->items[all->n] = *file;
        return all->n++;
}

static void write_strings(BaseWriter *w, const PolicyStrings *s) {
        base_write_u32(w, s->n);
        for (uint32_t i = 0; i < s->n; i++)
                base_write_string(w, s->items[i]);
}

static void write_numbers(BaseWriter *w, const PolicyKind *kind) {
        const uint32_t numbers[] = { kind->memory_mib, kind->pids, kind->cpu_percent, kind->scratch_mib,
                                     kind->scratch_inodes, kind->nofile, kind->max_age_s, kind->n_ports };

        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
                base_write_u32(w, numbers[i]);
        for (uint32_t i = 0; i < kind->n_ports; i++)
                base_write_u32(w, kind->ports[i]);
}

static void write_kind(BaseWriter *w, const PolicyKind *kind, Contents *all) {
        base_write_string(w, kind->name);
        base_write_string(w, kind->title_en);
        base_write_string(w, kind->title_ja);
        base_write_u32(w, kind->colour);
        base_write_u32(w, kind->app);
        base_write_u32(w, kind->flags);
        base_write_string(w, kind->start_page);
        base_write_u32(w, kind->n_programs);
        for (uint32_t i = 0; i < kind->n_programs; i++) {
                base_write_string(w, kind->programs[i].name);
                base_write_string(w, kind->programs[i].path);
        }
        write_strings(w, &kind->args);
        write_strings(w, &kind->env);
        base_write_u32(w, kind->n_subtrees);
        for (uint32_t i = 0; i < kind->n_subtrees; i++) {
                base_write_string(w, kind->subtrees[i].path);
                base_write_u32(w, kind->subtrees[i].flags);
        }
        write_strings(w, &kind->execs);
        base_write_u32(w, kind->n_files);
        for (uint32_t i = 0; i < kind->n_files; i++) {
                base_write_string(w, kind->files[i].path);
                base_write_u32(w, content_index(all, &kind->files[i]));
        }
        write_strings(w, &kind->dirs);
        write_strings(w, &kind->sites);
        write_strings(w, &kind->allow);
        write_strings(w, &kind->deny);
        write_numbers(w, kind);
}

static void write_contents(BaseWriter *w, const PolicyTable *table, Contents *all) {
        for (uint32_t k = 0; k < table->n_kinds; k++)
                for (uint32_t i = 0; i < table->kinds[k].n_files; i++)
                        content_index(all, &table->kinds[k].files[i]);
        base_write_u32(w, all->n);
        for (uint32_t i = 0; i < all->n; i++)
                base_write_bytes(w, all->items[i].bytes, all->items[i].n);
}

int policy_table_encode(const PolicyTable *table, uint8_t **ret_bytes, size_t *ret_n) {
        BaseWriter w __attribute__((cleanup(base_writer_done)));
        BASE_FREE Contents *all = NULL;

        base_writer_init(&w, POLICY_TABLE_MAX);
        if (policy_table_check(table))
                return -EINVAL;
        all = calloc(1, sizeof *all);
        if (!all)
                return -ENOMEM;
        base_write_u32(&w, MAGIC);
        base_write_u32(&w, POLICY_TABLE_VERSION);
        base_write_u32(&w, table->auth);
        base_write_u32(&w, table->uid_base);
        base_write_u32(&w, table->max_zones);
        base_write_u32(&w, table->max_zones_per_user);
        base_write_u32(&w, table->max_starts_per_minute);
        base_write_u32(&w, table->substitutes);
        write_strings(&w, &table->resolvers);
        base_write_string(&w, table->default_kind);
        base_write_u32(&w, table->denylist);
        write_contents(&w, table, all);
        base_write_u32(&w, table->n_kinds);
        for (uint32_t k = 0; k < table->n_kinds; k++)
                write_kind(&w, &table->kinds[k], all);
        if (w.failed) /* no single item is longer than a file, so a table that outgrew the limit had come close to it */
                return w.n + POLICY_MAX_FILE + 4 > POLICY_TABLE_MAX ? -E2BIG : -ENOMEM;
        *ret_n = w.n;
        *ret_bytes = base_steal(&w.bytes);
        return 0;
}

/* A reader and where its arrays are kept; the first want of memory or bad byte makes it fail. */
typedef struct Decoder {
        BaseReader r;
        void **storage;
        bool no_memory;
} Decoder;

static void *take(Decoder *d, uint32_t *n, uint32_t max, size_t size) {
        void *items;

        *n = base_read_u32_max(&d->r, max);
        items = policy_storage_take(d->storage, *n, size);
        if (!items) {
                d->no_memory = d->r.failed = true;
                *n = 0;
        }
        return items;
}

static void read_strings(Decoder *d, PolicyStrings *s, uint32_t max, size_t max_bytes) {
        s->items = take(d, &s->n, max, sizeof *s->items);
        for (uint32_t i = 0; i < s->n; i++)
                s->items[i] = base_read_string(&d->r, max_bytes);
}

static void read_numbers(Decoder *d, PolicyKind *kind) {
        uint32_t *numbers[] = { &kind->memory_mib, &kind->pids, &kind->cpu_percent, &kind->scratch_mib,
                                &kind->scratch_inodes, &kind->nofile, &kind->max_age_s };

        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
                *numbers[i] = base_read_u32(&d->r);
        kind->n_ports = base_read_u32_max(&d->r, POLICY_MAX_PORTS);
        for (uint32_t i = 0; i < kind->n_ports; i++)
                kind->ports[i] = (uint16_t)base_read_u32_max(&d->r, 65535);
}

static void read_files(Decoder *d, PolicyKind *kind, const PolicyFile *contents, uint32_t n_contents) {
        kind->files = take(d, &kind->n_files, POLICY_MAX_FILES, sizeof *kind->files);
        for (uint32_t i = 0; i < kind->n_files; i++) {
                const char *path = base_read_string(&d->r, POLICY_MAX_PATH);
                uint32_t index = base_read_u32(&d->r);
                if (index >= n_contents) {
                        d->r.failed = true;
                        kind->n_files = i;
                        return;
                }
                kind->files[i] = contents[index];
                kind->files[i].path = path;
        }
}

static void read_kind(Decoder *d, PolicyKind *kind, const PolicyFile *contents, uint32_t n_contents) {
        kind->name = base_read_string(&d->r, POLICY_MAX_NAME);
        kind->title_en = base_read_string(&d->r, POLICY_MAX_TITLE);
        kind->title_ja = base_read_string(&d->r, POLICY_MAX_TITLE);
        kind->colour = base_read_u32(&d->r);
        kind->app = base_read_u32(&d->r);
        kind->flags = base_read_u32(&d->r);
        kind->start_page = base_read_string(&d->r, POLICY_MAX_ADDRESS);
        kind->programs = take(d, &kind->n_programs, POLICY_MAX_PROGRAMS, sizeof *kind->programs);
        for (uint32_t i = 0; i < kind->n_programs; i++) {
                kind->programs[i].name = base_read_string(&d->r, POLICY_MAX_NAME);
                kind->programs[i].path = base_read_string(&d->r, POLICY_MAX_PATH);
        }
        read_strings(d, &kind->args, POLICY_MAX_ARGS, POLICY_MAX_ARG);
        read_strings(d, &kind->env, POLICY_MAX_ENV, POLICY_MAX_ARG);
        kind->subtrees = take(d, &kind->n_subtrees, POLICY_MAX_SUBTREES, sizeof *kind->subtrees);
        for (uint32_t i = 0; i < kind->n_subtrees; i++) {
                kind->subtrees[i].path = base_read_string(&d->r, POLICY_MAX_PATH);
                kind->subtrees[i].flags = base_read_u32(&d->r);
        }
        read_strings(d, &kind->execs, POLICY_MAX_EXECS, POLICY_MAX_PATH);
        read_files(d, kind, contents, n_contents);
        read_strings(d, &kind->dirs, POLICY_MAX_DIRS, POLICY_MAX_PATH);
        read_strings(d, &kind->sites, POLICY_MAX_SITES, POLICY_MAX_SITE);
        read_strings(d, &kind->allow, POLICY_MAX_NAMES, 264);
        read_strings(d, &kind->deny, POLICY_MAX_NAMES, 264);
        read_numbers(d, kind);
}

static void read_table(Decoder *d, PolicyTable *table) {
        PolicyFile *contents;
        uint32_t n_contents;

        if (base_read_u32(&d->r) != MAGIC || base_read_u32(&d->r) != POLICY_TABLE_VERSION)
                d->r.failed = true;
        table->auth = base_read_u32(&d->r);
        table->uid_base = base_read_u32(&d->r);
        table->max_zones = base_read_u32(&d->r);
        table->max_zones_per_user = base_read_u32(&d->r);
        table->max_starts_per_minute = base_read_u32(&d->r);
        table->substitutes = base_read_u32(&d->r);
        read_strings(d, &table->resolvers, POLICY_MAX_RESOLVERS, 63);
        table->default_kind = base_read_string(&d->r, POLICY_MAX_NAME);
        table->denylist = base_read_u32(&d->r);
        contents = take(d, &n_contents, MAX_CONTENTS, sizeof *contents);
        for (uint32_t i = 0; i < n_contents; i++)
                contents[i].bytes = base_read_bytes(&d->r, POLICY_MAX_FILE, &contents[i].n);
        table->kinds = take(d, &table->n_kinds, POLICY_MAX_KINDS, sizeof *table->kinds);
        for (uint32_t k = 0; k < table->n_kinds; k++)
                read_kind(d, &table->kinds[k], contents, n_contents);
}

int policy_table_decode(const uint8_t *bytes, size_t n, PolicyTable **ret_table) {
        PolicyTable *table;
        Decoder d = { 0 };
        int r = 0;

        if (n > POLICY_TABLE_MAX)
                return -EBADMSG;
        table = calloc(1, sizeof *table);
        if (!table)
                return -ENOMEM;
        d.storage = &table->storage;
        base_reader_init(&d.r, bytes, n);
        read_table(&d, table);
        if (d.no_memory)
                r = -ENOMEM;
        else if (!base_reader_end(&d.r) || policy_table_check(table))
                r = -EBADMSG;
        if (r < 0) {
                policy_table_free(table);
                return r;
        }
        *ret_table = table;
        return 0;
}

void policy_table_free(PolicyTable *table) {
        if (!table)
                return;
        policy_storage_free(table->storage);
        free(table);
}

int policy_table_find_kind(const PolicyTable *table, const char *name) {
        for (uint32_t k = 0; k < table->n_kinds; k++)
                if (strcmp(table->kinds[k].name, name) == 0)
                        return (int)k;
        return -1;
}
