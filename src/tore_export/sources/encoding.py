"""Bytes to text: byte order marks, UTF-8, and the encodings that web pages declare."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from tore_export.errors import DocumentError

__all__ = ["codec_of", "decoded", "in_utf8", "mark_of"]

_MARKS = (
    # four bytes before two: UTF-32's mark in little-endian order begins like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_MEANT = {
    # on the web these labels mean the larger set that Windows made of each
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_LABELS = {
    "dos874": "cp874",
    "eucpkdfmtjapanese": "euc_jp",
    "sjis": "cp932",
    "windows31j": "cp932",
    "windows949": "cp949",
    "windows874": "cp874",
    "iso88591": "cp1252",
    "isolatin9": "iso8859-15",
    "isoir149": "cp949",
    "suneugreek": "iso8859-7",
    "cnbig5": "big5hkscs",
    "xbig5": "big5hkscs",
    "ksc56011987": "cp949",
    "ksc56011989": "cp949",
    "korean": "cp949",
    "chinese": "gb18030",
    "gb231280": "gb18030",
    "macintosh": "mac_roman",
    "mac": "mac_roman",
    "macukrainian": "mac_cyrillic",
    "koi": "koi8_r",
    "koi8": "koi8_r",
    "koi8ru": "koi8_u",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "logical": "iso8859_8",
    "visual": "iso8859_8",
    "unicode11utf8": "utf-8",
    "unicode20utf8": "utf-8",
    "unicode": "utf-16-le",
    "ucs2": "utf-16-le",
    "iso10646ucs2": "utf-16-le",
    "unicodefffe": "utf-16-be",
    "unicodefeff": "utf-16-le",
}
"""Labels of the web that Python does not know, without `x-`, `cs` before them and without signs."""

_READ = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"}
    | {f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
    | {f"cp{number}" for number in (866, 874, 932, 949, *range(1250, 1259))}
    | {"gb18030", "big5hkscs", "euc_jp", "iso2022_jp"}
)
"""Python's names of what is read; UTF-7 and its kin, in which mark-up can hide, are not."""

_NULS = re.compile(rb"\0")
_MOST_REPLACED = 100
"""One character in so many may be wrong in its declared encoding; with more, it is another one."""


def mark_of(data: bytes) -> tuple[str | None, int]:
    r"""Return the encoding that a byte order mark tells, and the mark's length.

    >>> mark_of(b"\xff\xfea\x00"), mark_of(b"a")
    (('utf-16-le', 2), (None, 0))
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec, len(mark)
    return None, 0


def decoded(data: bytes, declared: str | None = None) -> str:
    r"""Return bytes as text whose lines end in `\n`.

    A byte order mark says what the bytes are; without one they are UTF-8, and only where they cannot
    be are they what the document itself declares, by a label of the web (on which `latin-1` means
    windows-1252). There one wrong character in a hundred may become U+FFFD. NULs stay, few as they
    may be in a text.

    **Raises** DocumentError with rule `not_utf8`, which names the byte and its offset, or
    `unknown_encoding`, which names the label.

    **Source** WHATWG Encoding Standard, sections 4.2 (labels) and 6 (byte order marks).

    >>> decoded(b"\xff\xfea\x00\r\x00\n\x00")
    'a\n'
    >>> decoded(b"caf\xe9 \x80", "latin-1")
    'café €'
    """
    codec, n_mark = mark_of(data)
    if codec is None or codec == "utf-8":
        text = _utf8(data[n_mark:] if n_mark else data, None if n_mark else declared, n_mark)
    else:
        try:
            text = str(memoryview(data)[n_mark:], codec)
        except UnicodeDecodeError as error:
            raise _not_text(codec, data, error.start + n_mark) from error
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _utf8(data: bytes, declared: str | None, skipped: int) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if declared is None:
            raise _not_text("utf-8", data, error.start, skipped) from error
        codec = codec_of(declared)
        if codec.startswith("utf-"):
            # a declaration that can be read as ASCII does not stand in UTF-16
            raise _not_text("utf-8", data, error.start, skipped) from error
        return _as_declared(data, codec, declared)
    # in UTF-16 without a mark every other byte of a Latin text is NUL
    if "\0" in text and len(_NULS.findall(data)) * 5 > len(data):
        raise DocumentError(
            "the text is not UTF-8",
            rule="not_utf8",
            found=f"a NUL at byte {data.index(0) + skipped:,} and many more, as in UTF-16",
            allowed="UTF-8; UTF-16 and UTF-32 with a byte order mark",
            hint="convert the file to UTF-8",
        )
    return text


def _as_declared(data: bytes, codec: str, declared: str) -> str:
    text = data.decode(codec, "replace")
    n_wrong = text.count("\ufffd")
    if n_wrong * _MOST_REPLACED > len(text):
        try:
            data.decode(codec)
        except UnicodeDecodeError as error:
            found = f"{n_wrong:,} wrong characters, the first of them"
            raise DocumentError(
                f"the text is neither UTF-8 nor {declared}, which it declares",
                rule="not_utf8",
                found=f"{found} byte 0x{data[error.start]:02x} at byte {error.start:,}",
                allowed="UTF-8, or text in the declared encoding",
                hint="convert the file to UTF-8",
            ) from error
    return text


def codec_of(label: str) -> str:
    """Return Python's name of the encoding that a label means on the web.

    **Raises** DocumentError with rule `unknown_encoding`.

    >>> codec_of(" ISO-8859-1 "), codec_of("x-sjis"), codec_of("KOI8-R")
    ('cp1252', 'cp932', 'koi8-r')
    """
    shown = label.strip()[:60]
    folded = re.sub(r"[^a-z0-9]", "", shown.lower().removeprefix("x-"))
    bare = folded.removeprefix("cs")
    for name in (_LABELS.get(folded, _LABELS.get(bare)), shown.lower(), folded, bare):
        if not name or not name.isascii() or "\0" in name:
            continue
        try:
            codec = codecs.lookup(name).name
        except LookupError:
            continue
        codec = _MEANT.get(codec, codec)
        if codec in _READ:
            return codec
    raise DocumentError(
        "the text is not UTF-8 and declares an encoding that is not known",
        rule="unknown_encoding",
        found=repr(shown),
        allowed="UTF-8, or an encoding of the web by its label",
        hint="convert the file to UTF-8",
    )


def in_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    r"""Yield a stream's bytes as UTF-8 without a mark, where a mark tells UTF-16 or UTF-32.

    Every other stream is yielded as it is.

    **Raises** DocumentError with rule `not_utf8`, after the last good character.

    >>> b"".join(in_utf8(iter([b"\xfe\xff\x00", b"a"])))
    b'a'
    """
    first = next(blocks, b"")
    codec, n_mark = mark_of(first)
    if codec is None or codec == "utf-8":
        yield first
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(codec)()
    n_read, block = n_mark, first[n_mark:]
    while True:
        try:
            yield decoder.decode(block, final=not block).encode()
        except UnicodeDecodeError as error:
            held = len(error.object) - len(block)
            data: bytes = error.object
            raise _not_text(codec, data, error.start, n_read - held) from error
        if not block:
            return
        n_read += len(block)
        block = next(blocks, b"")


def _not_text(codec: str, data: bytes, place: int, skipped: int = 0) -> DocumentError:
    """Return the error for a byte at `place` of `data`, before which `skipped` bytes lie."""
    name = codec.removesuffix("-le").removesuffix("-be").upper()
    return DocumentError(
        f"the text is not {name}",
        rule="not_utf8",
        found=f"byte 0x{data[place]:02x} at byte {place + skipped:,}",
        allowed="UTF-8; UTF-16 and UTF-32 with a byte order mark",
        hint="convert the file to UTF-8",
    )
