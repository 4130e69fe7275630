"""YAML that users write: whatever it is, an error has its line, and the process stays."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.errors import ConfigError
from tore_export.storage.yaml_files import MAX_NESTING, parse_yaml


def test_a_document_is_its_value_and_its_nodes() -> None:
    root, value = parse_yaml("seed: 7\nsplits: {train: 1}", "own.yaml")
    assert value == {"seed": 7, "splits": {"train": 1}}
    assert [key.start_mark.line for key, _ in root.value] == [0, 1]


def test_nothing_is_none() -> None:
    assert parse_yaml("# nothing yet\n", "own.yaml") == (None, None)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_ends_at_a_depth_and_not_the_process(opening: str) -> None:
    with pytest.raises(ConfigError, match=r"^own.yaml:1: nested too deep, allowed: 64 levels$"):
        parse_yaml(opening * 100_000, "own.yaml")
    assert parse_yaml("[" * MAX_NESTING + "]" * MAX_NESTING, "own.yaml")[1]


def test_aliases_of_aliases_count_as_what_they_stand_for() -> None:
    lines = ["l0: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ConfigError, match=r"^own.yaml:6: too much, allowed: 1,000,000 values"):
        parse_yaml("\n".join(lines), "own.yaml")


def test_aliases_are_read() -> None:
    text = "a: &one 1\nb: *one\nc: &map {d: *one}\ne: *map"
    assert parse_yaml(text, "own.yaml")[1] == {"a": 1, "b": 1, "c": {"d": 1}, "e": {"d": 1}}


def test_an_alias_stands_for_nothing_it_is_in() -> None:
    with pytest.raises(ConfigError, match=r"^own.yaml:2: an alias stands for what it is in"):
        parse_yaml("a: &a\n  - *a", "own.yaml")


def test_a_key_stands_once_at_every_level() -> None:
    with pytest.raises(ConfigError, match=r"^own.yaml:4: 'b' stands twice, first in line 2"):
        parse_yaml("a:\n- b: 1\n  c: 1\n  b: 2\n", "own.yaml")
    assert parse_yaml("a: {b: 1}\nc: {b: 1}", "own.yaml")[1] == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: }", "own.yaml:2: not YAML: "),
        ("a: 2026-13-45", "own.yaml: not YAML: month must be in 1..12"),
        ("a: 1\n--- \nb: 2", "own.yaml:2: not YAML: but found another document"),
        ("a: \0", "own.yaml: not YAML: "),
        ("a: *b", "own.yaml:1: not YAML: found undefined alias"),
        ("!!python/name:os.system x", "own.yaml:1: not YAML: could not determine a constructor"),
        ("{[1]: 2}", "own.yaml:1: not YAML: found unhashable key"),
    ],
)
def test_what_is_not_yaml_says_where(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "own.yaml")
    assert str(caught.value).startswith(message)


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!#|>'\" \n1.,?%@`~"), max_size=60))
def test_any_text_is_a_value_or_an_error_of_ours(text: str) -> None:
    with suppress(ConfigError):
        parse_yaml(text, "own.yaml")
