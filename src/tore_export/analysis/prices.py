"""The price table: what models take and cost, from a YAML file that users can replace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any

from tore_export.errors import ConfigError, nearest
from tore_export.storage.yaml_files import parse_yaml

__all__ = ["ModelPrice", "PriceTable", "load_prices"]

_DATED = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_FINE_TUNED = "ft:"
_SHARED = ("currency", "as_of", "source")


@dataclass(frozen=True)
class ModelPrice:
    """A row of the table; None is a figure that is not known.

    `context_tokens` is the most tokens of one request, prices are for 1,000,000 tokens in `currency`,
    `training_per_million` for each epoch; `as_of` is the date they were found at `source`.
    """

    context_tokens: int | None = None
    input_per_million: float | None = None
    output_per_million: float | None = None
    training_per_million: float | None = None
    currency: str = "USD"
    as_of: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class PriceTable:
    """Rows by the name of the model; `file` is where they come from."""

    models: dict[str, ModelPrice]
    file: str = "prices.yaml"

    def find(self, model: str) -> ModelPrice | None:
        """Return the row of a model; None where the table knows nothing of it.

        A dated name without a row of its own has that of its model, as `gpt-4o-2024-08-06` that of
        gpt-4o; a fine-tuned one that of `ft:BASE`, and without such a row what its base takes, but no
        price.

        >>> table = PriceTable({"gpt-4o": ModelPrice(128_000, 2.5)})
        >>> table.find("gpt-4o-2024-08-06").input_per_million
        2.5
        >>> table.find("ft:gpt-4o:shop::9aB")
        ModelPrice(context_tokens=128000, input_per_million=None, ...)
        >>> table.find("cl100k_base") is None
        True
        """
        base = model.removeprefix(_FINE_TUNED).partition(":")[0]
        tuned = model.startswith(_FINE_TUNED)
        names = [_FINE_TUNED + base, _FINE_TUNED + _DATED.sub("", base)] if tuned else [model]
        names += [] if tuned else [_DATED.sub("", model)]
        for name in names:
            if name in self.models:
                return self.models[name]
        plain = self.find(base) if tuned else None
        return plain and ModelPrice(plain.context_tokens, as_of=plain.as_of, source=plain.source)


def load_prices(file: str | None = None) -> PriceTable:
    """Read a price table; the one that is shipped where no file is named.

    **Raises** ConfigError, naming file and line, for what is no such table.

    >>> load_prices().find("gpt-4").context_tokens
    8192
    """
    shipped = files("tore_export.analysis") / "prices.yaml"
    if file is None:
        return PriceTable(_read(shipped.read_text(encoding="utf-8"), "prices.yaml"))
    try:
        with open(file, encoding="utf-8") as stream:
            text = stream.read()
    except FileNotFoundError as error:
        raise ConfigError("no such price table", where=file) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("the price table cannot be read", where=file, found=error) from error
    return PriceTable(_read(text, file), file)


def _read(text: str, file: str) -> dict[str, ModelPrice]:
    root, values = parse_yaml(text, file)
    if not isinstance(values, dict) or not isinstance(values.get("models"), dict):
        raise ConfigError(
            "not a price table", where=f"{file}:1", allowed="models: with a row for each model"
        )
    shared: dict[str, Any] = {}
    found: dict[str, ModelPrice] = {}
    for name, value, line in _entries(root, values):
        if name == "models":
            continue
        if name not in _SHARED:
            raise _unknown(name, _SHARED, f"{file}:{line}", "models, " + ", ".join(_SHARED))
        shared[name] = _checked(name, value, f"{file}:{line}")
    models = next(node for key, node in root.value if key.value == "models")
    for model, row, line in _entries(models, values["models"]):
        if not isinstance(row, dict):
            raise ConfigError(
                f"the row of {model} is none",
                where=f"{file}:{line}",
                found=repr(row),
                allowed="context_tokens: N, input_per_million: N, …",
            )
        node = next(value for key, value in models.value if str(key.value) == model)
        said = {}
        for key, value, at in _entries(node, row):
            if key not in _NAMES:
                raise _unknown(key, _NAMES, f"{file}:{at}", ", ".join(_NAMES))
            said[key] = _checked(key, value, f"{file}:{at}")
        found[model] = ModelPrice(**{**shared, **said})
    return found


_NAMES = tuple(field.name for field in fields(ModelPrice))


def _entries(node: Any, values: dict[Any, Any]) -> Iterator[tuple[str, Any, int]]:
    """Yield the keys of a mapping with their values and lines."""
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    for name, value in values.items():
        yield str(name), value, lines.get(str(name), node.start_mark.line + 1)


def _unknown(name: str, known: tuple[str, ...], where: str, allowed: str) -> ConfigError:
    return ConfigError(
        f"the price table has no such key: {name!r}",
        where=where,
        allowed=allowed,
        hint=nearest(name, known),
    )


def _checked(name: str, value: Any, where: str) -> Any:
    """Return a value that is what its key says; a date as text."""
    if value is None:
        return "USD" if name == "currency" else None
    if name in _SHARED:
        text = str(value)
        if name == "as_of" and _DATE.fullmatch(text):
            return text
        if name != "as_of" and not isinstance(value, dict | list) and text.isprintable():
            return text
        allowed = "a date as 2026-11-22" if name == "as_of" else "a text, one line"
    elif name == "context_tokens":
        if type(value) is int and value > 0:
            return value
        allowed = "a number of tokens above 0"
    else:
        if type(value) in (int, float) and 0 <= value < float("inf"):
            return float(value)
        allowed = "a price of 1,000,000 tokens, 0 or more"
    raise ConfigError(f"{name} is wrong", where=where, found=repr(value), allowed=allowed)
