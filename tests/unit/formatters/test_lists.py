from tore_export.formatters.lists import OpenLists


def markdown_lists():
    return OpenLists(("-", "*"), (".", ")"), [])


def test_an_item_of_a_level_in_between_stays_beside_the_deeper_one_before_it():
    lists = markdown_lists()
    leads = [lists.add(i, level, False, None, None) for i, level in enumerate([0, 2, 1, 2, 0])]
    assert leads == ["\n\n- ", "\n  - ", "\n  - ", "\n    - ", "\n- "]


def test_a_first_item_may_be_of_any_level():
    lists = markdown_lists()
    leads = [lists.add(i, level, False, None, None) for i, level in enumerate([3, 0, 3])]
    assert leads == ["\n\n- ", "\n- ", "\n  - "]


def test_a_third_list_in_a_row_takes_the_first_mark_again():
    lists = markdown_lists()
    leads = [lists.add(i, 0, False, None, parent) for i, parent in enumerate("pqr")]
    assert leads == ["\n\n- ", "\n\n* ", "\n\n- "]


def test_a_block_closes_the_lists_it_does_not_belong_to():
    lists = markdown_lists()
    ids = ["a", "b", None]
    lists.add(0, 0, False, None, None)
    lists.add(1, 1, True, None, None)
    assert lists.inside("b", ids) == 5
    assert lists.inside("a", ids) == 2
    assert lists.inside("b", ids) == 0
    assert lists.stack == []


def test_an_item_after_a_block_within_the_list_stands_apart_from_it():
    lists = markdown_lists()
    lists.add(0, 0, False, None, None)
    lists.inside("a", ["a"])
    assert [lists.add(1, 0, False, None, None), lists.add(2, 0, False, None, None)] == [
        "\n\n- ",
        "\n- ",
    ]


def test_only_bulleted_items_repeat_what_stands_before_them():
    lists = markdown_lists()
    lists.add(0, 0, False, None, None)
    lists.add(1, 1, False, None, None)
    assert lists.lead_again() == "\n  - "
    lists.add(2, 1, True, None, None)
    assert lists.lead_again() == ""
