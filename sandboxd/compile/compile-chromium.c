/* compile-chromium: a kind's Chromium.
 * Runs as: compile.  Input: a checked kind file.  Must not: start it without its own sandbox, or with a way past the gateway.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-browser.h"
#include <errno.h>
#include <string.h>

#define DIR "/usr/lib/chromium"

/* Never the wrapper in /usr/bin: it is a shell script. */
static const char *const arguments[] = {
        "--ozone-platform=wayland", "--no-first-run", "--start-maximized", "--no-default-browser-check", "--password-store=basic",
        "--disable-breakpad", /* the crash handler would call ptrace, which ends the zone */
        "--user-data-dir=" COMPILE_HOME "/.config/chromium",
};
static const char *const never_arguments[] = {
        "--no-sandbox", "--disable-setuid-sandbox", "--disable-namespace-sandbox", "--disable-seccomp", "--disable-gpu-sandbox", "--allow-sandbox-debugging",
        "--no-zygote", "--single-process", "--in-process-gpu", "--proxy", "--no-proxy", "--host-resolver-rules", "--host-rules", "--user-data-dir",
        "--password-store", "--ozone-platform", "--disable-web-security", "--ignore-certificate-errors", "--renderer-cmd-prefix", "--utility-cmd-prefix",
        "--gpu-launcher", "--load-extension", "--disable-site-isolation", "--disable-breakpad", "--enable-breakpad", "%u", NULL,
};
/* Chromium's name for each; chromeenterprise.google/policies */
static const char *const forced[] = {
        "ProxySettings", "ProxyMode", "ProxyServer", "ProxyServerMode", "ProxyPacUrl", "ProxyBypassList", "QuicAllowed", "DnsOverHttpsMode",
        "DnsOverHttpsTemplates", "DnsOverHttpsTemplatesWithIdentifiers", "EncryptedClientHelloEnabled", "WebRtcIPHandling", "BuiltInDnsClientEnabled",
        "CACertificates", "AudioSandboxEnabled", "NetworkServiceSandboxEnabled", "DownloadDirectory", "UserDataDir", "BackgroundModeEnabled", NULL,
};

static json_t *authorities(const CompileParts *parts) {
        json_t *list = json_array();

        for (uint32_t i = 0; i < parts->n_authorities; i++)
                json_array_append_new(list, json_string(parts->authorities[i]));
        return list;
}

static json_t *forced_policies(const CompileParts *parts) {
        return json_pack("{s:{s:s, s:s}, s:b, s:s, s:b, s:s, s:b, s:i, s:o, s:b, s:s, s:b}",
                         "ProxySettings", "ProxyMode", "fixed_servers", "ProxyServer", COMPILE_PROXY,
                         "QuicAllowed", 0, "DnsOverHttpsMode", "off",
                         "EncryptedClientHelloEnabled", 0, /* the gateway compares the name in the clear */
                         "WebRtcIPHandling", "disable_non_proxied_udp", "BuiltInDnsClientEnabled", 0, "MaxConnectionsPerProxy", 128,
                         "CACertificates", authorities(parts), "AudioSandboxEnabled", 1,
                         "DownloadDirectory", COMPILE_DOWNLOADS, "BackgroundModeEnabled", 0);
}

/* What a site may change: nothing persists in a zone, and nothing about the user is known there. */
static json_t *default_policies(const PolicyKind *kind) {
        static const char *const off[] = {
                "MetricsReportingEnabled", "DefaultBrowserSettingEnabled", "PasswordManagerEnabled", "AutofillCreditCardEnabled", "PromotionsEnabled",
                "UserFeedbackAllowed", "BrowserGuestModeEnabled", "BrowserAddPersonEnabled", "DomainReliabilityAllowed", "RemoteDebuggingAllowed",
                "EnableMediaRouter", "AudioCaptureAllowed", "VideoCaptureAllowed", "PrivacySandboxPromptEnabled",
        };
        static const char *const blocked[] = { /* 2 = never, and do not ask */
                "DefaultGeolocationSetting", "DefaultWebUsbGuardSetting", "DefaultWebBluetoothGuardSetting", "DefaultWebHidGuardSetting",
                "DefaultSerialGuardSetting", "NetworkPredictionOptions",
        };
        char colour[8];
        json_t *all = json_object();

        for (size_t i = 0; i < sizeof off / sizeof *off; i++)
                json_object_set_new(all, off[i], json_false());
        for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++)
                json_object_set_new(all, blocked[i], json_integer(2));
        snprintf(colour, sizeof colour, "#%06x", kind->colour & 0xffffffu);
        json_object_set_new(all, "BrowserThemeColor", json_string(colour));
        json_object_set_new(all, "BrowserSignin", json_integer(0));
        json_object_set_new(all, "SyncDisabled", json_true());
        json_object_set_new(all, "ExtensionInstallBlocklist", json_pack("[s]", "*"));
        return all;
}

/* file: stays blocked, whatever list the site gives. */
static void block_files(json_t *all) {
        json_t *list = json_object_get(all, "URLBlocklist");

        if (!json_is_array(list)) {
                list = json_array();
                json_object_set_new(all, "URLBlocklist", list);
        }
        json_array_append_new(list, json_string("file://*"));
}

static void add_policies(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        json_t *all = default_policies(kind), *hard = forced_policies(parts);

        compile_browser_merge(parts, doc, "policies.chromium", all, forced);
        if (!all || !hard || json_object_update(all, hard) < 0)
                parts->error = parts->error ? parts->error : -ENOMEM;
        json_decref(hard);
        if (parts->error < 0) {
                json_decref(all);
                return;
        }
        block_files(all);
        compile_browser_add_json(parts, kind, "etc/chromium/policies/managed/hanare.json", all);
}

void compile_chromium_add(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        compile_parts_add_program(parts, kind, "chromium", DIR "/chromium");
        for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
                compile_parts_add(parts, &kind->args, POLICY_MAX_ARGS, "arguments", arguments[i]);
        compile_browser_add_arguments(parts, kind, doc, never_arguments);
        compile_parts_add(parts, &kind->args, POLICY_MAX_ARGS, "arguments", "%u");
        compile_parts_add_subtree(parts, kind, DIR, POLICY_SUBTREE_EXEC);
        compile_parts_add_subtree(parts, kind, "/usr/share/chromium", POLICY_SUBTREE_OPTIONAL);
        compile_parts_add(parts, &kind->execs, POLICY_MAX_EXECS, "executables", DIR "/chromium");
        /* Not chrome_crashpad_handler: after the crash of a page it calls ptrace, which would end the zone. No argument
         * turns it off (seen with 156); where it cannot be executed, the browser goes on without it. */
        compile_parts_add(parts, &kind->dirs, POLICY_MAX_DIRS, "directories", "home/zone/.config/chromium");
        add_policies(parts, kind, doc);
}
