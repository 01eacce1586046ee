/* policy-cmd: the sub-commands of `hanare policy`: one row and one file each.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

struct PolicyCmd {
        const char *name;
        int (*run)(int argc, char **argv); /* argv[0] is the sub-command; returns a CliExit */
        const char *summary;
};

/* argv[0] is "policy". */
int policy_cmd(int argc, char **argv);
int policy_cmd_check(int argc, char **argv);
int policy_cmd_show(int argc, char **argv);
int policy_cmd_explain(int argc, char **argv);
int policy_cmd_test(int argc, char **argv);
int policy_cmd_diff(int argc, char **argv);
int policy_cmd_schema(int argc, char **argv);
int policy_cmd_keygen(int argc, char **argv);
int policy_cmd_trust(int argc, char **argv);
int policy_cmd_bundle(int argc, char **argv);
int policy_cmd_sign(int argc, char **argv);
int policy_cmd_verify(int argc, char **argv);
int policy_cmd_unpack(int argc, char **argv);
int policy_cmd_publish(int argc, char **argv);
int policy_cmd_rollback(int argc, char **argv);
int policy_cmd_pull(int argc, char **argv);
int policy_cmd_status(int argc, char **argv);
