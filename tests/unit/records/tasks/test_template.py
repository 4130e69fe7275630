"""Task `template`: prompt and answer as templates of the user's write them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from tests.unit.records.tasks.asking import paragraph, rendered, title
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.engine.guard import guarded
from tore_export.errors import ConfigError, TemplateError
from tore_export.formatters.template.formatter import Template
from tore_export.stages.to_records import ToRecords

DOCUMENT = [title("The pump"), paragraph("It runs all day."), paragraph("It stops at night.")]


def stage(folder: Path, prompt: str, answer: str) -> ToRecords:
    made = []
    for name, text in (("prompt.txt.j2", prompt), ("answer.txt.j2", answer)):
        (folder / name).write_text(text)
        made.append(Template(str(folder / name)))
    return ToRecords(
        ("template",), "prompt_completion", prompt_template=made[0], answer_template=made[1]
    )


def test_both_templates_see_the_document(tmp_path: Path) -> None:
    made = stage(
        tmp_path,
        "What does “{{ document.title }}” ({{ document.language }}) say?\n",
        "{% for section in document.sections %}{{ section.content }}{% endfor %}\n",
    )
    table = rendered(DOCUMENT, [title("The seal"), paragraph("It is tight.")])
    records = [records[0] for records in made(table)["records"].to_pylist()]
    assert [record["prompt"].strip() for record in records] == [
        "What does “The pump” (en) say?",
        "What does “The seal” (en) say?",
    ]
    assert "It runs all day." in records[0]["completion"]
    assert "It is tight." in records[1]["completion"]
    assert records[0]["metadata"]["element_ids"] == ["e0", "e1", "e2"]


def test_where_either_writes_nothing_there_is_no_record(tmp_path: Path) -> None:
    answer = "{% if document.tables %}There are tables.{% endif %}\n"
    (reject,) = stage(tmp_path, "What is there?", answer)(rendered(DOCUMENT))["reject"].to_pylist()
    assert reject["detail"].endswith("template.empty 1")


def test_a_dialogue_is_no_document_for_templates(tmp_path: Path) -> None:
    said = [Element(Kind.MESSAGE, "Hello there.", meta={"role": "user"})]
    (reject,) = stage(tmp_path, "a b", "c d")(rendered(said))["reject"].to_pylist()
    assert reject["detail"].endswith("template.is_dialogue 1")


def test_an_error_names_file_and_line_and_costs_only_its_document(tmp_path: Path) -> None:
    made = stage(tmp_path, "Why?\n{{ document.tables[0].text }}", "It is so.")
    table = rendered(DOCUMENT, [Element(Kind.TABLE, "", cells=()), paragraph("x")])
    with pytest.raises(TemplateError, match=r"prompt\.txt\.j2:2"):
        made(table)
    failed = guarded(made)(table.slice(0, 1))["reject"][0].as_py()
    assert failed["failed"]
    assert failed["rule"] == "template_error"


def test_without_templates_the_task_says_what_it_needs() -> None:
    with pytest.raises(ConfigError, match="prompt_template and answer_template"):
        ToRecords(("template",), "messages")(rendered(DOCUMENT))


def test_the_same_whether_documents_come_alone_or_together(tmp_path: Path) -> None:
    made = stage(tmp_path, "{{ document.title }}: what?", "{{ document.text }}")
    table = rendered(DOCUMENT, [paragraph("No title here.")], DOCUMENT)
    whole = made(table)
    parts = pa.concat_tables([made(table.slice(i, 1)) for i in range(3)])
    assert whole.to_pylist() == parts.to_pylist()
