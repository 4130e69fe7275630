"""Dialogues in Markdown and plain text."""

from __future__ import annotations

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText

DIALOGUE = [
    Element(Kind.MESSAGE, "\nWhich *pump*?\n", meta={"role": "user", "name": "Ada\n*L*"}),
    Element(Kind.MESSAGE, "```\nP-101\n```", meta={"role": "assistant"}),
]


def columns() -> ElementColumns:
    return ElementColumns.from_elements([DIALOGUE])


def test_in_markdown_a_message_stands_as_it_is_below_its_speaker_in_bold() -> None:
    assert "".join(Markdown().render(columns())) == (
        "**User (Ada \\*L\\*):**\n\nWhich *pump*?\n\n**Assistant:**\n\n```\nP-101\n```"
    )


def test_without_structure_and_in_plain_text_the_speaker_is_not_marked() -> None:
    plain = "Which *pump*?\n\nAssistant:\n\n```\nP-101\n```"
    without = Markdown(preserve_structure=False).render(columns())
    assert "".join(without) == "User (Ada \\*L\\*):\n\n" + plain
    assert "".join(PlainText().render(columns())) == "User (Ada *L*):\n\n" + plain
