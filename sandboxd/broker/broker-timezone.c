/* broker-timezone: the host's time zone by name, so that a zone's clock shows the user's time.
 * Runs as: broker.  Input: the link /etc/localtime.  Must not: pass on a name that is not one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By name and in the environment, because ICU (both browsers) otherwise looks for the name by reading the whole tz database,
 * once in each process: 0.16 s of a start. */
#include "sandboxd/broker/broker-timezone.h"
#include "policy/policy-name.h"
#include <string.h>
#include <unistd.h>

void broker_timezone_read(const char *link, char ret_name[POLICY_MAX_TIMEZONE + 1]) {
        static const char folder[] = "/usr/share/zoneinfo/";
        char target[sizeof folder + POLICY_MAX_TIMEZONE + 1];
        ssize_t n = readlink(link, target, sizeof target - 1);

        ret_name[0] = '\0';
        if (n < 0 || (size_t)n >= sizeof target - 1) /* cut off */
                return;
        target[n] = '\0';
        if (strncmp(target, folder, sizeof folder - 1) == 0 && policy_timezone_valid(target + sizeof folder - 1))
                strcpy(ret_name, target + sizeof folder - 1);
}
