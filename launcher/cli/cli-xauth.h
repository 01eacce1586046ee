/* cli-xauth: finds the cookie of a local X display in an Xauthority file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLI_XAUTH_MAX (1u << 20) /* bytes of the file that are looked at */

/* Copies the MIT-MAGIC-COOKIE-1 that libXau would choose for display `number` of this host. False where there is none.
 * A damaged file yields what was found before the damage. */
bool cli_xauth_find(const uint8_t *bytes, size_t n, const char *host, unsigned number, uint8_t ret_cookie[16]);
