from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.formatters.inline import marked

from .reading import FULL_PARSER, characters, texts


def span(start, end, kind, **said):
    return {"start": start, "end": end, "kind": kind, **said}


LINK = {"url": "https://a.b/c?d=(e)&amp;f", "title": 'a "t" & *b*'}
SAID = {"link": LINK, "image": {"url": "i.png"}, "footnote": {"label": "n 1"}}
KINDS = ["strong", "emphasis", "strike", "underline", "subscript", "superscript", "code", "link"]
pieces = st.lists(
    st.tuples(texts, st.lists(st.sampled_from(KINDS), max_size=3, unique=True)), max_size=5
)


def placed(pieces):
    """Return a text of pieces that are marked each, and in pairs, and the spans."""
    text, spans, starts = "", [], []
    for words, kinds in pieces:
        starts.append(len(text))
        text += words
        spans += [span(starts[-1], len(text), kind, **SAID.get(kind, {})) for kind in kinds]
    return text, spans


@st.composite
def marked_texts(draw):
    text, spans = placed(draw(pieces))
    if text and draw(st.booleans()):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        kind = draw(st.sampled_from(KINDS))
        spans.append(span(start, end, kind, **SAID.get(kind, {})))
    return text, spans


def expected(text, spans, joint):
    """Return each character with the kinds of the spans it lies in, as nesting leaves them."""
    from tore_export.formatters.spans import nested

    marks = [frozenset()] * len(text)
    for start, end, kind, _ in nested(text, spans, lambda _: True, paragraphs=joint == "\n"):
        for at in range(start, end):
            marks[at] |= {kind}
    return [(c, m) for c, m in zip(text, marks, strict=True)]


@settings(max_examples=300, deadline=None)
@given(marked_texts())
def test_a_parser_reads_back_each_character_with_its_marks(given_text):
    text, spans = given_text
    tokens = FULL_PARSER.parse(marked(text, spans))
    found = [characters(token) for token in tokens if token.type == "inline"]
    assert [paragraphs_of(marks)[0] for marks in found] == paragraphs_of(
        expected(text.replace("\r", "\n"), spans, "\n")
    )


def paragraphs_of(marks):
    """Part characters at blank lines and drop white space at the ends of lines, but that of code."""
    lines, line = [], []
    for character, kinds in marks:
        if character == "\n" and not (kinds and "code" in kinds):
            lines.append(line)
            line = []
        else:
            line.append((" " if character == "\n" else character, kinds))
    lines.append(line)
    paragraphs = [[]]
    for line in lines:
        shown = [
            i for i, (c, kinds) in enumerate(line) if c not in " \t" or "code" in (kinds or ())
        ]
        if not shown:
            paragraphs.append([])
            continue
        if paragraphs[-1]:
            paragraphs[-1].append(("\n", None))
        paragraphs[-1] += line[shown[0] : shown[-1] + 1]
    return [p for p in paragraphs if p]
