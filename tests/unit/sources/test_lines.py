from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tore_export.sources.lines import lines_of


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


def test_a_line_that_is_too_long_is_never_held() -> None:
    def blocks() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 1_000_000
        yield b"\nshort\n"

    tracemalloc.start()
    found = list(lines_of(blocks(), 5_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(0, None, 200_000_000), (200_000_001, b"short", 5)]
    assert peak < 20_000_000
