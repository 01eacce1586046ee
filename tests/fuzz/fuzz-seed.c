/* fuzz-seed: writes a valid table and a valid plan, from which fuzzing starts.
 * Runs as: anyone (pure), at build time only.  Input: two file names.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "policy-sample.h"
#include <fcntl.h>

static int write_seed(const char *path, int r, uint8_t *bytes, size_t n) {
        BASE_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        if (r == 0)
                r = fd < 0 ? -1 : base_fd_write_all(fd, bytes, n);
        free(bytes);
        return r;
}

int main(int argc, char **argv) {
        PolicyKind kinds[2];
        PolicyTable table = sample_table(kinds);
        PolicyPlan plan = sample_plan();
        uint8_t *bytes = NULL;
        size_t n = 0;

        if (argc != 3)
                return 2;
        int r = policy_table_encode(&table, &bytes, &n);
        if (write_seed(argv[1], r, bytes, n) < 0)
                return 1;
        r = policy_plan_encode(&plan, &bytes, &n);
        return write_seed(argv[2], r, bytes, n) < 0;
}
