"""What a card says of a dataset: what was in, what went out and why, splits, leaks, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tore_export.results import LeakReport, RunSummary
from tore_export.sinks.made import Made
from tore_export.sinks.origins import NOT_SAID, Origins

__all__ = ["account", "stages"]

_MOST_FOLDERS = 20
_BY_HASH = ("random", "group")
_ON_AVERAGE = (
    "A hash decides, so shares hold on the average, and documents that belong together move them by as "
    "much as they are; `exact_ratios` comes nearer."
)


def account(
    summary: RunSummary, made: Made, origins: Origins, description: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the lines of the account."""
    yield from _what_it_is(summary, made)
    yield from _documents(summary)
    yield from _splits(summary, description)
    if summary.leaks is not None:
        yield from _leaks(summary.leaks)
    if summary.shortened:
        yield from ("## Shortened to their budget", "", *_shortened(summary.shortened), "")
    if summary.left_out:
        yield from (
            "## Samples that became no record",
            "",
            "| Task and rule | Samples |",
            "|---|---:|",
        )
        yield from (f"| `{rule}` | {n:,} |" for rule, n in summary.left_out.items())
        yield ""
    yield from _sources(origins, made)


def stages(description: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each stage was told, a line each."""
    yield from ("## Stages", "")
    for name, options in description["stages"].items():
        told = ", ".join(f"{key} {_told(value)}" for key, value in sorted(options.items()))
        yield f"- {name}: {told}"
    yield ""


def _what_it_is(summary: RunSummary, made: Made) -> Iterator[str]:
    n_records, n_tokens = sum(summary.records.values()), sum(summary.tokens.values())
    tasks = ", ".join(f"`{task}`" for task in made.tasks)
    of = "conversational `prompt_completion`" if made.conversational else f"`{made.shape}`"
    by = f" by `{summary.tokenizer.name}`" if summary.tokenizer is not None else ""
    yield f"{n_records:,} records of shape {of} and task {tasks}; {n_tokens:,} tokens{by}."
    yield ""
    if made.include_metadata:
        yield (
            "Each row says which document it is from, and its `metadata` which pages and elements; "
            "`tore-export explain` follows it back."
        )
        yield ""


def _documents(summary: RunSummary) -> Iterator[str]:
    documents = summary.documents
    yield from ("## Documents", "", "| in | kept | dropped | failed |", "|---:|---:|---:|---:|")
    yield (
        f"| {documents['in']:,} | {documents['kept']:,} "
        f"| {documents['dropped']:,} | {documents['failed']:,} |"
    )
    yield ""
    if summary.reasons:
        yield from ("| Why they went away | Documents |", "|---|---:|")
        yield from (f"| `{name}` | {n:,} |" for name, n in sorted(summary.reasons.items()))
        yield from ("", "Each is a row of `rejects/`, with value and threshold.", "")


def _splits(summary: RunSummary, description: Mapping[str, Any]) -> Iterator[str]:
    rules = description.get("splits") or description["stages"].get("Split", {})
    asked = dict(rules.get("splits", ()))
    n_records = sum(summary.records.values())
    yield from ("## Splits", "", "| Split | Records | Share | Asked for | Tokens |")
    yield "|---|---:|---:|---:|---:|"
    for split, rows in summary.records.items():
        if rows:
            wanted = f"{asked[split]:.1%}" if split in asked else ""
            tokens = summary.tokens.get(split, 0)
            yield f"| {split} | {rows:,} | {rows / n_records:.1%} | {wanted} | {tokens:,} |"
    yield ""
    if "strategy" in rules:
        yield from (f"Decided by {_decided(rules)}.", "")
    if rules.get("strategy") in _BY_HASH and not rules.get("exact_ratios"):
        yield from (_ON_AVERAGE, "")
    if summary.tokenizer is not None and summary.tokenizer.approximate:
        by, model = summary.tokenizer.encoding, summary.tokenizer.name
        yield f"All numbers of tokens are approximate: `{by}` stands in for `{model}`."
        yield ""


def _decided(rules: Mapping[str, Any]) -> str:
    told = [f"strategy `{rules['strategy']}`", f"seed {rules['seed']}"]
    if rules.get("group_by") and ("splits" not in rules or rules["strategy"] != "random"):
        told.append(f"groups of `{rules['group_by']}`")
    if rules["strategy"] == "stratified":
        told.append(f"strata of `{rules['stratify_by']}`")
    if rules.get("exact_ratios"):
        told.append("exact ratios")
    if rules.get("near_duplicates") is not None:
        told.append(f"documents at least {rules['near_duplicates']:g} similar on one side")
    if rules.get("against"):
        told.append("documents of earlier datasets on the side they had")
    return ", ".join(told)


def _leaks(report: LeakReport) -> Iterator[str]:
    yield from ("## Leaks", "", "The dataset was read back. On two sides there are:", "")
    yield from ("| | |", "|---|---:|")
    similar = "" if report.threshold is None else f", {report.threshold:g} and more"
    said = [
        ("Documents", report.split_documents),
        ("Ids of several documents", report.shared_ids),
        (f"Clusters of near-duplicates{similar}", report.near_duplicates),
        ("Groups", report.groups),
    ]
    yield from (f"| {name} | {number:,} |" for name, number in said if number is not None)
    for split, number in report.equal_records.items():
        yield f"| Records of {split} that another split has, too | {number:,} |"
    yield ""
    if report.is_inherited:
        yield "Documents keep the side they had in an earlier dataset, so some may be torn already."
        yield ""


def _shortened(counts: Mapping[str, int]) -> list[str]:
    said = [("Documents over it", counts["documents"]), ("Tokens before", counts["before"])]
    said += [
        (f"Saved: {name}", saved)
        for name, saved in counts.items()
        if saved and name not in ("documents", "before", "after")
    ]
    said.append(("Tokens after", counts["after"]))
    return ["| | |", "|---|---:|", *(f"| {name} | {n:,} |" for name, n in said)]


def _sources(origins: Origins, made: Made) -> Iterator[str]:
    yield from ("## Where it comes from", "")
    licence = f"`{made.license}`" if made.license else "not stated; it is that of the sources"
    yield from (f"Licence: {licence}.", "")
    if set(origins.folders) - {"."}:
        yield from ("| Folder of the source | Documents |", "|---|---:|")
        common = origins.folders.most_common(_MOST_FOLDERS)
        yield from (f"| {_cell(name)} | {n:,} |" for name, n in sorted(common))
        n_more = len(origins.folders) - len(common)
        if n_more:
            rest = sum(origins.folders.values()) - sum(n for _, n in common)
            yield f"| {n_more:,} more | {rest:,} |"
        yield ""
    if set(origins.languages) - {NOT_SAID}:
        yield from ("| Language, as documents say it | Documents |", "|---|---:|")
        languages = sorted(origins.languages.items(), key=lambda item: (-item[1], item[0]))
        yield from (f"| {_cell(name)} | {n:,} |" for name, n in languages[:_MOST_FOLDERS])
        yield ""


def _cell(name: str) -> str:
    """Return a name that came with the data as the text of a cell."""
    line = " ".join(name.split())[:100]
    return "`" + line.replace("`", "'").replace("|", "\\|") + "`"


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "(" + " ".join(_told(item) for item in value) + ")"
    if isinstance(value, dict):
        # a tokenizer's file: its pattern would be Markdown to the card
        if "content" in value:
            return f"{value['name']} {value['content']}"
        return "(" + ", ".join(f"{key} {_told(inner)}" for key, inner in value.items()) + ")"
    return str(value)
