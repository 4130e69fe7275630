"""Write the figures of tuning.md from benchmarks/results, so that none is told that was not measured.

    python docs/make_figures.py            write; after benchmarks were run
    python docs/make_figures.py --check    say which figures are no longer what was measured

A figure stands before a comment that names where it comes from: `8.9<!-- FILE KEY/KEY -->`. It is
written with as many decimals as it has; where `%` follows, as a percentage.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).with_name("tuning.md")
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
FIGURE = re.compile(r"([\d,]+(?:\.(\d+))?)( %)?(<!-- (\w+) ([^>]+) -->)")
TOLERATED = 0.25  # a figure that moved by more is another figure; less is the machine's mood


def measured(file: str, keys: str) -> float:
    """Return a figure of a benchmark's results."""
    found = json.loads((RESULTS / f"{file}.json").read_text(encoding="utf-8"))["figures"]
    for key in keys.split("/"):
        found = found[int(key)] if isinstance(found, list) else found[key]
    return float(found)


def outdated(page: str) -> Iterator[str]:
    """Yield a line for each figure that is more than TOLERATED away from what was measured."""
    for shown, _, percent, _, file, keys in FIGURE.findall(page):
        told = float(shown.replace(",", "")) / (100 if percent else 1)
        now = measured(file, keys)
        if abs(told - now) > TOLERATED * abs(now):
            yield f"{file} {keys}: {shown} is told, {now:g} was measured"


def page_with_figures(page: str) -> str:
    """Return the page with each figure as it was measured."""

    def written(found: re.Match[str]) -> str:
        now = measured(found[5], found[6]) * (100 if found[3] else 1)
        return f"{now:,.{len(found[2] or '')}f}{found[3] or ''}{found[4]}"

    return FIGURE.sub(written, page)


def main() -> int:
    """Write the page, or with --check only tell what is outdated."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page_with_figures(page), encoding="utf-8")
        return 0
    lines = list(outdated(page))
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
