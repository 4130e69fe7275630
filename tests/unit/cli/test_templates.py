"""Templates, flavours and options of rendering, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.corpora import needs_corpora
from tests.unit.cli.commands import MARKDOWN, write_document
from tore_export import ExportAPI, ExportConfig, FinetuningTextExporter
from tore_export.cli.main import run
from tore_export.errors import TemplateError

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "unstructured"
EXPECTED = CORPUS / "expected-structured-output-markdown"


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "in").mkdir()
    return str(write_document(tmp_path / "in" / "a.json"))


@pytest.fixture
def template(tmp_path: Path) -> str:
    path = tmp_path / "own.md.j2"
    path.write_text("{{ document.title }}: {{ document.elements | length }}\n")
    return str(path)


def test_a_template_is_a_format_where_none_is_named(
    capsys: pytest.CaptureFixture[str], file: str, template: str
) -> None:
    assert run([file, "--template", template]) == 0
    assert capsys.readouterr().out == "Pumps: 6\n"
    assert run([file, "--template", template, "--format", "template", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "template"
    assert run([file, "--format", "template"]) == 0
    assert capsys.readouterr().out == MARKDOWN


def test_a_template_that_fails_on_the_document_is_an_error(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    (tmp_path / "t.md").write_text("\n{{ document.titel }}")
    assert run([file, "--template", str(tmp_path / "t.md")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "error: t.md:2: document has no 'titel' (did you mean title?)\n"
    with pytest.raises(TemplateError, match=r"t\.md:2"):
        ExportAPI().export_document(file, options={"template": str(tmp_path / "t.md")})


def test_a_template_beside_formats_that_do_not_use_it_is_refused(
    capsys: pytest.CaptureFixture[str], file: str, template: str, tmp_path: Path
) -> None:
    assert run([file, "--template", template, "--format", "markdown"]) == 2
    assert "none of the formats uses it" in capsys.readouterr().err
    batch = ["batch", str(tmp_path / "in"), "--output-dir", str(tmp_path / "out")]
    assert run([*batch, "--template", template, "--formats", "markdown,jsonl"]) == 2
    assert not (tmp_path / "out").exists()


def test_a_batch_writes_template_files_with_the_suffix_of_the_template(
    capsys: pytest.CaptureFixture[str], file: str, template: str, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    batch = ["batch", str(Path(file).parent), "--output-dir", str(output), "--quiet"]
    assert run([*batch, "--template", template]) == 0
    assert (output / "template" / "a.md").read_text() == "Pumps: 6\n"
    options = ["--formats", "markdown,template", "--template", "training_jsonl", "--restart"]
    assert run([*batch, *options]) == 0
    assert (output / "template" / "a.jsonl").exists()
    assert (output / "markdown" / "a.md").read_text() == MARKDOWN


def test_where_a_template_fails_on_one_document_the_others_are_written(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    source = Path(file).parent
    for n in range(5):
        elements = [{"type": "Title", "text": f"T{n}"}] if n != 2 else []
        (source / f"{n}.json").write_text(json.dumps(elements))
    template = tmp_path / "first.md"
    template.write_text("\n{{ document.sections[0].heading }}\n")
    output = tmp_path / "out"
    batch = ["batch", str(source), "--output-dir", str(output), "--template", str(template)]
    assert run([*batch, "--json", "--quiet"]) == 3
    summary = json.loads(capsys.readouterr().out)
    assert summary["documents"] == {"in": 6, "kept": 5, "dropped": 0, "failed": 1}
    assert summary["reasons"] == {"render_files.template_error": 1}
    (reject,) = (
        json.loads(line)
        for path in (output / "rejects").iterdir()
        for line in path.read_text().splitlines()
    )
    assert (reject["source"], reject["rule"]) == ("2.json", "template_error")
    assert reject["detail"] == "TemplateError: first.md:2: tuple object has no element 0"
    assert len(list((output / "template").iterdir())) == 5


@pytest.mark.parametrize("content", ["{% if %}", "{{ 1 | nothing }}", "{% include '../x' %}"])
def test_a_template_that_does_not_compile_fails_before_anything_starts(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path, content: str
) -> None:
    (tmp_path / "t.md").write_text(content)
    batch = ["batch", str(Path(file).parent), "--output-dir", str(tmp_path / "out")]
    assert run([*batch, "--template", str(tmp_path / "t.md")]) == 2
    assert capsys.readouterr().err.startswith("error: t.md:1: ")
    assert not (tmp_path / "out").exists()


def test_another_content_of_a_template_does_not_go_on_with_an_output_that_was_begun(
    capsys: pytest.CaptureFixture[str], file: str, template: str, tmp_path: Path
) -> None:
    batch = ["batch", str(Path(file).parent), "--output-dir", str(tmp_path / "out"), "--quiet"]
    assert run([*batch, "--template", template]) == 0
    assert run([*batch, "--template", template]) == 0
    Path(template).write_text("else")
    assert run([*batch, "--template", template]) == 1
    assert "this output was begun otherwise: stages.RenderFiles.formats" in capsys.readouterr().err


def test_a_dataset_is_not_made_by_a_template(
    capsys: pytest.CaptureFixture[str],
    file: str,
    template: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TORE_EXPORT_TEMPLATE", template)
    assert run(["training", file, "--output", str(tmp_path / "out")]) == 2
    assert "records, not running text" in capsys.readouterr().err


def test_files_of_json_lines_are_utf_8_whatever_else_is(
    capsysbinary: pytest.CaptureFixture[bytes], file: str
) -> None:
    assert run([file, "--template", "training_jsonl", "--output-encoding", "latin-1"]) == 0
    assert "é" in capsysbinary.readouterr().out.decode("utf-8")
    assert run([file, "--template", "flat", "--output-encoding", "latin-1"]) == 0
    assert b"\xe9" in capsysbinary.readouterr().out


def test_options_of_rendering_are_those_of_every_command(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    options = ["--heading-offset", "2", "--tables", "html", "--images", "skip"]
    assert run([file, *options]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("### Pumps\n")
    assert "<table>" in shown
    assert run(["batch", file, "--output-dir", str(tmp_path / "b"), "--quiet", *options]) == 0
    assert next((tmp_path / "b" / "markdown").iterdir()).read_text() == shown
    made = ["training", file, "--output", str(tmp_path / "t"), "--quiet", "--no-filter"]
    assert run([*made, "--splits", "train=1", *options]) == 0
    (shard,) = (tmp_path / "t" / "data").iterdir()
    assert pq.read_table(shard)["text"].to_pylist() == [shown.rstrip("\n")]


def test_lines_of_plain_text_are_as_long_as_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"type": "NarrativeText", "text": "word " * 30}]))
    assert run([str(path), "--format", "plaintext", "--line-width", "40"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= 40
    assert run([str(path), "--format", "plaintext", "--line-width", "3"]) == 2


def test_other_options_of_a_format_are_set_by_name(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    assert run([file, "--format", "jsonl", "--option", "lines=element"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5
    assert run([file, "--format", "jsonl", "--option", "line=element"]) == 2
    assert "did you mean lines?" in capsys.readouterr().err


def test_python_takes_a_template_by_name_as_an_option(file: str, template: str) -> None:
    exporter = FinetuningTextExporter()
    assert exporter.export_markdown(file, template=template) == "Pumps: 6\n"
    assert exporter.export_plaintext(file, template="flat").startswith("Pumps\nClose the é valve.")
    result = ExportAPI().export_document(file, options={"template": template})
    assert (result.content, result.format) == ("Pumps: 6\n", "template")
    configured = ExportAPI(ExportConfig(template=template))
    assert configured.export_document(file, "template").content == "Pumps: 6\n"
    with pytest.raises(TemplateError, match="did you mean default"):
        exporter.export_markdown(file, template="defaut")


@needs_corpora
def test_the_flavor_unstructured_is_its_bytes_on_every_command(
    capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    expected = sorted(EXPECTED.rglob("*.md"))[:6]
    source = CORPUS / "expected-structured-output"
    flavor = ["--markdown-flavor", "unstructured"]
    for path in expected:
        file = source / f"{path.relative_to(EXPECTED).as_posix().removesuffix('.md')}.json"
        want = path.read_bytes()
        assert run([str(file), *flavor]) == 0
        assert capsysbinary.readouterr().out == want
        output = tmp_path / path.name
        assert run([str(file), *flavor, "--output", str(output)]) == 0
        assert output.read_bytes() == want
        assert (
            FinetuningTextExporter().export_markdown(file, flavor="unstructured") == want.decode()
        )
        elements = json.loads(file.read_bytes())
        api = ExportAPI().export_document(elements, options={"markdown_flavor": "unstructured"})
        assert api.content == want.decode()
        options = [str(file), *flavor, "--quiet"]
        assert run(["batch", *options, "--output-dir", str(tmp_path / f"b{path.name}")]) == 0
        (written,) = (tmp_path / f"b{path.name}" / "markdown").iterdir()
        assert written.read_bytes() == want
        dataset = tmp_path / f"t{path.name}"
        made = [
            "training",
            *options,
            "--output",
            str(dataset),
            "--no-filter",
            "--splits",
            "train=1",
        ]
        assert run(made) == 0
        (shard,) = (dataset / "data").iterdir()
        assert pq.read_table(shard)["text"].to_pylist() == [want.decode()]
