/* policy-bundle: the policy files of a site in one compressed piece.
 * Runs as: anyone (pure).  Input: foreign bytes.  Must not: allocate more than POLICY_MAX_UNPACKED, accept a name that is not permitted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-bundle.h"
#include "base/base-fd.h"
#include "policy/policy-message.h"
#include "policy/policy-name.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <zstd.h>

#define NAME_MAX_BYTES 96
#define LEVEL 19

static const struct {
        const char *folder, *ends[2];
} places[] = {
        { "kinds.d/", { ".jsonc", ".jsonc" } },
        { "authorities/", { ".pem", ".crt" } },
        { "tests.d/", { ".jsonc", ".jsonc" } },
};

static bool ends_with(const char *name, const char *end) {
        size_t n = strlen(name), k = strlen(end);
        return n > k && strcmp(name + n - k, end) == 0;
}

bool policy_bundle_name_valid(const char *name) {
        if (strcmp(name, "hanare.jsonc") == 0)
                return true;
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
                size_t k = strlen(places[i].folder);
                if (strncmp(name, places[i].folder, k) == 0)
                        return policy_word_valid(name + k, NAME_MAX_BYTES - 16) && (ends_with(name + k, places[i].ends[0]) || ends_with(name + k, places[i].ends[1]));
        }
        return false;
}

bool policy_bundle_text_valid(const uint8_t *bytes, size_t n) {
        return policy_document_valid((const char *)bytes, n);
}

bool policy_bundle_for(const PolicyBundle *b, const char *channel) {
        for (unsigned i = 0; i < b->n_channels; i++)
                if (strcmp(b->channels[i], channel) == 0)
                        return true;
        return false;
}

void policy_bundle_free(PolicyBundle *b) {
        if (b)
                free(b->unpacked);
        free(b);
}

static void free_bundle(PolicyBundle **b) {
        policy_bundle_free(*b);
}

static bool channels_sensible(const PolicyBundle *b) {
        if (b->n_channels == 0 || b->serial == 0 || b->n_files == 0)
                return false;
        for (unsigned i = 0; i < b->n_channels; i++)
                if (!policy_word_valid(b->channels[i], POLICY_MAX_CHANNEL) || (i > 0 && strcmp(b->channels[i - 1], b->channels[i]) >= 0))
                        return false;
        return true;
}

static int write_head(BaseWriter *w, const PolicyBundle *b, size_t unpacked, size_t packed) {
        char issued[POLICY_TIME_MAX];

        policy_time_text(b->issued, issued);
        policy_lines_print(w, "hanare-bundle 1\nserial %" PRIu64 "\nissued %s\n", b->serial, issued);
        for (unsigned i = 0; i < b->n_channels; i++)
                policy_lines_print(w, "channel %s\n", b->channels[i]);
        policy_conditions_write(w, &b->conditions);
        policy_lines_print(w, "files %u %zu %zu\n", b->n_files, unpacked, packed);
        return w->failed ? -ENOMEM : 0;
}

/* Reads the text before the frame; *ret_at is where the frame begins. */
static int read_head(const void *bytes, size_t n, PolicyBundle *b, size_t *ret_unpacked, size_t *ret_at) {
        __attribute__((cleanup(base_writer_done))) BaseWriter w = { 0 };
        uint64_t files, unpacked, packed;
        PolicyLines l;
        int r;

        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-bundle");
        if (policy_lines_number(&l) != 1)
                return POLICY_REFUSED_MALFORMED;
        policy_lines_need(&l, "serial");
        b->serial = policy_lines_number(&l);
        policy_lines_need(&l, "issued");
        b->issued = policy_lines_time(&l);
        while (policy_lines_take(&l, "channel")) {
                if (b->n_channels == POLICY_MAX_CHANNELS)
                        return POLICY_REFUSED_MALFORMED;
                policy_lines_word(&l, b->channels[b->n_channels++], sizeof b->channels[0]);
        }
        policy_conditions_read(&l, &b->conditions);
        policy_lines_need(&l, "files");
        files = policy_lines_number(&l);
        unpacked = policy_lines_number(&l);
        packed = policy_lines_number(&l);
        if (l.failed || files > POLICY_MAX_BUNDLE_FILES)
                return POLICY_REFUSED_MALFORMED;
        b->n_files = (unsigned)files;
        if (!channels_sensible(b))
                return POLICY_REFUSED_MALFORMED;
        if (unpacked == 0 || unpacked > POLICY_MAX_UNPACKED)
                return POLICY_REFUSED_TOO_LONG;
        if (packed != n - l.at)
                return packed < n - l.at ? POLICY_REFUSED_TRAILING : POLICY_REFUSED_MALFORMED;
        base_writer_init(&w, POLICY_MAX_POINTER);
        if ((r = write_head(&w, b, (size_t)unpacked, (size_t)packed)) < 0)
                return r;
        if (w.n != l.at || memcmp(w.bytes, bytes, w.n) != 0)
                return POLICY_REFUSED_CANONICAL;
        if ((r = policy_conditions_check(&b->conditions)) != 0)
                return r;
        *ret_unpacked = (size_t)unpacked;
        *ret_at = l.at;
        return 0;
}

/* One frame of one size, straight into a buffer of that size: no window, nothing that grows. */
static int unpack(const uint8_t *frame, size_t n, size_t unpacked, uint8_t **ret) {
        static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd }; /* RFC 8878; neither a skippable frame nor an old format */

        if (n < sizeof magic || memcmp(frame, magic, sizeof magic) != 0 || ZSTD_getDictID_fromFrame(frame, n) != 0 ||
            ZSTD_findFrameCompressedSize(frame, n) != n)
                return POLICY_REFUSED_COMPRESSION;
        if (ZSTD_getFrameContentSize(frame, n) != unpacked)
                return POLICY_REFUSED_UNPACKED;
        BASE_FREE uint8_t *room = malloc(unpacked);
        if (!room)
                return -ENOMEM;
        size_t r = ZSTD_decompress(room, unpacked, frame, n);
        if (ZSTD_isError(r))
                return POLICY_REFUSED_COMPRESSION;
        if (r != unpacked)
                return POLICY_REFUSED_UNPACKED;
        *ret = base_steal(&room);
        return 0;
}

static int read_files(PolicyBundle *b, size_t unpacked) {
        BaseReader r;

        base_reader_init(&r, b->unpacked, unpacked);
        for (unsigned i = 0; i < b->n_files; i++) {
                struct PolicyBundleFile *f = &b->files[i];
                f->name = base_read_string(&r, NAME_MAX_BYTES);
                if (r.failed || !policy_bundle_name_valid(f->name))
                        return POLICY_REFUSED_FILE_NAME;
                if (i > 0 && strcmp(b->files[i - 1].name, f->name) >= 0)
                        return POLICY_REFUSED_FILE_ORDER;
                f->bytes = base_read_bytes(&r, POLICY_INPUT_MAX, &f->n);
                if (r.failed)
                        return POLICY_REFUSED_UNPACKED;
                if (!policy_bundle_text_valid(f->bytes, f->n))
                        return POLICY_REFUSED_FILE_TEXT;
        }
        return base_reader_end(&r) ? 0 : POLICY_REFUSED_UNPACKED;
}

int policy_bundle_decode(const void *bytes, size_t n, PolicyBundle **ret) {
        __attribute__((cleanup(free_bundle))) PolicyBundle *b = calloc(1, sizeof *b);
        size_t unpacked, at;
        int r;

        if (!b)
                return -ENOMEM;
        if ((r = read_head(bytes, n, b, &unpacked, &at)) != 0 || (r = unpack((const uint8_t *)bytes + at, n - at, unpacked, &b->unpacked)) != 0 ||
            (r = read_files(b, unpacked)) != 0)
                return r;
        *ret = base_steal(&b);
        return 0;
}

static int pack_files(const PolicyBundle *b, BaseWriter *w) {
        for (unsigned i = 0; i < b->n_files; i++) {
                const struct PolicyBundleFile *f = &b->files[i];
                if (!policy_bundle_name_valid(f->name))
                        return POLICY_REFUSED_FILE_NAME;
                if (i > 0 && strcmp(b->files[i - 1].name, f->name) >= 0)
                        return POLICY_REFUSED_FILE_ORDER;
                if (f->n > POLICY_INPUT_MAX)
                        return POLICY_REFUSED_TOO_LONG;
                if (!policy_bundle_text_valid(f->bytes, f->n))
                        return POLICY_REFUSED_FILE_TEXT;
                base_write_string(w, f->name);
                base_write_bytes(w, f->bytes, f->n);
        }
        return w->failed ? POLICY_REFUSED_TOO_LONG : 0;
}

int policy_bundle_encode(const PolicyBundle *b, uint8_t **ret, size_t *ret_n) {
        __attribute__((cleanup(base_writer_done))) BaseWriter files;
        BASE_FREE uint8_t *packed = NULL;
        BaseWriter w;
        int r;

        if (!channels_sensible(b) || b->n_files > POLICY_MAX_BUNDLE_FILES)
                return POLICY_REFUSED_MALFORMED;
        base_writer_init(&files, POLICY_MAX_UNPACKED);
        if ((r = pack_files(b, &files)) != 0)
                return r;
        size_t room = ZSTD_compressBound(files.n);
        packed = malloc(room);
        size_t n = packed ? ZSTD_compress(packed, room, files.bytes, files.n, LEVEL) : 0;
        if (!packed || ZSTD_isError(n))
                return -ENOMEM;
        base_writer_init(&w, POLICY_MAX_BUNDLE);
        r = write_head(&w, b, files.n, n);
        base_write_raw(&w, packed, n);
        if (r < 0 || w.failed) {
                base_writer_done(&w);
                return POLICY_REFUSED_TOO_LONG;
        }
        *ret = w.bytes;
        *ret_n = w.n;
        return 0;
}
