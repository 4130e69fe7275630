"""The fast engines: counts that are tiktoken's, several times as fast, used where that is proven.

gigatoken comes first, then toktok; tiktoken counts what neither may. An engine has to get texts with
known answers right when a process counts for the first time (`tokens/known_counts.py`). One that is
wrong in one of them, or cannot be loaded, is not used, with a warning. Texts with code points in which
the engines differ from tiktoken are kept from them (`tokens/guard.py`). Tests compare all code points,
arbitrary text and the documents of a corpus.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from tore_export.tokens.gigatoken_engine import GIGATOKEN_SCHEMES, GigatokenEngine
from tore_export.tokens.known_counts import known_counts
from tore_export.tokens.reference import is_panic
from tore_export.tokens.toktok_engine import TOKTOK_ENCODINGS, ToktokEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

__all__ = ["FAST_ENCODINGS", "FastEngine", "fast_engine", "wrong_counts"]


class FastEngine(Protocol):
    """Counts texts without guarded code points and without lone surrogates."""

    @property
    def name(self) -> str:
        """What a warning calls it."""

    @property
    def is_wrong_on_long_s(self) -> bool:
        """Whether it does not count a long s after an apostrophe as tiktoken does."""

    def count_texts(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""

    def count_slices(
        self,
        data: npt.NDArray[np.uint8],
        offsets: npt.NDArray[np.int64],
        goes_on: npt.NDArray[np.bool_] | None = None,
    ) -> list[int]:
        """Return the number of tokens of each text that lies in UTF-8 `data` between two offsets.

        `goes_on` tells of each whether it and the next one have as many tokens as both in one.
        """


FAST_ENCODINGS: dict[str, list[Callable[[str], FastEngine]]] = {}
"""The engines of each encoding that has any, the fastest first."""

for _encodings, _engine in ((GIGATOKEN_SCHEMES, GigatokenEngine), (TOKTOK_ENCODINGS, ToktokEngine)):
    for _encoding in _encodings:
        FAST_ENCODINGS.setdefault(_encoding, []).append(_engine)


@lru_cache(maxsize=8)
def fast_engine(encoding: str) -> FastEngine | None:
    """Return the fastest engine of the encoding that passes its check.

    None where there is none for the encoding, or where each failed.
    """
    for engine_of in FAST_ENCODINGS.get(encoding, ()):
        engine = engine_of(encoding)
        fault = _fault(engine, encoding)
        if fault is None:
            return engine
        warnings.warn(
            f"tokens of {encoding} are counted by another engine than {engine.name}, exact but "
            f"slower, since it failed its check: {fault}",
            RuntimeWarning,
            stacklevel=2,
        )
    return None


def _fault(engine: FastEngine, encoding: str) -> str | None:
    try:
        wrong = wrong_counts(engine, encoding)
    except Exception as error:
        return repr(error)
    except BaseException as error:
        if not is_panic(error):
            raise
        return repr(error)
    return f"it counts {wrong[0]!r} wrong" if wrong else None


def wrong_counts(engine: FastEngine, encoding: str) -> list[str]:
    """Return the texts of `known_counts` that the engine counts wrong, given as texts or as bytes."""
    import numpy as np

    known = known_counts(encoding)
    texts = list(known)
    contents = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, contents)])
    in_bytes = engine.count_slices(np.frombuffer(b"".join(contents), np.uint8), offsets)
    answers = zip(texts, engine.count_texts(texts), in_bytes, known.values(), strict=True)
    return [text for text, a, b, right in answers if not a == b == right]
