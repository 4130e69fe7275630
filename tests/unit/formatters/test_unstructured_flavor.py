from tests.corpora import CORPORA, needs_corpora
from tore_export.cli.main import run
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.formatters.formatter import DocumentHead
from tore_export.formatters.markdown import Markdown

UNSTRUCTURED = CORPORA / "unstructured"
MADE = UNSTRUCTURED / "expected-structured-output-markdown"


def written(*documents):
    columns = ElementColumns.from_elements(documents)
    return Markdown(flavor="unstructured").documents(columns, [DocumentHead()] * len(documents))


def test_only_titles_tables_and_images_have_marks():
    elements = [
        Element(Kind.TITLE, "A *b*", level=3),
        Element(Kind.LIST_ITEM, "# 1. c", level=2),
        Element(Kind.TABLE, "d e", meta={"html": "<table><td>d</td></table>"}),
        Element(Kind.TABLE, "f g", meta={"align": ["left"]}),
        Element(Kind.TABLE, "h"),
        Element(Kind.IMAGE, "i", meta={"url": "i.png"}),
        Element(Kind.IMAGE, "j", meta={"url": "j.png", "data": "data:image/png;base64,AA"}),
        Element(Kind.IMAGE, "k", meta={"alt": "l"}),
        Element(Kind.PAGE_BREAK),
        Element(Kind.FOOTER, "m"),
    ]
    assert written(elements) == [
        "# A *b*\n# 1. c\n<table><td>d</td></table>\nf g\nh\n![i](i.png)\n"
        "![j](data:image/png;base64,AA)\nk\n\nm"
    ]


def test_documents_are_apart():
    paragraph = Element(Kind.PARAGRAPH, "p")
    assert written([paragraph, paragraph], [], [paragraph]) == ["p\np", "", "p"]


@needs_corpora
def test_every_file_of_unstructureds_own_tests_is_written_to_the_byte(tmp_path):
    made = sorted(MADE.rglob("*.md"))
    assert len(made) == 64
    for expected in made:
        given = UNSTRUCTURED / "expected-structured-output" / expected.relative_to(MADE)
        out = tmp_path / "out.md"
        command = [str(given.with_suffix(".json")), "--format", "markdown"]
        assert run([*command, "--markdown-flavor", "unstructured", "--output", str(out)]) == 0
        assert out.read_bytes() == expected.read_bytes()
