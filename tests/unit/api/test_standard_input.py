"""Standard input is a file while it is read, stamped with its content."""

from __future__ import annotations

import io
import os

import pytest

from tore_export.api.standard_input import with_standard_input
from tore_export.errors import DocumentError, PreflightError, UsageError


def test_paths_without_it_are_as_they_were() -> None:
    with with_standard_input(["a", "b/"]) as given:
        assert given == ("a", "b/")


def test_it_is_a_file_in_its_place_for_as_long_as_it_is_wanted() -> None:
    with with_standard_input(["a", "-"], io.BytesIO(b"{}")) as (first, kept):
        assert first == "a"
        assert os.path.basename(kept) == "stdin"
        with open(kept, "rb") as stream:
            assert stream.read() == b"{}"
    assert not os.path.exists(kept)


def test_markdown_is_named_so() -> None:
    with with_standard_input(["-"], io.BytesIO(b"# A\n")) as (kept,):
        assert kept.endswith("/stdin.md")


def stamp(content: bytes) -> int:
    with with_standard_input(["-"], io.BytesIO(content)) as (kept,):
        return os.stat(kept).st_mtime_ns


def test_the_same_content_has_the_same_stamp_and_no_other_has() -> None:
    assert stamp(b"one") == stamp(b"one") != stamp(b"two")


def test_nothing_and_twice_are_refused() -> None:
    with (
        pytest.raises(PreflightError, match="nothing came on standard input"),
        with_standard_input(["-"], io.BytesIO()),
    ):
        pass
    with pytest.raises(UsageError, match="can be read once"), with_standard_input(["-", "-"]):
        pass


def test_an_error_names_it_and_not_the_file() -> None:
    with (
        pytest.raises(DocumentError, match=r"^standard input at 3: broken"),
        with_standard_input(["-"], io.BytesIO(b"x")) as (kept,),
    ):
        raise DocumentError("broken", where=f"{kept} at 3")
    with (
        pytest.raises(DocumentError, match=r"^broken"),
        with_standard_input(["-"], io.BytesIO(b"x")),
    ):
        raise DocumentError("broken")
