"""A corpus with copies, near copies and looser ones, a tenth of the documents each.

Of a near copy 2 % of the words are others than in its original, of a looser one 5 %. They are copies of
different documents, scattered over the files. A word is a run of letters and digits, or a character of
a script without spaces. Words to be changed are drawn from the whole document, and what they become
from the words of another document.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from corpus import MADE

KINDS = {"copy": 0.0, "near": 0.02, "loose": 0.05}
SHARE_OF_EACH = 0.1
SHARDS = 16
WORD = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u312f\u31c0-\ua4cf\uf900-\ufaff]"
    "|[^\\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u312f\u31c0-\ua4cf\uf900-\ufaff]+"
)
TAG = re.compile(r"(<[^>]*>)")


@dataclass(frozen=True)
class Copies:
    """A folder of JSON lines; `originals` leads from a copy's id to that of its original."""

    folder: Path
    originals: dict[str, str]


def with_copies(corpus: Path, n_documents: int = 20_000) -> Copies:
    """Return a corpus of at most `n_documents`, of which three in ten are copies.

    It is made on the first call.
    """
    lines = [line for path in sorted(corpus.glob("*.jsonl")) for line in path.open("rb")]
    lines = lines[:n_documents]
    key = hashlib.sha256(Path(__file__).read_bytes() + b"".join(lines)).hexdigest()[:12]
    folder = MADE / f"copies-{key}"
    told = MADE / f"copies-{key}-originals.json"
    if not told.exists():
        folder.mkdir(parents=True, exist_ok=True)
        rows, originals = _made(lines)
        for shard in range(SHARDS):
            part = rows[shard * len(rows) // SHARDS : (shard + 1) * len(rows) // SHARDS]
            text = b"".join(msgspec.json.encode(row) + b"\n" for row in part)
            (folder / f"part-{shard:05d}.jsonl").write_bytes(text)
        told.write_bytes(msgspec.json.encode(originals))
    return Copies(folder, msgspec.json.decode(told.read_bytes()))


def _made(lines: list[bytes]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    chance = random.Random(20_000)
    n_copies = int(len(lines) * SHARE_OF_EACH)
    documents = [msgspec.json.decode(line) for line in lines[: len(lines) - 3 * n_copies]]
    for document in documents:
        for element in document["elements"]:
            # one text an element, so that a changed word is changed for all who read it
            if "text_as_html" in element.get("metadata", {}):
                element["text"] = ""
    chosen = chance.sample(range(len(documents)), 3 * n_copies)
    rows, originals = list(documents), {}
    for place, number in enumerate(chosen):
        kind = list(KINDS)[place // n_copies]
        document = documents[number]
        lent = documents[(number + 1) % len(documents)]
        words = [word for text in _texts(lent) for word in WORD.findall(text)] or ["word"]
        doc_id = f"{document['doc_id']}-{kind}"
        rows.append({**_changed(document, KINDS[kind], words, chance), "doc_id": doc_id})
        originals[doc_id] = document["doc_id"]
    chance.shuffle(rows)
    return rows, originals


def _changed(
    document: dict[str, Any], share: float, words: list[str], chance: random.Random
) -> dict[str, Any]:
    """Return a copy of the document with this share of its words exchanged."""
    n_words = sum(len(WORD.findall(text)) for text in _texts(document))
    places = set(chance.sample(range(n_words), round(share * n_words)))
    at = -1

    def other(match: re.Match[str]) -> str:
        nonlocal at
        at += 1
        return chance.choice(words) if at in places else match[0]

    return {**document, "elements": list(_elements(document, lambda s: WORD.sub(other, s)))}


def _texts(document: dict[str, Any]) -> Iterator[str]:
    found: list[str] = []
    for _ in _elements(document, lambda text: found.append(text) or text):
        pass
    yield from found


def _elements(document: dict[str, Any], change: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """Yield the document's elements with each of their texts changed, in order."""
    for element in document["elements"]:
        metadata = element.get("metadata", {})
        html = metadata.get("text_as_html")
        if html is None:
            yield {**element, "text": change(element["text"] or "")}
        else:
            pieces = [s if s.startswith("<") else change(s) for s in TAG.split(html)]
            yield {**element, "metadata": {**metadata, "text_as_html": "".join(pieces)}}
