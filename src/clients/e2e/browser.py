"""Loads page.html into a headless Chromium, which runs plans over a WebSocket: browser.py CHROMIUM ws://…"""

import http.server
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from urllib.parse import quote

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXPECTED = [
    'run {"id":7}', "start", "step fast", "step slow", "end", "call 50", "start", "closed",
]
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --password-store=basic"
).split()
results = queue.Queue()


class Files(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args):
        super().__init__(*args, directory=FOLDER)

    def guess_type(self, path):
        return "text/javascript" if path.endswith(".js") else super().guess_type(path)

    def do_POST(self):
        results.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


def main(chromium, bridge):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = f"http://127.0.0.1:{server.server_port}/e2e/page.html?bridge={quote(bridge, safe='')}"
        try:
            return load(chromium, page)
        finally:
            server.shutdown()


def load(chromium, page):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [chromium, *FLAGS, f"--user-data-dir={profile}", page],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            said = results.get(timeout=40)
        except queue.Empty:
            said = ["nothing within 40 s"]
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
    for line in said:
        print(f"browser: {line}")
    return 0 if said == EXPECTED else f"browser: FAILED: {EXPECTED} was expected"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(*sys.argv[1:]))
