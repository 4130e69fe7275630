"""Measure tokens: counts that are tiktoken's, by document and by kind, and what could be saved."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest

from tests.unit.analysis.material import DOCUMENTS, LARGE, MANUAL, NOTICE, table_of
from tests.unit.stages.contract import check_contract
from tore_export.analysis.measure import kind_names, measures_schema
from tore_export.analysis.savings import CAPTION_TOKENS
from tore_export.errors import TokenizerError
from tore_export.stages.format import Format
from tore_export.stages.measure_tokens import MeasureTokens
from tore_export.tokens.ranks import load_encoding

FURNITURE = (("include_furniture", True),)


def measured(
    documents=DOCUMENTS, tokenizers=("gpt-4", "gpt-4o"), format="markdown", options=FURNITURE
):
    return MeasureTokens(tokenizers, format, options)(Format(format, options)(table_of(documents)))


def named(table, what, row=0):
    return [one for one in table["named"][row].as_py() if one["what"] == what]


def test_the_stage_keeps_its_contract():
    table = Format("markdown", FURNITURE)(table_of(DOCUMENTS))
    columns = measures_schema(["cl100k_base", "o200k_base"])
    check_contract(MeasureTokens(("gpt-4", "gpt-4o"), "markdown", FURNITURE), table, columns)


@pytest.mark.parametrize("format", ["markdown", "plaintext"])
@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base", "o200k_harmony"])
def test_each_document_counts_as_tiktoken_counts_its_text(format, encoding):
    table = measured(tokenizers=(encoding,), format=format)
    known = load_encoding(encoding)
    for text, counts in zip(table["text"].to_pylist(), table["counts"].to_pylist(), strict=True):
        assert counts == (None if text is None else {encoding: len(known.encode_ordinary(text))})


def test_elements_and_tokens_are_told_by_kind_and_add_up():
    table = measured()
    kinds = {one["kind"]: one for one in table["kinds"][0].as_py()}
    rendered = Counter(element.kind.name.lower() for element in MANUAL)
    assert {name: one["n_elements"] for name, one in kinds.items()} == rendered
    for row in (0, 2, 4):
        for encoding, total in table["counts"][row].as_py().items():
            by_kind = [one["counts"][encoding] for one in table["kinds"][row].as_py()]
            assert sum(by_kind) == total
    assert table["kinds"][3].as_py() == []
    assert set(kinds) <= set(kind_names())


def test_an_element_that_is_left_out_has_no_tokens():
    table = measured(options=())
    kinds = {one["kind"] for one in table["kinds"][0].as_py()}
    assert not kinds & {"header", "page_number"}
    assert table["saved"][0].as_py()["furniture"] == 0


def test_furniture_saves_what_it_takes():
    table = measured()
    kinds = {one["kind"]: one["counts"]["cl100k_base"] for one in table["kinds"][0].as_py()}
    assert table["saved"][0].as_py()["furniture"] == kinds["header"] + kinds["page_number"]
    assert [one["element_id"] for one in named(table, "furniture")] == ["h", "n"]


def test_of_a_text_that_stands_there_thrice_two_are_saved_and_the_first_is_named():
    table = measured()
    (one,) = named(table, "repeat")
    tokens = len(load_encoding("cl100k_base").encode_ordinary(f"{NOTICE}\n\n"))
    assert (one["element_id"], one["copies"], one["page"]) == ("p1", 3, 1)
    assert one["saved"] == table["saved"][0].as_py()["repeat"] == 2 * tokens
    assert one["excerpt"] == NOTICE[:60]


def test_short_texts_may_stand_there_twice():
    table = measured()
    assert not [one for one in named(table, "repeat") if one["element_id"] == "l1"]


def test_a_table_as_html_saves_what_pipes_are_shorter():
    table = measured(options=(*FURNITURE, ("tables", "html")))
    (one,) = named(table, "html_table")
    pipes = measured(options=(*FURNITURE, ("tables", "pipe")))
    taken = {one["kind"]: one["counts"] for one in pipes["kinds"][0].as_py()}["table"]
    # between pipes it has the same blank line behind it
    assert abs(one["n_tokens"] - one["saved"] - taken["cl100k_base"]) <= 1
    assert one["saved"] > 0
    assert pipes["saved"][0].as_py()["html_table"] == 0


def test_html_tables_of_plain_text_are_not_looked_for():
    assert measured(format="plaintext")["saved"][0].as_py()["html_table"] == 0


def test_of_a_long_caption_what_is_beyond_the_length_is_saved():
    (one,) = named(measured(), "long_caption")
    assert one["element_id"] == "c"
    assert one["saved"] == one["n_tokens"] - CAPTION_TOKENS


def test_the_largest_elements_are_named_by_size():
    table = measured()
    assert [one["element_id"] for one in named(table, "large", row=4)] == ["code", "j"]
    assert all(one["saved"] == one["n_tokens"] for one in named(table, "large", row=4))
    assert {element.id for element in LARGE} == {"code", "j"}


def test_copies_have_the_same_hash_and_nothing_has_none():
    hashes = measured()["text_hash"].to_pylist()
    assert hashes[2] == hashes[6] != hashes[0]
    assert hashes[1] is hashes[3] is None


def test_approximate_and_other_encodings_are_counted_as_wholes():
    table = measured(tokenizers=("claude-3-5-sonnet",))
    name = table.schema.field("counts").type.field(0).name
    assert all(row is None or row[name] >= 0 for row in table["counts"].to_pylist())


def test_an_unknown_tokenizer_is_an_error():
    with pytest.raises(TokenizerError):
        measured(tokenizers=("gpt-nine-thousand-and-one",))


def test_rejected_rows_change_nothing_of_others_wherever_they_stand():
    alone = measured(documents=[MANUAL, LARGE]).select(["counts", "kinds", "saved", "named"])
    for at in range(3):
        rows = measured(documents=[*[MANUAL, LARGE][:at], None, *[MANUAL, LARGE][at:]])
        found = rows.select(alone.column_names).to_pylist()
        assert set(found.pop(at).values()) == {None}
        assert found == alone.to_pylist()


def test_no_documents_at_all():
    assert measured(documents=[]).num_rows == 0
    assert pa.compute.is_null(measured(documents=[None])["counts"]).to_pylist() == [True]
