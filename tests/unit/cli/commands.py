"""Command lines in a process of their own, and a document for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ELEMENTS: list[dict[str, Any]] = [
    {"type": "Title", "element_id": "t", "text": "Pumps", "metadata": {"page_number": 1}},
    {"type": "Header", "element_id": "h", "text": "Running head"},
    {"type": "NarrativeText", "element_id": "p", "text": "Close the é valve."},
    {"type": "ListItem", "element_id": "l", "text": "first"},
    {
        "type": "Image",
        "element_id": "i",
        "text": "a pump",
        "metadata": {"image_url": "https://a.b/c.png"},
    },
    {
        "type": "Table",
        "element_id": "c",
        "text": "a b c",
        "metadata": {
            "text_as_html": "<table><tr><th colspan=2>a</th></tr><tr><td>b</td><td>c</td></tr></table>"
        },
    },
]

MARKDOWN = """\
# Pumps

Close the é valve.

- first

a pump

| a |  |
| --- | --- |
| b | c |
"""


def write_document(path: Path) -> Path:
    """Write the document of ELEMENTS."""
    path.write_text(json.dumps(ELEMENTS), encoding="utf-8")
    return path


def command(*arguments: object) -> list[str]:
    """Return a command line of this package."""
    return [sys.executable, "-m", "tore_export", *(str(argument) for argument in arguments)]


def in_own_process(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, **options
    )
