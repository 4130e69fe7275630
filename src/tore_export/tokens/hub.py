"""The tokenizer of a repository of the Hugging Face hub, fetched so that it is whole or not there.

Where to ask, with which token, and where files are kept is `huggingface_hub`'s own reading of
`HF_ENDPOINT`, `HF_TOKEN`, `HF_HOME`, `HF_HUB_CACHE` and `HF_HUB_OFFLINE`; files are kept in its cache,
in its layout. The download itself is done here: the library's goes on for ever where a server breaks
off again and again, and takes a file of the right size for the right one.

**Kept whole.** What was sent is held against the size and the hash that the hub told for it, then
written under another name and renamed. What the cache holds is held against the hash in its name each
time it is read, whoever wrote it, and fetched again where it does not agree.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from tore_export.errors import TokenizerError
from tore_export.tokens.extra import optional
from tore_export.tokens.files import FILE_NAMES, MAX_BYTES

__all__ = ["Hub", "is_repository"]

NAME = re.compile(r"[\w.-]+/[\w.-]+(@(?!.*\.\.)[\w.-][\w./-]*)?", re.ASCII)
COMMIT = re.compile(r"\w+", re.ASCII)


def is_repository(name: str) -> bool:
    """Tell whether a name may be that of a repository: `org/name` or `org/name@revision`.

    >>> [is_repository(name) for name in ("org/name", "org/name@v1", "name", "org/name@../v1")]
    [True, True, False, False]
    """
    return NAME.fullmatch(name) is not None


class _TransientError(Exception):
    """What may be otherwise the next time."""


class _NoSuchFileError(Exception):
    """The repository has no file of this name."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the hub says of a file before it is fetched."""

    commit: str
    etag: str
    location: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub, the folder that keeps its files, and how long it is waited for.

    An answer has to begin, and to go on, within `timeout_seconds`, and a file to be there within
    `file_seconds`. What fails in a way that may pass is tried `attempts` times, with a pause of
    `wait_seconds` that doubles.
    """

    endpoint: str = ""
    cache: str = ""
    offline: bool = False
    timeout_seconds: float = 10.0
    file_seconds: float = 300.0
    attempts: int = 3
    wait_seconds: float = 1.0

    def fetch(self, name: str) -> tuple[str, bytes]:
        """Return file name and content of the tokenizer of the repository `name`.

        **Raises** TokenizerError, which says what was tried and what to do.
        """
        optional("huggingface_hub", name)
        hub = self._as_set_up()
        repository, _, revision = name.partition("@")
        revision = revision or "main"
        kept = dict(hub._kept(repository, revision))
        if hub.offline:
            if kept:
                return next(iter(kept.items()))
            raise _unreachable(name, hub, "HF_HUB_OFFLINE is set", "nothing was asked")
        fault = ""
        tried = 1 if kept else hub.attempts
        for attempt in range(tried):
            if attempt:
                time.sleep(hub.wait_seconds * 2 ** (attempt - 1))
            try:
                return hub._first(name, repository, revision)
            except _TransientError as error:
                fault = str(error)
        if kept:
            return next(iter(kept.items()))
        raise _unreachable(name, hub, fault, f"tried {tried} times")

    def _as_set_up(self) -> Hub:
        """Return this hub with what is not said as `huggingface_hub` has it from the environment."""
        from huggingface_hub import constants

        return Hub(
            (self.endpoint or constants.ENDPOINT).rstrip("/"),
            self.cache or constants.HF_HUB_CACHE,
            self.offline or bool(constants.HF_HUB_OFFLINE),
            self.timeout_seconds,
            self.file_seconds,
            self.attempts,
            self.wait_seconds,
        )

    def _kept(self, repository: str, revision: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files of the repository that the cache holds, whole."""
        from huggingface_hub import try_to_load_from_cache

        for file in FILE_NAMES:
            path = try_to_load_from_cache(repository, file, cache_dir=self.cache, revision=revision)
            if isinstance(path, str):
                content = _whole(path)
                if content is not None:
                    yield file, content

    def _first(self, name: str, repository: str, revision: str) -> tuple[str, bytes]:
        """Return the first of FILE_NAMES that the repository has."""
        for file in FILE_NAMES:
            with suppress(_NoSuchFileError):
                told = self._told(name, repository, revision, file)
                return file, self._content(repository, revision, file, told)
        raise TokenizerError(
            "the repository holds no tokenizer",
            where=name,
            allowed=", ".join(FILE_NAMES),
            hint="name another, or give a file or folder",
        )

    def _told(self, name: str, repository: str, revision: str, file: str) -> _Told:
        """Ask for commit, hash, size and place of a file."""
        from huggingface_hub import errors, get_hf_file_metadata, hf_hub_url

        url = hf_hub_url(repository, file, revision=revision, endpoint=self.endpoint)
        try:
            found = get_hf_file_metadata(url, timeout=self.timeout_seconds, endpoint=self.endpoint)
        except errors.GatedRepoError as error:
            raise _refused(name, self, "asks for a licence to be accepted") from error
        except errors.RevisionNotFoundError as error:
            raise _refused(name, self, f"has no revision {revision}") from error
        except errors.RepositoryNotFoundError as error:
            raise _refused(name, self, "has no such repository, or none for this token") from error
        except errors.EntryNotFoundError:
            raise _NoSuchFileError from None
        except errors.HfHubHTTPError as error:
            status = error.response.status_code
            if status in (408, 429) or status >= 500:
                raise _TransientError(f"it answered {status}") from error
            if status == 404:
                raise _NoSuchFileError from None
            raise _refused(name, self, f"answered {status}") from error
        except Exception as error:
            raise _TransientError(_short(error)) from error
        # both become names of files
        if not COMMIT.fullmatch(found.commit_hash or "") or not found.etag:
            raise _refused(name, self, "does not answer as a hub does")
        if found.size is not None and found.size > MAX_BYTES:
            raise _refused(name, self, f"has a {file} of {found.size:,} bytes, which is none")
        return _Told(str(found.commit_hash), found.etag, found.location, found.size)

    def _content(self, repository: str, revision: str, file: str, told: _Told) -> bytes:
        """Return the file, from the cache where it holds it whole, else from the hub into the cache."""
        folder = os.path.join(self.cache, f"models--{repository.replace('/', '--')}")
        blob = os.path.join(folder, "blobs", os.path.basename(told.etag))
        content = _whole(blob)
        if content is None or (told.size is not None and len(content) != told.size):
            content = self._downloaded(told)
            _write(blob, content)
        pointer = os.path.join(folder, "snapshots", told.commit, file)
        if not _same(pointer, content):
            _point(pointer, blob, content)
        if revision != told.commit:
            _write(os.path.join(folder, "refs", revision), told.commit.encode())
        return content

    def _downloaded(self, told: _Told) -> bytes:
        """Return what the hub sends, held against the size and the hash it told."""
        from huggingface_hub import get_session, get_token

        headers = {"Accept-Encoding": "identity"}
        token = get_token()
        # on another host the address is the permission, and the token none of its business
        if token and urlsplit(told.location).netloc == urlsplit(self.endpoint).netloc:
            headers["Authorization"] = f"Bearer {token}"
        deadline = time.monotonic() + self.file_seconds
        content = bytearray()
        try:
            with get_session().stream(
                "GET", told.location, headers=headers, timeout=self.timeout_seconds
            ) as response:
                if response.status_code != 200:
                    raise _TransientError(f"it answered {response.status_code}")
                for piece in response.iter_bytes():
                    content += piece
                    if time.monotonic() > deadline:
                        raise _TransientError(
                            f"the file was not there after {self.file_seconds:g} s"
                        )
                    if len(content) > MAX_BYTES:
                        raise _TransientError(f"the file has more than {MAX_BYTES:,} bytes")
        except _TransientError:
            raise
        except Exception as error:
            raise _TransientError(_short(error)) from error
        if told.size is not None and len(content) != told.size:
            raise _TransientError(f"it sent {len(content):,} of {told.size:,} bytes")
        if _hash_agrees(told.etag, content) is False:
            raise _TransientError("what it sent has another hash than it told")
        return bytes(content)


def _whole(path: str) -> bytes | None:
    """Return a file of the cache, None where it is not there or not what its name says."""
    try:
        blob = os.path.realpath(path)
        with open(blob, "rb") as stream:
            content = stream.read(MAX_BYTES)
    except OSError:
        return None
    return None if _hash_agrees(os.path.basename(blob), content) is False else content


def _hash_agrees(etag: str, content: bytes | bytearray) -> bool | None:
    """Tell whether content has the hash that a hub's ETag is; None where the ETag is no hash.

    It is the SHA-256 of a large file, and git's name (a SHA-1) of a small one.
    """
    if re.fullmatch(r"[0-9a-f]{64}", etag):
        return hashlib.sha256(content).hexdigest() == etag
    if re.fullmatch(r"[0-9a-f]{40}", etag):
        named = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
        named.update(content)
        return named.hexdigest() == etag
    return None


def _same(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read(len(content) + 1) == content
    except OSError:
        return False


def _write(path: str, content: bytes) -> None:
    """Write a file of the cache, whole or not at all."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        own = f"{path}.{uuid4().hex[:8]}.incomplete"
        try:
            with open(own, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(own, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(own)
    except OSError:
        # a cache that cannot be written costs the next run its time, not this one its tokenizer
        return


def _point(pointer: str, blob: str, content: bytes) -> None:
    """Let the name of a file in a snapshot lead to its content, by a link where there are links."""
    with suppress(OSError):
        os.makedirs(os.path.dirname(pointer), exist_ok=True)
        with suppress(FileNotFoundError):
            os.unlink(pointer)
        if os.path.exists(blob):
            os.symlink(os.path.relpath(blob, os.path.dirname(pointer)), pointer)
            return
    _write(pointer, content)


def _short(error: Exception) -> str:
    told = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


def _refused(name: str, hub: Hub, what: str) -> TokenizerError:
    return TokenizerError(
        f"the hub at {hub.endpoint} {what}",
        where=name,
        hint="check the name and HF_TOKEN, or give the tokenizer's file or folder",
    )


def _unreachable(name: str, hub: Hub, fault: str, tried: str) -> TokenizerError:
    return TokenizerError(
        f"the tokenizer could not be fetched from {hub.endpoint} ({tried}), "
        f"and {hub.cache} does not hold it",
        where=name,
        found=fault,
        hint="check the network, HF_ENDPOINT and HF_HUB_OFFLINE, or download tokenizer.json "
        "elsewhere and give its folder",
    )
