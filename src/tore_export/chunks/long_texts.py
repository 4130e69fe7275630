"""Cut a long text while its units are found, so that only those are there that a few chunks need."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from tore_export.chunks.cut import Cut, Request
from tore_export.chunks.fullest import cutter_of
from tore_export.chunks.units import Units, joined

if TYPE_CHECKING:
    from tore_export.chunks.long_units import LongUnits
    from tore_export.chunks.repeats import Repeats

__all__ = ["cuts_of_long"]

CHUNKS_AT_ONCE = 16  # so that few of them are cut again


def cuts_of_long(
    source: LongUnits, max_tokens: int, min_fill: float, repeats: Repeats | None
) -> Request:
    """Return the chunks of a text, those that its units would give all at once; see Cutter.

    The units known so far are cut to their end. Chunks for which the cutter came to see that end are
    cut again, with what follows; all others are as they are.
    """
    pieces = iter(source)
    known = next(pieces)
    done: list[Cut] = []
    start, previous = 0, 0
    wanted = CHUNKS_AT_ONCE * max_tokens
    while True:
        parts = [known]
        while parts[-1].tokens[-1] - known.tokens[0] < wanted or len(parts) == 1:
            part = next(pieces, None)
            if part is None:
                break
            parts.append(part)
        known = joined(parts)
        units = known.units()
        cutter = cutter_of(
            source.document.text, units, max_tokens, min_fill, source.adds_up, repeats
        )
        cutter.begin, cutter.previous = bisect_left(units.places, start), previous
        if repeats is not None:
            repeats.units = units
        cuts = yield from cutter.cuts()
        if units.places[-1] == len(source.document.text):
            done += cuts
            return done
        n_certain = _n_certain(cuts, units, cutter.end_seen_by)
        if n_certain:
            done += cuts[:n_certain]
            start, previous = cuts[n_certain - 1].end, cuts[n_certain - 1].start
            known = known.since(previous)
            wanted = CHUNKS_AT_ONCE * max_tokens
        else:
            wanted = 2 * int(known.tokens[-1] - known.tokens[0])


def _n_certain(cuts: list[Cut], units: Units, end_seen_by: int) -> int:
    """Return how many of the chunks do not depend on what follows, up to one that ends with a unit.

    `end_seen_by` is the place behind the beginning of the first chunk that does.
    """
    places = units.places
    certain = places[min(end_seen_by, len(places)) - 1]
    n = bisect_right(cuts, certain, key=lambda cut: cut.end)
    while n:
        end = cuts[n - 1].end
        if places[bisect_left(places, end)] == end:
            break
        n -= 1
    return n
