from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.unit.sources.reading import input_file, read, rows, rules
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.sources.unit import Limits, Unit


def elements(folder: Path, text: str, name: str = "a.txt") -> list[Element]:
    (row,) = read(folder, name, text.encode())
    assert rules([row]) == [None]
    found: list[Element] = row["elements"]
    return found


def shape(found: list[Element]) -> list[tuple[Any, ...]]:
    """Return (kind, level or None, text) of each element."""
    return [(e.kind.name, e.level, e.text) for e in found]


def plain(folder: Path, text: str) -> list[tuple[Any, ...]]:
    return shape(elements(folder, text))


P, T, C = "PARAGRAPH", "TITLE", "CODE"


def test_paragraphs_are_what_lies_between_blank_lines_and_keep_their_lines(tmp_path: Path) -> None:
    text = "Two roads diverged\r\n  in a yellow wood\r\n \r\n\r\nAnd sorry.\n"
    assert plain(tmp_path, text) == [
        (P, None, "Two roads diverged\nin a yellow wood"),
        (P, None, "And sorry."),
    ]


def test_a_document_of_text_has_neither_title_nor_pages(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.txt", b"One.\n\nTwo.")
    assert (row["title"], row["meta"], row["warnings"]) == (None, None, 0)
    assert [e.page for e in row["elements"]] == [None, None]
    assert [e.id for e in row["elements"]] == ["0", "1"]


def test_underlined_lines_are_headings_whose_levels_are_the_order_of_first_use(
    tmp_path: Path,
) -> None:
    text = (
        "=====\nTitle\n=====\n\nPart\n----\ntext\n\nSub\n~~~\n\nPart two\n--------\n\nDeep\n^^^^\n\n"
        " Centred \n---------\n"
    )
    assert plain(tmp_path, text) == [
        (T, 1, "Title"),
        (T, 2, "Part"),
        (P, None, "text"),
        (T, 3, "Sub"),
        (T, 2, "Part two"),
        (T, 4, "Deep"),
        (T, 2, "Centred"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "From: somebody@example.org\n-----",
        "A sentence that is no heading, since it is far too long to be one of any kind.\n---",
        "one\ntwo\n-------",
        "A title\n           -------",
        "w" * 101 + "\n" + "-" * 101,
    ],
)
def test_a_short_line_of_dashes_below_a_long_one_is_a_rule(tmp_path: Path, text: str) -> None:
    *words, _ = text.split("\n")
    assert plain(tmp_path, text) == [(P, None, "\n".join(words)), ("RULE", None, "")]


def test_an_underline_in_the_middle_of_a_block_has_to_fit(tmp_path: Path) -> None:
    assert plain(tmp_path, "text\nHeading\n=======\n")[1] == (T, 1, "Heading")
    assert plain(tmp_path, "text\nHeading\n======\n")[0] == (P, None, "text\nHeading")


def test_numbered_lines_of_their_own_are_headings_as_deep_as_their_number(tmp_path: Path) -> None:
    text = (
        "1. Introduction\n\nText one.\n\n1.2 Pumps\n\nText.\n\n1.2.3. Valves\n\nText.\n\n"
        "2 Methods\n\nText.\n\nA.1 Tables\n\nText."
    )
    assert [e for e in plain(tmp_path, text) if e[0] == T] == [
        (T, 1, "1. Introduction"),
        (T, 2, "1.2 Pumps"),
        (T, 3, "1.2.3. Valves"),
        (T, 1, "2 Methods"),
        (T, 2, "A.1 Tables"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. Introduction\n\nOnly one number shows nothing.",
        "1. It was so.\n\nText.\n\n2. It was not.\n\nText.",
        "2019 A year\n\nText.\n\n2020 Another\n\nText.",
        "3 apples\n\nText.\n\n4 pears\n\nText.",
        "1. Introduction\nText.\n\n2. Methods\nText.",
        "1.5 mg,\n\nText.\n\n2.5 mg,\n\nText.",
        "A. Smith\n\nText.\n\nB. Jones\n\nText.",
        "1. a b c d e f g h i j k l m n\n\nText.\n\n2. A b c d e f g h i j k l m n\n\nText.",
    ],
)
def test_a_number_in_doubt_makes_no_heading(tmp_path: Path, text: str) -> None:
    assert T not in {kind for kind, *_ in plain(tmp_path, text)}


def test_chapters_parts_and_roman_numbers_are_headings(tmp_path: Path) -> None:
    text = "Part One\n\nText.\n\nChapter 4: The Sea\n\nText.\n\nKapitel\u00a0IV\n\nText.\n\n"
    text += "I. Why\n\nText.\n\nII. Because.\n\nText.\n\nPart of the text\n\nchapter 3\n"
    assert [e for e in plain(tmp_path, text) if e[0] == T] == [
        (T, 1, "Part One"),
        (T, 2, "Chapter 4: The Sea"),
        (T, 3, "Kapitel\u00a0IV"),
        (T, 4, "I. Why"),
    ]


def test_a_line_in_capitals_is_a_heading_where_text_follows(tmp_path: Path) -> None:
    assert plain(tmp_path, "TERMS AND CONDITIONS\n\nText.")[0] == (T, 1, "TERMS AND CONDITIONS")
    man = "NAME\n       ls - list\n\nSEE ALSO\n       dir"
    assert plain(tmp_path, man) == [
        (T, 1, "NAME"),
        (P, None, "ls - list"),
        (T, 1, "SEE ALSO"),
        (P, None, "dir"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "THE ADVENTURES\n\nOF SHERLOCK\n\nHOLMES\n",
        "NO TEXT FOLLOWS",
        "STOP!\n\nText.",
        "A. B.\n\nText.",
        "X=Y AND Z\n\nText.",
        "IN CAPITALS\nand more.\n\nText.",
        "漢字\n\nText.",
    ],
)
def test_capitals_in_doubt_make_no_heading(tmp_path: Path, text: str) -> None:
    assert T not in {kind for kind, *_ in plain(tmp_path, text)}


def test_lists_nest_by_indentation_and_hold_what_is_indented_below(tmp_path: Path) -> None:
    text = (
        "The list:\n* one\n  goes on\n* two\n\n  more of two\n\n      code of two\n\n  - inner\n\n"
        "    more of inner\n  - last\n* three\n\nAfter.\n"
    )
    found = elements(tmp_path, text)
    assert shape(found) == [
        (P, None, "The list:"),
        ("LIST_ITEM", 0, "one\ngoes on"),
        ("LIST_ITEM", 0, "two"),
        (P, None, "more of two"),
        (C, None, "code of two"),
        ("LIST_ITEM", 1, "inner"),
        (P, None, "more of inner"),
        ("LIST_ITEM", 1, "last"),
        ("LIST_ITEM", 0, "three"),
        (P, None, "After."),
    ]
    assert [e.parent for e in found] == [None, None, None, "2", "2", "2", "5", "2", None, None]
    assert found[1].meta == {"ordered": False}


@pytest.mark.parametrize("mark", ["-", "*", "+", "•", "‣", "▪", "–", "o"])
def test_every_bullet_is_one(tmp_path: Path, mark: str) -> None:
    found = plain(tmp_path, f"{mark} a\n{mark} b")
    assert found == [("LIST_ITEM", 0, "a"), ("LIST_ITEM", 0, "b")]


@pytest.mark.parametrize(
    "text",
    [
        "– So he said.",
        "o let us sing",
        "a line that is wrapped\n- as it happens - by chance",
        "-5 degrees",
        "*emphasis* and more",
        "— Bonjour, dit-il.\n— Bonjour.",
    ],
)
def test_a_dash_in_doubt_makes_no_list(tmp_path: Path, text: str) -> None:
    assert plain(tmp_path, text) == [(P, None, text)]


@pytest.mark.parametrize(
    ("marks", "numbers"),
    [
        (["1.", "2.", "3."], [1, 2, 3]),
        (["7)", "8)"], [7, 8]),
        (["(1)", "(2)"], [1, 2]),
        (["a)", "b)"], [1, 2]),
        (["A.", "B."], [1, 2]),
        (["i.", "ii.", "iii.", "iv."], [1, 2, 3, 4]),
        (["(i)", "(ii)"], [1, 2]),
        (["IX.", "X."], [9, 10]),
        (["h.", "i.", "j."], [8, 9, 10]),
        (["0.", "1."], [0, 1]),
        (["#.", "#."], [None, None]),
    ],
)
def test_numbers_that_count_on_are_a_list(
    tmp_path: Path, marks: list[str], numbers: list[int | None]
) -> None:
    for between in ("\n", "\n\n", "\n   its second line\n", "\n\n   its second paragraph\n\n"):
        text = between.join(f"{mark} words" for mark in marks)
        found = [e for e in elements(tmp_path, text) if e.kind == Kind.LIST_ITEM]
        assert [e.meta.get("number") for e in found] == numbers
        assert all(e.meta["ordered"] and e.level == 0 for e in found)


@pytest.mark.parametrize(
    "text",
    [
        "2019. It was a good year.",
        "1. One\n3. Three",
        "1. One\n\nBetween them stands text.\n\n2. Two.",
        "It was in\n1999. Then came\n2001. And so on.",
        "1) One\n2. Two",
        "(1. One\n(2. Two",
    ],
)
def test_numbers_that_do_not_count_on_are_text(tmp_path: Path, text: str) -> None:
    assert "LIST_ITEM" not in {kind for kind, *_ in plain(tmp_path, text)}


def test_a_list_right_behind_another_of_its_sort_is_a_new_one(tmp_path: Path) -> None:
    found = elements(tmp_path, "- a\n- b\n\n* c\n* d\n\n1. e\n2. f\n\n1) g\n2) h\n")
    assert [e.text for e in found if e.meta.get("new_list")] == ["c", "g"]
    nested = elements(tmp_path, "- a\n  1. x\n  2. y\n- b\n  1. z\n  2. w\n")
    assert [e.level for e in nested] == [0, 1, 1, 0, 1, 1]
    assert not any(e.meta.get("new_list") for e in nested)


def test_items_with_a_box_are_tasks(tmp_path: Path) -> None:
    found = elements(tmp_path, "- [ ] open\n- [x] done\n  - [X] below\n- no box")
    assert shape(found) == [
        ("CHECKBOX", 0, "open"),
        ("CHECKBOX", 0, "done"),
        ("CHECKBOX", 1, "below"),
        ("LIST_ITEM", 0, "no box"),
    ]
    assert [e.meta.get("checked") for e in found] == [False, True, True, None]


def test_indented_code_is_code_with_its_spaces_and_blank_lines(tmp_path: Path) -> None:
    text = "So:\n\n    def f():\n        return 1\n\n\n    f()\n\nDone.\n\n\tmake\n\t\tinstall\n"
    assert plain(tmp_path, text) == [
        (P, None, "So:"),
        (C, None, "def f():\n    return 1\n\n\nf()"),
        (P, None, "Done."),
        (C, None, "make\n\tinstall"),
    ]


def test_indented_prose_is_no_code(tmp_path: Path) -> None:
    verse = "    Shall I compare thee to a summer's day?\n    Thou art more lovely and temperate."
    assert plain(tmp_path, f"He wrote:\n\n{verse}\n")[1][0] == P
    centred = f"{' ' * 30}The Title\n\nText at the margin, and more of it."
    assert plain(tmp_path, centred)[0] == (P, None, "The Title")


def test_the_margin_is_where_most_of_the_text_begins(tmp_path: Path) -> None:
    text = "       All of this page is indented,\n       as in a manual.\n\n           ls -l\n"
    assert plain(tmp_path, text) == [
        (P, None, "All of this page is indented,\nas in a manual."),
        (C, None, "ls -l"),
    ]


def test_restructured_text_announces_code(tmp_path: Path) -> None:
    text = (
        "Example::\n\n  Indented by two.\n\n  And on.\n\nThen ::\n\n  x\n\n::\n\n  y\n\n"
        ".. code-block:: python\n   :linenos:\n\n   import os\n\nstd::\n\nNo code.\n"
    )
    found = elements(tmp_path, text, "a.rst")
    assert shape(found) == [
        (P, None, "Example:"),
        (C, None, "Indented by two.\n\nAnd on."),
        (P, None, "Then"),
        (C, None, "x"),
        (C, None, "y"),
        (C, None, "import os"),
        (P, None, "std::"),
        (P, None, "No code."),
    ]
    assert found[5].meta == {"language": "python"}
    assert plain(tmp_path, ".. code:: c\n\nNothing.")[0] == (P, None, ".. code:: c")


def test_an_announcement_ends_with_the_first_text_that_is_not_deeper(tmp_path: Path) -> None:
    text = "So::\n\n  x = 1\n\nProse at the margin,\ntwo lines of it.\n\n  Indented by two.\n"
    assert plain(tmp_path, text) == [
        (P, None, "So:"),
        (C, None, "x = 1"),
        (P, None, "Prose at the margin,\ntwo lines of it."),
        (P, None, "Indented by two."),
    ]


def test_a_session_of_python_is_code(tmp_path: Path) -> None:
    (found,) = elements(tmp_path, ">>> 1 + 1\n2\n>>> 'a'")
    assert (found.kind, found.text, found.meta["language"]) == (
        Kind.CODE,
        ">>> 1 + 1\n2\n>>> 'a'",
        "python",
    )
    assert plain(tmp_path, ">>> I say\n>>> and say")[-1] == ("QUOTE", None, "I say\nand say")


def test_lines_behind_a_bracket_are_quotes_as_deep_as_their_brackets(tmp_path: Path) -> None:
    text = "He wrote:\n> first\n> still\n>\n> second\n>> deep\n> > and deep\n> back\nMy words.\n"
    found = elements(tmp_path, text)
    assert shape(found) == [
        (P, None, "He wrote:"),
        ("QUOTE", None, "first\nstill"),
        (P, None, "second"),
        ("QUOTE", None, "deep\nand deep"),
        (P, None, "back"),
        (P, None, "My words."),
    ]
    assert [e.parent for e in found] == [None, None, "1", "1", "1", None]


def test_a_quote_that_begins_deep_has_its_outer_ones(tmp_path: Path) -> None:
    found = elements(tmp_path, ">> deep\n> shallow\n")
    assert shape(found) == [("QUOTE", None, ""), ("QUOTE", None, "deep"), (P, None, "shallow")]
    assert [e.parent for e in found] == [None, "0", "0"]


def test_drawn_tables_are_tables(tmp_path: Path) -> None:
    frame = "+---+----+\n| a | b  |\n+===+====+\n| 1 | 2  |\n+---+----+\n"
    _, framed, psql = elements(tmp_path, f"Text.\n\n{frame}\n a | b\n---+---\n 1 | \n")
    head = (Cell("a", header=True), Cell("b", header=True))
    assert framed.cells == (head, (Cell("1"), Cell("2")))
    assert psql.cells == (head, (Cell("1"), Cell("")))
    (piped,) = elements(tmp_path, "| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert piped.meta == {"align": ["left", "right"]}


def test_lines_of_signs_are_rules(tmp_path: Path) -> None:
    for line in ("---", "* * *", "=====", "_ _ _", "-----------", "━━━━", "────"):
        assert plain(tmp_path, f"a\n\n{line}\n\nb")[1] == ("RULE", None, "")
    assert plain(tmp_path, "a\n\n--\n\nb")[1] == (P, None, "--")


def test_a_long_rule_ends_a_list(tmp_path: Path) -> None:
    found = elements(tmp_path, "1. one\n2. two\n  ____________\n\nText.\n")
    assert shape(found)[1:] == [("LIST_ITEM", 0, "two"), ("RULE", None, ""), (P, None, "Text.")]
    assert {e.parent for e in found} == {None}


def test_a_form_feed_ends_a_page(tmp_path: Path) -> None:
    found = elements(tmp_path, "one\n\f\ftwo\n\nthree\f \n")
    assert [(e.kind.name, e.text, e.page) for e in found] == [
        (P, "one", 1),
        ("PAGE_BREAK", "", 1),
        ("PAGE_BREAK", "", 2),
        (P, "two", 3),
        (P, "three", 3),
    ]


def test_what_printers_and_terminals_add_is_taken_off(tmp_path: Path) -> None:
    assert plain(tmp_path, "N\bNA\bAM\bME\bE _\bx\n\n\x1b[1;31merror\x1b[0m: no")[:2] == [
        (P, None, "NAME x"),
        (P, None, "error: no"),
    ]


def test_a_text_of_a_full_batch_is_handed_over(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.txt", b"One.\n\nTwo.", batch_rows=1)
    assert len(row["elements"]) == 2


def test_what_is_empty_or_binary_is_no_text(tmp_path: Path) -> None:
    assert rules(read(tmp_path, "a.txt", b" \n\f")) == ["empty_file"]
    assert rules(read(tmp_path, "a.txt", b"\0\1\2\3" * 9)) == ["unsupported_format"]


def test_too_many_elements_are_refused(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a.txt", b"a\n\n" * 11, Limits(max_elements=10))
    assert rules([row]) == ["too_many_elements"]


LINES = st.sampled_from(
    (
        "||a|A b c.|- a|  - b|    - c|1. a|2. b|   x|        y|====|----|> q|>> r|¦ a ¦ b ¦|+---+---+"
        "|A::|AB CD|1.1 Foo|\f|* * *|[x] a|- [x] a|>>> f(1)| a ¦ b|---+---|\tz|#. n|–  d|.. code:: c"
    )
    .replace("¦", "\0")
    .split("|")
).map(lambda line: line.replace("\0", "|"))
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES | WORDS, max_size=14))
def test_no_word_is_lost_and_containers_nest(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    text = "\n".join(["x.", "", *lines])
    (row,) = read(tmp_path_factory.mktemp("any"), "a.txt", text.encode())
    assert rules([row]) == [None]
    found: list[Element] = row["elements"]
    said = "".join(e.text + "".join(c.text for r in e.cells or () for c in r) for e in found)
    # of what is written, only marks of items, boxes and announcements may go
    lost = sum(map(str.isalpha, text)) - sum(map(str.isalpha, said))
    assert 0 <= lost <= sum(("." in x or ")" in x or "[x]" in x) * 8 for x in lines)
    open_ids: list[str | None] = []
    for element in found:
        if element.parent is not None:
            assert element.parent in open_ids
            del open_ids[open_ids.index(element.parent) + 1 :]
        else:
            open_ids.clear()
        if element.kind in CONTAINERS:
            open_ids.append(element.id)


HOSTILE = {
    "items": "1. a\n" * 15_000,
    "depth": "\n".join(" " * depth + "- a" for depth in range(800)),
    "underlines": "a\n=\n" * 15_000,
    "marks": ("> " * 3_000 + "a\n") * 50,
    "brackets": ">" * 300_000,
    "frames": "+-+\n" * 30_000,
    "numbers": "1.1 Foo\n\n" * 15_000,
    "code": "    x\n\n" * 15_000,
    "capitals": "ABCD EF\n\n" * 15_000,
    "word": " " * 20 + "a'" * 500_000,
    "rule": "- " * 200_000,
    "bullets": "x\n- a\n+ b\n" * 15_000,
    "blank": "a\n\n" + " " * 2_000_000 + "\n\nb",
    "feeds": "a\f" * 15_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_time_in_proportion(tmp_path: Path, name: str) -> None:
    start = time.process_time()
    (row,) = read(tmp_path, "a.txt", HOSTILE[name].encode())
    assert rules([row]) == [None]
    assert time.process_time() - start < 5


@pytest.mark.skipif(not SHARED.exists(), reason="the published documents are not here")
def test_published_text_has_its_headings_lists_and_code() -> None:
    folder = SHARED / "corpora" / "unstructured" / "example-docs"
    unit = Unit(0, "files", (input_file(folder / "README.rst"),))
    (row,) = rows(unit)
    found = row["elements"]
    assert [(e.level, e.text) for e in found if e.kind == Kind.TITLE] == [
        (1, "Example Docs"),
        (2, "XBRL 10-K"),
    ]
    assert sum(e.kind == Kind.LIST_ITEM for e in found) == 3
    (code,) = (e for e in found if e.kind == Kind.CODE)
    assert code.meta == {"language": "bash"}
    assert code.text.startswith("curl -O \\\n  -A")
