"""Find the files of the input: files, folders (searched below), globs, URIs.

Order and names are the same wherever and whenever the search runs: files are sorted by their name
relative to the input root. Hidden files and folders are left out; a symbolic link is followed unless
it leads back to a folder above itself.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import translate
from functools import lru_cache
from urllib.parse import urlsplit

from tore_export.errors import PreflightError
from tore_export.sources.unit import InputFile
from tore_export.storage.files import is_remote, join, local, stat, walk
from tore_export.storage.stores import reach

__all__ = ["find_inputs", "fixed_part", "input_roots"]

_MAGIC = re.compile(r"[*?\[]")


def find_inputs(
    paths: Sequence[str], include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> list[InputFile]:
    """Return the files that `paths` mean, sorted by their name relative to the input root.

    The input root is the folder given, or the folder of the file given; where several paths are
    given, the folder they have in common. `include` and `exclude` are globs: one with a `/` is
    matched against the relative name (`**` spans folders), one without against the file's own name.

    **Raises** PreflightError for a path that is not there or cannot be read, and where no file is
    left.
    """
    expanded = [found for path in paths for found in _expand(path)]
    root = _common_root(expanded)
    files: dict[str, InputFile] = {}
    for path in expanded:
        for found in _below(path):
            name = _relative(found.path, root)
            files[name] = InputFile(found.path, name, found.size, found.stamp)
    chosen = [
        files[name]
        for name in sorted(files)
        if (not include or any(_matches(name, glob) for glob in include))
        and not any(_matches(name, glob) for glob in exclude)
    ]
    if not chosen:
        raise PreflightError(
            "there is no file to read",
            where=", ".join(paths),
            found=f"{len(files)} files, none of them chosen by include and exclude"
            if files
            else "an empty folder",
        )
    return chosen


def input_roots(paths: Sequence[str]) -> list[str]:
    """Return the local folders and files that `paths` name, absolute; URIs as they are."""
    return [p if is_remote(p) else os.path.realpath(local(p)) for p in paths if not _is_glob(p)]


def fixed_part(path: str) -> str:
    """Return the path, or for a glob the folder above its first wildcard.

    >>> fixed_part("s3://bucket/a/*.json"), fixed_part("/in/**/x.json"), fixed_part("/in/x.json")
    ('s3://bucket/a', '/in', '/in/x.json')
    """
    wildcard = _MAGIC.search(path)
    if wildcard is None or not _is_glob(path):
        return path
    return path[: wildcard.start()].rpartition("/")[0]


def _is_glob(path: str) -> bool:
    return bool(_MAGIC.search(path)) and not os.path.exists(local(path))


def _expand(path: str) -> list[str]:
    if is_remote(path):
        reach(fixed_part(path))
    if _is_glob(path):
        if is_remote(path):
            return _expand_remote(path)
        found = sorted(glob.glob(local(path), recursive=True))
        if not found:
            raise PreflightError("no file matches", where=path)
        return found
    if is_remote(path):
        return [path]
    name = local(path)
    if not os.path.lexists(name):
        raise PreflightError("no such file or folder", where=path, hint=_near(name))
    if not os.access(name, os.R_OK | (os.X_OK if os.path.isdir(name) else 0)):
        raise PreflightError("cannot be read: permission denied", where=path)
    return [name]


def _expand_remote(path: str) -> list[str]:
    pattern = _glob(path)
    found = [info.path for info in walk(fixed_part(path)) if pattern.match(info.path)]
    if not found:
        raise PreflightError("no file matches", where=path)
    return sorted(found)


def _near(path: str) -> str | None:
    """Return a hint that names what lies beside a path that is not there."""
    from tore_export.errors import nearest

    folder, name = os.path.split(path.rstrip("/"))
    try:
        return nearest(name, os.listdir(folder or "."))
    except OSError:
        return f"the folder {folder} is not there either"


def _common_root(paths: Sequence[str]) -> str:
    """Return the prefix that relative names leave out, with its trailing `/`."""
    if len(paths) == 1:
        path = paths[0]
        is_folder = os.path.isdir(path) if not is_remote(path) else stat(path) is None
        return (
            path.rstrip("/") + "/" if is_folder else path.rpartition("/")[0] + "/" * ("/" in path)
        )
    if any(is_remote(path) for path in paths):
        common: list[str] = []
        for pieces in zip(*(path.split("/")[:-1] for path in paths), strict=False):
            if len(set(pieces)) > 1:
                break
            common.append(pieces[0])
        return "/".join(common) + "/" * bool(common)
    folders = {os.path.dirname(os.path.abspath(path)) for path in paths}
    return os.path.commonpath(list(folders)).rstrip("/") + "/"


def _relative(path: str, root: str) -> str:
    if not is_remote(path):
        path = os.path.abspath(path)
        root = os.path.abspath(root) if root else os.getcwd()
        return os.path.relpath(path, root).replace(os.sep, "/")
    return path.removeprefix(root) or urlsplit(path).path.rpartition("/")[2]


def _below(path: str) -> Iterator[InputFile]:
    if is_remote(path):
        found = stat(path)
        for info in [found] if found else walk(path):
            hidden = any(part.startswith(".") for part in info.path.removeprefix(path).split("/"))
            if not hidden:
                yield InputFile(info.path, "", info.size, info.stamp)
        return
    if os.path.isdir(path):
        yield from _walk_local(path, (_identity(path),))
    else:
        yield _local_file(path)


def _walk_local(folder: str, above: tuple[tuple[int, int], ...]) -> Iterator[InputFile]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError:
        # a folder that cannot be searched is an unreadable input, not a silent loss
        yield InputFile(folder, "", 0, "")
        return
    for name in names:
        path = join(folder, name)
        if os.path.isdir(path):
            identity = _identity(path)
            if identity not in above:
                yield from _walk_local(path, (*above, identity))
        else:
            yield _local_file(path)


def _identity(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _local_file(path: str) -> InputFile:
    try:
        found = os.stat(path)
    except OSError:  # a dangling link: the source says so when it comes to read it
        return InputFile(path, "", 0, "")
    return InputFile(path, "", found.st_size, str(found.st_mtime_ns))


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    """Compile a glob in which `*` stays within a folder and `**` spans folders."""
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    spelled = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(
        spelled[p] if p in spelled else translate(p).removeprefix("(?s:").removesuffix(r")\Z")
        for p in pieces
    )
    return re.compile(f"(?s:{body})\\Z")


def _matches(name: str, pattern: str) -> bool:
    """Tell whether a relative name is meant by a glob.

    >>> _matches("a/b.json", "*.json"), _matches("a/b.json", "a/*.json"), _matches("b.json", "**/*.json")
    (True, True, True)
    >>> _matches("a/b/c.json", "a/*.json")
    False
    """
    subject = name if "/" in pattern else name.rpartition("/")[2]
    return _glob(pattern).match(subject) is not None
