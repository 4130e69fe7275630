"""What the terminal shows of the way of a document, by rich."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tore_export.audit.way import Explanation, RecordPlace, Way
from tore_export.cli.console import write_data

__all__ = ["print_explanation"]

_SHOWN = 160
_NAMED = 8


def print_explanation(found: Explanation) -> None:
    """Print an explanation on stdout."""
    from rich.console import Console

    # names are shown as they are: brackets are no markup, and no line is broken in a path
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    with console.capture() as shown:
        for number, way in enumerate(found.ways):
            if number:
                console.print()
            _print(console, way)
        more = found.n_documents - len(found.ways)
        if more:
            console.print(f"\nand {more:,} more documents")
    write_data(shown.get().encode(console.encoding, errors="replace"))


def _print(console: Any, way: Way) -> None:
    console.print(_line(way.doc_id), style="bold")
    for name, text in _told(way):
        console.print(f"{name:9} {text}")
    for record in way.records:
        console.print(f"\n{_line(way.doc_id)}#{record.number}", style="bold")
        for name, text in _record(record):
            console.print(f"{name:9} {text}")
    more = (way.n_records or 0) - len(way.records)
    if more > 0 and way.records:
        console.print(f"\n{more:,} more records of this document; {way.doc_id}#N shows the N-th")


def _told(way: Way) -> Iterator[tuple[str, str]]:
    facts = way.facts
    at = "" if way.place is None else f" at {way.place:,}"
    yield "source", f"{_line(way.source or 'not said')}{at}"
    if facts.get("n_elements") is not None:
        yield "elements", f"{facts['n_elements']:,}{_warned(facts)}"
    if facts.get("language") is not None:
        yield "language", str(facts["language"])
    if facts.get("n_tokens") is not None:
        yield "tokens", f"{facts['n_tokens']:,}"
    if facts.get("quality_score") is not None:
        yield "quality", f"{facts['quality_score']:.3f}"
    signals = facts.get("signals") or {}
    if signals:
        yield (
            "signals",
            ", ".join(f"{name} {value:.4g}" for name, value in signals.items() if value),
        )
    if facts.get("shortened"):
        shortened = facts["shortened"]
        yield "shortened", f"from {shortened['before']:,} to {shortened['after']:,} tokens"
    if way.reject is not None:
        yield way.state, f"by {way.reject['stage']}.{way.reject['rule']}{_measured(way.reject)}"
        if way.reject.get("detail"):
            yield "", _line(str(way.reject["detail"]))
        if way.reject.get("text"):
            yield "text", _short(str(way.reject["text"]))
    if way.split is not None:
        yield "split", _side(way.split)
    if facts.get("left_out"):
        yield "left out", ", ".join(f"{one['rule']} {one['n']:,}" for one in facts["left_out"])
    if way.n_records:
        yield "records", f"{way.n_records:,}"
    for file in way.files:
        yield str(file.get("format", "file")), f"{file.get('path')}, {file.get('size', 0):,} bytes"


def _warned(facts: Mapping[str, Any]) -> str:
    n_warnings = facts.get("warnings") or 0
    return f", {n_warnings:,} of them read as bare text only" if n_warnings else ""


def _measured(reject: Mapping[str, Any]) -> str:
    if reject.get("value") is None:
        return ""
    told = f": {reject['value']:.4g}"
    return told if reject.get("threshold") is None else f"{told}, threshold {reject['threshold']:g}"


def _side(split: Mapping[str, Any]) -> str:
    said = [
        f"{name.replace('_', ' ')} {_named(value)}"
        for name, value in split.items()
        if name not in ("name", "strategy") and value is not None
    ]
    strategy = split.get("strategy")
    return ", ".join([f"{split['name']}{f' ({strategy})' if strategy else ''}", *said])


def _record(record: RecordPlace) -> Iterator[tuple[str, str]]:
    yield "shard", f"{record.shard}, row {record.row:,}"
    if record.n_tokens is not None:
        yield "tokens", f"{record.n_tokens:,}"
    metadata = record.metadata
    for name, key in (("task", "task"), ("title", "title")):
        if metadata.get(key) is not None:
            yield name, _short(str(metadata[key]))
    chunk = metadata.get("chunk")
    if chunk:
        characters = f"characters {chunk['start']:,} to {chunk['end']:,}"
        yield "chunk", f"{chunk['number']:,} of {chunk['of']:,}, {characters}"
    if metadata.get("pages"):
        yield "pages", _named(metadata["pages"])
    if metadata.get("element_ids"):
        yield "elements", _named(metadata["element_ids"])
    for name, value in record.payload.items():
        yield from _texts(name, value)
    for element in record.elements or ():
        page = "" if element["page"] is None else f"page {element['page']:,}, "
        yield (
            "from",
            f"{page}{element['kind']} {_line(element['id'])}: {_short(element['text'] or '')}",
        )


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield what is trained on, turn by turn."""
    if isinstance(value, str):
        yield name, _short(value)
    elif isinstance(value, Sequence):
        for turn in value:
            said = list(turn.values()) if isinstance(turn, Mapping) else [turn, None]
            yield str(said[0]), _short(str(said[1]))


def _named(values: Any) -> str:
    if not isinstance(values, Sequence) or isinstance(values, str):
        return _line(str(values))
    more = f" and {len(values) - _NAMED:,} more" if len(values) > _NAMED else ""
    return ", ".join(_line(str(value)) for value in values[:_NAMED]) + more


def _short(text: str) -> str:
    line = _line(" ".join(text[: 4 * _SHOWN].split()))
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _line(text: str) -> str:
    """Return a text without what a terminal would act on."""
    return "".join(c if c.isprintable() else "·" for c in text)
