"""A reader of another package: installed by pip, found by the command line, and nothing changed here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "subtitles-reader"
version = "1.0"

[project.entry-points."tore_export.readers"]
subtitles = "subtitles_reader:READER"

[tool.hatch.build.targets.wheel]
include = ["subtitles_reader.py"]
"""

MODULE = '''
"""Subtitles (SubRip) as paragraphs."""

import re

from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.document import add_document
from tore_export.sources.encoding import decoded
from tore_export.sources.reader import Reader

_CUE = re.compile(r"\\d+\\n[\\d:,]+ --> [\\d:,]+\\n")


def recognises(head):
    return head.suffix == ".srt" and b" --> " in head.data


def read(task):
    task.opened.read_all(task.limits)
    data = task.opened.head.data
    build = Builder(task.out.rows.elements, task.limits)
    for cue in decoded(data).strip().split("\\n\\n"):
        build.add(Kind.PARAGRAPH, _CUE.sub("", cue))
    add_document({}, task)
    task.out.closed(len(data))
    if task.out.is_full:
        yield task.out.take()


READER = Reader("subtitles", recognises, read, description="subtitles", suffixes=(".srt",))
'''


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the package was installed."""
    source = tmp_path_factory.mktemp("package")
    (source / "pyproject.toml").write_text(PYPROJECT)
    (source / "subtitles_reader.py").write_text(MODULE)
    target = tmp_path_factory.mktemp("site")
    flags = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", str(target)]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *flags, str(source)], check=True, env=environment
    )
    return target


def tore_export(site: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    if site is not None:
        environment["PYTHONPATH"] = str(site)
    return subprocess.run(
        [sys.executable, "-m", "tore_export", *arguments],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_an_installed_reader_reads_what_no_other_does(site: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nHello *there*.\n\n2\n00:00:03,0 --> 00:00:04,0\nBye.\n"
    )
    without = tore_export(None, str(path))
    assert without.returncode == 1
    assert "this kind of file is not read" in without.stderr
    done = tore_export(site, str(path))
    assert (done.returncode, done.stdout) == (0, "Hello \\*there\\*.\n\nBye.\n")


def test_it_takes_part_in_a_run_and_in_the_list_of_formats(site: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(2):
        cue = f"1\n00:00:01,000 --> 00:00:02,000\nThe valve of pump {number} was closed.\n"
        (tmp_path / "in" / f"{number}.srt").write_text(cue)
    out = tmp_path / "out.jsonl"
    done = tore_export(
        site,
        "training",
        str(tmp_path / "in"),
        "--output",
        str(out),
        "--engine",
        "inline",
        "--no-filter",
    )
    assert done.returncode == 0, done.stderr
    written = [
        json.loads(line)["text"]
        for path in sorted(tmp_path.glob("out*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    assert sorted(written) == [f"The valve of pump {n} was closed." for n in range(2)]
    assert "subtitles" in tore_export(site, "formats").stdout
