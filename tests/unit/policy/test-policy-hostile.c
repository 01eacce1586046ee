/* test-policy-hostile: pointers, bundles and trust files of an attacker: each is refused whole, for its own reason, and nothing is remembered.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-wire.h"
#include "fleet-sample.h"
#include <check.h>
#include <zstd.h>

#define ROOTS (SAMPLE_BIT(ROOT_A) | SAMPLE_BIT(ROOT_B))
#define PAIR (SAMPLE_BIT(POLICY_A) | SAMPLE_BIT(POLICY_B))

/* What a desktop holds, and what it is sent. A case changes some of it. */
typedef struct World {
        PolicyTrust trust;
        PolicyFleet fleet;
        PolicyBundle bundle;
        PolicyPointer pointer;
        SampleFile bundle_file, pointer_file;
        int64_t now;
        bool frame_free;
} World;

static void replace(SampleFile *file, SampleFile by) {
        free(file->bytes);
        *file = by;
}

static void sign_pointer(World *w, unsigned keys) {
        replace(&w->pointer_file, sample_pointer_file(&w->pointer, keys));
}

/* Another bundle file, and the pointer at it. */
static void point_at(World *w, SampleFile bundle) {
        PolicyPointer p = sample_pointer(&bundle);

        replace(&w->bundle_file, bundle);
        p.version = w->pointer.version;
        p.serial = w->bundle.serial;
        w->pointer = p;
        sign_pointer(w, SAMPLE_BIT(POINTER));
}

static void world_init(World *w) {
        *w = (World){ .trust = sample_trust(), .bundle = sample_bundle(), .now = SAMPLE_NOW };
        w->pointer.version = 42;
        w->fleet = (PolicyFleet){ .channel = "stable", .trust = 1, .pointer = 41, .serial = 6, .issued = SAMPLE_NOW - SAMPLE_DAY, .expires = SAMPLE_NOW + SAMPLE_DAY, .n_by = 1 };
        memset(w->fleet.bundle, 9, 32);
        w->fleet.by[0][0] = 1;
        point_at(w, sample_bundle_file(&w->bundle, PAIR));
}

static void world_done(World *w) {
        free(w->bundle_file.bytes);
        free(w->pointer_file.bytes);
}

static int follow(World *w) {
        PolicyPointer p;
        PolicyTrust checked;
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;
        int r = policy_trust_encode(&w->trust, &bytes, &n);

        if (r == 0)
                r = policy_trust_decode(bytes, n, &checked);
        if (r == 0)
                r = policy_fleet_pointer(&w->fleet, &checked, w->pointer_file.bytes, w->pointer_file.n, w->now, 1000, &p);
        if (r == 0)
                r = policy_fleet_bundle(&checked, &p, w->bundle_file.bytes, w->bundle_file.n, true, NULL);
        if (r == 0)
                policy_fleet_remember(&w->fleet, &checked, w->pointer_file.bytes, w->pointer_file.n, &p);
        return r;
}

/* A signed bundle file around any head and any frame. */
static void raw_bundle(World *w, const char *head, const void *frame, size_t n) {
        BaseWriter out;

        base_writer_init(&out, 8u << 20);
        base_write_raw(&out, head, strlen(head));
        base_write_raw(&out, frame, n);
        ck_assert(!out.failed);
        point_at(w, sample_sign(POLICY_SIGNED_BUNDLE, out.bytes, out.n, PAIR));
        base_writer_done(&out);
}

/* The same around any unpacked bytes; claims: bytes that it says it unpacks to (0 = the truth). */
static void raw_files(World *w, const void *files, size_t n, unsigned count, uint64_t claims) {
        size_t room = ZSTD_compressBound(n);
        BASE_FREE uint8_t *frame = malloc(room);
        char head[300];

        size_t packed = ZSTD_compress(frame, room, files, n, 3);
        (void)snprintf(head, sizeof head, "hanare-bundle 1\nserial 7\nissued 2026-11-18T00:00:00Z\nchannel stable\nfiles %u %llu %zu\n", count,
                       (unsigned long long)(claims ? claims : n), packed);
        raw_bundle(w, head, frame, packed);
}

static void one_file(World *w, const char *name, const void *bytes, size_t n) {
        BaseWriter out;

        base_writer_init(&out, 4u << 20);
        base_write_string(&out, name);
        base_write_bytes(&out, bytes, n);
        raw_files(w, out.bytes, out.n, 1, 0);
        base_writer_done(&out);
}

/* Two files of these names. */
static void two_files(World *w, const char *a, const char *b) {
        BaseWriter out;

        base_writer_init(&out, 1u << 20);
        base_write_string(&out, a);
        base_write_bytes(&out, "{}", 2);
        base_write_string(&out, b);
        base_write_bytes(&out, "{}", 2);
        raw_files(w, out.bytes, out.n, 2, 0);
        base_writer_done(&out);
}

/* The pointer's text with one piece replaced, signed again: the key is good, the form is not. */
static void edit_pointer(World *w, const char *from, const char *to) {
        BASE_FREE uint8_t *text = NULL;
        size_t n, k = strlen(from);

        ck_assert_int_eq(policy_pointer_encode(&w->pointer, &text, &n), 0);
        uint8_t *at = memmem(text, n, from, k);
        ck_assert_ptr_nonnull(at);
        BaseWriter out;
        base_writer_init(&out, 1u << 20);
        base_write_raw(&out, text, (size_t)(at - text));
        base_write_raw(&out, to, strlen(to));
        base_write_raw(&out, at + k, n - (size_t)(at - text) - k);
        replace(&w->pointer_file, sample_sign(POLICY_SIGNED_POINTER, out.bytes, out.n, SAMPLE_BIT(POINTER)));
        base_writer_done(&out);
}

static void cut(SampleFile *file, size_t n) {
        file->n = n < file->n ? n : 0;
}
static void append(SampleFile *file, const void *bytes, size_t n) {
        file->bytes = realloc(file->bytes, file->n + n);
        memcpy(file->bytes + file->n, bytes, n);
        file->n += n;
}
static void turn(SampleFile *file, size_t from_end) {
        file->bytes[file->n - from_end] ^= 1;
}

/* Signatures */
static void c_unsigned(World *w) { sign_pointer(w, 0); }
static void c_stranger(World *w) { sign_pointer(w, SAMPLE_BIT(STRANGER)); }
static void c_policy_key_on_pointer(World *w) { sign_pointer(w, PAIR); }
static void c_pointer_changed(World *w) { turn(&w->pointer_file, 3); }
static void c_signature_changed(World *w) { uint8_t *s = memmem(w->pointer_file.bytes, w->pointer_file.n, "\nhanare-pointer", 15); s[-1] = s[-1] == '0' ? '1' : '0'; }
static void c_too_few(World *w) { point_at(w, sample_bundle_file(&w->bundle, SAMPLE_BIT(POLICY_A))); }
static void c_pointer_key_on_bundle(World *w) { point_at(w, sample_bundle_file(&w->bundle, SAMPLE_BIT(POINTER) | SAMPLE_BIT(POLICY_A))); }
static void c_unnamed_signer(World *w) { point_at(w, sample_bundle_file(&w->bundle, SAMPLE_BIT(POLICY_A) | SAMPLE_BIT(POLICY_C))); }
static void c_bundle_unsigned(World *w) { point_at(w, sample_bundle_file(&w->bundle, 0)); }
static void c_bundle_of_another_key(World *w) { PolicySigned f; point_at(w, w->bundle_file.n ? sample_bundle_file(&w->bundle, PAIR) : w->bundle_file);
        ck_assert_int_eq(policy_signed_decode(w->bundle_file.bytes, w->bundle_file.n, POLICY_SIGNED_BUNDLE, &f), 0);
        memcpy(f.signatures[0].bytes, f.signatures[1].bytes, 64); SampleFile out; ck_assert_int_eq(policy_signed_encode(&f, &out.bytes, &out.n), 0); point_at(w, out); }
static void c_same_key_twice(World *w) { PolicySigned f; ck_assert_int_eq(policy_signed_decode(w->bundle_file.bytes, w->bundle_file.n, POLICY_SIGNED_BUNDLE, &f), 0);
        f.signatures[1] = f.signatures[0]; SampleFile out; ck_assert_int_eq(policy_signed_encode(&f, &out.bytes, &out.n), 0); point_at(w, out); }
static void c_signatures_unsorted(World *w) { PolicySigned f; ck_assert_int_eq(policy_signed_decode(w->bundle_file.bytes, w->bundle_file.n, POLICY_SIGNED_BUNDLE, &f), 0);
        struct PolicySignature s = f.signatures[1]; f.signatures[1] = f.signatures[0]; f.signatures[0] = s;
        SampleFile out; ck_assert_int_eq(policy_signed_encode(&f, &out.bytes, &out.n), 0); point_at(w, out); }
static void withdraw(World *w, unsigned key) { uint8_t public[32], secret[64]; unsigned n = 0; sample_key(key, public, secret);
        for (unsigned i = 0; i < w->trust.n_keys; i++) if (memcmp(w->trust.keys[i].key, public, 32) != 0) w->trust.keys[n++] = w->trust.keys[i];
        w->trust.n_keys = n; memcpy(w->trust.revoked[w->trust.n_revoked++], public, 32); }
static void c_revoked_pointer(World *w) { withdraw(w, SAMPLE_POINTER); sample_trust_add(&w->trust, POLICY_ROLE_POINTER, SAMPLE_NEW); }
static void c_revoked_policy(World *w) { withdraw(w, SAMPLE_POLICY_A); }
static void c_revoked_unnamed(World *w) { uint8_t s[64]; withdraw(w, SAMPLE_POLICY_A); w->pointer.n_signers = 1; sample_key(SAMPLE_POLICY_B, w->pointer.signers[0], s); sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_bundle_as_pointer(World *w) { BASE_FREE uint8_t *b = malloc(w->bundle_file.n); memcpy(b, w->bundle_file.bytes, w->bundle_file.n); SampleFile f = { base_steal(&b), w->bundle_file.n }; replace(&w->pointer_file, f); }
/* Time and numbers */
static void c_older(World *w) { w->pointer.version = 40; sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_two_faces(World *w) { w->pointer.version = 41; sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_serial(World *w) { w->bundle.serial = 5; point_at(w, sample_bundle_file(&w->bundle, PAIR)); }
static void c_bundle_two_faces(World *w) { w->bundle.serial = 6; point_at(w, sample_bundle_file(&w->bundle, PAIR)); }
static void c_expired(World *w) { w->now = w->pointer.expires; }
static void c_frozen(World *w) { w->now += 10 * SAMPLE_DAY; }
static void c_clock_back(World *w) { w->fleet.issued = w->pointer.expires + 1; w->now = SAMPLE_NOW; }
static void c_clock_lost(World *w) { w->now = 0; }
static void c_not_yet(World *w) { w->pointer.not_before = SAMPLE_NOW + 60; sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_future(World *w) { w->pointer.issued = w->pointer.not_before = SAMPLE_NOW + 2 * SAMPLE_DAY; sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_for_ever(World *w) { edit_pointer(w, "expires 20", "expires 99"); }
static void c_trust_expired(World *w) { w->trust.expires = SAMPLE_NOW - 1; }
static void c_trust_old(World *w) { w->pointer.trust = 2; sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_product(World *w) { w->pointer.release = 1001; sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_channel(World *w) { strcpy(w->pointer.channel, "test"); sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_bundle_channel(World *w) { w->bundle.n_channels = 1; strcpy(w->bundle.channels[0], "test"); point_at(w, sample_bundle_file(&w->bundle, PAIR)); }
/* The wrong bundle */
static void c_swapped(World *w) { w->bundle.issued++; replace(&w->bundle_file, sample_bundle_file(&w->bundle, PAIR)); }
static void c_bundle_cut(World *w) { cut(&w->bundle_file, w->bundle_file.n - 1); }
static void c_bundle_longer(World *w) { append(&w->bundle_file, "", 1); }
static void c_bundle_empty(World *w) { cut(&w->bundle_file, 0); }
static void c_serial_differs(World *w) { w->pointer.serial = 8; sign_pointer(w, SAMPLE_BIT(POINTER)); }
/* Forms of the pointer */
static void c_empty(World *w) { cut(&w->pointer_file, 0); }
static void c_cut_head(World *w) { cut(&w->pointer_file, 20); }
static void c_cut(World *w) { cut(&w->pointer_file, w->pointer_file.n - 1); }
static void c_trailing(World *w) { append(&w->pointer_file, "\n", 1); }
static void c_huge(World *w) { BASE_FREE uint8_t *b = calloc(1, 1u << 20); append(&w->pointer_file, b, 1u << 20); }
static void c_html(World *w) { SampleFile f = { (uint8_t *)strdup("<html>404 Not Found</html>\n"), 27 }; replace(&w->pointer_file, f); }
static void c_huge_number(World *w) { edit_pointer(w, "version 42", "version 99999999999999999999999999"); }
static void c_negative(World *w) { edit_pointer(w, "version 42", "version -1"); }
static void c_wraps(World *w) { edit_pointer(w, "version 42", "version 18446744073709551658"); }
static void c_leading_zero(World *w) { edit_pointer(w, "version 42", "version 042"); }
static void c_two_spaces(World *w) { edit_pointer(w, "version 42", "version  42"); }
static void c_crlf(World *w) { edit_pointer(w, "version 42\n", "version 42\r\n"); }
static void c_line_twice(World *w) { edit_pointer(w, "version 42\n", "version 42\nversion 43\n"); }
static void c_line_missing(World *w) { edit_pointer(w, "channel stable\n", ""); }
static void c_unknown_line(World *w) { edit_pointer(w, "needs ", "color blue\nneeds "); }
static void c_field_more(World *w) { edit_pointer(w, "needs 0.1.0 1\n", "needs 0.1.0 1 1\n"); }
static void c_upper_hex(World *w) { edit_pointer(w, "signer ", "signer A"); }
static void c_long_line(World *w) { char line[1000]; memset(line, 'a', sizeof line - 1); line[999] = '\0'; edit_pointer(w, "stable", line); }
static void c_channel_path(World *w) { edit_pointer(w, "channel stable", "channel ../../etc"); }
static void c_zero_date(World *w) { edit_pointer(w, "issued 2026-11", "issued 2026-00"); }
static void c_not_utf8(World *w) { edit_pointer(w, "channel stable", "channel st\xff""ble"); }
static void c_nul(World *w) { SampleFile f; PolicySigned s; ck_assert_int_eq(policy_signed_decode(w->pointer_file.bytes, w->pointer_file.n, POLICY_SIGNED_POINTER, &s), 0);
        BASE_FREE uint8_t *t = malloc(s.n_payload); memcpy(t, s.payload, s.n_payload); uint8_t *at = memmem(t, s.n_payload, "stable", 6); at[6 - 1] = 0;
        f = sample_sign(POLICY_SIGNED_POINTER, t, s.n_payload, SAMPLE_BIT(POINTER)); replace(&w->pointer_file, f); }
static void c_must(World *w) { w->pointer.conditions.n = w->pointer.conditions.n_must = 1; strcpy(w->pointer.conditions.items[0].name, "ramp"); strcpy(w->pointer.conditions.items[0].value, "1 5 25"); sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_conditions_many(World *w) { char t[800] = "needs 0.1.0 1\n"; for (int i = 10; i < 27; i++) (void)sprintf(t + strlen(t), "option o%d x\n", i); edit_pointer(w, "needs 0.1.0 1\n", t); }
static void c_bundle_huge(World *w) { w->pointer.size = policy_signed_max(POLICY_SIGNED_BUNDLE); edit_pointer(w, "signer", "signer"); edit_pointer(w, " 7\nsigner", "0 7\nsigner"); }
/* Inside the bundle */
static void c_bundle_must(World *w) { w->bundle.conditions.n = w->bundle.conditions.n_must = 1; strcpy(w->bundle.conditions.items[0].name, "group"); strcpy(w->bundle.conditions.items[0].value, "osaka"); point_at(w, sample_bundle_file(&w->bundle, PAIR)); }
static void c_zip_slip(World *w) { one_file(w, "../../../etc/passwd", "x", 1); }
static void c_zip_slip_folder(World *w) { one_file(w, "kinds.d/../../hanare.jsonc", "{}", 2); }
static void c_absolute(World *w) { one_file(w, "/etc/shadow", "x", 1); }
static void c_backslash(World *w) { one_file(w, "kinds.d\\a.jsonc", "{}", 2); }
static void c_hidden(World *w) { one_file(w, "kinds.d/.a.jsonc", "{}", 2); }
static void c_full_width(World *w) { one_file(w, "kinds.d/．．.jsonc", "{}", 2); }
static void c_tests_elsewhere(World *w) { one_file(w, "spool/a.jsonc", "{}", 2); }
static void c_twice(World *w) { two_files(w, "kinds.d/a.jsonc", "kinds.d/a.jsonc"); }
static void c_unsorted(World *w) { two_files(w, "kinds.d/b.jsonc", "kinds.d/a.jsonc"); }
static void c_case_twin(World *w) { two_files(w, "kinds.d/A.jsonc", "kinds.d/a.jsonc"); }
static void c_file_nul(World *w) { one_file(w, "kinds.d/a.jsonc", "{\"a\":\"x\0y\"}", 11); }
static void c_file_utf16(World *w) { one_file(w, "kinds.d/a.jsonc", "\xff\xfe{\0}\0", 6); }
static void c_file_sjis(World *w) { one_file(w, "kinds.d/a.jsonc", "{\"title\":\"\x8b\xc6\x96\xb1\"}", 16); }
static void c_file_overlong(World *w) { one_file(w, "kinds.d/a.jsonc", "\xc0\xaf", 2); }
static void c_file_bidi(World *w) { one_file(w, "kinds.d/a.jsonc", "{} // \xe2\x80\xae", 9); }
static void c_file_cut_char(World *w) { one_file(w, "kinds.d/a.jsonc", "\xe6\xa5", 2); }
static void c_name_unended(World *w) { static const uint8_t f[] = { 4, 0, 0, 0, 'a', 'b', 'c', 'd', 0, 0, 0, 0 }; raw_files(w, f, sizeof f, 1, 0); }
static void c_name_long(World *w) { uint8_t f[300] = { 0xff, 0xff, 0xff, 0xff }; raw_files(w, f, sizeof f, 1, 0); }
static void c_content_long(World *w) { static const uint8_t f[] = { 13, 0, 0, 0, 'h', 'a', 'n', 'a', 'r', 'e', '.', 'j', 's', 'o', 'n', 'c', 0, 0xff, 0xff, 0xff, 0x7f, 'x' }; raw_files(w, f, sizeof f, 1, 0); }
static void c_files_left(World *w) { two_files(w, "kinds.d/a.jsonc", "kinds.d/b.jsonc"); BaseWriter o; base_writer_init(&o, 1000); base_write_string(&o, "kinds.d/a.jsonc"); base_write_bytes(&o, "{}", 2); base_write_raw(&o, "more", 4); raw_files(w, o.bytes, o.n, 1, 0); base_writer_done(&o); }
static void c_bomb(World *w) { BASE_FREE uint8_t *z = calloc(1, 512u << 20); raw_files(w, z, 512u << 20, 1, 0); }
static void c_bomb_lies(World *w) { BASE_FREE uint8_t *z = calloc(1, 64u << 20); raw_files(w, z, 64u << 20, 1, 1000); }
static void c_bomb_no_size(World *w) { BASE_FREE uint8_t *z = calloc(1, 1u << 20), *f = malloc(1u << 20); ZSTD_CCtx *c = ZSTD_createCCtx(); char head[200];
        ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0); size_t n = ZSTD_compress2(c, f, 1u << 20, z, 1u << 20); ZSTD_freeCCtx(c);
        (void)snprintf(head, sizeof head, "hanare-bundle 1\nserial 7\nissued 2026-11-18T00:00:00Z\nchannel stable\nfiles 1 1000 %zu\n", n); raw_bundle(w, head, f, n); }
static void frame_case(World *w, const void *frame, size_t n, size_t claims) { char head[200];
        (void)snprintf(head, sizeof head, "hanare-bundle 1\nserial 7\nissued 2026-11-18T00:00:00Z\nchannel stable\nfiles 1 %zu %zu\n", claims, n); raw_bundle(w, head, frame, n); }
static void c_two_frames(World *w) { uint8_t f[200]; size_t a = ZSTD_compress(f, 100, "abc", 3, 1), b = ZSTD_compress(f + a, 100, "def", 3, 1); frame_case(w, f, a + b, 3); }
static void c_skippable(World *w) { static const uint8_t f[] = { 0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4 }; frame_case(w, f, sizeof f, 4); }
static void c_tar(World *w) { uint8_t t[1024] = "kinds.d/link"; t[156] = '2'; strcpy((char *)t + 157, "/etc/shadow"); strcpy((char *)t + 257, "ustar"); raw_files(w, t, sizeof t, 1, 0); }
static void c_gzip(World *w) { static const uint8_t f[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0 }; frame_case(w, f, sizeof f, 1); }
static void c_frame_damaged(World *w) { uint8_t f[300], z[2000]; for (size_t i = 0; i < sizeof z; i++) z[i] = (uint8_t)(i * i >> 3); size_t n = ZSTD_compress(f, sizeof f, z, 200, 1); f[n / 2] ^= 0xff; f[n / 2 + 1] ^= 0xff; frame_case(w, f, n - 3, 200); }
static void c_dictionary(World *w) { static const uint8_t f[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x21, 5, 1, 0x09, 0, 0, 'x' }; frame_case(w, f, sizeof f, 1); }
static void c_unpacks_less(World *w) { uint8_t f[100]; frame_case(w, f, ZSTD_compress(f, sizeof f, "abc", 3, 1), 4); }
static void c_no_files(World *w) { raw_bundle(w, "hanare-bundle 1\nserial 7\nissued 2026-11-18T00:00:00Z\nchannel stable\nfiles 0 1 1\n", "x", 1); }
static void c_files_many(World *w) { raw_bundle(w, "hanare-bundle 1\nserial 7\nissued 2026-11-18T00:00:00Z\nchannel stable\nfiles 4294967297 1 1\n", "x", 1); }
static void c_frame_more(World *w) { uint8_t f[100]; size_t n = ZSTD_compress(f, sizeof f, "abc", 3, 1); char head[200];
        (void)snprintf(head, sizeof head, "hanare-bundle 1\nserial 7\nissued 2026-11-18T00:00:00Z\nchannel stable\nfiles 1 3 %zu\n", n); f[n] = 0; raw_bundle(w, head, f, n + 1); }
static void c_option(World *w) { w->pointer.conditions.n = 1; strcpy(w->pointer.conditions.items[0].name, "ramp"); strcpy(w->pointer.conditions.items[0].value, "1 5 25"); sign_pointer(w, SAMPLE_BIT(POINTER)); }
static void c_good(World *w) { (void)w; }
/* A trust file that nobody could satisfy, or that names a key twice */
static void c_threshold_zero(World *w) { w->trust.roles[POLICY_ROLE_POLICY].tighten = 0; }
static void c_threshold_over(World *w) { w->trust.roles[POLICY_ROLE_POINTER].loosen = w->trust.roles[POLICY_ROLE_POINTER].tighten = 2; }
static void c_trust_key_twice(World *w) { sample_trust_add(&w->trust, POLICY_ROLE_POLICY, SAMPLE_POLICY_A); }
static void c_trust_revoked_key(World *w) { uint8_t s[64]; sample_key(SAMPLE_POLICY_A, w->trust.revoked[w->trust.n_revoked++], s); }

#define CASE(name, reason) { #name, c_##name, POLICY_REFUSED_##reason }
static const struct {
        const char *name;
        void (*change)(World *w);
        int reason;
} cases[] = {
        { "good", c_good, 0 }, { "option", c_option, 0 },
        CASE(unsigned, TOO_FEW), CASE(stranger, TOO_FEW), CASE(policy_key_on_pointer, TOO_FEW), CASE(pointer_changed, BAD_SIGNATURE),
        CASE(signature_changed, BAD_SIGNATURE), CASE(too_few, TOO_FEW), CASE(pointer_key_on_bundle, TOO_FEW), CASE(unnamed_signer, SIGNER),
        CASE(bundle_unsigned, TOO_FEW), CASE(bundle_of_another_key, BAD_SIGNATURE), CASE(same_key_twice, SIGNATURES), CASE(signatures_unsorted, SIGNATURES),
        CASE(revoked_pointer, REVOKED), CASE(revoked_policy, REVOKED), CASE(revoked_unnamed, REVOKED), CASE(bundle_as_pointer, WRONG_TYPE),
        CASE(older, OLDER), CASE(two_faces, TWO_FACES), CASE(serial, SERIAL), CASE(bundle_two_faces, TWO_FACES), CASE(expired, EXPIRED), CASE(frozen, EXPIRED),
        CASE(clock_back, EXPIRED), CASE(clock_lost, FUTURE), CASE(not_yet, NOT_YET), CASE(future, FUTURE), CASE(for_ever, MALFORMED),
        CASE(trust_expired, TRUST_EXPIRED), CASE(trust_old, TRUST_OLD), CASE(product, PRODUCT), CASE(channel, CHANNEL), CASE(bundle_channel, CHANNEL),
        CASE(swapped, SWAPPED), CASE(bundle_cut, SWAPPED), CASE(bundle_longer, SWAPPED), CASE(bundle_empty, SWAPPED), CASE(serial_differs, SWAPPED),
        CASE(empty, NOT_SIGNED), CASE(cut_head, NOT_SIGNED), CASE(cut, NOT_SIGNED), CASE(trailing, TRAILING), CASE(huge, TOO_LONG), CASE(html, NOT_SIGNED),
        CASE(huge_number, MALFORMED), CASE(negative, MALFORMED), CASE(wraps, MALFORMED), CASE(leading_zero, CANONICAL), CASE(two_spaces, MALFORMED),
        CASE(crlf, MALFORMED), CASE(line_twice, MALFORMED), CASE(line_missing, MALFORMED), CASE(unknown_line, MALFORMED), CASE(field_more, MALFORMED),
        CASE(upper_hex, MALFORMED), CASE(long_line, MALFORMED), CASE(channel_path, MALFORMED), CASE(zero_date, MALFORMED), CASE(not_utf8, MALFORMED),
        CASE(nul, MALFORMED), CASE(must, MUST), CASE(conditions_many, MALFORMED), CASE(bundle_huge, MALFORMED), CASE(bundle_must, MUST),
        CASE(zip_slip, FILE_NAME), CASE(zip_slip_folder, FILE_NAME), CASE(absolute, FILE_NAME), CASE(backslash, FILE_NAME), CASE(hidden, FILE_NAME),
        CASE(full_width, FILE_NAME), CASE(tests_elsewhere, FILE_NAME), CASE(twice, FILE_ORDER), CASE(unsorted, FILE_ORDER), CASE(case_twin, FILE_NAME),
        CASE(file_nul, FILE_TEXT), CASE(file_utf16, FILE_TEXT), CASE(file_sjis, FILE_TEXT), CASE(file_overlong, FILE_TEXT), CASE(file_bidi, FILE_TEXT),
        CASE(file_cut_char, FILE_TEXT), CASE(name_unended, FILE_NAME), CASE(name_long, FILE_NAME), CASE(content_long, UNPACKED), CASE(files_left, UNPACKED),
        CASE(bomb, TOO_LONG), CASE(bomb_lies, UNPACKED), CASE(bomb_no_size, UNPACKED), CASE(two_frames, COMPRESSION), CASE(skippable, COMPRESSION), CASE(tar, FILE_NAME),
        CASE(gzip, COMPRESSION), CASE(frame_damaged, COMPRESSION), CASE(dictionary, COMPRESSION), CASE(unpacks_less, UNPACKED), CASE(no_files, MALFORMED),
        CASE(files_many, MALFORMED), CASE(frame_more, TRAILING), CASE(threshold_zero, THRESHOLD), CASE(threshold_over, THRESHOLD),
        CASE(trust_key_twice, MALFORMED), CASE(trust_revoked_key, MALFORMED),
};

START_TEST(test_case) {
        World w;

        world_init(&w);
        cases[_i].change(&w);
        PolicyFleet before = w.fleet;
        int r = follow(&w);
        ck_assert_msg(r == cases[_i].reason, "%s: %s, expected %s", cases[_i].name, policy_refusal_name(r), policy_refusal_name(cases[_i].reason));
        if (r == 0)
                ck_assert_uint_eq(w.fleet.pointer, 42);
        else
                ck_assert_mem_eq(&before, &w.fleet, sizeof before);
        world_done(&w);
}
END_TEST

/* Cut off anywhere, or any byte changed: refused, whichever it is. */
START_TEST(test_every_byte) {
        World w;
        PolicyPointer p;

        world_init(&w);
        for (size_t i = 0; i < w.pointer_file.n; i++) {
                uint8_t *exact = malloc(i ? i : 1);
                memcpy(exact, w.pointer_file.bytes, i);
                ck_assert_int_ne(policy_fleet_pointer(&w.fleet, &w.trust, exact, i, w.now, 1000, &p), 0);
                free(exact);
                w.pointer_file.bytes[i] ^= 0x20;
                ck_assert_int_ne(policy_fleet_pointer(&w.fleet, &w.trust, w.pointer_file.bytes, w.pointer_file.n, w.now, 1000, &p), 0);
                w.pointer_file.bytes[i] ^= 0x20;
        }
        ck_assert_int_eq(follow(&w), 0);
        world_done(&w);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-hostile");
        TCase *tc = tcase_create("all");
        SRunner *runner = srunner_create(suite);

        if (sodium_init() < 0)
                return 1;
        tcase_set_timeout(tc, 60);
        tcase_add_loop_test(tc, test_case, 0, (int)(sizeof cases / sizeof *cases));
        tcase_add_test(tc, test_every_byte);
        suite_add_tcase(suite, tc);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
