/* pull-conf: where this computer gets its policy from: /etc/hanare/fleet.conf.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"
#include <stddef.h>

#define PULL_CONF_MAX 8192
#define PULL_VALUE_MAX 400

/* Lines of "word value"; '#' begins a comment at the start of a line. */
typedef struct PullConf {
        char url[PULL_VALUE_MAX + 1];     /* https://host/path or file:///path, without the last slash */
        char channel[POLICY_MAX_CHANNEL + 1]; /* "stable" where it is left out */
        char ca[PULL_VALUE_MAX + 1];      /* a PEM file: these authorities alone; "" = the computer's */
        char proxy[PULL_VALUE_MAX + 1];   /* http://host:port; "" = none, whatever the environment says */
        char trust[PULL_VALUE_MAX + 1];   /* the first trust file */
} PullConf;

/* 0, or the number of the line that is wrong (0xffff: a key is missing), with *ret_why in English. text: NUL-terminated. */
unsigned pull_conf_parse(const char *text, size_t n, PullConf *ret, const char **ret_why);
