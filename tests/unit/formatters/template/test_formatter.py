"""The format `template`: what it sees, what is shipped, what its errors say."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.unit.formatters.template.templating import ELEMENTS, HEAD, rendered
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import FormatError, TemplateError
from tore_export.formatters.formatter import DocumentHead, Formatter
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText
from tore_export.formatters.registry import FormatterRegistry
from tore_export.formatters.template.compile import compiled
from tore_export.formatters.template.document import DocumentValue, Rendering
from tore_export.formatters.template.formatter import Template
from tore_export.formatters.template.run import rendered as render
from tore_export.formatters.template.source import SHIPPED, TemplateSource, read_template


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ("{{ document.title }} {{ document.doc_id }}", "Pump manual d1"),
        ("{{ document.source }} {{ document.language }}", "a/pumps.tore en"),
        ("{{ document.created_at }} {{ document.pages }}", "2024-05-01 [1, 2, 3]"),
        ("{{ document.metadata.author }}", "A. Smith"),
        ("{{ document.metadata['tags'][1] }}", "water"),
        ("{{ document.metadata['items'] }}", "3"),
        (
            "{% for key, _ in document.metadata.items() %}{{ key }} {% endfor %}",
            "author tags items ",
        ),
        (
            "{% for s in document.sections %}{{ s.level }}{{ s.heading }};{% endfor %}",
            "0;1Pumps;2Parts;2Care;",
        ),
        (
            "{{ document.sections | map(attribute='heading') | list }}",
            "['', 'Pumps', 'Parts', 'Care']",
        ),
        ("{{ document.sections[1].content }}", "Close \\*the\\* valve."),
        ("{{ document.sections[1].text }}", "Close *the* valve."),
        ("{{ document.sections[1] }}", "# Pumps\n\nClose \\*the\\* valve."),
        ("{{ document.sections[2].path }}", "['Pumps', 'Parts']"),
        ("{{ document.sections | map(attribute='numbering') | join('|') }}", "||1|2"),
        ("{{ document.sections[2].pages }} {{ document.sections[2].page }}", "[2, 3] 2"),
        ("{{ document.sections[2].elements | length }}", "4"),
        ("{{ document.sections[2].tables[0].caption }}", "What is needed"),
        ("{{ document.sections[2].number }} {{ document.sections[0].level }}", "3 0"),
        ("{{ document.elements[8].kind }} {{ document.elements[8].level }}", "list_item 1"),
        ("{{ document.elements[8].confidence }} {{ document.elements[8].page }}", "0.5 3"),
        ("{{ document.elements[6].parent }} {{ document.elements[6].id }}", "5 6"),
        ("{{ document.elements[10].meta.language }}", "python"),
        ("{{ document.elements[10] }}", "```python\noil()\n```"),
        ("{{ document.elements[10].content == document.elements[10] ~ '' }}", "True"),
        ("{{ document.elements[0].table }}", ""),
        ("{{ document.elements[5].table.rows }}", "[['Part', 'n'], ['bolt', '12']]"),
        (
            "{{ document.tables[0].head }} {{ document.tables[0].body }}",
            "[['Part', 'n']] [['bolt', '12']]",
        ),
        ("{{ document.tables[0].n_rows }}x{{ document.tables[0].n_columns }}", "2x2"),
        ("{{ document.text[:11] }}", "Before all."),
        ("{{ document.sections[:1] }}{{ document.elements[0:1] }}", "(<section>,)(<element>,)"),
        ("{{ none }}{{ 1.5 }}{{ true }}", "1.5True"),
        ("a\n\n", "a\n\n"),
        ("", ""),
    ],
)
def test_a_template_sees_the_document(template: str, output: str) -> None:
    assert rendered(template) == output


def test_a_document_without_a_title_has_that_of_its_first_heading_or_none() -> None:
    assert rendered("{{ document.title }}", head=DocumentHead("a")) == "Pumps"
    assert rendered("[{{ document.title }}]", head=DocumentHead(), elements=[]) == "[]"
    said = (
        "{{ document.doc_id }}{{ document.source }}{{ document.language }}{{ document.metadata }}"
    )
    assert rendered(said, head=DocumentHead(), elements=[]) == "{}"


def test_headings_of_one_rank_are_all_numbered_and_a_single_one_above_is_the_title() -> None:
    numbering = "{{ document.sections | map(attribute='numbering') | join(' ') }}"
    levels = [1, 2, 2, 3, 1, 3]
    elements = [Element(Kind.TITLE, "x", level=level) for level in levels]
    assert rendered(numbering, elements=elements) == "1 1.1 1.2 1.2.1 2 2.1"
    assert rendered(numbering, elements=elements[:4]) == " 1 2 2.1"
    assert rendered(numbering, elements=elements[:1]) == "1"


@pytest.mark.parametrize(
    ("options", "template", "output"),
    [
        ({"include_furniture": True}, "{{ document.elements[3] }}", "Running head"),
        ({}, "{{ document.elements[3] }}", ""),
        ({"heading_offset": 2}, "{{ document.sections[1] | heading }}", "### Pumps"),
        ({"flavor": "commonmark"}, "{{ document.tables[0].content[:7] }}", "<table>"),
        ({"preserve_structure": False}, "{{ document.elements[1] }}", "Pumps"),
    ],
)
def test_the_options_of_markdown_hold_within_a_template(
    options: dict[str, object], template: str, output: str
) -> None:
    assert rendered(template, **options) == output


def test_every_option_of_markdown_and_plain_text_is_one_of_templates() -> None:
    own = {field.name for field in fields(Template)}
    for kind in (Markdown, PlainText):
        assert {field.name for field in fields(kind)} <= own


def test_plain_text_within_a_template_has_words_where_markdown_links_images() -> None:
    image = [Element(Kind.IMAGE, "", meta={"alt": "a pump", "url": "https://a.b/c.png"})]
    both = "{{ document.content }} {{ document.text }}"
    assert rendered(both, elements=image, images="link") == "![a pump](https://a.b/c.png) a pump"


def test_an_unknown_value_of_an_option_is_refused_before_anything_is_rendered() -> None:
    with pytest.raises(FormatError, match="flavor"):
        Template("default", flavor="klingon")


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("custom.md", ".md"),
        ("x.jsonl", ".jsonl"),
        ("name.md.j2", ".md"),
        ("name.html.jinja", ".html"),
        ("name.txt.jinja2", ".txt"),
        ("name.j2", ".txt"),
        ("name", ".txt"),
    ],
)
def test_the_name_of_a_template_says_what_its_files_end_with(name: str, suffix: str) -> None:
    template = Template(TemplateSource(name, {name: ""}))
    assert template.suffix == suffix
    assert isinstance(template, Formatter)


def test_each_document_of_many_is_rendered_for_itself() -> None:
    one = [Element(Kind.TITLE, "A", level=1)]
    two = [Element(Kind.TITLE, "B", level=1), Element(Kind.PARAGRAPH, "b")]
    columns = ElementColumns.from_elements([one, [], two])
    template = Template(
        TemplateSource("t.md", {"t.md": "{{ document.elements|length }}{{ document.content }}"})
    )
    heads = [DocumentHead(), DocumentHead(), DocumentHead()]
    assert template.documents(columns, heads) == ["1# A", "0", "2# B\n\nb"]


def test_a_formatter_with_a_template_travels_to_workers_that_have_no_such_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "t.md").write_text("{% include 'part.md' %}")
    (tmp_path / "part.md").write_text("{{ document.title }}")
    sent = pickle.dumps(FormatterRegistry().get("template", template=str(tmp_path / "t.md")))
    (tmp_path / "t.md").unlink()
    (tmp_path / "part.md").unlink()
    columns = ElementColumns.from_elements([[]])
    assert pickle.loads(sent).documents(columns, [HEAD]) == ["Pump manual"]


# -- the shipped ones -------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_template_renders_any_document(name: str) -> None:
    template = Template(name)
    bare = [Element(kind, "x") for kind in Kind]
    for elements in (ELEMENTS, [], bare, ELEMENTS[:1], [Element(Kind.TITLE, "")]):
        columns = ElementColumns.from_elements([elements])
        (content,) = template.documents(columns, [HEAD])
        assert "\n\n\n" not in content
        assert not content or content.endswith("\n")
        assert not content.endswith("\n\n")
        if template.suffix == ".jsonl":
            assert all(json.loads(line) for line in content.splitlines())


def test_default_is_the_document_with_its_title() -> None:
    (content,) = Template("default").documents(ElementColumns.from_elements([ELEMENTS]), [HEAD])
    (markdown,) = Markdown().documents(ElementColumns.from_elements([ELEMENTS]), [HEAD])
    assert content == f"# Pump manual\n\n{markdown}"
    titled = DocumentHead(title="Pumps")
    (content,) = Template("default").documents(ElementColumns.from_elements([ELEMENTS]), [titled])
    assert content == markdown


def test_academic_numbers_sections_and_lists_tables() -> None:
    (content,) = Template("academic").documents(ElementColumns.from_elements([ELEMENTS]), [HEAD])
    tree = MarkdownIt().enable("table").parse(content)
    headings = [tree[i + 1].content for i, token in enumerate(tree) if token.type == "heading_open"]
    assert headings == ["Pump manual", "1 Parts", "2 Care", "Tables"]
    assert "*A. Smith*\n\n2024-05-01\n" in content
    assert "1. What is needed (page 2)\n" in content


def test_academic_has_contents_where_there_is_enough_of_it() -> None:
    many = [Element(Kind.TITLE, f"Part {n}", level=1) for n in range(5)]
    columns = ElementColumns.from_elements([many])
    (content,) = Template("academic").documents(columns, [DocumentHead(title="T")])
    assert "## Contents\n\n- 1 Part 0\n- 2 Part 1\n" in content


def test_training_has_sections_that_say_something_under_their_path() -> None:
    (content,) = Template("training").documents(ElementColumns.from_elements([ELEMENTS]), [HEAD])
    assert content.startswith(
        "Before all.\n\n# Pumps\n\nClose \\*the\\* valve.\n\n## Pumps › Parts"
    )


def test_structured_and_flat_are_plain_text() -> None:
    columns = ElementColumns.from_elements([ELEMENTS])
    (structured,) = Template("structured").documents(columns, [HEAD])
    assert structured.startswith("Pump manual\n===========\n\nBefore all.\n")
    assert "\n1 Parts\n" in structured
    (flat,) = Template("flat").documents(columns, [HEAD])
    assert flat.splitlines() == [
        *("Before all.", "Pumps", "Close *the* valve.", "Parts", "Part, n", "bolt, 12"),
        *("What is needed", "first", "second", "Care", "oil()"),
    ]


def test_training_records_ask_with_the_path_and_answer_with_the_section() -> None:
    columns = ElementColumns.from_elements([ELEMENTS])
    (content,) = Template("training_jsonl").documents(
        columns, [HEAD], lambda texts: [len(text) for text in texts]
    )
    records = [json.loads(line) for line in content.splitlines()]
    assert [record["prompt"] for record in records] == [
        *("Pump manual", "Pumps", "Pumps › Parts", "Pumps › Care"),
    ]
    assert records[1]["completion"] == "Close \\*the\\* valve."
    assert records[1]["metadata"] == {
        "doc_id": "d1",
        "source": "a/pumps.tore",
        "title": "Pump manual",
        "section": ["Pumps"],
        "pages": [1, 2],
        "n_tokens": len("Close \\*the\\* valve."),
    }


def test_evaluation_asks_for_sections_and_tables() -> None:
    (content,) = Template("evaluation_jsonl").documents(
        ElementColumns.from_elements([ELEMENTS]), [HEAD]
    )
    records = [json.loads(line) for line in content.splitlines()]
    assert [record["id"] for record in records] == ["d1:1", "d1:2", "d1:3", "d1:3:1", "d1:4"]
    assert records[3]["task"] == "table"
    assert records[3]["question"] == "What are the rows of the table “What is needed”?"
    assert records[3]["answer"] == "Part: bolt\nn: 12"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_template_compiles_in_less_than_a_tenth_of_a_second(name: str) -> None:
    source = read_template(name)

    def seconds() -> float:
        compiled.cache_clear()
        started = time.process_time()
        compiled(source)
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 0.1


def test_a_template_is_compiled_once_in_a_process() -> None:
    source = TemplateSource("once.md", {"once.md": "a"})
    assert compiled(source) is compiled(pickle.loads(pickle.dumps(source)))


# -- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("a\n{% if %}", "t.md:2: Expected an expression, got 'end of statement block'"),
        ("a\n\n{{ documnt.title }}", "t.md:3: 'documnt' is undefined (did you mean document?)"),
        ("{{ document.titel }}", "t.md:1: document has no 'titel' (did you mean title?)"),
        ("\n{{ document.metadata.autor }}", "t.md:2: there is no 'autor' in the mapping (did you"),
        ("{{ document.metadata['autor'] }}", "t.md:1: there is no 'autor' in the mapping"),
        ("{{ document.sections[9] }}", "t.md:1: tuple object has no element 9"),
        ("{{ document.title | markdwon }}", "t.md:1: there is no filter 'markdwon' (did you mean"),
        ("{{ 1 is evn }}", "t.md:1: there is no test 'evn'"),
        ("\n\n{{ 1 / 0 }}", "t.md:3: ZeroDivisionError: division by zero"),
        ("{{ nothing() }}", "t.md:1: 'nothing' is undefined"),
        ("{{ 'a' | format_table('x') }}", "t.md:1: style: unknown value"),
        (
            "{% for a in document.title.x %}{% endfor %}",
            "t.md:1: 'str object' has no attribute 'x'",
        ),
        ("{{ document.tables[0].rows[0].x }}", "t.md:1: 'list object' has no attribute 'x'"),
        ("{{ [document.titel] }}", "t.md:1: document has no 'titel'"),
        ("{{ {'a': [document.titel]} }}", "t.md:1: document has no 'titel'"),
        ("{{ [document.titel] | tojson }}", "t.md:1: document has no 'titel'"),
        ("{{ [document.titel] | sum }}", "t.md:1: document has no 'titel'"),
        ("{% set x = namespace(a=1) %}{{ x.b }}", "has no attribute 'b'"),
    ],
)
def test_an_error_names_file_line_and_what_is_meant(template: str, told: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rendered(template)
    assert told in str(caught.value)
    assert str(caught.value).startswith("t.md:")
    assert caught.value.rule == "template_error"


def test_an_error_in_what_is_included_names_that_file() -> None:
    files = {"part.md": "one\n{{ document.nothing }}"}
    with pytest.raises(TemplateError, match=r"^part\.md:2: document has no 'nothing'"):
        rendered("{% include 'part.md' %}", files=files)
    with pytest.raises(TemplateError, match=r"^part\.md:1: unexpected"):
        rendered("{% include 'part.md' %}", files={"part.md": "{{ ) }}"})


def test_an_error_is_the_same_after_pickling() -> None:
    with pytest.raises(TemplateError) as caught:
        rendered("{{ x }}")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.rule) == (str(caught.value), "template_error")


@pytest.mark.parametrize("line", ["{a}", "{{ document.title }}", '{"a": 1} x'])
def test_a_line_that_is_no_json_is_refused(line: str) -> None:
    with pytest.raises(TemplateError, match=r"t\.jsonl: the template wrote a line that is no JSON"):
        rendered(f'{{"ok": 1}}\n{line}\n', name="t.jsonl")


def test_json_lines_have_no_empty_ones() -> None:
    lines = "{% for s in document.sections %}\n{{ s.heading | tojson }}\n\n{% endfor %}"
    assert rendered(lines, name="t.jsonl.j2") == '""\n"Pumps"\n"Parts"\n"Care"\n'


def test_nothing_is_computed_that_the_template_does_not_touch() -> None:
    careful = Careful()
    head = DocumentHead(title="Pump manual")
    document = DocumentValue(
        ElementColumns.from_elements([ELEMENTS]),
        0,
        len(ELEMENTS),
        head,
        Rendering(careful, careful),
    )
    source = TemplateSource("t.md", {"t.md": "{{ document.title }}{{ document.tables | length }}"})
    assert render(source, document) == "Pump manual1"
    with pytest.raises(TemplateError, match="AssertionError: rendered"):
        render(TemplateSource("t.md", {"t.md": "{{ document.content }}"}), document)


class Careful(Markdown):
    """Markdown that is not to be rendered."""

    def render(self, *_: object, **__: object) -> list[str]:
        raise AssertionError("rendered")


def test_jinja_is_not_imported_where_no_template_is_used() -> None:
    code = (
        "import sys; from tore_export import ExportAPI;"
        "ExportAPI().export_document([{'type': 'Title', 'text': 'x'}]);"
        "import tore_export.plan.build; sys.exit('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
