"""One text, counted in a process that counts no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.once import SHORT, count_once

TEXTS = [
    "",
    "Hello, world!\n",
    "Wäre das nicht schön?",
    "x" * 1_000,
    "The pump is primed before use.\n" * (SHORT // 31 + 1),
]


@pytest.mark.parametrize("model", ["gpt-4", "gpt-4o", "claude-3-opus"])
@pytest.mark.parametrize("text", TEXTS, ids=["empty", "ascii", "german", "long piece", "long"])
def test_it_is_the_count_of_the_tokenizer(text: str, model: str) -> None:
    tokenizer = TokenizerManager().get(model)
    assert count_once(text, tokenizer) == tokenizer.count(text)


def counted_in_a_new_process(text: str) -> tuple[int, set[str]]:
    """Return the count of a text, and which engines were loaded for it."""
    code = (
        "import sys\n"
        "from tore_export.tokens.manager import TokenizerManager\n"
        "from tore_export.tokens.once import count_once\n"
        f"print(count_once({text!r} * int(sys.argv[1]), TokenizerManager().get('gpt-4')))\n"
        "from tore_export.tokens.fast import fast_engine\n"
        "from tore_export.tokens.ranks import load_encoding\n"
        "if fast_engine.cache_info().currsize: print('engine')\n"
        "if load_encoding.cache_info().currsize: print('reference')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "1" if len(text) > 5 else str(SHORT)],
        capture_output=True,
        text=True,
        check=True,
    )
    count, *loaded = done.stdout.split()
    return int(count), set(loaded)


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ("The pump is primed.", set()),
        ("Wäre das schön?", {"reference"}),
        ("a b ", {"engine"}),
    ],
    ids=["short and ASCII", "short", "long"],
)
def test_only_what_pays_is_loaded(text: str, loaded: set[str]) -> None:
    count, found = counted_in_a_new_process(text)
    assert count > 4
    assert found == loaded
