/* cli-cmd-receipt: what became of zones that have ended.
 * Runs as: user.  Input: the service's answer.  Must not: claim a proof that the receipt does not hold.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-json.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-substitutes.h"
#include "launcher/cli/cli-text.h"
#include "policy/policy-message.h"
#include <stdio.h>
#include <string.h>

static const struct {
        uint32_t bit;
        const char *name, *text;
} proofs[] = {
        { POLICY_PROOF_INIT_GONE, "init-gone", N_("its first process is dead, and with it all others") },
        { POLICY_PROOF_CGROUP_EMPTY, "cgroup-empty", N_("its control group is empty") },
        { POLICY_PROOF_HELPERS_GONE, "helpers-gone", N_("its gateway and its display process are dead") },
        { POLICY_PROOF_SHMEM_ZERO, "shared-memory-zero", N_("none of its memory files is left") },
        { POLICY_PROOF_NAMESPACES_GONE, "namespaces-gone", N_("no process is in one of its namespaces") },
        { POLICY_PROOF_CGROUP_REMOVED, "cgroup-removed", N_("its control group is removed") },
};

static void row(const char *name, const char *value) {
        g_autofree char *left = cli_text_pad(name, 18);
        printf("  %s  %s\n", left, value);
}

/* A field that is a number of whatever width. False where it is not there. */
static bool number(GVariant *record, const char *key, guint64 *ret) {
        g_autoptr(GVariant) value = g_variant_lookup_value(record, key, NULL);
        if (!value)
                return false;
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64))
                *ret = g_variant_get_uint64(value);
        else if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
                *ret = g_variant_get_uint32(value);
        else if (g_variant_is_of_type(value, G_VARIANT_TYPE_INT64) && g_variant_get_int64(value) >= 0)
                *ret = (guint64) g_variant_get_int64(value);
        else
                return false;
        return true;
}

static void print_reason(GVariant *record) {
        const char *reason;
        if (!g_variant_lookup(record, "reason", "&s", &reason))
                return;
        g_autofree char *why = cli_bus_reason(reason);
        row(_("Ended because"), why);
}

static void print_times(GVariant *record) {
        guint64 ended, lived;
        if (number(record, "ended_ns", &ended) && ended) {
                g_autoptr(GDateTime) time = g_date_time_new_from_unix_local((gint64) (ended / 1000000000));
                g_autofree char *text = time ? g_date_time_format(time, "%F %T %z") : NULL;
                row(_("Ended at"), text ? text : "?");
        }
        if (number(record, "lived_ns", &lived)) {
                g_autofree char *text = cli_text_duration((gint64) (lived / 1000000000));
                row(_("Lived"), text);
        }
}

static void print_amounts(GVariant *record) {
        guint64 bytes, files, processes, peak;
        if (number(record, "scratch_bytes", &bytes) && number(record, "scratch_files", &files)) {
                g_autofree char *amount = cli_text_bytes(bytes);
                g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, files);
                g_autofree char *text = g_strdup_printf(_("%s in %s files, all destroyed"), amount, count);
                row(_("Had written"), text);
        }
        if (number(record, "processes", &processes)) {
                g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, processes);
                row(_("Processes killed"), text);
        }
        if (number(record, "peak_bytes", &peak) && peak) {
                g_autofree char *text = cli_text_bytes(peak);
                row(_("Most memory"), text);
        }
}

static bool holds(GVariant *value, size_t i) {
        if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
                return g_variant_get_uint32(value) & proofs[i].bit;
        if (!value || !g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY))
                return false;
        g_autofree const char **names = g_variant_get_strv(value, NULL);
        return g_strv_contains((const char *const *) names, proofs[i].name);
}

static void print_proofs(GVariant *record) {
        g_autoptr(GVariant) value = g_variant_lookup_value(record, "proofs", NULL);
        printf("  %s\n", _("Proofs:"));
        for (size_t i = 0; i < G_N_ELEMENTS(proofs); i++)
                printf("    [%s] %s\n", holds(value, i) ? _("holds") : _("NOT SEEN"), _(proofs[i].text));
}

static void print_receipt(GVariant *record) {
        g_autoptr(GVariant) zone = g_variant_lookup_value(record, "zone", NULL);
        g_autoptr(GVariant) substitutes = g_variant_lookup_value(record, "substitutes", NULL);
        const char *kind = "", *type = "end";
        guint64 begin_number = 0, record_number = 0, record_type = 0;
        g_variant_lookup(record, "kind", "&s", &kind);
        g_variant_lookup(record, "type", "&s", &type);
        number(record, "zone", &begin_number);
        number(record, "number", &record_number);
        number(record, "type", &record_type);
        g_autofree char *raw = zone && g_variant_is_of_type(zone, G_VARIANT_TYPE_STRING)
                ? g_variant_dup_string(zone, NULL) : g_strdup_printf("%s-%" G_GUINT64_FORMAT, kind, begin_number);
        g_autofree char *name = cli_text_escape(raw);
        bool begin = strcmp(type, "begin") == 0 || record_type == POLICY_RECEIPT_BEGIN;
        if (begin) {
                printf(_("Receipt %d: zone %s began\n"), (int) record_number, name);
                return;
        }
        printf(_("Receipt %d: zone %s\n"), (int) record_number, name);
        print_reason(record);
        print_times(record);
        print_amounts(record);
        print_proofs(record);
        printf("  %s\n", _("Substitutes in force:"));
        cli_substitutes_print(substitutes);
}

/* The newest record of an end, or else the newest: a zone that runs has a record of its beginning only. */
static GVariant *newest(GVariant *records) {
        gsize n = g_variant_n_children(records), chosen = 0;
        for (gsize i = n; i-- > 0;) {
                g_autoptr(GVariant) record = g_variant_get_child_value(records, i);
                const char *type;
                if (g_variant_lookup(record, "type", "&s", &type) && strcmp(type, "end") == 0)
                        chosen = i;
        }
        GVariant *one = n ? g_variant_get_child_value(records, chosen) : NULL;
        GVariant *array = g_variant_ref_sink(g_variant_new_array(G_VARIANT_TYPE_VARDICT, &one, one ? 1 : 0));
        if (one)
                g_variant_unref(one);
        return array;
}

/* limit 0 = the newest end. */
static CliExit show(GDBusConnection *bus, const char *zone, guint32 limit, bool json) {
        g_autoptr(GVariant) reply = NULL, records = NULL;
        CliExit result = cli_bus_ask(bus, &(CliBusCall) { .method = "Receipts", .parameters = g_variant_new("(su)", zone, limit ? limit : 64),
                .reply_type = "(aa{sv})" }, &reply);
        if (result != CLI_OK)
                return result;
        g_autoptr(GVariant) all = g_variant_get_child_value(reply, 0);
        records = limit ? g_variant_ref(all) : newest(all);
        if (json) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                cli_json_init(&out);
                cli_json_variant(&out, NULL, records);
                return cli_json_print(&out) ? CLI_OK : CLI_FAILED;
        }
        if (g_variant_n_children(records) == 0) {
                fprintf(stderr, "hanare: %s\n", _("There is no receipt yet; one is written when a zone ends."));
                return CLI_UNKNOWN;
        }
        for (gsize i = 0; i < g_variant_n_children(records); i++) {
                g_autoptr(GVariant) record = g_variant_get_child_value(records, i);
                print_receipt(record);
        }
        return CLI_OK;
}

static CliExit verify(GDBusConnection *bus, bool json) {
        g_autoptr(GVariant) reply = NULL;
        CliExit result = cli_bus_ask(bus, &(CliBusCall) { .method = "Verify", .reply_type = "(bttss)", .waiting = _("Checking the receipts ...") }, &reply);
        if (result != CLI_OK)
                return result;
        gboolean ok;
        guint64 count, bad;
        const char *head, *text;
        g_variant_get(reply, "(btt&s&s)", &ok, &count, &bad, &head, &text);
        if (json) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                cli_json_init(&out);
                cli_json_begin(&out, NULL, '{');
                cli_json_bool(&out, "ok", ok);
                cli_json_uint(&out, "records", count);
                cli_json_uint(&out, "bad", bad);
                cli_json_string(&out, "head", head);
                cli_json_string(&out, "text", text);
                cli_json_end(&out, '}');
                return cli_json_print(&out) && ok ? CLI_OK : CLI_FAILED;
        }
        g_autofree char *shown_head = cli_text_escape(head);
        g_autofree char *shown = cli_text_escape(text);
        if (ok) {
                printf(_("All %d receipts are whole and in order.\n"), (int) count);
                printf(_("Newest seal: %s\n"), shown_head);
                return CLI_OK;
        }
        fprintf(stderr, "hanare: ");
        fprintf(stderr, _("The receipts were changed or damaged, first at number %d."), (int) bad);
        fprintf(stderr, " (%s)\n", shown);
        return CLI_FAILED;
}

int cli_cmd_receipt(const CliCommand *command, int argc, char **argv) {
        bool json = false, check = false;
        const char *limit_text = NULL;
        guint64 limit = 0;
        const CliOption options[] = {
                { "verify", &check, NULL, NULL, N_("Check the chain of all receipts (root only)") },
                { "limit", NULL, &limit_text, N_("NUMBER"), N_("Show so many, newest first (1 to 1000)") },
                { "json", &json, NULL, NULL, N_("Write JSON") },
                { 0 },
        };
        int parsed = cli_options_parse(command, options, &argc, argv, 1, false);
        if (parsed >= 0)
                return parsed;
        if (limit_text && (!g_ascii_string_to_unsigned(limit_text, 10, 1, 1000, &limit, NULL)))
                return cli_options_error(command, _("%s is not a number from 1 to 1000."), limit_text);
        const char *zone = argc > 1 ? argv[1] : "";
        if (check && argc > 1)
                return cli_options_error(command, _("--verify checks all receipts; it takes no zone."));
        if (!cli_request_text_ok(command, zone))
                return CLI_USAGE;
        g_autoptr(GDBusConnection) bus = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK)
                return result;
        return check ? verify(bus, json) : show(bus, zone, (guint32) limit, json);
}
