"""The machine and its programs: packages, JDKs, free ports, processes with their CPU and memory."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORK = ROOT / "target" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")
# How long a process may take to end before it is killed.
PATIENCE_SECONDS = 15


class Missing(Exception):
    """A program that this machine does not have and cannot get; whoever needs it is left out, and named."""


# What has to be ended and removed when the command ends, however it ends: each process and each folder enters itself when it is made.
ending = contextlib.ExitStack()
# Signals that end the command, all in the same way: the exception lets go of everything on its way.
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
_signals = {"held": 0, "kept": None, "ended": False}


def end_on_signals():
    """Lets the first signal end the command; later ones wait for what the first one does."""
    for number in SIGNALS:
        signal.signal(number, _on_signal)


def _on_signal(number, frame):
    if _signals["ended"]:
        print("ending what was started; one moment", file=sys.stderr)
    elif _signals["held"]:
        _signals["kept"] = number
    else:
        _signals["ended"] = True
        raise SystemExit(128 + number)


@contextlib.contextmanager
def signals_held():
    """A few lines that no signal tears apart, as those between the start of a process and the note that it has to be ended."""
    _signals["held"] += 1
    try:
        yield
    finally:
        _signals["held"] -= 1
        if not _signals["held"] and _signals["kept"]:
            number, _signals["kept"] = _signals["kept"], None
            _on_signal(number, None)


def folder(prefix):
    """A folder under /tmp that is removed at the end."""
    with signals_held():
        made = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
        ending.callback(shutil.rmtree, made, ignore_errors=True)
    return made


def run(*command, input=None, **options):
    """Runs a command to its end and gives what it prints; fails with its last lines. When it is interrupted it ends, with all that it started."""
    command = [str(c) for c in command]
    options = {"stdin": subprocess.DEVNULL if input is None else subprocess.PIPE, "text": True, **options}
    process = None
    try:
        with signals_held():
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options)
        out, err = process.communicate(input)
    except BaseException:
        if process is not None:
            end_group(process)
        raise
    if process.returncode != 0:
        tail = "\n".join((out + err).splitlines()[-15:])
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    return out


def session(leader):
    """The live processes of a session, whoever their parents are by now."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, _, _, of, *_ = stat.read_text().rsplit(")", 1)[1].split()
            if of == str(leader) and state != "Z":
                found.append(int(stat.parent.name))
    return found


def end_group(process, number=signal.SIGTERM):
    """Ends a process that leads a session, and all that it started: asked first, killed after a while."""
    until = time.monotonic() + PATIENCE_SECONDS
    asked = False
    while (process.poll() is None or session(process.pid)) and time.monotonic() < until:
        if not asked:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            asked = True
        time.sleep(0.02)
    while left := session(process.pid):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    process.wait()


def need(program, package):
    """The path of a program, which is installed from Debian's package if it is missing."""
    found = find(program)
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "update", "-qq")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with without_services():
            run("apt-get", "install", "-y", "-qq", "--no-install-recommends", package, env=environment)
        found = find(program)
    if found is None:
        raise Missing(f"{program} (Debian's package {package})")
    return found


@contextlib.contextmanager
def without_services():
    """Packages that are installed meanwhile start no service of their own, as nginx and Postgres would: Debian asks this program."""
    policy = pathlib.Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        # The machine has a policy of its own.
        yield
        return
    try:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        yield
    finally:
        policy.unlink(missing_ok=True)


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


def go_build(source, made, package="."):
    """Builds a program in Go from a folder, and gives its path."""
    WORK.mkdir(parents=True, exist_ok=True)
    run(go(), "build", "-o", made, package, cwd=source, env={**os.environ, "CGO_ENABLED": "0"})
    return made


def go():
    found = find("go")
    if found is None:
        raise Missing("go is neither on the PATH nor in /usr/local/go/bin")
    return found


def in_turn(found, number):
    """The contestants in the order of a round: whoever comes first in one round comes last in the next."""
    at = number % max(1, len(found))
    return found[at:] + found[:at]


def slug(name):
    """A name as a part of a path."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def fetch(url):
    """What an address answers, as JSON."""
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.loads(response.read())


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

    def __init__(self, name, *command, env=None, cwd=None, stdin=subprocess.DEVNULL, stdout=None, stop_signal=signal.SIGTERM):
        self.name = name
        self.stop_signal = stop_signal
        self.log = WORK / "logs" / f"{slug(name)}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "w") as out, signals_held():
            self.process = subprocess.Popen(
                [str(c) for c in command],
                stdin=stdin,
                stdout=stdout or out,
                stderr=out,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
            ending.callback(self.stop)

    @property
    def pid(self):
        return self.process.pid

    def cpu_seconds(self):
        """Of the process and all below it, those that have ended too."""
        total = 0
        for pid in descendants(self.pid):
            try:
                # utime, stime, and of children that have ended cutime, cstime.
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                total += sum(map(int, fields[11:15]))
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
        end_group(self.process, self.stop_signal)


@contextlib.contextmanager
def running(service):
    """Stops something that runs for as long as it is needed; processes and folders end with the command at the latest."""
    try:
        yield service
    finally:
        service.stop()


def peak_mib(pid):
    """The most memory that a process and those below it had resident, each at its own time."""
    peak = 0
    for at in descendants(pid):
        try:
            status = pathlib.Path(f"/proc/{at}/status").read_text()
            peak += int((re.search(r"VmHWM:\s*(\d+)", status) or ["", 0])[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return peak / 1024


def forget_peak(pid):
    """Has the peak of a process begin anew with what it holds now."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


class Used:
    """What one command took: seconds by the clock and of CPU, and its peak of resident memory, where that was looked at."""

    def __init__(self, seconds, cpu_seconds, peak_mib):
        self.seconds, self.cpu_seconds, self.peak_mib = seconds, cpu_seconds, peak_mib


def measured(*command, out=subprocess.DEVNULL, env=None, cwd=None, with_peak=True):
    """Runs a command to its end, its standard output into an open file, and gives what it used; fails with the last lines of its errors."""
    command = [str(c) for c in command]
    with tempfile.TemporaryFile() as errors, contextlib.ExitStack() as stack:
        with signals_held():
            began = time.monotonic()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True
            )
            stack.callback(end_group, process)
        peak = stack.enter_context(peak_of(process.pid)) if with_peak else [0.0]
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            tail = "\n".join(errors.read().decode(errors="replace").splitlines()[-15:])
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    return Used(seconds, usage.ru_utime + usage.ru_stime, peak[0])


@contextlib.contextmanager
def peak_of(pid):
    """A list of one figure, the peak of a process and those below it, which is looked at until it ends.

    The kernel's own peak of a process that ended counts that of its parent before exec, which is this one."""
    peak, ended = [0.0], threading.Event()

    def look():
        while not ended.is_set():
            peak[0] = max(peak[0], peak_mib(pid))
            ended.wait(0.01)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield peak
    finally:
        ended.set()
        looker.join()


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
