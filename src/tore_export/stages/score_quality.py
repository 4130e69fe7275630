"""ScoreQuality: signals of quality, and a score, for each document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.stages.stage import combined, is_live, put

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["QUALITY_RULE", "ScoreQuality"]

QUALITY_RULE = pa.struct(
    [
        pa.field("rule", pa.string()),
        pa.field("value", pa.float64()),
        pa.field("threshold", pa.float64()),
    ]
)


@dataclass(frozen=True)
class ScoreQuality:
    """Measure each document's prose, and say in one number what it is worth.

    Elements are looked at, not rendered text: signals do not depend on a format, and marks are no
    words. What each signal means, and how they make the score, is in `tore_export.quality.score`.

    **Rows** 1:1; nulls for rejected rows.
    **Reads** `elements`. **Writes** `signals` (struct of float64, null where a signal says nothing
    about a document), `quality_score` (in [0, 1]), `quality_rule` (the rule that took most off the
    score: its name, the value, and from where on it counts; null where none did).
    """

    reads: ClassVar[tuple[str, ...]] = ("elements", "reject")
    writes: ClassVar[tuple[str, ...]] = ("signals", "quality_score", "quality_rule")
    version: ClassVar[int] = 3

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with what was measured."""
        from tore_export.quality.score import SIGNALS, measure, score

        live = is_live(table)
        found = measure(combined(table["elements"]), live)
        scores = score(found)
        dead = pc.invert(live).to_numpy(zero_copy_only=False)
        signals = pa.StructArray.from_arrays(
            [pa.array(found[name], from_pandas=True) for name in SIGNALS],
            fields=[pa.field(name, pa.float64()) for name in SIGNALS],
            mask=pa.array(dead),
        )
        table = put(table, "signals", signals)
        table = put(table, "quality_score", pa.array(scores.scores, mask=dead))
        rules = _rules(found, scores.worst, (scores.worst < 0) | dead)
        return put(table, "quality_rule", rules)


def _rules(
    found: dict[str, npt.NDArray[np.float64]],
    worst: npt.NDArray[np.int64],
    none: npt.NDArray[np.bool_],
) -> pa.StructArray:
    """Return the rule that is `worst` for each document; null where there is `none`."""
    import numpy as np

    from tore_export.quality.score import RULES

    values = np.full(len(worst), np.nan)
    for number, rule in enumerate(RULES):
        rows = np.flatnonzero(worst == number)
        values[rows] = found[rule.signal].take(rows)
    chosen = pa.array(worst, mask=none)
    return pa.StructArray.from_arrays(
        [
            pa.array([rule.name for rule in RULES]).take(chosen),
            pa.array(values, mask=none),
            pa.array([rule.ok for rule in RULES]).take(chosen),
        ],
        fields=list(QUALITY_RULE),
        mask=pa.array(none),
    )
