"""One file to one file: what `tore-export FILE` does."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tore_export.api.export_result import result_of
from tore_export.api.text_engine import TextEngine, one
from tore_export.config import ExportConfig
from tore_export.errors import PreflightError, UsageError
from tore_export.results import ExportResult
from tore_export.storage.files import is_remote, local, write_bytes

if TYPE_CHECKING:
    from tore_export.api.preview import DocumentPreview

__all__ = ["encoded", "export_file", "preview_file"]


def export_file(
    file: str,
    format: str,
    config: ExportConfig,
    output: str | None = None,
    *,
    count: bool = True,
    score: bool = True,
) -> ExportResult:
    """Render the document in `file`; write it to `output` where one is given.

    Without `count` and `score` the figures that cost more than the rendering are left out.

    **Raises** PreflightError for a folder or a file that is not there, UsageError for a file of many
    documents, DocumentError for one that cannot be read or shortened to its budget, FormatError for
    an unknown format.
    """
    _refuse_folder(file)
    if output is not None and not is_remote(output):
        target = os.path.realpath(local(output))
        if os.path.isdir(target):
            raise UsageError("the output is a folder; name a file", where=output)
        if target == os.path.realpath(local(file)):
            raise UsageError("the output is the input", where=output)
    engine = TextEngine(config)
    engine.formatter(format)
    table = one(engine.table(file))
    if score:
        from tore_export.stages.score_quality import ScoreQuality

        table = ScoreQuality()(table)
    table, optimization = engine.within_budget(table, [format])
    result = result_of(
        engine, table, format, optimization, count=engine.count_once if count else None
    )
    if output is None:
        return result
    write_bytes(output, encoded(result, config))
    return replace(result, output=output)


def _refuse_folder(file: str) -> None:
    if not is_remote(file) and os.path.isdir(local(file)):
        raise PreflightError(
            "is a folder, and one file is asked for",
            where=file,
            hint="use `tore-export batch` or `tore-export training`",
        )


def preview_file(file: str, format: str, config: ExportConfig) -> DocumentPreview:
    """Return what would become of the document in `file`. **Raises** as `export_file` does."""
    from tore_export.api.preview import preview_files

    _refuse_folder(file)
    documents = preview_files([file], [format], config, 2)
    if len(documents) != 1:
        raise UsageError(
            "one document is asked for",
            where=file,
            found=f"{'more than one' if documents else 'no'} document",
            hint="use `tore-export batch`",
        )
    return documents[0]


def encoded(result: ExportResult, config: ExportConfig) -> bytes:
    """Return the bytes of a file: JSON lines are UTF-8, all else is as configured."""
    is_json = TextEngine(config).formatter(result.format).suffix == ".jsonl"
    encoding = "utf-8" if is_json else config.output_encoding
    return result.content.encode(encoding, "xmlcharrefreplace")
