"""Frames: what parts of tables and code blocks need around them."""

from __future__ import annotations

import time

import pytest

from tore_export.chunks.frames import frame_of, raw_frames, row_ends
from tore_export.documents.schema import Kind


def frame(text: str, kind: Kind = Kind.TABLE) -> tuple[str, str, str] | None:
    """Return head, tail and closing of a block that stands behind another one."""
    found = frame_of(f"x\n\n{text}\n\ny", 3, 3 + len(text), kind)
    if found is None:
        return None
    whole = f"x\n\n{text}"
    assert (found.start, found.end) == (3, len(whole))
    return whole[3 : found.head_end], whole[found.tail :], found.closing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a | b |\n| --- | :-: |\n| 1 | 2 |", ("| a | b |\n| --- | :-: |\n", "", "")),
        ("a | b\n- | -:\n1 | 2", ("a | b\n- | -:\n", "", "")),
        ("a    b\ntwo  lines\n---  -----\n1    2", ("a    b\ntwo  lines\n---  -----\n", "", "")),
        ("no | rule\n1 | 2\n3 | 4", None),
        ("one line", None),
        (
            "<table>\n<thead>\n<tr><th>a</th></tr>\n</thead>\n<tbody>\n<tr><td>1</td></tr>\n</tbody>\n</table>",
            (
                "<table>\n<thead>\n<tr><th>a</th></tr>\n</thead>\n<tbody>\n",
                "\n</tbody>\n</table>",
                "</tbody>\n</table>",
            ),
        ),
        ("<table><tr><td>1</td></tr></table>", ("<table>", "</table>", "</table>")),
        ("<table></table>", None),
        ("<table><tr><td>1</td></tr></table>" + "x" * 300, None),
    ],
)  # fmt: skip
def test_a_table_has_a_head_and_perhaps_what_closes_it(text, expected):
    assert frame(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```py\nx\n```", ("```py\n", "```", "```")),
        ("~~~~\nx\n```\n~~~~", ("~~~~\n", "~~~~", "~~~~")),
        ("  ```\n  x\n  ```", ("  ```\n", "  ```", "  ```")),
        ("```\nnever closed", ("```\n", "", "```")),
        ("    x = 1\n    y = 2", None),
    ],
)
def test_a_code_block_has_its_fences(text, expected):
    assert frame(text, Kind.CODE) == expected


def test_other_elements_have_none():
    assert frame("| a |\n| - |\n| 1 |", Kind.PARAGRAPH) is None


def test_rows_that_follow_each_other_on_a_line_begin_behind_the_tag():
    text = "<table><tr>1</tr><tr>2</tr> <tr>3</tr>\n<tr>4</tr></table>"
    assert [text[place : place + 5] for place in row_ends(text, 0, len(text))] == ["<tr>2", "<tr>3"]
    assert row_ends("| a |", 0, 5) == []


def test_the_frames_of_markdown_of_unknown_structure_are_its_fences_and_pipe_tables():
    text = (
        "a\n\n| h |\n|---|\n| 1 |\n\n```sh\n| x |\n|---|\n| 2 |\n```\n\n~~~\n```\n~~~\n\n"
        "| k |\n|---|\n| 3 |\n\n```\nnever closed"
    )
    found = [text[frame.start : frame.head_end] for frame in raw_frames(text)]
    assert found == ["| h |\n|---|\n", "```sh\n", "~~~\n", "| k |\n|---|\n"]


@pytest.mark.parametrize(
    "line",
    [
        "|-" + " " * 200_000 + "x",
        "| " + "-" * 200_000 + "x",
        "|" + "- " * 100_000 + "x",
        "|:-" * 70_000,
    ],
)
def test_no_line_takes_more_than_its_length_to_look_at(line):
    text = f"| a |\n{line}\n| 1 |"
    begin = time.process_time()
    raw_frames(text)
    frame_of(text, 0, len(text), Kind.TABLE)
    assert time.process_time() - begin < 1
