/* policy-plan: what the broker asks for: encode, decode, and the check against the table.
 * Runs as: anyone (pure).  Input: the broker's bytes.  Must not: let a plan say anything that the table does not permit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-plan.h"
#include "base/base-fd.h"
#include "base/base-wire.h"
#include "policy/policy-name.h"
#include "policy/policy-storage.h"
#include <errno.h>
#include <string.h>

#define MAGIC 0x31504e48u /* "HNP1" */

static bool layout_valid(const char name[POLICY_MAX_LAYOUT + 1]) {
        size_t n = strnlen(name, POLICY_MAX_LAYOUT + 1);

        if (n > POLICY_MAX_LAYOUT)
                return false;
        for (size_t i = 0; i < n; i++)
                if (!(name[i] >= 'a' && name[i] <= 'z') && !(name[i] >= '0' && name[i] <= '9') && !strchr("_,-", name[i]))
                        return false;
        return true;
}

static bool size_valid(uint32_t width, uint32_t height) {
        if (width == 0 || height == 0)
                return width == height;
        return width >= 320 && width <= 7680 && height >= 320 && height <= 7680;
}

/* Bounds alone, without a table. */
static const char *check_bounds(const PolicyPlan *plan) {
        size_t bytes = 0;

        if (plan->locale > POLICY_LOCALE_JA)
                return "The plan's locale is unknown.";
        if (plan->display > POLICY_DISPLAY_X11)
                return "The plan's display is unknown.";
        if (plan->stdio > 1)
                return "The plan's stdio must be 0 or 1.";
        if (!size_valid(plan->width, plan->height))
                return "The window's width and height must be 320 to 7680, or both 0.";
        if (!layout_valid(plan->layout) || !layout_valid(plan->variant) || (plan->variant[0] && !plan->layout[0]))
                return "The keyboard layout may only have a-z, 0-9, '_', ',' and '-'; a variant needs a layout.";
        if (plan->timezone[0] && (memchr(plan->timezone, 0, sizeof plan->timezone) == NULL || !policy_timezone_valid(plan->timezone)))
                return "The time zone must be a name such as Asia/Tokyo.";
        if (!plan->address || (plan->address[0] && !policy_address_valid(plan->address, NULL)))
                return "The address must be http or https, printable ASCII without a user part.";
        if (plan->argv.n > POLICY_MAX_ARGS || (plan->argv.n > 0 && !plan->argv.items))
                return "A run has at most 64 arguments.";
        for (uint32_t i = 0; i < plan->argv.n; i++) {
                size_t n = plan->argv.items[i] ? strnlen(plan->argv.items[i], POLICY_MAX_ARG + 1) : POLICY_MAX_ARG + 1;
                bytes += n + 1;
                if (n > POLICY_MAX_ARG || bytes > POLICY_MAX_RUN_BYTES)
                        return "An argument of a run has at most 2048 bytes, and all of them 64 KiB.";
        }
        return NULL;
}

int policy_plan_encode(const PolicyPlan *plan, uint8_t **ret_bytes, size_t *ret_n) {
        BaseWriter w __attribute__((cleanup(base_writer_done)));

        base_writer_init(&w, POLICY_PLAN_MAX);
        if (check_bounds(plan))
                return -EINVAL;
        base_write_u32(&w, MAGIC);
        base_write_u32(&w, POLICY_PLAN_VERSION);
        base_write_raw(&w, plan->table_hash, sizeof plan->table_hash);
        base_write_u32(&w, plan->kind);
        base_write_u32(&w, plan->program);
        base_write_u32(&w, plan->owner);
        base_write_u32(&w, plan->locale);
        base_write_u32(&w, plan->display);
        base_write_u32(&w, plan->stdio);
        base_write_u32(&w, plan->width);
        base_write_u32(&w, plan->height);
        base_write_string(&w, plan->layout);
        base_write_string(&w, plan->variant);
        base_write_string(&w, plan->timezone);
        base_write_raw(&w, plan->cookie, sizeof plan->cookie);
        base_write_string(&w, plan->address);
        base_write_u32(&w, plan->argv.n);
        for (uint32_t i = 0; i < plan->argv.n; i++)
                base_write_string(&w, plan->argv.items[i]);
        if (w.failed) /* the bounds above keep every plan below POLICY_PLAN_MAX */
                return -ENOMEM;
        *ret_n = w.n;
        *ret_bytes = base_steal(&w.bytes);
        return 0;
}

static void read_name(BaseReader *r, char *to, size_t max) {
        const char *text = base_read_string(r, max);
        memcpy(to, text, strlen(text) + 1);
}

static void read_plan(BaseReader *r, PolicyPlan *plan) {
        if (base_read_u32(r) != MAGIC || base_read_u32(r) != POLICY_PLAN_VERSION)
                r->failed = true;
        base_read_raw(r, plan->table_hash, sizeof plan->table_hash);
        plan->kind = base_read_u32(r);
        plan->program = base_read_u32(r);
        plan->owner = base_read_u32(r);
        plan->locale = base_read_u32(r);
        plan->display = base_read_u32(r);
        plan->stdio = base_read_u32(r);
        plan->width = base_read_u32(r);
        plan->height = base_read_u32(r);
        read_name(r, plan->layout, POLICY_MAX_LAYOUT);
        read_name(r, plan->variant, POLICY_MAX_LAYOUT);
        read_name(r, plan->timezone, POLICY_MAX_TIMEZONE);
        base_read_raw(r, plan->cookie, sizeof plan->cookie);
        plan->address = base_read_string(r, POLICY_MAX_ADDRESS);
        plan->argv.n = base_read_u32_max(r, POLICY_MAX_ARGS);
}

int policy_plan_decode(const uint8_t *bytes, size_t n, PolicyPlan **ret_plan) {
        PolicyPlan *plan;
        BaseReader r;

        if (n > POLICY_PLAN_MAX)
                return -EBADMSG;
        plan = calloc(1, sizeof *plan);
        if (!plan)
                return -ENOMEM;
        base_reader_init(&r, bytes, n);
        read_plan(&r, plan);
        plan->argv.items = policy_storage_take(&plan->storage, plan->argv.n, sizeof *plan->argv.items);
        if (!plan->argv.items) {
                policy_plan_free(plan);
                return -ENOMEM;
        }
        for (uint32_t i = 0; i < plan->argv.n; i++)
                plan->argv.items[i] = base_read_string(&r, POLICY_MAX_ARG);
        if (!base_reader_end(&r) || check_bounds(plan)) {
                policy_plan_free(plan);
                return -EBADMSG;
        }
        *ret_plan = plan;
        return 0;
}

void policy_plan_free(PolicyPlan *plan) {
        if (!plan)
                return;
        policy_storage_free(plan->storage);
        free(plan);
}

/* Users: what login.defs and systemd give to people, and what directories map above 65535; below the zones' own uids. */
static bool owner_valid(uint32_t uid, uint32_t uid_base) {
        return (uid >= 1000 && uid <= 60513) || (uid >= 65536 && uid < uid_base && uid < 1u << 31);
}

static const char *check_run(const PolicyPlan *plan, const PolicyKind *kind) {
        if (plan->program > 0 && !(kind->flags & POLICY_KIND_RUN))
                return "This kind runs its application and nothing else.";
        if (plan->program == 0 && plan->argv.n > 0)
                return "Only a program that is run takes arguments.";
        if (plan->program == 0 && plan->stdio)
                return "Only a program that is run gets standard descriptors.";
        if (plan->program > 0 && plan->address[0])
                return "Only the application opens an address.";
        return NULL;
}

static const char *check_display(const PolicyPlan *plan, const PolicyKind *kind) {
        static const uint8_t none[sizeof plan->cookie];
        bool has = kind->flags & POLICY_KIND_DISPLAY;

        if (!has && plan->display != POLICY_DISPLAY_NONE)
                return "This kind has no display.";
        if (has && plan->display == POLICY_DISPLAY_NONE && plan->program == 0)
                return "This kind's application needs a display.";
        if (plan->display != POLICY_DISPLAY_X11 && memcmp(plan->cookie, none, sizeof none) != 0)
                return "Only an X11 display takes a cookie.";
        return NULL;
}

const char *policy_plan_check(const PolicyPlan *plan, const PolicyTable *table) {
        const PolicyKind *kind;
        const char *broken = check_bounds(plan);

        if (broken)
                return broken;
        if (memcmp(plan->table_hash, table->hash, sizeof table->hash) != 0)
                return "The plan was made for another policy table.";
        if (plan->kind >= table->n_kinds)
                return "The plan's kind does not exist.";
        kind = &table->kinds[plan->kind];
        if (plan->program >= kind->n_programs)
                return "The plan's program does not exist.";
        if (!owner_valid(plan->owner, table->uid_base))
                return "A zone's owner must be an ordinary user.";
        broken = check_run(plan, kind);
        return broken ? broken : check_display(plan, kind);
}
