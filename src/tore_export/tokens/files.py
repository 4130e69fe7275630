"""Tokenizers in files: what a file or a folder holds, told by its content."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from tore_export.errors import TokenizerError
from tore_export.tokens.portable import PortableTokenizer
from tore_export.tokens.rank_files import ranks_of, tekken_of

__all__ = ["FILE_NAMES", "names_a_file", "tokenizer_of", "tokenizer_of_file"]

FILE_NAMES = (
    "tokenizer.json",
    "tekken.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
)
"""The files in which repositories of models keep their tokenizer; the first there is is taken."""

PATTERN = "?pattern="
MAX_BYTES = 200_000_000
"""The largest tokenizers that are published have some 40 MB; what is larger is something else."""


def names_a_file(name: str) -> bool:
    """Tell whether a name can only mean a file or folder, whether it is there or not.

    >>> [names_a_file(name) for name in ("gpt-4", "org/name", "./gpt-4", "a/tokenizer.json")]
    [False, False, True, True]
    """
    path, _, pattern = name.partition(PATTERN)
    return bool(
        pattern
        or path.startswith(("/", "./", "../", "~"))
        or path.count("/") > 1
        or path.endswith((".json", ".tiktoken"))
        or ".model" in os.path.basename(path)
    )


def tokenizer_of_file(name: str) -> PortableTokenizer | None:
    """Return the tokenizer of the file or folder `name`; None where there is no such thing.

    Read again only where the file changed.

    **Raises** TokenizerError where a folder holds no tokenizer or several, or the file is none.
    """
    said, _, scheme = name.partition(PATTERN)
    path = os.path.expanduser(said)
    if os.path.isdir(path):
        path = _in_folder(path, name)
    try:
        stat = os.stat(path)
        if not os.path.isfile(path):
            return None
        stamp = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        return _read(path, _shown(path), scheme or None, stamp)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TokenizerError(
            "the tokenizer's file cannot be read", where=name, found=error.strerror or error
        ) from error


@lru_cache(maxsize=16)
def _read(
    path: str, shown: str, scheme: str | None, stamp: tuple[int, int, int, int, int]
) -> PortableTokenizer:
    if stamp[2] > MAX_BYTES:
        raise TokenizerError(
            "too large for a tokenizer",
            where=shown,
            found=f"{stamp[2]:,} bytes",
            allowed=f"{MAX_BYTES:,} bytes",
        )
    with open(path, "rb") as stream:
        content = stream.read()
    return tokenizer_of(content, shown, os.path.basename(path), scheme)


def tokenizer_of(
    content: bytes, name: str, file_name: str, scheme: str | None = None
) -> PortableTokenizer:
    """Return the tokenizer that a file's content is; `name` is what to call it.

    **Raises** TokenizerError where it is none.
    """
    begin = content[:4096].lstrip()
    if not begin:
        raise TokenizerError("the tokenizer's file is empty", where=name)
    if begin[:1] in b"{[":
        return _of_json(content, name)
    if _is_ranks(begin):
        return ranks_of(content, name, file_name, scheme)
    if begin[:1] == b"<" or content.startswith(b"version https://git-lfs"):
        raise TokenizerError(
            "not a tokenizer",
            where=name,
            found="a pointer of Git LFS" if begin[:1] == b"v" else "a web page",
            hint="download the file itself",
        )
    return PortableTokenizer(name, "sentencepiece", content)


def _of_json(content: bytes, name: str) -> PortableTokenizer:
    import msgspec

    try:
        # what lies below the keys is looked at by who counts; a vocabulary as objects is large
        settings: Any = msgspec.json.decode(
            content, type=dict[str, msgspec.Raw] | list[msgspec.Raw]
        )
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise TokenizerError(
            "the tokenizer's file is no JSON, or is cut short", where=name, found=str(error)
        ) from None
    if "model" in settings:
        return PortableTokenizer(name, "tokenizer.json", content)
    if "vocab" in settings and "config" in settings:
        return tekken_of(settings["config"], settings["vocab"], name)
    raise TokenizerError(
        "JSON, but no tokenizer",
        where=name,
        found=f"keys {', '.join(list(settings)[:6])}" if isinstance(settings, dict) else "a list",
        allowed="a tokenizer.json of Hugging Face, or a tekken.json of Mistral",
    )


def _is_ranks(begin: bytes) -> bool:
    """Tell whether a file begins as rank files do: base64, a space, a number."""
    token, _, rank = begin.partition(b"\n")[0].strip().partition(b" ")
    return rank.isdigit() and token.rstrip(b"=").replace(b"+", b"").replace(b"/", b"").isalnum()


def _in_folder(folder: str, name: str) -> str:
    there = set(os.listdir(folder))
    known = next((file for file in FILE_NAMES if file in there), None)
    if known is None:
        others = sorted(f for f in there if ".model" in f or f.endswith(".tiktoken"))
        if len(others) != 1:
            raise TokenizerError(
                "the folder holds several tokenizers"
                if others
                else "the folder holds no tokenizer",
                where=name,
                found=", ".join(others) or None,
                allowed=f"{', '.join(FILE_NAMES)}, or one *.model or *.tiktoken",
                hint="name the file",
            )
        known = others[0]
    return os.path.join(folder, known)


def _shown(path: str) -> str:
    """Return what a file is called in outputs: its name and its folder's, never the whole path.

    >>> _shown("/home/me/models/llama/tokenizer.json")
    'llama/tokenizer.json'
    """
    parts = os.path.normpath(path).split(os.sep)[-2:]
    return "/".join(part for part in parts if part not in ("", ".", ".."))
