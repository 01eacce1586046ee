#!/bin/sh
# make-accounts: the three service accounts and the state folders, where no systemd does it (systemd-sysusers, systemd-tmpfiles).
# Runs as: root.  Idempotent.  SPDX-License-Identifier: GPL-3.0-or-later
set -eu
for name in broker compile; do
        if ! getent passwd "_hanare-$name" >/dev/null; then
                useradd --system --no-create-home --home-dir / --shell /usr/sbin/nologin --user-group "_hanare-$name"
        fi
        install -d -m 0711 /var/lib/hanare
        install -d -m 0700 -o "_hanare-$name" -g "_hanare-$name" "/var/lib/hanare/$name"
done
if ! getent passwd _hanare-pull >/dev/null; then
        useradd --system --no-create-home --home-dir / --shell /usr/sbin/nologin --user-group _hanare-pull
fi
install -d -m 0755 -o _hanare-pull -g _hanare-pull /var/lib/hanare/spool
