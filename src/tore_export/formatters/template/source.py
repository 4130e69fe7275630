"""Where a template comes from: its text, and that of all files it may include, as data.

A template travels to the workers of a cluster in this form, and what makes an output is told by its
hash; nothing reads a template's file after the plan is made.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from tore_export.errors import TemplateError, nearest

__all__ = ["SHIPPED", "TemplateSource", "outside", "read_template"]

SHIPPED = {
    "default": ("default.md.j2", "title and sections as Markdown"),
    "academic": ("academic.md.j2", "a paper: numbered sections, contents, tables and notes"),
    "training": ("training.md.j2", "sections under their path of titles, for pre-training"),
    "structured": ("structured.txt.j2", "plain text with numbered headings and drawn tables"),
    "flat": ("flat.txt.j2", "plain text, a paragraph a line, without structure"),
    "training_jsonl": ("training_jsonl.jsonl.j2", "a record of prompt and completion a section"),
    "evaluation_jsonl": ("evaluation_jsonl.jsonl.j2", "a question with answer a section and table"),
}
"""The templates of this package: name → file and what it writes."""

MAX_FILE_BYTES = 250_000
MAX_BYTES = 1_000_000
"""Of all files together, in characters; compiling a megabyte takes some fifteen seconds."""

MAX_FILES = 1_000
_FOLDER = os.path.join(os.path.dirname(__file__), "shipped")
_MARKS_OF_JINJA = (".j2", ".jinja", ".jinja2")


class TemplateSource:
    """A template with all it may include, by name; `name` is the one that is rendered.

    >>> read_template("default")
    TemplateSource('default.md.j2', ...)
    """

    __slots__ = ("digest", "files", "name")

    def __init__(self, name: str, files: Mapping[str, str]) -> None:
        self.name = name
        self.files = dict(files)
        told = sha256(name.encode())
        for file in sorted(self.files):
            told.update(f"\0{file}\0{len(self.files[file])}\0{self.files[file]}".encode())
        self.digest = told.hexdigest()

    @property
    def suffix(self) -> str:
        """What ends the names of files that are written with it."""
        name = self.name.rpartition("/")[2]
        stem, ending = os.path.splitext(name)
        if ending in _MARKS_OF_JINJA:
            ending = os.path.splitext(stem)[1]
        return ending or ".txt"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TemplateSource) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return TemplateSource, (self.name, self.files)

    def __repr__(self) -> str:
        return f"TemplateSource({self.name!r}, ...)"

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:16]}"


def read_template(given: str) -> TemplateSource:
    """Return the template that `given` names, a shipped one or a file, with what it may include.

    Includes are names within the template's own folder, else of shipped templates. What is named in
    the template is read; where a name is made while rendering, the whole folder is.

    **Raises** TemplateError for a file that is not there, cannot be read, is too large, has a fault
    in its syntax, or names one outside of its folder.
    """
    if given in SHIPPED:
        folder, name = _FOLDER, SHIPPED[given][0]
    else:
        if not os.path.isfile(given):
            raise TemplateError(
                "no such template",
                where=given,
                allowed=f"a file, or {', '.join(SHIPPED)}",
                hint=nearest(given, SHIPPED),
            )
        folder, name = os.path.split(given)
    return TemplateSource(name, _read_all(folder or ".", name))


def _read_all(folder: str, name: str) -> dict[str, str]:
    from tore_export.formatters.template.compile import references

    found: dict[str, str] = {}
    todo = [name]
    has_read_folder = False
    while todo:
        name = todo.pop()
        if name in found:
            continue
        text = _read(_path_of(folder, name), name)
        _keep(found, name, text)
        named, is_open = references(text, name)
        for other, line, is_needed in named:
            if outside(other):
                raise _outside(f"{name}:{line}", other)
            path = _path_of(folder, other, f"{name}:{line}")
            if os.path.isfile(path):
                todo.append(other)
            elif is_needed:
                raise TemplateError(
                    "the template includes one that is not there",
                    where=f"{name}:{line}",
                    found=other,
                    hint="names are those of files in the folder of the template",
                )
        if is_open and not has_read_folder:
            has_read_folder = True
            todo += [file for file in _files_below(folder) if file not in found]
    return found


def _read(path: str, name: str) -> str:
    try:
        if os.path.getsize(path) > MAX_FILE_BYTES:
            raise TemplateError(
                "the template is too large",
                where=name,
                found=f"{os.path.getsize(path):,} bytes",
                allowed=f"{MAX_FILE_BYTES:,}",
            )
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except UnicodeDecodeError as error:
        raise TemplateError("the template is no UTF-8 text", where=name, found=error) from error
    except OSError as error:
        raise TemplateError(
            "the template cannot be read", where=name, found=error.strerror
        ) from error


def _keep(found: dict[str, str], name: str, text: str) -> None:
    found[name] = text
    if len(found) > MAX_FILES or sum(map(len, found.values())) > MAX_BYTES:
        raise TemplateError(
            "the template includes too much",
            where=name,
            allowed=f"{MAX_FILES:,} files, {MAX_BYTES:,} characters",
        )


def _path_of(folder: str, name: str, where: str | None = None) -> str:
    """Return the path of a template, shipped where the folder has none of this name."""
    path = os.path.join(folder, name)
    if not os.path.lexists(path):
        shipped = os.path.join(_FOLDER, name)
        return shipped if os.path.isfile(shipped) else path
    real = os.path.realpath(path)
    # the template that was asked for may be a link; what it includes may not lead out
    if where is not None and not real.startswith(os.path.realpath(folder).rstrip("/") + os.sep):
        raise _outside(where, name)
    return real


def outside(name: str) -> bool:
    """Tell whether a name leads out of the folder, however that is written."""
    parts = name.replace("\\", "/").split("/")
    return not name or os.path.isabs(name) or ".." in parts or parts[0] in ("", "~") or "\0" in name


def _outside(where: str, name: str) -> TemplateError:
    return TemplateError(
        "the template includes a file outside of its folder",
        where=where,
        found=name,
        allowed="names within the folder of the template",
    )


def _files_below(folder: str) -> Iterable[str]:
    """Yield the names of files that may be templates: text, not hidden, not linked from elsewhere."""
    n_seen = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            n_seen += 1
            path = os.path.join(parent, name)
            if n_seen > MAX_FILES:
                raise TemplateError(
                    "a template that makes up the names it includes needs a folder of its own",
                    where=folder,
                    found=f"more than {MAX_FILES:,} files",
                )
            if name.startswith(".") or os.path.islink(path) or not _is_text(path):
                continue
            yield os.path.relpath(path, folder).replace(os.sep, "/")


def _is_text(path: str) -> bool:
    try:
        if os.path.getsize(path) > MAX_FILE_BYTES:
            return False
        with open(path, encoding="utf-8") as stream:
            return "\0" not in stream.read()
    except (UnicodeDecodeError, OSError):
        return False
