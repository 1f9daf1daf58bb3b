"""What the contestants ask: nginx as the upstream, Postgres with one table, MariaDB."""

import json
import os
import pathlib
import pwd
import shutil
import signal
import time

from . import machine

ITEM = '{"id":7,"name":"a product of some length","tags":["a","b"],"price":12.5}'


def big():
    """About 20 KB of JSON, as a list of products."""
    rows = [
        {"id": i, "name": f"product {i}", "price": round(i * 1.25, 2), "tags": ["new", "sale"], "stock": {"here": i % 7}}
        for i in range(220)
    ]
    return json.dumps({"items": rows}, separators=(",", ":"))


class Nginx:
    """An upstream that answers /items/N with 71 bytes and /big with about 20 KB, from one worker."""

    def __init__(self):
        program = machine.need("nginx", "nginx-light")
        self.folder = machine.folder("muster-bench-nginx-")
        os.chmod(self.folder, 0o755)
        self.port = machine.free_port()
        (self.folder / "big").write_text(big())
        (self.folder / "nginx.conf").write_text(
            f"""daemon off;
worker_processes 1;
pid {self.folder}/pid;
error_log {self.folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
    client_body_temp_path {self.folder}/1; proxy_temp_path {self.folder}/2; fastcgi_temp_path {self.folder}/3;
    uwsgi_temp_path {self.folder}/4; scgi_temp_path {self.folder}/5;
    server {{
        listen 127.0.0.1:{self.port} reuseport backlog=4096;
        location /items/ {{ return 200 '{ITEM}'; }}
        location = /broken {{ return 200 '{ITEM[:-1]}'; }}
        location = /big {{ root {self.folder}; open_file_cache max=10; }}
    }}
}}
"""
        )
        self.process = machine.Process("nginx", program, "-c", self.folder / "nginx.conf", "-p", self.folder)
        self.process.await_answer(f"http://127.0.0.1:{self.port}/items/7")

    def stop(self):
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres:
    """Debian's server in a folder of its own, with a thousand items. Settings are further ones, as name=value."""

    def __init__(self, *settings):
        self.bin = pathlib.Path(machine.need("postgres", "postgresql"))
        self.folder = machine.folder("muster-bench-postgres-")
        self.port = machine.free_port()
        self.as_owner = []
        if os.getuid() == 0:
            # Postgres refuses to run as root.
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.as_owner = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        data = self.folder / "data"
        machine.run(*self.as_owner, self.bin / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        self.process = machine.Process(
            "postgres",
            *self.as_owner,
            self.bin / "postgres",
            "-D", data, "-p", self.port, "-k", self.folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=256MB",
            *(word for setting in settings for word in ("-c", setting)),
            # It ends at once, whoever is still connected.
            stop_signal=signal.SIGINT,
        )
        self.await_ready()
        self.psql("create table item (id int primary key, name text not null)")
        self.psql("insert into item select i, 'item ' || i from generate_series(1, 1000) i")
        self.psql("vacuum analyze")

    def await_ready(self):
        for _ in range(300):
            try:
                machine.run(self.bin / "pg_isready", "-h", "127.0.0.1", "-p", self.port)
                return
            except RuntimeError:
                time.sleep(0.1)
        raise RuntimeError(f"Postgres does not start: {self.process.log.read_text()[-2000:]}")

    def url(self, scheme="postgresql"):
        return f"{scheme}://postgres@127.0.0.1:{self.port}/postgres"

    def psql(self, sql):
        return machine.run(self.bin / "psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", "-c", sql)

    def version(self):
        return self.psql("show server_version").split()[0]

    def stop(self):
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class MariaDb:
    """Debian's server in a folder of its own, empty; its user muster may make databases."""

    def __init__(self):
        program = machine.need("mariadbd", "mariadb-server-core")
        self.folder = machine.WORK / "mariadb"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.port = machine.free_port()
        own = [f"--user={pwd.getpwuid(os.getuid()).pw_name}", f"--datadir={self.folder}/data"]
        machine.run("mariadb-install-db", "--no-defaults", "--skip-test-db", *own)
        (self.folder / "user.sql").write_text(
            "create user muster@'127.0.0.1' identified by 'muster';\ngrant all on *.* to muster@'127.0.0.1' with grant option;\n"
        )
        self.process = machine.Process(
            "mariadb", program, "--no-defaults", *own, "--bind-address=127.0.0.1", f"--port={self.port}", "--socket=socket",
            f"--init-file={self.folder}/user.sql", "--skip-name-resolve", "--skip-ssl",
        )
        self.process.await_port(self.port)

    def url(self):
        return f"mysql://muster:muster@127.0.0.1:{self.port}/mysql"

    def stop(self):
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
