#!/usr/bin/python3
"""mock-broker: answers the bus interface as the service does, without a zone; programs run as plain children.
Usage: mock-broker.py XML LOG.  Needs DBUS_SYSTEM_BUS_ADDRESS.  Prints "ready".  SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import sys
import time

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME, PATH = "org.hanare.Sandbox1", "/org/hanare/Sandbox1"
V = GLib.Variant
zones = {}      # name -> dict
waiting = {}    # name -> [invocation]
ended = {}      # name -> (reason, status, detail, text)
children = {}   # pid -> name
owners = {}     # name -> sender
number = [16]
log_file = open(sys.argv[2], "a", buffering=1)


def note(**what):
    log_file.write(json.dumps(what, ensure_ascii=False) + "\n")


def new_zone(kind):
    number[0] += 1
    name = f"{kind}-{number[0]}"
    zones[name] = {"zone": V("s", name), "kind": V("s", kind), "title": V("s", "Banking"), "owner": V("u", os.getuid()),
                   "state": V("s", "running"), "started": V("x", int(time.time()) - 125), "walls": V("as", ["ids", "seccomp"]),
                   "substitutes": V("as", ["noswap"]), "display": V("s", "none")}
    return name


def end(name, reason, status=0, detail=0, text=""):
    ended[name] = (reason, status, detail, text)
    zones.pop(name, None)
    for invocation in waiting.pop(name, []):
        invocation.return_value(V("(suus)", ended[name]))


def fail(invocation, error, text):
    invocation.return_dbus_error(f"org.hanare.Error.{error}" if "." not in error else error, text)


def find(zone):
    if zone in zones:
        return zone
    own = [n for n, z in zones.items() if z["kind"].get_string() == zone]
    return own[-1] if own else None


def check(invocation, kind, options, fds):
    """True when the request is one that the service would take; the magic kinds bring its errors."""
    known = {"locale": "s", "layout": "s", "variant": "s", "display": "s", "cookie": "ay", "width": "u", "height": "u", "owner": "u", "fresh": "b"}
    for key, value in options.items():
        if known.get(key) != value.get_type_string():
            return fail(invocation, "BadRequest", f"option {key}")
    errors = {"nokind": "UnknownKind", "denied": "NotAllowed", "full": "LimitReached", "refuse": "Refused", "broken": "StartFailed",
              "odd": "BadRequest", "gone": "org.freedesktop.DBus.Error.NoReply", "busno": "org.freedesktop.DBus.Error.AccessDenied"}
    if kind.startswith("say:"):  # this error, with this text
        return fail(invocation, *kind[4:].split(":", 1))
    if kind[-1:].isdigit():
        return fail(invocation, "UnknownKind", "no such kind")
    if kind in errors:
        return fail(invocation, errors[kind], "rule \x1b[31m \u202e テスト")
    display = options.get("display")
    if kind in ("screen", "banking") and (not display or display.get_string() == "none"):
        return fail(invocation, "NoDisplay", "no display was given")
    return True


def fd_info(fds):
    out = []
    for fd in fds:
        flags = int(next(line.split()[1] for line in open(f"/proc/self/fdinfo/{fd}") if line.startswith("flags")), 8)
        out.append({"target": os.readlink(f"/proc/self/fd/{fd}"), "o_path": bool(flags & os.O_PATH)})
    return out


def run(invocation, kind, program, arguments, fds, sender):
    name = new_zone(kind or "run")
    owners[name] = sender
    if program in ("tripwire", "memory", "stop", "sandbox-lost", "new-reason"):
        end(name, program, 0, 101, "the zone \x1b[2J called ptrace")
        return invocation.return_value(V("(s)", (name,)))
    argv = [program.encode()] + [bytes(a).rstrip(b"\0") for a in arguments]
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for i, fd in enumerate(fds[:3]):
            os.dup2(fd, i)
        os.closerange(3, 256)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    children[pid] = name
    GLib.child_watch_add(GLib.PRIORITY_DEFAULT, pid, on_child)
    invocation.return_value(V("(s)", (name,)))


def on_child(pid, status):
    end(children.pop(pid), "exit", status)


def on_call(connection, sender, path, interface, method, parameters, invocation):
    message = invocation.get_message()
    fd_list = message.get_unix_fd_list()
    fds = list(fd_list.steal_fds()) if fd_list else []
    args = [parameters.get_child_value(i) for i in range(parameters.n_children())]
    options = {}
    for a in args:
        if a.get_type_string() == "a{sv}":
            for i in range(a.n_children()):
                entry = a.get_child_value(i)
                options[entry.get_child_value(0).get_string()] = entry.get_child_value(1).get_variant()
    note(method=method, args=[a.print_(False) for a in args], options={k: v.unpack() for k, v in options.items()}, fds=fd_info(fds))
    try:
        dispatch(method, args, options, fds, sender, invocation)
    finally:
        for fd in fds:
            os.close(fd)


def late(kind, answer):
    """Zones of the kind "tardy" take their time."""
    if kind == "tardy":
        GLib.timeout_add(1800, answer)
    else:
        answer()


def dispatch(method, args, options, fds, sender, invocation):
    text = [a.get_string() for a in args if a.get_type_string() == "s"]
    if method in ("Open", "Start", "Run") and check(invocation, text[0], options, fds) is not True:
        return
    if method == "Open":
        kind = text[0] or ("banking" if "bank" in text[1] else "web")
        old = None if options.get("fresh") else find(kind)
        if not old and kind == "banking" and options["display"].get_string() == "none":
            return fail(invocation, "NoDisplay", "no display was given")
        invocation.return_value(V("(sb)", (old or new_zone(kind), not old)))
    elif method == "Start":
        if text[0] == "slow":
            GLib.timeout_add(2500, lambda: invocation.return_value(V("(s)", (new_zone("slow"),))))
        else:
            invocation.return_value(V("(s)", (new_zone(text[0] or "web"),)))
    elif method == "Run":
        run(invocation, text[0], text[1], args[2].unpack(), fds, sender)
    elif method == "Restart":
        old = find(text[0])
        if not old:
            return fail(invocation, "UnknownZone", "no such zone")
        kind = zones[old]["kind"].get_string()
        end(old, "restart")
        late(kind, lambda: invocation.return_value(V("(s)", (new_zone(kind),))))
    elif method == "Stop":
        old = find(text[0])
        if not old:
            return fail(invocation, "UnknownZone", "no such zone")
        late(zones[old]["kind"].get_string(), lambda: invocation.return_value(None))
        end(old, "stop")
    elif method == "Cancel":
        invocation.return_value(None)
    elif method == "Wait":
        if text[0] in ended:
            invocation.return_value(V("(suus)", ended[text[0]]))
        elif text[0] in zones:
            waiting.setdefault(text[0], []).append(invocation)
        else:
            fail(invocation, "UnknownZone", "no such zone")
    elif method == "List":
        invocation.return_value(V("(aa{sv})", (list(zones.values()),)))
    elif method == "Kinds":
        invocation.return_value(V("(aa{sv})", ([
            {"kind": V("s", "web"), "title_en": V("s", "Internet"), "title_ja": V("s", "インターネット"), "colour": V("u", 0xff8800),
             "app": V("s", "chromium"), "run": V("as", []), "start_page": V("s", "")},
            {"kind": V("s", "banking"), "title_en": V("s", "Bank"), "title_ja": V("s", "銀行\u202e"), "colour": V("u", 1),
             "app": V("s", "firefox"), "run": V("as", []), "start_page": V("s", "https://bank.example")},
            {"kind": V("s", "run"), "title_en": V("s", "Programs"), "title_ja": V("s", "プログラム"), "colour": V("u", 2),
             "app": V("s", "program"), "run": V("as", ["true", "cat"]), "start_page": V("s", "")}],)))
    elif method == "Status":
        invocation.return_value(V("(a{sv})", ({"version": V("s", "0.1.0"), "auth": V("s", "polkit"), "table": V("s", "ab" * 32),
            "substitutes": V("as", ["noswap", "x\x1by"]), "problem": V("s", ""), "zones": V("u", len(zones)), "max_zones": V("u", 24)},)))
    elif method == "Receipts":
        if text[0] and text[0] != "web-17":
            return fail(invocation, "UnknownZone", "no such zone")
        invocation.return_value(V("(aa{sv})", ([{
            "number": V("t", 34), "type": V("s", "end"), "zone": V("s", "web-17"), "kind": V("s", "web"), "owner": V("u", os.getuid()),
            "reason": V("s", "tripwire"), "detail": V("u", 101), "exit_status": V("u", 0), "began_ns": V("t", 1790000000 * 10**9),
            "ended_ns": V("t", 1790003723 * 10**9), "lived_ns": V("t", 3723 * 10**9), "processes": V("t", 41), "scratch_bytes": V("t", 3565158),
            "scratch_files": V("t", 212), "peak_bytes": V("t", 300 << 20), "substitutes": V("u", 2), "proofs": V("u", 63 - 8),
            "plan_hash": V("ay", bytes(range(32)))}],)))
    elif method == "Verify":
        if os.environ.get("MOCK_VERIFY") == "denied":
            return fail(invocation, "NotAllowed", "root only")
        bad = os.environ.get("MOCK_VERIFY") == "bad"
        invocation.return_value(V("(bttss)", (not bad, 34, 7 if bad else 0, "cd" * 32, "record 7 was changed" if bad else "whole")))
    else:
        fail(invocation, "BadRequest", method)


def on_vanished(connection, sender, path, interface, name, parameters):
    gone, _, new = parameters.unpack()
    for zone in [z for z, owner in owners.items() if owner == gone and not new]:
        for pid in [p for p, z in children.items() if z == zone]:
            note(killed=zone)
            os.kill(pid, signal.SIGKILL)


def main():
    xml = open(sys.argv[1], encoding="utf-8").read()
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0], on_call, None, None)
    bus.signal_subscribe("org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", None, None, Gio.DBusSignalFlags.NONE, on_vanished)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: print("ready", flush=True), None)
    GLib.MainLoop().run()


main()
