/* policy-problem: the one sentence that says why a policy was refused.
 * Runs as: anyone (pure).  Input: words of a policy file.  Must not: pass on bytes that could steer a terminal or a log.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-problem.h"
#include "policy/policy-name.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 48 /* words longer than this are not compared */

int policy_problem_set(PolicyProblem *problem, const char *format, ...) {
        size_t n = 0;
        va_list ap;

        if (problem->text[0])
                return -EINVAL;
        va_start(ap, format);
        vsnprintf(problem->text, sizeof problem->text, format, ap);
        va_end(ap);
        for (char *s = problem->text; *s; s++)
                if ((unsigned char)*s < 0x20 || *s == 0x7f)
                        *s = '?';
        n = strlen(problem->text);
        for (size_t cut = 0; cut < 4 && n > cut; cut++) { /* a character may be cut in two at the end */
                char kept = problem->text[n - cut];
                problem->text[n - cut] = '\0';
                if (policy_text_valid(problem->text, sizeof problem->text - 1))
                        return -EINVAL;
                problem->text[n - cut] = kept;
        }
        for (char *s = problem->text; *s; s++)
                if ((unsigned char)*s >= 0x80)
                        *s = '?';
        return -EINVAL;
}

/* Levenshtein's distance. */
static size_t distance(const char *a, const char *b) {
        size_t row[LONGEST + 1], n = strlen(a), m = strlen(b);

        for (size_t j = 0; j <= m; j++)
                row[j] = j;
        for (size_t i = 1; i <= n; i++) {
                size_t corner = row[0];
                row[0] = i;
                for (size_t j = 1; j <= m; j++) {
                        size_t best = corner + (a[i - 1] != b[j - 1]);
                        corner = row[j];
                        if (row[j] + 1 < best)
                                best = row[j] + 1;
                        if (row[j - 1] + 1 < best)
                                best = row[j - 1] + 1;
                        row[j] = best;
                }
        }
        return row[m];
}

const char *policy_problem_nearest(const char *written, const char *const *words) {
        size_t n = strlen(written), best = n / 2 + 1;
        const char *nearest = NULL;

        if (n > LONGEST)
                return NULL;
        for (; *words; words++) {
                size_t d = strlen(*words) > LONGEST ? best : n > 2 && strncmp(*words, written, n) == 0 ? 1 : distance(written, *words); /* a beginning is near */
                if (d < best) {
                        best = d;
                        nearest = *words;
                }
        }
        return nearest;
}
