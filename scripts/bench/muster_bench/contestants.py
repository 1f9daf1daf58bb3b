"""Who is measured in the HTTP cases: each starts a server for all five of them."""

import os
import re
import sys

from . import machine
from .machine import ROOT, WORK

RIVALS = ROOT / "scripts" / "bench" / "rivals"

PLANS = {
    "health": "output: {status: ok}\n",
    "data": "steps: {item: {http: up, get: /items/7}}\noutput: {result: = item}\n",
    "big": "steps: {item: {http: up, get: /big}}\noutput: {result: = item}\n",
    "three": """steps:
  one: {http: up, get: /items/1}
  two: {http: up, get: /items/2}
  three: {http: up, get: /items/3}
output: {one: = one, two: = two, three: = three}
""",
    "aggregate": """steps:
  one: {http: up, get: /items/1}
  two: {http: up, get: /items/2}
  three: {http: up, get: /items/3}
  row: {postgres: db, sql: 'select id, name from item where id = $1', params: [7], rows: one}
output: {one: = one, two: = two, three: = three, row: = row}
""",
}


def build_muster():
    """The jar and the classes of the tests, where the hand-written rival is; built only if they are older than the sources."""
    jar = ROOT / "target" / "muster.jar"
    sources = [p for folder in ("src", "pom.xml") for p in ((ROOT / folder).rglob("*") if (ROOT / folder).is_dir() else [ROOT / folder])]
    if not jar.exists() or max(p.stat().st_mtime for p in sources if p.is_file()) > jar.stat().st_mtime:
        print("building target/muster.jar", file=sys.stderr)
        machine.run("mvn", "-q", "-B", "-DskipTests", "package", cwd=ROOT)
    path = WORK / "classpath"
    WORK.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.stat().st_mtime < (ROOT / "pom.xml").stat().st_mtime:
        machine.run("mvn", "-q", "-B", "dependency:build-classpath", f"-Dmdep.outputFile={path}", cwd=ROOT)
    return jar


def version_of(home):
    return re.search(r'JAVA_VERSION="([^"]+)"', (home / "release").read_text()).group(1)


class Muster:
    """A jar that serves the cases as plans, started by scripts/muster's own flags."""

    def __init__(self, name, home, jar, archive=None):
        self.name, self.home, self.jar, self.archive = name, home, jar, archive
        self.version = f"JDK {version_of(home)}" + (", archive" if archive else "")

    def start(self, upstream, postgres):
        port = machine.free_port()
        conf = WORK / "conf" / re.sub(r"[^a-z0-9]+", "-", self.name.lower())
        (conf / "plans").mkdir(parents=True, exist_ok=True)
        (conf / "muster.yaml").write_text(
            f"server: {{port: {port}}}\nsources:\n  up: {{http: 'http://127.0.0.1:{upstream}', pool: 256}}\n"
            f"  db: {{postgres: '{postgres.url()}', pool: 16}}\n"
        )
        for name, text in PLANS.items():
            (conf / "plans" / f"{name}.yaml").write_text(f"plan: {name}\nexpose: GET /api/{name}\n{text}")
        return self.serve(conf), f"http://127.0.0.1:{port}"

    def serve(self, conf):
        """A node with the configuration in a folder."""
        flags = []
        if self.archive:
            flags += [f"-XX:SharedArchiveFile={self.archive}", "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr"]
        if int(version_of(self.home).split(".")[0]) >= 24:
            flags += ["--sun-misc-unsafe-memory-access=allow"]
        return machine.Process(self.name, self.home / "bin/java", *flags, "-jar", self.jar, "serve", "--conf", conf)


class HandWritten:
    name = "Vert.x by hand"

    def __init__(self, home):
        self.home = home
        self.version = f"JDK {version_of(home)}"

    def start(self, upstream, postgres):
        port = machine.free_port()
        classes = f"{ROOT}/target/test-classes:{ROOT}/target/classes:{(WORK / 'classpath').read_text().strip()}"
        flags = ["--sun-misc-unsafe-memory-access=allow"] if int(version_of(self.home).split(".")[0]) >= 24 else []
        process = machine.Process(
            self.name, self.home / "bin/java", *flags, "-cp", classes, "dev.muster.bench.HandWritten", port, upstream, postgres.url()
        )
        return process, f"http://127.0.0.1:{port}"


class Nima:
    name = "Helidon Níma"

    def __init__(self, home):
        self.home = home
        pom = (RIVALS / "nima/pom.xml").read_text()
        self.version = re.search("<helidon.version>(.*)</", pom).group(1) + f", JDK {version_of(home)}"
        self.folder = WORK / "nima"
        self.folder.mkdir(parents=True, exist_ok=True)
        machine.run(
            "mvn", "-q", "-B", "-f", RIVALS / "nima/pom.xml", f"-DbuildDirectory={self.folder}", "compile", "dependency:build-classpath",
            f"-Dmdep.outputFile={self.folder}/classpath", env={**os.environ, "JAVA_HOME": str(home)},
        )

    def start(self, upstream, postgres):
        port = machine.free_port()
        classes = f"{self.folder}/classes:{(self.folder / 'classpath').read_text().strip()}"
        url = f"jdbc:{postgres.url()}".replace("postgres@", "") + "?user=postgres"
        process = machine.Process(self.name, self.home / "bin/java", "-cp", classes, "rival.Rival", port, upstream, url)
        return process, f"http://127.0.0.1:{port}"


class Go:
    name = "Go"

    def __init__(self):
        go = machine.find("go")
        if go is None:
            raise machine.Missing("go")
        self.version = machine.run(go, "version").split()[2].removeprefix("go")
        self.program = WORK / "go-rival"
        machine.run(go, "build", "-o", self.program, ".", cwd=RIVALS / "go")

    def start(self, upstream, postgres):
        port = machine.free_port()
        process = machine.Process(self.name, self.program, port, upstream, postgres.url())
        return process, f"http://127.0.0.1:{port}"


class FastApi:
    name = "FastAPI ×2"

    def __init__(self):
        self.version = machine.run(sys.executable, "-c", "import fastapi, uvicorn; print(fastapi.__version__, 'uvicorn', uvicorn.__version__)").strip()

    def start(self, upstream, postgres):
        port = machine.free_port()
        process = machine.Process(
            self.name, sys.executable, "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", port, "--workers", "2",
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--app-dir", RIVALS / "fastapi",
            env={"UPSTREAM": f"http://127.0.0.1:{upstream}", "POSTGRES": postgres.url()},
        )
        return process, f"http://127.0.0.1:{port}"


def archive(jar, home):
    made = WORK / f"muster-{version_of(home)}.jsa"
    if not made.exists() or made.stat().st_mtime < jar.stat().st_mtime:
        made.unlink(missing_ok=True)
        machine.run(ROOT / "scripts/archive", jar, made, env={**os.environ, "JAVA_HOME": str(home)})
    return made
