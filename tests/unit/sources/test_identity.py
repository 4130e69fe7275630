from __future__ import annotations

from hashlib import sha256

import pytest

from tore_export.sources.identity import document_id


@pytest.mark.parametrize(("said", "expected"), [("a b", "a b"), (7, "7"), (2.5, "2.5"), ("0", "0")])
def test_what_the_source_says_is_the_id_as_text(said: object, expected: str) -> None:
    assert document_id(said, "x.jsonl", 4) == expected


@pytest.mark.parametrize("said", [None, "", True, [], {}])
def test_what_is_no_name_is_replaced_by_a_hash_of_source_and_place(said: object) -> None:
    expected = sha256(b"in/x.jsonl\x004096").hexdigest()[:24]
    assert document_id(said, "in/x.jsonl", 4096) == expected


def test_a_file_that_is_one_document_has_no_place() -> None:
    assert document_id(None, "a.tore", None) == sha256(b"a.tore\0").hexdigest()[:24]
    assert document_id(None, "a.tore", None) != document_id(None, "a.tore", 0)


def test_a_file_name_that_is_no_utf8_has_an_id_too() -> None:
    assert len(document_id(None, "caf\udce9.json", None)) == 24
