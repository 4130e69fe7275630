"""Function words of many languages: hardly a sentence of prose goes without one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from tore_export.quality.prose import Counts, Flags, Shares, differences, share
from tore_export.quality.words import MIX, Numbers, Words

__all__ = ["STOP_WORDS", "StopWords", "stop_words"]

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
    "af": "die en van in is het nie dat om te vir met op",
    "sq": "të e në dhe një për me është që nga",
    "cy": "y yn a i o ar yr wedi gan mae am",
    "tl": "ang ng sa na at mga ay ito para",
    "ms": "dan yang di untuk dengan ini dari pada adalah atau",
    "mk": "и на во се да од со не што по или како",
    "be": "і у на з не што да для та як або ад",
    "eo": "la kaj de en al estas por kun ne ke",
    "el": "και το η ο να του της την με για στο που από τα δεν θα τον οι στην ή",
}
"""By language, frequent ones first; in lower case, of at most eight bytes in UTF-8."""

BITS = 14
SHIFT = np.uint64(64 - BITS)


@dataclass(frozen=True, slots=True)
class StopWords:
    """Function words in documents: which words they are, and of what language most of them are.

    `distinct` is how many different ones a document has, `share` the share of its words (without
    characters that stand alone) that are function words of its language, `languages` that language's
    code, empty where there is no function word.
    """

    found: Flags
    distinct: Counts
    share: Shares
    languages: npt.NDArray[np.str_]


def stop_words(words: Words) -> StopWords:
    """Find the function words."""
    numbers, places, by_language, begins = _table()
    slots = ((words.tails * MIX) >> SHIFT).view(np.int64)
    found = numbers.take(slots) == words.tails
    at = found.nonzero()[0]
    n_documents = words.prose.n_documents
    documents = np.arange(n_documents).repeat(differences(at.searchsorted(words.firsts)))
    n_known = int(places.max()) + 1
    known = places.take(slots.take(at))
    seen = np.bincount(known * n_documents + documents, minlength=n_known * n_documents)
    # narrow, as a sample has few words
    seen = seen.reshape(n_known, n_documents).astype(np.uint16)
    # no matrix product: what multiplies matrices starts threads of its own
    counts = np.add.reduceat(seen.take(by_language, axis=0), begins, axis=0, dtype=np.uint16)
    most = counts.max(axis=0)
    languages = np.array(list(STOP_WORDS))[counts.argmax(axis=0)]
    return StopWords(
        found=found,
        distinct=(seen > 0).view(np.uint8).sum(axis=0, dtype=np.uint16).astype(np.int64),
        share=share(most, words.counts - words.n_alone),
        languages=np.where(most > 0, languages, ""),
    )


@cache
def _table() -> tuple[Numbers, Counts, Counts, Counts]:
    """Return by slot a word, as a number, and its place; by language places, and where they begin."""
    lists = [text.split() for text in STOP_WORDS.values()]
    known = list(dict.fromkeys(w for nth in zip_longest(*lists) for w in nth if w is not None))
    numbers, places = np.zeros(1 << BITS, np.uint64), np.zeros(1 << BITS, np.int64)
    for place, word in enumerate(known):
        number = np.frombuffer(word.encode().ljust(8, b"\0"), "<u8")
        slot = (number * MIX >> SHIFT)[0]
        # where two fall into one slot the first stays: the lists go from frequent to rare
        if not numbers[slot]:
            numbers[slot], places[slot] = number[0], place
    by_word = {word: place for place, word in enumerate(known)}
    by_language = np.array([by_word[word] for words in lists for word in words])
    return numbers, places, by_language, np.cumsum([0, *map(len, lists[:-1])])
