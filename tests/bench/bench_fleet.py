#!/usr/bin/python3
"""bench_fleet: what desktops that follow a channel cost its web server: bytes on the wire and nginx's CPU time for a round.

Runs nginx and the puller in a network namespace of their own and counts what crosses its loopback. As a program (as root):
bench_fleet.py [ROUNDS] prints the table alone. SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import bench_row

POLICY = os.environ.get("HANARE_POLICY", "/usr/libexec/hanare/hanare-policy")
NOBODY, PORT, MINUTES = 65534, 8443, 15
CONF = """daemon off; worker_processes 1; pid {d}/pid; error_log {d}/error.log; events {{}}
http {{ access_log off; client_body_temp_path {d}/t; proxy_temp_path {d}/t; fastcgi_temp_path {d}/t; uwsgi_temp_path {d}/t; scgi_temp_path {d}/t;
server {{ listen 127.0.0.1:{p} ssl; ssl_certificate {d}/tls.pem; ssl_certificate_key {d}/tls.key; root {d}/www; }} }}
"""


def run(*words, cwd):
    subprocess.run([POLICY, *words], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def make_site(d):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "tls.key", "-out", "tls.pem", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], cwd=d, check=True, stderr=subprocess.DEVNULL)
    run("keygen", "key", cwd=d)
    run("trust", "1.trust", "add:root:key.pub", "add:policy:key.pub", "add:pointer:key.pub", cwd=d)
    run("sign", "--key", "key", "1.trust", cwd=d)
    os.makedirs(d + "/site/kinds.d")
    for number in (1, 2):  # 5,000 rules; the second differs in one
        with open(d + "/site/kinds.d/rules.jsonc", "w", encoding="utf-8") as f:
            f.write("{\n" + "".join(f'  "rule-{i}": "host{i * 7919 % 5003}.example.co.jp",\n' for i in range(4999)) + f'  "last": {number}\n}}\n')
        run("bundle", "--number", str(number), "site", f"{number}.bundle", cwd=d)
        run("sign", "--key", "key", f"{number}.bundle", cwd=d)
    with open(d + "/fleet.conf", "w", encoding="ascii") as f:
        f.write(f"url https://localhost:{PORT}\nca {d}/tls.pem\ntrust {d}/1.trust\n")
    with open(d + "/nginx.conf", "w", encoding="ascii") as f:
        f.write(CONF.format(d=d, p=PORT))


def wire():
    """Bytes that crossed the loopback, headers and both directions included."""
    with open("/proc/net/dev", encoding="ascii") as f:
        return next(int(line.split(":")[1].split()[0]) for line in f if line.strip().startswith("lo:"))


def cpu(pid):
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as f:
        return int(f.read().split()[0]) / 1000


def spool(d, name):
    path = f"{d}/{name}"
    os.mkdir(path)
    os.chown(path, NOBODY, NOBODY)
    return path


def pull(d, path, worker):
    bytes_before, cpu_before = wire(), cpu(worker)
    run("pull", "--config", d + "/fleet.conf", "--spool", path, cwd=d)
    time.sleep(0.02)  # the last packets of the connection
    return wire() - bytes_before, cpu(worker) - cpu_before


def inside(rounds):
    """In the namespace: bytes and microseconds of each round."""
    os.umask(0o022)
    d = tempfile.mkdtemp(prefix="hanare-bench-fleet-")
    os.chmod(d, 0o755)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    make_site(d)
    run("publish", "--trust", "1.trust", "--key", "key", "--bundle", "1.bundle", "www", cwd=d)
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", d, "-c", d + "/nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        worker = subprocess.run(["pgrep", "-P", str(nginx.pid)], stdout=subprocess.PIPE, check=True).stdout.split()[0].decode()
        desks = [spool(d, f"spool-{i}") for i in range(10)]
        first = [pull(d, desk, worker) for desk in desks]
        same = [pull(d, desks[0], worker) for _ in range(rounds)]
        run("publish", "--trust", "1.trust", "--key", "key", "--bundle", "2.bundle", "www", cwd=d)
        new = [pull(d, desk, worker) for desk in desks]
        size = os.path.getsize(d + "/2.bundle")
    finally:
        nginx.terminate()
        nginx.wait()
        shutil.rmtree(d)
    print(json.dumps({"first": first, "same": same, "new": new, "size": size}))


def measure(quick=False):
    rounds = 50 if quick else 200
    done = subprocess.run(["unshare", "--net", sys.executable, os.path.abspath(__file__), "--inside", str(rounds)], stdout=subprocess.PIPE, check=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    size = f"a bundle of 5,000 rules, {found['size']} bytes"
    same = bench_row.row("fleet", "a round with nothing new, on the wire", "B", [b for b, _ in found["same"]], note="TLS handshake, trust file (404), pointer (304)")
    new = bench_row.row("fleet", "a round with a new bundle, on the wire", "B", [b for b, _ in found["new"]], note=size)
    cost = bench_row.row("fleet", "the same without news: nginx's CPU", "us", [c for _, c in found["same"]])
    yield from (same, new, cost)
    for desktops in (10_000, 1_000_000):
        a_day = desktops * 24 * 60 / MINUTES
        yield bench_row.row("fleet", f"{desktops:,} desktops, every {MINUTES} minutes: a day", "GB", [same["median"] * a_day / 1e9], note="arithmetic on the line above")
        yield bench_row.row("fleet", f"{desktops:,} desktops: cores of nginx", "", [desktops / (MINUTES * 60) * cost["median"] / 1e6], note="the same")
        yield bench_row.row("fleet", f"{desktops:,} desktops: a new policy", "GB", [desktops * new["median"] / 1e9], note="once, to all")


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--inside":
        inside(int(sys.argv[2]))
    else:
        print("\n".join(bench_row.table(list(measure(len(sys.argv) > 1)))))
