/* vet-fields: the small languages inside office documents: fields, formulas, addresses.
 * Runs as: vet.  Input: NUL-terminated text of a document.  Must not: take an unknown scheme for a harmless one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/vet/vet-fields.h"
#include "policy/policy-filename.h"
#include <ctype.h>
#include <strings.h>

/* Upper-case letters and digits of the first words, nothing between them: quotes and spaces are what hides a word. */
static void squeeze(const char *text, char *out, size_t size) {
        size_t n = 0;

        for (; *text && n + 1 < size; text++)
                if (isalnum((unsigned char)*text))
                        out[n++] = (char)toupper((unsigned char)*text);
        out[n] = '\0';
}

/* { QUOTE 68 68 69 ... } spells an instruction by character codes. */
static bool spells(const char *text) {
        int numbers = 0;

        while (*text && toupper((unsigned char)*text) != 'Q')
                text++;
        for (text += strnlen(text, 5); *text; text++)
                if (isdigit((unsigned char)*text)) {
                        numbers++;
                        while (isdigit((unsigned char)text[1]))
                                text++;
                } else if (isalpha((unsigned char)*text))
                        return false;
        return numbers >= 3;
}

uint32_t vet_fields_word(const char *instruction) {
        static const struct { const char *word; uint32_t find; } words[] = {
                { "DDEAUTO", POLICY_FIND_DDE }, { "DDE", POLICY_FIND_DDE }, { "INCLUDETEXT", POLICY_FIND_REMOTE }, { "INCLUDEPICTURE", POLICY_FIND_REMOTE },
                { "INCLUDE", POLICY_FIND_REMOTE }, { "IMPORT", POLICY_FIND_REMOTE }, { "LINK", POLICY_FIND_REMOTE }, { "DATABASE", POLICY_FIND_REMOTE },
                { "RD", POLICY_FIND_REMOTE }, { "MACROBUTTON", POLICY_FIND_MACRO }, { "EMBED", POLICY_FIND_EMBEDDED }, { "CONTROL", POLICY_FIND_ACTIVEX },
                { "HTMLACTIVEX", POLICY_FIND_ACTIVEX },
        };
        char text[VET_FIELDS_MAX];

        squeeze(instruction, text, sizeof text);
        if (strstr(text, "DDEAUTO"))
                return POLICY_FIND_DDE;
        if (strncmp(text, "QUOTE", 5) == 0 && spells(instruction))
                return POLICY_FIND_DDE;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (strncmp(text, words[i].word, strlen(words[i].word)) == 0)
                        return words[i].find;
        return 0;
}

uint32_t vet_fields_formula(const char *formula) {
        static const struct { const char *word; uint32_t find; } words[] = {
                { "WEBSERVICE(", POLICY_FIND_REMOTE }, { "IMAGE(", POLICY_FIND_REMOTE }, { "RTD(", POLICY_FIND_REMOTE }, { "SQLREQUEST(", POLICY_FIND_REMOTE },
                { "FILTERXML(", 0 }, { "DDE(", POLICY_FIND_DDE }, { "EXEC(", POLICY_FIND_XLM }, { "CALL(", POLICY_FIND_XLM }, { "REGISTER(", POLICY_FIND_XLM },
                { "REGISTER.ID(", POLICY_FIND_XLM }, { "FOPEN(", POLICY_FIND_XLM }, { "HALT(", POLICY_FIND_XLM }, { "FORMULA.FILL(", POLICY_FIND_XLM },
        };
        char outside[VET_FIELDS_MAX];
        size_t n = 0;
        uint32_t find = 0;
        bool quoted = false;

        for (const char *p = formula; *p && n + 1 < sizeof outside; p++) {
                if (*p == '"')
                        quoted = !quoted;
                else if (!quoted && *p != ' ')
                        outside[n++] = (char)toupper((unsigned char)*p);
        }
        outside[n] = '\0';
        if (strchr(outside, '|')) /* program|topic!item; no operator of a formula is written so */
                find |= POLICY_FIND_DDE;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
                const char *at = strstr(outside, words[i].word);
                if (at && (at == outside || !(isalnum((unsigned char)at[-1]) || at[-1] == '_' || (at[-1] == '.' && words[i].find == POLICY_FIND_XLM))))
                        find |= words[i].find;
        }
        return find;
}

uint32_t vet_fields_address(const char *address, bool click) {
        static const char *const plain[] = { "http:", "https:", "mailto:", "tel:", "ftp:" };
        const char *dot;
        char ext[16];
        size_t n;

        while (*address && (unsigned char)*address <= ' ')
                address++;
        if (*address == '\0' || *address == '#')
                return 0;
        if (!click)
                return POLICY_FIND_REMOTE;
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
                if (strncasecmp(address, plain[i], strlen(plain[i])) == 0)
                        return 0;
        if (strncasecmp(address, "vnd.sun.star.script", 19) == 0 || strncasecmp(address, "macro:", 6) == 0)
                return POLICY_FIND_MACRO;
        if (address[0] == '/' || address[0] == '\\' || strcspn(address, ":") < strcspn(address, "/\\#?")) /* another machine, another scheme, a drive */
                return POLICY_FIND_REMOTE;
        dot = strrchr(address, '.'); /* a file beside this one */
        n = dot ? strlen(dot + 1) : 0;
        if (n == 0 || n >= sizeof ext)
                return 0;
        for (size_t i = 0; i <= n; i++)
                ext[i] = (char)tolower((unsigned char)dot[1 + i]);
        return policy_filename_acts(ext) ? POLICY_FIND_LAUNCH : 0;
}
