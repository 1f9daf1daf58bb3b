"""The machine and its programs: packages, JDKs, free ports, processes with their CPU and memory."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORK = ROOT / "target" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")


class Missing(Exception):
    """A program that this machine does not have and cannot get; whoever needs it is left out, and named."""


def run(*command, **options):
    """Runs a command to its end and gives what it prints; fails with its last lines."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{tail}")
    return done.stdout


def need(program, package):
    """The path of a program, which is installed from Debian's package if it is missing."""
    found = find(program)
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "update", "-qq")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", package, env=environment)
        found = find(program)
    if found is None:
        raise Missing(f"{program} (Debian's package {package})")
    return found


def find(program):
    if program == "postgres":
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4]))
        return str(folders[-1].parent) if folders else None
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/go/bin")
    return found


def jdk(first, last):
    """The newest JDK with a compiler from one version to another."""
    best, best_version = None, 0
    for release in pathlib.Path("/usr/lib/jvm").glob("*/release"):
        version = re.search(r'JAVA_VERSION="(\d+)', release.read_text())
        number = int(version.group(1)) if version else 0
        if first <= number <= last and number > best_version and (release.parent / "bin/javac").exists():
            best, best_version = release.parent, number
    if best is None and shutil.which("javac"):
        home = pathlib.Path(os.path.realpath(shutil.which("javac"))).parents[1]
        version = re.search(r'JAVA_VERSION="(\d+)', (home / "release").read_text())
        if version and first <= int(version.group(1)) <= last:
            best = home
    if best is None:
        raise Missing(f"a JDK from {first} to {last} with a compiler")
    return best


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def descendants(pid):
    """A process and all below it."""
    found = [pid]
    for at in found:
        try:
            for task in os.listdir(f"/proc/{at}/task"):
                found += [int(c) for c in pathlib.Path(f"/proc/{at}/task/{task}/children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


class Process:
    """A program that runs until it is stopped, with what it has used. Its output goes to a file."""

    def __init__(self, name, *command, env=None, cwd=None):
        self.name = name
        self.log = WORK / "logs" / f"{re.sub(r'[^A-Za-z0-9]+', '-', name)}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "w") as out:
            self.process = subprocess.Popen(
                [str(c) for c in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self):
        return self.process.pid

    def cpu_seconds(self):
        total = 0
        for pid in descendants(self.pid):
            try:
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
            except (FileNotFoundError, ProcessLookupError):
                pass
        return total / TICKS

    def resident_mib(self):
        pages = 0
        for pid in descendants(self.pid):
            try:
                pages += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
            except (FileNotFoundError, ProcessLookupError):
                pass
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def await_port(self, port, seconds=60):
        """Waits until it takes connections at a port of this machine."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 5).close()
                return
            except OSError:
                time.sleep(0.05)
        tail = "\n".join(self.log.read_text().splitlines()[-10:])
        raise RuntimeError(f"{self.name} does not listen at {port}:\n{tail}")

    def await_answer(self, url, seconds=60):
        """Waits until an address answers with 200."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(url, timeout=5) as response:
                    if response.status == 200:
                        return response.read()
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        tail = "\n".join(self.log.read_text().splitlines()[-10:])
        raise RuntimeError(f"{self.name} does not answer at {url}:\n{tail}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                for pid in reversed(descendants(self.pid)):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                self.process.wait(5)


def describe():
    """The machine in a line."""
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown CPU"
    )
    memory = int(next(line.split()[1] for line in open("/proc/meminfo") if line.startswith("MemTotal"))) >> 20
    system = next(
        (line.split("=", 1)[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME")), ""
    )
    return f"{len(os.sched_getaffinity(0))} cores ({model}), {memory} GiB, {system}, Linux {os.uname().release.split('-')[0]}"
