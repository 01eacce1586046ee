/* broker-options: what a caller may say about a start, strictly.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-plan.h"
#include <gio/gio.h>
#include <stdbool.h>

#define BROKER_MAX_DESCRIPTORS 4 /* three pipes and a display */

typedef struct BrokerOptions {
        uint32_t locale, display, width, height;
        char layout[POLICY_MAX_LAYOUT + 1], variant[POLICY_MAX_LAYOUT + 1];
        uint8_t cookie[16];
        bool has_owner, fresh;
        uid_t owner;
} BrokerOptions;

/* a{sv}: unknown, double and wrongly typed keys are refused. */
bool broker_options_parse(BrokerOptions *options, GVariant *dictionary, GError **error);
/* The descriptors must be what the options and the method say: pipes first, then the display's. Touches no file system. */
bool broker_options_check_fds(const BrokerOptions *options, bool stdio, const int *fds, size_t n, GError **error);
/* aay: the arguments of a run, each with its NUL. Free with g_strfreev. */
bool broker_options_arguments(GVariant *arguments, char ***ret, GError **error);
