/* cli-address: what the user typed, as an address that a zone can open.
 * Runs as: anyone (pure).  Input: text typed or clicked.  Must not: turn one site's name into another's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-address.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-text.h"
#include "policy/policy-plan.h"
#include <glib.h>
#include <string.h>

static const char not_web[] = N_("Only http:// and https:// addresses can be opened in a zone.");

/* Sets *ret_scheme and moves *at behind it. "host:8443/x" has none; "mailto:x" and "file:x" have one that is not ours. */
static const char *take_scheme(const char **at, const char **ret_scheme) {
        size_t n = strspn(*at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
        *ret_scheme = "https://";
        if (!n || (*at)[n] != ':')
                return NULL;
        const char *rest = *at + n + 1;
        size_t digits = strspn(rest, "0123456789");
        if (digits && strchr("/?#", rest[digits]))
                return NULL; /* a port; the strchr also matches the end */
        if (n == 4 && g_ascii_strncasecmp(*at, "file", 4) == 0)
                return _("Files of this computer are not opened in a zone; only http:// and https:// addresses are.");
        if (strncmp(rest, "//", 2) != 0)
                return _(not_web);
        if (n == 4 && g_ascii_strncasecmp(*at, "http", 4) == 0)
                *ret_scheme = "http://";
        else if (n != 5 || g_ascii_strncasecmp(*at, "https", 5) != 0)
                return _(not_web);
        *at = rest + 2;
        return NULL;
}

/* GLib follows IDNA 2003, browsers the newer rules: where the two give different sites, neither is guessed. */
static bool ambiguous(const char *host) {
        static const gunichar differing[] = { 0xdf, 0x1e9e, 0x3c2, 0x200c, 0x200d };
        for (; *host; host = g_utf8_next_char(host))
                for (size_t i = 0; i < G_N_ELEMENTS(differing); i++)
                        if (g_utf8_get_char(host) == differing[i])
                                return true;
        return false;
}

static char *host_to_ascii(const char *host, const char **ret_problem) {
        if (g_str_is_ascii(host))
                return g_ascii_strdown(host, -1);
        if (ambiguous(host)) {
                *ret_problem = _("This host name has letters that stand for different sites in different browsers; type its xn-- form.");
                return NULL;
        }
        char *ascii = g_hostname_to_ascii(host);
        if (!ascii)
                *ret_problem = _("This host name is not valid.");
        return ascii;
}

static void append_encoded(GString *out, const char *rest) {
        for (const unsigned char *p = (const unsigned char *) rest; *p; p++)
                if (*p > 0x20 && *p < 0x7f && !strchr("\"'`\\<>{}|^", *p))
                        g_string_append_c(out, (char) *p);
                else
                        g_string_append_printf(out, "%%%02X", *p);
}

static bool has_control(const char *text) {
        for (; *text; text = g_utf8_next_char(text))
                if (cli_text_unsafe(g_utf8_get_char(text)))
                        return true;
        return false;
}

char *cli_address_normalise(const char *typed, const char **ret_problem) {
        g_autofree char *text = g_strdup(typed);
        const char *at, *scheme;
        if (!g_utf8_validate(text, -1, NULL)) {
                *ret_problem = _("The address is not valid UTF-8.");
                return NULL;
        }
        at = g_strstrip(text);
        if (has_control(at)) {
                *ret_problem = _("The address holds control or invisible characters.");
                return NULL;
        }
        if ((*ret_problem = take_scheme(&at, &scheme)))
                return NULL;
        size_t n = strcspn(at, "/?#");
        g_autofree char *authority = g_strndup(at, n);
        if (strpbrk(authority, "@\\")) {
                *ret_problem = _("Addresses with a user name or a backslash before the host are not opened; they are used to deceive.");
                return NULL;
        }
        char *port = *authority == '[' ? NULL : strrchr(authority, ':');
        g_autofree char *port_text = g_strdup(port ? port : "");
        if (port)
                *port = 0;
        g_autofree char *host = host_to_ascii(authority, ret_problem);
        if (!host)
                return NULL;
        GString *address = g_string_new(scheme);
        g_string_append(address, host);
        g_string_append(address, port_text);
        append_encoded(address, at + n);
        if (!policy_address_valid(address->str, NULL)) {
                *ret_problem = address->len > POLICY_MAX_ADDRESS ? _("The address is too long.") : _("This is not an address of a web page, such as https://bank.example.");
                return g_string_free(address, TRUE), NULL;
        }
        return g_string_free(address, FALSE);
}
