"""The sections of the report that show numbers: documents, tokens, quality, splits, languages, units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from tore_export.report.about import About
from tore_export.report.charts import Bar, Column, bars, columns, legend, stack
from tore_export.report.figures import FATES, QUALITY_BINS, Figures, Rule
from tore_export.report.markup import section, table
from tore_export.results import RunSummary

__all__ = ["overview", "pictures"]

_MOST_BARS = 14


def overview(summary: RunSummary, figures: Figures) -> str:
    """Return what came in and what went out."""
    documents = summary.documents
    tokens_in = sum(figures.tokens.values())
    n_records, tokens_out = sum(summary.records.values()), sum(summary.tokens.values())
    about = "about " if summary.tokenizer is not None and summary.tokenizer.approximate else ""
    median = f"{figures.median_tokens:,} in the middle document" if figures.median_tokens else ""
    tiles = [
        ("Documents in", f"{documents['in']:,}", f"{summary.n_bytes / 1e6:,.1f} MB read"),
        ("Documents kept", f"{documents['kept']:,}", _share(documents["kept"], documents["in"])),
    ]
    if tokens_in or tokens_out:
        tiles.append(("Tokens in", f"{about}{tokens_in:,}", median))
    out = f"{about}{tokens_out:,} tokens" if tokens_out else ""
    what = "Records out" if tokens_out else "Files out"
    tiles.append((what, f"{n_records:,}", out))
    body = "".join(
        f"<div><dt>{name}</dt><dd>{figure}<small>{note}</small></dd></div>"
        for name, figure, note in tiles
    )
    body = f'<dl class="tiles">{body}</dl>'
    counts = {fate: documents[fate] for fate in FATES}
    body += f"{_colors()}<h3>Documents</h3>{_fates(counts, 'documents')}"
    if tokens_in:
        body += (
            f"<h3>Tokens, by what became of their document</h3>{_fates(figures.tokens, 'tokens')}"
        )
    body += "".join(f"<p>{escape(line)}</p>" for line in _notes(summary))
    return section("overview", "In and out", body, whole=True)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} of them" if whole else ""


def _colors(fates: Sequence[str] = FATES) -> str:
    return legend([(fate, fate) for fate in fates])


def _fates(counts: Mapping[str, int], what: str) -> str:
    whole = sum(counts.values())
    told = [
        f"{n:,} {what[:-1] if n == 1 else what} {fate} ({n / whole:.1%})"
        for fate, n in counts.items()
        if n
    ]
    parts = [
        (fate, n, told_one)
        for (fate, n), told_one in zip([one for one in counts.items() if one[1]], told, strict=True)
    ]
    said = ", ".join(told) or f"no {what}"
    return f'<p class="small">{said}</p>{stack(parts, said)}'


def _notes(summary: RunSummary) -> Iterator[str]:
    if summary.tokenizer is not None and summary.tokenizer.stands_in:
        yield f"All numbers of tokens are approximate: {summary.tokenizer.stands_in}."
    if summary.warnings:
        yield f"{summary.warnings:,} elements could only be read as their bare text."
    if summary.shortened:
        counts = summary.shortened
        yield (
            f"{counts['documents']:,} documents were shortened to their budget, "
            f"{counts['before']:,} to {counts['after']:,} tokens."
        )


def pictures(
    summary: RunSummary, figures: Figures, about: About, quality: float | None
) -> list[str]:
    """Return the sections in order; what the run did not measure has none. `quality`: least score."""
    found = [_reasons(summary, figures)]
    if figures.token_bins:
        found.append(_tokens(figures))
    if figures.quality_bins:
        found.append(_quality(figures, quality))
    if any(summary.records.values()):
        found.append(_splits(summary, about))
    if summary.leaks is not None:
        found.append(_leaks(summary))
    if set(figures.languages) - {"not said"}:
        found.append(_languages(figures))
    if figures.kinds:
        found.append(_kinds(figures))
    if summary.left_out:
        found.append(_left_out(summary))
    if figures.longest:
        found.append(_longest(figures))
    if figures.slowest:
        found.append(_slowest(figures))
    return found


def _reasons(summary: RunSummary, figures: Figures) -> str:
    if not figures.rules:
        return section("reasons", "Why documents went away", "<p>None did.</p>", whole=True)
    gone = summary.documents["dropped"] + summary.documents["failed"]
    rows = [
        Bar(
            name=rule.name,
            figure=f"{rule.documents:,} · {rule.documents / gone:.1%}",
            parts=((rule.fate, rule.documents, f"{rule.documents:,} documents {rule.fate}"),),
            note=_rule_note(rule),
            group=f"{rule.fate}:{rule.name}",
        )
        for rule in figures.rules[:_MOST_BARS]
    ]
    body = bars(rows, "Documents that went away, by rule")
    more = figures.rules[_MOST_BARS:]
    if more:
        rest = table(
            ["rule", "documents", "tokens"],
            [[one.name, f"{one.documents:,}", f"{one.tokens:,}"] for one in more],
            "lrr",
        )
        body += f"<details><summary>{len(more):,} rules more</summary>{rest}</details>"
    documents = "document" if gone == 1 else "documents"
    said = f"{gone:,} {documents}, by the rule that each broke first. A rule leads to its samples."
    return section("reasons", "Why documents went away", body, about=said, whole=True)


def _rule_note(rule: Rule) -> str:
    line = "" if rule.threshold is None else f"threshold {rule.threshold:g}, "
    return f"{line}{rule.tokens:,} tokens" if rule.tokens else line.removesuffix(", ")


def _tokens(figures: Figures) -> str:
    least = sorted(figures.token_bins)
    edges = [0] * (least[0] == 0)
    edge = max(least[0], 1)
    while edge <= least[-1]:
        edges.append(edge)
        edge *= 2
    nothing = dict.fromkeys(FATES, 0)
    bins = [
        Column(
            tick=_power(start),
            name="none" if start == 0 else f"{start:,} to {2 * start - 1:,}",
            parts=tuple(figures.token_bins.get(start, nothing).items()),
        )
        for start in edges
    ]
    body = _colors() + columns(bins, "Documents by their tokens, bins of powers of two", "tokens")
    said = "Documents by their tokens; each bin is twice as wide as the one before."
    return section("tokens", "Tokens of documents", body, about=said)


def _power(number: int) -> str:
    """Return a power of two in few characters: 4k is 4,096, as in a context of 4k.

    >>> [_power(2**n) for n in (0, 9, 12, 20)]
    ['1', '512', '4k', '1M']
    """
    for size, unit in ((2**20, "M"), (2**10, "k")):
        if number >= size:
            return f"{number // size}{unit}"
    return str(number)


def _quality(figures: Figures, least: float | None) -> str:
    nothing = dict.fromkeys(FATES, 0)
    bins = [
        Column(
            tick=f"{number / QUALITY_BINS:g}",
            name=f"{number / QUALITY_BINS:.2f} to {(number + 1) / QUALITY_BINS:.2f}",
            parts=tuple(figures.quality_bins.get(number, nothing).items()),
        )
        for number in range(QUALITY_BINS)
    ]
    line = None if least is None else (least, f"at least {least:g}")
    body = _colors() + columns(bins, "Documents by their quality score", "score", line)
    return section("quality", "Quality", body, about="Documents by their score, 0 to 1.")


def _splits(summary: RunSummary, about: About) -> str:
    is_dataset = bool(sum(summary.tokens.values()))
    n_records, n_tokens = sum(summary.records.values()), sum(summary.tokens.values())
    rows = []
    for split, n in summary.records.items():
        wanted = about.splits.get(split)
        tokens = summary.tokens.get(split, 0)
        told = f"{tokens:,} tokens ({tokens / n_tokens:.1%})" if n_tokens else ""
        note = told + ("" if wanted is None else f", {wanted:.1%} asked for")
        figure = f"{n:,} · {n / n_records:.1%}"
        rows.append(Bar(split, figure, (("kept", n, f"{n:,} records"),), note, f"kept:{split}"))
    what = "Records by split" if is_dataset else "Files by format"
    if not is_dataset:
        rows = [Bar(row.name, row.figure, row.parts) for row in rows]
    return section(
        "splits", "Splits" if is_dataset else "Formats", bars(rows, what), about=what + "."
    )


def _leaks(summary: RunSummary) -> str:
    report = summary.leaks
    assert report is not None
    similar = "" if report.threshold is None else f", {report.threshold:g} and more alike"
    told = [
        ("documents", report.split_documents),
        ("ids of several documents", report.shared_ids),
        (f"clusters of near-duplicates{similar}", report.near_duplicates),
        ("groups", report.groups),
        *(
            (f"records of {s} that another split has, too", n)
            for s, n in report.equal_records.items()
        ),
    ]
    rows = [[name, f"{n:,}"] for name, n in told if n is not None]
    said = f"The dataset was read back: {report.records:,} records. What lies in two splits:"
    return section("leaks", "Leaks", table(["what", "number"], rows, "lr"), about=said)


def _languages(figures: Figures) -> str:
    ordered = sorted(figures.languages.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    shown = ordered[:_MOST_BARS]
    rest = {fate: sum(counts[fate] for _, counts in ordered[_MOST_BARS:]) for fate in FATES}
    if sum(rest.values()):
        shown.append((f"{len(ordered) - _MOST_BARS:,} more", rest))
    rows = [
        Bar(
            name[:60],
            f"{sum(counts.values()):,}",
            tuple((fate, n, f"{n:,} {fate}") for fate, n in counts.items()),
        )
        for name, counts in shown
    ]
    body = _colors() + bars(rows, "Documents by language")
    return section(
        "languages", "Languages", body, about="Documents by what they say of themselves."
    )


def _kinds(figures: Figures) -> str:
    whole = figures.kinds.total()
    rows = [
        Bar(
            name.replace("_", " "),
            f"{n:,} · {n / whole:.1%}",
            (("other", n, f"{n:,} elements"),),
        )
        for name, n in sorted(figures.kinds.items(), key=lambda item: (-item[1], item[0]))
    ]
    said = f"{whole:,} elements of all documents that could be read."
    return section("kinds", "Kinds of elements", bars(rows, "Elements by kind"), about=said)


def _left_out(summary: RunSummary) -> str:
    rows = [Bar(rule, f"{n:,}", (("other", n, rule),)) for rule, n in summary.left_out.items()]
    said = "Samples of kept documents that became no record, by task and rule."
    return section("left-out", "Samples left out", bars(rows, "Samples left out"), about=said)


def _longest(figures: Figures) -> str:
    rows = [
        [one.source, one.doc_id, f"{one.tokens:,}", f"{one.elements or 0:,}", one.fate]
        for one in figures.longest
    ]
    head = ["source", "document", "tokens", "elements", "outcome"]
    return section("longest", "Longest documents", table(head, rows, "llrrl"), whole=True)


def _slowest(figures: Figures) -> str:
    rows = []
    for one in figures.slowest:
        span = one.first if one.first == one.last else f"{one.first} … {one.last}"
        rate = f"{one.documents / one.seconds:,.0f}" if one.seconds else ""
        rows.append([str(one.unit), span, f"{one.seconds:.2f}", f"{one.documents:,}", rate])
    head = ["unit", "sources", "seconds", "documents", "per second"]
    said = f"Units are the pieces that the input is cut into; {figures.unit_seconds:,.1f} s in all."
    return section("slowest", "Slowest units", table(head, rows, "llrrr"), about=said, whole=True)
