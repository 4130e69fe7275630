"""Ways in which documents go bad. A document is a list of (kind, text)."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Sequence

from tore_export.documents.schema import PROSE, Kind

Document = list[tuple[int, str]]

MENU = """Home|About us|Contact|Products|Services|News|Blog|Careers|Login|Sign up|FAQ|Help|Search
|Privacy policy|Terms of use|Imprint|Site map|Downloads|Support|Gallery|Events|Partners|Press|Shop
|My account|Cart|Checkout|Wish list|Newsletter|Facebook|Twitter|Instagram|RSS|Next|Previous|Back to top
|Read more|Share|Print|Subscribe|Follow us|Team|History|Locations|Opening hours|Reviews|Pricing|Features
|Documentation|Forum|Community|Donate|Archive|Categories|Tags|Recent posts|Popular|Languages|English
|Deutsch|Français|Log out|Settings|Profile|Messages|Notifications|Orders|Returns|Shipping|Gift cards
|Sale|New arrivals|Women|Men|Kids|Brands|Stores|Cookie settings|Accessibility|Feedback""".replace(
    "\n", ""
).split("|")


def prose(document: Document) -> list[str]:
    return [text for kind, text in document if kind in PROSE]


def each_text(document: Document, change: Callable[[str], str]) -> Document:
    return [(kind, change(text) if kind in PROSE else text) for kind, text in document]


def _mixed(parts: Sequence[str], dice: random.Random) -> list[str]:
    return dice.sample(parts, len(parts))


def letters_within_words(document: Document, dice: random.Random) -> Document:
    def change(text: str) -> str:
        return re.sub(r"\S+", lambda word: "".join(_mixed(word[0], dice)), text)

    return each_text(document, change)


def characters_of_elements(document: Document, dice: random.Random) -> Document:
    return each_text(document, lambda text: "".join(_mixed(text, dice)))


def base64_of_text(document: Document, dice: random.Random) -> Document:
    return each_text(document, lambda text: base64.b64encode(text.encode()).decode())


def base64_in_lines(document: Document, dice: random.Random) -> Document:
    return [(1, base64.encodebytes("\n".join(prose(document)).encode()).decode())]


def one_line(document: Document, dice: random.Random) -> Document:
    line = dice.choice(prose(document))
    return [(kind, line) for kind, _ in document]


def latin_1(document: Document, dice: random.Random) -> Document:
    return each_text(document, lambda text: text.encode().decode("latin-1"))


def windows_1252(document: Document, dice: random.Random) -> Document:
    return each_text(document, lambda text: text.encode().decode("cp1252", "replace"))


def encoded_twice(document: Document, dice: random.Random) -> Document:
    return latin_1(windows_1252(document, dice), dice)


def utf_16(document: Document, dice: random.Random) -> Document:
    return each_text(document, lambda text: text.encode("utf-16-le").decode("latin-1"))


def words_of_elements(document: Document, dice: random.Random) -> Document:
    return each_text(document, lambda text: " ".join(_mixed(text.split(), dice)))


def words_of_document(document: Document, dice: random.Random) -> Document:
    rest = _mixed([word for text in prose(document) for word in text.split()], dice)
    return each_text(document, lambda text: " ".join(rest.pop() for _ in text.split()))


def words_without_punctuation(document: Document, dice: random.Random) -> Document:
    def change(text: str) -> str:
        return " ".join(_mixed(re.findall(r"\w+", text.lower()), dice))

    return each_text(document, change)


def words_of(vocabulary: list[str]) -> Callable[[Document, random.Random], Document]:
    def spoil(document: Document, dice: random.Random) -> Document:
        return each_text(
            document, lambda text: " ".join(dice.choices(vocabulary, k=len(text.split())))
        )

    return spoil


def menu(document: Document, dice: random.Random) -> Document:
    return [(Kind.LIST_ITEM, dice.choice(MENU)) for _ in document]


def menu_without_repeats(document: Document, dice: random.Random) -> Document:
    wanted = min(len(document), len(MENU))
    return [(Kind.PARAGRAPH, text) for text in dice.sample(MENU, wanted)]


KINDS: dict[str, Callable[[Document, random.Random], Document]] = {
    "letters within words": letters_within_words,
    "characters of elements": characters_of_elements,
    "base64 of each text": base64_of_text,
    "base64 in lines": base64_in_lines,
    "one line again and again": one_line,
    "UTF-8 read as Latin-1": latin_1,
    "UTF-8 read as windows-1252": windows_1252,
    "encoded twice": encoded_twice,
    "UTF-16 read as Latin-1": utf_16,
    "words of elements": words_of_elements,
    "words of the document": words_of_document,
    "words without punctuation": words_without_punctuation,
    "menu": menu,
    "menu without repeats": menu_without_repeats,
}

NEEDS_BEYOND_ASCII = {"UTF-8 read as Latin-1", "UTF-8 read as windows-1252", "encoded twice"}
NEEDS_SPACES = {"words of elements", "words of the document", "words without punctuation"}


def share_beyond_ascii(document: Document) -> float:
    text = "".join(prose(document))
    return sum(not character.isascii() for character in text) / max(1, len(text))


def has_spaces(document: Document) -> bool:
    """Tell whether words are written apart, so that their order can be changed."""
    text = "\n".join(prose(document))
    return len(text) < 15 * max(1, len(text.split()))
