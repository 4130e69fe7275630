"""The packages of the extra `tokenizers`, imported when a tokenizer needs one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tore_export.errors import TokenizerError

__all__ = ["optional"]


def optional(module: str, where: str) -> Any:
    """Return an optional package; `where` is the name of the tokenizer that needs it.

    **Raises** TokenizerError that names the extra, where the package is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise TokenizerError(
            f"this tokenizer needs the package {module}",
            where=where,
            found=str(error),
            hint="pip install 'tore-export[tokenizers]'",
        ) from error
