"""JSON from strangers: parsed, repaired where that is safe, else refused with the place of the fault."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from tore_export.errors import DocumentError
from tore_export.sources.unit import Limits

__all__ = ["BOM", "decode", "depth", "endless", "refuse_deep", "shown", "without_lone_surrogates"]

BOM = b"\xef\xbb\xbf"

_MOST_DEPTH = 10_000
"""No limit goes beyond: a parser's stack in C holds little more."""

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity', re.DOTALL)
_ESCAPES = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def decode(data: bytes, limits: Limits) -> tuple[Any, int]:
    r"""Return the value of one JSON text and how many broken escapes were repaired.

    A lone surrogate (`\ud800`), which no UTF-8 can hold, becomes U+FFFD. Everything else that is not
    JSON is refused.

    **Raises** DocumentError with rule `not_utf8`, `too_deep` or `invalid_json`; the message names
    byte, line and column.

    >>> decode(b'{"text": "a\\ud800"}', Limits())
    ({'text': 'a\ufffd'}, 1)
    """
    import msgspec

    refuse_deep(data, limits)
    try:
        return msgspec.json.decode(data), 0
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise DocumentError(
            "the text is not UTF-8",
            rule="not_utf8",
            found=f"byte 0x{data[error.start]:02x} at byte {error.start}",
            allowed="UTF-8",
            hint="convert the file to UTF-8",
        ) from error
    refuse_deep(data, limits, always=True)
    text, n_repaired = without_lone_surrogates(text.removeprefix("\ufeff"))
    limit = sys.getrecursionlimit()
    try:
        # the depth is within the limits by now; only the caller's own stack could be in the way
        sys.setrecursionlimit(limit + _allowed_depth(limits) + 100)
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_integer), n_repaired
    except _ConstantError as error:
        raise _no_such_number(text, str(error)) from error
    except json.JSONDecodeError as error:
        raise _refused(text, error) from error
    finally:
        sys.setrecursionlimit(limit)


def refuse_deep(data: bytes, limits: Limits, *, always: bool = False) -> None:
    """Refuse a JSON text that is nested deeper than allowed, before a parser goes down with it.

    Where the interpreter's own limit is the tighter one, the parser notices by itself, and reading
    every byte twice is spared unless `always`.

    **Raises** DocumentError with rule `too_deep`.
    """
    allowed = _allowed_depth(limits)
    parser_notices = sys.version_info < (3, 12) and sys.getrecursionlimit() <= allowed
    if parser_notices and not always:
        return
    # as many brackets as that, or it cannot be so deep
    if data.count(b"{") + data.count(b"[") > allowed and (found := depth(data)) > allowed:
        raise DocumentError(
            "JSON is nested too deep",
            rule="too_deep",
            found=f"{found:,} levels",
            allowed=f"{allowed:,}",
        )


def endless() -> DocumentError:
    """Return the error for a value in memory that is nested without end, as one that holds itself."""
    return DocumentError(
        "a value is nested too deep",
        rule="too_deep",
        found="lists or objects without end",
        allowed="what JSON can hold",
    )


def _allowed_depth(limits: Limits) -> int:
    return min(limits.max_depth, _MOST_DEPTH)


def depth(data: bytes) -> int:
    r"""Return how deep the brackets of a JSON text are nested; those in strings do not count.

    >>> depth(b'[{"a": "[[[", "b\\"[": [1]}]')
    3
    """
    import numpy as np

    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = b"".join(data.split(b'"')[::2])
    brackets = structure.translate(_SIGNS, _NOT_BRACKETS)
    if not brackets:
        return 0
    return max(0, int(np.frombuffer(brackets, np.int8).cumsum(dtype=np.int64).max()))


_SIGNS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def shown(value: object, length: int = 60) -> str:
    """Return what was found, short enough for a message.

    >>> shown("x" * 100, 8)
    "'xxxxxx…"
    """
    try:
        text = repr(value[:length] if isinstance(value, str | bytes | list) else value)
    except RecursionError:
        text = f"a {type(value).__name__} nested deep"
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= length else text[: length - 1] + "…"


def without_lone_surrogates(text: str) -> tuple[str, int]:
    r"""Return a JSON text with each escape of half a surrogate pair replaced, and their number.

    >>> without_lone_surrogates(r'"\ud83d\ude00 \ud800"')
    ('"\\ud83d\\ude00 \\ufffd"', 1)
    """
    if "\\u" not in text:
        return text, 0
    n_lone = 0

    def repaired(match: re.Match[str]) -> str:
        nonlocal n_lone
        if match[3] is None:
            return match[0]
        n_lone += 1
        return "\\ufffd"

    return _ESCAPES.sub(repaired, text), n_lone


class _ConstantError(Exception):
    """A number JSON does not have."""


def _refuse_constant(name: str) -> Any:
    raise _ConstantError(name)


def _no_such_number(text: str, name: str) -> DocumentError:
    place = next(found.start() for found in _STRINGS.finditer(text) if found[0][0] != '"')
    return DocumentError(
        f"not JSON at {_place(text, place)}",
        rule="invalid_json",
        found=name,
        allowed="numbers; JSON knows neither NaN nor Infinity",
        hint="write null instead",
    )


def _place(text: str, place: int) -> str:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return f"byte {len(text[:place].encode())}, line {line}, column {column}"


def _integer(digits: str) -> int | float:
    # Python refuses to read numbers of more than 4,300 digits; no field of ours holds one
    return int(digits) if len(digits) < 1_000 else float(digits)


def _refused(text: str, error: json.JSONDecodeError) -> DocumentError:
    at_end = not text[error.pos :].strip() or error.msg.startswith("Unterminated string")
    where = _place(text, error.pos)
    if at_end:
        return DocumentError(
            f"the JSON is cut short at {where}",
            rule="invalid_json",
            found=f"the end of the text after {shown(text[-20:])}" if text else "nothing",
            allowed="a whole JSON value",
        )
    return DocumentError(
        f"not JSON at {where}: {error.msg[:1].lower()}{error.msg[1:]}",
        rule="invalid_json",
        found=shown(text[error.pos : error.pos + 20]),
        allowed="JSON",
    )
