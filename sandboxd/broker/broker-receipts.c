/* broker-receipts: the receipt log as its owners may see it.
 * Runs as: broker.  Input: the log's records, through a read-only descriptor.  Must not: show a record to another than its owner.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-receipts.h"
#include "policy/policy-table.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-words.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x31524e48u /* "HNR1" */
#define CHUNK 64

char *broker_receipts_hex(const uint8_t *bytes, size_t n) {
        GString *hex = g_string_sized_new(2 * n);

        for (size_t i = 0; i < n; i++)
                g_string_append_printf(hex, "%02x", bytes[i]);
        return g_string_free(hex, FALSE);
}

static void add(GVariantBuilder *list, const char *key, GVariant *value) {
        g_variant_builder_add(list, "{sv}", key, value);
}

static void add_hash(GVariantBuilder *list, const char *key, const uint8_t *bytes) {
        add(list, key, g_variant_new_take_string(broker_receipts_hex(bytes, 32)));
}

GVariant *broker_receipts_convert(const PolicyReceipt *r) {
        GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));
        bool ended = r->type == POLICY_RECEIPT_END;

        add(&fields, "number", g_variant_new_uint64(r->number));
        add(&fields, "type", g_variant_new_string(ended ? "end" : "begin"));
        add(&fields, "zone", g_variant_new_take_string(g_strdup_printf("%.31s-%" G_GUINT64_FORMAT, r->kind, r->zone)));
        add(&fields, "kind", g_variant_new_take_string(g_strndup(r->kind, sizeof r->kind - 1)));
        add(&fields, "owner", g_variant_new_uint32(r->owner));
        add(&fields, "began_ns", g_variant_new_uint64(r->began_ns));
        add_hash(&fields, "plan", r->plan_hash);
        add_hash(&fields, "table", r->table_hash);
        add_hash(&fields, "package", r->package_hash);
        add(&fields, "substitutes", broker_words_substitutes(r->substitutes));
        if (!ended)
                return g_variant_builder_end(&fields);
        add(&fields, "ended_ns", g_variant_new_uint64(r->ended_ns));
        add(&fields, "lived_ns", g_variant_new_uint64(r->lived_ns));
        add(&fields, "reason", g_variant_new_string(broker_words_reason(r->reason)));
        add(&fields, "text", g_variant_new_take_string(broker_words_sentence(r->reason, r->detail, r->exit_status, "")));
        add(&fields, "detail", g_variant_new_uint32(r->detail));
        add(&fields, "status", g_variant_new_uint32(r->exit_status));
        add(&fields, "processes", g_variant_new_uint64(r->processes));
        add(&fields, "scratch_bytes", g_variant_new_uint64(r->scratch_bytes));
        add(&fields, "scratch_files", g_variant_new_uint64(r->scratch_files));
        add(&fields, "peak_bytes", g_variant_new_uint64(r->peak_bytes));
        add(&fields, "proofs", broker_words_proofs(r->proofs));
        add(&fields, "proven", g_variant_new_boolean((r->proofs & POLICY_PROOFS_ALL) == POLICY_PROOFS_ALL));
        return g_variant_builder_end(&fields);
}

/* A record that is not ours in form (a later version, a torn write) is not shown; 'hanare verify' names it. */
static bool shown(const PolicyReceipt *r, uid_t uid, const char *zone) {
        char name[64];

        if (r->magic != MAGIC || r->version != 1 || (r->type != POLICY_RECEIPT_BEGIN && r->type != POLICY_RECEIPT_END) ||
            !memchr(r->kind, '\0', sizeof r->kind) || !policy_name_valid(r->kind))
                return false;
        if (uid != 0 && r->owner != uid)
                return false;
        g_snprintf(name, sizeof name, "%s-%" G_GUINT64_FORMAT, r->kind, r->zone);
        return *zone == '\0' || strcmp(zone, r->kind) == 0 || strcmp(zone, name) == 0;
}

GVariant *broker_receipts_read(int fd, uid_t uid, const char *zone, uint32_t limit, GError **error) {
        g_autofree PolicyReceipt *chunk = g_new(PolicyReceipt, CHUNK);
        GVariantBuilder list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
        uint32_t found = 0, most = limit == 0 || limit > BROKER_RECEIPTS_MAX ? BROKER_RECEIPTS_MAX : limit;
        struct stat st;

        if (fstat(fd, &st) < 0)
                goto failed;
        uint64_t at = (uint64_t)st.st_size / sizeof(PolicyReceipt);
        uint64_t last = at > BROKER_RECEIPTS_SCAN ? at - BROKER_RECEIPTS_SCAN : 0;
        while (at > last && found < most) {
                size_t n = at - last < CHUNK ? at - last : CHUNK;
                at -= n;
                ssize_t got = pread(fd, chunk, n * sizeof(PolicyReceipt), (off_t)(at * sizeof(PolicyReceipt)));
                if (got != (ssize_t)(n * sizeof(PolicyReceipt))) {
                        errno = got < 0 ? errno : EIO;
                        goto failed;
                }
                for (size_t i = n; i-- > 0 && found < most;)
                        if (shown(&chunk[i], uid, zone)) {
                                g_variant_builder_add_value(&list, broker_receipts_convert(&chunk[i]));
                                found++;
                        }
        }
        return g_variant_builder_end(&list);

failed:
        g_variant_builder_clear(&list);
        g_set_error(error, BROKER_ERROR, BROKER_ERROR_REFUSED, "the receipt log cannot be read (%s): have root run 'hanare verify'", g_strerror(errno));
        return NULL;
}
