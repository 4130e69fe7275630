"""What is said of a run beside its numbers: how it was made, and what it ran on."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import distribution
from typing import Any

import msgspec

from tore_export.errors import StorageError
from tore_export.storage.files import exists, join, read_bytes, write_bytes
from tore_export.storage.layout import Layout

__all__ = ["About", "environment", "read_about", "write_about"]

_PACKAGES = (
    "tore-export",
    "ray",
    "pyarrow",
    "polars",
    "numpy",
    "tiktoken",
    "toktok-rs",
    "gigatoken",
    "selectolax",
    "markdown-it-py",
)


class About(msgspec.Struct, frozen=True):
    """How a run was made: `config` holds the keys that are not as by default.

    `environment` is what it ran on, by name; it says nothing that names the machine.
    """

    name: str | None = None
    inputs: list[str] = []
    tasks: list[str] = []
    shape: str | None = None
    splits: dict[str, float] = {}
    config: dict[str, Any] = {}
    environment: dict[str, str] = {}


def environment() -> dict[str, str]:
    """Return interpreter, system and the packages that decide about what is written.

    >>> environment()["Python"].count(".")
    2
    """
    system = f"{platform.system()} {platform.machine()}"
    packages = {name: _version(name) for name in _PACKAGES}
    return {"Python": platform.python_version(), "system": system, **packages}


def _version(package: str) -> str:
    # importlib.metadata.version parses all that a package says of itself, as an e-mail
    told = distribution(package).read_text("METADATA") or ""
    return told.partition("\nVersion:")[2].partition("\n")[0].strip()


def write_about(layout: Layout, about: About) -> None:
    """Keep what is said of a run among its state, so that its report can be made again."""
    write_bytes(_path(layout), msgspec.json.format(msgspec.json.encode(about), indent=1))


def read_about(layout: Layout) -> About:
    """Return what was kept; nothing is said of a run that kept none. **Raises** StorageError."""
    path = _path(layout)
    if not exists(path):
        return About()
    try:
        return msgspec.json.decode(read_bytes(path), type=About)
    except msgspec.DecodeError as error:
        raise StorageError(
            "the state of this output is damaged",
            where=path,
            found=str(error),
            hint="delete this file: the report is then made without it",
        ) from error


def _path(layout: Layout) -> str:
    return join(layout.state, "about.json")


def as_rows(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return options as names and values to read; those that are not set are left out.

    >>> as_rows({"tasks": ["section", "table"], "seed": 0, "options": [["images", "alt"]]})
    [('options', 'images alt'), ('seed', '0'), ('tasks', 'section, table')]
    """
    return [
        (key, _told(value)) for key, value in sorted(options.items()) if value not in (None, [])
    ]


def _told(value: Any) -> str:
    if isinstance(value, dict):
        value = [[key, inner] for key, inner in value.items()]
    if isinstance(value, list):
        return ", ".join(
            " ".join(_told(part) for part in item) if isinstance(item, list) else _told(item)
            for item in value
        )
    if value is None:
        return "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
