/* gateway-page: every reason to refuse, and the answer that says so in English and Japanese.
 * Runs as: anyone (pure).  Input: a host name of the zone.  Must not: copy it unescaped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-page.h"
#include <stdio.h>
#include <string.h>

typedef struct Text {
        unsigned status;
        const char *phrase, *rule, *en, *ja;
} Text;

static const Text texts[GATEWAY_REFUSALS] = {
        [GATEWAY_REFUSAL_NONE] = { 500, "Internal Error", "none", "", "" },
        [GATEWAY_REFUSAL_REQUEST] = { 400, "Bad Request", "the request is malformed",
                "The program sent a request that the gateway does not understand.", "ゲートウェイが理解できない要求です。" },
        [GATEWAY_REFUSAL_HEAD_SIZE] = { 431, "Request Header Fields Too Large", "the request's head is too large",
                "The request's head is larger than permitted. Deleting the site's cookies may help.",
                "要求のヘッダーが大きすぎます。サイトの Cookie を削除すると改善することがあります。" },
        [GATEWAY_REFUSAL_HEAD_TIME] = { 408, "Request Timeout", "the request did not arrive in time",
                "The request did not arrive in time. Try again.", "要求が時間内に届きませんでした。もう一度お試しください。" },
        [GATEWAY_REFUSAL_LENGTH] = { 411, "Length Required", "a request body needs a length",
                "A request with a body must say its length.", "本文のある要求には長さの指定が必要です。" },
        [GATEWAY_REFUSAL_NAME] = { 400, "Bad Request", "this is not a host name",
                "This is not a host name. Addresses must be written in their usual form.",
                "ホスト名として正しくありません。アドレスは通常の形で書いてください。" },
        [GATEWAY_REFUSAL_HTTP] = { 403, "Forbidden", "plain http is not permitted",
                "Plain http is not permitted in this zone. Use the https address of the site.",
                "このゾーンでは暗号化されない http は許可されていません。https のアドレスを使ってください。" },
        [GATEWAY_REFUSAL_PORT] = { 403, "Forbidden", "this port is not permitted",
                "This port is not permitted in this zone. Your administrator can permit it (\"ports\").",
                "このポートはこのゾーンでは許可されていません。管理者が設定（ports）で許可できます。" },
        [GATEWAY_REFUSAL_PRIVATE] = { 403, "Forbidden", "this address is private",
                "This address is private or reserved: it does not belong to the internet. A zone cannot reach it.",
                "このアドレスは私的または予約済みで、インターネットのものではありません。ゾーンからは接続できません。" },
        [GATEWAY_REFUSAL_HOST] = { 403, "Forbidden", "this address belongs to this computer or its network",
                "This address belongs to this computer or to the network it is on. A zone cannot reach it.",
                "このアドレスはこのコンピューター、またはその属するネットワークのものです。ゾーンからは接続できません。" },
        [GATEWAY_REFUSAL_NOT_FOUND] = { 502, "Bad Gateway", "name not found",
                "The name was not found. Check the spelling.", "名前が見つかりません。綴りを確認してください。" },
        [GATEWAY_REFUSAL_LOOKUP_TIME] = { 504, "Gateway Timeout", "the name servers gave no answer",
                "The name servers gave no answer. Check this computer's network connection.",
                "ネームサーバーが応答しません。このコンピューターのネットワーク接続を確認してください。" },
        [GATEWAY_REFUSAL_FAILING] = { 503, "Service Unavailable", "too many names that do not exist",
                "This zone asked for too many names that do not exist. Wait a little.",
                "存在しない名前への問い合わせが多すぎます。しばらくお待ちください。" },
        [GATEWAY_REFUSAL_UNREACHABLE] = { 502, "Bad Gateway", "the server cannot be reached",
                "The server cannot be reached.", "サーバーに接続できません。" },
        [GATEWAY_REFUSAL_DIAL_TIME] = { 504, "Gateway Timeout", "the server did not answer in time",
                "The server did not answer in time.", "サーバーが時間内に応答しませんでした。" },
        [GATEWAY_REFUSAL_RESPONSE] = { 502, "Bad Gateway", "the server's answer is malformed",
                "The server's answer is malformed.", "サーバーの応答が正しくありません。" },
        [GATEWAY_REFUSAL_BUSY] = { 503, "Service Unavailable", "too many connections",
                "This zone has too many connections. Close some pages.", "接続が多すぎます。いくつかのページを閉じてください。" },
        [GATEWAY_REFUSAL_RESERVED] = { 403, "Forbidden", "this name does not belong to the internet",
                "This name is reserved for private networks. A zone cannot reach it.",
                "この名前は私設のネットワーク用に予約されています。ゾーンからは接続できません。" },
        [GATEWAY_REFUSAL_DENIED] = { 403, "Forbidden", "a rule of this zone denies this name",
                "Your administrator has denied this name for this kind of zone (\"network.deny\").",
                "この種類のゾーンからこの名前への接続は、管理者が禁止しています（network.deny）。" },
        [GATEWAY_REFUSAL_LISTED] = { 403, "Forbidden", "a deny list names this site",
                "A list of harmful or unwanted sites names this one. If that is wrong, tell your administrator the name of the list.",
                "有害または不要なサイトの一覧に載っています。誤りと思われる場合は、一覧の名前を管理者に伝えてください。" },
        [GATEWAY_REFUSAL_UNLISTED] = { 403, "Forbidden", "this zone reaches listed names alone",
                "This kind of zone reaches the sites named for it and nothing else. If the page needs this name, your administrator can add it (\"network.allow\"). "
                "Other sites open in another kind of zone.",
                "この種類のゾーンは、登録されたサイトだけに接続します。ページにこの名前が必要なら、管理者が追加できます（network.allow）。他のサイトは別の種類のゾーンで開いてください。" },
        [GATEWAY_REFUSAL_ADDRESS] = { 403, "Forbidden", "this zone reaches names, not addresses",
                "This kind of zone reaches servers by name alone.", "この種類のゾーンは、サーバーの名前でのみ接続できます。" },
        [GATEWAY_REFUSAL_TARGET] = { 403, "Forbidden", "this name leads to one that is denied",
                "This name is an alias of one that is denied.", "この名前は、禁止された名前の別名です。" },
        [GATEWAY_REFUSAL_SOCKS_LOGIN] = { 403, "Forbidden", "a SOCKS login is not offered",
                "The gateway takes SOCKS5 without a password alone.", "ゲートウェイは、認証なしの SOCKS5 のみを受け付けます。" },
        [GATEWAY_REFUSAL_SOCKS_COMMAND] = { 403, "Forbidden", "this SOCKS command is not offered",
                "The gateway carries TCP connections out of the zone and nothing else.", "ゲートウェイは、ゾーンから外への TCP 接続のみを中継します。" },
        [GATEWAY_REFUSAL_TLS_NONE] = { 403, "Forbidden", "this zone carries TLS alone",
                "This kind of zone carries TLS and nothing else.", "この種類のゾーンは TLS のみを中継します。" },
        [GATEWAY_REFUSAL_TLS_FORM] = { 400, "Bad Request", "the TLS greeting is malformed", "The TLS greeting is malformed.", "TLS の最初のメッセージが正しくありません。" },
        [GATEWAY_REFUSAL_TLS_SIZE] = { 400, "Bad Request", "the TLS greeting is too large", "The TLS greeting is too large.", "TLS の最初のメッセージが大きすぎます。" },
        [GATEWAY_REFUSAL_TLS_OLD] = { 403, "Forbidden", "the TLS version is too old", "This version of TLS is no longer safe.", "この TLS のバージョンはもう安全ではありません。" },
        [GATEWAY_REFUSAL_TLS_NAME] = { 403, "Forbidden", "the TLS greeting names no server", "The TLS greeting does not name one server.", "TLS の最初のメッセージにサーバー名がありません。" },
        [GATEWAY_REFUSAL_TLS_OTHER] = { 403, "Forbidden", "the TLS greeting names another server",
                "The TLS greeting names another server than the one that was asked for.", "TLS の最初のメッセージにあるサーバー名が、要求された名前と異なります。" },
        [GATEWAY_REFUSAL_TLS_ECH] = { 403, "Forbidden", "the TLS greeting hides its server name",
                "This kind of zone does not permit an encrypted server name (ECH).", "この種類のゾーンでは、サーバー名の暗号化（ECH）は許可されていません。" },
        [GATEWAY_REFUSAL_TLS_TIME] = { 408, "Request Timeout", "the TLS greeting did not arrive in time", "The TLS greeting did not arrive in time.",
                "TLS の最初のメッセージが時間内に届きませんでした。" },
        [GATEWAY_REFUSAL_POLICY] = { 403, "Forbidden", "a newer policy ended this connection", "Your administrator's new rules no longer permit this connection.",
                "管理者の新しい規則により、この接続は許可されなくなりました。" },
};

static const Text *text_of(GatewayRefusal refusal) {
        return &texts[refusal > 0 && refusal < GATEWAY_REFUSALS ? refusal : GATEWAY_REFUSAL_REQUEST];
}

bool gateway_page_failed(GatewayRefusal refusal) {
        return refusal == GATEWAY_REFUSAL_NOT_FOUND || refusal == GATEWAY_REFUSAL_LOOKUP_TIME || refusal == GATEWAY_REFUSAL_UNREACHABLE ||
                refusal == GATEWAY_REFUSAL_DIAL_TIME || refusal == GATEWAY_REFUSAL_RESPONSE || refusal == GATEWAY_REFUSAL_BUSY;
}

unsigned gateway_page_status(GatewayRefusal refusal) {
        return text_of(refusal)->status;
}

const char *gateway_page_rule(GatewayRefusal refusal) {
        return text_of(refusal)->rule;
}

/* Names that reach this are [a-z0-9_.:-] already; the page must not depend on it. */
static void escape(const char *in, char *out, size_t max) {
        size_t at = 0;

        for (; *in && at + 8 < max; in++) {
                unsigned char c = (unsigned char)*in;
                if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("._:-[]*", c))
                        out[at++] = (char)c;
                else
                        at += (size_t)sprintf(out + at, "&#%u;", c < 0x20 || c > 0x7e ? 0xfffdu : c);
        }
        out[at] = '\0';
}

size_t gateway_page_write(GatewayRefusal refusal, const char *host, uint16_t port, const char *rule, char *ret, size_t max) {
        const Text *t = text_of(refusal);
        char name[1024], which[1024], where[2200] = "", body[4096];
        int n;

        escape(host, name, sizeof name);
        if (name[0])
                n = snprintf(where, sizeof where, "<p><b>%s</b> : %u</p>\n", name, port);
        else
                n = 0;
        escape(rule, which, sizeof which);
        if (which[0] && n >= 0)
                snprintf(where + n, sizeof where - (size_t)n, "<p><code>%s</code></p>\n", which);
        n = snprintf(body, sizeof body, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%u %s</title></head>\n"
                     "<body style=\"font-family:sans-serif;max-width:40em;margin:3em auto\"><h1>Hanare: %s</h1>\n%s"
                     "<p>%s</p>\n<p lang=\"ja\">%s</p>\n</body></html>\n", t->status, t->phrase, t->rule, where, t->en, t->ja);
        n = snprintf(ret, max, "HTTP/1.1 %u %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"
                     "Cache-Control: no-store\r\nConnection: close\r\n\r\n%s", t->status, t->phrase, n, body);
        return n < 0 || max == 0 ? 0 : (size_t)n < max ? (size_t)n : max - 1;
}
