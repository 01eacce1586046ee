/* policy-refusal: why a signed file of a fleet is not obeyed: one reason for each refusal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The functions of policy-signed, -trust, -pointer, -bundle and -fleet return 0, a PolicyRefusal, or a negative errno (memory). */
typedef enum PolicyRefusal {
        POLICY_ACCEPTED = 0,
        POLICY_REFUSED_TOO_LONG,
        POLICY_REFUSED_NOT_SIGNED,       /* not one of our signed files, or cut off */
        POLICY_REFUSED_WRONG_TYPE,       /* a signed file of another type */
        POLICY_REFUSED_TRAILING,         /* bytes after the end */
        POLICY_REFUSED_SIGNATURES,       /* no signature, too many, not in order, or one twice */
        POLICY_REFUSED_BAD_SIGNATURE,
        POLICY_REFUSED_TOO_FEW,
        POLICY_REFUSED_REVOKED,
        POLICY_REFUSED_MALFORMED,        /* the signed text is not what it should be */
        POLICY_REFUSED_CANONICAL,        /* it says the right thing in another way than the only one */
        POLICY_REFUSED_THRESHOLD,        /* a trust file that its own keys could never satisfy */
        POLICY_REFUSED_TRUST_ORDER,      /* not the next trust file */
        POLICY_REFUSED_TRUST_EXPIRED,
        POLICY_REFUSED_TRUST_OLD,        /* the pointer wants a newer trust file than the one here */
        POLICY_REFUSED_CHANNEL,
        POLICY_REFUSED_OLDER,            /* the pointer's version went back */
        POLICY_REFUSED_TWO_FACES,        /* another content under a number already seen */
        POLICY_REFUSED_SERIAL,           /* the bundle's number went back */
        POLICY_REFUSED_EXPIRED,
        POLICY_REFUSED_NOT_YET,
        POLICY_REFUSED_FUTURE,           /* issued in the future: a clock is wrong */
        POLICY_REFUSED_PRODUCT,          /* needs a newer Hanare */
        POLICY_REFUSED_MUST,             /* a condition that this version does not know */
        POLICY_REFUSED_SWAPPED,          /* the bundle is not the one that the pointer names */
        POLICY_REFUSED_SIGNER,           /* a signer that the pointer names did not sign the bundle */
        POLICY_REFUSED_COMPRESSION,
        POLICY_REFUSED_UNPACKED,         /* unpacks to another size than it says */
        POLICY_REFUSED_FILE_NAME,
        POLICY_REFUSED_FILE_ORDER,       /* files not sorted, or one twice */
        POLICY_REFUSED_FILE_TEXT,        /* a file that is not UTF-8 text */
        POLICY_REFUSALS,
} PolicyRefusal;

/* "bad-signature": for scripts. */
const char *policy_refusal_name(int refusal);
/* One English sentence: what is wrong and what to do; the launcher's message catalogue has it too. */
const char *policy_refusal_text(int refusal);
