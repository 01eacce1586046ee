#!/bin/sh
# make-authority: a throwaway certificate authority and the certificates of the rig's web servers.
# Runs as: root.  Usage: make-authority.sh FOLDER (made; 0700, but for authority.pem nothing in it is for others).
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

dir=$1
days=30
mkdir -p "$dir"
chmod 0711 "$dir"
umask 077
cd "$dir"

make_key() { # NAME
        openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
}

make_authority() { # NAME SUBJECT
        make_key "$1"
        openssl req -new -x509 -key "$1.key" -out "$1.pem" -days "$days" -subj "$2" -batch \
                -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign"
}

make_server() { # NAME AUTHORITY SUBJECT-ALT-NAMES
        make_key "$1"
        printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth" \
                "subjectAltName=$3" > "$1.ext"
        openssl req -new -key "$1.key" -subj "/O=Hanare rig/CN=$1" -batch |
                openssl x509 -req -CA "$2.pem" -CAkey "$2.key" -set_serial "0x$(openssl rand -hex 8)" -days "$days" -extfile "$1.ext" \
                        -out "$1.pem" 2>/dev/null
}

make_authority authority "/O=Hanare rig/CN=Hanare rig throwaway authority"
make_authority stranger "/O=Stranger/CN=An authority that nobody trusts"
make_server www authority "DNS:www.hanare-demo.com,DNS:news.hanare-demo.com,DNS:mail.hanare-demo.com,DNS:files.hanare-demo.com,DNS:six.hanare-demo.com,DNS:mixed.hanare-demo.com,DNS:alias.hanare-demo.com"
make_server bank authority "DNS:bank.hanare-demo.com"
make_server office authority "DNS:office.hanare-demo.com,DNS:office6.hanare-demo.com,DNS:onlink.hanare-demo.com,DNS:alias-office.hanare-demo.com,DNS:mapped.hanare-demo.com,DNS:rebind.hanare-demo.com,IP:10.77.0.1,IP:11.22.44.9,IP:2a0f:77:77:1::1"
make_server untrusted stranger "DNS:untrusted.hanare-demo.com"
rm -f authority.key stranger.key ./*.ext
chmod 0644 authority.pem
