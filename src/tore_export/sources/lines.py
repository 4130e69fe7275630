"""Lines of a stream of bytes, each with where it starts, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["lines_of"]


def lines_of(
    blocks: Iterable[bytes], max_bytes: int, start: int = 0
) -> Iterator[tuple[int, bytes | None, int]]:
    r"""Yield (offset, line, length) of each line; of one over `max_bytes` (offset, None, length).

    Offsets count from `start`. A line that is too long is passed over in blocks and never held.

    >>> list(lines_of([b"ab\nc", b"d\n", b"efgh"], max_bytes=3))
    [(0, b'ab', 2), (3, b'cd', 2), (6, None, 4)]
    """
    offset = start  # where the line in hand starts
    parts: list[bytes] = []
    size = 0  # bytes of the line in hand, whether they are held or not
    for block in blocks:
        pieces = block.split(b"\n")
        last = pieces.pop()
        for piece in pieces:
            size += len(piece)
            if size > max_bytes:
                yield offset, None, size
            else:
                yield offset, b"".join([*parts, piece]) if parts else piece, size
            offset += size + 1
            parts, size = [], 0
        size += len(last)
        if size > max_bytes:
            parts = []
        elif last:
            parts.append(last)
    if size > max_bytes:
        yield offset, None, size
    elif size:
        yield offset, b"".join(parts), size
