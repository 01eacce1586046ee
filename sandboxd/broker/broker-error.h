/* broker-error: the errors callers see, and their names on the bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gio/gio.h>

typedef enum BrokerError {
        BROKER_ERROR_UNKNOWN_ZONE,
        BROKER_ERROR_UNKNOWN_KIND,
        BROKER_ERROR_BAD_ADDRESS,
        BROKER_ERROR_NO_DISPLAY,
        BROKER_ERROR_NOT_ALLOWED,
        BROKER_ERROR_LIMIT_REACHED,
        BROKER_ERROR_REFUSED,
        BROKER_ERROR_START_FAILED,
        BROKER_ERROR_BAD_REQUEST,
        BROKER_ERRORS,
} BrokerError;
#define BROKER_ERROR (broker_error_quark())
GQuark broker_error_quark(void);

/* A foreign text as one line of valid UTF-8 without control characters, at most max bytes and an ellipsis. Free with g_free. */
char *broker_error_clean(const char *text, size_t n, size_t max);
