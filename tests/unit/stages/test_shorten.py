"""Shorten: documents that are over a budget are brought within it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.budget.material import COUNT, prose
from tests.unit.stages.contract import check_contract
from tests.unit.stages.test_format import DOCUMENTS, table_of
from tore_export.documents.element import Element
from tore_export.documents.schema import DOCUMENT, REJECT, Kind
from tore_export.errors import FormatError, TokenizerError
from tore_export.formatters.template.source import read_template
from tore_export.stages.count_tokens import CountTokens
from tore_export.stages.format import Format
from tore_export.stages.render_files import RenderFiles
from tore_export.stages.shorten import SHORTENED, Shorten

LONG = [
    Element(Kind.TITLE, "Pumps", level=1, id="t"),
    Element(Kind.PARAGRAPH, prose(12), id="p", page=1),
    Element(Kind.PARAGRAPH, prose(12), id="q", page=2),
    Element(Kind.LIST_ITEM, "close it", id="i", level=0),
]
TABLE = table_of([LONG, *DOCUMENTS, LONG])
COLUMNS = {"elements": DOCUMENT.field("elements").type, "shortened": SHORTENED, "reject": REJECT}


@pytest.mark.parametrize("formats", [(("markdown", ()),), (("jsonl", ()), ("plaintext", ()))])
def test_the_stage_keeps_its_contract(formats):
    check_contract(Shorten(60, formats), TABLE, COLUMNS)


def test_documents_within_the_budget_are_left_alone():
    table = Shorten(10_000)(TABLE)
    assert table["elements"].equals(TABLE["elements"])
    assert table["shortened"].null_count == TABLE.num_rows


def test_what_is_written_afterwards_fits():
    table = CountTokens()(Format()(Shorten(60, as_file=False)(TABLE)))
    counts = table["n_tokens"].to_pylist()
    assert max(n for n in counts if n is not None) <= 60
    assert counts[0] >= 57
    fact = table["shortened"].to_pylist()[0]
    assert fact["after"] == counts[0]
    steps = sum(saved for name, saved in fact.items() if name not in ("before", "after"))
    assert fact["before"] - fact["after"] == steps


def test_files_of_all_formats_fit():
    formats = (("markdown", ()), ("plaintext", (("line_width", 30),)))
    table = RenderFiles(formats)(Shorten(60, formats)(TABLE))
    for name in ("file_markdown", "file_plaintext"):
        assert max(COUNT(text) for text in table[name].to_pylist() if text is not None) <= 60


def test_a_document_that_was_rejected_before_is_left_alone():
    table = Shorten(60)(TABLE)
    row = TABLE["reject"].to_pylist().index({**dict.fromkeys(REJECT.names), "stage": "source"})
    assert table["reject"].to_pylist()[row] == TABLE["reject"].to_pylist()[row]
    assert table["shortened"].to_pylist()[row] is None


def template(tmp_path, text: str):
    path = tmp_path / "own.md"
    path.write_text(text, encoding="utf-8")
    return (("template", (("template", read_template(str(path))),)),)


def test_a_document_that_cannot_be_shortened_enough_is_rejected(tmp_path):
    formats = template(tmp_path, "many words before anything else is said\n")
    table = Shorten(5, formats)(table_of([LONG]))
    (reject,) = table["reject"].to_pylist()
    assert (reject["failed"], reject["stage"], reject["rule"]) == (True, "shorten", "over_budget")
    assert (reject["value"], reject["threshold"]) == (8.0, 5.0)
    assert "cannot be shortened" in reject["detail"]
    rejected_before = table_of([None, LONG])
    assert Shorten(5, formats)(rejected_before)["reject"].to_pylist()[1]["rule"] == "over_budget"


def test_what_a_template_fails_on_is_left_to_rendering(tmp_path):
    formats = template(
        tmp_path, "{{ document.elements[3].text }} {{ document.elements[0].text }}\n"
    )
    short = [Element(Kind.PARAGRAPH, "a")]
    table = RenderFiles(formats)(Shorten(1000, formats)(table_of([short, LONG])))
    stages = [reject and reject["stage"] for reject in table["reject"].to_pylist()]
    assert stages == ["render_files", None]


def test_a_template_that_fails_on_what_is_left_rejects_the_document(tmp_path):
    formats = template(
        tmp_path, "{{ document.elements[3].text }} {{ document.elements[1].text }}\n"
    )
    table = Shorten(8, formats)(table_of([LONG]))
    assert table["reject"].to_pylist()[0]["rule"] == "template_error"


def test_unknown_names_are_found_when_the_stage_is_made():
    with pytest.raises(FormatError):
        Shorten(10, (("markdwon", ()),))
    with pytest.raises(TokenizerError):
        Shorten(10, tokenizer="no-such-model")


def test_facts_are_null_where_there_is_nothing_to_say():
    assert Shorten(10)(table_of([])).schema.field("shortened").type == SHORTENED
    assert pa.types.is_struct(SHORTENED)


def test_of_a_dataset_a_dialogue_is_kept_as_it_is_or_not_at_all():
    said = [
        Element(Kind.MESSAGE, "Which pump is loud? " * n, meta={"role": "user"}) for n in (1, 90)
    ]
    table = table_of([said[:1], said, [Element(Kind.PARAGRAPH, "Close the valve. " * 90)]])
    found = Shorten(40, as_file=False)(table)
    assert [one and one["rule"] for one in found["reject"].to_pylist()] == [
        None,
        "over_budget",
        None,
    ]
    rejected = found["reject"].to_pylist()[1]
    assert not rejected["failed"]
    assert rejected["value"] > rejected["threshold"] == 40
    assert found["elements"].to_pylist()[:2] == table["elements"].to_pylist()[:2]
    assert Shorten(40)(table)["reject"].null_count == 3
