#!/bin/sh
# guest-apparmor: the profile of zone programs alone, without the product: Chromium runs inside it with its own sandbox,
# and nothing outside /usr is executed.
# Runs as: root, in the booted machine.  Needs the folder apparmor/ beside it (HANARE_VM_EXTRA=data/apparmor).
# SPDX-License-Identifier: GPL-3.0-or-later
set -u

passed=0
failed=0
same() { # WHAT EXPECTED GOT
        if [ "$2" = "$3" ]; then
                passed=$((passed + 1))
        else
                failed=$((failed + 1))
                echo "FAILED: $1: expected '$2', got '$3'"
        fi
}

cat > /tmp/run-memfd.py <<'PY'
import os
import shutil
import sys
fd = os.memfd_create("run", 0)
with open("/usr/bin/true", "rb") as source:
    shutil.copyfileobj(source, os.fdopen(os.dup(fd), "wb"))
try:
    os.execve(fd, ["true"], {})
except OSError as error:
    sys.exit(error.errno)
PY
cp /usr/bin/true /tmp/true
chmod 0755 /tmp/true /tmp/run-memfd.py
useradd -m alice

as_alice() {
        setpriv --reuid alice --regid alice --init-groups --no-new-privs env HOME=/home/alice XDG_RUNTIME_DIR=/home/alice "$@"
}

status_of() {
        "$@" >/dev/null 2>&1
        echo $?
}

confined() {
        as_alice aa-exec -p hanare-zone -- "$@"
}

same "the profile loads" 0 "$(status_of apparmor_parser -r -K apparmor/hanare-zone)"
same "it is enforced" 1 "$(grep -c '^hanare-zone (enforce)' /sys/kernel/security/apparmor/profiles)"
same "a program says so" "hanare-zone (enforce)" "$(confined cat /proc/self/attr/apparmor/current)"

same "without it a memfd runs" 0 "$(status_of as_alice python3 /tmp/run-memfd.py)"
same "with it a memfd does not" 13 "$(status_of confined python3 /tmp/run-memfd.py)"
same "without it a file in /tmp runs" 0 "$(status_of as_alice /tmp/true)"
same "with it a file in /tmp does not" 126 "$(status_of confined sh -c /tmp/true)"
same "without it the loader runs a file in /tmp" 0 "$(status_of as_alice /usr/lib64/ld-linux-x86-64.so.2 /tmp/true)"
same "with it the loader does not" 127 "$(status_of confined /usr/lib64/ld-linux-x86-64.so.2 /tmp/true)"
same "with it a file below /usr runs" 0 "$(status_of confined /usr/bin/true)"
same "a signal to a program outside is refused" 1 "$(status_of confined sh -c "kill -0 $$")"
same "a packet socket is refused" 13 "$(status_of confined python3 -c 'import socket, sys
try:
    socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
except OSError as error:
    sys.exit(error.errno)')"

sleep 1
journalctl -k -b --no-pager -o cat | grep -c 'apparmor="DENIED"' > "$1/denied-before"
cat > /home/alice/page.html <<'PAGE'
<!doctype html><meta charset=utf-8><title>x</title><p id=p>before<script>
const c = document.createElement('canvas').getContext('webgl');
new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))).onmessage = () => document.querySelector('#p').textContent = 'scripted 漢字 ' + !!c;
</script>
PAGE
got=$(confined timeout 240 /usr/lib/chromium/chromium --headless --disable-gpu-compositing --user-data-dir=/home/alice/c \
        --timeout=30000 --dump-dom file:///home/alice/page.html 2> "$1/chromium.err" | grep -o 'scripted 漢字')
same "Chromium runs a page inside" "scripted 漢字" "$got"
confined timeout 300 /usr/lib/chromium/chromium --headless --user-data-dir=/home/alice/c file:///home/alice/page.html >/dev/null 2>&1 &
for _ in $(seq 60); do
        renderer=$(pgrep -f -- '--type=renderer' | head -n 1)
        [ -z "$renderer" ] || break
        sleep 1
done
sleep 3
same "its renderer is confined" "hanare-zone (enforce)" "$(cat "/proc/$renderer/attr/apparmor/current")"
same "its renderer has a filter of its own" 2 "$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$renderer/status")"
same "its renderer has a user namespace of its own" 1 \
        "$([ "$(readlink "/proc/$renderer/ns/user")" != "$(readlink /proc/1/ns/user)" ] && echo 1)"
kill "$!"
sleep 2
journalctl -k -b --no-pager -o cat | grep 'apparmor="DENIED"' | tail -n "+$(($(cat "$1/denied-before") + 1))" > "$1/denied"
same "nothing that Chromium needs was refused" 0 "$(wc -l < "$1/denied")"
sort "$1/denied" | grep -o 'operation=.*' | sed 's/pid=[0-9]* //' | sort | uniq -c | head -n 20

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
