"""When a document was made, read from however its source spells it.

ISO 8601 in all its precisions, the dates of mail (RFC 5322) and of PDF (`D:20240131…`), months by their
English names, seconds and milliseconds since 1970, and day and month parted by dots or slashes where
only one reading is possible. What names no zone is taken as UTC; a month or a year as its beginning.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pyarrow as pa

__all__ = ["DATE", "date_of", "dates_of"]

DATE = pa.timestamp("us", "UTC")

LONGEST = 64
SECONDS = range(100_000_000, 100_000_000_000)
"""From 1973 to 5138; the same digits as milliseconds begin where those end."""

_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ](.+))?")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[T ](.+))?")
_PDF = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z.*|([+-]\d\d)'?(\d\d)?'?)?")
_NAMED = (
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d. %B %Y",
    "%B %Y",
    "%b %Y",
    "%d-%b-%Y",
)


def date_of(told: str) -> datetime | None:
    """Return the time that is meant, in UTC; None where that is not clear.

    >>> for told in ("2024-01-31", "2024-01", "31.1.2024", "Wed, 31 Jan 2024 10:00:00 +0100"):
    ...     print(date_of(told))
    2024-01-31 00:00:00+00:00
    2024-01-01 00:00:00+00:00
    2024-01-31 00:00:00+00:00
    2024-01-31 09:00:00+00:00
    >>> date_of("03/04/2024")  # March or April?
    """
    told = told.strip()
    if not told or len(told) > LONGEST or not told.isascii():
        return None
    for read in (_iso, _number, _year_first, _year_last, _pdf, _mail, _named):
        try:
            found = read(told)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        if found is not None:
            return _in_utc(found)
    return None


def dates_of(column: pa.Array) -> pa.Array:
    """Return the times that are meant, null where there is none or it is not clear."""
    encoded = column.dictionary_encode()
    found = pa.array([date_of(told) for told in encoded.dictionary.to_pylist()], DATE)
    return found.take(encoded.indices)


def _in_utc(found: datetime) -> datetime | None:
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:  # the first or last hours of all years
        return None


def _iso(told: str) -> datetime | None:
    # eight digits are a day here; four or six, which it refuses, are read below
    return datetime.fromisoformat(told)


def _number(told: str) -> datetime | None:
    number = float(told) if re.fullmatch(r"\d{9,13}(\.\d{1,9})?", told) else 0.0
    seconds = number if int(number) in SECONDS else number / 1000
    return datetime.fromtimestamp(seconds, UTC) if int(seconds) in SECONDS else None


def _year_first(told: str) -> datetime | None:
    match = _YEAR_FIRST.fullmatch(told)
    if match is None:
        return None
    year, month, day, time = match.groups()
    date = f"{int(year):04d}-{int(month or 1):02d}-{int(day or 1):02d}"
    return _with_time(date, time)


def _year_last(told: str) -> datetime | None:
    match = _YEAR_LAST.fullmatch(told)
    if match is None:
        return None
    one, mark, other, year, time = match.groups()
    day, month = int(one), int(other)
    if mark != "." and day != month:
        # 3/4 is a day in March or in April; 13/4 can be but one
        if day <= 12 and month <= 12:
            return None
        day, month = max(day, month), min(day, month)
    return _with_time(f"{int(year):04d}-{month:02d}-{day:02d}", time)


def _with_time(date: str, time: str | None) -> datetime:
    if time is None:
        return datetime.fromisoformat(date)
    return datetime.fromisoformat(f"{date}T{time.removesuffix(' UTC').replace(' ', '')}")


def _pdf(told: str) -> datetime | None:
    match = _PDF.fullmatch(told)
    if match is None:
        return None
    *parts, zone_hours, zone_minutes = match.groups()
    year, month, day, hour, minute, second = (
        int(part) if part else default
        for part, default in zip(parts, (1, 1, 1, 0, 0, 0), strict=True)
    )
    zone = f"{zone_hours}:{zone_minutes or '00'}" if zone_hours else "+00:00"
    spelled = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"
    return datetime.fromisoformat(spelled)


def _mail(told: str) -> datetime | None:
    # it reads parts of other spellings, too: only what has a clock is of mail
    return parsedate_to_datetime(told) if re.search(r"\d:\d\d", told) else None


def _named(told: str) -> datetime | None:
    for spelling in _NAMED:
        try:
            return datetime.strptime(told, spelling)
        except ValueError:
            continue
    return None
