from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.sources.lines import lines_of, whole_lines


@given(st.binary(max_size=60).map(lambda b: b.replace(b"a", b"\n")), st.data())
def test_lines_are_the_same_wherever_blocks_are_cut(data: bytes, cut: st.DataObject) -> None:
    cuts = sorted(cut.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    blocks = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    expected, offset = [], 7
    for line in data.split(b"\n"):
        expected.append((offset, line, len(line)))
        offset += len(line) + 1
    if not expected[-1][1]:
        expected.pop()
    assert list(lines_of(blocks, 100, start=7)) == expected
    shortened = [(o, line if n <= 3 else None, n) for o, line, n in expected]
    assert list(lines_of(blocks, 3, start=7)) == shortened


@given(st.lists(st.binary(max_size=9).map(lambda b: b.replace(b"a", b"\n")), max_size=9))
def test_whole_lines_are_the_lines_wherever_blocks_are_cut(blocks: list[bytes]) -> None:
    data = b"".join(blocks)
    pieces = list(whole_lines(blocks, 100, start=7))
    assert b"".join(lines for _, lines, _ in pieces if lines) == data
    assert all(lines and lines.endswith(b"\n") for _, lines, _ in pieces[:-1])
    found, at = [], 7
    for offset, lines, length in whole_lines(blocks, 3, start=7):
        assert offset == at
        at += length + (lines is None)
        if lines is None:
            found.append((offset, None, length))
        else:
            assert len(lines) == length
            # a long line that lies in one block is left to who takes the lines apart
            found += lines_of([lines], 3, offset)
    assert found == list(lines_of([data], 3, start=7))


@pytest.mark.parametrize("read", [lines_of, whole_lines])
def test_a_line_that_is_too_long_is_never_held(read: Any) -> None:
    def blocks() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 1_000_000
        yield b"\nshort\n"

    tracemalloc.start()
    found = [(offset, line and line.rstrip(b"\n")) for offset, line, _ in read(blocks(), 5_000_000)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(0, None), (200_000_001, b"short")]
    assert peak < 20_000_000
