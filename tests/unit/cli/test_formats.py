"""`tore-export formats`, and what `--help` says of it."""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.commands import in_own_process
from tore_export.api.formats import formats
from tore_export.cli.main import run
from tore_export.config import FLAVORS


def test_it_is_data_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["formats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(formats()))


def test_people_see_every_name_and_how_an_option_is_spelt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["formats"]) == 0
    shown = capsys.readouterr().out
    for kind in formats().values():
        assert all(f"  {one['name']} " in shown for one in kind)
    assert "--markdown-flavor        github | commonmark | academic | unstructured" in shown
    assert (
        "--option lines=          section | document | element | chunk (default section)" in shown
    )
    assert "--structure              true | false (default true)" in shown


def test_help_names_readers_flavours_and_the_command_that_lists_them() -> None:
    shown = " ".join(in_own_process("--help").stdout.split())
    for word in (
        *("TORE", "unstructured", "docling", "HTML", "Markdown", "plain text", "CSV"),
        *("JSON lines", "Parquet", "templates", "tore-export formats", *FLAVORS),
    ):
        assert word in shown
