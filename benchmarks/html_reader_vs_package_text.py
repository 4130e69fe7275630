"""The HTML reader finds the words of Debian's manuals, each `<pre>` with its white space, each heading.

    apt-get download debian-reference-{en,de,fr,ja,zh-cn} installation-guide-amd64 debian-handbook \
        postgresql-doc-15
    for package in *.deb; do dpkg -x $package root/${package%%_*}; done
    python benchmarks/html_reader_vs_package_text.py root [--w3m PROGRAM]

**Words**, both ways, as multisets (in Japanese and Chinese letters, which is what a word would be cut
into): those of the reader against the package's own `.txt`, which is the whole book in one file. What a
page has of its own is not in there and is taken off: the alternative texts of icons, and in
debian-reference the table of contents at the head of each chapter (counted by lxml). The handbook and
PostgreSQL have no `.txt`; there the browser w3m is the nearest there is, page by page, with the bars
that lead to other pages taken out by lxml. Without w3m their words are not compared, and the result has
no figures of them.

**Right as well:** an independent parser, lxml, sees the same headings with the same levels in the same
order, and each `<pre>` with exactly its text, in all of these pages. A newline right after `<pre>` is
none of the text, as HTML has it, nor is one right before `</pre>`, as code blocks have it.

Speed is measured beside it: processor seconds of the reader and of selectolax on the same pages, the
latter parsing and visiting each node for its tag and text, and parsing and serialising, which is what
the reader builds on.
"""

from __future__ import annotations

import argparse
import gzip
import html
import re
import shutil
import subprocess
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.html import HTMLParser
from selectolax.lexbor import LexborHTMLParser

from measuring import median, write_result
from tore_export.documents.columns import DocumentRows
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.sources.builder import Builder
from tore_export.sources.html.reader import append_page
from tore_export.sources.unit import Limits

LEAST = {"en": 0.99, "de": 0.99, "fr": 0.99, "ja": 0.97, "zh": 0.97}
REFERENCE = "debian-reference-{0}/usr/share/debian-reference"
GUIDE = "installation-guide-amd64/usr/share/doc/installation-guide-amd64/{0}"
HANDBOOK = "debian-handbook/usr/share/doc/debian-handbook/html/{0}"
BOOKS: tuple[tuple[str, str, str | None], ...] = (
    *(
        (REFERENCE, code, "debian-reference.{0}.txt.gz")
        for code in ("en", "de", "fr", "ja", "zh-cn")
    ),
    *((GUIDE, code, "install.{0}.txt.gz") for code in ("en", "de", "fr", "ja", "zh_CN")),
    *((HANDBOOK, code, None) for code in ("en-US", "de-DE", "fr-FR", "ja-JP", "zh-CN")),
    ("postgresql-doc-15/usr/share/doc/postgresql-doc-15/html", "en", None),
)
BARS = "//div[@class='navheader' or @class='navfooter'] | //ul[starts-with(@class, 'docnav')]"
WORD = re.compile(r"[^\W_]+")
SPACES = re.compile(r"[ \t\n\r\f]+")
WRAPPED = re.compile("(?<=[\u3040-\u30ff\u3400-\u9fff]) (?=[\u3040-\u30ff\u3400-\u9fff])")
"""A line that is wrapped within Chinese or Japanese text; the reader takes it for no space."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def elements_of(page: bytes) -> list[Element]:
    rows = DocumentRows(0)
    append_page(page, Builder(rows.elements, Limits()), Limits())
    rows.elements.counts.append(len(rows.elements))
    return rows.elements.to_elements()[0]


def words_of(text: str, language: str) -> Counter[str]:
    text = unicodedata.normalize("NFKC", text)
    if language in ("ja", "zh"):
        return Counter(letter for letter in text if letter.isalnum())
    return Counter(WORD.findall(text))


def text_of(elements: list[Element]) -> str:
    """Return the words a reader sees: all but what stands for images; numbers of items are shown."""
    texts = []
    for element in elements:
        if element.meta.get("ordered"):
            texts.append(str(element.meta.get("number", "")))
        texts += [_without_images(element.text, element.meta.get("spans", []))]
        texts.append(element.meta.get("caption", ""))
        rich = {(cell["row"], cell["place"]): cell for cell in element.meta.get("rich", [])}
        for number, row in enumerate(element.cells or ()):
            for place, cell in enumerate(row):
                spans = rich.get((number, place), {}).get("spans", [])
                texts.append(_without_images(cell.text, spans))
    return "\n".join(texts)


def _without_images(text: str, spans: Any) -> str:
    for span in reversed([span for span in spans if span["kind"] == "image"]):
        text = f"{text[: span['start']]} {text[span['end'] :]}"
    return text


def tree_of(page: bytes) -> Any:
    """Return lxml's tree of a page without the bars that lead to other pages."""
    tree = etree.fromstring(page, HTMLParser(encoding="utf-8"))
    for bar in tree.xpath(BARS):
        bar.getparent().remove(bar) if bar.tail is None else bar.clear(keep_tail=True)
    return tree


def repeated_contents(tree: Any, language: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for contents in tree.xpath("//div[@class='toc']"):
        found += words_of("\n".join(contents.itertext()), language)
    return found


# an independent look at headings and code -----------------------------------------------------------


def headings_of(tree: Any) -> list[tuple[int, str]]:
    found = []
    for node in tree.iter(*HEADINGS):
        text = SPACES.sub(" ", "".join(node.itertext())).strip(" ")
        if text:
            found.append((int(node.tag[1]), WRAPPED.sub("", text)))
    return found


def codes_of(tree: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    for node in tree.iter("pre"):
        text = "".join(node.itertext())
        if (node.text or "").startswith("\n"):
            text = text[1:]
        if text.strip():
            found[text.removesuffix("\n")] += 1
    return found


def codes_read(elements: list[Element]) -> Counter[str]:
    found = Counter(element.text for element in elements if element.kind is Kind.CODE)
    for element in elements:
        for cell in element.meta.get("rich", []):
            for inner in re.findall("<pre>(.*?)</pre>", cell.get("html", "")):
                text = html.unescape(re.sub("<[^>]*>", "", inner))
                found[text.removesuffix("\n")] += 1
    return found


# books ----------------------------------------------------------------------------------------------


def by_w3m(program: str, tree: Any) -> str:
    for image in list(tree.iter("img")):
        image.tag = "span"
    page = etree.tostring(tree, method="html", encoding="utf-8")
    command = [program, "-dump", "-cols", "1000", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8"]
    return subprocess.run(command, input=page, capture_output=True, check=True).stdout.decode()


def compare(folder: Path, code: str, text: Path | None, w3m: str | None) -> dict[str, Any]:
    """Return the figures of one book; end with an AssertionError where it is not read well."""
    language = re.split("[-_]", code)[0]
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    n_codes = n_headings = 0
    pages = sorted(folder.glob("*.html"))
    assert pages, f"no pages in {folder}"
    for path in pages:
        page = path.read_bytes()
        tree = tree_of(page)
        elements = elements_of(page)
        headings = [(e.level, WRAPPED.sub("", e.text)) for e in elements if e.kind is Kind.TITLE]
        assert headings == headings_of(tree), f"headings of {path}"
        codes = codes_of(tree)
        assert codes_read(elements) == codes, f"code of {path}"
        n_codes += codes.total()
        n_headings += len(headings)
        ours += words_of(text_of(elements), language)
        if text is None and w3m is not None:
            theirs += words_of(by_w3m(w3m, tree), language)
        elif "debian-reference" in folder.parts and not path.name.startswith("index."):
            ours -= repeated_contents(tree, language)
    figures: dict[str, Any] = {"pages": len(pages), "headings": n_headings, "code_blocks": n_codes}
    if text is not None:
        theirs = words_of(gzip.decompress(text.read_bytes()).decode(), language)
    if theirs:
        both = (ours & theirs).total()
        precision, recall = both / ours.total(), both / theirs.total()
        figures |= {
            "against": text.name if text else "w3m -dump, page by page",
            "words" if language not in ("ja", "zh") else "letters": theirs.total(),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
        }
        least = LEAST[language]
        missing, extra = (theirs - ours).most_common(8), (ours - theirs).most_common(8)
        print(folder, figures, "missing", missing, "extra", extra, flush=True)
        assert min(precision, recall) >= least, f"words of {folder}"
    return figures


# speed ----------------------------------------------------------------------------------------------


def visit(page: bytes) -> None:
    root = LexborHTMLParser(page).root
    for node in root.traverse(include_text=True) if root is not None else ():
        _ = node.tag, node.text_content


def serialise(page: bytes) -> None:
    _ = LexborHTMLParser(page).html


def read(page: bytes) -> None:
    append_page(page, Builder(DocumentRows(0).elements, Limits()), Limits())


def seconds(work: Callable[[bytes], None], pages: list[bytes]) -> float:
    begin = time.process_time()
    for page in pages:
        work(page)
    return time.process_time() - begin


def speeds(pages: list[bytes]) -> dict[str, Any]:
    """Return MB/s of one core and ratios to selectolax, each the median of pairs."""
    n_megabytes = sum(map(len, pages)) / 1e6
    rounds = [tuple(seconds(work, pages) for work in (read, visit, serialise)) for _ in range(5)]
    return {
        "megabytes": round(n_megabytes, 1),
        "reader_mb_per_second": median([n_megabytes / ours for ours, _, _ in rounds]),
        "selectolax_visiting_mb_per_second": median([n_megabytes / v for _, v, _ in rounds]),
        "selectolax_serialising_mb_per_second": median([n_megabytes / s for _, _, s in rounds]),
        "times_selectolax_visiting": median([ours / v for ours, v, _ in rounds]),
        "times_selectolax_serialising": median([ours / s for ours, _, s in rounds]),
    }


def books(root: Path) -> Iterator[tuple[str, Path, str, Path | None]]:
    for pattern, code, text in BOOKS:
        folder = root / pattern.format(code)
        name = f"{pattern.split('/')[0].removesuffix('-{0}')} {code}"
        yield name, folder, code, folder / text.format(code) if text else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("root", type=Path, help="folder of unpacked packages, one folder each")
    parser.add_argument("--w3m", default=shutil.which("w3m"), help="the browser's program")
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    pages: list[bytes] = []
    for name, folder, code, text in books(given.root):
        figures[name] = compare(folder, code, text, given.w3m)
        pages += [path.read_bytes() for path in sorted(folder.glob("*.html"))[:100]]
    figures["speed"] = speeds(pages)
    write_result(
        "html_reader_vs_package_text",
        "words of the HTML reader are those of the packages' own text: at least 0.99 both ways in "
        "English, German and French, 0.97 in Japanese and Chinese; each <pre> is a code block with its "
        "white space, each <h1..h6> a heading of its level",
        figures,
    )


if __name__ == "__main__":
    main()
