"""bench_user: a process of the ordinary user that starts programs and takes the time, so that root's way to become the user is in no figure.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import multiprocessing
import os
import pwd
import time

from bench_bus import Bus

LIMIT_REACHED = 6  # hanare(1): as many starts a minute as the policy allows


def spawn(argv, env):
    """(ns, exit status, output); output and error together, in a file without a name: a pipe would fill up."""
    out = os.memfd_create("output")
    null = os.open("/dev/null", os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)]
    begin = time.monotonic_ns()
    pid = os.posix_spawnp(argv[0], argv, env, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    took = time.monotonic_ns() - begin
    os.close(null)
    with os.fdopen(out, "rb") as said:
        said.seek(0)
        text = said.read()
    return took, os.waitstatus_to_exitcode(status), text.decode(errors="replace")


def serve(pipe, name):
    bus = None
    if name:
        entry = pwd.getpwnam(name)
        os.initgroups(name, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    os.chdir("/")
    while True:
        try:
            order, *words = pipe.recv()
        except EOFError:
            return
        try:
            if order == "spawn":
                pipe.send(spawn(*words))
            else:
                bus = bus or Bus()
                pipe.send(bus.run(*words))
        except (OSError, RuntimeError) as error:
            pipe.send(error)


class User:
    """name: whose programs they are; None = root's."""

    def __init__(self, name):
        home = pwd.getpwnam(name or "root").pw_dir
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home, "USER": name or "root", "LANG": "C.UTF-8"}
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=serve, args=(theirs, name), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, *words):
        self.pipe.send(words)
        answer = self.pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def spawn(self, argv, more=None):
        return self.ask("spawn", argv, {**self.env, **(more or {})})

    def must(self, argv, more=None):
        """(ns, output) of a program that must succeed; waits where the policy's limit on starts stands in the way."""
        for _ in range(30):
            took, status, said = self.spawn(argv, more)
            if status == LIMIT_REACHED:
                time.sleep(3)
                continue
            break
        if status != 0:
            raise RuntimeError(f"{' '.join(argv)}: status {status}: {said.strip()}")
        return took, said

    def bus_run(self, kind, program):
        return self.ask("bus", kind, program)
