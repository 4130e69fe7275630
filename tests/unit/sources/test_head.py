"""What the first bytes of a JSON list tell."""

from __future__ import annotations

import pytest

from tore_export.sources.head import Head


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b'[{"a": [1, 2], "b": "]"}, 3]', {"a", "b"}),
        (b' [\n{"a": 1}', None),  # it may go on
        (b'[{"a": 1},', {"a"}),
        (b"[]", None),
        (b"[3, 4]", None),
        (b'[{"a": }]', None),
        (b"[x", None),
        (b'{"a": 1}', None),
    ],
)
def test_the_first_item_of_a_list_is_known_by_its_fields(
    data: bytes, names: set[str] | None
) -> None:
    found = Head("a.json", data).first_item
    assert (None if found is None else set(found)) == names


@pytest.mark.parametrize(
    ("name", "data", "needs_more"),
    [
        ("a.json", b'[{"a": "b', True),
        ("a.json", b'[{"a": "b"},', False),
        ("a.json", b"[] ", False),
        ("a.json", b"[] x", False),
        ("a.txt", b"[1] A reference", False),
        ("a.txt", b"[a reference", False),
        ("a.json", b'{"a": "b', True),
        ("a.jsonl", b'{"a": "b"}\n{', False),
    ],
)
def test_more_is_read_until_the_first_item_is_whole(
    name: str, data: bytes, needs_more: bool
) -> None:
    assert Head(name, data, whole=False).needs_more == needs_more
    assert not Head(name, data, whole=True).needs_more
