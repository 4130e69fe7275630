"""The documentation is true: what it shows is run, what the code has is in it, links lead somewhere.

Conventions of README.md and docs/*.md, each file run in an empty folder with the samples in
`documents/`, blocks in order:

- ```console: lines after `$ ` are run; what is printed must be what stands below (`...` is any text,
  progress lines are left out). A command may exit with 3 (a sample is broken on purpose); one whose
  output begins with `error:` or `Usage:` must fail.
- ```bash: run as a whole, must succeed.
- ```python: run, one namespace a file; with `>>>` as a doctest.
- ```yaml: must be a configuration that loads.
- blocks that show fences are themselves fenced by four back-ticks;
- ```text, ```json, ```toml and blocks without a language are only shown: what needs a network, a
  cluster or a store.
"""

from __future__ import annotations

import ast
import doctest
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import pytest
import typer.main

from tore_export import errors
from tore_export.api.configuration import load_config
from tore_export.cli.export_cli import application
from tore_export.cli.main import run
from tore_export.config import ExportConfig, TrainingConfig, WorkflowConfig
from tore_export.documents.schema import END_OF_UNIT
from tore_export.engine.choose import crossover_bytes
from tore_export.quality.score import RULES
from tore_export.results import RunSummary
from tore_export.sources import detect

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "tore_export").rglob("*.py"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [
    ROOT / name
    for name in ("CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md", "configs/README.md")
]

BLOCK = re.compile(r"^(```+)(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
RUN, SHOWN = {"console", "bash", "python", "yaml"}, {"text", "json", "toml", ""}
# beside progress, what Ray's C++ says where there is no network, whatever it is told of logging
PROGRESS = re.compile(
    r"^((start|documents|decisions|writing|shards|leaks|done): .*|\[.*network_util\.cc.*)\n",
    re.MULTILINE,
)
SHELL = re.compile(r"[|<>;&$`*]")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
SOME_FAILED = 3


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def rows_of(page: Path) -> list[list[str]]:
    """Return the cells of all tables of a page."""
    found = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text_of(page).splitlines()
        if line.startswith("|")
    ]
    return [row for row in found if not set("".join(row)) <= set(":- ")]


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the samples as `documents/`."""
    folder = tmp_path / "work"
    with as_file(files("tore_export") / "samples" / "documents") as samples:
        shutil.copytree(samples, folder / "documents")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "80")
    for name in [name for name in os.environ if name.startswith("TORE_EXPORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(detect, "READERS", detect.READERS)  # extending.md adds one
    datasets = sys.modules.get("datasets")
    if datasets is not None:
        monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hf" / "datasets")
    return folder


def commands_of(block: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with the output shown below it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert not parts[0].strip(), f"output without a command: {parts[0]!r}"
    for part in parts[1:]:
        lines = part.splitlines(keepends=True)
        n_lines = next(i for i, line in enumerate(lines, 1) if not line.endswith("\\\n"))
        yield "".join(lines[:n_lines]).replace("\\\n", " ").strip(), "".join(lines[n_lines:])


def carried_out(command: str, last: int, capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command and return its exit code and what it printed; in this process where it can."""
    in_process = (
        command.startswith("tore-export ")
        and not SHELL.search(command)
        and "--engine ray" not in command
        and "--help" not in command
    )
    if in_process:
        capfd.readouterr()
        code = run(shlex.split(command)[1:])
        out, err = capfd.readouterr()
        return code, out + err
    done = subprocess.run(
        ["bash", "-c", f"(exit {last}); {command}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def spaced(text: str) -> str:
    """Return text without progress, and without white space at the ends of lines and of the whole."""
    return "\n".join(line.rstrip() for line in PROGRESS.sub("", text).strip("\n").splitlines())


def run_console(block: str, capfd: pytest.CaptureFixture[str]) -> None:
    code = 0
    for command, wanted in commands_of(block):
        code, printed = carried_out(command, code, capfd)
        if wanted.startswith(("error:", "Usage:")):
            assert code in (1, 2), f"$ {command}\nexit {code}\n{printed}"
        else:
            assert code in (0, SOME_FAILED), f"$ {command}\nexit {code}\n{printed}"
        matches = doctest.OutputChecker().check_output(
            spaced(wanted) + "\n", spaced(printed) + "\n", doctest.ELLIPSIS
        )
        assert matches, f"$ {command}\n--- shown\n{spaced(wanted)}\n--- printed\n{spaced(printed)}"


def run_python(block: str, names: dict[str, object], page: Path) -> None:
    if ">>>" not in block:
        exec(
            compile(block, name_of(page), "exec", dont_inherit=True), names
        )  # what the page tells users to run
        return
    test = doctest.DocTestParser().get_doctest(block, {}, name_of(page), str(page), 0)
    test.globs = names
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=told.append, clear_globs=False)
    assert not runner.failures, "".join(told)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.ray] if "--engine ray" in text_of(page) else [])
        for page in PAGES
    ],
    ids=name_of,
)
def test_what_a_page_shows_is_what_happens(
    page: Path, clean: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {"__name__": "documentation"}
    for _, language, block in BLOCK.findall(text_of(page)):
        assert language in RUN | SHOWN, f"```{language} is neither run nor only shown"
        if language == "console":
            run_console(block, capfd)
        elif language == "bash":
            subprocess.run(["bash", "-euc", block], check=True)
        elif language == "python":
            run_python(block, names, page)
        elif language == "yaml":
            (clean / "page.yaml").write_text(block, encoding="utf-8")
            load_config(TrainingConfig, file="page.yaml", environment={})
    assert text_of(page).count("\n```") % 2 == 0, "a block is not closed"


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=name_of)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(BLOCK.sub("", text_of(page))):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors_of(target), link


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text_of(page)), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


def test_every_page_is_on_the_map() -> None:
    linked = set(LINK.findall(text_of(ROOT / "docs" / "index.md")))
    assert {page.name for page in PAGES[1:]} - {"index.md"} <= linked


def test_the_tables_of_keys_are_those_that_the_code_makes() -> None:
    page = ROOT / "docs" / "configuration.md"
    made = runpy.run_path(str(ROOT / "docs" / "make_configuration.py"))
    tables = made["tables"]()
    assert text_of(page) == made["page_with"](tables, text_of(page)), "make_configuration.py"
    keys = {row[0].strip("`"): row for row in rows_of(page) if len(row) == 5}
    fields = {**TrainingConfig.model_fields, **ExportConfig.model_fields}
    assert keys.keys() >= fields.keys() | {"filter_quality"} | WorkflowConfig.model_fields.keys()
    assert all(row[1] and row[4] for row in keys.values())
    assert keys["near_duplicates"][1:4] == [
        "a number above 0 and at most 1 or `null`",
        "`null`",
        "`--near-duplicates`",
    ]
    assert set(made["SEE"]) <= keys.keys()


@pytest.mark.parametrize("script", sorted((ROOT / "docs").glob("*.py")), ids=name_of)
def test_the_examples_of_a_script_that_makes_pages_are_true(script: Path) -> None:
    names = runpy.run_path(str(script), run_name="made")
    own = {
        name: value for name, value in names.items() if getattr(value, "__module__", "") == "made"
    }
    finder = doctest.DocTestFinder(recurse=False)
    for name, value in own.items():
        for test in finder.find(value, name, globs=names):
            assert doctest.DocTestRunner().run(test).failed == 0, name


def test_a_page_without_the_mark_of_a_table_is_not_written() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_configuration.py"))
    with pytest.raises(SystemExit, match="no marks, or several, of 'a'"):
        made["page_with"]({"a": "table"}, "# A page\n")


def test_every_option_of_the_command_line_is_documented() -> None:
    options = {
        option
        for command in typer.main.get_command(application()).commands.values()
        for parameter in command.params
        if parameter.param_type_name == "option"
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    documented = set(re.findall(r"--[a-z][a-z-]+", text_of(ROOT / "docs" / "configuration.md")))
    assert documented >= options - {"--help"}
    assert documented - {"--help", "--version"} <= options


def rules_in_code() -> set[str]:
    """Return every rule by which sources and stages reject, read from their code."""
    code = "\n".join(text_of(page) for page in SOURCES)
    found = set(re.findall(r"""["']?\brule["']?\s*[=:]\s*(?:str\s*=\s*)?"(\w+)\"""", code))
    for constant in re.findall(r"\brule=([A-Z_]+)\b", code):
        found |= set(re.findall(rf'^{constant} = "(\w+)"', code, re.MULTILINE))
    return (found | {rule.name for rule in RULES}) - {END_OF_UNIT}


def test_every_reject_rule_is_documented_and_no_other() -> None:
    page = ROOT / "docs" / "inputs.md"
    named = (re.fullmatch(r"`(\w+)`", row[0]) for row in rows_of(page) if len(row) == 3)
    by_rule = {found[1] for found in named if found}
    listed = set(re.findall(r"`(\w+)`", text_of(page).partition("## Rules of quality")[2]))
    quality = {rule.name for rule in RULES}
    assert {"invalid_json", "unreadable", "no_records", "error"} <= rules_in_code()
    assert by_rule == rules_in_code() - quality
    assert quality <= listed


@cache
def strings_in_code() -> list[str]:
    """Return all string constants of the code, those within f-strings too."""
    return [
        node.value
        for page in SOURCES
        for node in ast.walk(ast.parse(text_of(page)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def messages_in_troubleshooting() -> list[str]:
    page = ROOT / "docs" / "troubleshooting.md"
    return [row[0].strip("`") for row in rows_of(page) if row[0].startswith("`")]


def test_messages_in_troubleshooting_are_messages_of_the_code() -> None:
    for message in messages_in_troubleshooting():
        for fragment in fragments(message):
            assert any(fragment in text for text in strings_in_code()), message


def fragments(message: str) -> list[str]:
    """Return what a message always says, of one in which `…` stands for what differs."""
    return [fragment for part in message.split("…") if (fragment := part.strip(" :;,()"))]


def said_by(node: ast.expr) -> list[str]:
    """Return the messages that an expression makes, with `…` for what is known only when it runs."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*said_by(node.body), *said_by(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(said_by(part)[0] for part in node.values)]
    if isinstance(node, ast.BinOp):
        return [said_by(node.left)[0] + said_by(node.right)[0]]
    return ["…"]


def messages_of_errors() -> set[str]:
    """Return what errors say: all but those of one document, which the rejects tell by rule."""
    kinds = set(errors.__all__) - {"DocumentError"}
    return {
        message
        for page in SOURCES
        for node in ast.walk(ast.parse(text_of(page)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
        if node.func.id in (kinds | {"ValueError"} if page.parent.name == "config" else kinds)
        for message in said_by(node.args[0])
    }


def test_every_message_of_an_error_is_in_troubleshooting() -> None:
    told = [fragments(message) for message in messages_in_troubleshooting()]
    missing = {
        message
        for message in messages_of_errors()
        if (said := fragments(message))
        if not any(
            all(part in message for part in row) or all(part in "…".join(row) for part in said)
            for row in told
        )
    }
    assert len(messages_of_errors()) > 150
    assert not missing


def test_the_summary_is_documented_key_by_key() -> None:
    section = text_of(ROOT / "docs" / "output.md").partition("## The summary as JSON")[2]
    listed = set(re.findall(r"^\| `(\w+)` ", section.partition("\n## ")[0], re.MULTILINE))
    assert listed == set(RunSummary.__dataclass_fields__)


def test_the_crossover_that_is_told_is_the_one_that_is_used() -> None:
    told = dict(
        re.findall(r"^\| (\d+) \| (\d+) MB \|$", text_of(ROOT / "docs" / "running.md"), re.M)
    )
    assert told == {n: str(round(crossover_bytes(int(n)) / 1e6)) for n in ("2", "4", "8", "16")}


def test_figures_of_tuning_are_those_that_benchmarks_wrote() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_figures.py"))
    page = text_of(ROOT / "docs" / "tuning.md")
    assert len(made["FIGURE"].findall(page)) == page.count("<!-- ") > 40
    assert not list(made["outdated"](page)), "python docs/make_figures.py"


def test_a_figure_that_is_far_from_what_was_measured_is_found_and_written_anew() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_figures.py"))
    file, keys = "near_duplicates", "by_threshold/0.9/in_one_cluster/near"
    share = made["measured"](file, keys)
    page = f"It finds 3.0 %<!-- {file} {keys} -->."
    assert list(made["outdated"](page)) == [f"{file} {keys}: 3.0 is told, {share:g} was measured"]
    assert made["page_with_figures"](page) == page.replace("3.0", f"{100 * share:.1f}")
