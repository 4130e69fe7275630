"""The report's page: one file of HTML that needs nothing beside it and runs no script but its own."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

import msgspec

from tore_export.report.about import About, as_rows
from tore_export.report.figures import Figures
from tore_export.report.markup import section
from tore_export.report.samples import Sample
from tore_export.report.sections import overview, pictures
from tore_export.results import RunSummary

__all__ = ["json_in_script", "page"]

SAMPLE_BYTES = 1_500_000
"""Most bytes that samples take in a page."""


def page(
    summary: RunSummary,
    figures: Figures,
    samples: Sequence[Sample],
    description: Mapping[str, Any],
    about: About,
) -> str:
    """Return the whole page. What came with the data is text in it, never markup or script."""
    script = files(__package__).joinpath("page.js").read_text("utf-8")
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    # no script but this one, and no request, even if a text were taken for markup
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    name = about.name or re.split(r"[\\/]", summary.output.rstrip("/\\"))[-1]
    title = f"Run report: {name}"
    quality = description.get("stages", {}).get("FilterQuality", {}).get("min_quality_score")
    sections = [
        overview(summary, figures),
        *pictures(summary, figures, about, quality),
        _browser(samples),
        _plan(description, about),
        _environment(summary, about),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#overview">To the numbers</a>\n'
        f'<header class="top"><div><h1>{escape(title)}</h1>'
        f'<p class="soft">{escape(_subtitle(summary, about))}</p></div>'
        '<button id="theme" type="button" hidden aria-label="Switch between light and dark">'
        f"</button></header>\n{_navigation(sections)}\n<main>\n"
        + "\n".join(sections)
        + "\n</main>\n<footer><p>Made by tore-export from the facts of the run. "
        "It asks no network for anything.</p></footer>\n"
        f'<script type="application/json" id="sample-data">{_sample_data(samples)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _subtitle(summary: RunSummary, about: About) -> str:
    tasks = ", ".join(about.tasks)
    told = [f"task {tasks}" if tasks else "", f"shape {about.shape}" if about.shape else ""]
    if about.inputs:
        told.append(f"from {', '.join(about.inputs)}")
    if summary.tokenizer is not None:
        told.append(f"tokens by {summary.tokenizer.name}")
    return " · ".join(part for part in told if part)


def _navigation(sections: Sequence[str]) -> str:
    found = [re.match(r'<section id="([^"]+)".*?<h2[^>]*>(.*?)</h2>', one) for one in sections]
    links = "".join(f'<li><a href="#{one[1]}">{one[2]}</a></li>' for one in found if one)
    return f'<nav aria-label="Sections"><ul>{links}</ul></nav>'


def _browser(samples: Sequence[Sample]) -> str:
    if not samples:
        return section("samples", "Samples", "<p>There are none.</p>", whole=True)
    groups = Counter((one.fate, one.group) for one in samples)
    fates = Counter(one.fate for one in samples)
    options = [f'<option value="">All ({len(samples):,})</option>']
    for fate, n in fates.items():
        options.append(f'<option value="{fate}">All {fate} ({n:,})</option>')
        options += [
            f'<option value="{escape(f"{fate}:{group}")}">{escape(f"{fate}: {group}")} ({n:,})</option>'
            for (of, group), n in groups.items()
            if of == fate
        ]
    body = (
        "<noscript><p>The samples are shown by a script, and scripts are off.</p></noscript>"
        '<div class="filters"><label>Show<select id="sample-group">'
        f"{''.join(options)}</select></label>"
        '<label>Search<input id="sample-search" type="search" autocomplete="off"></label>'
        '<span><button id="sample-previous" type="button">Previous</button> '
        '<button id="sample-next" type="button">Next</button></span>'
        '<span id="sample-count" class="soft small" role="status"></span></div>'
        '<div class="browser"><ul id="sample-list" class="list" role="listbox" tabindex="0" '
        'aria-label="Samples" aria-controls="sample"></ul>'
        '<article id="sample" class="sample" tabindex="0" aria-label="The chosen sample">'
        "</article></div>"
    )
    said = (
        "Some records as they were written, and some documents that went away, each with the rule, what "
        "was measured, and the threshold. ↑ ↓ Home End move in the list."
    )
    return section("samples", "Samples", body, about=said, whole=True)


def _sample_data(samples: Sequence[Sample]) -> str:
    """Return samples as JSON, as many as there is room for: of each group some before any has many."""
    turns: Counter[tuple[str, str]] = Counter()
    ranked = []
    for at, one in enumerate(samples):
        ranked.append((turns[one.fate, one.group], at))
        turns[one.fate, one.group] += 1
    room, chosen = SAMPLE_BYTES, []
    for _, at in sorted(ranked):
        text = json_in_script(samples[at])
        size = len(text.encode())
        if size <= room:
            room -= size
            chosen.append((at, text))
    return "[" + ",\n".join(text for _, text in sorted(chosen)) + "]"


def json_in_script(value: Any) -> str:
    r"""Return JSON that ends no script element and opens no comment, whatever it holds.

    >>> json_in_script({"text": "</script><!--"})
    '{"text":"\\u003c/script\\u003e\\u003c!--"}'
    """
    text = msgspec.json.encode(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _plan(description: Mapping[str, Any], about: About) -> str:
    parts = []
    if about.config:
        parts.append(
            f"<div><h3>Configuration, where not as by default</h3>{_list(about.config)}</div>"
        )
    stages = description.get("stages", {})
    for name, options in stages.items():
        own = {key: value for key, value in options.items() if key != "version"}
        parts.append(f"<div><h3>{escape(name)}</h3>{_list(own)}</div>")
    # the hash of the input holds when its files were written, and so differs where nothing else does
    description = {
        name: {key: value for key, value in said.items() if key not in ("sha256", "version")}
        for name, said in description.items()
        if isinstance(said, Mapping)
    }
    parts += [
        f"<div><h3>{name.capitalize()}</h3>{_list(description[name])}</div>"
        for name in ("splits", "sink", "limits", "input")
        if description.get(name)
    ]
    body = f'<div class="two">{"".join(parts)}</div>'
    said = "Each document went through these stages, in this order."
    return section("plan", "Plan", body, about=said, whole=True)


def _environment(summary: RunSummary, about: About) -> str:
    rate = f"{summary.n_bytes / 1e6 / summary.seconds:,.1f} MB/s" if summary.seconds else ""
    run = {"engine": summary.engine, "seconds": f"{summary.seconds:,.1f}", "throughput": rate}
    run["units"] = f"{summary.units:,}"
    if summary.resumed_units:
        run["units resumed"] = f"{summary.resumed_units:,}"
    parts = f"<div><h3>Run</h3>{_list(run)}</div>"
    if about.environment:
        parts += f"<div><h3>Versions</h3>{_list(about.environment)}</div>"
    body = f'<div class="two">{parts}</div>'
    return section("environment", "Environment", body, whole=True)


def _list(options: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
        for name, value in as_rows(options)
        if value
    )
    return f'<dl class="options">{rows}</dl>' if rows else '<p class="soft small">no options</p>'
