/* compile-firefox: a kind's Firefox ESR.
 * Runs as: compile.  Input: a checked kind file.  Must not: leave it a way past the gateway.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/compile/compile-browser.h"
#include "sandboxd/compile/compile-keys.h"
#include <errno.h>
#include <string.h>

#define DIR "/usr/lib/firefox-esr"
#define PROFILE "home/zone/.mozilla/hanare"

static const char *const arguments[] = { "--new-instance", "--no-remote", "--profile", ("/" PROFILE) };
static const char *const never_arguments[] = { "-P", "-p", "--P", "-profile", "--profile", "-CreateProfile", "--CreateProfile", "-ProfileManager",
                                               "--ProfileManager", "-migration", "-remote-allow-system-access", "--remote-allow-system-access", "%u", NULL };
/* mozilla.github.io/policy-templates */
static const char *const forced[] = { "Proxy", "DNSOverHTTPS", "DisableEncryptedClientHello", "Certificates", "SecurityDevices", "DownloadDirectory",
                                      "DefaultDownloadDirectory", "DisableAppUpdate", "LegacyProfiles", NULL };
/* Preferences that are locked in every zone. */
static const struct {
        const char *name;
        int value; /* 0 and 1 are booleans, others numbers */
} preferences[] = {
        { "network.http.http3.enable", 0 }, { "network.dns.echconfig.enabled", 0 }, { "network.dns.http3_echconfig.enabled", 0 },
        { "network.trr.mode", 5 }, { "network.proxy.allow_bypass", 0 }, { "network.proxy.failover_direct", 0 }, { "network.dns.disablePrefetch", 1 },
        { "network.captive-portal-service.enabled", 0 }, { "network.connectivity-service.enabled", 0 }, { "network.dns.native_https_query", 0 },
        { "media.peerconnection.ice.proxy_only", 1 }, { "media.peerconnection.ice.default_address_only", 1 },
        { "toolkit.legacyUserProfileCustomizations.stylesheets", 1 },
};

static json_t *certificates(CompileParts *parts) {
        json_t *list = json_array();

        for (uint32_t i = 0; i < parts->n_authorities; i++)
                json_array_append_new(list, json_string(compile_parts_text(parts, "/etc/hanare/authorities/%u.pem", i)));
        return json_pack("{s:o, s:b}", "Install", list, "ImportEnterpriseRoots", 0);
}

static json_t *forced_policies(CompileParts *parts) {
        return json_pack("{s:{s:s, s:b, s:s, s:s, s:b, s:s}, s:{s:b, s:b}, s:b, s:o, s:s, s:b}",
                         "Proxy", "Mode", "manual", "Locked", 1, "HTTPProxy", COMPILE_PROXY, "SSLProxy", COMPILE_PROXY,
                         "UseHTTPProxyForAllProtocols", 1, "Passthrough", "",
                         "DNSOverHTTPS", "Enabled", 0, "Locked", 1, "DisableEncryptedClientHello", 1,
                         "Certificates", certificates(parts), "DownloadDirectory", COMPILE_DOWNLOADS, "DisableAppUpdate", 1);
}

static json_t *default_policies(void) {
        static const char *const on[] = { "DisableTelemetry", "DisableFirefoxStudies", "DontCheckDefaultBrowser", "SkipTermsOfUse", "NoDefaultBookmarks",
                                          "DisableProfileImport", "DisableFirefoxAccounts", "DisableSetDesktopBackground", "DisableSystemAddonUpdate",
                                          "DisableMasterPasswordCreation", "BlockAboutConfig", "DisableFeedbackCommands", "DisableProfileRefresh", "DisableRemoteImprovements" };
        static const char *const off[] = { "CaptivePortal", "NetworkPrediction", "OfferToSaveLogins", "PasswordManagerEnabled", "PromptForDownloadLocation" };
        static const char *const blocked[] = { "Camera", "Microphone", "Location" };
        json_t *all = json_pack("{s:s, s:s, s:{s:{s:s}}, s:{s:b, s:b, s:b, s:b, s:b, s:b}, s:{s:b, s:b, s:b}}",
                                "OverrideFirstRunPage", "", "OverridePostUpdatePage", "", "ExtensionSettings", "*", "installation_mode", "blocked",
                                "FirefoxHome", "Search", 1, "TopSites", 0, "SponsoredTopSites", 0, "Highlights", 0, "Stories", 0, "SponsoredStories", 0,
                                "FirefoxSuggest", "WebSuggestions", 0, "SponsoredSuggestions", 0, "ImproveSuggest", 0);
        json_t *permissions = json_object();

        for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++)
                json_object_set_new(permissions, blocked[i], json_pack("{s:b, s:b}", "BlockNewRequests", 1, "Locked", 1));
        json_object_set_new(all, "Permissions", permissions);
        for (size_t i = 0; i < sizeof on / sizeof *on; i++)
                json_object_set_new(all, on[i], json_true());
        for (size_t i = 0; i < sizeof off / sizeof *off; i++)
                json_object_set_new(all, off[i], json_false());
        return all;
}

/* Ours go into the site's list one by one; one that the site names too is a problem. */
static void lock_preferences(CompileParts *parts, const CompileDocument *doc, json_t *all) {
        json_t *list = json_object_get(all, "Preferences");

        if (list && !json_is_object(list)) {
                parts->error = compile_json_problem(doc, parts->problem, "policies.firefox.Preferences", "this is not an object; expected { \"name\": ... }");
                return;
        }
        if (!list) {
                list = json_object();
                json_object_set_new(all, "Preferences", list);
        }
        for (size_t i = 0; i < sizeof preferences / sizeof *preferences; i++) {
                int value = preferences[i].value;
                if (json_object_get(list, preferences[i].name)) {
                        parts->error = compile_json_problem(doc, parts->problem, "policies.firefox.Preferences",
                                                            "the preference \"%s\" is set by Hanare in every zone; expected another one", preferences[i].name);
                        return;
                }
                json_object_set_new(list, preferences[i].name,
                                    json_pack("{s:o, s:s}", "Value", value > 1 ? json_integer(value) : json_boolean(value), "Status", "locked"));
        }
}

static void add_policies(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        json_t *all = default_policies(), *hard = forced_policies(parts), *outer = NULL;

        compile_browser_merge(parts, doc, "policies.firefox", all, forced);
        if (!all || !hard || json_object_update(all, hard) < 0)
                parts->error = parts->error ? parts->error : -ENOMEM;
        json_decref(hard);
        if (parts->error == 0)
                lock_preferences(parts, doc, all);
        if (parts->error == 0)
                outer = json_pack("{s:O}", "policies", all);
        json_decref(all);
        if (parts->error == 0)
                compile_browser_add_json(parts, kind, "etc/firefox/policies/policies.json", outer);
}

static void add_profile(CompileParts *parts, PolicyKind *kind) {
        /* policies may not set this one; without it the gateway sees an encrypted hello that means nothing */
        compile_parts_add_text_file(parts, kind, PROFILE "/user.js", "user_pref(\"security.tls.ech.grease_probability\", 0);\n");
        compile_parts_add_text_file(parts, kind, PROFILE "/chrome/userChrome.css",
                                    compile_parts_text(parts, "#navigator-toolbox { border-top: 4px solid #%06x !important; }\n", kind->colour & 0xffffffu));
        /* the zone's window is the browser's: nothing is beside it */
        compile_parts_add_text_file(parts, kind, PROFILE "/xulstore.json",
                                    "{\"chrome://browser/content/browser.xhtml\":{\"main-window\":{\"sizemode\":\"maximized\"}}}\n");
        compile_parts_add(parts, &kind->dirs, POLICY_MAX_DIRS, "directories", "home/zone/.mozilla");
        compile_parts_add(parts, &kind->dirs, POLICY_MAX_DIRS, "directories", PROFILE);
        compile_parts_add(parts, &kind->dirs, POLICY_MAX_DIRS, "directories", PROFILE "/chrome");
}

void compile_firefox_add(CompileParts *parts, PolicyKind *kind, const CompileDocument *doc) {
        /* Not crashhelper: it is started even with the crash reporter off, and looks into crashed processes with ptrace, which
         * ends the zone; where it cannot be executed, the browser goes on without it (seen with 153). */
        static const char *const execs[] = { "firefox-esr", "glxtest", "vaapitest", "vulkantest" };
        static const char *const env[] = { "MOZ_ENABLE_WAYLAND=1", "MOZ_CRASHREPORTER_DISABLE=1", "GDK_BACKEND=wayland" };

        compile_parts_add_program(parts, kind, "firefox", DIR "/firefox-esr");
        for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
                compile_parts_add(parts, &kind->args, POLICY_MAX_ARGS, "arguments", arguments[i]);
        compile_browser_add_arguments(parts, kind, doc, never_arguments);
        compile_parts_add(parts, &kind->args, POLICY_MAX_ARGS, "arguments", "%u");
        for (size_t i = 0; i < sizeof env / sizeof *env; i++)
                compile_parts_add(parts, &kind->env, POLICY_MAX_ENV, "environment entries", env[i]);
        compile_parts_add_subtree(parts, kind, DIR, POLICY_SUBTREE_EXEC);
        compile_parts_add_subtree(parts, kind, "/usr/share/firefox-esr", POLICY_SUBTREE_OPTIONAL); /* links lead there */
        for (size_t i = 0; i < sizeof execs / sizeof *execs; i++)
                compile_parts_add(parts, &kind->execs, POLICY_MAX_EXECS, "executables", compile_parts_text(parts, DIR "/%s", execs[i]));
        add_profile(parts, kind);
        add_policies(parts, kind, doc);
}
