"""Lines of a stream of bytes, each with where it starts, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["lines_of", "whole_lines"]


def lines_of(
    blocks: Iterable[bytes], max_bytes: int, start: int = 0
) -> Iterator[tuple[int, bytes | None, int]]:
    r"""Yield (offset, line, length) of each line; of one over `max_bytes` (offset, None, length).

    Offsets count from `start`. A line that is too long is passed over in blocks and never held whole.

    >>> list(lines_of([b"ab\nc", b"d\n", b"efgh"], max_bytes=3))
    [(0, b'ab', 2), (3, b'cd', 2), (6, None, 4)]
    """
    for offset, lines, length in whole_lines(blocks, max_bytes, start):
        if lines is None:
            yield offset, None, length
            continue
        place = offset
        for line in lines.removesuffix(b"\n").split(b"\n"):
            yield place, line if len(line) <= max_bytes else None, len(line)
            place += len(line) + 1


def whole_lines(
    blocks: Iterable[bytes], max_bytes: int, start: int = 0
) -> Iterator[tuple[int, bytes | None, int]]:
    r"""Yield (offset, lines, length) of as many whole lines as a block holds, with their ends.

    Of a line over `max_bytes` that is longer than a block (offset, None, length), without its end.

    >>> list(whole_lines([b"ab\nc\nd", b"e\nfghi", b"jk"], max_bytes=3))
    [(0, b'ab\nc\n', 5), (5, b'de\n', 3), (8, None, 6)]
    """
    offset = start  # where what is in hand starts
    parts: list[bytes] = []
    size = 0  # bytes of the line in hand, whether they are held or not
    for block in blocks:
        first = block.find(b"\n") + 1
        if first and size + first - 1 > max_bytes and size:
            yield offset, None, size + first - 1
            offset += size + first
            parts, size = [], 0
        else:
            first = 0
        end = block.rfind(b"\n") + 1
        if end > first:
            lines = b"".join([*parts, memoryview(block)[first:end]])
            yield offset, lines, len(lines)
            offset += len(lines)
            parts, size = [], 0
        size += len(block) - max(first, end)
        if size > max_bytes:
            parts = []
        elif size:
            parts.append(block[max(first, end) :])
    if size:
        yield offset, b"".join(parts) if size <= max_bytes else None, size
