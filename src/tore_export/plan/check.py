"""Preflight: what can be known to be wrong before anything starts, in well under a second."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from tore_export.documents.schema import DOCUMENT
from tore_export.errors import PreflightError
from tore_export.plan.inputs import input_roots
from tore_export.stages.stage import Stage
from tore_export.storage.files import exists, is_remote, list_files, local
from tore_export.storage.layout import Layout
from tore_export.storage.stores import reach

__all__ = ["check_columns", "check_disk", "check_output"]


def check_columns(stages: Sequence[Stage]) -> None:
    """Check that every column a stage reads is written before it.

    **Raises** PreflightError, naming stage and column.
    """
    there = set(DOCUMENT.names)
    for stage in stages:
        missing = [name for name in stage.reads if name not in there]
        if missing:
            raise PreflightError(
                f"the stage {type(stage).__name__} reads a column that no stage before it writes",
                found=missing[0],
                allowed=", ".join(sorted(there)),
            )
        there.update(stage.writes)


def check_output(paths: Sequence[str], layout: Layout) -> None:
    """Check that the output is ours to write and does not lie inside the input.

    **Raises** PreflightError.
    """
    output = layout.output
    if is_remote(output):
        _check_remote(paths, layout)
        return
    real = os.path.realpath(local(output))
    for root in input_roots(paths):
        if is_remote(root):
            continue
        if os.path.isdir(root) and (real == root or real.startswith(root.rstrip("/") + "/")):
            raise PreflightError(
                "the output lies inside the input, so the next run would read it",
                where=output,
                hint="give an output outside of it",
            )
        if real == root:
            raise PreflightError("the output is the input", where=output)
    _check_ours(layout, real)
    parent = real
    while not os.path.lexists(parent):
        parent = os.path.dirname(parent)
    if not os.path.isdir(parent) and not (layout.is_file and parent == real):
        raise PreflightError("a file stands where a folder is needed", where=parent)
    folder = parent if os.path.isdir(parent) else os.path.dirname(parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PreflightError("cannot be written: permission denied", where=folder)


def _check_remote(paths: Sequence[str], layout: Layout) -> None:
    output = layout.output
    reach(output)
    for path in paths:
        root = path.rstrip("/")
        if output.rstrip("/") == root:
            raise PreflightError("the output is the input", where=output)
        if output.startswith(f"{root}/"):
            raise PreflightError(
                "the output lies inside the input, so the next run would read it",
                where=output,
                hint="give an output outside of it",
            )
    if exists(layout.state) or not exists(output.rstrip("/")):
        return
    raise PreflightError(
        "there is something already that this command did not write",
        where=output,
        hint="give a new name, or remove what is there",
    )


def _check_ours(layout: Layout, real: str) -> None:
    is_ours = os.path.isdir(local(layout.state))
    if layout.is_file:
        if os.path.isdir(real):
            raise PreflightError("is a folder, and its name means a file", where=layout.output)
        if os.path.exists(real) and not is_ours:
            raise PreflightError(
                "there is a file already that this command did not write",
                where=layout.output,
                hint="give another output, or remove it",
            )
        return
    if os.path.isfile(real):
        raise PreflightError(
            "is a file; the output of a dataset is a folder, or a name in .jsonl, .jsonl.zst, .parquet",
            where=layout.output,
        )
    if os.path.isdir(real) and os.listdir(real) and not is_ours:
        raise PreflightError(
            "the folder is not empty and was not made by this command",
            where=layout.output,
            hint="give a new folder, or empty it",
        )


def check_disk(n_bytes: int, layout: Layout, *, passes: int = 1) -> None:
    """Check that there is room for about twice the output; `n_bytes` is the size of the input.

    With two `passes` there has to be room for the spool of the first, too.

    **Raises** PreflightError.
    """
    if is_remote(layout.output):
        return
    folder = os.path.realpath(local(layout.state))
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    done = sum(
        info.size for folder in (layout, layout.prepared) for info in list_files(folder.parts)
    )
    # the text of a document is at most about its JSON; parts are text, shards a third of it, and
    # so is a spool
    needed = n_bytes * (1 + (passes - 1) / 2) - done
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PreflightError(
            "there is not enough room for the output",
            where=folder,
            found=f"{free / 1e6:,.0f} MB free",
            allowed=f"about {needed / 1e6:,.0f} MB or more",
            hint="free some space, or write elsewhere",
        )
