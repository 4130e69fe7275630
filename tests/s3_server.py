"""An S3 server on loopback, moto's, and a line to it that breaks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tore_export.storage import stores


@contextmanager
def s3_environment(port: int) -> Iterator[None]:
    """Have this process, and those it starts, find S3 at a port of this machine."""
    before = dict(os.environ)
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
        AWS_EC2_METADATA_DISABLED="true",
    )
    stores.filesystem.cache_clear()
    try:
        yield
    finally:
        stores.filesystem.cache_clear()
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def s3_server(bucket: str = "shop") -> Iterator[int]:
    """Run a server with one bucket; its port. The environment names it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        from pyarrow import fs

        with s3_environment(port):
            store = fs.S3FileSystem(
                endpoint_override=f"http://127.0.0.1:{port}", allow_bucket_creation=True
            )
            store.create_dir(bucket)
            yield port
    finally:
        process.kill()
        process.wait()


class Line:
    """A TCP proxy to a port. The next `n_cuts` connections are cut after `after` bytes either way."""

    def __init__(self, target: int, *, after: int = 0, n_cuts: int = 0) -> None:
        self._target, self.after, self.n_cuts = target, after, n_cuts
        self.is_silent = False
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Refuse from now on."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self._open.append(client)
            if self.is_silent:
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open.append(server)
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._copy, args=pair, daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        n_bytes = 0
        with suppress(OSError):
            while data := source.recv(65_536):
                n_bytes += len(data)
                if n_bytes > self.after and self._takes_cut():
                    break
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _takes_cut(self) -> bool:
        with self._lock:
            self.n_cuts -= 1
            return self.n_cuts >= 0
