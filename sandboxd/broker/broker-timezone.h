/* broker-timezone: the host's time zone by name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-limits.h"

/* From the link that tzset(3) and systemd(1) know; "" where it is no link into the tz database. */
void broker_timezone_read(const char *link, char ret_name[POLICY_MAX_TIMEZONE + 1]);
