/* compile-authority: the site's certificate authorities, and the certificates that programs read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/compile/compile-parts.h"

/* Takes every certificate of one PEM file. */
void compile_authority_read(CompileParts *parts, const CompileInput *input);
/* etc/ssl/certs/ca-certificates.crt and etc/hanare/authorities/N.pem. */
void compile_authority_files(CompileParts *parts, PolicyKind *kind);
