"""The documents that are measured on: a folder of JSON lines given by `--corpus`, or one made here.

The one made here is real text that is on every machine with the development environment: the Python
reference, the read-me files of installed packages, and the docstrings of modules, with their headings,
lists and code. It is the same for the same versions of Python and packages. It is English and code only;
a corpus in several languages says more.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.metadata
import re
import shutil
import sysconfig
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from measuring import ROOT

MADE = ROOT / "build" / "benchmarks"
DOCUMENTED = ("numpy", "pandas", "polars", "pyarrow", "pydantic", "datasets")
ELEMENTS_A_DOCUMENT = 45
SHARDS = 16
WANTED_DOCUMENTS = 8_000


def arguments(description: str | None) -> argparse.Namespace:
    """Return the command line every benchmark shares; `corpus` is a folder of *.jsonl."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder of *.jsonl with elements")
    parser.add_argument("--repeats", type=int, default=3, help="paired repeats")
    parser.add_argument("--documents", type=int, help="how many, where only a sample is taken")
    found = parser.parse_args()
    found.corpus = found.corpus or made_corpus()
    return found


def name_of(corpus: Path) -> str:
    """Return how a result calls the corpus: without the machine's paths."""
    return "made from the installed environment" if MADE in corpus.parents else corpus.name


def sample(corpus: Path, n_documents: int) -> Path:
    """Return a folder with one file of `n_documents`, taken evenly from the whole corpus."""
    lines = [line for path in sorted(corpus.glob("*.jsonl")) for line in path.open("rb")]
    step = max(1, len(lines) // n_documents)
    digest = hashlib.sha256(f"{corpus.resolve()} {len(lines)}".encode()).hexdigest()[:12]
    folder = MADE / f"sample-{digest}-{n_documents}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "part-00000.jsonl").write_bytes(b"".join(lines[::step][:n_documents]))
    return folder


def english(corpus: Path) -> Path:
    """Return a folder with the documents of the corpus that are in English."""
    folder = MADE / f"english-{hashlib.sha256(str(corpus.resolve()).encode()).hexdigest()[:12]}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in sorted(corpus.glob("*.jsonl")):
        with path.open("rb") as lines:
            (folder / path.name).write_bytes(b"".join(filter(_is_english, lines)))
    return folder


def _is_english(line: bytes) -> bool:
    # these four are one word in ten of English prose, and none of other languages' together
    words = line.count(b" ") + 1
    return sum(line.count(word) for word in (b" the ", b" of ", b" and ", b" to ")) > 0.04 * words


def made_corpus() -> Path:
    """Return the folder of the corpus made here, made on the first call."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in DOCUMENTED]
    key = hashlib.sha256("\n".join([*versions, Path(__file__).read_text()]).encode()).hexdigest()
    folder = MADE / f"corpus-{key[:12]}"
    if folder.exists():
        return folder
    rows = list(islice(_documents(), WANTED_DOCUMENTS))
    unfinished = folder.with_suffix(".unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    for shard in range(SHARDS):
        part = rows[shard * len(rows) // SHARDS : (shard + 1) * len(rows) // SHARDS]
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in part)
        (unfinished / f"part-{shard:05d}.jsonl").write_bytes(lines)
    unfinished.rename(folder)
    return folder


def _documents() -> Iterator[dict[str, object]]:
    seen = set()
    for source, text in _texts():
        elements = list(_elements(text))
        for start in range(0, len(elements), ELEMENTS_A_DOCUMENT):
            piece = elements[start : start + ELEMENTS_A_DOCUMENT]
            content = "".join(str(element["text"]) for element in piece)
            doc_id = hashlib.sha256(content.encode()).hexdigest()[:24]
            if len(content) < 700 or doc_id in seen:
                continue
            seen.add(doc_id)
            for number, element in enumerate(piece):
                element["element_id"] = f"{doc_id[:8]}{number:04x}"
            yield {"doc_id": doc_id, "source": source, "elements": piece}


def _texts() -> Iterator[tuple[str, str]]:
    from pydoc_data.topics import topics

    yield from sorted(topics.items())
    for distribution in sorted(importlib.metadata.distributions(), key=lambda d: d.name):
        readme = distribution.metadata.get_payload()
        if isinstance(readme, str):
            yield f"{distribution.name}.md", readme.encode("utf-8", "replace").decode()
    standard = Path(sysconfig.get_path("stdlib"))
    packages = Path(sysconfig.get_path("purelib"))
    for folder in [standard, *(packages / name for name in DOCUMENTED)]:
        for path in sorted(folder.rglob("*.py")):
            inside = path.relative_to(folder).parts
            if "site-packages" not in inside and not {"tests", "test", "_vendor"} & set(inside):
                yield "/".join([folder.name, *inside]), _docstrings(path)


def _docstrings(path: Path) -> str:
    """Return the docstrings of a module as one text, each under the name it documents."""
    try:
        module = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return ""
    found = [ast.get_docstring(module) or ""]
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring:
                found += [f"# {node.name}", docstring]
    return "\n\n".join(found)


def _elements(text: str) -> Iterator[dict[str, object]]:
    for number, block in enumerate(re.split(r"\n\s*\n", text)):
        lines = block.strip("\n").split("\n")
        mark = re.match(r"\s*(?:[-*]|\d+\.)\s+", block)
        metadata: dict[str, object] = {"page_number": 1 + number // 12}
        if not block.strip():
            continue
        if lines[0].startswith("#"):
            kind, content = "Title", lines[0].lstrip("# ")
            metadata["category_depth"] = len(lines[0]) - len(lines[0].lstrip("#")) - 1
        elif len(lines) > 1 and re.fullmatch(r"[=~*\-^\"]{3,}", lines[1].strip()):
            kind, content, metadata["category_depth"] = "Title", lines[0].strip(), 1
        elif mark:
            kind, content = "ListItem", block[mark.end() :]
        elif all(line.startswith(("    ", "\t", ">>>", "...")) for line in lines):
            kind, content = "CodeSnippet", "\n".join(lines)
        else:
            kind, content = "NarrativeText", "\n".join(lines)
        if content.strip():
            yield {"type": kind, "text": content, "metadata": metadata}
