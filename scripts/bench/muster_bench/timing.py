"""How long commands and servers take: a command to its end, a server until it is ready, one request."""

import os
import re
import shutil
import socket
import tempfile
import time

from . import contestants, machine
from .machine import ROOT, WORK

# A server is asked so often whether it is ready: often enough for the figure, too seldom to hold it up.
EVERY_SECONDS = 0.002


class Timed:
    """A command that has ended: what it printed, and what it took, its children included."""

    def __init__(self, out, wall_ms, cpu_ms):
        self.out, self.wall_ms, self.cpu_ms = out, wall_ms, cpu_ms


def timed(command, env=None, cwd=None):
    """Runs a command to its end; fails with its last lines."""
    with tempfile.TemporaryFile() as out:
        used = machine.measured(*command, out=out, env=env, cwd=cwd, with_peak=False)
        out.seek(0)
        return Timed(out.read().decode(), used.seconds * 1e3, used.cpu_seconds * 1e3)


def request(port, path, method="GET", seconds=60):
    """One request on a connection of its own: the status, the body, and milliseconds from the connect to the last byte."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() if method != "GET" else head.replace("Content-Length: 0\r\n", "").encode())
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
            if is_whole(parts):
                break
        took = (time.monotonic() - began) * 1e3
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/"):
        raise ConnectionError("the connection was closed without an answer")
    return int(head.split(None, 2)[1]), body, took


def is_whole(parts):
    """Whether the announced length is there: some servers close a moment after their answer."""
    head, end, body = b"".join(parts).partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head) if end else None
    return bool(length) and len(body) >= int(length.group(1))


def await_status(process, port, path, statuses, began, seconds=120):
    """Milliseconds from a moment until a server answers with one of these statuses."""
    while time.monotonic() - began < seconds:
        if process.process.poll() is not None:
            break
        try:
            if request(port, path, seconds=5)[0] in statuses:
                return (time.monotonic() - began) * 1e3
        except OSError:
            pass
        time.sleep(EVERY_SECONDS)
    tail = "\n".join(process.log.read_text().splitlines()[-10:])
    raise RuntimeError(f"{process.name} is not ready at port {port}, {path}:\n{tail}")


class Home:
    """A folder with what an installation has: scripts/muster, the jar, and an archive or none."""

    def __init__(self, name, jdk, jar, with_archive):
        self.jdk = jdk
        self.version = version(jdk) + (", archive" if with_archive else "")
        self.folder = WORK / "homes" / name
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ("scripts", "target", "empty"):
            (self.folder / part).mkdir(parents=True)
        for script in ("muster", "lib-jdk"):
            shutil.copy2(ROOT / "scripts" / script, self.folder / "scripts" / script)
        self.jar = self.folder / "target/muster.jar"
        # An archive holds the path of its jar, so the jar has to be here itself.
        shutil.copy2(jar, self.jar)
        self.archive = self.folder / "target/muster.jsa" if with_archive else None
        self.env = {"JAVA_HOME": str(jdk)}
        if with_archive:
            machine.run(ROOT / "scripts/archive", self.jar, self.archive, env={**os.environ, **self.env})

    def script(self, *words):
        return [self.folder / "scripts/muster", *words]

    def java(self, *words):
        flags = [f"-XX:SharedArchiveFile={self.archive}", "-Xshare:auto"] if self.archive else []
        return [self.jdk / "bin/java", *flags, "-jar", self.jar, *words]

    def run(self, command):
        """Runs one of these commands in a folder where no configuration is."""
        return timed(command, env=self.env, cwd=self.folder / "empty")

    def serve(self, name, conf, port, env=None):
        """Starts a node and gives it with the moment of its start."""
        began = time.monotonic()
        return machine.Process(name, *self.script("serve", "--conf", conf, "--port", port), env={**self.env, **(env or {})}), began


def version(jdk):
    return f"JDK {contestants.version_of(jdk)}"
