"""Dates: what is clear is read however it is spelled, and what is not is not guessed."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.splits.dates import DATE, date_of, dates_of

DAY = datetime(2024, 3, 14, tzinfo=UTC)
MINUTE = datetime(2024, 3, 14, 15, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        "2024-03-14",
        "20240314",
        "2024/03/14",
        "2024.3.14",
        " 2024-03-14 ",
        "2024-03-14T00:00:00Z",
        "2024-03-14 00:00:00",
        "2024-03-14T01:00:00+01:00",
        "2024-03-14 00:00:00 UTC",
        "2024-W11-4",
        "14.03.2024",
        "14.3.2024",
        "14/03/2024",
        "03/14/2024",
        "3/14/2024",
        "14-03-2024",
        "March 14, 2024",
        "Mar 14, 2024",
        "14 March 2024",
        "14 Mar 2024",
        "14. March 2024",
        "14-Mar-2024",
        "Thu, 14 Mar 2024 00:00:00 GMT",
        "Thu, 14 Mar 2024 01:00:00 +0100",
        "D:20240314",
        "D:20240314000000Z",
        "D:20240314010000+01'00'",
        "1710374400",
        "1710374400.0",
        "1710374400000",
    ],
)
def test_one_day_in_many_spellings(told: str) -> None:
    assert date_of(told) == DAY


@pytest.mark.parametrize(
    "told",
    [
        "2024-03-14T15:09Z",
        "2024-03-14 15:09",
        "2024/03/14 15:09:00",
        "14.03.2024 15:09",
        "14/03/2024, 15:09",
        "2024-03-14T15:09:00.000000",
        "D:202403141509",
        "Thu, 14 Mar 2024 15:09:00 +0000",
    ],
)
def test_one_minute_in_many_spellings(told: str) -> None:
    assert date_of(told) == MINUTE


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024/3", datetime(2024, 3, 1, tzinfo=UTC)),
        ("March 2024", datetime(2024, 3, 1, tzinfo=UTC)),
        ("D:2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("7/7/2024", datetime(2024, 7, 7, tzinfo=UTC)),
        ("4.3.2024", datetime(2024, 3, 4, tzinfo=UTC)),
        ("1899-12-31", datetime(1899, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_month_or_a_year_is_its_beginning_and_dots_mean_the_day_comes_first(
    told: str, meant: datetime
) -> None:
    assert date_of(told) == meant


@pytest.mark.parametrize(
    "told",
    [
        "",
        " ",
        "someday",
        "3/4/2024",  # of March or of April
        "32.1.2024",
        "2024-13-01",
        "2024-02-30",
        "0",
        "42",
        "12345678901234567890",
        "9" * 200,
        "١٤/٠٣/٢٠٢٤",
        "14 days ago",
        "0001-01-01T00:00:00+14:00",
        "10:30",
        "D:99999999",
    ],
)
def test_what_is_not_clear_is_no_date(told: str) -> None:
    assert date_of(told) is None


@given(st.text(max_size=70))
def test_no_text_is_too_strange(told: str) -> None:
    found = date_of(told)
    assert found is None or found.tzinfo == UTC


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_iso_8601_spells_is_read_as_it_was(moment: datetime) -> None:
    assert date_of(moment.isoformat()) == moment


def test_columns_are_read_with_their_gaps() -> None:
    column = pa.array(["2024-03-14", None, "someday", "2024-03-14"])
    found = dates_of(column)
    assert found.type == DATE
    assert found.to_pylist() == [DAY, None, None, DAY]
    assert dates_of(pa.array([], pa.string())).to_pylist() == []
    assert dates_of(pa.nulls(2, pa.string())).to_pylist() == [None, None]
