"""Links that a source lists beside a text, as spans of that text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["embeds", "is_link", "links_of", "spans_of_links"]

MAX_LINKS = 10_000


def is_link(said: Any) -> bool:
    """Tell whether this is an address that may be written; an embedded file (`data:`) is none."""
    return isinstance(said, str) and 0 < len(said) <= 10_000 and not embeds(said)


def embeds(url: str) -> bool:
    """Tell whether an address is an embedded file."""
    return url[:40].lstrip().lower().startswith("data:")


def spans_of_links(text: str, links: Iterable[tuple[Any, Any, Any]]) -> list[dict[str, Any]]:
    """Return the spans of links given as (words, address, start), in order, none over another.

    A link is looked for at its start, else (sources count differently) from the end of the one
    before.

    >>> spans_of_links("see docs and code", [("docs", "d", 4)])
    [{'start': 4, 'end': 8, 'kind': 'link', 'url': 'd'}]
    """
    spans: list[dict[str, Any]] = []
    done = 0
    for words, url, said in links:
        if not isinstance(words, str) or not words.strip() or not is_link(url):
            continue
        start = said
        if (
            not isinstance(start, int)
            or isinstance(start, bool)
            or start < done
            or not text.startswith(words, start)
        ):
            start = text.find(words, done)
        if start >= 0:
            done = start + len(words)
            spans.append({"start": start, "end": done, "kind": "link", "url": url})
            if len(spans) == MAX_LINKS:
                break
    return spans


def links_of(metadata: Mapping[str, Any]) -> list[tuple[Any, Any, Any]]:
    """Return what an element's metadata lists as links: (words, address, start) each."""
    links = metadata.get("links")
    if isinstance(links, list):
        return [
            (link.get("text"), link.get("url"), link.get("start_index"))
            for link in links
            if isinstance(link, Mapping)
        ]
    urls, texts = metadata.get("link_urls"), metadata.get("link_texts")
    if isinstance(urls, list) and isinstance(texts, list) and len(texts) == len(urls):
        return [(text, url, None) for text, url in zip(texts, urls, strict=True)]
    return []
