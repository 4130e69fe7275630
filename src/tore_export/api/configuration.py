"""Load and merge configuration: defaults < YAML file < environment < command line.

An unknown key is an error that names the file and line it stands in and the nearest known key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tore_export.config import ExportConfig
from tore_export.errors import ConfigError, nearest
from tore_export.storage.yaml_files import parse_yaml

__all__ = [
    "ENVIRONMENT_PREFIX",
    "OPTION_OF_KEY",
    "Merged",
    "load_config",
    "merge_config",
    "said_values",
]

ENVIRONMENT_PREFIX = "TORE_EXPORT_"
_NOT_CONFIGURATION = {"CORPUS"}  # names the tests' corpus

OPTION_OF_KEY = {
    "default_format": "format",
    "default_tokenizer": "tokenizer",
    "enable_filtering": "no-filter",
    "format_options": "option",
    "include_metadata": "metadata",
    "max_document_bytes": "max-document-size",
    "max_workers": "workers",
    "min_quality_score": "min-score",
    "preserve_structure": "structure",
    "token_optimization": "optimize-tokens",
}
"""What options of the command line are called that are not called as their key."""

Config = TypeVar("Config", bound=ExportConfig)


@dataclass(frozen=True)
class Merged(Generic[Config]):
    """A configuration, and where each value was said that is no default."""

    config: Config
    said: Mapping[str, str]


def load_config(
    model: type[Config],
    *,
    file: str | None = None,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Config:
    """Return the configuration of kind `model`.

    `file` is a YAML file; `environment` is `os.environ` unless given; `options` are those of the
    command line, of which None means not said.

    **Raises** ConfigError for an unknown key or a wrong value, naming where it was said.

    >>> from tore_export.config import TrainingConfig
    >>> load_config(TrainingConfig, environment={"TORE_EXPORT_SEED": "7"}).seed
    7
    """
    return merge_config(model, file=file, environment=environment, options=options).config


def merge_config(
    model: type[Config],
    *,
    file: str | None = None,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Merged[Config]:
    """Return what `load_config` returns, with where each value was said. **Raises** as that does.

    >>> from tore_export.config import TrainingConfig
    >>> merge_config(TrainingConfig, environment={}, options={"min_quality_score": 0.8}).said
    {'min_quality_score': '--min-score'}
    """
    values, said = said_values(file, environment, options)
    for key, where in said.items():
        if key not in model.model_fields:
            raise ConfigError(
                f"unknown key {key!r}",
                where=where,
                hint=nearest(key, model.model_fields) or "see `tore-export training --help`",
            )
    try:
        return Merged(model(**values), said)
    except ConfigError as error:
        error.where = said.get(re.split("[:.]", error.message, maxsplit=1)[0])
        raise


def said_values(
    file: str | None = None,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return key → value as it was said last, and key → where; nothing is checked yet.

    **Raises** ConfigError for a file that cannot be read or is no mapping.
    """
    values: dict[str, Any] = {}
    said: dict[str, str] = {}
    if file is not None:
        for key, (value, line) in _read_yaml(file).items():
            values[key], said[key] = value, f"{file}:{line}"
    for name, value in sorted((os.environ if environment is None else environment).items()):
        key = name.removeprefix(ENVIRONMENT_PREFIX)
        if key != name and key not in _NOT_CONFIGURATION:
            values[key.lower()], said[key.lower()] = value, f"environment {name}"
    for key, value in (options or {}).items():
        if value is not None:
            values[key], said[key] = value, f"--{OPTION_OF_KEY.get(key, key).replace('_', '-')}"
    return values, said


def _read_yaml(file: str) -> dict[str, tuple[Any, int]]:
    """Return key → (value, line) of a YAML file that holds one mapping."""
    try:
        with open(file, encoding="utf-8") as stream:
            text = stream.read()
    except FileNotFoundError as error:
        raise ConfigError("no such configuration file", where=file) from error
    except IsADirectoryError as error:
        raise ConfigError("is a folder, not a configuration file", where=file) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "the configuration file cannot be read", where=file, found=error
        ) from error
    node, values = parse_yaml(text, file)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(
            "not a mapping", where=f"{file}:1", found=type(values).__name__, allowed="key: value"
        )
    pairs = node.value if node is not None else []
    lines = {key.value: key.start_mark.line + 1 for key, _ in pairs}
    return {str(key): (value, lines.get(str(key), 1)) for key, value in values.items()}
