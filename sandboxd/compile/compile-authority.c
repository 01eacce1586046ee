/* compile-authority: the site's certificate authorities, and the certificates that programs read.
 * Runs as: compile.  Input: PEM text.  Must not: hand on anything but the base64 of one DER sequence (a key, say).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-authority.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define MAX_BASE64 16384

static int value_of(char c) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *at = c ? strchr(digits, c) : NULL;
        return at ? (int)(at - digits) : -1;
}

/* True when the base64 text is one DER sequence of exactly its length (X.690, 8.1). */
static bool is_sequence(const char *text, size_t n) {
        uint8_t head[6];
        size_t pad = n >= 2 ? (text[n - 1] == '=') + (size_t)(text[n - 2] == '=') : 0, bytes, length = 0, header;

        if (n < 12 || n % 4 != 0)
                return false;
        for (size_t i = 0; i < n - pad; i++)
                if (value_of(text[i]) < 0)
                        return false;
        for (size_t i = 0; i < 2; i++) {
                int a = value_of(text[4 * i]), b = value_of(text[4 * i + 1]), c = value_of(text[4 * i + 2]), d = value_of(text[4 * i + 3]);
                head[3 * i] = (uint8_t)(a << 2 | b >> 4);
                head[3 * i + 1] = (uint8_t)(b << 4 | (c < 0 ? 0 : c) >> 2);
                head[3 * i + 2] = (uint8_t)((c < 0 ? 0 : c) << 6 | (d < 0 ? 0 : d));
        }
        bytes = n / 4 * 3 - pad;
        if (head[0] != 0x30)
                return false;
        header = head[1] < 0x80 ? 2 : 2 + (size_t)(head[1] & 0x7f);
        if (header > 5)
                return false;
        for (size_t i = 2; i < header; i++)
                length = length << 8 | head[i];
        return header + (header == 2 ? head[1] : length) == bytes;
}

static int refuse(CompileParts *parts, const CompileInput *input, size_t at, const char *what) {
        unsigned line = 1;

        for (size_t i = 0; i < at; i++)
                line += input->bytes[i] == '\n';
        return parts->error = compile_problem_set(parts->problem, "%s:%u:1: %s", input->name, line, what);
}

/* From after BEGIN to END; returns the offset after END, 0 where it failed. */
static size_t read_one(CompileParts *parts, const CompileInput *input, size_t at) {
        const char *body = input->bytes + at, *end = memmem(body, input->n - at, END, strlen(END));
        char *text;
        size_t n = 0;

        if (!end || end - body > MAX_BASE64)
                return (void)refuse(parts, input, at, "this certificate does not end, or is too long; expected -----END CERTIFICATE----- within 16 KiB"), 0;
        if (parts->n_authorities == COMPILE_MAX_AUTHORITIES)
                return (void)refuse(parts, input, at, "there are too many certificates; expected at most 32 in all"), 0;
        text = compile_parts_take(parts, (size_t)(end - body) + 1, 1);
        if (!text)
                return 0;
        for (const char *s = body; s < end; s++)
                if (!strchr("\r\n", *s) && *s)
                        text[n++] = *s;
        if (!is_sequence(text, n))
                return (void)refuse(parts, input, at, "this is not a certificate; expected the base64 of DER"), 0;
        parts->authorities[parts->n_authorities++] = text;
        return (size_t)(end - input->bytes) + strlen(END);
}

void compile_authority_read(CompileParts *parts, const CompileInput *input) {
        uint32_t before = parts->n_authorities;
        size_t at = 0;

        while (parts->error == 0 && at < input->n) {
                const char *dashes = memmem(input->bytes + at, input->n - at, "-----BEGIN", 10);
                if (!dashes)
                        break;
                at = (size_t)(dashes - input->bytes);
                if (input->n - at < strlen(BEGIN) || memcmp(dashes, BEGIN, strlen(BEGIN)) != 0) {
                        refuse(parts, input, at, "this file holds something else than certificates; expected -----BEGIN CERTIFICATE----- (never a key)");
                        return;
                }
                at = read_one(parts, input, at + strlen(BEGIN));
        }
        if (parts->error == 0 && parts->n_authorities == before)
                refuse(parts, input, 0, "there is no certificate here; expected PEM with -----BEGIN CERTIFICATE-----");
}

/* One certificate as PEM, 64 characters a line (RFC 7468). */
static char *as_pem(CompileParts *parts, const char *base64) {
        size_t n = strlen(base64), at = strlen(BEGIN "\n");
        char *pem = compile_parts_take(parts, n + n / 64 + 128, 1);

        if (!pem)
                return NULL;
        memcpy(pem, BEGIN "\n", at);
        for (size_t i = 0; i < n; i += 64) {
                size_t step = n - i < 64 ? n - i : 64;
                memcpy(pem + at, base64 + i, step);
                at += step;
                pem[at++] = '\n';
        }
        memcpy(pem + at, END "\n", sizeof END "\n");
        return pem;
}

void compile_authority_files(CompileParts *parts, PolicyKind *kind) {
        size_t n = parts->host_ca ? parts->host_ca->n : 0, room = n + 1;
        char *all, *pems[COMPILE_MAX_AUTHORITIES] = { NULL };

        for (uint32_t i = 0; i < parts->n_authorities; i++) {
                pems[i] = as_pem(parts, parts->authorities[i]);
                compile_parts_add_text_file(parts, kind, compile_parts_text(parts, "etc/hanare/authorities/%u.pem", i), pems[i]);
                room += pems[i] ? strlen(pems[i]) + 1 : 0;
        }
        all = compile_parts_take(parts, room, 1);
        if (!all || parts->error < 0)
                return;
        if (n > 0)
                memcpy(all, parts->host_ca->bytes, n);
        if (n > 0 && all[n - 1] != '\n')
                all[n++] = '\n';
        for (uint32_t i = 0; i < parts->n_authorities && pems[i]; i++) {
                memcpy(all + n, pems[i], strlen(pems[i]));
                n += strlen(pems[i]);
        }
        compile_parts_add_file(parts, kind, "etc/ssl/certs/ca-certificates.crt", all, n);
}
