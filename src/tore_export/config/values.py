"""How values are written: sizes with units, shares and options as pairs, lists with commas.

A file and the environment have text where a model wants bytes, a mapping or a tuple; whatever is no
text is left to the model's own types.
"""

from __future__ import annotations

import json
import re
from typing import Annotated

from pydantic import BeforeValidator, Field

__all__ = [
    "ListOfNames",
    "Names",
    "Options",
    "Shares",
    "Size",
    "parse_list",
    "parse_options",
    "parse_size",
    "parse_splits",
]

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def parse_size(value: object) -> object:
    """Return a number of bytes for `256MB` and the like; sizes are decimal.

    >>> parse_size("256MB"), parse_size("1.5 GB"), parse_size(7)
    (256000000, 1500000000, 7)
    """
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*([\d.]+)\s*([A-Za-z]*)\s*", value)
    if not found or found[2].upper() not in _UNITS or found[1].count(".") > 1:
        raise ValueError(f"not a size: {value!r}; sizes are written as 256MB, 1.5GB or bytes")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def parse_splits(value: object) -> object:
    """Return a mapping for `train=0.9,test=0.1`; a mapping is returned as it is.

    >>> parse_splits("train=0.9, test=0.1")
    {'train': 0.9, 'test': 0.1}
    """
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    try:
        return {name.strip(): float(share) for name, _, share in pairs}
    except ValueError as error:
        raise ValueError(
            f"not splits: {value!r}; splits are written as train=0.9,validation=0.05,test=0.05"
        ) from error


def parse_options(value: object) -> object:
    """Return a mapping for `lines=element,mark=*`, or a list of such; a mapping is returned as it is.

    Values are read as JSON where they are JSON, so that numbers and `true` are what they look like.

    >>> parse_options(["lines=element", "depth=2"])
    {'lines': 'element', 'depth': 2}
    """
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple):
        return value
    found: dict[str, object] = {}
    for pair in value:
        name, sign, said = str(pair).partition("=")
        if not sign or not name.strip():
            raise ValueError(f"not an option: {pair!r}; options are written as name=value")
        try:
            found[name.strip()] = json.loads(said)
        except ValueError:
            found[name.strip()] = said
    return found


def parse_list(value: object) -> object:
    """Return a tuple for names with commas between them, or for a list of them.

    >>> parse_list("html, docling")
    ('html', 'docling')
    """
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value) if isinstance(value, list) else value


Plain = str | int | float | bool | None
# what a validator takes beside its type is said for the JSON Schema, by which editors check files
Size = Annotated[int, BeforeValidator(parse_size, json_schema_input_type=int | str), Field(gt=0)]
ListOfNames = BeforeValidator(parse_list, json_schema_input_type=list[str] | str)
Names = Annotated[tuple[str, ...], ListOfNames]
Options = Annotated[
    dict[str, Plain],
    BeforeValidator(parse_options, json_schema_input_type=dict[str, Plain] | list[str] | str),
]
Shares = Annotated[
    dict[str, float],
    BeforeValidator(parse_splits, json_schema_input_type=dict[str, float] | str),
]
