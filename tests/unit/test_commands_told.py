"""What test_documentation.py does not run is right as well: commands in blocks that are only shown, and
in sentences.

README's own commands are run, each with the files it names.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.unit.test_documentation import BLOCK, PAGES, ROOT, SOME_FAILED, clean, name_of, text_of
from tests.unit.tokens.material import MINILM
from tore_export.cli.export_cli import application
from tore_export.cli.main import run

__all__ = ["clean"]

COMMANDS: dict[str, Any] = vars(typer.main.get_command(application()))["commands"]
LINE = re.compile(
    r"^(?:\$ )?(?:.*-- )?(?:tore-export|python (?:jobs/)?export\.py) (.*)$", re.MULTILINE
)


def words_of(line: str) -> list[str]:
    """Return the arguments of a command line, up to a comment or a pipe."""
    words = shlex.split(re.sub(r"\s#.*", "", line))
    return words[: words.index("|")] if "|" in words else words


def shown_commands(page: Path) -> list[list[str]]:
    """Return the arguments of command lines in blocks that are only shown."""
    blocks = (block for _, kind, block in BLOCK.findall(text_of(page)) if kind in ("text", ""))
    joined = (re.sub(r"\\\n\s*", " ", block) for block in blocks)
    return [words_of(line) for block in joined for line in LINE.findall(block)]


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that a command line names, and its arguments."""
    command, rest = COMMANDS["export"], words
    if words and words[0] in COMMANDS:
        command, rest = COMMANDS[words[0]], words[1:]
    within = vars(command).get("commands", {})
    return (within[rest[0]], rest[1:]) if rest and rest[0] in within else (command, rest)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_command_that_is_only_shown_is_one_that_can_be_given(page: Path) -> None:
    for words in shown_commands(page):
        command, rest = command_of(words)
        command.make_context("tore-export", rest)  # raises where an option or a value is unknown


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_command_within_a_sentence_has_the_options_it_is_said_to_have(page: Path) -> None:
    for said in re.findall(r"`tore-export ([^`]+)`", BLOCK.sub("", text_of(page))):
        words = said.split()
        command, rest = command_of(words)
        named = [
            command,
            *(COMMANDS[word] for word in rest if word in COMMANDS),
        ]  # `config show batch`
        parameters = [parameter for one in named for parameter in one.params]
        known = {word for one in parameters for word in (*one.opts, *one.secondary_opts)}
        known |= {"--help", "--version", "--install-completion", "--show-completion"}
        assert {word for word in rest if word.startswith("--")} <= known, said
        is_word = words[0].isalpha() and words[0].islower()
        assert words[0] in COMMANDS or not is_word, said


def test_there_are_commands_that_are_only_shown() -> None:
    told = [" ".join(words) for page in PAGES for words in shown_commands(page)]
    assert len(told) > 20
    assert any("--address" in line for line in told)
    assert any(line.startswith("training s3://") for line in told)


@pytest.mark.skipif(not MINILM, reason="the package with this tokenizer is not installed")
def test_the_commands_of_the_readme_do_what_they_say(
    clean: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy("documents/manuals/hand_pump.tore", "document.tore")
    shutil.copy("documents/manuals/water_mill.html", "page.html")
    shutil.copy("documents/reports/harvest.json", "report.json")
    Path("custom.md").write_text(
        "# {{ document.title }}\n\n{{ document.sections | length }} sections\n"
    )
    row = {"question": "Which pump is loud?", "answer": "P-101, since Monday."}
    Path("dialogues.jsonl").write_text(json.dumps(row) + "\n")
    Path("path/to").mkdir(parents=True)
    shutil.copy(MINILM, "path/to/tokenizer.json")

    use = text_of(ROOT / "README.md").partition("\n## Use it\n")[2].partition("\n## ")[0]
    block = re.sub(r"\\\n\s*", " ", BLOCK.findall(use)[0][2])
    lines = [words_of(line) for line in LINE.findall(block)]
    assert len(lines) > 10
    for words in lines:
        if "DOC_ID#3" in words:
            words[words.index("DOC_ID#3")] = a_record_of("chat")
        shutil.rmtree("dataset", ignore_errors=True)
        assert run(words) in (0, SOME_FAILED), words
        out, err = capfd.readouterr()
        assert out or "--output" in words or "--output-dir" in words or "--report" in words, err
    assert Path("document.md").read_text().startswith("# ")
    assert Path("exports/manifest.jsonl").is_file()
    assert list(Path("turns/data").glob("train-*"))
    assert Path("tokens.html").is_file()


def a_record_of(dataset: str) -> str:
    import polars

    facts = polars.read_parquet(f"{dataset}/.tore-export/facts/*.parquet")
    return f"{facts.filter(polars.col('n_records') >= 3)['doc_id'][0]}#3"
