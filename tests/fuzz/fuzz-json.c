/* fuzz-json: any policy file gives a table that decodes, or one sentence that can be shown.
 * Runs as: anyone (pure).  Input: fuzzed bytes; the first chooses the sort of file.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "policy/policy-name.h"
#include "sandboxd/compile/compile-table.h"
#include <errno.h>
#include <string.h>

static char plain[] = "{\"name\":\"web\",\"title\":{\"en\":\"W\",\"ja\":\"W\"},\"colour\":\"#000000\",\"application\":\"browser\"}";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static const struct {
                uint32_t sort;
                const char *name;
        } sorts[] = { { POLICY_INPUT_KIND, "web.jsonc" }, { POLICY_INPUT_SETTINGS, "hanare.jsonc" }, { POLICY_INPUT_AUTHORITY, "a.pem" }, { POLICY_INPUT_SUBUID, "subuid" } };
        CompileInput in[2] = { { .input = POLICY_INPUT_KIND, .name = "web.jsonc", .bytes = plain, .n = sizeof plain - 1 } };
        CompileProblem problem;
        uint8_t *out = NULL;
        size_t n_out = 0;
        int r;

        if (n < 1)
                return 0;
        in[1].input = sorts[bytes[0] & 3].sort;
        strcpy(in[1].name, sorts[bytes[0] & 3].name);
        in[1].n = n - 1;
        in[1].bytes = malloc(n); /* as the compiler holds it: a NUL after the last byte */
        memcpy(in[1].bytes, bytes + 1, n - 1);
        in[1].bytes[n - 1] = '\0';
        r = compile_table_make(in, 2, 0, &out, &n_out, &problem);
        if (r == 0) {
                PolicyTable *table = NULL;
                fuzz_require(policy_table_decode(out, n_out, &table) == 0);
                policy_table_free(table);
        } else
                fuzz_require(r == -EINVAL && policy_text_valid(problem.text, sizeof problem.text - 1));
        free(out);
        free(in[1].bytes);
        return 0;
}
