"""An analysis as a file, by the suffix of its name: data, a page or a picture."""

from __future__ import annotations

from importlib.util import find_spec

from tore_export.analysis.pages import as_html, as_markdown
from tore_export.analysis.result import TokenAnalysis
from tore_export.errors import UsageError
from tore_export.storage.files import write_bytes

__all__ = ["PICTURES", "check_report", "write_report"]

PICTURES = (".svg", ".png", ".pdf")
_SUFFIXES = (".json", ".md", ".html", *PICTURES)


def check_report(path: str) -> None:
    """Check that a report can be written by this name, before anything is counted.

    **Raises** UsageError for a suffix that means nothing, and for a picture where matplotlib is missing.
    """
    suffix = _suffix(path)
    if suffix is None:
        raise UsageError(
            "what kind of report this is, its name does not say",
            where=path,
            allowed=f"a name that ends in {', '.join(_SUFFIXES)}",
        )
    if suffix in PICTURES and find_spec("matplotlib") is None:
        raise UsageError(
            "pictures are drawn by matplotlib, which is not installed",
            where=path,
            hint="pip install 'tore-export[pictures]', or name a report .json, .md or .html",
        )


def write_report(analysis: TokenAnalysis, path: str) -> None:
    """Write the report. **Raises** as `check_report` does, and StorageError."""
    check_report(path)
    suffix = _suffix(path)
    if suffix == ".json":
        import msgspec

        data = msgspec.json.format(msgspec.json.encode(analysis.to_dict()), indent=2) + b"\n"
    elif suffix == ".md":
        data = as_markdown(analysis).encode()
    elif suffix == ".html":
        data = as_html(analysis).encode()
    else:
        from tore_export.analysis.pictures import as_picture

        data = as_picture(analysis, str(suffix)[1:])
    write_bytes(path, data)


def _suffix(path: str) -> str | None:
    return next((suffix for suffix in _SUFFIXES if path.lower().endswith(suffix)), None)
