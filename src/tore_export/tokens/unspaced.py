r"""Text without spaces made shorter, with a count from which that of the text follows.

Chinese and Japanese words stand side by side, so a pattern that cuts at spaces and punctuation finds
long pieces of which hardly any comes twice: an engine that remembers pieces has nothing to remember.
Here a line end is put between two neighbouring characters that no token of the vocabulary joins. A
character with a line end on either side is a piece of its own, and how many tokens it has is known:
it is taken out. The engine then sees less text, in short pieces, most of them again and again, and
counts it several times as fast.

**Why the count is that of the text, plus one for each line end, less the tokens of what was taken
out.** Let x and y be neighbours, both of `LETTERS`, with a line end put between them.

- *The line end is one token, always.* In all patterns of tiktoken a line end between two letters is a
  piece of its own: nothing takes it at the end of letters, and no piece that begins with it goes on
  with a letter.
- *The pieces of the text stay what they were, but for the one that held x and y, which is cut in two.*
  x and y are letters, so they are in one piece, and no pattern looks from one piece into the next
  except for white space. Left of the cut a piece ends as at the end of the text. Right of it a new one
  begins with a letter, and takes what the old one took. This needs a look in o200k_base, whose words
  are capitals, then small letters, where ideographs and kana count as both: "aあいBc" is "aあい", "Bc",
  but "あいBc" is one piece, so there no cut between あ and い is free. It is where the run of letters is
  followed by no letter or mark, or by a small one of ASCII, and only such runs are cut.
- *The two halves have as many tokens as the whole.* Byte pairs merge into tokens; a merge over the cut
  would be a token, or a part of one, that holds the last byte of x and the first of y side by side. The
  vocabulary is searched for these, incomplete characters at either end of a token included.
- *A letter between two line ends can go, and one of the line ends with it:* what remains is a line end
  between two letters.

Tests hold the count that follows against tiktoken's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Places = npt.NDArray[np.intp]

__all__ = ["LETTERS", "Shortened", "Unjoined", "unspaced_places"]

LETTERS = (
    (0x3041, 0x3096),
    (0x309D, 0x309F),
    (0x30A1, 0x30FA),
    (0x30FC, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFC),
)
"""First and last of the ranges of kana and ideographs between which text is cut.

Letters of categories Lo and Lm, of three bytes each, of which the first is 0xE3 to 0xE9.
"""

LEAST_SHARE = 0.05
"""Of the bytes, those that begin a letter; below it, looking for cuts costs more than it saves."""

TABLE = 1 << 19
"""Places in the table of joined pairs. Where two share one by chance a cut is not made: no harm."""

LINE_END = 0x0A

PARTED = 0xFF
"""What stands between the tokens of a vocabulary when it is searched: a byte that is in no UTF-8."""


class Shortened(NamedTuple):
    """Texts, one after the other, made shorter: a text has as many tokens more as `beyond` says."""

    data: Bytes
    offsets: npt.NDArray[np.int64]
    beyond: npt.NDArray[np.int64]


def unspaced_places(data: Bytes) -> Places | None:
    """Return where letters of three bytes may begin, or None where they are too few to be cut."""
    import numpy as np

    begins = _begins_letter(data[: max(len(data) - 2, 0)])
    if np.count_nonzero(begins) < max(1, len(data) * LEAST_SHARE):
        return None
    return np.flatnonzero(begins)


class Unjoined:
    """The pairs of neighbouring characters that no token of a vocabulary joins, and tokens of each."""

    def __init__(self, vocabulary: Iterable[bytes]) -> None:
        import numpy as np

        self._is_letter = np.zeros(1 << 16, bool)
        for first, last in LETTERS:
            self._is_letter[first : last + 1] = True
        # places in the table by chance, but the same in every process; a pair's is left ^ right
        random = np.random.default_rng(20_261_122)
        self._left, self._right = random.integers(0, TABLE, (2, 1 << 16)).astype(np.uint32)
        self._is_joined = np.zeros(TABLE, bool)
        tokens = _side_by_side(vocabulary)
        self._n_tokens = _n_tokens_of_characters(tokens)
        joints = _joints(tokens)
        is_whole = (joints[:, 0] != PARTED) & (joints[:, 4] != PARTED) & (joints[:, 5] != PARTED)
        whole = joints[is_whole].T
        self._join(_characters(*whole[:3]), _characters(*whole[3:]))
        letters = np.flatnonzero(self._is_letter).astype(np.uint16)
        parts = np.array([letters >> 12 | 0xE0, letters >> 6 & 0x3F | 0x80, letters & 0x3F | 0x80])
        for joint in np.unique(joints[~is_whole], axis=0):
            # a letter whose bytes are these, where the token holds them: any may be beyond its ends
            fits = (parts[:, None] == joint.reshape(2, 3).T[:, :, None]) | (
                joint.reshape(2, 3).T[:, :, None] == PARTED
            )
            before, after = fits.all(axis=0)
            self._join(
                np.repeat(letters[before], after.sum()), np.tile(letters[after], before.sum())
            )

    def _join(self, left: npt.NDArray[np.uint16], right: npt.NDArray[np.uint16]) -> None:
        self._is_joined[self._left[left] ^ self._right[right]] = True

    def shortened(self, data: Bytes, offsets: npt.NDArray[np.int64], places: Places) -> Shortened:
        """Return the texts of UTF-8 `data` between `offsets` with line ends, without what these part.

        `places` is what `unspaced_places` says of the data.
        """
        import numpy as np

        places, characters = self._letters(data, places)
        is_cut = self._is_cut_after(data, offsets, places, characters)
        is_alone = is_cut.copy()
        is_alone[:1] = False
        is_alone[1:] &= is_cut[:-1]
        is_first = is_alone.copy()
        is_first[1:] &= ~is_alone[:-1]
        # a line end comes in the place of letters that stand alone, and into cuts where none does
        is_between = is_cut & ~is_alone
        is_between[:-1] &= ~is_alone[1:]
        alone, firsts = np.flatnonzero(is_alone), places.take(np.flatnonzero(is_first))
        gone, between = places.take(alone), np.flatnonzero(is_between)
        is_kept = np.ones(len(data), bool)
        for i in range(3):
            is_kept[gone + i] = False
        is_kept[firsts] = True
        data = data.copy()
        data[firsts] = LINE_END
        kept = data[is_kept]
        n_gone = np.cumsum(is_alone * np.int8(3) - is_first, dtype=np.int64)
        cuts = places.take(between) + 3
        longer = np.full(len(kept) + len(cuts), LINE_END, np.uint8)
        is_text = np.ones(len(longer), bool)
        is_text[cuts - n_gone.take(between) + np.arange(len(cuts))] = False
        longer[is_text] = kept
        n_tokens = np.cumsum(np.append(0, self._n_tokens.take(characters.take(alone))))
        before = np.searchsorted(gone, offsets)
        n_ends = np.searchsorted(firsts, offsets) + np.searchsorted(cuts, offsets)
        return Shortened(
            longer, offsets - 3 * before + n_ends, np.diff(n_tokens[before]) - np.diff(n_ends)
        )

    def _letters(self, data: Bytes, places: Places) -> tuple[Places, npt.NDArray[np.uint16]]:
        """Return where letters begin, and which they are."""
        import numpy as np

        characters = _characters(*(data.take(places + i) for i in range(3)))
        letters = np.flatnonzero(self._is_letter.take(characters))
        return places.take(letters), characters.take(letters)

    def _is_cut_after(
        self,
        data: Bytes,
        offsets: npt.NDArray[np.int64],
        places: Places,
        characters: npt.NDArray[np.uint16],
    ) -> npt.NDArray[np.bool_]:
        """Tell of each letter whether a line end between it and the next one is free."""
        import numpy as np

        begins_text = np.zeros(len(places) + 1, bool)
        inner = offsets[1:-1]
        begins = np.searchsorted(places, inner)
        begins, inner = begins[begins < len(places)], inner[begins < len(places)]
        begins_text[begins[places[begins] == inner]] = True
        adjacent = np.zeros(len(places), bool)
        np.equal(places[1:] - places[:-1], 3, out=adjacent[:-1])
        ends_text = adjacent & begins_text[1:]
        together = adjacent & ~ends_text
        lasts = np.flatnonzero(~together)
        is_free = _ends_words(data, places.take(lasts) + 3) | ends_text.take(lasts)
        together &= np.repeat(is_free, np.diff(lasts, prepend=-1))
        pairs = self._left.take(characters[:-1]) ^ self._right.take(characters[1:])
        together[:-1] &= ~self._is_joined.take(pairs)
        return together


def _begins_letter(data: Bytes) -> npt.NDArray[np.bool_]:
    import numpy as np

    found: npt.NDArray[np.bool_] = (data - np.uint8(0xE3)) <= 0xE9 - 0xE3
    return found


def _characters(high: Bytes, middle: Bytes, low: Bytes) -> npt.NDArray[np.uint16]:
    """Return the characters that have these three bytes in UTF-8."""
    import numpy as np

    found = high.astype(np.uint16) << np.uint16(12)
    found |= (middle & np.uint8(0x3F)).astype(np.uint16) << np.uint16(6)
    found |= low & np.uint8(0x3F)
    return found


def _ends_words(data: Bytes, places: Places) -> npt.NDArray[np.bool_]:
    """Tell of each place whether what begins there lets the letters before it be cut: see the module.

    Known of ASCII but capitals, of the punctuation of U+2000 to U+203F and of that of Chinese and
    Japanese; all else is taken for a capital, which costs a cut, never a count.
    """
    import numpy as np

    first, second, third = (
        data[np.minimum(places + i, len(data) - 1)] * (places + i < len(data)) for i in range(3)
    )
    ascii_but_capitals = (first < 0x80) & ~_is_in(first, (ord("A"), ord("Z")))
    punctuation = (first == 0xE2) & (second == 0x80)
    ideographic = (first == 0xE3) & (second == 0x80) & _is_in(third, (0x80, 0x83), (0x88, 0xA0))
    full_width = (first == 0xEF) & (second == 0xBC) & _is_in(third, (0x81, 0x8F), (0x9A, 0xA0))
    middle_dot = (first == 0xE3) & (second == 0x83) & (third == 0xBB)
    found: npt.NDArray[np.bool_] = (
        ascii_but_capitals | punctuation | ideographic | full_width | middle_dot
    )
    return found


def _is_in(values: Bytes, *ranges: tuple[int, int]) -> npt.NDArray[np.bool_]:
    import numpy as np

    found = np.zeros(len(values), bool)
    for first, last in ranges:
        found |= (values >= first) & (values <= last)
    return found


def _side_by_side(vocabulary: Iterable[bytes]) -> Bytes:
    """Return the bytes of all tokens, with enough of `PARTED` between them to look around."""
    import numpy as np

    around = bytes([PARTED]) * 3
    return np.frombuffer(around + around.join(vocabulary) + around, np.uint8)


def _n_tokens_of_characters(tokens: Bytes) -> npt.NDArray[np.int64]:
    """Return how many tokens characters of three bytes have, each as a piece of its own.

    One where it is a token; two where its first two bytes or its last two are one, which they then
    merge into, for want of anything larger; else three.
    """
    import numpy as np

    first, second, third, fourth, fifth = (tokens[i : len(tokens) - 4 + i] for i in range(5))
    begins, is_lead = first == PARTED, _begins_letter(second)
    goes_on = (third & 0xC0) == 0x80
    whole = np.flatnonzero(
        begins & is_lead & goes_on & ((fourth & 0xC0) == 0x80) & (fifth == PARTED)
    )
    two = begins & goes_on & (fourth == PARTED)
    heads, tails = np.flatnonzero(two & is_lead), np.flatnonzero(two & ((second & 0xC0) == 0x80))
    characters = np.arange(1 << 16)
    is_head, is_tail = np.zeros(1 << 10, bool), np.zeros(1 << 12, bool)
    is_head[_characters(second[heads], third[heads], 0 * third[heads]) >> 6] = True
    is_tail[_characters(0 * third[tails], second[tails], third[tails]) & 0xFFF] = True
    found = np.where(is_head[characters >> 6] | is_tail[characters & 0xFFF], 2, 3)
    found[_characters(second[whole], third[whole], fourth[whole])] = 1
    return found


def _joints(data: Bytes) -> Bytes:
    r"""Return what stands in a token before and after the beginning of a letter inside it.

    **Rows** one per such place: the three bytes before and the three from there on, `PARTED` for those
    that lie beyond the ends of the token.

    >>> tokens = _side_by_side(["中文".encode(), b"\x87\xe6\x96", b"plain", "é文".encode()])
    >>> [row.tobytes() for row in _joints(tokens)]
    [b'\xe4\xb8\xad\xe6\x96\x87', b'\xff\xff\x87\xe6\x96\xff']
    """
    import numpy as np

    is_tail = (data & 0xC0) == 0x80
    places = 1 + np.flatnonzero(is_tail[:-1] & _begins_letter(data[1:]))
    rows = data[places[:, None] + np.arange(-3, 3)]
    before = rows[:, :3]
    # of the characters before, those of three bytes that a letter can have, or their last one or two
    is_second = (before[:, 1] & 0xC0) == 0x80
    could_be_letter = np.where(
        is_second,
        _begins_letter(before[:, 0]) | (before[:, 0] == PARTED),
        before[:, 1] == PARTED,
    )
    found: Bytes = rows[could_be_letter]
    return found
