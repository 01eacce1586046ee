/* fuzz-address: an address that is accepted has a host of host characters that stands right after the scheme.
 * Runs as: anyone (pure).  Input: fuzzed bytes.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "policy/policy-name.h"
#include "policy/policy-plan.h"
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        char *text = malloc(n + 1), host[254];

        memcpy(text, bytes, n);
        text[n] = '\0';
        policy_name_valid(text);
        policy_usr_path_valid(text);
        policy_site_valid(text);
        policy_env_valid(text);
        policy_relative_valid(text, "etc", "home");
        policy_text_valid(text, POLICY_MAX_TITLE);
        if (policy_address_valid(text, host)) {
                const char *at = strstr(text, "://");
                size_t length = strlen(host);
                fuzz_require(at && length > 0 && length <= 253 && strlen(text) <= POLICY_MAX_ADDRESS);
                fuzz_require(strncasecmp(at + 3, host, length) == 0);
                fuzz_require(strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.[]:") == length);
                fuzz_require(strchr("/:?#.", at[3 + length]) != NULL);
                fuzz_require(memchr(at + 3, '@', strcspn(at + 3, "/?#")) == NULL);
        }
        free(text);
        return 0;
}
