"""A document made to hurt costs bounded time and memory, and is read or refused in one clear line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.commands import command

pytestmark = pytest.mark.slow

MOST_SECONDS = 30  # of processor time, under coverage's tracer; without it none takes ten
MOST_BYTES = 1_500_000_000

N = 100_000


@dataclass(frozen=True)
class Ended:
    """How a command line ended."""

    code: int
    out: str
    err: str
    seconds: float
    bytes: int


MEASURING = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
with open(sys.argv[1], "w") as file:
    json.dump([process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss], file)
"""


def measured(folder: Path, *arguments: object) -> Ended:
    """Run a command line to its end and take its processor time and the most memory it had.

    A small process starts it, since a process begins with the most its parent had.
    """
    figures = folder / "figures.json"
    done = subprocess.run(
        [sys.executable, "-c", MEASURING, figures, *command(*arguments)],
        capture_output=True,
        check=True,
    )
    code, seconds, size = json.loads(figures.read_text())
    scale = 1 if sys.platform == "darwin" else 1024
    return Ended(
        code, done.stdout.decode("utf-8", "replace"), done.stderr.decode(), seconds, size * scale
    )


def docling(**parts: Any) -> bytes:
    root = {"self_ref": "#/body", "children": [], "label": "unspecified", "name": "_root_"}
    empty: dict[str, Any] = {"texts": [], "groups": [], "tables": [], "pictures": []}
    document = {"schema_name": "DoclingDocument", "version": "1.10.0", "name": "d", "body": root}
    return json.dumps(document | empty | parts).encode()


def chain_of_groups() -> bytes:
    groups = [
        {"self_ref": f"#/groups/{i}", "label": "list", "children": [{"$ref": f"#/groups/{i + 1}"}]}
        for i in range(N)
    ]
    groups.append(
        {"self_ref": f"#/groups/{N}", "label": "list", "children": [{"$ref": "#/texts/0"}]}
    )
    text = {"self_ref": "#/texts/0", "label": "list_item", "text": "the end", "children": []}
    body = {"self_ref": "#/body", "label": "unspecified", "children": [{"$ref": "#/groups/0"}]}
    return docling(body=body, groups=groups, texts=[text])


def wide_cell() -> bytes:
    cell = {
        "row_span": 1,
        "col_span": 10**9,
        "start_row_offset_idx": 0,
        "end_row_offset_idx": 1,
        "start_col_offset_idx": 0,
        "end_col_offset_idx": 10**9,
        "text": "wide",
    }
    data = {"table_cells": [cell], "num_rows": 10**9, "num_cols": 10**9}
    table = {"self_ref": "#/tables/0", "label": "table", "children": [], "data": data}
    body = {"self_ref": "#/body", "label": "unspecified", "children": [{"$ref": "#/tables/0"}]}
    return docling(body=body, tables=[table])


def big_table() -> bytes:
    row = b"<tr>" + b"<td>7</td>" * 500 + b"</tr>\n"
    return (
        b"<html><body><p>before</p><table>" + row * 10_000 + b"</table><p>after</p></body></html>"
    )


BASE64 = b"iVBORw0KGgoAAAANSUhEUgAA" * (50_000_000 // 24)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]><html><body><p>before &j; after</p></body></html>"
)

HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nested divs": ("a.html", lambda: b"<p>before</p>" + b"<div>" * N + b"deep"),
    "nested lists": ("a.html", lambda: b"<p>before</p>" + b"<ul><li>" * N + b"deep"),
    "nested inline tags": ("a.html", lambda: b"<p>before" + b"<b><i>" * N + b"deep"),
    "nested tables": ("a.html", lambda: b"<p>before</p>" + b"<table><tr><td>" * N + b"deep"),
    "nested quotations": ("a.html", lambda: b"<p>before</p>" + b"<blockquote>" * N + b"deep"),
    "a table of 10,000 x 500": ("a.html", big_table),
    "a cell over 1,000,000,000 columns": (
        "a.html",
        lambda: (
            b'<html><table><tr><td colspan="1000000000" rowspan="1000000000">a</td>'
            b"<td>b</td></tr></table>"
        ),
    ),
    "entities that expand": ("a.html", lambda: LAUGHS),
    "a million entities": ("a.html", lambda: b"<html><p>" + b"&amp;" * 1_000_000),
    "a million attributes": (
        "a.html",
        lambda: b"<html><p " + b" ".join(b"a%d=1" % i for i in range(1_000_000)) + b">x</p>",
    ),
    "a comment without end": ("a.html", lambda: b"<html><p>before</p><!-- " + b"- " * 5_000_000),
    "50 MB of base64": (
        "a.html",
        lambda: (
            b'<html><p>before <img alt="a wheel" src="data:image/png;base64,'
            + BASE64
            + b'"> after</p>'
        ),
    ),
    "nested brackets": ("a.md", lambda: b"before\n\n" + b"[" * N + b"deep" + b"]" * N),
    "nested links": ("a.md", lambda: b"before\n\n" + b"[a](" * N),
    "nested images": ("a.md", lambda: b"before\n\n" + b"![[](" * N),
    "nested lists in Markdown": ("a.md", lambda: b"before\n\n" + b"- " * N + b"deep"),
    "nested quotations in Markdown": ("a.md", lambda: b"before\n\n" + b"> " * N + b"deep"),
    "emphasis": ("a.md", lambda: b"before\n\n" + b"*a **b " * N),
    "emphasis without end": ("a.md", lambda: b"before\n\n" + b"*a_ " * N),
    "back-ticks": ("a.md", lambda: b"before\n\n" + b" ".join(b"`" * i for i in range(1, 2_000))),
    "nested divs in Markdown": ("a.md", lambda: b"before\n\n" + b"<div>" * N + b"deep"),
    "definitions": ("a.md", lambda: b"before\n\n" + b"[a]: b\n" * N + b"[a]"),
    "a wide table": ("a.md", lambda: b"|a" * N + b"|\n" + b"|-" * N + b"|\n" + b"|x|\n" * 1_000),
    "50 MB of base64 in Markdown": (
        "a.md",
        lambda: b"before ![a wheel](data:image/png;base64," + BASE64 + b") after",
    ),
    "a chain of groups": ("a.json", chain_of_groups),
    "a docling cell without end": ("a.json", wide_cell),
    "a line of 20 MB": ("a.txt", lambda: b"before\n\n" + b"word " * 4_000_000),
    "indentation": (
        "a.txt",
        lambda: b"".join(b" " * (i % 3_000) + b"- a\n" for i in range(20_000)),
    ),
    "NUL in text": ("a.txt", lambda: b"before\0after\n" * N),
    "NUL in HTML": ("a.html", lambda: b"<html><p>before\0after</p>" * 10_000),
    "NUL in Markdown": ("a.md", lambda: b"before\0after\n\n" * 10_000),
    "NUL in CSV": ("a.csv", lambda: b"before,after\0x\n" * N),
    "a quote without end": ("a.csv", lambda: b'a,b\n1,"' + b"x,y\n" * 3_000_000),
    "a million columns": ("a.csv", lambda: b"," * 1_000_000 + b"\n1,2\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str, tmp_path: Path) -> None:
    file_name, make = HOSTILE[name]
    path = tmp_path / file_name
    path.write_bytes(make())
    ended = measured(tmp_path, path, "--format", "markdown")
    assert ended.seconds < MOST_SECONDS, ended.err[:500]
    assert ended.bytes < MOST_BYTES, ended.err[:500]
    assert "Traceback" not in ended.err
    assert "iVBORw0KGgoAAAANSUhEUgAAiVBOR" not in ended.out[:10_000]
    if ended.code == 0:
        assert ended.out.strip()
    else:
        assert ended.code == 1, ended.err[:500]
        assert ended.err.startswith("error: ")
        assert ended.err.count("\n") == 1
        assert file_name in ended.err


ENCODED: dict[str, tuple[bytes, str | None]] = {
    "UTF-8 that is declared as Latin-1": (
        '<html><meta charset="iso-8859-1"><p>Grüße, 水車</p>'.encode(),
        "Grüße, 水車",
    ),
    "Latin-1, declared": (
        '<html><meta charset="iso-8859-1"><p>Grüße – naïf</p>'.encode("cp1252"),
        "Grüße – naïf",
    ),
    "UTF-16 with a mark": ("\ufeff<html><p>Grüße, 水車</p>".encode("utf-16-le"), "Grüße, 水車"),
    "ASCII that is declared as UTF-16": (
        b'<html><meta charset="utf-16"><p>plain words</p>',
        "plain words",
    ),
    "an encoding nobody knows": (
        '<html><meta charset="x-nonsense"><p>Grüße</p>'.encode("latin-1"),
        None,
    ),
    "no declaration and no UTF-8": ("<html><p>Grüße</p>".encode("latin-1"), None),
}


@pytest.mark.parametrize("name", ENCODED)
def test_declared_encodings(name: str, tmp_path: Path) -> None:
    data, wanted = ENCODED[name]
    path = tmp_path / "a.html"
    path.write_bytes(data)
    ended = measured(tmp_path, path, "--format", "plaintext")
    if wanted is None:
        assert ended.code == 1
        assert "a.html" in ended.err
        assert "UTF-8" in ended.err
    else:
        assert (ended.code, ended.out) == (0, f"{wanted}\n"), ended.err
