"""What a template may read of plain values, and the methods and operators that could grow too large."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.utils import Cycler, Namespace

from tore_export.errors import TemplateError
from tore_export.formatters.template.limits import ACTIVE
from tore_export.formatters.template.values import text_of

__all__ = [
    "ATTRIBUTES",
    "METHODS",
    "check_width",
    "formatted",
    "multiplied",
    "raised",
    "remainder",
    "sum_of",
]

MAX_WIDTH = 10_000
MAX_BITS = 10_000

_LOOP = (
    "index index0 revindex revindex0 first last length depth depth0 previtem nextitem cycle changed"
)
_STR = (
    "capitalize casefold center count endswith find format index isalnum isalpha isascii isdecimal "
    "isdigit islower isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix "
    "removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip "
    "swapcase title upper zfill"
)

ATTRIBUTES: tuple[tuple[type, frozenset[str] | None], ...] = (
    (str, frozenset(_STR.split())),
    (dict, frozenset({"get", "items", "keys", "values"})),
    (tuple, frozenset({"count", "grouper", "index", "list"})),
    (list, frozenset({"count", "index"})),
    (LoopContext, frozenset(_LOOP.split())),
    (Cycler, frozenset({"current", "next", "reset"})),
    (BlockReference, frozenset({"super"})),
    (Macro, frozenset({"arguments", "caller", "catch_kwargs", "catch_varargs", "name"})),
    (Namespace, None),
    (TemplateModule, None),
)
"""Types with the names of what may be read of them; None for all that is not private."""


_CONVERSION = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(\*|\d*)(?:\.(\*|\d*))?([a-zA-Z%]?)")
_NUMBER = re.compile(r"[0-9]+")


def check_width(spec: object) -> None:
    """Refuse a format that pads to more than a long line."""
    for number in _NUMBER.findall(str(spec)):
        if len(number) > 5 or int(number) > MAX_WIDTH:
            raise TemplateError("too wide a field", found=number, allowed=f"at most {MAX_WIDTH:,}")


def _padded(method: Callable[..., str]) -> Callable[..., str]:
    def pad(text: str, columns: int, *fill: str) -> str:
        check_width(columns)
        return method(text, columns, *fill)

    return pad


def replaced(text: str, old: str, new: str, count: int = -1) -> str:
    """Return `text` with `old` replaced; how long it becomes is counted first."""
    n = text.count(old)
    ACTIVE.get().room(max(0, n if count < 0 else min(n, count)) * len(new))
    return text.replace(old, new, count)


def joined(separator: str, values: Iterable[str]) -> str:
    """Return texts with a separator between them; how long that becomes is counted first."""
    parts = list(values)
    ACTIVE.get().room(len(separator) * len(parts) + sum(map(len, parts)))
    return separator.join(parts)


def cut(method: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Return a method that cuts a text, which counts the pieces first."""

    def counted(text: str, sep: str | None = None, *most: int) -> list[str]:
        budget = ACTIVE.get()
        if sep:
            budget.room(64 * (1 + text.count(sep)))
        else:
            # white space of any kind is at most each second character
            budget.pieces(text) if text.isascii() else budget.room(32 * len(text))
        return method(text, sep, *most)

    return counted


def lines(text: str, keepends: bool = False) -> list[str]:
    """Return the lines of a text, counted first."""
    ACTIVE.get().pieces(text, "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    return text.splitlines(keepends)


METHODS: dict[str, Callable[..., Any]] = {
    "replace": replaced,
    "join": joined,
    "rsplit": cut(str.rsplit),
    "split": cut(str.split),
    "splitlines": lines,
    "center": _padded(str.center),
    "ljust": _padded(str.ljust),
    "rjust": _padded(str.rjust),
    "zfill": _padded(str.zfill),
}
"""Methods of texts that are not called as they are."""


def formatted(template: str, values: Any) -> str:
    """Return what `template % values` gives, after counting how long that may become."""
    for found in _CONVERSION.findall(template.replace("%%", "")):
        if "*" in found:
            raise TemplateError("the width of a field is a number", found="*")
        check_width(found)

    def plain(value: Any) -> Any:
        return value if isinstance(value, int | float) else text_of(value)

    if isinstance(values, dict):
        told: Any = {key: plain(value) for key, value in values.items()}
        longest = max((len(str(value)) for value in told.values()), default=0)
    else:
        told = tuple(plain(value) for value in (values if isinstance(values, tuple) else (values,)))
        longest = max((len(str(value)) for value in told), default=0)
    quoted = 10 if any(sort in "ra" for *_, sort in _CONVERSION.findall(template)) else 1
    ACTIVE.get().room(len(template) + template.count("%") * longest * quoted)
    made: str = template % told
    return made


def sum_of(left: Any, right: Any) -> Any:
    """Return `left + right`."""
    budget = ACTIVE.get()
    if isinstance(left, str) and isinstance(right, str):
        budget.room(len(left) + len(right))
        return left + right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        budget.room(8 * (len(left) + len(right)))
        size = budget.size(left) + budget.size(right)
        made = operator.add(left, right)
        budget.known(made, size)
        return made
    return operator.add(left, right)


def multiplied(left: Any, right: Any) -> Any:
    """Return `left * right`."""
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() + right.bit_length())
    budget = ACTIVE.get()
    for many, times in ((left, right), (right, left)):
        if isinstance(many, str) and isinstance(times, int):
            budget.room(max(0, times) * len(many))
        elif isinstance(many, list | tuple) and isinstance(times, int):
            size = max(0, times) * budget.size(many)
            budget.room(max(0, times) * 8 * len(many))
            made = operator.mul(left, right)
            budget.known(made, size)
            return made
    return operator.mul(left, right)


def raised(left: Any, right: Any) -> Any:
    """Return `left ** right`."""
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() * max(0, right))
    return operator.pow(left, right)


def remainder(left: Any, right: Any) -> Any:
    """Return `left % right`, which formats where `left` is a text."""
    return formatted(left, right) if isinstance(left, str) else operator.mod(left, right)


def _check_bits(n_bits: int) -> None:
    if n_bits > MAX_BITS:
        raise TemplateError("too large a number", allowed=f"{MAX_BITS:,} bits")
