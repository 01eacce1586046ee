#!/usr/bin/python3
"""One connection to the test's system bus, under the uid it was started with. Orders and answers are lines of JSON.

Order: {"id", "method", "text" (GVariant text of the arguments), "fds": ["r"|"w"|"sock"|"path"|"file", ...], "dialog": bool}.
Answer: {"id", "ok"} or {"id", "error", "text"}; a signal: {"signal": [...]}; first of all: {"name": unique name}.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json, os, socket, sys, tempfile
import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

NAME, PATH = "org.hanare.Sandbox1", "/org/hanare/Sandbox1"
loop = GLib.MainLoop()
unread = b""
kept = []  # the other ends, open as long as this client lives


def say(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def descriptor(kind):
    if kind in "rw":
        r, w = os.pipe()
        mine, theirs = (w, r) if kind == "r" else (r, w)
        kept.append(mine)
        return theirs
    if kind == "sock":
        a, b = socket.socketpair()
        kept.append(a)
        return b.detach()
    if kind == "path":
        where = tempfile.mkdtemp() + "/X0"
        server = socket.socket(socket.AF_UNIX)
        server.bind(where)
        kept.append(server)
        return os.open(where, os.O_PATH)
    return os.open("/etc/passwd", os.O_RDONLY)


def answered(bus, result, number):
    try:
        value, _ = bus.call_with_unix_fd_list_finish(result)
        say(id=number, ok=value.unpack())
    except GLib.Error as error:
        name = Gio.DBusError.get_remote_error(error)
        Gio.DBusError.strip_remote_error(error)
        say(id=number, error=name or "local", text=error.message)


def orders(fd, _condition):
    global unread
    got = os.read(fd, 1 << 20)
    if not got:
        loop.quit()
        return False
    *lines, unread = (unread + got).split(b"\n")
    for line in lines:
        order(json.loads(line))
    return True


def order(what):
    fds = Gio.UnixFDList()
    for kind in what.get("fds", []):
        fd = descriptor(kind)
        fds.append(fd)
        os.close(fd)
    flags = Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION if what.get("dialog") else Gio.DBusCallFlags.NONE
    text = what["text"]
    arguments = GLib.Variant.parse(GLib.VariantType(what["type"]) if what.get("type") else None, text, None, None)
    bus.call_with_unix_fd_list(NAME, what.get("path", PATH), what.get("interface", NAME), what["method"], arguments, None, flags, 20000,
                               fds if fds.get_length() else None, None, answered, what["id"])


def signalled(_bus, _sender, _path, _interface, _name, arguments):
    say(signal=arguments.unpack())


bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
bus.signal_subscribe(NAME, NAME, "ZoneChanged", PATH, None, Gio.DBusSignalFlags.NO_MATCH_RULE, signalled)
say(name=bus.get_unique_name())
GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, orders)
loop.run()
