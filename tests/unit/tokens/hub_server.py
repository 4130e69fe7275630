"""A hub on loopback, which answers as the real one does, or as one that is broken."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "c0ffee" + "0" * 34


class HubServer:
    """What it holds, how it misbehaves, and what it was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.status: dict[str, list[int]] = {}
        self.error_codes: dict[str, str] = {}
        self.cut_after: dict[str, int] = {}
        self.sent_instead: dict[str, bytes] = {}
        self.headers_left_out: set[str] = set()
        self.stored_elsewhere: set[str] = set()
        self.commit = COMMIT
        self.silent_for = 0.0
        self.asked: list[str] = []
        self.tokens: list[str | None] = []
        self.endpoint = ""

    def put(self, path: str, content: bytes, *, large: bool = False) -> None:
        """Hold `org/name/file` with the ETag that the hub gives it."""
        self.files[path] = content
        git = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        self.etags[path] = hashlib.sha256(content).hexdigest() if large else git.hexdigest()

    def answer(self, request: BaseHTTPRequestHandler, method: str) -> None:
        """Answer one request for `/org/name/resolve/revision/file`.

        A file that is stored elsewhere is sent by another host, to which the hub redirects.
        """
        org, name, _, revision, file = request.path.strip("/").partition("?")[0].split("/", 4)
        path = f"{org}/{name}/{file}"
        self.asked.append(f"{method} {path}@{revision}")
        self.tokens.append(request.headers.get("Authorization"))
        time.sleep(self.silent_for)
        repository = f"{org}/{name}"
        status = self.status.get(repository, [])
        code = status.pop(0) if len(status) > 1 else (status[0] if status else 200)
        error = self.error_codes.get(repository)
        if code == 200 and path not in self.files:
            code, error = 404, "EntryNotFound"
        content = self.files.get(path, b"")
        elsewhere = f"http://localhost:{self.endpoint.rpartition(':')[2]}"
        is_hub = request.headers["Host"] != elsewhere.removeprefix("http://")
        if code == 200 and path in self.stored_elsewhere and is_hub:
            request.send_response(302)
            request.send_header("X-Repo-Commit", self.commit)
            request.send_header("X-Linked-ETag", f'"{self.etags[path]}"')
            request.send_header("X-Linked-Size", str(len(content)))
            request.send_header("ETag", '"of the redirection"')
            request.send_header("Location", f"{elsewhere}{request.path}?signed=1")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(code)
        said = {"X-Repo-Commit": self.commit, "ETag": f'"{self.etags.get(path, "")}"'}
        if error:
            said = {"X-Error-Code": error}
        sent = self.sent_instead.get(path, content) if method == "GET" else content
        said["Content-Length"] = str(len(sent) if code == 200 else 0)
        for key, value in said.items():
            if key not in self.headers_left_out:
                request.send_header(key, value)
        request.end_headers()
        if method == "GET" and code == 200:
            request.wfile.write(sent[: self.cut_after.get(path)])
            request.wfile.flush()
        request.close_connection = True


@contextmanager
def hub_server() -> Iterator[HubServer]:
    """Serve on a free port of loopback until the block ends."""
    held = HubServer()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            held.answer(self, "HEAD")

        def do_GET(self) -> None:
            held.answer(self, "GET")

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
