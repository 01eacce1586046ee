/* policy-cmd-schema: the keys as a JSON Schema, for editors.
 * Runs as: user.  Input: the command line.  Must not: hold a list of keys of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-schema.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int policy_cmd_schema(int argc, char **argv) {
        static const CliCommand command = { "policy schema", "[kinds | settings | tests]", N_("Write a JSON Schema of kinds.d (the default), of hanare.jsonc or of tests.d"), NULL };
        static const char *const files[] = { [POLICY_KEYS_KIND] = "kinds", [POLICY_KEYS_SETTINGS] = "settings", [POLICY_KEYS_TESTS] = "tests" };
        int r = cli_options_parse(&command, NULL, &argc, argv, 1, false);
        PolicyKeyFile file = POLICY_KEYS_KIND;
        char *text;

        if (r >= 0)
                return r;
        while (argc > 1 && file <= POLICY_KEYS_TESTS && strcmp(files[file], argv[1]) != 0)
                file++;
        if (file > POLICY_KEYS_TESTS)
                return cli_options_error(&command, _("%s is none of kinds, settings, tests."), argv[1]);
        text = policy_schema_text(file);
        if (!text)
                return CLI_FAILED;
        puts(text);
        free(text);
        return CLI_OK;
}
