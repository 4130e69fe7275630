"""Clean documents, made of sentences written for these tests; the same for the same number."""

from __future__ import annotations

import random

from tore_export.documents.schema import Kind

Document = list[tuple[int, str]]

FRAMES = {
    "en": """
The {a} is kept beside the {b}, where it stays dry through the winter.
If you open the {a} before the {b} has cooled down, you will have to start again.
Nobody who works with a {a} should be without a {b}.
It took them three days to bring the {a} from the station to the {b}.
There are two ways to repair the {a}: from the inside, or by taking off the {b}.
She had been told that the {a} was older than the {b}, but she did not believe it.
Write down the number of the {a} and give it to the person at the {b}.
After the flood, most of what was left of the {a} could be carried in a {b}.
The {b} is not part of the {a}; it has to be ordered together with the other pieces.
We do not know how the {a} came to be here, or who put the {b} on top of it.
When the {a} makes a noise, the reason is often a loose {b}.
You can see the {a} from the window of the {b}, if the weather is clear.
They built the {a} in the year in which the old {b} was closed.
Please check that the {b} fits before you pay for the {a}.
As soon as the {a} is full, the {b} closes by itself and a small lamp goes out.
This chapter tells you how the {a} is used and what to do with the {b} afterwards.
""",
    "de": """
Der Schlüssel liegt neben dem {a}, und das {b} bleibt über den Winter geschlossen.
Wenn man das {a} zu früh öffnet, muss man mit dem {b} noch einmal von vorn beginnen.
In diesem Kapitel wird gezeigt, wie das {a} benutzt wird und was mit dem {b} zu tun ist.
Niemand wusste, wer das {a} gebaut hat, aber alle kannten das {b} am Ende der Straße.
Es gibt zwei Wege, das {a} zu reparieren: von innen oder durch das {b}.
Vor der Reise sollte man prüfen, ob das {a} in das {b} passt.
Das {b} ist nicht Teil der Lieferung und muss mit dem {a} bestellt werden.
Nach dem Regen war von dem {a} nicht mehr viel zu sehen, und auch das {b} war nass.
Sie hat mir gesagt, dass das {a} älter ist als das {b}, doch ich habe es nicht geglaubt.
Sobald das {a} voll ist, schließt sich das {b} von selbst.
""",
    "fr": """
La clé se trouve à côté de la {a}, et la {b} reste fermée pendant l'hiver.
Si vous ouvrez la {a} trop tôt, il faut recommencer avec la {b}.
Dans ce chapitre, nous montrons comment utiliser la {a} et que faire de la {b}.
Personne ne savait qui avait construit la {a}, mais tout le monde connaissait la {b}.
Il y a deux façons de réparer la {a} : de l'intérieur ou par la {b}.
Avant le départ, il est préférable de vérifier que la {a} est bien dans la {b}.
La {b} ne fait pas partie de la livraison et doit être commandée avec la {a}.
Après la pluie, il ne restait pas grand-chose de la {a}, et la {b} était mouillée.
Elle m'a dit que la {a} était plus ancienne que la {b}, mais je ne l'ai pas crue.
Dès que la {a} est pleine, la {b} se ferme toute seule.
""",
}
NOUNS = {
    "en": """harbour orchard mill river stable garden tower cellar bridge market kitchen meadow workshop
        chapel library quarry forest well barn field lantern ladder wagon kettle basket rope hammer
        window carpet ledger anvil plough boat net candle bell clock stove roof fence pump valve letter
        map""",
    "de": """Haus Boot Fenster Dach Feld Tal Dorf Schiff Rad Lager Werk Becken Buch Bild Gerät Ventil
        Rohr Seil Brett Tor Zelt Fass Netz Licht Glas Blech Gitter Lineal Regal Messer""",
    "fr": """maison porte fenêtre table rivière lampe cave tour grange pompe barque cloche corde planche
        lettre carte roue clôture échelle chaise valise montre boîte pierre route forge serre cuve""",
}


def document(number: int, language: str = "en") -> Document:
    """Return a document of headings, paragraphs and list items."""
    dice = random.Random(f"{language}/{number}")
    frames, nouns = FRAMES[language].strip().split("\n"), NOUNS[language].split()
    sentences = [
        frame.format(a=dice.choice(nouns), b=dice.choice(nouns))
        for frame in dice.sample(frames, len(frames)) + dice.sample(frames, len(frames) // 2)
    ]
    elements: Document = []
    while sentences:
        if len(elements) % 4 == 0:
            elements.append((Kind.TITLE, f"{dice.choice(nouns).title()} {len(elements) + 1}"))
        kind = Kind.LIST_ITEM if len(elements) % 4 == 3 else Kind.PARAGRAPH
        n_sentences = 1 if kind is Kind.LIST_ITEM else 3
        elements.append((kind, " ".join(sentences[:n_sentences])))
        del sentences[:n_sentences]
    return elements


def documents() -> list[Document]:
    """Return 90 documents in three languages."""
    return [document(number, language) for language in FRAMES for number in range(30)]
