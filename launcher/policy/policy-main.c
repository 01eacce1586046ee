/* policy-main: hanare-policy: what `hanare policy` runs. Apart from `hanare`, so that opening a zone does not wait for libraries of its own.
 * Runs as: user.  Input: the command line.  Must not: hold any privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "hanare-config.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/policy/policy-cmd.h"
#include <locale.h>
#include <sodium.h>
#include <stdio.h>

#ifndef CLI_LOCALEDIR
#define CLI_LOCALEDIR HANARE_LOCALEDIR
#endif

int main(int argc, char **argv) {
        base_drop_common(); /* no core dump, no debugger: it holds keys */
        setlocale(LC_ALL, "");
        bindtextdomain("hanare", CLI_LOCALEDIR);
        bind_textdomain_codeset("hanare", "UTF-8");
        textdomain("hanare");
        if (sodium_init() < 0) {
                fputs("hanare policy: libsodium does not start\n", stderr);
                return CLI_FAILED;
        }
        int result = policy_cmd(argc, argv);
        if (fflush(stdout) != 0 && result == CLI_OK) {
                perror("hanare policy");
                return CLI_FAILED;
        }
        return result;
}
