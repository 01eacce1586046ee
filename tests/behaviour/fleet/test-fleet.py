#!/usr/bin/python3
"""test-fleet: hanare policy from the key to the desktop: a real web server with TLS, faults of every kind, a cut at every step.
Usage: test-fleet.py HANARE_POLICY CUT_LIBRARY.  SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

POLICY, CUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
NOBODY = 65534


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Faulty(threading.Thread):
    """A TLS server that sends the bytes of a function and hangs up."""
    def __init__(self, dir, answer):
        super().__init__(daemon=True)
        self.answer = answer
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(dir + "/good.pem", dir + "/good.key")
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.context = context
        self.start()

    def run(self):
        while True:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        try:
            plain.settimeout(20)
            with self.context.wrap_socket(plain, server_side=True) as s:
                while True:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        more = s.recv(4096)
                        if not more:
                            return
                        request += more
                    if not self.answer(request.split(b" ")[1].decode(), s):
                        return
        except OSError:
            pass

    def done(self):
        self.socket.close()


class World:
    """One site: keys, trust file, two bundles; a web server; a desktop."""
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="hanare-fleet-")
        os.chmod(self.dir, 0o755)
        os.umask(0o022)
        self.env = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "https_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1"}
        self.make_certificates()
        self.make_site()
        self.port, self.other, self.elsewhere, self.unknown, self.slow = (free_port() for _ in range(5))
        self.www = self.dir + "/www"
        self.start_nginx()

    def path(self, name):
        return os.path.join(self.dir, name)

    def run(self, *words, ok=0, **env):
        done = subprocess.run([POLICY, *words], cwd=self.dir, env=self.env | env, capture_output=True, text=True, timeout=120)
        if ok is not None and done.returncode != ok:
            raise AssertionError(f"{' '.join(words)}: {done.returncode}, expected {ok}\n{done.stdout}{done.stderr}")
        return done

    def make_certificates(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.dir, check=True, capture_output=True)
        for ca in ("ca", "unknown-ca"):
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", ca + ".key", "-out", ca + ".pem", "-days", "30", "-subj", "/CN=" + ca)
        for name, ca, san in (("good", "ca", "DNS:localhost,IP:127.0.0.1"), ("other", "ca", "DNS:other.example"), ("unknown", "unknown-ca", "DNS:localhost,IP:127.0.0.1")):
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
            with open(self.path("san"), "w", encoding="ascii") as f:
                f.write("subjectAltName=" + san + "\n")
            openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial", "-out", name + ".pem", "-days", "30", "-extfile", "san")

    def make_site(self):
        for key in ("root1", "root2", "sato", "suzuki", "ci", "tanaka"):
            self.run("keygen", "--name", key, key)
        self.run("trust", "1.trust", "add:root:root1.pub", "add:root:root2.pub", "root=2/1", "add:policy:sato.pub", "add:policy:suzuki.pub", "policy=2/1", "add:pointer:ci.pub")
        for key in ("root1", "root2"):
            self.run("sign", "--key", key, "1.trust")
        os.makedirs(self.path("site/kinds.d"))
        os.makedirs(self.path("site/tests.d"))
        for name, text in (("hanare.jsonc", '{ "default_kind": "web" }\n'), ("kinds.d/office.jsonc", '{ "title": "業務" } // 日本語\n' * 200), ("tests.d/a.jsonc", "[]\n")):
            with open(self.path("site/" + name), "w", encoding="utf-8") as f:
                f.write(text)
        for number in (1, 2, 3):
            with open(self.path("site/kinds.d/number.jsonc"), "w", encoding="utf-8") as f:
                f.write(f"// {number}\n{{}}\n")
            self.bundle(str(number))

    def bundle(self, number, *signers, channel="stable"):
        self.run("bundle", "--number", number, "--channel", channel, "site", number + ".bundle")
        for key in signers or ("sato", "suzuki"):
            self.run("sign", "--key", key, number + ".bundle")

    def publish(self, *words, to="www", trust="1.trust", key="ci", **more):
        return self.run("publish", "--trust", trust, "--key", key, *words, to, **more)

    def start_nginx(self):
        def server(port, name, body):
            return f"server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {name}.pem; ssl_certificate_key {name}.key; root {self.www}; {body} }}\n"
        with open(self.path("nginx.conf"), "w", encoding="ascii") as f:
            f.write(f"daemon off; worker_processes 1; pid {self.dir}/nginx.pid; error_log {self.dir}/error.log; events {{}}\nhttp {{ access_log {self.dir}/access.log; "
                    + "".join(f"{k}_temp_path {self.dir}/tmp; " for k in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
                    + server(self.port, "good", "") + server(self.other, "other", "") + server(self.unknown, "unknown", "")
                    + server(self.elsewhere, "good", f"return 302 https://localhost:{self.port}$request_uri;") + server(self.slow, "good", "limit_rate 20;") + "}\n")
        self.nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", self.dir, "-c", self.path("nginx.conf")], cwd=self.dir, stderr=subprocess.DEVNULL)
        for port in (self.port, self.slow):
            for _ in range(200):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            else:
                raise RuntimeError("nginx did not start: " + open(self.path("error.log"), encoding="utf-8").read())

    def done(self):
        self.nginx.terminate()
        self.nginx.wait()
        shutil.rmtree(self.dir)


class Desktop:
    """A spool of its own, and what follows from it."""
    count = 0

    def __init__(self, url=None, channel="stable", trust="1.trust", **conf):
        Desktop.count += 1
        self.spool = world.path(f"spool-{Desktop.count}")
        self.conf = world.path(f"fleet-{Desktop.count}.conf")
        os.mkdir(self.spool)
        if os.geteuid() == 0:
            os.chown(self.spool, NOBODY, NOBODY)
        self.configure(url or f"https://localhost:{world.port}", channel=channel, trust=world.path(trust), ca=world.path("ca.pem"), **conf)

    def configure(self, url, **conf):
        self.settings = {"url": url} | conf
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write("# a desktop of the test\n" + "".join(f"{k} {v}\n" for k, v in self.settings.items() if v))

    def at(self, url):
        settings = dict(self.settings)
        settings.pop("url")
        self.configure(url, **settings)

    def pull(self, *words, ok=0, **env):
        return world.run("pull", "--config", self.conf, "--spool", self.spool, *words, ok=ok, **env)

    def status(self):
        done = world.run("status", "--json", "--config", self.conf, "--spool", self.spool, ok=None)
        return json.loads(done.stdout) | {"code": done.returncode}

    def files(self):
        found = {}
        for base, _, names in os.walk(self.spool):
            for name in names:
                if name not in ("last", "lock", ".new", ".cut"):
                    with open(os.path.join(base, name), "rb") as f:
                        found[os.path.relpath(os.path.join(base, name), self.spool)] = f.read()
        return found

    def copy(self):
        other = Desktop()
        shutil.rmtree(other.spool)
        shutil.copytree(self.spool, other.spool)
        if os.geteuid() == 0:
            for base, dirs, names in os.walk(other.spool):
                for path in [base] + [os.path.join(base, n) for n in dirs + names]:
                    os.chown(path, NOBODY, NOBODY)
        other.configure(**self.settings)
        return other


class Case(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(world.www, ignore_errors=True)

    def following(self):
        """A desktop that has bundle 1."""
        world.publish("--bundle", "1.bundle")
        desktop = Desktop()
        desktop.pull()
        self.assertEqual(desktop.status()["state"], "fresh")
        return desktop

    def stays(self, desktop, word, code):
        """A round that ends so leaves everything as it was."""
        before = desktop.files()
        done = desktop.pull(ok=code)
        self.assertIn(word, done.stderr)
        self.assertIn("stays", done.stderr)
        self.assertEqual(desktop.files(), before)
        return done


class Authors(Case):
    def test_key_is_private(self):
        self.assertEqual(os.stat(world.path("sato")).st_mode & 0o777, 0o600)
        world.run("keygen", "sato", ok=1)
        shutil.copy(world.path("sato"), world.path("open-key"))
        os.chmod(world.path("open-key"), 0o640)
        self.assertIn("chmod 600", world.run("sign", "--key", "open-key", "1.bundle", ok=1).stderr)

    def test_passphrase(self):
        for name, text in (("pass", "長い合言葉\n"), ("wrong", "other\n")):
            with open(world.path(name), "w", encoding="utf-8") as f:
                f.write(text)
        public = world.run("keygen", "--passphrase-file", "pass", "sealed").stdout.strip()
        with open(world.path("sealed"), encoding="ascii") as f:
            self.assertNotIn("secret ", f.read())
        world.run("bundle", "--number", "90", "site", "90.bundle")
        self.assertIn("passphrase", world.run("sign", "--key", "sealed", "--passphrase-file", "wrong", "90.bundle", ok=1).stderr)
        world.run("sign", "--key", "sealed", "--passphrase-file", "pass", "90.bundle")
        self.assertIn(public, world.run("verify", "90.bundle").stdout)

    def test_bundle_refuses(self):
        for name, content in (("kinds.d/Upper.jsonc", b"{}"), ("kinds.d/note.txt", b"x"), ("kinds.d/sjis.jsonc", b"\x8b\xc6"), ("tests.d/nul.jsonc", b"a\0b")):
            with open(world.path("site/" + name), "wb") as f:
                f.write(content)
            self.assertIn(name, world.run("bundle", "site", "never.bundle", ok=9).stderr)
            os.unlink(world.path("site/" + name))
        self.assertFalse(os.path.exists(world.path("never.bundle")))
        with open(world.path("site/README"), "w", encoding="ascii") as f:
            f.write("x")
        self.assertIn("README", world.run("bundle", "--number", "91", "site", "91.bundle").stderr)
        os.unlink(world.path("site/README"))
        world.run("bundle", "--channel", "../x", "site", "never.bundle", ok=2)

    def test_same_folder_same_bundle(self):
        for name in ("92", "93"):
            world.run("bundle", "--number", "92", "site", name + ".bundle")
        def payload(name):
            with open(world.path(name), "rb") as f:
                return f.read().split(b"\n", 4)[4]
        self.assertEqual(payload("92.bundle"), payload("93.bundle"))

    def test_verify(self):
        out = world.run("verify", "--trust", "1.trust", "1.bundle").stdout
        self.assertIn("any change", out)
        self.assertIn("sato (policy)", out)
        shutil.copy(world.path("1.bundle"), world.path("changed.bundle"))
        with open(world.path("changed.bundle"), "r+b") as f:
            f.seek(-200, os.SEEK_END)
            byte = f.read(1)
            f.seek(-200, os.SEEK_END)
            f.write(bytes([byte[0] ^ 1]))
        self.assertEqual(world.run("verify", "--trust", "1.trust", "changed.bundle", ok=9).returncode, 9)
        world.run("verify", "site/hanare.jsonc", ok=9)

    def test_unpack(self):
        world.run("unpack", "--trust", "1.trust", "2.bundle", "unpacked")
        found = sorted(os.path.relpath(os.path.join(b, n), world.path("unpacked")) for b, _, names in os.walk(world.path("unpacked")) for n in names)
        self.assertEqual(found, ["hanare.jsonc", "kinds.d/number.jsonc", "kinds.d/office.jsonc", "tests.d/a.jsonc"])
        with open(world.path("unpacked/kinds.d/office.jsonc"), encoding="utf-8") as f, open(world.path("site/kinds.d/office.jsonc"), encoding="utf-8") as g:
            self.assertEqual(f.read(), g.read())
        world.run("unpack", "--trust", "1.trust", "2.bundle", "unpacked", ok=1)
        world.bundle("55", "sato")
        world.run("unpack", "--trust", "1.trust", "55.bundle", "never", ok=9)
        self.assertFalse(os.path.exists(world.path("never")))
        world.run("unpack", "--tightens", "--trust", "1.trust", "55.bundle", "tighter")

    def test_publish_refuses(self):
        world.bundle("50", "sato")
        self.assertIn("too few", world.publish("--bundle", "50.bundle", ok=9).stderr)
        world.bundle("51", channel="test")
        self.assertIn("another channel", world.publish("--bundle", "51.bundle", ok=9).stderr)
        self.assertFalse(os.path.exists(world.www + "/channel/stable.pointer"))
        world.publish("--bundle", "2.bundle")
        with open(world.www + "/channel/stable.pointer", "rb") as f:
            before = f.read()
        self.assertIn("older", world.publish("--bundle", "1.bundle", ok=9).stderr)
        self.assertEqual(world.publish("--bundle", "2.bundle", key="sato", ok=9).returncode, 9)
        with open(world.www + "/channel/stable.pointer", "rb") as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(len(os.listdir(world.www + "/bundle")), 1)  # nothing of what was refused
        world.publish("--bundle", "51.bundle", "--channel", "test")

    def test_japanese(self):
        subprocess.run(["localedef", "-i", "ja_JP", "-f", "UTF-8", world.path("ja_JP.UTF-8")], check=True, capture_output=True)
        done = world.run("verify", "site/hanare.jsonc", ok=9, LANG="ja_JP.UTF-8", LOCPATH=world.dir)
        self.assertRegex(done.stderr, "[ぁ-ん]")


class Desktops(Case):
    def test_life(self):
        world.publish("--bundle", "1.bundle")
        desktop = Desktop()
        self.assertEqual(desktop.status()["state"], "none")
        self.assertIn("would be taken", desktop.pull("--dry-run").stdout)
        self.assertEqual(desktop.files(), {})
        self.assertIn("is new", desktop.pull().stdout)
        now = desktop.status()
        self.assertEqual((now["state"], now["version"], now["bundle"], now["signed_for"], now["code"]), ("fresh", 1, 1, "any-change", 0))
        os.truncate(world.path("access.log"), 0)
        self.assertIn("nothing new", desktop.pull().stdout)
        with open(world.path("access.log"), encoding="utf-8") as f:
            log = f.read()
        self.assertIn('stable.pointer HTTP/1.1" 304' if "HTTP/1.1" in log else '304', log)
        self.assertNotIn(".bundle", log)
        world.publish()  # renewed
        self.assertIn("nothing new", desktop.pull().stdout)
        self.assertEqual(desktop.status()["version"], 2)
        world.publish("--bundle", "2.bundle")
        desktop.pull()
        world.publish("--bundle", "3.bundle")
        desktop.pull()
        self.assertEqual((desktop.status()["version"], desktop.status()["bundle"]), (4, 3))
        self.assertEqual(len([n for n in desktop.files() if n.endswith(".bundle")]), 2)  # this and the one before

    def test_account(self):
        if os.geteuid() != 0:
            self.fail("must run as root")
        desktop = self.following()
        for base, _, names in os.walk(desktop.spool):
            for name in names:
                self.assertEqual(os.stat(os.path.join(base, name)).st_uid, NOBODY)
        os.chown(desktop.spool, 0, 0)
        self.assertIn("service account", desktop.pull(ok=1).stderr)

    def test_file_url(self):
        world.publish("--bundle", "1.bundle")
        desktop = Desktop(url="file://" + world.www)
        desktop.pull()
        self.assertEqual(desktop.status()["bundle"], 1)
        pointer = world.www + "/channel/stable.pointer"
        for make in (os.mkfifo, os.mkdir, lambda p: os.symlink("/dev/zero", p), lambda p: os.symlink("/etc/shadow", p)):
            if os.path.isdir(pointer):
                os.rmdir(pointer)
            else:
                os.unlink(pointer)
            make(pointer)
            before = desktop.files()
            self.assertIn("stays", desktop.pull(ok=1).stderr)
            self.assertEqual(desktop.files(), before)
        os.unlink(pointer)
        with open(pointer, "wb") as f:
            f.truncate(1 << 40)
        self.stays(desktop, "more than", 1)

    def test_only_tightens(self):
        world.bundle("60", "sato")
        world.publish("--tightens", "--bundle", "60.bundle")
        desktop = Desktop()
        desktop.pull()
        self.assertEqual(desktop.status()["signed_for"], "only-tightens")

    def test_rollback(self):
        desktop = self.following()
        world.publish("--bundle", "2.bundle")
        desktop.pull()
        world.run("rollback", "--number", "2", "1.bundle", "taken.bundle")  # 2 > 1: a number taken by another bundle
        for key in ("sato", "suzuki"):
            world.run("sign", "--key", key, "taken.bundle")
        self.assertIn("same number", world.publish("--bundle", "taken.bundle", ok=9).stderr)
        world.run("rollback", "--number", "1", "1.bundle", "never2.bundle", ok=2)
        world.run("rollback", "--number", "70", "1.bundle", "back.bundle")
        for key in ("sato", "suzuki"):
            world.run("sign", "--key", key, "back.bundle")
        world.publish("--bundle", "back.bundle")
        desktop.pull()
        self.assertEqual(desktop.status()["bundle"], 70)

    def test_old_site_again(self):
        desktop = self.following()
        shutil.copytree(world.www, world.path("old-www"))
        world.publish("--bundle", "2.bundle")
        desktop.pull()
        shutil.rmtree(world.www)
        shutil.move(world.path("old-www"), world.www)
        self.stays(desktop, "older", 9)
        self.assertEqual(desktop.status()["last_reason"], "older-version")

    def test_wrong_channel_file(self):
        desktop = self.following()
        world.bundle("80", channel="stable,test")
        world.publish("--bundle", "80.bundle", "--channel", "test")
        shutil.copy(world.www + "/channel/test.pointer", world.www + "/channel/stable.pointer")
        self.stays(desktop, "another channel", 9)

    def test_not_yet(self):
        desktop = self.following()
        world.publish("--bundle", "2.bundle", "--wait", "3600")
        self.stays(desktop, "not valid yet", 9)

    def test_needs(self):
        desktop = self.following()
        world.publish("--bundle", "2.bundle", "--needs", "0.1.0")
        desktop.pull()
        pointer = world.path("needs-www")
        world.publish("--bundle", "3.bundle", "--needs", "99.0.0", to=pointer, ok=9)

    def test_rotation_and_revocation(self):
        desktop = self.following()
        world.run("trust", "--from", "1.trust", "2.trust", "revoke:suzuki.pub", "add:policy:tanaka.pub")
        world.run("sign", "--key", "root1", "2.trust")
        shutil.copy(world.path("2.trust"), world.www + "/trust/2.trust")
        self.stays(desktop, "too few", 9)  # a new key needs both roots
        world.run("sign", "--key", "root2", "2.trust")
        self.assertIn("follows", world.run("verify", "--trust", "1.trust", "2.trust").stdout)
        shutil.copy(world.path("2.trust"), world.www + "/trust/2.trust")
        world.publish("--bundle", "2.bundle", trust="1.trust")  # signed by a key that is revoked now
        before = desktop.status()
        self.assertIn("revoked", desktop.pull(ok=9).stderr)
        after = desktop.status()
        self.assertEqual((after["trust"], after["version"], after["bundle"]), (2, before["version"], 1))
        self.assertEqual(after["state"], "broken")  # what it has was signed by that key too: it says so, and keeps it
        world.run("rollback", "--number", "100", "2.bundle", "100.bundle")
        for key in ("sato", "tanaka"):
            world.run("sign", "--key", key, "100.bundle")
        world.publish("--bundle", "100.bundle", trust="2.trust")
        desktop.pull()
        self.assertEqual((desktop.status()["state"], desktop.status()["bundle"]), ("fresh", 100))
        os.unlink(world.path("2.trust"))

    def test_settings(self):
        desktop = self.following()
        for text, word in (("", "url is missing"), ("url http://localhost/\n", "https://"), ("url https://user@host\n", "user name"), ("colour blue\n", ":1:"),
                           ("url https://a\nurl https://b\n", "twice"), ("url https://a\nchannel ../x\n", "channel"), ("url ftp://a\n", "https://"), ("url\n", "missing")):
            with open(desktop.conf, "w", encoding="ascii") as f:
                f.write(text)
            self.assertIn(word, desktop.pull(ok=1).stderr)
        os.unlink(desktop.conf)
        self.assertIn("follows no channel", desktop.pull(ok=1).stderr)
        with open(desktop.conf, "w", encoding="ascii") as f:
            f.write("url https://a\n")
        os.chmod(desktop.conf, 0o666)
        self.assertIn("chmod", desktop.pull(ok=1).stderr)
        os.chmod(desktop.conf, 0o644)

    def test_damaged_spool_heals(self):
        desktop = self.following()
        for name in list(desktop.files()):
            path = os.path.join(desktop.spool, name)
            with open(path, "r+b") as f:
                f.seek(30)
                f.write(b"X")
            self.assertNotEqual(desktop.status()["state"], "fresh")
            desktop.pull()
            self.assertEqual(desktop.status()["state"], "fresh")
        for name in list(desktop.files()):
            path = os.path.join(desktop.spool, name)
            os.unlink(path)
            os.symlink("/etc/passwd", path)
            self.assertNotEqual(desktop.status()["state"], "fresh")
            os.unlink(path)
            desktop.pull()


class Servers(Case):
    def test_wrong_name(self):
        desktop = self.following()
        desktop.at(f"https://localhost:{world.other}")
        world.publish("--bundle", "2.bundle")
        self.stays(desktop, "trust/2.trust", 1)

    def test_unknown_authority(self):
        desktop = self.following()
        desktop.at(f"https://localhost:{world.unknown}")
        world.publish("--bundle", "2.bundle")
        self.stays(desktop, "certificate", 1)

    def test_authority_of_the_computer_does_not_do(self):
        world.publish("--bundle", "1.bundle")
        desktop = Desktop()
        settings = dict(desktop.settings, ca="")
        url = settings.pop("url")
        desktop.configure(url, **settings)
        self.assertIn("certificate", desktop.pull(ok=1).stderr)

    def test_redirect(self):
        desktop = self.following()
        desktop.at(f"https://localhost:{world.elsewhere}")
        world.publish("--bundle", "2.bundle")
        self.stays(desktop, "redirect", 1)

    def test_nobody_there(self):
        desktop = self.following()
        desktop.at(f"https://localhost:{free_port()}")
        self.stays(desktop, "trust/2.trust", 1)

    def test_slow(self):
        desktop = self.following()
        desktop.at(f"https://localhost:{world.slow}")
        world.publish("--bundle", "2.bundle")
        began = time.monotonic()
        self.stays(desktop, "channel/stable.pointer", 1)
        self.assertLess(time.monotonic() - began, 60)

    def test_missing(self):
        desktop = self.following()
        world.publish("--bundle", "2.bundle")
        sha = world.run("verify", "www/channel/stable.pointer").stdout.split("bytes, ")[1].split()[0]
        os.unlink(f"{world.www}/bundle/{sha}.bundle")
        self.stays(desktop, "does not have it", 1)
        os.unlink(world.www + "/channel/stable.pointer")
        self.stays(desktop, "does not have it", 1)

    def test_swapped(self):
        desktop = self.following()
        world.publish("--bundle", "2.bundle")
        sha = world.run("verify", "www/channel/stable.pointer").stdout.split("bytes, ")[1].split()[0]
        with open(world.path("3.bundle"), "rb") as f:
            other = f.read()
        with open(f"{world.www}/bundle/{sha}.bundle", "wb") as f:
            f.write(other[:os.path.getsize(world.path("2.bundle"))])
        self.stays(desktop, "not the bundle", 9)

    def answers(self, cut_path, answer):
        """Serves the folder, and gives one path to a function."""
        def serve(path, s):
            if path == cut_path:
                return answer(s)
            name = world.www + path
            if not os.path.isfile(name):
                s.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                return True
            with open(name, "rb") as f:
                body = f.read()
            s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            return True
        return Faulty(world.dir, serve)

    def faulty(self, desktop, path, answer, word, code=1):
        server = self.answers(path, answer)
        url = desktop.settings["url"]
        desktop.at(f"https://localhost:{server.port}")
        try:
            return self.stays(desktop, word, code)
        finally:
            server.done()
            desktop.at(url)

    def test_cut_at_any_byte(self):
        """The connection ends in the middle: nothing of it stays, and the next round gets it whole."""
        desktop = self.following()
        world.publish("--bundle", "2.bundle")
        sha = world.run("verify", "www/channel/stable.pointer").stdout.split("bytes, ")[1].split()[0]
        rounds = 0
        for path, stride in (("/channel/stable.pointer", 23), (f"/bundle/{sha}.bundle", 67)):
            with open(world.www + path, "rb") as f:
                body = f.read()
            for n in list(range(0, len(body), stride)) + [len(body) - 1]:
                for head in (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"):
                    self.faulty(desktop, path, lambda s, h=head, b=body[:n]: s.sendall(h + b) and False, path[1:], code=9 if b"close" in head else 1)
                    rounds += 1
        self.assertGreaterEqual(rounds, 80)
        desktop.pull()
        self.assertEqual(desktop.status()["bundle"], 2)

    def test_too_much(self):
        desktop = self.following()
        world.publish("--bundle", "2.bundle")
        sha = world.run("verify", "www/channel/stable.pointer").stdout.split("bytes, ")[1].split()[0]
        def endless(s):
            s.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                s.sendall(b"1000\r\n" + b"A" * 4096 + b"\r\n")
        for path in ("/trust/2.trust", "/channel/stable.pointer", f"/bundle/{sha}.bundle"):
            self.faulty(desktop, path, endless, "more than")
            self.faulty(desktop, path, lambda s: s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n") and False, "more than")
            self.faulty(desktop, path, lambda s: s.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") is None, "500")
            self.faulty(desktop, path, lambda s: s.sendall(b"HTTP/1.1 206 Some\r\nContent-Length: 1\r\n\r\nx") is None, "206")
            self.faulty(desktop, path, lambda s: s.sendall(b"rubbish\r\n\r\n") and False, path[1:])
            self.faulty(desktop, path, lambda s: s.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n") is None, "304") if "stable" not in path else None

    def test_hostile_headers(self):
        desktop = self.following()
        world.publish("--bundle", "2.bundle")
        with open(world.www + "/channel/stable.pointer", "rb") as f:
            body = f.read()
        for etag in (b'"' + b"a" * 5000 + b'"', b'"a b"', b"\x1b[2J", b'"\xff"', b""):
            server = self.answers("/channel/stable.pointer", lambda s, e=etag: s.sendall(b"HTTP/1.1 200 OK\r\nETag: " + e + b"\r\nSet-Cookie: a=b\r\nContent-Length: %d\r\n\r\n" % len(body) + body) is None)
            other = desktop.copy()
            other.at(f"https://localhost:{server.port}")
            other.pull()
            other.pull()
            self.assertEqual(other.status()["bundle"], 2)
            server.done()


class Cuts(Case):
    """The process dies, the power goes or the disk is full at every step that changes a file: the old policy or the new one, whole."""
    def news(self, desktop):
        """New on the server: a trust file, a bundle, a pointer."""
        world.run("trust", "--from", "1.trust", "cut2.trust", "add:policy:tanaka.pub")
        for key in ("root1", "root2"):
            world.run("sign", "--key", key, "cut2.trust")
        world.publish("--bundle", "2.bundle", trust="cut2.trust")
        shutil.copy(world.path("1.trust"), world.www + "/trust/1.trust")

    def tearDown(self):
        if os.path.exists(world.path("cut2.trust")):
            os.unlink(world.path("cut2.trust"))

    def steps(self, desktop):
        counting = desktop.copy()
        count = world.path("count")
        with open(count, "w", encoding="ascii"):
            pass
        os.chmod(count, 0o666)
        counting.pull(LD_PRELOAD=CUT, CUT_COUNT=count)
        with open(count, encoding="ascii") as f:
            return int(f.read())

    def every_step(self, how):
        fresh = Desktop()
        desktop = self.following()
        self.news(desktop)
        for start, bundles in ((desktop, (1, 2)), (fresh, (0, 2))):
            steps = self.steps(start)
            self.assertGreater(steps, 12)
            seen = set()
            for n in range(1, steps + 1):
                victim = start.copy()
                done = victim.pull(ok=None, LD_PRELOAD=CUT, CUT_AT=str(n), CUT_HOW=how)
                if how == "full":
                    self.assertIn(done.returncode, (0, 1))
                else:
                    self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr)
                now = victim.status()
                self.assertIn(now["bundle"], bundles, f"{how} at {n}")
                self.assertEqual(now["state"], "fresh" if now["bundle"] else "none", f"{how} at {n}")
                seen.add(now["bundle"])
                victim.pull()
                self.assertEqual((victim.status()["state"], victim.status()["bundle"], victim.status()["trust"]), ("fresh", 2, 2), f"{how} at {n}")
                shutil.rmtree(victim.spool)
            self.assertEqual(seen, set(bundles), how)

    def test_kill(self):
        self.every_step("kill")

    def test_power(self):
        self.every_step("power")

    def test_power_and_renames(self):
        self.every_step("lost")

    def test_full(self):
        self.every_step("full")

    def test_really_full(self):
        """A file system without room."""
        if os.geteuid() != 0:
            self.fail("must run as root")
        desktop = self.following()
        world.publish("--bundle", "2.bundle")
        script = (f"set -e; mkdir -p /tmp/hanare-full; mount -t tmpfs -o size=64k tmpfs /tmp/hanare-full; cp -a {desktop.spool}/. /tmp/hanare-full/; chown {NOBODY} /tmp/hanare-full; "
                  f"head -c 100000 /dev/zero >/tmp/hanare-full/fill 2>/dev/null || true; cd {world.dir}; "
                  f"{POLICY} pull --config {desktop.conf} --spool /tmp/hanare-full && exit 3; {POLICY} status --json --config {desktop.conf} --spool /tmp/hanare-full; "
                  f"rm /tmp/hanare-full/fill; {POLICY} pull --config {desktop.conf} --spool /tmp/hanare-full")
        done = subprocess.run(["unshare", "-m", "sh", "-c", script], env=world.env, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("No space left", done.stderr)
        first = json.loads(done.stdout.splitlines()[0])
        self.assertEqual((first["state"], first["bundle"]), ("fresh", 1))
        self.assertIn("number 2 is new", done.stdout)
        os.rmdir("/tmp/hanare-full")

    def test_two_at_once(self):
        desktop = self.following()
        import fcntl
        self.assertEqual(os.stat(desktop.spool + "/stable/lock").st_mode & 0o777, 0o600)  # who can open it can hold it
        fd = os.open(desktop.spool + "/stable/lock", os.O_RDWR)
        fcntl.flock(fd, fcntl.LOCK_EX)
        self.assertIn("another round", desktop.pull(ok=1).stderr)
        os.close(fd)
        desktop.pull()


if __name__ == "__main__":
    world = World()
    try:
        result = unittest.main(argv=["test-fleet"] + sys.argv[3:], exit=False, verbosity=1).result
    finally:
        world.done()
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
