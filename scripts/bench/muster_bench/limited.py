"""Who is measured in the cases cancel and overload: each serves /LIMIT/http/ID and /LIMIT/sql/ID, with 20 places for each kind of source.

LIMIT is how long a caller is let wait: short, which the case gives, or long, a minute. The first asks the upstream for /item/ID, the second runs
a statement with the number, which gives one row {id}; the answer is {"result": {"id": ID}}.
"""

import json
import sys

from . import contestants, machine
from .contestants import RIVALS
from .machine import WORK

PLACES = 20

# Named as in --only.
MUSTER, VERTX, VERTX_STOPS, GO, FASTAPI, FASTAPI_STOPS, NGINX = (
    "muster", "vertx", "vertx-stops", "go", "fastapi", "fastapi-stops", "nginx",
)


class Work:
    """What all of them are given: the port of the upstream, Postgres, the statement, and the short limit in milliseconds."""

    def __init__(self, upstream, postgres, sql, short_ms):
        self.upstream, self.postgres, self.sql, self.short_ms = upstream, postgres, sql, short_ms

    def words(self):
        return [self.upstream, self.postgres.url(), self.sql, self.short_ms]


class Muster(contestants.Muster):
    def start(self, work):
        port = machine.free_port()
        settings = (
            f"server: {{port: {port}}}\nsources:\n  up: {{http: 'http://127.0.0.1:{work.upstream}', pool: {PLACES}}}\n"
            f"  db: {{postgres: '{work.postgres.url()}', pool: {PLACES}}}\n"
        )
        steps = {
            "http": "{http: up, get: '/item/{id}', args: {id: = input.id}}",
            "sql": f"{{postgres: db, sql: {json.dumps(work.sql)}, params: [= input.id], rows: one}}",
        }
        plans = {
            f"{limit}_{kind}": f"expose: GET /{limit}/{kind}/{{id}}\ntimeout: {time}\ninput: {{id: integer}}\n"
            f"steps: {{found: {step}}}\noutput: {{result: = found}}\n"
            for limit, time in (("short", f"{work.short_ms}ms"), ("long", "1m"))
            for kind, step in steps.items()
        }
        process = self.serve(contestants.conf_folder(f"limited-{self.name}", settings, plans))
        process.await_answer(f"http://127.0.0.1:{port}/health/ready", 120)
        return process, port


class Rival:
    """A program whose words are its port and the work, ready when it answers /ready."""

    def __init__(self, name, version, *command):
        self.name, self.version, self.command = name, version, command

    def start(self, work):
        port = machine.free_port()
        process = machine.Process(self.name, *self.command_at(port, work), env=self.environment(work))
        process.await_answer(f"http://127.0.0.1:{port}/ready", 120)
        return process, port

    def command_at(self, port, work):
        return [*self.command, port, *work.words()]

    def environment(self, work):
        return {}


class HandWritten(Rival):
    def __init__(self, home, stops=False):
        super().__init__(
            "Vert.x by hand" + (", with stops" if stops else ""), f"JDK {contestants.version_of(home)}",
            home / "bin/java", *contestants.unsafe_allowed(home), "-cp", contestants.test_classes(), "dev.muster.bench.LimitedByHand",
        )
        self.stops = ["stops"] if stops else []

    def command_at(self, port, work):
        return [*super().command_at(port, work), *self.stops]


class Go(Rival):
    def __init__(self):
        super().__init__("Go", contestants.go_version(), machine.go_build(RIVALS / "go", WORK / "go-limited", "./limited"))


class FastApi(Rival):
    def __init__(self, stops=False):
        version = machine.run(sys.executable, "-c", "import fastapi, uvicorn; print(fastapi.__version__, 'uvicorn', uvicorn.__version__)").strip()
        super().__init__("FastAPI" + (", with stops" if stops else ""), version)
        self.stops = stops

    def command_at(self, port, work):
        return [
            sys.executable, "-m", "uvicorn", "limited:app", "--host", "127.0.0.1", "--port", port, "--loop", "uvloop", "--http", "httptools",
            "--no-access-log", "--log-level", "warning", "--app-dir", RIVALS / "fastapi",
        ]

    def environment(self, work):
        upstream = f"http://127.0.0.1:{work.upstream}"
        return {
            "UPSTREAM": upstream, "POSTGRES": work.postgres.url(), "SQL": work.sql, "SHORT_MS": str(work.short_ms),
            **({"STOPS": "yes"} if self.stops else {}),
        }


class Nginx(Rival):
    """A reverse proxy that refuses what finds no place at once; it knows no queue, and its answers are the upstream's own."""

    def __init__(self):
        program = machine.need("nginx", "nginx-light")
        super().__init__("nginx", machine.run("sh", "-c", f"{program} -v 2>&1").split("/")[-1].split()[0], program)

    def command_at(self, port, work):
        folder = WORK / "conf" / "nginx-limited"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "nginx.conf").write_text(
            f"""daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log emerg;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    upstream up {{
        zone up 64k;
        server 127.0.0.1:{work.upstream} max_conns={PLACES} max_fails=0;
        keepalive {PLACES};
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_connect_timeout {work.short_ms}ms;
        proxy_read_timeout {work.short_ms}ms;
        location /short/http/ {{ proxy_pass http://up/item/; }}
        location = /ready {{ return 200; }}
    }}
}}
"""
        )
        return [*self.command, "-c", folder / "nginx.conf", "-p", folder]


def made(bench, names):
    """Those of these names that can be had and are wanted, which may be none. Other jars of Muster come with Muster."""
    jar = contestants.build_muster()
    new = lambda: machine.jdk(21, 25)
    makers = {
        MUSTER: lambda: Muster("Muster", new(), jar),
        VERTX: lambda: HandWritten(new()),
        VERTX_STOPS: lambda: HandWritten(new(), stops=True),
        GO: Go,
        FASTAPI: FastApi,
        FASTAPI_STOPS: lambda: FastApi(stops=True),
        NGINX: Nginx,
    }
    chosen = {name: makers[name] for name in names}
    if MUSTER in names:
        for number, path in enumerate(bench.options.jar, 1):
            chosen[f"jar-{number}"] = lambda path=path: Muster(f"Muster, {path.name}", new(), path)
    return bench.made(chosen, least=0)
