"""The price table: what is shipped, what users may write, and what is said of what they may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tore_export.analysis.prices import ModelPrice, PriceTable, load_prices
from tore_export.errors import ConfigError
from tore_export.tokens.manager import TokenizerManager

OWN = """\
currency: EUR
as_of: 2026-11-01
source: contract 17
models:
  gpt-4o: {input_per_million: 2, context_tokens: 1000}
  house-7b:
    training_per_million: 0.5
    currency: USD
"""


def table_of(text: str, tmp_path: Path) -> PriceTable:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return load_prices(str(path))


def test_every_row_that_is_shipped_says_when_and_where_from() -> None:
    table = load_prices()
    assert len(table.models) > 25
    for name, price in table.models.items():
        assert re.fullmatch(r"\d{4}-\d{2}", price.as_of or ""), name
        assert (price.source or "").startswith("https://"), name
        assert price.context_tokens is not None, name
        assert price.input_per_million is not None, name
        assert price.currency == "USD", name


def test_openai_models_that_are_shipped_are_models_that_can_be_counted() -> None:
    names = [n for n in load_prices().models if not n.startswith(("claude", "ft:"))]
    assert all(TokenizerManager().get(name).encoding for name in names)


def test_a_row_takes_what_stands_above_the_models_unless_it_says_otherwise(tmp_path: Path) -> None:
    table = table_of(OWN, tmp_path)
    assert table.find("gpt-4o") == ModelPrice(
        1000, 2.0, None, None, "EUR", "2026-11-01", "contract 17"
    )
    assert table.find("house-7b") == ModelPrice(
        None, None, None, 0.5, "USD", "2026-11-01", "contract 17"
    )


def test_a_table_of_ones_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    assert table_of(OWN, tmp_path).find("gpt-4") is None


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("ft:gpt-4.1-2025-04-14:shop::9aB", "ft:gpt-4.1"),
        ("ft:gpt-4.1", "ft:gpt-4.1"),
    ],
)
def test_a_dated_or_tuned_name_has_the_row_of_its_model(name: str, row: str) -> None:
    table = load_prices()
    assert table.find(name) == table.models[row]


def test_a_tuned_model_without_a_row_has_its_bases_context_and_no_price() -> None:
    found = load_prices().find("ft:gpt-4:shop::9aB")
    assert found is not None
    assert (found.context_tokens, found.input_per_million) == (8192, None)
    assert load_prices().find("ft:unheard-of:shop::1") is None


@pytest.mark.parametrize("name", ["cl100k_base", "gpt", "", "gpt-4o-audio"])
def test_of_an_unknown_name_nothing_is_known(name: str) -> None:
    assert load_prices().find(name) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "models:\n  a:\n    input_per_milion: 1\n",
            "own.yaml:3: the price table has no such key: 'input_per_milion', allowed: "
            "context_tokens, input_per_million, output_per_million, training_per_million, currency, "
            "as_of, source (did you mean input_per_million?)",
        ),
        (
            "modells: {}\nmodels: {}\n",
            "own.yaml:1: the price table has no such key: 'modells', allowed: models, currency, "
            "as_of, source",
        ),
        (
            "models:\n  a: {input_per_million: cheap}\n",
            "own.yaml:2: input_per_million is wrong, found 'cheap', allowed: a price of 1,000,000 "
            "tokens, 0 or more",
        ),
        (
            "models:\n a: {output_per_million: -1}\n",
            "own.yaml:2: output_per_million is wrong, found -1",
        ),
        (
            "models:\n a: {output_per_million: .inf}\n",
            "own.yaml:2: output_per_million is wrong, found inf",
        ),
        (
            "models:\n a: {input_per_million: true}\n",
            "own.yaml:2: input_per_million is wrong, found True",
        ),
        (
            "models:\n\n  a: {context_tokens: 8k}\n",
            "own.yaml:3: context_tokens is wrong, found '8k', allowed: a number of tokens above 0",
        ),
        ("models:\n  a: {context_tokens: 0}\n", "own.yaml:2: context_tokens is wrong, found 0,"),
        (
            "as_of: spring\nmodels: {}\n",
            "own.yaml:1: as_of is wrong, found 'spring', allowed: a date",
        ),
        (
            "models:\n  a: {source: [x]}\n",
            "own.yaml:2: source is wrong, found ['x'], allowed: a text",
        ),
        (
            "models:\n  a: 7\n",
            "own.yaml:2: the row of a is none, found 7, allowed: context_tokens: N",
        ),
        ("models: [a]\n", "own.yaml:1: not a price table, allowed: models:"),
        ("gpt-4: 3\n", "own.yaml:1: not a price table"),
        ("", "own.yaml:1: not a price table"),
        ("models:\n\t- x\n", "own.yaml:2: not YAML: found character"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_line(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as found:
        table_of(text, tmp_path)
    told = str(found.value).removeprefix(f"{tmp_path}/")
    assert told.startswith(message)
    assert "\n" not in told


def test_a_figure_left_empty_is_not_known(tmp_path: Path) -> None:
    text = "models:\n  a: {input_per_million: null, currency: null}\n"
    assert table_of(text, tmp_path).find("a") == ModelPrice()


def test_a_table_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such price table"):
        load_prices(str(tmp_path / "none.yaml"))
    with pytest.raises(ConfigError, match="the price table cannot be read"):
        load_prices(str(tmp_path))


@pytest.mark.parametrize("opening", ["[", "models: {gpt-4o: {currency: ["])
def test_no_price_table_ends_the_process(opening: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nested too deep"):
        table_of(opening + "[" * 100_000, tmp_path)


def test_a_model_that_stands_twice_has_no_price_to_choose(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"own.yaml:3: 'gpt-4' stands twice, first in line 2"):
        table_of("models:\n  gpt-4: {input_per_million: 1}\n  gpt-4: {}\n", tmp_path)


def test_a_currency_is_one_line_that_can_be_printed(tmp_path: Path) -> None:
    for currency in ('"E\\nU"', '"\\e[31mEUR"'):
        with pytest.raises(ConfigError, match=r"own.yaml:1: currency is wrong.*a text, one line"):
            table_of(f"currency: {currency}\nmodels: {{}}\n", tmp_path)
