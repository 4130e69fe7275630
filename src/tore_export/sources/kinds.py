"""Names of element types, in every dialect, and the kind each one is."""

from __future__ import annotations

import re

from tore_export.documents.schema import Kind

__all__ = ["ELEMENT_TYPES", "KINDS", "kind_of"]

_NAMES = {
    Kind.TITLE: "Title Heading Headline Subheadline Sub-headline Section-header SectionHeader"
    " SectionTitle Chapter",
    Kind.PARAGRAPH: "NarrativeText Text UncategorizedText Paragraph CompositeElement Address"
    " EmailAddress Abstract Threading Link Reference Bibliography DocumentData",
    Kind.LIST_ITEM: "ListItem List-item List BulletedText Bulleted-text NumberedListItem",
    Kind.TABLE: "Table TableChunk",
    Kind.CODE: "CodeSnippet CodeBlock Code",
    Kind.FORMULA: "Formula Equation Math",
    Kind.IMAGE: "Image Figure Picture Chart Diagram",
    Kind.CAPTION: "FigureCaption Caption TableCaption Table-caption ImageCaption",
    Kind.FOOTNOTE: "Footnote Endnote",
    Kind.QUOTE: "Quote BlockQuote Quotation",
    Kind.KEY_VALUE: "FormKeysValues KeyValue KeyValuePair Key-value Form Field-Name Value"
    " FormField",
    Kind.CHECKBOX: "Checkbox CheckBox Check-box Checked Unchecked CheckBoxChecked"
    " CheckBoxUnchecked RadioButton RadioButtonChecked RadioButtonUnchecked",
    Kind.HEADER: "Header Page-header PageHeader",
    Kind.FOOTER: "Footer Page-footer PageFooter",
    Kind.PAGE_NUMBER: "PageNumber Page-number",
    Kind.PAGE_BREAK: "PageBreak Page-break",
    Kind.RULE: "HorizontalRule ThematicBreak",
    Kind.NOTE: "Comment SpeakerNotes",
    Kind.TERM: "DefinitionTerm Term",
    Kind.DEFINITION: "Definition DefinitionDescription",
}

ELEMENT_TYPES: frozenset[str] = frozenset(
    name for names in _NAMES.values() for name in names.split()
)
"""Every type name as its dialect spells it; what tells an element from a document's row."""

_SEPARATORS = re.compile(r"[\s_-]+")
_FOLDED = {
    _SEPARATORS.sub("", name).lower(): kind
    for kind, names in _NAMES.items()
    for name in names.split()
}

KINDS: dict[str, int] = {
    name: int(kind) for kind, names in _NAMES.items() for name in names.split()
}
"""Type name as spelled to kind; for hot loops, which take what is missing to `kind_of`."""


def kind_of(name: object) -> int | None:
    """Return the kind of a type name, whatever its case and separators; None where it is unknown.

    >>> kind_of("section_header"), kind_of("NarrativeText"), kind_of("Hologram")
    (0, 1, None)
    """
    if not isinstance(name, str):
        return None
    kind = KINDS.get(name)
    if kind is None and len(name) < 64:
        found = _FOLDED.get(_SEPARATORS.sub("", name).lower())
        kind = None if found is None else int(found)
    return kind
