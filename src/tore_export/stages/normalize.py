"""Normalize: one spelling for what looks the same, before anything is rendered, scored or counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.columns import decode_meta, encode_meta
from tore_export.documents.schema import CELL, ELEMENT, Kind
from tore_export.errors import ConfigError, nearest
from tore_export.stages.moved_spans import moved_spans
from tore_export.stages.rewriting import Way, rewritten, where
from tore_export.stages.stage import combined, is_live, put

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Places = npt.NDArray[np.signedinteger]
    Truths = npt.NDArray[np.bool_]

__all__ = ["Normalize"]

KEPT = Kind.MESSAGE
"""The kind whose texts are nobody's to change: what was said, a model is to say."""

VERBATIM = (Kind.CODE, Kind.FORMULA)
"""Kinds in which every space and every character may mean something."""

SPACES = (
    *"\u00a0\u1680\u202f\u205f\u3000",
    *map(chr, range(0x2000, 0x200B)),
)
"""Unicode's spaces but for the ASCII ones."""

REMOVED = (
    *map(chr, [*range(0x01, 0x09), *range(0x0E, 0x20)]),
    *"\x7f\u00ad\u200b\u2060\ufeff",
)
"""Controls and what has neither width nor meaning; the joiners U+200C and U+200D do mean something."""

BREAKS = tuple("\r\x0b\x0c\x85\u2028\u2029")
"""What ends a line besides the newline."""

MISREAD = {
    chr(byte): bytes([byte]).decode("cp1252", "replace")
    for byte in range(0x80, 0xA0)
    if byte != 0x85
}
"""C1 controls are windows-1252 bytes that were read as Latin-1; here is what was meant."""

MEANT = (
    {"\r\n": "\n", "\0": "\ufffd"}
    | dict.fromkeys(BREAKS, "\n")
    | dict.fromkeys(REMOVED, "")
    | MISREAD
)
"""What takes the place of characters; of two that begin at one place, the first one here counts."""

SPACED = MEANT | dict.fromkeys(SPACES, " ")
"""The same where spaces mean nothing else; no Unicode form makes one of these of anything else."""

CHANGED_BY = {
    "NFC": (
        # all that combines, Hangul's parts, and the blocks of characters that are themselves not NFC
        r"\p{M}\x{1160}-\x{11FF}\x{340}-\x{387}\x{958}-\x{95F}\x{9DC}-\x{9DF}\x{A33}-\x{A5E}"
        r"\x{B5C}\x{B5D}\x{F43}-\x{FB9}\x{1F00}-\x{1FFF}\x{2000}\x{2001}\x{2126}\x{212A}\x{212B}"
        r"\x{2329}\x{232A}\x{2ADC}\x{F900}-\x{FAFF}\x{FB1D}-\x{FB4F}\x{1D15E}-\x{1D1C0}"
        r"\x{2F800}-\x{2FA1F}"
    ),
    "NFKC": r"\x{80}-\x{10FFFF}",
    "none": "",
}
"""For each form, a class of characters that holds all whose presence can make a text not be in it."""


@dataclass(frozen=True)
class Normalize:
    r"""Bring the texts of elements and cells, and titles, into one Unicode form with plain spaces.

    The messages of dialogues are left as they are, to the last byte. In every other text NUL becomes
    U+FFFD and `\r\n` becomes `\n`; in code and formulas nothing else does.
    All other texts are brought into `unicode_form`, lose control and zero-width characters, and get
    `\n` for every kind of line end and the windows-1252 character for a C1 control. Except in RAW
    text, whose indentation may be that of code, a run of spaces of any kind becomes one plain space,
    spaces at the ends of lines go, three and more newlines become two, and the ends are stripped.
    NFC keeps ligatures. Doing it twice changes nothing. The spans of a text and of a cell stay with
    their words.

    It costs one regular expression over each column; only texts it finds are written again.

    **Rows** 1:1; rejected rows are left alone.
    **Reads / Writes** `elements` (`text`, and `text` of `cells`), `title`.
    **Raises** ConfigError if `unicode_form` is none of NFC, NFKC, none.
    **Source** Unicode Standard Annex 15 (forms); WHATWG Encoding Standard (Latin-1 is windows-1252).

    >>> from tore_export.documents.columns import DocumentRows, ElementColumns
    >>> rows = DocumentRows(unit=0)
    >>> for column in rows.elements.lists():
    ...     column.append(None)
    >>> rows.elements.kinds[:], rows.elements.texts[:] = [1], ["e\u0301te\u00a0 1\r\n"]
    >>> rows.add("a", "a.md")
    >>> ElementColumns.from_arrow(Normalize()(rows.to_table())["elements"]).texts
    ['éte 1']
    """

    unicode_form: str = "NFC"

    reads: ClassVar[tuple[str, ...]] = ("elements", "title", "reject")
    writes: ClassVar[tuple[str, ...]] = ("elements", "title")
    version: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if self.unicode_form not in CHANGED_BY:
            raise ConfigError(
                "unknown Unicode form",
                where="unicode_form",
                found=self.unicode_form,
                allowed=", ".join(CHANGED_BY),
                hint=nearest(self.unicode_form, CHANGED_BY),
            )

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with normal texts."""
        import numpy as np

        live = is_live(table).to_numpy(zero_copy_only=False)
        titles = combined(table["title"])
        if titles.null_count < len(titles):
            [new_titles] = rewritten([titles], self._prose(np.flatnonzero(live)))
            if new_titles is not titles:
                table = put(table, "title", new_titles)
        elements = combined(table["elements"])
        new_elements = self._elements(elements, live)
        return table if new_elements is elements else put(table, "elements", new_elements)

    def _elements(self, elements: pa.ListArray, live: Truths) -> pa.ListArray:
        import numpy as np

        values = elements.flatten()
        texts, cells = values.field("text"), values.field("cells")
        rows = cells.flatten()
        leaves = rows.flatten()
        cell_texts = leaves.field("text")
        live = _inherited(live, elements)
        live_cells = _inherited(_inherited(live, cells), rows)
        kinds = pc.fill_null(values.field("kind"), -1).to_numpy()
        is_prose = ~np.isin(kinds, [*VERBATIM, Kind.RAW, KEPT]) & live
        new_texts, new_cell_texts = rewritten(
            [texts, cell_texts],
            self._prose(np.flatnonzero(np.concatenate([is_prose, live_cells]))),
            Way(
                np.flatnonzero((kinds == Kind.RAW) & live),
                self._character_fault(MEANT),
                self._mend_characters,
            ),
            Way(np.flatnonzero(np.isin(kinds, VERBATIM) & live), r"\x00|\r\n", _mend_verbatim),
        )
        if new_texts is texts and new_cell_texts is cell_texts:
            return elements
        new_cells, new_metas = cells, values.field("meta")
        if new_texts is not texts:
            new_metas = self._metas(new_metas, texts, new_texts)
        if new_cell_texts is not cell_texts:
            new_metas = self._rich(new_metas, cells)
            new_cells = _lists(cells, _with(rows, leaves, CELL, text=new_cell_texts))
        return _with(elements, values, ELEMENT, text=new_texts, cells=new_cells, meta=new_metas)

    def _metas(self, metas: pa.Array, texts: pa.Array, new_texts: pa.Array) -> pa.Array:
        """Return metas with the spans of changed texts moved to where their words now lie."""
        places = pc.indices_nonzero(pc.fill_null(pc.match_substring(metas, '"spans"'), False))
        places = places.filter(pc.not_equal(texts.take(places), new_texts.take(places)))
        if not len(places):
            return metas
        said = [decode_meta(meta) for meta in metas.take(places).to_pylist()]
        spans = [meta.get("spans") or [] for meta in said]
        moved = moved_spans(texts.take(places).to_pylist(), spans, self._mend_prose)
        return _replaced(
            metas, places, [meta | {"spans": own} for meta, own in zip(said, moved, strict=True)]
        )

    def _rich(self, metas: pa.Array, cells: pa.Array) -> pa.Array:
        """Return metas with the spans in changed cells moved to where their words now lie."""
        places = pc.indices_nonzero(pc.fill_null(pc.match_substring(metas, '"rich"'), False))
        if not len(places):
            return metas
        said = [decode_meta(meta) for meta in metas.take(places).to_pylist()]
        for meta, rows in zip(said, cells.take(places).to_pylist(), strict=True):
            spanned = [cell for cell in meta.get("rich") or () if cell.get("spans")]
            texts = [rows[cell["row"]][cell["place"]]["text"] for cell in spanned]
            moved = moved_spans(texts, [cell["spans"] for cell in spanned], self._mend_prose)
            for cell, own in zip(spanned, moved, strict=True):
                cell["spans"] = own
        return _replaced(metas, places, said)

    def _prose(self, places: Places) -> Way:
        return Way(places, self._prose_fault(), self._mend_prose)

    def _prose_fault(self) -> str:
        return rf"{self._character_fault(SPACED)}|  |[ \t]\n|\n\n\n|\A[ \t\n]|[ \t\n]\z"

    def _character_fault(self, meant: Mapping[str, str]) -> str:
        found = "".join(rf"\x{{{ord(one):X}}}" for one in meant if len(one) == 1)
        return f"[{found}{CHANGED_BY[self.unicode_form]}]"

    def _mend_prose(self, texts: pl.Series) -> pl.Series:
        faulty = texts.str.contains(self._character_fault(SPACED))
        texts = where(texts, faulty, lambda found: self._mend(found, SPACED))
        texts = texts.str.replace_all(" {2,}", " ")
        # few texts have one of these; to look for it costs less than to write all of them again
        broken = texts.str.contains(r"[ \t]\n|\n\n\n")
        return where(texts, broken, _mend_line_ends).str.strip_chars(" \t\n")

    def _mend_characters(self, texts: pl.Series) -> pl.Series:
        return self._mend(texts, MEANT)

    def _mend(self, texts: pl.Series, meant: Mapping[str, str]) -> pl.Series:
        texts = texts.str.replace_many(dict(meant), leftmost=True)
        changed = CHANGED_BY[self.unicode_form]
        if not changed:
            return texts
        form: Any = self.unicode_form
        return where(
            texts, texts.str.contains(f"[{changed}]"), lambda found: found.str.normalize(form)
        )


def _replaced(metas: pa.Array, places: pa.Array, said: list[dict[str, Any]]) -> pa.Array:
    values = metas.to_pylist()
    for place, meta in zip(places.to_pylist(), said, strict=True):
        values[place] = encode_meta(meta)
    return pa.array(values, metas.type)


def _mend_verbatim(texts: pl.Series) -> pl.Series:
    texts = texts.str.replace_all("\r\n", "\n", literal=True)
    return texts.str.replace_all("\0", "\ufffd", literal=True)


def _mend_line_ends(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(r"[ \t]+\n", "\n").str.replace_all(r"\n{3,}", "\n\n")


def _inherited(flags: Truths, lists: pa.ListArray) -> Truths:
    """Return for each value of `lists` the flag of its list."""
    import numpy as np

    found: Truths = np.repeat(flags, pc.fill_null(lists.value_lengths(), 0).to_numpy())
    return found


def _with(
    lists: pa.ListArray, values: pa.StructArray, struct: pa.StructType, **changed: pa.Array
) -> pa.ListArray:
    """Return `lists` of `values` in which some fields are changed."""
    children = [changed.get(field.name, values.field(field.name)) for field in struct]
    return _lists(lists, pa.StructArray.from_arrays(children, fields=list(struct)))


def _lists(like: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """Return lists as long, and null, as those of `like`, made of other values."""
    lengths = pc.fill_null(like.value_lengths(), 0)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    return pa.ListArray.from_arrays(
        offsets, values, type=like.type, mask=like.is_null() if like.null_count else None
    )
