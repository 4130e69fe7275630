"""Files that others published: beside the project, or not there. The suite is whole without them.

Each rule that is tested on them is tested on fixtures of our own, too; on them it meets what nobody here
thought of.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"

needs_corpora = pytest.mark.skipif(
    not CORPORA.is_dir(),
    reason="files of other projects are not beside this one; fixtures of our own hold the same rules",
)

needs_a_named_corpus = pytest.mark.skipif(
    "TORE_EXPORT_CORPUS" not in os.environ,
    reason="takes many minutes, by hand: TORE_EXPORT_CORPUS names a folder of JSON lines",
)
