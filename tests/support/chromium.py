"""Debian's Chromium without a window, the pages that it opens, and what went over its wires."""

import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import typing

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from kinesisd import WAIT_S

SETTLE_S = 2  # for what is under way; Chromium does not tell of the end of each request
DRIVER = "/usr/bin/chromedriver"
# No name is looked up: all are this machine. Frames share the page's process, as its log lacks those of others; what
# a page may send and read does not depend on it.
FLAGS = ("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-site-isolation-trials",
         "--host-resolver-rules=MAP * 127.0.0.1, EXCLUDE localhost")


class Sent(typing.NamedTuple):
    """A request that reached the server. A pre-flight is a request of its own."""

    method: str
    url: str
    status: int


class Chromium:
    """One Chromium with a profile of its own, which trusts the CA in the file `authority` besides those it has."""

    def __init__(self, authority):
        self.home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        trust(authority, self.home.name)
        options = webdriver.ChromeOptions()
        for flag in (*FLAGS, f"--user-data-dir={self.home.name}/profile"):
            options.add_argument(flag)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # which root cannot have
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        service = Service(executable_path=DRIVER, env={**os.environ, "HOME": self.home.name})
        try:
            self.driver = webdriver.Chrome(options=options, service=service)
        except BaseException:
            self.home.cleanup()
            raise
        self.driver.set_page_load_timeout(WAIT_S)
        self.driver.set_script_timeout(WAIT_S)

    def open(self, url):
        """As typed into the address bar; what was sent before is forgotten."""
        self.driver.get(url)
        self.driver.get_log("performance")

    def run(self, script, *arguments):
        """What the function body returns, or what the promise that it returns comes to."""
        return self.driver.execute_script(script, *arguments)

    def text(self):
        """What a person sees on the page."""
        return self.run("return document.body.innerText")

    def sent(self, address):
        """What went to that host and port since this was last asked, once nothing is under way there."""
        asked, left, statuses, failed = {}, set(), {}, set()
        roots = (f"http://{address}/", f"https://{address}/")
        deadline = time.monotonic() + SETTLE_S
        while True:
            for line in self.driver.get_log("performance"):
                event = json.loads(line["message"])["message"]
                about = event["params"]
                if event["method"] == "Network.requestWillBeSent":
                    asked[about["requestId"]] = about["request"]["method"], about["request"]["url"]
                elif event["method"] == "Network.requestWillBeSentExtraInfo":
                    left.add(about["requestId"])
                elif event["method"] == "Network.responseReceivedExtraInfo":
                    statuses[about["requestId"]] = about["statusCode"]
                elif event["method"] == "Network.loadingFailed":
                    failed.add(about["requestId"])
            ours = [key for key, (_, url) in asked.items() if url.startswith(roots)]
            # What failed without having left was not let go by its pre-flight.
            waits = [key for key in ours if key not in statuses and (key in left or key not in failed)]
            if not waits or time.monotonic() > deadline:
                return [Sent(*asked[key], statuses[key]) for key in ours if key in statuses]
            time.sleep(0.01)

    def quit(self):
        self.driver.quit()
        self.home.cleanup()


def trust(authority, home):
    """As a person does who imports the CA into the browser."""
    store = pathlib.Path(home) / ".pki/nssdb"
    store.mkdir(parents=True)
    for command in (["-N", "--empty-password"], ["-A", "-n", "kinesisd", "-t", "C,,", "-i", authority]):
        subprocess.run(["certutil", "-d", f"sql:{store}", *command], check=True, stdin=subprocess.DEVNULL)


class Pages:
    """An HTTP server with the pages of somebody else: {path: (headers, body)}."""

    def __init__(self, pages):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                headers, body = pages.get(self.path, ({}, b""))
                self.send_response(200 if self.path in pages else 404)
                for name, value in {**headers, "Content-Length": len(body)}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def url(self, host, path="/"):
        return f"http://{host}:{self.port}{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(WAIT_S)
