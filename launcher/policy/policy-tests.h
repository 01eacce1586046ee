/* policy-tests: what a policy's own tests say must be so.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/policy/policy-tree.h"

/* One file of tests against a compiled policy. Prints what fails; adds to the counts. A CliExit: CLI_POLICY for a file that is wrong. */
int policy_tests_run(const PolicyTree *tree, const char *path, unsigned *passed, unsigned *failed);
/* All of the tree's tests.d; quiet: only failures are shown. CLI_FAILED where one fails. */
int policy_tests_run_all(const PolicyTree *tree, bool quiet);
