import time

import pytest

from tore_export.formatters.blocks import MOST_ROOM, OpenBlocks, indented, own_mark


class Written:
    """Puts in one element after the other, as a formatter does."""

    def __init__(self, n=100, **options):
        self.pieces = []
        self.ids = [str(i) for i in range(n)]
        self.blocks = OpenBlocks(self.ids, self.pieces, **options)

    def item(self, text="x", level=None, parent=None, **said):
        index = len(self.pieces)
        self.pieces.append("")
        self.blocks.item(index, level, parent, empty=not text, **said)
        if text:
            self.pieces[index] = self.blocks.write(text)
        return str(index)

    def block(self, text, parent=None):
        self.blocks.enter(parent)
        self.pieces.append(self.blocks.write(text))

    def quote(self, text, parent=None):
        index = len(self.pieces)
        self.pieces.append("")
        self.blocks.enter(parent)
        self.blocks.hold(index, "> ", "> ")
        self.pieces[index] = self.blocks.write(text) if text else ""
        return str(index)

    def text(self):
        self.blocks.close()
        return "".join(self.pieces).lstrip("\n")


@pytest.fixture
def written():
    return Written()


def test_an_item_of_a_level_in_between_stays_beside_the_deeper_one_before_it(written):
    for level in (0, 2, 1, 2, 0):
        written.item(level=level)
    assert written.text() == "- x\n  - x\n  - x\n    - x\n- x"


def test_a_first_item_may_be_of_any_level(written):
    for level in (3, 0, 3):
        written.item(level=level)
    assert written.text() == "- x\n- x\n  - x"


def test_a_third_list_in_a_row_takes_the_first_mark_again(written):
    for parent in "abc":
        written.item(level=0, parent=parent)
    written.item(level=0, new_list=True)
    assert written.text() == "- x\n\n* x\n\n- x\n\n* x"


def test_new_lists_of_numbers_change_their_delimiter(written):
    for number, new_list in ((1, False), (2, False), (3, True), (2, False)):
        written.item(ordered=True, number=number, new_list=new_list)
    assert written.text() == "1. x\n2. x\n\n3) x\n\n2. x"


def test_containers_nest_in_any_order(written):
    first = written.item("a", 0)
    quote = written.quote("b", first)
    inner = written.item("c", 1, quote, ordered=True)
    written.block("d\n\ne", inner)
    written.item("f", 1, quote, ordered=True)
    written.block("g", quote)
    written.block("h", first)
    written.item("i", 0)
    assert written.text() == (
        "- a\n\n  > b\n  >\n  > 1. c\n  >\n  >    d\n  >\n  >    e\n  >\n  > 2. f\n  >\n  > g\n\n"
        "  h\n\n- i"
    )


def test_a_block_closes_the_containers_it_does_not_lie_in(written):
    first = written.item("a", 0)
    written.item("b", 1)
    written.block("c", first)
    written.block("d")
    written.block("e", first)
    assert written.text() == "- a\n  - b\n\n  c\n\nd\n\ne"


def test_an_item_without_text_begins_with_what_lies_in_it(written):
    first = written.item("", 0)
    second = written.item("", 1, first, ordered=True)
    written.block("```\nx\n```", second)
    written.item("y", 0)
    assert written.text() == "- 1. ```\n     x\n     ```\n\n- y"


def test_an_item_with_nothing_in_it_is_a_bare_mark(written):
    written.item("", 0)
    written.item("a", 0)
    written.item("", 1)
    written.item("", 0)
    assert written.text() == "-\n- a\n\n  -\n-"


def test_empty_items_within_each_other_are_no_rule(written):
    quote = written.quote("")
    first = written.item("", 0, quote)
    second = written.item("", 1, first)
    written.item("", 2, second)
    assert written.text() == ">\n> -\n>   -\n>     -"


def test_a_quotation_with_nothing_in_it_is_left_out(written):
    first = written.item("", 0)
    written.quote("", first)
    written.block("a")
    assert written.text() == "-\n\na"


def test_quotations_side_by_side_stay_two(written):
    written.quote("a")
    written.quote("b")
    assert written.text() == "> a\n\n> b"


def test_what_names_a_block_in_a_container_lies_there_too(written):
    first = written.item("a", 0)
    written.block("table", first)
    written.blocks.contain(1)
    written.block("caption", "1")
    assert written.text() == "- a\n\n  table\n\n  caption"


def test_a_block_in_no_container_holds_nothing(written):
    written.block("table")
    written.blocks.contain(0)
    written.block("caption", "0")
    assert written.text() == "table\n\ncaption"


def test_there_is_an_end_to_nesting_and_nothing_is_lost_beyond_it():
    written = Written(1000)
    parent = None
    for depth in range(100):
        parent = written.item(f"i{depth}", depth, parent)
        parent = written.quote(f"q{depth}", parent)
    text = written.text()
    assert max(len(line) for line in text.split("\n")) < 3 * MOST_ROOM
    assert [word for word in text.split() if word[0] in "iq"] == [
        f"{kind}{depth}" for depth in range(100) for kind in "iq"
    ]


def test_an_item_that_finds_no_room_is_a_paragraph():
    written = Written()
    parent = None
    for _ in range(MOST_ROOM):
        parent = written.quote("", parent)
    written.item("x", None, parent)
    assert written.text() == "> " * MOST_ROOM + "x"


def test_what_lies_in_an_item_too_deep_stands_beside_it():
    written = Written()
    parent = None
    parents = []
    for depth in range(12):
        parent = written.item(f"i{depth}", depth, parent)
        parents.append(parent)
    written.block("p", parents[-1])
    written.block("q", parents[-2])
    margin = " " * MOST_ROOM
    assert written.text().endswith(f"- i11\n\n{margin}p\n\n{margin}q")


def test_only_bulleted_items_repeat_what_stands_before_them(written):
    written.item("a", 0)
    written.item("b", 1)
    assert written.blocks.lead_again() == "\n  - "
    written.item("", 1)
    assert written.blocks.lead_again() == ""
    written.item("c", 1, ordered=True)
    assert written.blocks.lead_again() == ""
    written.quote("d")
    assert written.blocks.lead_again() == ""


def test_marks_may_take_a_fixed_width():
    written = Written(bullets=("•", "•"), indent=4)
    written.item("a\nb", 0)
    written.item("c", 1, lead="[x] ")
    assert written.text() == "•   a\n    b\n    [x] c"
    written.item("d", 0)
    assert written.blocks.lead_again() == "\n•   "


def test_a_document_after_another_begins_anew(written):
    first = written.item("a", 0)
    written.block("b", first)
    written.blocks.close()
    written.item("c", 0)
    assert written.text() == "- a\n\n  b\n\n- c"


@pytest.mark.parametrize(
    ("text", "meta", "expected"),
    [
        ("• milk", {}, ("milk", False, None)),
        ("2) eggs", {}, ("eggs", True, 2)),
        ("2) eggs", {"number": 3}, ("2) eggs", False, 3)),
        ("2) eggs", {"ordered": False}, ("2) eggs", False, None)),
        ("- a", {"ordered": True, "number": -1}, ("- a", True, None)),
        ("-1", {}, ("-1", False, None)),
    ],
)
def test_a_mark_a_text_brings_along_is_one_unless_the_source_knows_better(text, meta, expected):
    assert own_mark(text, meta) == expected


def test_blank_lines_are_not_indented():
    assert indented("a\n\nb", "  ") == "a\n\n  b"
    assert indented("a\n\n\nb", "  > ") == "a\n  >\n  >\n  > b"


def test_containers_that_never_end_cost_time_in_proportion_to_their_number():
    n = 30_000
    written = Written(2 * n)
    parent = None
    started = time.process_time()
    for depth in range(n):
        parent = written.item("x", depth, parent)
        parent = written.quote("", parent)
    written.text()
    assert time.process_time() - started < 10
