"""Who is measured in the HTTP cases: each starts a server for all five of them. What contestants of other cases share stands here too."""

import os
import pathlib
import re
import shutil
import sys

from . import machine
from .machine import ROOT, WORK

RIVALS = ROOT / "scripts" / "bench" / "rivals"

# The plans of the five cases, each exposed as GET /api/NAME; scripts/bench/guard serves them too.
PLANS = ROOT / "scripts" / "bench" / "plans"
# Measured by nobody: all contestants have to notice that what came is no JSON.
BROKEN = "plan: broken\nexpose: GET /api/broken\nsteps: {item: {http: up, get: /broken}}\noutput: {result: = item}\n"


def build_muster():
    """The jar and the classes of the tests, where the hand-written rival is; built only if they are older than the sources."""
    jar = ROOT / "target" / "muster.jar"
    rival = ROOT / "target" / "test-classes" / "dev" / "muster" / "bench" / "HandWritten.class"
    sources = [ROOT / "pom.xml", *(path for path in (ROOT / "src").rglob("*") if path.is_file())]
    if not jar.exists() or not rival.exists() or max(path.stat().st_mtime for path in sources) > jar.stat().st_mtime:
        print("building target/muster.jar", file=sys.stderr)
        maven("-DskipTests", "package")
    path = WORK / "classpath"
    WORK.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.stat().st_mtime < (ROOT / "pom.xml").stat().st_mtime:
        maven("dependency:build-classpath", f"-Dmdep.outputFile={path}")
    return jar


def maven(*words, home=None):
    environment = {**os.environ, "JAVA_HOME": str(home)} if home else None
    machine.run(machine.need("mvn", "maven"), "-q", "-B", *words, cwd=ROOT, env=environment)


def classpath():
    """The libraries of Muster and of its tests, once build_muster has found them."""
    return (WORK / "classpath").read_text().strip()


def test_classes():
    """The class path of Muster's own programs that measure, and of what is written by hand."""
    return f"{ROOT}/target/test-classes:{ROOT}/target/classes:{classpath()}"


def rival_classes(name, home):
    """The class path of a rival that Maven builds, outside its sources."""
    folder = WORK / name
    folder.mkdir(parents=True, exist_ok=True)
    goals = ["compile", "dependency:build-classpath", f"-Dmdep.outputFile={folder}/classpath"]
    maven("-f", RIVALS / name / "pom.xml", f"-DbuildDirectory={folder}", *goals, home=home)
    return f"{folder}/classes:{(folder / 'classpath').read_text().strip()}"


def version_of(home):
    return re.search(r'JAVA_VERSION="([^"]+)"', (home / "release").read_text()).group(1)


def conf_folder(name, settings, plans=()):
    """A new folder of configuration: muster.yaml, and a file for each plan, by name the text below its first line."""
    conf = WORK / "conf" / machine.slug(name)
    shutil.rmtree(conf, ignore_errors=True)
    (conf / "plans").mkdir(parents=True)
    (conf / "muster.yaml").write_text(settings)
    for plan, text in dict(plans).items():
        (conf / "plans" / f"{plan}.yaml").write_text(f"plan: {plan}\n{text}")
    return conf


def configuration(name, port, upstream, postgres):
    """A folder in which the cases are plans, with their upstream and database."""
    conf = conf_folder(
        name,
        f"server: {{port: {port}}}\nsources:\n  up: {{http: 'http://127.0.0.1:{upstream}', pool: 256}}\n"
        f"  db: {{postgres: '{postgres.url()}', pool: 16}}\n",
    )
    shutil.copytree(PLANS, conf / "plans", dirs_exist_ok=True)
    (conf / "plans" / "broken.yaml").write_text(BROKEN)
    return conf


def unsafe_allowed(home):
    """The flag without which Netty does without Unsafe on newer JDKs; older ones do not know it."""
    return ["--sun-misc-unsafe-memory-access=allow"] if int(version_of(home).split(".")[0]) >= 24 else []


class Muster:
    """A jar that serves the cases as plans, started by those flags of scripts/muster that make a difference to a server's speed."""

    def __init__(self, name, home, jar, archive=None):
        self.name, self.home, self.jar, self.archive = name, home, jar, archive
        self.version = f"JDK {version_of(home)}" + (", archive" if archive else ", no archive")

    def start(self, upstream, postgres):
        port = machine.free_port()
        return self.serve(configuration(self.name, port, upstream, postgres)), f"http://127.0.0.1:{port}"

    def serve(self, conf):
        """Serves any folder with a configuration."""
        flags = unsafe_allowed(self.home)
        if self.archive:
            flags += [f"-XX:SharedArchiveFile={self.archive}", "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr"]
        return machine.Process(self.name, self.home / "bin/java", *flags, "-jar", self.jar, "serve", "--conf", conf)


class HandWritten:
    """Vert.x without Muster: parses what its upstream answers, or, spliced, checks it and copies the bytes."""

    def __init__(self, home, name="Vert.x by hand", *words):
        self.home, self.name, self.words = home, name, words
        core = next(path for path in (WORK / "classpath").read_text().split(":") if "/vertx-core/" in path)
        self.version = f"{pathlib.Path(core).stem.removeprefix('vertx-core-')}, JDK {version_of(home)}"

    def start(self, upstream, postgres):
        port = machine.free_port()
        command = ["-cp", test_classes(), "dev.muster.bench.HandWritten", port, upstream, postgres.url(), *self.words]
        return machine.Process(self.name, self.home / "bin/java", *unsafe_allowed(self.home), *command), f"http://127.0.0.1:{port}"


class Nima:
    name = "Helidon Níma"

    def __init__(self, home):
        self.home = home
        pom = RIVALS / "nima" / "pom.xml"
        self.version = re.search("<helidon.version>(.*)</", pom.read_text()).group(1) + f", JDK {version_of(home)}"
        self.classes = rival_classes("nima", home)

    def start(self, upstream, postgres):
        port = machine.free_port()
        url = f"jdbc:{postgres.url()}".replace("postgres@", "") + "?user=postgres"
        process = machine.Process(self.name, self.home / "bin/java", "-cp", self.classes, "rival.Rival", port, upstream, url)
        return process, f"http://127.0.0.1:{port}"


def go_version():
    return machine.run(machine.go(), "version").split()[2].removeprefix("go")


class Go:
    name = "Go"

    def __init__(self):
        folder = RIVALS / "go"
        pgx = re.search(r"pgx/v5 v(\S+)", (folder / "go.mod").read_text()).group(1)
        self.version = f"{go_version()}, pgx {pgx}"
        self.program = machine.go_build(folder, WORK / "go-rival")

    def start(self, upstream, postgres):
        port = machine.free_port()
        process = machine.Process(self.name, self.program, port, upstream, postgres.url())
        return process, f"http://127.0.0.1:{port}"


class FastApi:
    name = "FastAPI ×2"

    def __init__(self):
        said = "import fastapi, platform, uvicorn; print(f'{fastapi.__version__}, uvicorn {uvicorn.__version__}, Python {platform.python_version()}')"
        self.version = machine.run(sys.executable, "-c", said).strip()

    def start(self, upstream, postgres):
        port = machine.free_port()
        process = machine.Process(
            self.name, sys.executable, "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", port, "--workers", "2",
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--app-dir", RIVALS / "fastapi",
            env={"UPSTREAM": f"http://127.0.0.1:{upstream}", "POSTGRES": postgres.url()},
        )
        return process, f"http://127.0.0.1:{port}"


def archive(jar, home):
    """An archive of the classes for faster starts, made once for a jar; None, which is said, if it cannot be made."""
    made = WORK / f"muster-{version_of(home)}.jsa"
    if not made.exists() or made.stat().st_mtime < jar.stat().st_mtime:
        made.unlink(missing_ok=True)
        try:
            machine.run(ROOT / "scripts/archive", jar, made, env={**os.environ, "JAVA_HOME": str(home)})
        except RuntimeError as why:
            print(f"no archive, so that Muster starts slower: {why}", file=sys.stderr)
            return None
    return made
