"""Make the tables of evidence in `tore_export.quality`: data/letters.bin, order.bin and words.bin.

They are counted on text of public documentation: the HTML of these Debian packages, unpacked, each in
a folder of its own name (`apt-get download NAME`, `dpkg-deb -x NAME_*.deb TREE/NAME`):

    debian-handbook debian-reference-en debian-reference-de debian-reference-fr debian-reference-ja
    debian-reference-zh-cn python3.11-doc postgresql-doc-15 git-doc linux-doc-6.1
    installation-guide-amd64 libreoffice-help-en-us libreoffice-help-de libreoffice-help-es
    libreoffice-help-ru

words.bin tells which words and which endings are frequent enough to be told apart. In the others an
entry is ln(p / q), p the share of what is counted in text that falls on it and q the share in the
same text spoiled, both with a little added so that what was seen rarely says little. Languages weigh
about the same. Only pages with an even hash of their name are read, so that the others can tell how
well the tables do on text they have not seen; a page's translations share its name.

    python benchmarks/train_quality_tables.py TREE src/tore_export/quality/data
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
from selectolax.lexbor import LexborHTMLParser

from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import Kind
from tore_export.quality import letters, order
from tore_export.quality.evidence import SCALE
from tore_export.quality.prose import prose_of
from tore_export.quality.words import Words, words_of
from tore_export.stages.normalize import Normalize

Document = list[str]

BYTES_PER_LANGUAGE = 3_000_000
WORDS_PER_LANGUAGE = defaultdict(lambda: 900_000, en=4_500_000)
MOST_WEIGHT = 6.0
FREQUENT_WORD, FREQUENT_ENDING = 4_000, 700
ADDED = {"letters": 50.0, "order": 30.0}
BLOCKS_PER_DOCUMENT = 60

UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def language_of(path: Path) -> str | None:
    """Tell a page's language from where it lies."""
    text = path.as_posix()
    named = re.search(r"debian-handbook/html/(\w\w)-|doc/installation-guide-amd64/(\w\w)[/_]", text)
    if named:
        return named[1] or named[2]
    if re.search(r"/(?:debian-handbook|installation-guide-amd64)/", text):
        return None
    translated = re.search(r"translations/(?!sp_SP)(\w\w)_|-(de|fr|ja|es|ru|zh)(?:-cn)?/usr/", text)
    if translated:
        return translated[1] or translated[2]
    return "es" if "translations/sp_SP" in text else "en"


def blocks_of(page: bytes) -> Document:
    """Return the texts of a page's headings, paragraphs and list items."""
    tree = LexborHTMLParser(page)
    for node in tree.css("table, pre, script, style"):
        node.decompose()
    found = [node.text().strip() for node in tree.css("h1, h2, h3, h4, p, li")]
    return [text for text in found if text]


def read(tree: Path) -> dict[str, list[Document]]:
    """Read documents of about as many blocks each, by language."""
    pages = defaultdict(list)
    for path in sorted(tree.rglob("*.html")):
        language = language_of(path)
        if language and not path.is_symlink() and crc32(path.name.encode()) % 2 == 0:
            pages[language].append(path)
    found: dict[str, list[Document]] = {}
    for language, paths in sorted(pages.items()):
        random.Random(3).shuffle(paths)
        documents: list[Document] = []
        n_bytes = 0
        for path in paths:
            blocks = blocks_of(path.read_bytes())
            documents += [
                blocks[start : start + BLOCKS_PER_DOCUMENT]
                for start in range(0, len(blocks), BLOCKS_PER_DOCUMENT)
            ]
            n_bytes += sum(len(text.encode("utf-8", "replace")) for text in blocks)
            if n_bytes > BYTES_PER_LANGUAGE * (3 if language == "en" else 1):
                break
        found[language] = normalized(documents)
    return found


def elements(documents: list[Document]) -> pa.Table:
    """Return documents as the pipeline has them."""
    rows = DocumentRows(0)
    for number, document in enumerate(documents):
        for text in document:
            for column in rows.elements.lists():
                column.append(None)
            rows.elements.kinds[-1] = int(Kind.PARAGRAPH)
            rows.elements.texts[-1] = text
        rows.add(str(number), "")
    return rows.to_table()


def normalized(documents: list[Document]) -> list[Document]:
    """Return documents after Normalize."""
    column = Normalize()(elements(documents))["elements"]
    return [[element["text"] for element in row] for row in column.to_pylist()]


def words_in(documents: list[Document]) -> Iterator[Words]:
    column = elements(documents)["elements"].combine_chunks()
    for _, prose in prose_of(column, pa.repeat(pa.scalar(True), len(column))):
        yield words_of(prose)


def counted(
    documents: list[Document], entries: Callable[[Words], np.ndarray], bits: int
) -> np.ndarray:
    total = np.zeros(1 << bits)
    for words in words_in(documents):
        total += np.bincount(entries(words), minlength=1 << bits)
    return total


def pieces(text: str) -> list[str]:
    """Cut a text into what can be put into another order: words, or characters without spaces."""
    return list(text) if len(UNSPACED.findall(text)) > 0.3 * len(text) else text.split()


def joined(text: str, parts: list[str]) -> str:
    return ("" if len(UNSPACED.findall(text)) > 0.3 * len(text) else " ").join(parts)


class Spoiler:
    """The ways in which text is spoiled for comparison."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def mixed(self, parts: list[str]) -> list[str]:
        """Return them in another order."""
        return self.random.sample(parts, len(parts))

    def letters_of_words(self, document: Document) -> Document:
        """Mix the letters of each word."""
        return [" ".join("".join(self.mixed(list(w))) for w in t.split()) for t in document]

    def letters_of_blocks(self, document: Document) -> Document:
        """Mix all characters of each block."""
        return ["".join(self.mixed(list(text))) for text in document]

    def words_of_blocks(self, document: Document) -> Document:
        """Mix the words of each block."""
        return [joined(text, self.mixed(pieces(text))) for text in document]

    def words_of_document(self, document: Document) -> Document:
        """Mix the words of all blocks."""
        rest = self.mixed([part for text in document for part in pieces(text)])
        return [joined(text, [rest.pop() for _ in pieces(text)]) for text in document]

    def words_of_vocabulary(self, document: Document, vocabulary: list[str]) -> Document:
        """Put other words in the place of each."""
        return [" ".join(self.random.choices(vocabulary, k=len(t.split()))) for t in document]


def bare(document: Document) -> Document:
    """Return the words in lower case, without punctuation."""
    return [" ".join(re.findall(r"\w+", text.lower())) for text in document]


def evidence(text: np.ndarray, spoiled: np.ndarray, added: float) -> bytes:
    """Return the table of what was counted in text and in spoiled text."""
    size = min(text.sum(), spoiled.sum())
    ratio = (text * (size / text.sum()) + added) / (spoiled * (size / spoiled.sum()) + added)
    return np.clip(np.rint(np.log(ratio) * SCALE), -127, 127).astype(np.int8).tobytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", default="", help="languages to leave out, to see how it fares")
    args = parser.parse_args()

    by_language = read(args.tree)
    for language in args.without.split():
        by_language.pop(language, None)
    spoil = Spoiler(1)
    by_chance: list[str] = []  # as often as words are, every language the same
    for documents in by_language.values():
        spaced = [w for d in documents for t in d for w in t.split() if not UNSPACED.search(w)]
        by_chance += spoil.mixed(spaced)[:100_000]
    vocabulary = sorted(set(by_chance))  # each word once

    weights = {}
    frequency = np.zeros((2, 1 << order.FORM_BITS))
    for language, documents in by_language.items():
        n_words = sum(len(words.starts) for words in words_in(documents))
        weights[language] = min(MOST_WEIGHT, WORDS_PER_LANGUAGE[language] / n_words)
        for nth in (0, 1):
            frequency[nth] += weights[language] * counted(
                documents, lambda words, nth=nth: order.forms(words)[nth], order.FORM_BITS
            )
    frequent = (frequency[0] >= FREQUENT_WORD) * order.WORD_IS_FREQUENT
    frequent = (frequent | (frequency[1] >= FREQUENT_ENDING) * order.ENDING_IS_FREQUENT).astype(
        np.int8
    )

    def of_letters(words: Words) -> np.ndarray:
        return np.concatenate([slots for slots, _ in letters.sequences(words)])

    def of_order(words: Words) -> np.ndarray:
        return order.pairs(words, frequent)[0]

    totals = {
        name: [np.zeros(1 << bits), np.zeros(1 << bits)]
        for name, bits in (("letters", letters.BITS), ("order", order.BITS))
    }
    for language, documents in by_language.items():
        weight = weights[language]
        for share, column, variant in (
            (1, 0, documents),
            (1 / 2, 0, [bare(d) for d in documents]),
            (1 / 2, 1, [spoil.words_of_blocks(d) for d in documents]),
            (1 / 2, 1, [spoil.words_of_document(d) for d in documents]),
            (1 / 2, 1, [bare(spoil.words_of_blocks(d)) for d in documents]),
            (1 / 4, 1, [spoil.words_of_vocabulary(d, by_chance) for d in documents]),
            (1 / 4, 1, [spoil.words_of_vocabulary(d, vocabulary) for d in documents]),
        ):
            totals["order"][column] += weight * share * counted(variant, of_order, order.BITS)
        for column, variant in (
            (0, documents),
            (1, [spoil.letters_of_words(d) for d in documents]),
            (1, [spoil.letters_of_blocks(d) for d in documents]),
        ):
            totals["letters"][column] += weight * counted(variant, of_letters, letters.BITS)
        print(f"{language}: {len(documents)} documents, weight {weight:.2f}")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "words.bin").write_bytes(frequent.tobytes())
    for name, (text, spoiled) in totals.items():
        (args.out / f"{name}.bin").write_bytes(evidence(text, spoiled, ADDED[name]))


if __name__ == "__main__":
    main()
