/* policy-key: the files of a signing key.
 * Runs as: user.  Input: the caller's own key files and passphrase.  Must not: use a key that others can read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-key.h"
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include "policy/policy-name.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>

#define KEY_FILE_MAX 2048
#define PASSPHRASE_MAX 512
#define MEMORY_MAX (1024u << 20) /* what a key file may make us use */
#define OPS_MAX 16
#define SEED 32
#define BOX (SEED + crypto_secretbox_MACBYTES)
typedef char KeyHex[2 * 64 + 1];

static int complain(const char *path, const char *what) {
        g_autofree char *shown = cli_text_escape(path);
        fprintf(stderr, "hanare policy: %s: %s\n", shown, what);
        return CLI_FAILED;
}

/* One line, without its newline. */
static int read_line(int fd, char *ret) {
        size_t n = 0;

        for (;;) {
                char c;
                ssize_t r = read(fd, &c, 1);
                if (r < 0 && errno == EINTR)
                        continue;
                if (r < 0)
                        return -errno;
                if (r == 0 || c == '\n')
                        break;
                if (n == PASSPHRASE_MAX)
                        return -EFBIG;
                ret[n++] = c;
        }
        ret[n] = '\0';
        return n > 0 ? 0 : -EINVAL;
}

static int ask(const char *question, char ret[PASSPHRASE_MAX + 1]) {
        BASE_FD fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        struct termios old, quiet;

        if (fd < 0 || tcgetattr(fd, &old) < 0) {
                fprintf(stderr, "hanare policy: %s\n", _("A passphrase is needed, and there is no terminal: use --passphrase-file."));
                return CLI_FAILED;
        }
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(fd, TCSAFLUSH, &quiet);
        dprintf(fd, "%s ", question);
        int r = read_line(fd, ret);
        (void)tcsetattr(fd, TCSAFLUSH, &old);
        dprintf(fd, "\n");
        if (r < 0)
                fprintf(stderr, "hanare policy: %s\n", _("No passphrase was given."));
        return r < 0 ? CLI_FAILED : CLI_OK;
}

static int get_passphrase(const char *file, bool twice, char ret[PASSPHRASE_MAX + 1]) {
        char again[PASSPHRASE_MAX + 1];

        if (file) {
                BASE_FD fd = open(file, O_RDONLY | O_NOCTTY | O_CLOEXEC);
                if (fd < 0)
                        return complain(file, strerror(errno));
                return read_line(fd, ret) < 0 ? complain(file, _("the passphrase is the first line, of 1 to 512 bytes")) : CLI_OK;
        }
        int r = ask(_("Passphrase:"), ret);
        if (r == CLI_OK && twice && (r = ask(_("Once more:"), again)) == CLI_OK && strcmp(ret, again) != 0) {
                fprintf(stderr, "hanare policy: %s\n", _("The two passphrases differ."));
                r = CLI_FAILED;
        }
        sodium_memzero(again, sizeof again);
        return r;
}

/* The seed in a box that only the passphrase opens. */
static int seal(BaseWriter *w, const uint8_t seed[SEED], const char *passphrase) {
        uint8_t salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], key[crypto_secretbox_KEYBYTES], box[BOX];
        KeyHex a, b, c;

        randombytes_buf(salt, sizeof salt);
        randombytes_buf(nonce, sizeof nonce);
        if (crypto_pwhash(key, sizeof key, passphrase, strlen(passphrase), salt, crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE, crypto_pwhash_ALG_ARGON2ID13) != 0)
                return -ENOMEM;
        crypto_secretbox_easy(box, seed, SEED, nonce, key);
        sodium_memzero(key, sizeof key);
        policy_hex(salt, sizeof salt, a);
        policy_hex(nonce, sizeof nonce, b);
        policy_hex(box, sizeof box, c);
        policy_lines_print(w, "passphrase %u %u %s\nsealed %s %s\n", (unsigned)crypto_pwhash_OPSLIMIT_MODERATE, (unsigned)crypto_pwhash_MEMLIMIT_MODERATE, a, b, c);
        return 0;
}

int policy_key_make(const char *path, const char *name, bool passphrase, const char *passphrase_file, uint8_t ret_public[POLICY_HASH]) {
        __attribute__((cleanup(base_writer_done))) BaseWriter w;
        char words[PASSPHRASE_MAX + 1];
        uint8_t seed[SEED], secret[64];
        KeyHex public, hex;
        int r;

        if (passphrase && (r = get_passphrase(passphrase_file, true, words)) != CLI_OK)
                return r;
        randombytes_buf(seed, sizeof seed);
        (void)crypto_sign_seed_keypair(ret_public, secret, seed);
        sodium_memzero(secret, sizeof secret);
        policy_hex(ret_public, POLICY_HASH, public);
        base_writer_init(&w, KEY_FILE_MAX);
        policy_lines_print(&w, "hanare-secret-key 1\npublic %s\n", public);
        if (!passphrase) {
                policy_hex(seed, SEED, hex);
                policy_lines_print(&w, "secret %s\n", hex);
        } else if (seal(&w, seed, words) < 0) {
                return complain(path, _("there is too little memory to protect it with a passphrase"));
        }
        sodium_memzero(words, sizeof words);
        sodium_memzero(seed, sizeof seed);
        r = policy_file_create(path, w.bytes, w.n, 0600);
        sodium_memzero(w.bytes, w.n);
        if (r < 0)
                return complain(path, strerror(-r));
        g_autofree char *beside = g_strdup_printf("%s.pub", path), *line = g_strdup_printf("hanare-public-key 1 %s %s\n", public, name);
        r = policy_file_create(beside, line, strlen(line), 0644);
        return r < 0 ? complain(beside, strerror(-r)) : CLI_OK;
}

static int unseal(PolicyLines *l, const char *path, const char *passphrase_file, uint8_t seed[SEED]) {
        uint8_t salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], key[crypto_secretbox_KEYBYTES], box[BOX];
        char words[PASSPHRASE_MAX + 1], hex[3][2 * 64 + 1];
        uint64_t ops = policy_lines_number(l), memory = policy_lines_number(l);
        int r;

        policy_lines_word(l, hex[0], sizeof hex[0]);
        policy_lines_end(l);
        policy_lines_need(l, "sealed");
        policy_lines_word(l, hex[1], sizeof hex[1]);
        policy_lines_word(l, hex[2], sizeof hex[2]);
        policy_lines_end(l);
        if (l->failed || ops > OPS_MAX || memory > MEMORY_MAX || !policy_unhex(hex[0], salt, sizeof salt) || !policy_unhex(hex[1], nonce, sizeof nonce) ||
            !policy_unhex(hex[2], box, sizeof box))
                return complain(path, _("this is not a secret key of Hanare"));
        if ((r = get_passphrase(passphrase_file, false, words)) != CLI_OK)
                return r;
        r = crypto_pwhash(key, sizeof key, words, strlen(words), salt, ops, (size_t)memory, crypto_pwhash_ALG_ARGON2ID13);
        sodium_memzero(words, sizeof words);
        if (r != 0)
                return complain(path, _("there is too little memory to open it"));
        r = crypto_secretbox_open_easy(seed, box, sizeof box, nonce, key);
        sodium_memzero(key, sizeof key);
        return r != 0 ? complain(path, _("this is not its passphrase")) : CLI_OK;
}

/* Ours or root's, and nobody else can read it. */
static int check_owner(const char *path) {
        struct stat st;

        if (stat(path, &st) < 0)
                return complain(path, strerror(errno));
        if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & 077))
                return complain(path, _("others can read this key: make it yours alone with chmod 600; if they may have read it, make another and revoke this one"));
        return CLI_OK;
}

int policy_key_load(const char *path, const char *passphrase_file, uint8_t ret_secret[64]) {
        BASE_FREE uint8_t *bytes = NULL;
        uint8_t public[POLICY_HASH], stated[POLICY_HASH], seed[SEED];
        PolicyLines l;
        size_t n;
        int r = check_owner(path);

        if (r != CLI_OK)
                return r;
        if ((r = policy_file_read(path, KEY_FILE_MAX, &bytes, &n)) < 0)
                return complain(path, strerror(-r));
        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-secret-key");
        if (policy_lines_number(&l) != 1)
                return complain(path, _("this is not a secret key of Hanare"));
        policy_lines_need(&l, "public");
        policy_lines_hash(&l, stated);
        if (policy_lines_take(&l, "secret"))
                policy_lines_hash(&l, seed);
        else if (policy_lines_take(&l, "passphrase") && (r = unseal(&l, path, passphrase_file, seed)) != CLI_OK)
                return r;
        sodium_memzero(bytes, n);
        if (l.failed || l.at != n)
                return complain(path, _("this is not a secret key of Hanare"));
        (void)crypto_sign_seed_keypair(public, ret_secret, seed);
        sodium_memzero(seed, sizeof seed);
        sodium_memzero(&l, sizeof l);
        return memcmp(public, stated, sizeof public) == 0 ? CLI_OK : complain(path, _("its two halves do not belong together"));
}

int policy_key_public(const char *word, uint8_t ret[POLICY_HASH], char name[POLICY_KEY_NAME + 1]) {
        BASE_FREE uint8_t *bytes = NULL;
        PolicyLines l;
        size_t n;

        if (policy_unhex(word, ret, POLICY_HASH)) {
                (void)snprintf(name, POLICY_KEY_NAME + 1, "%.16s", word);
                return CLI_OK;
        }
        int r = policy_file_read(word, KEY_FILE_MAX, &bytes, &n);
        if (r < 0)
                return complain(word, strerror(-r));
        policy_lines_init(&l, bytes, n);
        policy_lines_need(&l, "hanare-public-key");
        if (policy_lines_number(&l) != 1)
                l.failed = true;
        policy_lines_hash(&l, ret);
        policy_lines_rest(&l, name, POLICY_KEY_NAME + 1);
        return l.failed || l.at != n ? complain(word, _("this is not a public key of Hanare")) : CLI_OK;
}
