import pytest

from tore_export.documents.schema import Kind
from tore_export.formatters.captions import Captions

KINDS = [Kind.TABLE, Kind.CAPTION, Kind.IMAGE, Kind.CAPTION, Kind.CAPTION]


@pytest.fixture
def captions():
    return Captions(KINDS, ["t", "c", None, None, None], range(5))


def test_a_caption_is_of_its_parent_else_of_what_stands_beside_it(captions):
    assert captions.label_of_element(4, "t", "a") == "Table 1."
    assert captions.label_of_element(3, None, "b") == "Figure 1."
    assert captions.label_of_element(1, "elsewhere", "c") == "Table 2."
    assert captions.label_of_element(4, None, "d") == ""


def test_a_number_that_is_there_stays_and_counts(captions):
    for caption in ("Table 1: a", "TABLE II. a", "Tab. 3 a", "Table A1 a", "Table (2) a", "表1"):
        assert captions.label(Kind.TABLE, caption) == ""
    assert captions.label(Kind.TABLE, "Tables of pumps") == "Table 7."
    assert captions.label(Kind.IMAGE, "Figure of a pump") == "Figure 1."


def test_only_what_has_words_is_counted(captions):
    assert captions.label(Kind.TABLE, " ") == ""
    assert captions.label(Kind.CODE, "a") == ""
    assert captions.label(Kind.TABLE, "a") == "Table 1."
