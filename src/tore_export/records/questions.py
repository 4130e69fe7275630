"""What a question looks like, in any language: how it ends, and the labels `Q:` and `A:`."""

from __future__ import annotations

import re

__all__ = ["LABEL", "WORD", "are_pair", "asks", "is_question_label", "without_number"]

_MOST_CHARACTERS = 300
"""A longer text is no question, whatever it ends with."""

_MARK = re.compile(r"[?？؟⸮፧\u037e]\Z")
_GREEK_MARK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff][^;]*;\Z")
_ARMENIAN = re.compile(r"[\u0531-\u058f]\u055e|\u055e[\u0531-\u058f]*։?\Z")
_JAPANESE = re.compile(r"[\u3041-\u30ff]か[。．]?\Z")
_CLOSING = "*_`\"'”’»›)]）」』】 \n"
_ENDS_BEFORE = re.compile(r"[.!?。！？][\"'”’»)\]）」』]*\s+\S|[。！？]\S")
WORD = re.compile(r"[^\W_]")
"""A letter or digit: what a line of words has."""

_DENSE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
_NUMBER = re.compile(
    r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}[.)]|[0-9]{1,3}(?:\.[0-9]{1,3}){1,4}|\(?[a-z0-9]{1,3}\))\s+"
)

_QUESTIONS = (
    "question|frage|pregunta|pergunta|domanda|vraag|вопрос|питання|pytanie|fråga|spørgsmål|spørsmål"
    "|kysymys|ερώτηση|soru|câu hỏi|سؤال|السؤال|问题|问|問題|問い|問|質問|질문|문"
)
_ANSWERS = (
    "answer|antwort|réponse|reponse|respuesta|resposta|risposta|antwoord|ответ|відповідь|odpowiedź"
    "|svar|vastaus|απάντηση|cevap|yanıt|trả lời|جواب|الجواب|إجابة|回答|答案|答え|答|解答|답변|답"
)
# single letters: F is the question's in German, R the answer's in Spanish
_LETTERS = {
    "q": "q",
    "a": "a",
    "f": "q",
    "p": "q",
    "r": "a",
    "d": "q",
    "v": "q",
    "в": "q",
    "о": "a",
}

_LETTER_PAIRS = frozenset({"qa", "fa", "pr", "dr", "qr", "va", "во"})

LABEL = re.compile(
    rf"^[ \t>]*(?:[-*+] |\#{{1,6}} )?(?:\*\*|__|\*|_)?"
    rf"(?:(?P<q>{_QUESTIONS})|(?P<a>{_ANSWERS})|(?P<letter>[{''.join(_LETTERS)}]))"
    r"[ \t]?[0-9]{0,3}(?:\*\*|__|\*|_)?[ \t]?[:：](?:\*\*|__|\*|_)?[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
"""A label at the beginning of a line, as `Q:`, `**Frage 3:**` or `问：`, in Markdown or plain text."""


def is_question_label(found: re.Match[str]) -> bool:
    r"""Tell whether a LABEL is that of a question.

    >>> [is_question_label(one) for one in LABEL.finditer("Q: Why?\nA: So.\n**Frage 2:** Wie?")]
    [True, False, True]
    """
    letter = found["letter"]
    return _LETTERS[letter.casefold()] == "q" if letter else found["q"] is not None


def are_pair(question: re.Match[str], answer: re.Match[str]) -> bool:
    r"""Tell whether two labels are a question's and its answer's, of one language if they are letters.

    >>> are_pair(*LABEL.finditer("P: Why?\nR: So.")), are_pair(*LABEL.finditer("P: 3\nA: 4"))
    (True, False)
    """
    if not is_question_label(question) or is_question_label(answer):
        return False
    letters = (question["letter"], answer["letter"])
    if None in letters:
        return True
    return "".join(letters).casefold() in _LETTER_PAIRS


def asks(text: str) -> bool:
    """Tell whether a text is one question of at least two words.

    >>> asks("How do I stop the pump?"), asks("ポンプはどう止めますか。"), asks("Τι είναι αντλία;")
    (True, True, True)
    >>> asks("Why?"), asks("It stops. Why is that?"), asks("Stop the pump.")
    (False, False, False)
    """
    if len(text) > _MOST_CHARACTERS:
        return False
    text = text.rstrip(_CLOSING)
    if not (
        _MARK.search(text)
        or _JAPANESE.search(text)
        or _ARMENIAN.search(text)
        or (text.endswith(";") and _GREEK_MARK.search(text))
    ):
        return False
    if _ENDS_BEFORE.search(text):
        return False
    return len(_DENSE.findall(text)) > 2 or sum(1 for w in text.split() if WORD.search(w)) > 1


def without_number(text: str) -> str:
    """Return a heading without the number it begins with.

    >>> without_number("3.1 What is a valve?"), without_number("2. Why?"), without_number("3 pumps?")
    ('What is a valve?', 'Why?', '3 pumps?')
    """
    return _NUMBER.sub("", text, count=1) if _NUMBER.match(text) else text
