from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.formatters.inline import marked

from .reading import FULL_PARSER, characters, lines_tidied, marked_characters, texts


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


@settings(max_examples=400, deadline=None)
@given(marked_texts())
def test_a_parser_reads_back_each_character_with_its_marks(given_text):
    text, spans = given_text
    tokens = FULL_PARSER.parse(marked(text, spans))
    found = [characters(token) for token in tokens if token.type == "inline"]
    expected = marked_characters(text.replace("\r", "\n"), spans)
    assert [lines_tidied(marks)[0] for marks in found] == expected
