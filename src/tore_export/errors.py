"""Every error of this package, on one screen.

ToreExportError                 base of all; catch this one
├── UsageError                  the call or the configuration is wrong        (exit 2)
│   ├── ConfigError             a key or value of the configuration
│   └── PreflightError          found before anything started: paths, disk, tokenizers
├── RunError                    the run as a whole failed                     (exit 1)
│   ├── LockedError             another process writes to the same output
│   ├── ResumeError             the output was begun with another input or plan
│   ├── StorageError            the disk or the object store refused
│   ├── TooManyFailedError      the share of failed documents passed its ceiling
│   ├── BooksError              in ≠ kept + dropped + failed
│   ├── LeakError               what belongs together is in two splits
│   ├── LostError               processes that worked on units ended before they were done
│   └── StoppedError            it was cancelled, or its time was up
├── DocumentError               one document cannot be read; in a batch it becomes a reject
├── TokenizerError              a model or encoding that cannot be counted
└── FormatError                 an unknown format, flavour or option of one
    └── TemplateError           a template that cannot be read, or fails on a document

Each says what is wrong, where, what was found, what is allowed and what to do next. The parts are
kept as attributes, and an error is the same after pickling (Ray sends them between processes).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

__all__ = [
    "BooksError",
    "ConfigError",
    "DocumentError",
    "FormatError",
    "LeakError",
    "LockedError",
    "LostError",
    "PreflightError",
    "ResumeError",
    "RunError",
    "StoppedError",
    "StorageError",
    "TemplateError",
    "TokenizerError",
    "TooManyFailedError",
    "ToreExportError",
    "UsageError",
    "nearest",
]


class ToreExportError(Exception):
    """Base of all errors of this package.

    >>> print(ToreExportError("no such file", where="a.tore", hint="check the path"))
    a.tore: no such file (check the path)
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        found: object = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.found = None if found is None else str(found)
        self.allowed = allowed
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        if self.found is not None:
            text += f", found {self.found}"
        if self.allowed is not None:
            text += f", allowed: {self.allowed}"
        return f"{text} ({self.hint})" if self.hint else text

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.__dict__)


def _rebuild(
    kind: type[ToreExportError], message: str, state: dict[str, object]
) -> ToreExportError:
    error = kind(message)
    error.__dict__.update(state)
    return error


class UsageError(ToreExportError):
    """The call is wrong; nothing was started."""

    exit_code = 2


class ConfigError(UsageError):
    """A key or value of the configuration is wrong."""


class PreflightError(UsageError):
    """Something the run needs is missing; found before anything started."""


class RunError(ToreExportError):
    """The run as a whole failed; what was finished is kept and can be resumed."""


class LockedError(RunError):
    """Another process writes to the same output."""


class ResumeError(RunError):
    """The output was begun with another input, plan or stage version."""


class StorageError(RunError):
    """The disk or the object store refused."""


class TooManyFailedError(RunError):
    """More documents failed than the run allows."""


class BooksError(RunError):
    """Documents in are not documents kept + dropped + failed."""


class LeakError(RunError):
    """What belongs together was found in two splits when the dataset was read back."""


class LostError(RunError):
    """Processes ended, or were ended, at work on `units`, given by number."""

    def __init__(self, message: str, *, units: tuple[int, ...] = (), **parts: Any) -> None:
        super().__init__(message, **parts)
        self.units = units


class StoppedError(RunError):
    """The run was cancelled, or its time was up; the same run goes on from there."""


class DocumentError(ToreExportError):
    """One document cannot be read. `rule` is the reason in one word, stable across releases."""

    def __init__(self, message: str, *, rule: str = "unreadable", **parts: Any) -> None:
        super().__init__(message, **parts)
        self.rule = rule


class TokenizerError(ToreExportError):
    """A model or an encoding that cannot be counted."""

    exit_code = 2


class FormatError(ToreExportError):
    """An unknown format, flavour or option."""

    exit_code = 2


class TemplateError(FormatError):
    """A template is not there, not allowed, or fails; `where` is its file and line.

    In a batch, where it fails on one document only, it becomes that document's reject.
    """

    rule = "template_error"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return a hint that names the known word nearest to `name`, or None.

    >>> nearest("markdwon", ["markdown", "plaintext"])
    'did you mean markdown?'
    """
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else None
