"""Documents in others' systems: a store is listed, read and written; a workflow does the rest."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Protocol

from tore_export.api.workflow import ExportWorkflow
from tore_export.api.workflow_result import WorkflowResult
from tore_export.config import ExportConfig
from tore_export.errors import StorageError, UsageError
from tore_export.storage.files import is_remote, join, local, read_bytes, stat, walk, write_bytes

__all__ = ["ArrowStorage", "Storage", "execute_on"]


class Storage(Protocol):
    """What a store has to be able to do: a document management system, a database, a bucket.

    Names are relative, with `/`.
    """

    def names(self) -> Iterator[str]:
        """Yield the names of all files."""

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file; once this returns it is there, whole."""


class ArrowStorage:
    """Files below a folder, or a URI that Arrow or fsspec opens, as `s3://` and `gs://`.

    A workflow reads and writes such places by itself; this is for what lies around it, and the measure
    of what a store of one's own should do.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = ArrowStorage(folder)
    ...     store.write("manuals/pump.md", b"# Pumps")
    ...     list(store.names()), store.read("manuals/pump.md")
    (['manuals/pump.md'], b'# Pumps')
    """

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/") or "/"

    def uri(self, name: str = "") -> str:
        """Return what a workflow takes as input or output."""
        return join(self.root, _plain(name)) if name else self.root

    def names(self) -> Iterator[str]:
        """Yield the names of all files, in order. **Raises** StorageError."""
        if is_remote(self.root):
            root = self.root + "/"
            yield from (info.path.removeprefix(root) for info in walk(self.root))
            return
        root = local(self.root)
        found = (
            os.path.relpath(os.path.join(folder, name), root)
            for folder, _, names in os.walk(root)
            for name in names
        )
        yield from sorted(name.replace(os.sep, "/") for name in found)

    def read(self, name: str) -> bytes:
        """Return a file's bytes. **Raises** StorageError where there is none."""
        path = self.uri(name)
        if stat(path) is None:
            raise StorageError("no such file", where=path)
        return read_bytes(path)

    def write(self, name: str, data: bytes) -> None:
        """Write a file as a whole. **Raises** StorageError."""
        write_bytes(self.uri(name), data)


def execute_on(source: Storage, target: Storage, config: ExportConfig) -> WorkflowResult:
    """Execute a workflow on what `source` holds, and write what comes out to `target`.

    For stores that are neither files nor a URI: what they hold is brought here first, and what was made
    is brought there at the end, the card last, so that a dataset which has one is whole. `output` of the
    configuration's workflow is not asked for. One that was stopped writes nothing, and none goes on.

    **Raises** what `ExportWorkflow.execute` and the stores raise.
    """
    with tempfile.TemporaryDirectory(prefix="tore-export-") as folder:
        inputs, output = ArrowStorage(join(folder, "in")), ArrowStorage(join(folder, "out"))
        for name in source.names():
            inputs.write(name, source.read(name))
        own = config.workflow.model_copy(update={"output": output.root})
        workflow = ExportWorkflow(config.model_copy(update={"workflow": own}))
        result = workflow.execute(inputs.root)
        if not result.is_finished:
            return result
        made = [name for name in output.names() if ".tore-export" not in name.split("/")]
        for name in sorted(made, key=lambda name: (name.endswith("README.md"), name)):
            target.write(name, output.read(name))
    return result


def _plain(name: str) -> str:
    """Return a name that stays below its root. **Raises** UsageError for another."""
    if name.startswith("/") or ".." in PurePosixPath(name).parts:
        raise UsageError("not a name within the store", found=repr(name))
    return name
