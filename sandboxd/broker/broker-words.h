/* broker-words: the names that states, reasons and bits have on the bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"
#include <glib.h>

const char *broker_words_reason(uint32_t reason);  /* "exit", ...; "unknown" for a number of another version */
const char *broker_words_state(uint32_t state);
const char *broker_words_notice(uint32_t notice);  /* PolicyNotice */
const char *broker_words_display(uint32_t display);
/* One English sentence: what ended the zone. Free with g_free. */
char *broker_words_sentence(uint32_t reason, uint32_t detail, uint32_t status, const char *text);
GVariant *broker_words_substitutes(uint32_t bits); /* as, floating */
GVariant *broker_words_proofs(uint32_t bits);
