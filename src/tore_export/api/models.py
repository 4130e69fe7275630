"""What names a tokenizer has: `tore-export models` shows this."""

from __future__ import annotations

from typing import Any

from tore_export.errors import TokenizerError
from tore_export.tokens.families import PUBLIC, STAND_INS, stand_in
from tore_export.tokens.installed import InstalledTokenizer, installed_names
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import PortableTokenizer
from tore_export.tokens.rank_files import SCHEMES
from tore_export.tokens.ranks import encoding_names
from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["described", "models"]


def models() -> dict[str, Any]:
    """Return what names there are, as plain data; nothing is fetched."""
    from tiktoken.model import MODEL_PREFIX_TO_ENCODING, MODEL_TO_ENCODING

    return {
        "encodings": [_here(name) for name in encoding_names()],
        "openai": [
            *({"name": name, "encoding": found} for name, found in MODEL_TO_ENCODING.items()),
            *(
                {"name": f"{prefix}*", "encoding": found}
                for prefix, found in MODEL_PREFIX_TO_ENCODING.items()
            ),
        ],
        "installed": [_here(name) for name in installed_names()],
        "stand_ins": [
            {
                "names": list(found.names),
                "encoding": found.encoding,
                "approximate": True,
                "why": found.why,
            }
            for found in STAND_INS
        ],
        "public": [{"names": list(found.names), "give": found.give} for found in PUBLIC],
        "patterns": [*SCHEMES],
    }


def described(name: str) -> dict[str, Any]:
    """Return what a name resolves to.

    **Raises** TokenizerError where it resolves to nothing.

    >>> described("gpt-4o")["encoding"]
    'o200k_base'
    """
    found = TokenizerManager().get(name)
    told: dict[str, Any] = {
        "name": name,
        "kind": _kind(found),
        "encoding": found.encoding,
        "approximate": found.approximate,
    }
    why = stand_in(name)
    if told["kind"] == "stand-in" and why is not None:
        told["why"] = why.why
    file = getattr(found, "file", None)
    if isinstance(file, PortableTokenizer):
        told |= {"file": file.name, "sha256": file.sha256, "n_bytes": len(file.content)}
    return told


def _kind(found: Tokenizer) -> str:
    if isinstance(found, InstalledTokenizer):
        return "installed"
    file = getattr(found, "file", None)
    if isinstance(file, PortableTokenizer):
        return file.kind
    if found.approximate:
        return "stand-in"
    return "encoding" if found.name in encoding_names() else "model"


def _here(name: str) -> dict[str, Any]:
    """Return whether a tokenizer works here; if not, `error` says why, `put` what is missing."""
    try:
        found = TokenizerManager().get(name)
    except TokenizerError as error:
        put = error.allowed if name in encoding_names() else None
        return {"name": name, "here": False, "error": str(error), "put": put}
    return {
        "name": name,
        "here": True,
        "encoding": found.encoding,
        "approximate": found.approximate,
    }
