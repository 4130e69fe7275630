import pytest

from tore_export.errors import FormatError
from tore_export.formatters.formatter import begun, check_choice, files_of


def test_pieces_become_files_document_by_document():
    assert files_of(["a", "\n\nb", "", "c"], [2, 1, 1, 0]) == ["a\n\nb\n", "", "c\n", ""]


def test_the_first_visible_piece_of_each_document_has_nothing_before_it():
    assert begun(["", "\n\na", "\nb", "", "\n\nc"], [3, 0, 2]) == ["", "a", "\nb", "", "c"]


def test_a_value_that_is_not_allowed_is_refused_with_those_that_are():
    check_choice("images", "alt", ("alt", "skip"))
    with pytest.raises(FormatError, match=r"images: .* found skp, allowed: alt, skip .*mean skip"):
        check_choice("images", "skp", ("alt", "skip"))
