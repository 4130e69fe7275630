"""What a command line says: the keys of a configuration that its options set, and what has no use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import typer

from tore_export.errors import UsageError

if TYPE_CHECKING:
    from tore_export.config import ExportConfig

__all__ = ["keys_said", "refuse_unused", "refuse_unused_budget", "required_output"]


def keys_said(
    context: typer.Context, model: type[ExportConfig], *, other: Collection[str] = ()
) -> dict[str, Any]:
    """Return the values that the options of a command give to keys of its configuration.

    An option sets the key it is named after, or the one that OPTION_OF_KEY gives it; `--parallel` is
    an engine, `--no-filter` and a template set what they imply. Options named like the keys in `other`
    mean something else to this command.
    """
    from tore_export.api.configuration import OPTION_OF_KEY

    key_of = {option: key for key, option in OPTION_OF_KEY.items()}
    found: dict[str, Any] = {}
    for param in context.command.params:
        value = context.params.get(param.name or "")
        if param.param_type_name != "option" or value is None:
            continue
        option = param.opts[0].removeprefix("--")
        key = key_of.get(option, option.replace("-", "_"))
        if key == "enable_filtering":
            value = False if value else None
        elif isinstance(value, tuple | list):
            value = list(value) or None
        if value is not None and key in model.model_fields and key not in other:
            found[key] = value
    if context.params.get("parallel"):
        found["engine"] = "ray"
    if "template" in found:
        found.setdefault("default_format", "template")
    return found


def refuse_unused(template: str | None, formats: str | None) -> None:
    """Refuse a template beside formats that leave it unused.

    **Raises** UsageError.
    """
    names = [] if formats is None else [name.strip() for name in formats.split(",")]
    if template is not None and names and "template" not in names:
        raise UsageError(
            "a template is named, and none of the formats uses it",
            found=formats,
            hint="leave the formats out, or name `template` among them",
        )


def refuse_unused_budget(settings: ExportConfig, formats: Sequence[str]) -> None:
    """Refuse a number of tokens that some of the formats would not be held to.

    **Raises** UsageError.
    """
    if settings.max_tokens is None or settings.token_optimization:
        return
    uncut = [name for name in dict.fromkeys(formats) if name != "jsonl"]
    if uncut:
        raise UsageError(
            "max_tokens is named, and nothing says how a document is brought to it",
            where=", ".join(uncut),
            found=settings.max_tokens,
            hint="--optimize-tokens shortens it; jsonl and `tore-export training` are cut into chunks",
        )


def required_output(output: str | None, *, no_save: bool) -> str:
    """Return where to write; "" where nothing is. **Raises** UsageError where it is not said."""
    if output is None and not no_save:
        raise UsageError(
            "where to write is not said",
            where="--output",
            hint="name a folder or a file; --preview --no-save writes nothing",
        )
    return output or ""
