/* policy-lint: what is allowed to stand in a policy and yet is hardly meant.
 * Runs as: anyone (pure).  Input: a loaded set and the table that was made of it.  Must not: refuse anything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-lint.h"
#include <stdio.h>
#include <string.h>

typedef struct Lint {
        const PolicySet *set;
        const PolicyTable *table;
        const PolicyPatternIndex *index;
        void (*tell)(void *data, const PolicyLint *lint);
        void *data;
        size_t n;
} Lint;

static void tell(Lint *l, PolicyLintCode code, const PolicySetItem *item, const char *path, size_t document, const char *text, const char *other) {
        const PolicyLint lint = { code, item, path, document, text, other };

        l->n++;
        l->tell(l->data, &lint);
}

/* In the most specific file that has the key. */
static void tell_key(Lint *l, PolicyLintCode code, const PolicySetItem *item, const char *path, const char *text, const char *other) {
        const PolicyMerged *m = policy_set_value(item, path);
        tell(l, code, item, path, m && m->from ? m->from->document : item->n_documents - 1, text, other);
}

static bool has_port(const PolicyKind *kind, uint32_t port) {
        for (uint32_t i = 0; i < kind->n_ports; i++)
                if (kind->ports[i] == port)
                        return true;
        return false;
}

/* Whether the names above the pattern's host open in the same kind anyway. */
static const char *covered_by(const Lint *l, uint32_t kind, const PolicyPattern *p) {
        const char *up = strchr(p->host, '.');
        char address[300];
        PolicyPattern other;
        uint32_t site;

        if (!up || !up[1] || p->host[0] == '[' || p->path_n || p->query_n || p->port || p->scheme)
                return NULL;
        snprintf(address, sizeof address, "https://%s/", up + 1);
        if (policy_pattern_index_find(l->index, address, &site) != (int)kind)
                return NULL;
        if (!policy_pattern_parse(l->table->kinds[kind].sites.items[site], &other) || !other.subdomains || other.path_n || other.query_n || other.port || other.scheme)
                return NULL;
        return l->table->kinds[kind].sites.items[site];
}

static void look_at_pattern(Lint *l, uint32_t k, const PolicySetItem *item, size_t document, size_t at, const char *text) {
        const PolicyKind *kind = &l->table->kinds[k];
        const char *other;
        PolicyPattern p;
        char path[40];

        snprintf(path, sizeof path, "sites[%zu]", at);
        if (!policy_pattern_parse(text, &p))
                return;
        other = covered_by(l, k, &p);
        if (other)
                tell(l, POLICY_LINT_COVERED, item, path, document, text, other);
        if (p.port && (kind->flags & POLICY_KIND_NETWORK) && !has_port(kind, p.port))
                tell(l, POLICY_LINT_PORT, item, path, document, text, NULL);
        if (p.scheme == POLICY_SCHEME_HTTP && (kind->flags & POLICY_KIND_NETWORK) && !(kind->flags & POLICY_KIND_HTTP))
                tell(l, POLICY_LINT_HTTP, item, path, document, text, NULL);
        if (memchr(p.path, '*', p.path_n))
                tell(l, POLICY_LINT_STAR, item, path, document, text, NULL);
}

static void look_at_sites(Lint *l, uint32_t k, const PolicySetItem *item) {
        const PolicyKind *kind = &l->table->kinds[k];

        if (kind->sites.n > 0 && !(kind->flags & POLICY_KIND_NETWORK))
                tell_key(l, POLICY_LINT_NO_NETWORK, item, "sites", kind->sites.items[0], NULL);
        if (kind->sites.n == 0 && kind->app != POLICY_APP_PROGRAM && strcmp(kind->name, l->table->default_kind) != 0)
                tell_key(l, POLICY_LINT_NO_SITE, item, "sites", kind->name, NULL);
        for (size_t i = 0; i < item->n_entries; i++) {
                const PolicyEntry *e = &item->entries[i];
                for (uint32_t s = 0; strcmp(e->key->path, "sites") == 0 && s < e->value.n; s++)
                        look_at_pattern(l, k, item, e->document, s, e->value.items[s]);
        }
}

/* At the one of the two that was said last. */
static void tell_scratch(Lint *l, const PolicySetItem *item) {
        const PolicyMerged *memory = policy_set_value(item, "limits.memory_mib"), *scratch = policy_set_value(item, "limits.scratch_mib");
        bool later = scratch->from && (!memory->from || scratch->from->document >= memory->from->document);

        tell_key(l, POLICY_LINT_SCRATCH, item, later ? "limits.scratch_mib" : "limits.memory_mib", NULL, NULL);
}

static void look_at_values(Lint *l, uint32_t k, const PolicySetItem *item) {
        const PolicyKind *kind = &l->table->kinds[k];
        int other = kind->start_page[0] ? policy_pattern_index_find(l->index, kind->start_page, NULL) : -1;

        if (other >= 0 && (uint32_t)other != k)
                tell_key(l, POLICY_LINT_START_PAGE, item, "start_page", kind->start_page, l->table->kinds[other].name);
        if (kind->scratch_mib > kind->memory_mib)
                tell_scratch(l, item);
}

/* A value of the site that the layer above has just so. */
static void look_at_repeats(Lint *l, const PolicySetItem *item) {
        for (size_t i = 1; i < item->n_entries; i++) {
                const PolicyEntry *e = &item->entries[i], *above = &item->entries[i - 1];
                if (e->key == above->key && e->layer != above->layer && e->level == above->level && strcmp(e->key->path, "name") != 0 && policy_merge_equal(e->key, &e->value, &above->value))
                        tell(l, POLICY_LINT_SAME, item, e->key->path, e->document, NULL, item->documents[above->document].file);
        }
}

size_t policy_lint(const PolicySet *set, const PolicyTable *table, const PolicyPatternIndex *index, void (*fn)(void *data, const PolicyLint *lint), void *data) {
        Lint l = { set, table, index, fn, data, 0 };

        for (size_t i = 0; i < set->n; i++) {
                const PolicySetItem *item = &set->items[i];
                int kind = item->file == POLICY_KEYS_KIND ? policy_table_find_kind(table, item->name) : -1;
                look_at_repeats(&l, item);
                if (kind < 0)
                        continue;
                look_at_sites(&l, (uint32_t)kind, item);
                look_at_values(&l, (uint32_t)kind, item);
        }
        return l.n;
}
