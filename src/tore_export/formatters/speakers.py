"""Who speaks, above each message of a dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["speaker_of"]


def speaker_of(meta: Mapping[str, Any]) -> str:
    """Return what a message is headed by: its role, and the name of who has it, if any.

    >>> speaker_of({"role": "user"}), speaker_of({"role": "assistant", "name": "Ada"}), speaker_of({})
    ('User', 'Assistant (Ada)', 'Message')
    """
    role = " ".join(str(meta.get("role") or "message").split()).capitalize()
    name = " ".join(str(meta.get("name") or "").split())
    return f"{role} ({name})" if name else role
