#!/bin/sh
# test-rig: the rig itself: what it serves, what it must not change on the machine.
# Runs as: root.  Brings the rig up and down; run it when nothing else uses the rig.
# SPDX-License-Identifier: GPL-3.0-or-later
set -u

here=$(cd "$(dirname "$0")" && pwd)
. "$here/process.sh"
rig=$here/rig.sh
pids=$(mktemp)
trap 'rm -f "$pids"' EXIT
passed=0
failed=0

ok() { # WHAT STATUS
        if [ "$2" = 0 ]; then
                passed=$((passed + 1))
        else
                failed=$((failed + 1))
                echo "FAILED: $1"
        fi
}

same() { # WHAT EXPECTED GOT
        if [ "$2" = "$3" ]; then
                ok "$1" 0
        else
                ok "$1: expected '$2', got '$3'" 1
        fi
}

get() {
        "$rig" exec curl -sS -m 10 --cacert "$HANARE_RIG_AUTHORITY" "$@"
}

code() {
        get -o /dev/null -w '%{http_code}' "$@" 2>/dev/null
}

machine() {
        ip route show table all
        ip -br addr show
        cat /etc/resolv.conf
}

"$rig" down
before=$(machine)
settings=$("$rig" up)
ok "up" $?
eval "$settings"
same "up again says the same" "$settings" "$("$rig" up)"
same "status says the same" "$settings" "$("$rig" status)"
same "the machine's routes, addresses and resolver are as before" "$before" "$(machine)"

for url in https://www.hanare-demo.com/ http://www.hanare-demo.com/ https://bank.hanare-demo.com/ https://alias.hanare-demo.com/ \
           https://www.hanare-demo.com/clip.webm https://www.hanare-demo.com/sample.pdf https://www.hanare-demo.com/canvas.html \
           https://www.hanare-demo.com/download/%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf https://six.hanare-demo.com/; do
        same "$url" 200 "$(code "$url")"
done
same "IPv6" 200 "$(code -6 https://bank.hanare-demo.com/)"
same "IPv4" 200 "$(code -4 https://bank.hanare-demo.com/)"
same "a form" 200 "$(code -d number=1 https://bank.hanare-demo.com/login)"
same "the bank's page" 1 "$(get https://bank.hanare-demo.com/ | grep -c '離れ銀行 – ログイン')"
get https://untrusted.hanare-demo.com/ >/dev/null 2>&1
same "a stranger's certificate is refused by curl" 60 $?
same "the office answers its own network" "office: no zone may read this" "$(get https://office.hanare-demo.com/)"
same "the on-link host answers" "office: no zone may read this" "$(get http://onlink.hanare-demo.com/)"
same "rebind's addresses" "10.0.0.5 127.0.0.1 169.254.169.254 ::1" \
        "$("$rig" exec getent ahosts rebind.hanare-demo.com | cut -d' ' -f1 | sort -u | tr '\n' ' ' | sed 's/ $//')"
"$rig" exec getent ahosts nobody.hanare-demo.com >/dev/null
same "an unknown name" 2 $?

mark=$("$rig" mark)
"$rig" seen 'GET /painted\?page=%2Ftest ' 1 "$mark" >/dev/null 2>&1
same "seen fails when there is nothing" 1 $?
same "painted answers" 204 "$(code 'https://www.hanare-demo.com/painted?page=%2Ftest')"
"$rig" seen 'www.hanare-demo.com "GET /painted\?page=%2Ftest ' 2 "$mark" >/dev/null
ok "seen finds it" $?

cp /run/hanare-rig/pids/dns "$pids"
process_alive "$pids"
ok "the name server runs" $?
"$rig" down
ok "down" $?
process_alive "$pids"
same "the name server is gone" 1 $?
test ! -e /run/netns/hanare-host -a ! -e /etc/netns/hanare-host -a ! -e "$HANARE_RIG_AUTHORITY" -a ! -e /run/hanare-rig
ok "nothing is left" $?
"$rig" down
ok "down again" $?
same "the machine is as before" "$before" "$(machine)"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
