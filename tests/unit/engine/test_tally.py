"""The sum of units' last receipts is the same whenever each came, and costs a receipt what it is."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from tore_export.engine.tally import Tally
from tore_export.sources.unit import Unit
from tore_export.storage.receipts import Books, Receipt

UNITS = [Unit(number, "files", (), n_bytes=100 + number) for number in range(10)]


def receipt(unit: int, kept: int, failed: int = 0, **tokens: int) -> Receipt:
    return Receipt(unit, "", Books(kept + failed, kept, 0, failed), {}, {}, tokens, [])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99), st.integers(0, 9))))
def test_the_sum_is_that_of_each_units_last_receipt(come: list[tuple[int, int, int]]) -> None:
    tally = Tally(UNITS)
    for unit, kept, failed in come:
        tally.add(receipt(unit, kept, failed, train=kept, test=failed))
    last = {unit: (kept, failed) for unit, kept, failed in come}
    kept, failed = (
        (sum(numbers) for numbers in zip(*last.values(), strict=True)) if last else (0, 0)
    )
    assert tally.books == Books(kept + failed, kept, 0, failed)
    assert tally.tokens == kept + failed
    assert tally.n_bytes == sum(100 + unit for unit in last)
    assert list(tally.receipts) == list(dict.fromkeys(unit for unit, *_ in come))


def test_a_unit_that_is_none_of_the_plans_has_no_bytes() -> None:
    tally = Tally(UNITS)
    tally.add(receipt(10, 5, train=3))
    assert (tally.books.seen, tally.tokens, tally.n_bytes) == (5, 3, 0)


def test_a_hundred_thousand_receipts_take_no_longer_each_than_few() -> None:
    tally = Tally(UNITS)
    begin = time.process_time()
    for number in range(100_000):
        tally.add(receipt(number, 1, train=number))
    assert time.process_time() - begin < 5
    assert tally.books.seen == 100_000
