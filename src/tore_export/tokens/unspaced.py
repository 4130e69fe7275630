r"""Line ends put into text without spaces where each of them adds one token, and nothing else changes.

Chinese and Japanese words stand side by side, so a pattern that cuts at spaces and punctuation finds
long pieces of which hardly any comes twice: an engine that remembers pieces has nothing to remember.
Here a line end is put between two neighbouring characters that no token of the vocabulary joins. The
engine then sees short pieces, most of them again and again, and counts them several times as fast.

**Why the count is that of the text, plus one for each line end.** Let x and y be neighbours, both of
`LETTERS`, with a line end put between them.

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

Tests hold the count with line ends against tiktoken's without.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Places = npt.NDArray[np.intp]

__all__ = ["LETTERS", "Unjoined", "WithLineEnds", "unspaced_places"]

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

PARTED = 0xFF
"""What stands between the tokens of a vocabulary when it is searched: a byte that is in no UTF-8."""


class WithLineEnds(NamedTuple):
    """Texts, one after the other, with line ends put in, and how many each of them got."""

    data: Bytes
    offsets: npt.NDArray[np.int64]
    added: npt.NDArray[np.int64]


def unspaced_places(data: Bytes) -> Places | None:
    """Return where letters of three bytes may begin, or None where they are too few to be cut."""
    import numpy as np

    places = np.flatnonzero(_begins_letter(data[: max(len(data) - 2, 0)]))
    return places if len(places) and len(places) >= len(data) * LEAST_SHARE else None


class Unjoined:
    """The pairs of neighbouring characters that no token of a vocabulary joins."""

    def __init__(self, vocabulary: Iterable[bytes]) -> None:
        import numpy as np

        self._is_letter = np.zeros(1 << 16, bool)
        for first, last in LETTERS:
            self._is_letter[first : last + 1] = True
        # places in the table by chance, but the same in every process; a pair's is left ^ right
        random = np.random.default_rng(20_261_122)
        self._left, self._right = random.integers(0, TABLE, (2, 1 << 16)).astype(np.uint32)
        self._is_joined = np.zeros(TABLE, bool)
        joints = _joints(vocabulary)
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

    def with_line_ends(
        self, data: Bytes, offsets: npt.NDArray[np.int64], places: Places
    ) -> WithLineEnds:
        """Return the texts of UTF-8 `data` between `offsets` with line ends wherever they are free.

        `places` is what `unspaced_places` says of the data.
        """
        import numpy as np

        characters = _characters(*(data.take(places + i) for i in range(3)))
        letters = np.flatnonzero(self._is_letter.take(characters))
        places, characters = places.take(letters), characters.take(letters)
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
        cuts = places.take(np.flatnonzero(together)) + 3
        longer = np.full(len(data) + len(cuts), ord("\n"), np.uint8)
        is_text = np.ones(len(longer), bool)
        is_text[cuts + np.arange(len(cuts))] = False
        longer[is_text] = data
        before = np.searchsorted(cuts, offsets)
        return WithLineEnds(longer, offsets + before, np.diff(before))


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


def _joints(vocabulary: Iterable[bytes]) -> Bytes:
    r"""Return what stands in a token before and after the beginning of a letter inside it.

    **Rows** one per such place: the three bytes before and the three from there on, `PARTED` for those
    that lie beyond the ends of the token.

    >>> [row.tobytes() for row in _joints(["中文".encode(), b"\x87\xe6\x96", b"plain", "é文".encode()])]
    [b'\xe4\xb8\xad\xe6\x96\x87', b'\xff\xff\x87\xe6\x96\xff']
    """
    import numpy as np

    around = bytes([PARTED]) * 3
    data = np.frombuffer(around + around.join(vocabulary) + around, np.uint8)
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
