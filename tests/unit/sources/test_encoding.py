from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.reading import read, rules, texts
from tore_export.errors import DocumentError
from tore_export.sources.encoding import codec_of, decoded, in_utf8

ELEMENTS = [{"type": "Title", "text": "größer 🙂"}]
MARKED = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


# many NULs are refused, and one behind the mark of UTF-16 makes that the mark of UTF-32
UNICODE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(UNICODE, st.sampled_from(sorted(MARKED)))
def test_a_byte_order_mark_says_what_the_bytes_are(text: str, codec: str) -> None:
    data = MARKED[codec] + text.encode(codec)
    assert decoded(data, "latin-1") == text.replace("\r\n", "\n").replace("\r", "\n")


@given(
    UNICODE,
    st.sampled_from(sorted(MARKED)),
    st.lists(st.integers(1, 9)),
)
def test_a_stream_becomes_utf8_wherever_it_is_cut(text: str, codec: str, cuts: list[int]) -> None:
    data = MARKED[codec] + text.encode(codec)
    blocks, start = [], 0
    for cut in [5, *cuts]:
        blocks.append(data[start : start + cut])
        start += cut
    blocks = [block for block in [*blocks, data[start:]] if block]
    found = b"".join(in_utf8(iter(blocks)))
    assert found.removeprefix(codecs.BOM_UTF8) == text.encode()


@pytest.mark.parametrize("codec", sorted(MARKED))
def test_json_in_utf16_is_read_as_json(tmp_path: Path, codec: str) -> None:
    data = MARKED[codec] + json.dumps(ELEMENTS, ensure_ascii=False).encode(codec)
    for name, content in (("a.json", data), ("a.json.gz", gzip.compress(data))):
        (row,) = read(tmp_path, name, content)
        assert texts(row) == ["größer 🙂"]


def test_text_without_a_mark_is_utf8_whatever_it_declares() -> None:
    assert decoded("größer".encode(), "latin-1") == "größer"
    assert decoded(b"a\r\nb\rc") == "a\nb\nc"
    assert decoded(b"") == ""


@pytest.mark.parametrize(
    ("text", "declared", "codec"),
    [
        ("größer – „so“ €", "ISO-8859-1", "cp1252"),
        ("größer €", "latin1", "cp1252"),
        ("größer", "us-ascii", "cp1252"),
        ("дом", "windows-1251", "cp1251"),
        ("дом", " KOI8-R ", "koi8-r"),
        ("日本語", "Shift_JIS", "cp932"),
        ("日本語", "x-sjis", "cp932"),
        ("日本語", "euc-jp", "euc_jp"),
        ("中文", "gb2312", "gb18030"),
        ("中文", "csgb2312", "gb18030"),
        ("中文", "Big5", "big5hkscs"),
        ("한국어", "ks_c_5601-1987", "cp949"),
        ("한국어", "csEUCKR", "cp949"),
        ("שלום", "iso-8859-8-i", "iso8859-8"),
        ("naïve", "macintosh", "mac-roman"),
    ],
)
def test_a_declared_encoding_is_what_the_web_means_by_its_label(
    text: str, declared: str, codec: str
) -> None:
    assert codec_of(declared) == codec
    assert decoded(text.encode(codec) + b" " * 9, declared).rstrip() == text


@pytest.mark.parametrize(
    ("data", "declared", "rule", "told"),
    [
        (b"caf\xe9", None, "not_utf8", "byte 0xe9 at byte 3"),
        (b"\xef\xbb\xbfcaf\xe9", "latin-1", "not_utf8", "byte 0xe9 at byte 6"),
        (b"caf\xe9", "utf-8", "not_utf8", "byte 0xe9 at byte 3"),
        (b"caf\xe9", "utf-16", "not_utf8", "byte 0xe9 at byte 3"),
        (b"\xff\xfea\x00b", None, "not_utf8", "not UTF-16, found byte 0x62 at byte 4"),
        (b"caf\xe9", "klingon", "unknown_encoding", "'klingon'"),
        (b"caf\xe9", "utf-7", "unknown_encoding", "'utf-7'"),
        (b"caf\xe9", "", "unknown_encoding", "''"),
        (b"caf\xe9", "\0" * 100, "unknown_encoding", "\\x00"),
        (b"caf\xe9", "rot13", "unknown_encoding", "'rot13'"),
        (b"\x81\x81 caf\xe9" * 9, "shift_jis", "not_utf8", "neither UTF-8 nor shift_jis"),
        ("größer".encode("utf-16-le")[:10], None, "not_utf8", "0xf6 at byte 4"),
        (b"a\0b\0c\0d\0", None, "not_utf8", "a NUL at byte 1 and many more"),
    ],
)
def test_what_is_no_text_is_refused_by_its_byte_and_place(
    data: bytes, declared: str | None, rule: str, told: str
) -> None:
    with pytest.raises(DocumentError) as error:
        decoded(data, declared)
    assert error.value.rule == rule
    assert told in str(error.value)


def test_one_wrong_character_in_a_hundred_does_not_cost_the_document() -> None:
    text = decoded("日本語".encode("cp932") * 100 + b"\x81", "shift_jis")
    assert text == "日本語" * 100 + "\ufffd"


def test_a_stray_nul_stays_in_a_text() -> None:
    assert decoded(b"a long line with one \0 in it") == "a long line with one \0 in it"


def test_a_utf16_file_that_breaks_off_says_where(tmp_path: Path) -> None:
    data = codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") * 40_000 + b"\x00\xd8a"
    (row,) = read(tmp_path, "a.txt", data)
    assert rules([row]) == ["not_utf8"]
    assert "at byte 160,002" in row["reject"]["detail"]
