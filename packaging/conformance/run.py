#!/usr/bin/env python3
"""Runs the broker tests of mosquitto's source against a plain space of Sallyport.

    run.py SUITE_FOLDER SALLYPORT_COMMAND [name-part ...]

The tests run as they are: each gets the port of a listener without login as its argument, and a space of its own behind
it, made new each time it starts the broker. Where they start `mosquitto` they start the file `mosquitto` beside this one.
The suite compares packets byte for byte with mosquitto's; `adapted.py` takes those as equal that MQTT 5 lets a server
choose between. `expected.txt` names the tests that are
known to fail, with the reason; a failure that is not named there, and a test named there that passes, make this exit
with 1.
"""

import base64
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.realpath(__file__))
SECONDS_PER_TEST = 90
# A client's acknowledgement takes its message out of the store within 50 ms; the suite stops mosquitto in good order.
LAZY_SECONDS = 0.3
PARALLEL = 3
SPACES_PER_TENANT = 60
TOKEN = "token-of-this-run-only"


def key(tenant):
    return f"a-{tenant}-conformanc"


def listed(suite):
    """The suite's own list, as far as the package has the files: (number of ports, file name)."""
    folder = os.path.join(suite, "test", "broker")
    with open(os.path.join(folder, "test.py"), encoding="utf-8") as file:
        rows = re.findall(r"^ +\((\d), '\./([^']+)'\)", file.read(), re.M)
    return [(int(n), name) for n, name in rows if os.path.exists(os.path.join(folder, name))]


def expected():
    rows = {}
    with open(os.path.join(HERE, "expected.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.strip().partition(" ")
                rows[name] = reason.strip()
    return rows


def free_ports(count):
    """Below the range that the system gives to outgoing connections, so that they are free after a restart, too."""
    ports = []
    candidates = iter(range(random.randrange(10_000, 28_000), 32_000))
    while len(ports) < count:
        port = next(candidates)
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
                ports.append(port)
            except OSError:
                continue
    return ports


def adapt(library):
    """Makes the suite start the file beside this one where it starts mosquitto, and compare packets by what they mean."""
    with open(library, encoding="utf-8") as file:
        text = file.read()
    text, places = re.subn(r"'(/usr/sbin|\.\./\.\./src)/mosquitto'", repr(os.path.join(HERE, "mosquitto")), text)
    if places != 3:
        sys.exit(f"{library} starts the broker in {places} places, not in 3: another version?")
    with open(os.path.join(HERE, "adapted.py"), encoding="utf-8") as file:
        text += file.read()
    with open(library, "w", encoding="utf-8") as file:
        file.write(text)


class Server:
    """Sallyport with a space for each test."""

    def __init__(self, command, folder, tests):
        self.command = command
        self.folder = folder
        self.process = None
        self.lock = threading.Lock()
        ports = iter(free_ports(1 + sum(n for n, _ in tests)))
        self.https = next(ports)
        self.ports = {name: [next(ports) for _ in range(n)] for n, name in tests}
        with open(os.path.join(folder, "bootstrap.yaml"), "w", encoding="utf-8") as file:
            file.write("tenants:\n")
            for first in range(0, len(tests), SPACES_PER_TENANT):
                file.write(self.tenant(first, tests[first : first + SPACES_PER_TENANT]))
        self.places = {
            name: (f"s{number - number % SPACES_PER_TENANT:05}", f"s{number}", f"t{number}")
            for number, (_, name) in enumerate(tests)
        }
        with open(os.path.join(folder, "sallyport.yaml"), "w", encoding="utf-8") as file:
            file.write(f"ports: {{ mqtts: 0, https: {self.https} }}\nbind: [127.0.0.1]\n")

    def tenant(self, first, tests):
        spaces = ""
        listeners = ""
        for number, (_, name) in enumerate(tests, first):
            spaces += (
                f"      - name: s{number}\n"
                "        credentials:\n"
                f'          - {{ user: t{number}, clientIds: any, rules: ["allow both #"] }}\n'
            )
            for port in self.ports[name]:
                listeners += (
                    f"      - {{ port: {port}, identity: {{ space: s{number}, user: t{number} }} }}\n"
                )
        return (
            f"  - id: s{first:05}\n    name: Suite\n"
            f"    apiKeys:\n      - {{ key: {key(f's{first:05}')}, token: {TOKEN}, roles: [administrator] }}\n"
            f"    plainSpaces:\n{spaces}    listeners:\n{listeners}"
        )

    def start(self):
        log = os.path.join(self.folder, "server.log")
        with open(log, "a", encoding="utf-8") as output:
            begin = output.tell()
            self.process = subprocess.Popen(
                [
                    self.command,
                    "serve",
                    "--data",
                    os.path.join(self.folder, "data"),
                    "--config",
                    os.path.join(self.folder, "sallyport.yaml"),
                    "--bootstrap",
                    os.path.join(self.folder, "bootstrap.yaml"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        while True:
            with open(log, encoding="utf-8") as file:
                file.seek(begin)
                if re.search(r"^ready in", file.read(), re.M):
                    return
            if self.process.poll() is not None:
                with open(log, encoding="utf-8") as file:
                    sys.exit("Sallyport did not start:\n" + file.read()[-4000:])
            time.sleep(0.1)

    def call(self, tenant, method, path, body=None):
        request = urllib.request.Request(
            f"https://localhost:{self.https}/api/v1/tenants/{tenant}/spaces{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
        )
        login = base64.b64encode(f"{key(tenant)}:{TOKEN}".encode()).decode()
        request.add_header("Authorization", "Basic " + login)
        request.add_header("Content-Type", "application/json")
        trust = ssl.create_default_context(cafile=os.path.join(self.folder, "data", "ca.pem"))
        with urllib.request.urlopen(request, context=trust, timeout=20) as answer:
            answer.read()

    def empty(self, test):
        """Makes the test's space anew: no sessions, no retained messages."""
        tenant, space, user = self.places[test]
        self.call(tenant, "DELETE", f"/{space}/credentials/{user}")
        self.call(tenant, "DELETE", f"/{space}")
        self.call(tenant, "POST", "", {"name": space})
        self.call(
            tenant,
            "POST",
            f"/{space}/credentials",
            {"user": user, "clientIds": "any", "rules": ["allow both #"]},
        )

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def run(test, server, broker_folder, folder):
    """One test: (verdict, what it said). The verdict is passed, failed or inapplicable."""
    notes = tempfile.mkdtemp(dir=folder)
    restart = os.path.join(notes, "restart")
    empty = os.path.join(notes, "empty")
    said = os.path.join(notes, "output")
    with open(said, "w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, test] + [str(port) for port in server.ports[test]],
            cwd=broker_folder,
            env=dict(os.environ, CONFORMANCE_NOTES=notes, PYTHONWARNINGS="ignore"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    end = time.monotonic() + SECONDS_PER_TEST
    unmet = os.path.join(notes, "unmet")
    try:
        while process.poll() is None:
            if os.path.exists(unmet):
                break
            if os.path.exists(restart):
                with server.lock:
                    time.sleep(LAZY_SECONDS)
                    server.kill()
                    server.start()
                os.remove(restart)
            if os.path.exists(empty):
                server.empty(test)
                os.remove(empty)
            if time.monotonic() > end:
                with open(said, "a", encoding="utf-8") as output:
                    output.write(f"no end within {SECONDS_PER_TEST} s\n")
                break
            time.sleep(0.02)
    finally:
        if process.poll() is None or os.path.exists(unmet):
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()
    with open(said, encoding="utf-8", errors="replace") as file:
        text = file.read().strip()
    if os.path.exists(unmet):
        with open(unmet, encoding="utf-8") as file:
            return "inapplicable", file.read().strip()
    return ("passed" if process.returncode == 0 else "failed"), text


def main():
    suite, command, parts = sys.argv[1], sys.argv[2], sys.argv[3:]
    folder = tempfile.mkdtemp(prefix="sallyport-conformance-")
    copy = os.path.join(folder, "suite")
    shutil.copytree(suite, copy)
    adapt(os.path.join(copy, "test", "mosq_test.py"))
    broker = os.path.join(copy, "test", "broker")

    tests = [row for row in listed(copy) if not parts or any(part in row[1] for part in parts)]
    known = expected()
    server = Server(command, folder, tests)
    server.start()
    results = {}

    def report(name, verdict, text):
        results[name] = verdict, text
        note = ""
        if verdict == "failed":
            note = known.get(name, "NOT EXPECTED")
        elif verdict == "inapplicable":
            note = "wants: " + text
        elif name in known:
            note = "NOT EXPECTED TO PASS"
        print(f"{verdict:12} {name:50} {note}", flush=True)
        if note == "NOT EXPECTED":
            print("    " + "\n    ".join(text.splitlines()[-12:]), flush=True)

    def keeps(name):
        with open(os.path.join(broker, name), encoding="utf-8") as file:
            return "persistence true" in file.read()

    def bridges(name):
        with open(os.path.join(broker, name), encoding="utf-8") as file:
            return '"connection bridge' in file.read()

    try:
        for _, name in tests:
            if bridges(name):
                report(name, "inapplicable", "a connection of mosquitto to another broker")
            elif name.startswith("08-"):
                report(name, "inapplicable", "certificates, which the package has not")
        tests = [row for row in tests if row[1] not in results]
        together = [name for _, name in tests if not keeps(name)]
        with ThreadPoolExecutor(PARALLEL) as pool:
            outcomes = pool.map(lambda name: (name, run(name, server, broker, folder)), together)
            for name, outcome in outcomes:
                report(name, *outcome)
        # These restart the server, so nothing runs beside them.
        for _, name in tests:
            if keeps(name):
                report(name, *run(name, server, broker, folder))
    finally:
        server.stop()

    counts = {verdict: 0 for verdict in ("passed", "failed", "inapplicable")}
    for verdict, _ in results.values():
        counts[verdict] += 1
    surprises = [
        name
        for name, (verdict, _) in results.items()
        if verdict == "failed" and name not in known or verdict == "passed" and name in known
    ]
    print(
        f"{counts['passed']} passed, {counts['failed']} failed, {counts['inapplicable']} not applicable;"
        f" {len(surprises)} not as expected"
    )
    if surprises:
        print("logs: " + folder)
        return 1
    shutil.rmtree(folder)
    return 0


sys.exit(main())
