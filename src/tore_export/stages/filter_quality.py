"""FilterQuality: documents below a score go to the rejects, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.errors import ConfigError
from tore_export.stages.stage import combined, reject

__all__ = ["FilterQuality"]


@dataclass(frozen=True)
class FilterQuality:
    """Reject documents whose score is below `min_quality_score`.

    The reject names the rule that took most off the score, the value it found and the threshold from
    which it counts; `detail` has the score and the minimum. A document without a score stays.

    **Rows** 1:1; rows are rejected, none goes away.
    **Reads** `quality_score`, `quality_rule`. **Writes** `reject`.
    **Raises** ConfigError if `min_quality_score` is not in [0, 1].
    """

    min_quality_score: float = 0.7

    reads: ClassVar[tuple[str, ...]] = ("quality_score", "quality_rule", "reject")
    writes: ClassVar[tuple[str, ...]] = ("reject",)
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if not 0.0 <= self.min_quality_score <= 1.0:
            raise ConfigError(
                "not a score",
                where="min_quality_score",
                found=self.min_quality_score,
                allowed="0 to 1",
                hint="the default is 0.7; 0 keeps every document",
            )

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with bad documents rejected."""
        scores = combined(table["quality_score"]).to_pylist()
        if all(score is None or score >= self.min_quality_score for score in scores):
            return table
        rules = combined(table["quality_rule"]).to_pylist()
        return reject(
            table,
            [
                None
                if score is None or score >= self.min_quality_score
                else self._reject(score, rule)
                for score, rule in zip(scores, rules, strict=True)
            ],
        )

    def _reject(self, score: float, rule: dict[str, Any]) -> dict[str, Any]:
        detail = (
            f"quality score {score:.2f} is below {self.min_quality_score:g}: "
            f"{rule['rule']} is {rule['value']:.4g}, and counts beyond {rule['threshold']:g}"
        )
        return {"stage": "filter_quality", "detail": detail, **rule}
