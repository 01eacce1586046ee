/* cli-detail: the service's English sentences that users meet, in their language and their words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The sentence for the user, or NULL where it is none we know. detail is escaped already. Free with g_free. */
char *cli_detail_explain(const char *detail);
