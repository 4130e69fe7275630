"""Our counts are tiktoken's: for arbitrary text, all code points, hostile text, long runs, a corpus."""

import os
import random
from itertools import product
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.errors import TokenizerError
from tore_export.tokens.fast import FAST_ENCODINGS
from tore_export.tokens.gigatoken_engine import GigatokenEngine
from tore_export.tokens.guard import GUARDED
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.ranks import load_encoding
from tore_export.tokens.reference import count_reference
from tore_export.tokens.toktok_engine import ToktokEngine

ENCODINGS = ("cl100k_base", "o200k_base")
WORDS = """
's 't 're 'VE 'm 'LL 'd 'ſ 'K ʼs a A aB Ab ABc 1 12 1234 ² Ⅻ ١ ǅ ʰ ª ß ﬁ ʕ İ 漢 か 한 ก น ्
! !! . .com / // //. -- === # | <|endoftext|> <|fim_prefix|> <|im_start|> 😀 👍🏽 ❤️ 🇩🇪 ﷺ ש م
"""
SPACES = (" ", "  ", "   ", "\n", "\n\n", "\r\n", "\r", "\t", "\u00a0", "\u0085", "\u2028")
MARKS = ("\u0301", "\u0903", "\u20e3", "\u200d", "\u200b", "\ufeff", "\u00ad", "\u202e", "\x00")
RARE = ("\x1c", "\U000e0041", "\U0001d7ce", "\U00010400", "\U0010fffd", "\U0003fff0", "\uffff")
NEW_IN_UNICODE_17 = ("\u088f", "\u1ad5", "\U000323b0", "\U00011de1", "\U0001e6e3")
WELL_FORMED = [*WORDS.split(), *SPACES, *MARKS, *RARE, *NEW_IN_UNICODE_17]
FRAGMENTS = [*WELL_FORMED, "\ud800", "\udfff"]
CODE = (
    "def f(x):\n\treturn x['a']\n", "if (a && b) {\n    c += 0x1F;\n}\n", "<a href='b'>c</a>",
    "SELECT * FROM t WHERE a='b';--", "$\\alpha_{i}^2$", "{\"k\": [1, 2.5e-3, null]}", "#!/bin/sh\n",
)  # fmt: skip
BLOCKS = (
    (0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0xC0, 0x17F), (0x300, 0x36F), (0x370, 0x3FF),
    (0x400, 0x4FF), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x2000, 0x206F),
    (0x2190, 0x21FF), (0x3000, 0x303F), (0x3040, 0x309F), (0x30A0, 0x30FF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3), (0xFF00, 0xFFEF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F64F), (0xFE00, 0xFE0F),
    (0x1D400, 0x1D7FF), (0x20000, 0x2A6DF), (0, 0x1F),
)  # fmt: skip


def generated_texts(n_texts, seed):
    """Return texts of hostile fragments, words, code and characters of all planes, mixed."""
    source = random.Random(seed)

    def any_character():
        planes = (0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x34000, 0x110000)
        return chr(source.randrange(source.choice(planes)))

    def of_the_block():
        first, last = source.choice(BLOCKS)
        return "".join(chr(source.randint(first, last)) for _ in range(source.randrange(1, 9)))

    def white_space():
        return "".join(source.choices(SPACES, k=source.randrange(1, 20)))

    makers = (any_character, any_character, of_the_block, white_space, lambda: source.choice(CODE))
    return [
        "".join(
            source.choice(makers)() if source.random() < 0.5 else source.choice(FRAGMENTS)
            for _ in range(source.randrange(1, 30))
        )
        for _ in range(n_texts)
    ]


def require_ranks_or_skip(encoding):
    try:
        load_encoding(encoding)
    except TokenizerError:
        pytest.skip(f"no rank file of {encoding} is in TIKTOKEN_CACHE_DIR")


def tiktoken_counts(texts, encoding):
    known = load_encoding(encoding)
    return [len(known.encode_ordinary(text)) for text in texts]


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=150, deadline=None)
@given(st.lists(st.text() | st.lists(st.sampled_from(FRAGMENTS)).map("".join), max_size=8))
def test_arbitrary_text_has_the_count_of_tiktoken(encoding, texts):
    assert TokenizerManager().get(encoding).count_batch(texts) == tiktoken_counts(texts, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.none() | st.lists(st.sampled_from(WELL_FORMED)).map("".join), min_size=1, max_size=8
    ),
    st.integers(0, 7),
)
def test_a_column_counts_as_its_texts_do_wherever_it_is_sliced(encoding, texts, start):
    expected = [None if text is None else count_reference(text, encoding) for text in texts[start:]]
    column = pa.array(texts, pa.string()).slice(start)
    assert TokenizerManager().get(encoding).count_column(column).to_pylist() == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_code_point_counts_as_in_tiktoken_where_a_cut_shows(encoding):
    # ".com" is one token, "." + "com" are two: which of them shows what the character before is;
    # digits go in threes, so a number before them shifts the cuts
    planes = [*range(0x40000), *range(0xE0000, 0xE0400), *range(0x40000, 0x110000, 997)]
    probes = [f"{chr(i)}.com{chr(i)}123\n" for i in planes if not 0xD800 <= i < 0xE000]
    texts = ["".join(probes[i : i + 32]) for i in range(0, len(probes), 32)]
    assert TokenizerManager().get(encoding).count_batch(texts) == tiktoken_counts(texts, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("engine", [GigatokenEngine, ToktokEngine])
def test_the_guard_is_needed_at_both_ends_of_each_of_its_ranges(engine, encoding):
    # marks are letters in o200k_base only; where this fails after an upgrade, the guard can shrink
    texts = [f"{chr(i)}.com" for ends in GUARDED for i in ends]
    fast, slow = engine(encoding).count_texts(texts), tiktoken_counts(texts, encoding)
    differing = sum(a != b for a, b in zip(fast, slow, strict=True))
    assert differing == {"cl100k_base": 45, "o200k_base": len(texts)}[encoding]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("alphabet", ["'ſLa ", "'sLaA", " \n\r\ta!", "aA\u0301!/", "1a .²"])
def test_all_strings_of_six_of_a_few_characters_have_the_count_of_tiktoken(alphabet, encoding):
    texts = ["".join(characters) for characters in product(alphabet, repeat=6)]
    assert TokenizerManager().get(encoding).count_batch(texts) == tiktoken_counts(texts, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_gigatoken_needs_no_guard_for_a_long_s(encoding):
    texts = ["".join(characters) for characters in product("'ſsLa. 1", repeat=5)]
    assert GigatokenEngine(encoding).count_texts(texts) == tiktoken_counts(texts, encoding)


def test_a_long_s_after_an_apostrophe_ends_a_word_for_toktok_only():
    # where this fails after an upgrade, the guard can shrink
    texts = ["A'ſ'LLa", "A'ſ", "ſ'LLa"]
    assert ToktokEngine("o200k_base").count_texts(texts) == [6, 3, 4]
    assert GigatokenEngine("o200k_base").count_texts(texts) == [5, 3, 4]
    assert tiktoken_counts(texts, "o200k_base") == [5, 3, 4]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_ten_thousand_hostile_strings_have_the_count_of_tiktoken(encoding):
    texts = generated_texts(10_000, seed=20_260_401)
    assert TokenizerManager().get(encoding).count_batch(texts) == tiktoken_counts(texts, encoding)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", FAST_ENCODINGS)
def test_a_hundred_thousand_generated_strings_have_the_count_of_tiktoken(encoding):
    require_ranks_or_skip(encoding)
    texts = generated_texts(100_000, seed=20_261_122)
    assert TokenizerManager().get(encoding).count_batch(texts) == tiktoken_counts(texts, encoding)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["r50k_base", "p50k_base", "p50k_edit", "gpt2"])
def test_every_code_point_counts_as_in_tiktoken_in_the_old_encodings(encoding):
    require_ranks_or_skip(encoding)
    test_every_code_point_counts_as_in_tiktoken_where_a_cut_shows(encoding)


LONG = {
    "letters": "a" * 1_000_000,
    "capitals and small letters": "aA" * 500_000,
    "digits": "1" * 1_000_000,
    "punctuation and line ends": "!" * 500_000 + "\n" * 500_000 + "a",
    "spaces and line ends": " \n" * 500_000 + "a",
    "ideographs": "漢" * 300_000,
    "combining marks": "e" + "\u0301" * 300_000,
    "zero bytes": "\x00" * 1_000_000,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", LONG)
def test_a_long_run_has_the_count_of_tiktoken(name, encoding):
    tokenizer = TokenizerManager().get(encoding)
    assert tokenizer.count(LONG[name]) == tiktoken_counts([LONG[name]], encoding)[0]


PANICS = {
    "spaces, then a letter": " " * 1_000_000 + "a",
    "no-break spaces, then a digit": "a!" + "\u00a0" * 1_000_000 + "1",
    "two runs": "!\n" + " " * 1_000_000 + "z's " + "\t" * 100_000 + "y \n ",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", PANICS)
def test_engines_agree_where_tiktoken_panics(name, encoding, capfd):
    with pytest.raises(BaseException, match="StackOverflow") as caught:
        load_encoding(encoding).encode_ordinary(PANICS[name])
    assert caught.typename == "PanicException"
    slow = count_reference(PANICS[name], encoding)
    assert GigatokenEngine(encoding).count_texts([PANICS[name]]) == [slow]
    assert ToktokEngine(encoding).count_texts([PANICS[name]]) == [slow]


def test_a_guarded_character_beside_a_run_on_which_tiktoken_panics_is_counted_right(capfd):
    tokenizer = TokenizerManager().get("gpt-4")
    run = " " * 1_000_000
    # the space before "!" is in its token, the one before the four of "\U000323b0" is not
    assert tokenizer.count(run + "\U000323b0.com") == tokenizer.count(run + "!.com") + 4


def corpus_texts(folder):
    for path in sorted(Path(folder).glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            row = msgspec.json.decode(line)
            yield row.get("text") or "\n\n".join(e.get("text") or "" for e in row["elements"])


@pytest.mark.slow
@pytest.mark.skipif("TORE_EXPORT_CORPUS" not in os.environ, reason="no corpus is named")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_document_of_the_corpus_has_the_count_of_tiktoken(encoding):
    texts = list(corpus_texts(os.environ["TORE_EXPORT_CORPUS"]))
    assert texts
    column = TokenizerManager().get(encoding).count_column(pa.array(texts))
    assert column.to_pylist() == tiktoken_counts(texts, encoding)


@pytest.mark.parametrize("encoding", [*ENCODINGS, "o200k_harmony"])
def test_the_source_code_and_texts_of_this_project_have_the_count_of_tiktoken(encoding):
    root = Path(__file__).parents[3]
    paths = [
        p for suffix in ("*.py", "*.md", "*.txt") for p in sorted((root / "src").rglob(suffix))
    ]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    assert TokenizerManager().get(encoding).count_batch(texts) == tiktoken_counts(texts, encoding)
