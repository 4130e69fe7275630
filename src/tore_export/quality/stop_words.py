"""Function words of many languages: hardly a sentence of prose goes without one."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from tore_export.quality.words import MIX, Numbers, Words

__all__ = ["STOP_WORDS", "stop_words"]

GOPHER = ("the", "be", "to", "of", "and", "that", "have", "with")

STOP_WORDS = {
    "en": "the be to of and that have with a in is it for as on are this not or by from if you can",
    "de": "der die das und ist in zu den von mit für auf nicht ein eine es sie wird sich dem des im",
    "fr": "le la les de des et est un une en que pour dans du pas ce il au sur par qui ne sont avec",
    "es": "el la los las de y que en un una es se del al para con por no su como lo si o más este",
    "pt": "o a os as de e que em um uma é se do da no na para com por não mais como ou dos das",
    "it": "il la lo i gli le di e che in un una è si del della per con non da sono al come o nel",
    "ca": "el la els les de i que en un una és es del al per amb no com o més",
    "ro": "și de la în a cu pe care nu este o un din pentru că se sau mai sunt",
    "nl": "de het een en van in is dat op te voor met niet die zijn aan er om of door als",
    "sv": "och att det i en är på för som av med inte den till om ett har kan du från",
    "da": "og at det i en er på for som af med ikke den til om et har kan du fra",
    "nb": "og å det i en er på for som av med ikke den til om et har kan du fra",
    "is": "og að er í á sem það til um við ekki með fyrir",
    "fi": "ja on ei se että tai ovat kun jos voi myös sen mutta joka",
    "et": "ja on ei et see kui või ka ning selle mis",
    "hu": "a az és hogy nem is egy van ha vagy meg ez azt csak",
    "pl": "i w na z do nie się jest to że o od za dla lub przez jak po",
    "cs": "a v na se je že do s z pro o k to jako nebo po jsou by",
    "sk": "a v na sa je že do s z pre o k to ako alebo po sú by",
    "sl": "in v na se je da za z s so ne ali pri kot po",
    "hr": "i u na se je da za s od su ne ili kao po iz",
    "lt": "ir į yra kad su iš ar ne kaip tai bet per",
    "lv": "un ir ar uz no ka lai vai nav par kas",
    "tr": "ve bir bu için ile da de olarak veya ne var çok olan",
    "vi": "và là của các có một trong được cho không với để này bạn",
    "id": "dan yang di untuk dengan ini dari pada adalah atau tidak itu dalam ke",
    "sw": "na ya wa kwa ni katika za la hii kama",
    "ga": "an na agus ar is a le go do i",
    "eu": "eta da ez bat du ere edo dira",
    "ru": "и в на с не что по для к из это как или от при если он то а о все",
    "uk": "і в на з не що до для та це як або від при якщо у за",
    "bg": "и на в за се да от с не е че по са или като",
    "sr": "и у на се је да за са од су не или као",
    "el": "και το η ο να του της την με για στο είναι που από τα δεν θα τον οι στην ή",
}
"""By language; in lower case, at most eight bytes long where a word is to be found by it."""

BITS = 12


@cache
def _table(words: tuple[str, ...]) -> tuple[Numbers, npt.NDArray[np.int16]]:
    """Return, by slot, the word that lies there as a number, and its place among `words`."""
    numbers, places = np.zeros(1 << BITS, np.uint64), np.full(1 << BITS, -1, np.int16)
    for place, word in enumerate(words):
        raw = word.encode()
        if len(raw) <= 8:
            number = np.array([int.from_bytes(raw, "little")], np.uint64)
            slot = int(_slots(number)[0])
            # where two fall into one slot the first stays: the lists go from frequent to rare
            if places[slot] < 0:
                numbers[slot], places[slot] = number[0], place
    return numbers, places


def _slots(tails: Numbers) -> Numbers:
    return (tails * MIX) >> np.uint64(64 - BITS)


def stop_words(words: Words) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return which words are function words, and how many different ones each document has."""
    known = tuple(dict.fromkeys(w for text in zip(*_padded(), strict=True) for w in text if w))
    numbers, places = _table(known)
    slots = _slots(words.tails)
    # words of more than eight bytes have a tail, too, but no function word's
    found = numbers[slots] == words.tails
    at = np.flatnonzero(found)
    documents = np.searchsorted(words.firsts, at, "right") - 1
    seen = np.zeros((words.prose.n_documents, len(known)), np.bool_)
    seen[documents, places[slots[at]]] = True
    return found, seen.sum(axis=1)


def _padded() -> list[list[str]]:
    lists = [text.split() for text in STOP_WORDS.values()]
    longest = max(map(len, lists))
    return [words + [""] * (longest - len(words)) for words in lists]
