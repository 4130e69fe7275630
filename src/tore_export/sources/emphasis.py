"""Words that a source lists as emphasised, as spans of the text they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tore_export.sources.links import MAX_LINKS

__all__ = ["nested", "spans_of_emphasis"]

_KINDS = {
    "b": "strong",
    "strong": "strong",
    "i": "emphasis",
    "em": "emphasis",
    "u": "underline",
    "ins": "underline",
    "s": "strike",
    "strike": "strike",
    "del": "strike",
    "sub": "subscript",
    "sup": "superscript",
    "code": "code",
    "tt": "code",
}


def spans_of_emphasis(text: str, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the spans of `emphasized_text_contents`, each of the kind its tag in the other list says.

    Words are looked for behind those before them; the same words again, with another tag and not
    behind, are those before, which are both.

    >>> words = {"emphasized_text_contents": ["now", "now"], "emphasized_text_tags": ["b", "i"]}
    >>> [(span["start"], span["end"], span["kind"]) for span in spans_of_emphasis("do it now", words)]
    [(6, 9, 'strong'), (6, 9, 'emphasis')]
    """
    contents = metadata.get("emphasized_text_contents")
    tags = metadata.get("emphasized_text_tags")
    if not (isinstance(contents, list) and isinstance(tags, list) and len(contents) == len(tags)):
        return []
    spans: list[dict[str, Any]] = []
    done = last = 0
    words_before, kinds_before = "", {""}
    for said, tag in list(zip(contents, tags, strict=True))[:MAX_LINKS]:
        kind = _KINDS.get(tag) if isinstance(tag, str) else None
        words = said.strip() if isinstance(said, str) else ""
        if kind is None or not words:
            continue
        start = text.find(words, done)
        if start < 0:
            if words != words_before or kind in kinds_before:
                continue
            start = last
        else:
            kinds_before = set()
        kinds_before.add(kind)
        words_before, last, done = words, start, start + len(words)
        spans.append({"start": start, "end": done, "kind": kind})
    return spans


def nested(*lists: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return spans of several lists in order, without those that lie across another one.

    >>> [s["kind"] for s in nested([{"start": 0, "end": 4, "kind": "link"}],
    ...                            [{"start": 2, "end": 6, "kind": "strong"}])]
    ['link']
    """
    spans = [span for found in lists for span in found]
    spans.sort(key=lambda span: (span["start"], -span["end"]))
    kept: list[dict[str, Any]] = []
    ends: list[int] = []
    for span in spans:
        while ends and ends[-1] <= span["start"]:
            ends.pop()
        if not ends or span["end"] <= ends[-1]:
            kept.append(span)
            ends.append(span["end"])
    return kept
