"""Where sentences end, in any script, found in all of a text at once.

A sentence ends behind a full stop, a question or exclamation mark (of any script) and the quotes,
brackets and marks that close behind it, if white space follows; behind the wide ones of Chinese and
Japanese whatever follows. A full stop alone ends none before a small letter, after an abbreviation, an
initial, the number of an item or of a figure that a line begins with, or letters with full stops between
them.

**Source** Unicode Standard Annex 29, sentence boundaries, of which this is a subset; the abbreviations
are our own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tore_export.chunks.characters import Character, character_table
from tore_export.chunks.spaces import Spaces

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["ABBREVIATIONS", "FARTHEST_BACK", "sentence_ends", "sentence_ends_of"]

_WORDS = """
dr mr mrs ms mx prof rev hon st sr jr gen col capt lt sgt adm gov sen rep messrs mme mlle
vs etc cf al ca viz approx esp incl excl resp fig figs eq eqs sec ch chap vol vols pp ed eds
no nos op cit ibid art ref refs tab app dept univ assn inc ltd co corp bros ave blvd rd mt ft
jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
nr bzw usw ggf evtl inkl exkl vgl abb bd hrsg str tel bspw sog zzgl max min abs bzgl lfd ziff
sra srta dra ud uds pág págs núm ej av art env aprox
sig dott ing avv pag ecc es
av enl ill éd trad
dhr mevr blz bijv enz
стр рис табл гл см ср др пр тыс млн млрд руб коп ул им проф акад напр обл
"""
ABBREVIATIONS = frozenset(_WORDS.split())
"""Words that a full stop follows without ending a sentence, in small letters."""

_LONGEST_NUMBER = 3
_LONGEST = max(map(len, ABBREVIATIONS))
FARTHEST_BACK = _LONGEST + 4
"""Characters before a full stop that have a bearing on it: the letters of a word and what is before."""

_BITS = 11  # of a code point below U+0800; five of them, and a sixth cut short, fit in 64 bits


@lru_cache(maxsize=1)
def _abbreviation_keys() -> npt.NDArray[np.uint64]:
    import numpy as np

    return np.array(sorted({_key(word) for word in ABBREVIATIONS}), np.uint64)


def _is_abbreviation(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    import numpy as np

    known = _abbreviation_keys()
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    found: npt.NDArray[np.bool_] = known[places] == keys
    return found


def _begins_item(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Tell which characters may stand before the space before an item's number."""
    found: npt.NDArray[np.bool_] = codes == ord("\n")
    for mark in "#*-":
        found |= codes == ord(mark)
    return found


def _key(word: str) -> int:
    key = 0
    for character in word:
        key = (key << _BITS | ord(character)) & (1 << 64) - 1
    return key


def sentence_ends_of(text: str) -> list[int]:
    r"""Return where sentences and lines of running text end, before its own end, ascending.

    >>> text = "Fig. 2 shows it. So does e. g. the next!\nAnd this"
    >>> [text[:end] for end in sentence_ends_of(text)]
    ['Fig. 2 shows it.', 'Fig. 2 shows it. So does e. g. the next!']
    """
    import numpy as np

    codes = np.frombuffer(f"\n{text}\n".encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = character_table()[codes]
    spaces = Spaces.of(codes, classes)
    ends, _ = sentence_ends(codes, classes, spaces.ends, spaces.n_line_ends)
    places = np.concatenate([ends, spaces.begins[spaces.n_line_ends > 0]]) - 1
    places.sort()
    once = places[(np.diff(places, prepend=0) > 0) & (places < len(text))]
    found: list[int] = once.tolist()
    return found


def sentence_ends(
    codes: npt.NDArray[np.uint32],
    classes: npt.NDArray[np.uint8],
    word_starts: npt.NDArray[np.int64],
    n_line_ends: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the ends of sentences, ascending, and of each whether white space follows it.

    `word_starts` are the places of what follows white space, `n_line_ends` the line ends in it. The
    text has to begin and end with a line end.
    """
    import numpy as np

    c = Character
    term = (classes >= c.STOP) & (classes <= c.CLOSE)
    places = np.flatnonzero(term)
    if not len(places):
        return places, np.zeros(0, np.bool_)
    # runs of terminators and what closes behind them
    begins = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    kinds = classes[places]
    strongest = np.maximum.reduceat(np.where(kinds == c.CLOSE, 0, kinds), begins)
    some = strongest >= c.STOP
    begins, strongest = begins[some], strongest[some]
    firsts = places[begins]
    lengths = np.diff(np.append(np.flatnonzero(np.diff(places, prepend=-2) != 1), len(places)))
    ends = firsts + lengths[some]
    after = classes[ends]
    spaced = (after == c.SPACE) | (after == c.LINE_END)
    # the border of a table's cell
    spaced &= codes[np.minimum(ends + 1, len(codes) - 1)] != ord("|")
    kept = spaced | ((strongest == c.WIDE) & (after != c.EXTEND))
    firsts, ends, strongest, spaced = firsts[kept], ends[kept], strongest[kept], spaced[kept]
    alone = np.flatnonzero(strongest == c.STOP)
    kept = np.ones(len(ends), np.bool_)
    kept[alone] = ~_is_no_end(codes, classes, word_starts, n_line_ends, firsts[alone], ends[alone])
    ends, spaced = ends[kept], spaced[kept]
    # what closes a German quotation opens a Chinese one
    ends -= ~spaced & (codes[ends - 1] == ord("“"))
    return ends, spaced


def _is_no_end(
    codes: npt.NDArray[np.uint32],
    classes: npt.NDArray[np.uint8],
    word_starts: npt.NDArray[np.int64],
    n_line_ends: npt.NDArray[np.int64],
    firsts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Tell which runs of full stops (from `firsts` to `ends`) end no sentence."""
    import numpy as np

    c = Character
    last = len(codes) - 1
    at = np.searchsorted(word_starts, ends)
    follows = np.minimum(np.append(word_starts, last)[at], last)
    first_class = classes[follows]
    quoted = (first_class == c.OPEN) | (first_class == c.CLOSE)
    first_class = np.where(quoted, classes[np.minimum(follows + 1, last)], first_class)
    no_end: npt.NDArray[np.bool_] = first_class == c.LOWER
    # the word before the stop, at most _LONGEST letters of it
    letters = np.zeros(len(firsts), np.int64)
    keys = np.zeros(len(firsts), np.uint64)
    going = np.ones(len(firsts), np.bool_)
    for step in range(1, _LONGEST + 2):
        # the text begins with a line end, which is no letter
        before = np.maximum(firsts - step, 0)
        kind = classes[before]
        going &= (kind >= c.UPPER) & (kind <= c.DIGIT)
        code = codes[before].astype(np.uint64)
        capital = (kind == c.UPPER) & ((code < 0xDF) | ((code >= 0x410) & (code < 0x430)))
        code = np.where(capital, code + np.uint64(0x20), code)
        shift = np.uint64(_BITS * (step - 1)) if step <= 6 else np.uint64(63)
        keys = np.where(going & (step <= 6), keys | code << shift, keys)
        letters += going
    edge = firsts - letters - 1
    run = np.searchsorted(word_starts, firsts - letters, side="right") - 1
    edge_class = classes[np.maximum(edge, 0)]
    edge_code = np.where(edge >= 0, codes[edge], ord("\n"))
    head_class = classes[np.maximum(firsts - letters, 0)]
    single_stop = codes[firsts] == ord(".")
    word = single_stop & (letters > 0)
    short = word & (letters <= 6) & _is_abbreviation(keys)
    initial = word & (letters == 1) & (head_class == c.UPPER) & (codes[firsts - 1] != ord("I"))
    dotted = word & (letters <= 2) & (edge_code == ord(".")) & (head_class != c.DIGIT)
    # the number or letter of an item: nothing but a mark stands before it on its line
    further = np.where(edge >= 1, codes[edge - 1], ord("\n"))
    on_new_line = (word_starts[run] == firsts - letters) & (n_line_ends[run] > 0)
    at_start = on_new_line | ((edge_class == c.SPACE) & _begins_item(further))
    item = word & at_start & (((letters <= 3) & (head_class == c.DIGIT)) | (letters == 1))
    # a word and a number that begin a line: "Table 2. Valves", "Рис. 3. Насос"
    before = np.maximum(run - 1, 0)
    label = word & (run > 0) & (n_line_ends[before] > 0) & (n_line_ends[run] == 0)
    label &= (firsts - word_starts[run] <= _LONGEST_NUMBER) & (head_class == c.DIGIT)
    opening = classes[np.minimum(word_starts[before], last)]
    label &= (opening >= c.UPPER) & (opening != c.LOWER) & (opening != c.DIGIT)
    no_end |= short | initial | dotted | item | label
    return no_end
