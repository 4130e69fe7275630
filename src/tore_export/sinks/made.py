"""How a dataset was made, in words that hold on any machine: what was read, by which configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tore_export.config import TrainingConfig
from tore_export.storage.files import is_remote

__all__ = ["Made"]

_OF_THE_MACHINE = {
    "address",
    "batch_size",
    "check_disk",
    "check_leaks",
    "engine",
    "max_failed_share",
    "max_workers",
    "parallel_processing",
    "report",
    "workflow",
}
"""Keys that change nothing of what is written."""

_PATHS = {"against", "answer_template", "phrases", "prompt_template", "template"}
_OF_A_MACHINE = re.compile(r"^(?:/|~|[A-Za-z]:[\\/]|\\\\|file://)|(?:^|[\\/])\.\.(?:[\\/]|$)")


@dataclass(frozen=True)
class Made:
    """What is to be said of how a dataset was made. `config` are the keys that are not as by default."""

    shape: str = "text"
    conversational: bool = False
    tasks: tuple[str, ...] = ("text",)
    include_metadata: bool = True
    name: str | None = None
    license: str | None = None
    inputs: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, config: TrainingConfig, paths: Sequence[str]) -> Made:
        """Return how a run of this configuration over these paths makes its dataset."""
        said = config.model_dump(mode="json", exclude_defaults=True, exclude=_OF_THE_MACHINE)
        return cls(
            shape=config.shape,
            conversational=config.conversational,
            tasks=config.task,
            include_metadata=config.include_metadata,
            name=config.dataset_name,
            license=config.license,
            inputs=tuple(portable(path) for path in paths),
            config={key: _told(key, value) for key, value in sorted(said.items())},
        )


def _told(key: str, value: Any) -> Any:
    if key in _PATHS and isinstance(value, list):
        return [portable(path) for path in value]
    is_path = key in _PATHS or (key == "default_tokenizer" and _OF_A_MACHINE.search(str(value)))
    return portable(value) if is_path and isinstance(value, str) else value


def portable(path: str) -> str:
    """Return a path without what is of one machine: folders above the project, secrets of a store.

    >>> portable("documents/"), portable("/home/me/documents/"), portable("../a/*.json")
    ('documents/', 'documents/', '*.json')
    >>> portable("s3://key:secret@bucket/in?region=eu")
    's3://bucket/in'
    """
    if is_remote(path):
        parts = urlsplit(path)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if not _OF_A_MACHINE.search(path):
        return path
    pieces = [piece for piece in re.split(r"[\\/]", path) if piece not in ("", ".", "..", "~")]
    return (pieces[-1] if pieces else ".") + "/" * path.endswith("/")
