"""A log of 1 GiB: its lines that contain a word, to a file. Megabytes a second, CPU a megabyte, peak of memory."""

import json
import os
import random
import statistics
import sys
from datetime import datetime, timedelta

from . import commands, contestants, machine
from .machine import WORK

CASES = {"lines": "the lines of a log of 1 GiB that contain a word, to a file"}
BYTES = 1 << 30
# What takes a call for each line is measured over the first part of the log: the whole would take minutes.
PART_BYTES = 8 << 20
WORD = "checkout"
BY_LINES = "aiofiles, by lines, the first 8 MiB"
ROUNDS = 3

BROWSERS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0.0.0",
    "curl/8.7.1",
]
PATHS = ["/api/products/{}", "/api/sellers/{}/stock", "/static/app-{}.js", "/products/{}?ref=mail", "/search?q=caffè&page={}"]


def write_log(path, size, seed=20240506):
    """Lines of an access log, the same for the same seed; one in a hundred is of a checkout."""
    chance = random.Random(seed)
    at, written = datetime(2024, 5, 6), 0
    with open(path, "wb") as out:
        while written < size:
            # A second of the log, some thousand lines.
            second = f'- - [{at:%d/%b/%Y:%H:%M:%S} +0000] "'
            lines = []
            for _ in range(chance.randrange(2_000, 6_000)):
                number = chance.getrandbits(32)
                some, few = number >> 16, number & 1023
                path_of = f"/api/{WORD}/{some}" if number % 100 == 0 else PATHS[few % 5].format(some)
                lines.append(
                    f'10.{few & 127}.{some & 255}.{few >> 2} {second}{"POST" if number % 100 == 0 else "GET"} {path_of} HTTP/1.1" '
                    f'{200 if few < 1000 else 502} {some * 3} "-" "{BROWSERS[few & 3]}" 0.{few:03}\n'
                )
            block = "".join(lines).encode()
            if written + len(block) > size:
                block = block[: block.rfind(b"\n", 0, size - written) + 1]
                size = 0
            out.write(block)
            written += len(block)
            at += timedelta(seconds=1)


def log_of(size):
    """The log of that size, made once and kept under target/. What was begun and not finished does not count."""
    folder = WORK / "logs-to-filter"
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"access-{size >> 20}.log"
    if not log.exists():
        free = os.statvfs(folder)
        if free.f_bavail * free.f_frsize < size + (1 << 28):
            raise machine.Missing(f"{(size >> 20) + 256} MiB of room on the disk of {folder}")
        print(f"making {log}", file=sys.stderr)
        part = log.with_suffix(".part")
        write_log(part, size)
        part.rename(log)
    return log


def wanted_of(log):
    """The lines that each contestant has to find; reading them brings the log into the page cache."""
    word = WORD.encode()
    with open(log, "rb", buffering=1 << 20) as lines:
        return b"".join(line for line in lines if word in line)


PLANS = {
    # In constant memory: lines go to standard output as events, one by one.
    "flow": f"timeout: 10m\nsteps:\n  found: {{file: logs, lines: LOG, match: {WORD}, stream: true}}\noutput: done\n",
    # All lines that match as a list, counted and written as text.
    "list": f"""timeout: 10m
steps:
  found: {{file: logs, lines: LOG, match: {WORD}}}
  written: {{file: results, write: result, content: '= found.join("\\n") + "\\n"'}}
output: = size(found)
""",
}


def python(name, how, log, library=None):
    """One of the ways of `rivals/python/lines.py`."""
    shown = f"from importlib.metadata import version; print(version('{library}'))" if library else "import sys; print(sys.version.split()[0])"
    version = machine.run(sys.executable, "-c", shown).strip()
    program = contestants.RIVALS / "python/lines.py"
    return commands.Command(name, version, lambda path: [sys.executable, program, how, WORD, log, path])


def contestants_of(bench, log, part, folder):
    makers = commands.musters(bench)
    conf = lambda name: conf_of(name, log, folder)

    def grep(name, locale):
        program = machine.need("grep", "grep")
        version = machine.run(program, "--version").split("\n")[0].split()[-1]
        return commands.Command(name, version, lambda path: [program, "-F", WORD, log], prints=True, env={"LC_ALL": locale})

    def ripgrep():
        program = machine.need("rg", "ripgrep")
        version = machine.run(program, "--version").split()[1]
        return commands.Command("ripgrep", version, lambda path: [program, "--no-config", "-F", WORD, log], prints=True)

    found = commands.runs(bench, makers, conf, "flow")
    found["muster-list"] = lambda: commands.of(makers["muster"](), "Muster, as a list", "run", "list", "--conf", conf("list"))
    found["muster-served"] = lambda: commands.Served("Muster, served and warm", makers["muster"](), conf("served"), "flow")
    found["grep"] = lambda: grep("grep -F, C", "C")
    found["grep-utf-8"] = lambda: grep("grep -F, UTF-8", "C.UTF-8")
    found["ripgrep"] = ripgrep
    found["python"] = lambda: python("Python, a loop", "loop", log)
    found["aiofiles"] = lambda: python("aiofiles, by blocks", "aiofiles", log, "aiofiles")
    found["aiofiles-lines"] = lambda: python(BY_LINES, "async-for", part, "aiofiles")
    return bench.made(found)


def conf_of(name, log, folder):
    settings = f"sources:\n  logs: {{file: '{log.parent}'}}\n  results: {{file: '{folder}', write: true}}\n"
    return contestants.conf_folder(f"lines-{name}", settings, {plan: text.replace("LOG", log.name) for plan, text in PLANS.items()})


def profiled(stack):
    log = log_of(BYTES)
    wanted_of(log)
    conf = conf_of("profiled", log, commands.results_of("lines"))
    return commands.Profiled(["run", "flow", "--conf", conf, "--stream"], log.stat().st_size // 1_000_000, "megabyte")


PROFILED = {"lines": profiled}


def found_in(path):
    """The lines of a file, whoever wrote it: where they are Muster's events, the texts of these."""
    with open(path, "rb") as file:
        if file.read(9) != b'{"event":':
            file.seek(0)
            return file.read()
        file.seek(0)
        events = [json.loads(line) for line in file]
    if events[-1]["event"] != "end" or events[-1]["state"] != "done":
        raise RuntimeError(f"the run did not end as done: {events[-1]!r:.300}")
    return b"".join(event["value"].encode() + b"\n" for event in events if event["event"] == "item")


def same_lines(name, path, wanted):
    found = found_in(path)
    if found != wanted:
        counts = f"{len(found.splitlines()):,} lines of {len(found):,} bytes instead of {len(wanted.splitlines()):,} of {len(wanted):,}"
        raise RuntimeError(f"{name} finds other lines: {counts}")


def measure(bench, cases):
    rounds = bench.options.rounds or ROUNDS
    log, part = log_of(BYTES), log_of(PART_BYTES)
    wanted = {log: wanted_of(log), part: wanted_of(part)}
    read = lambda name: part if name == BY_LINES else log
    found = contestants_of(bench, log, part, commands.results_of("lines"))
    figures = commands.turns(bench, "lines", found, rounds, lambda name, path: same_lines(name, path, wanted[read(name)]))
    megabytes = {name: read(name).stat().st_size / 1e6 for name in figures}
    bench.table("lines", f"lines: {CASES['lines']}", HEADER, rows(figures, megabytes))
    bench.results["lines"] = results(figures, megabytes)


HEADER = ["", "MB/s", "least … most", "CPU ms/MB", "least … most", "× grep -F in C, by the clock", "peak of resident MiB"]


def rows(figures, megabytes):
    beside = figures.get("grep -F, C")
    for name, rounds in figures.items():
        size = megabytes[name]
        speed = lambda used: size / used.seconds
        ratio = ""
        if beside:
            ratio = statistics.median(speed(own) / (megabytes["grep -F, C"] / grep.seconds) for (grep, _), (own, _) in zip(beside, rounds))
            ratio = f"{ratio:.3f}"
        peak = max(used.peak_mib for used, _ in rounds)
        rates = commands.spread([speed(used) for used, _ in rounds], "{:,.0f}")
        yield [name, *rates, *commands.spread([used.cpu_seconds * 1e3 / size for used, _ in rounds], "{:.2f}"), ratio, f"{peak:.0f}"]


def results(figures, megabytes):
    return {
        name: {
            "MB a second": statistics.median(megabytes[name] / used.seconds for used, _ in rounds),
            "CPU ms a MB": statistics.median(used.cpu_seconds * 1e3 / megabytes[name] for used, _ in rounds),
            "peak of resident MiB": max(used.peak_mib for used, _ in rounds),
        }
        for name, rounds in figures.items()
    }
