"""The fourth step: lines that every page has, addresses behind words, captions beyond a sentence."""

from __future__ import annotations

import re
from typing import Any

from tore_export.budget.cut import clipped_spans
from tore_export.budget.draft import Change, Content, Draft
from tore_export.budget.sentences import first_sentence
from tore_export.documents.columns import decode_meta, encode_meta
from tore_export.documents.schema import Kind

__all__ = ["boilerplate_lines", "is_boilerplate", "link_addresses", "long_captions"]

MOST_WORDS = 25
"""A longer text is no boiler-plate, whatever it says."""

_LINES = frozenset(
    int(kind) for kind in (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.QUOTE, Kind.FOOTNOTE, Kind.NOTE)
)
_PHRASES = re.compile(
    r"""
    ©|\(c\)\s*\d{4}|\bcopyright\b.{0,20}\d{4}|\ball\srights\sreserved\b|\balle\srechte\svorbehalten\b
    |\btous\sdroits\sréservés\b|\btodos\slos\sderechos\sreservados\b
    |\b(uses?|using|accept|reject|manage)\s(all\s)?cookies\b|\bcookie[\s-](policy|settings|notice|banner)
    |\bprivacy\s(policy|notice)\b|\bterms\s(of\s(use|service)|and\sconditions)\b
    |\bdatenschutzerklärung\b|\bpolitique\sde\sconfidentialité\b|\bpolítica\sde\sprivacidad\b
    |\bskip\sto\s(main\s)?content\b|\bback\sto\stop\b|\bjump\sto\snavigation\b
    |\b(subscribe|sign\sup)\sto\s(our|the)\b|\bnewsletter\b|\bfollow\sus\b|\bshare\s(this|on)\b
    |^\s*(log\s?in|sign\s?in|register|read\smore|learn\smore|click\shere|next|previous|advertisement
    |home|menu|search)\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
# each phrase has one of these: looking for them first takes a tenth of the time
_HINTS = (
    *(
        "©",
        "(c)",
        "copyright",
        "rights",
        "rechte",
        "droits",
        "derechos",
        "cookie",
        "privacy",
        "terms",
    ),
    *("datenschutz", "confidentialité", "privacidad", "skip", "back", "jump", "subscribe", "sign"),
    *("newsletter", "follow", "share", "log", "register", "more", "here", "next", "previous"),
    *("advertisement", "home", "menu", "search"),
)
_NAVIGATION = re.compile(r"\s+[|›»>·•/→]\s+")


def is_boilerplate(text: str) -> bool:
    """Tell whether a text is a line that belongs to a site or a page rather than to what it says.

    It has at most MOST_WORDS words, and one of the known phrases (copyright, cookies, privacy, terms,
    newsletters, navigation), or it is a row of at least three entries of at most three words.

    >>> is_boilerplate("© 2024 Example Inc."), is_boilerplate("Home | Products | About us")
    (True, True)
    >>> is_boilerplate("Bake the cookies for ten minutes.")
    False
    """
    if len(text) > 400 or len(text.split()) > MOST_WORDS:
        return False
    small = text.lower()
    if any(hint in small for hint in _HINTS) and _PHRASES.search(text):
        return True
    entries = _NAVIGATION.split(text.strip())
    return len(entries) > 2 and all(0 < len(entry.split()) <= 3 for entry in entries)


def boilerplate_lines(draft: Draft) -> list[Change]:
    """Return the lines that are boiler-plate and hold nothing else."""
    columns = draft.columns
    return [
        Change(i, draft.costs[i])
        for i, alone in enumerate(draft.is_alone())
        if alone and columns.kinds[i] in _LINES and is_boilerplate(columns.texts[i] or "")
    ]


def link_addresses(draft: Draft) -> list[Change]:
    """Return elements whose links and images are written without their addresses; the words stay."""
    wanted: list[tuple[int, Content]] = []
    for i, meta in enumerate(draft.columns.metas):
        if meta is None or not draft.kept[i] or not ('"link"' in meta or '"url"' in meta):
            continue
        text, cells, _ = draft.content(i)
        said = decode_meta(meta)
        rest = {key: said[key] for key in said if key not in ("url", "data")}
        if rest.get("spans"):
            rest["spans"] = _unlinked(rest["spans"])
        if rest.get("rich"):
            rest["rich"] = [
                {**cell, "spans": _unlinked(cell["spans"])} if cell.get("spans") else cell
                for cell in rest["rich"]
            ]
        wanted.append((i, (text, cells, encode_meta(rest))))
    return draft.savings(wanted)


def _unlinked(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [span for span in spans if span["kind"] != "link"]


def long_captions(draft: Draft) -> list[Change]:
    """Return captions, and what stands for images, as their first sentence."""
    columns = draft.columns
    wanted: list[tuple[int, Content]] = []
    for i, kind in enumerate(columns.kinds):
        if not draft.kept[i] or not draft.visible[i]:
            continue
        text, cells, meta = draft.content(i)
        said = decode_meta(meta) if meta else {}
        if kind in (Kind.TABLE, Kind.IMAGE):
            short = {
                key: first_sentence(str(said[key])) for key in ("alt", "caption") if said.get(key)
            }
            if kind == Kind.IMAGE and not short:
                text = first_sentence(text)
            if text != columns.texts[i] or any(short[key] != said[key] for key in short):
                wanted.append((i, (text, cells, encode_meta(said | short))))
        elif kind == Kind.CAPTION:
            first = first_sentence(text)
            if first != text:
                if "spans" in said:
                    said["spans"] = clipped_spans(said["spans"], len(first))
                wanted.append((i, (first, cells, encode_meta(said))))
    return draft.savings(wanted)
