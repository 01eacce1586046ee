/* policy-refusal: the names and sentences of the reasons.
 * Runs as: anyone (pure).  Input: a number.  Must not: translate; the launcher does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-refusal.h"
#include <stddef.h>

#define N_(text) text

static const struct {
        const char *name, *text;
} refusals[POLICY_REFUSALS] = {
        [POLICY_ACCEPTED] = { "accepted", N_("accepted") },
        [POLICY_REFUSED_TOO_LONG] = { "too-long", N_("it is longer than such a file may be") },
        [POLICY_REFUSED_NOT_SIGNED] = { "not-signed", N_("it is not a signed file of Hanare, or it was cut off") },
        [POLICY_REFUSED_WRONG_TYPE] = { "wrong-type", N_("it is a signed file of another type than is needed here") },
        [POLICY_REFUSED_TRAILING] = { "trailing-bytes", N_("there are bytes after its end") },
        [POLICY_REFUSED_SIGNATURES] = { "signature-list", N_("its list of signatures is empty, too long, not in order, or has a key twice") },
        [POLICY_REFUSED_BAD_SIGNATURE] = { "bad-signature", N_("a signature does not fit its bytes: it was changed after it was signed") },
        [POLICY_REFUSED_TOO_FEW] = { "too-few-signers", N_("too few of the keys that may sign it have signed it") },
        [POLICY_REFUSED_REVOKED] = { "revoked-key", N_("it is signed with a key that was revoked") },
        [POLICY_REFUSED_MALFORMED] = { "malformed", N_("what was signed is not in the form that this version understands") },
        [POLICY_REFUSED_CANONICAL] = { "not-canonical", N_("what was signed is not written in the one permitted form") },
        [POLICY_REFUSED_THRESHOLD] = { "threshold", N_("it asks for more signers than it names keys, or for none") },
        [POLICY_REFUSED_TRUST_ORDER] = { "trust-order", N_("it is not the trust file that follows the one in use") },
        [POLICY_REFUSED_TRUST_EXPIRED] = { "trust-expired", N_("the trust file has expired: sign and publish its next version") },
        [POLICY_REFUSED_TRUST_OLD] = { "trust-old", N_("it needs a newer trust file than the one in use") },
        [POLICY_REFUSED_CHANNEL] = { "wrong-channel", N_("it is made for another channel") },
        [POLICY_REFUSED_OLDER] = { "older-version", N_("it is older than one that was accepted here before") },
        [POLICY_REFUSED_TWO_FACES] = { "two-faces", N_("a different one with the same number was accepted here before") },
        [POLICY_REFUSED_SERIAL] = { "older-bundle", N_("its bundle is older than one that was accepted here before: publish old content with a new number") },
        [POLICY_REFUSED_EXPIRED] = { "expired", N_("it has expired: publish again, or look at the clock of this computer") },
        [POLICY_REFUSED_NOT_YET] = { "not-yet", N_("it is not valid yet") },
        [POLICY_REFUSED_FUTURE] = { "future", N_("it was issued in the future: look at the clocks of this computer and of the publisher") },
        [POLICY_REFUSED_PRODUCT] = { "product-old", N_("it needs a newer version of Hanare") },
        [POLICY_REFUSED_MUST] = { "unknown-condition", N_("it has a condition that this version of Hanare does not know") },
        [POLICY_REFUSED_SWAPPED] = { "swapped", N_("it is not the bundle that the pointer names") },
        [POLICY_REFUSED_SIGNER] = { "signer-missing", N_("a signer that the pointer names has not signed the bundle") },
        [POLICY_REFUSED_COMPRESSION] = { "compression", N_("its compressed part is damaged or not one plain zstd frame") },
        [POLICY_REFUSED_UNPACKED] = { "unpacked-size", N_("it unpacks to another size than it says") },
        [POLICY_REFUSED_FILE_NAME] = { "file-name", N_("it holds a file with a name that is not permitted") },
        [POLICY_REFUSED_FILE_ORDER] = { "file-order", N_("its files are not in order, or one is there twice") },
        [POLICY_REFUSED_FILE_TEXT] = { "file-text", N_("it holds a file that is not UTF-8 text") },
};

const char *policy_refusal_name(int refusal) {
        return refusal >= 0 && refusal < POLICY_REFUSALS ? refusals[refusal].name : "error";
}

const char *policy_refusal_text(int refusal) {
        return refusal >= 0 && refusal < POLICY_REFUSALS ? refusals[refusal].text : N_("it could not be checked: out of memory");
}
