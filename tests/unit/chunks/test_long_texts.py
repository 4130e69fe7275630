"""Long texts are cut window by window, to the very chunks of the whole text at once."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chunks.checks import check_chunks
from tests.unit.tokens.material import CLAUDE_2, MISTRAL_1
from tore_export.chunks import Chunker
from tore_export.chunks.long_units import LongUnits
from tore_export.chunks.structure import Structure
from tore_export.chunks.units import joined, units_of
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.tokens.manager import TokenizerManager

PIECES = [
    " ", " ", " ", "  ", "\n", "\n", "\n\n", "\r\n", "\r", "\t", " \n ", "\u00a0",
    "\u3000", "\x0b", "\u2028", "\x1c", "\n" * 30, " " * 60, "a", "the", "One", "Table",
    "I", "1", "12", "e.g.", "Dr.", "Fig", ".", ".", "!", "...", '"', "“", ")", "(", "。",
    "」", "字", "カタカナ", "the.", "No 3.", "End. Begin", "?”", "|", "| a | b |\n",
    "|---|---|\n", "\n# ", "\n### Head\n", "\n- ", "\n2. ", "\n```\n", "\n~~~\n",
    "\n\n| a |\n|---|\n| 1 |\n", ":\n", "<table><tr><th>a</th></tr>",
    "<tr><td>1</td></tr>", "</tr>", "</table>", "word" * 12, "." * 45, "A" * 40, "a" * 33,
    "漢" * 40, "3" * 36, "🇩🇪", "é", "\u0301", "x" * 50 + ".", "\n/", "\ud800", "\udc00",
    "=" * 70,
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60).map("".join)


def structure_of(parts: list[tuple[str, Kind, int]]) -> Structure:
    text, starts, ends = "", [], []
    for part, _, _ in parts:
        text += "\n\n" if text else ""
        starts.append(len(text))
        text += part
        ends.append(len(text))
    if not any(part for part, _, _ in parts):
        return Structure.of(text)
    kinds = [int(kind) for _, kind, _ in parts]
    return Structure.of(text, starts, ends, kinds, [level for _, _, level in parts])


DOCUMENTS = TEXTS.map(Structure.of) | st.lists(
    st.tuples(TEXTS, st.sampled_from(list(Kind)), st.integers(0, 7)), max_size=8
).map(structure_of)


def check_windows(document: Structure, largest: int, window: int) -> None:
    tokenizer = TokenizerManager().get("cl100k_base")
    (whole,) = units_of([document], tokenizer, largest)
    adds_up = not any("\ud800" <= letter < "\ue000" for letter in document.text)
    found = joined(list(LongUnits(document, tokenizer, largest, window, adds_up=adds_up)))
    assert found.places.tolist() == whole.places.tolist()
    assert found.strengths.tobytes() == whole.strengths
    assert found.safe.tobytes() == whole.safe
    assert found.tokens.tolist() == whole.tokens.tolist()


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.sampled_from([4, 5, 9, 30]), st.sampled_from([50, 51, 64, 100, 333]))
def test_the_units_of_a_text_are_the_same_in_windows_of_any_size(document, largest, window):
    if document.text:
        check_windows(document, largest, window)


HOSTILE = {
    "one line": "No line ends here. Table 3. is e. g. one, Dr. Who? Yes! " * 40,
    "one word": "".join(random.Random(1).choices("abcXYZ123", k=2000)),
    "a word that begins a line, a number and a full stop": f"\nT{'a' * 300} 2. Valves " * 9,
    "a capital letter, spaces and full stops": ("A" + " " * 90 + "." * 90) * 9,
    "line ends alone": "\r\n" * 900 + "\n" * 300 + "\r" * 300,
    "a line end of two characters at every place": "".join("x" * i + "\r\n" for i in range(70)),
    "white space of all kinds": "\u3000 \u00a0\n\x0b\t \r \n" * 150,
    "full stops alone": "." * 2000,
    "ideographs without an end": "漢字かな" * 400,
    "sentences of ideographs": "漢字。かなカタカナ！」" * 200,
    "fences that open and close": "# A\n```\ncode # no\n\n# no\n```\n## B\n\ntext\n\n" * 30,
    "a fence without an end": "```\n" + "# no\n\n- code\n" * 90,
    "a table": "| a | b |\n|---|---|\n" + "| one two | 3. |\n" * 90,
    "rows on one line": "<table><tr><th>a</th></tr>"
    + "<tr><td>one two</td></tr> " * 90
    + "</table>",
    "halves of characters": "one \ud800 two. \udc00\ud83d\ude00 " * 70,
    "headings under headings": "# A\n## B\n### C\n\ntext\n\n## D\n\n" * 40,
    "items": "- one\n- two: a\n2. three.\n(a. four. B. Five\n  3. six\n" * 40,
    "quotations": "„One.“ “Two.” »Three!« 漢“字“。 'Four.' " * 60,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_so_are_those_of_hostile_texts(name):
    text = HOSTILE[name]
    tables = Structure.of(text, [0], [len(text)], [Kind.TABLE], [0])
    for window in (50, 67, 128):
        for largest in (4, 9, 64):
            check_windows(Structure.of(text), largest, window)
            check_windows(tables, largest, window)


def check_chunks_of(document: Structure, chunker: Chunker, windows: pytest.MonkeyPatch) -> None:
    windows.setattr("tore_export.chunks.windows.WINDOW", 1_000_000)
    (whole,) = chunker.cuts([document])
    for window in (50, 200):
        windows.setattr("tore_export.chunks.windows.WINDOW", window)
        (cuts,) = chunker.cuts([document])
        if isinstance(whole, DocumentError):
            assert str(cuts) == str(whole)
        else:
            assert cuts == whole


OPTIONS = st.fixed_dictionaries(
    {
        "max_tokens": st.integers(8, 64),
        "min_fill": st.sampled_from([0.0, 0.5, 0.9, 0.98, 1.0]),
        "overlap": st.sampled_from([0, 4]),
        "headings": st.booleans(),
        "table_header": st.booleans(),
    }
)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, OPTIONS)
def test_chunks_of_long_texts_are_those_of_the_whole_at_once(document, options):
    chunker = Chunker(TokenizerManager().get("o200k_base"), **options)
    with pytest.MonkeyPatch.context() as windows:
        check_chunks_of(document, chunker, windows)


@pytest.mark.parametrize("name", [CLAUDE_2, MISTRAL_1])
@settings(max_examples=25, deadline=None)
@given(DOCUMENTS, OPTIONS)
def test_so_they_are_by_tokenizers_whose_counts_need_not_add_up(name, document, options):
    chunker = Chunker(TokenizerManager().get(str(name)), **options)
    with pytest.MonkeyPatch.context() as windows:
        check_chunks_of(document, chunker, windows)


def test_long_and_short_texts_together_are_cut_as_each_alone(monkeypatch):
    monkeypatch.setattr("tore_export.chunks.windows.WINDOW", 500)
    texts = ["One two three. " * i for i in (1, 30, 0, 200, 2, 90, 60)]
    chunker = Chunker(TokenizerManager().get("cl100k_base"), 16)
    found = chunker.batch(texts)
    assert found == [chunker.chunks(text) for text in texts]
    for text, chunks in zip(texts, found, strict=True):
        check_chunks(text, chunks, chunker)


def test_of_a_line_longer_than_windows_no_more_is_known_than_a_few_windows_hold():
    text = "no end of a sentence here, " * 4000
    tokenizer = TokenizerManager().get("cl100k_base")
    sizes = [
        len(found.places)
        for found in LongUnits(Structure.of(text), tokenizer, 32, 1000, adds_up=True)
    ]
    assert max(sizes) < 400
    assert sum(sizes) > 20_000
