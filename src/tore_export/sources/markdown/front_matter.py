"""Front matter: the block of YAML before a Markdown text, which says what the document is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

__all__ = ["FrontMatter", "front_matter_of"]

MAX_CHARACTERS = 65_536
MAX_NESTING = 16
_OPENING = re.compile(r"---[ \t]*\n(?=(?:[ \t]*(?:#.*)?\n)*[\"']?[\w$@][^\n:]*:(?:[ \t]|\n|\Z))")
"""Three dashes over something that looks like a field, and not over words, which would be a heading."""

_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.M)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stood before a text. `end` is where the text begins, 0 if nothing stood before it.

    `broken` is the source of a block that is no YAML, or YAML that would cost too much; then there
    are no `fields`.
    """

    end: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    broken: str | None = None


def front_matter_of(text: str) -> FrontMatter:
    r"""Return the front matter of a Markdown text.

    It is a mapping between two lines of three dashes, of which the first is the text's first line and
    the second may be three dots. Dates and times stay as they are spelt, and so does every plain value
    that is neither null, true, false nor a decimal number (`no` is a language, `12:30` is a time). A
    block of more than 64 KB, nested deeper than 16 levels or with aliases is broken.

    >>> front_matter_of("---\ntitle: Pumps\ndate: 2024-05-01\n---\n# Why\n")
    FrontMatter(end=38, fields={'title': 'Pumps', 'date': '2024-05-01'}, broken=None)
    >>> front_matter_of("---\nPumps\n---\n").end
    0
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter()
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return FrontMatter()
    source = text[opening.end() : closing.start()]
    try:
        found = _decoded(source)
    except (ValueError, TypeError, ArithmeticError):
        return FrontMatter(closing.end(), broken=source)
    if not isinstance(found, Mapping):
        return FrontMatter()
    return FrontMatter(closing.end(), {_key(key): _plain(value) for key, value in found.items()})


def _decoded(source: str) -> Any:
    """Return the value of a piece of YAML.

    **Raises** ValueError, TypeError or ArithmeticError for what is no YAML or costs too much.
    """
    if len(source) > MAX_CHARACTERS:
        raise ValueError("longer than front matter is")
    import yaml

    loader = _loader()
    depth = 0
    try:
        # before anything is built: a few aliases of aliases stand for more than memory holds
        for event in yaml.parse(source, loader):
            if isinstance(event, yaml.AliasEvent):
                raise ValueError("an alias")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_NESTING:
                    raise ValueError("nested too deep")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        return yaml.load(source, loader)  # a safe loader with fewer types
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


@cache
def _loader() -> Any:
    """Return YAML's safe loader, less what it takes words and times for."""
    import yaml

    fastest = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("Loader", (fastest,), {"yaml_implicit_resolvers": {}})
    for tag, pattern, first in (
        ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
        ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", list("tTfF")),
        ("int", r"(?:0|-?[1-9][0-9]{0,17})\Z", list("-0123456789")),
        ("float", r"-?[0-9]{1,18}\.[0-9]{1,30}\Z", list("-0123456789")),
    ):
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
    return loader


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(_plain(key))


def _plain(value: Any) -> Any:
    """Return a value of YAML as JSON has it: a tagged date becomes text, a set a list, bytes null."""
    if isinstance(value, Mapping):
        return {_key(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, set):
        return sorted(str(_plain(inner)) for inner in value)
    if isinstance(value, bytes):
        return None
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    return str(value)
