"""The fast engines: what each is trusted with, and when it is not."""

import sys
import types
from itertools import pairwise

import pytest

from tore_export.errors import TokenizerError
from tore_export.tokens.fast import FAST_ENCODINGS, fast_engine, wrong_counts
from tore_export.tokens.gigatoken_engine import GigatokenEngine
from tore_export.tokens.known_counts import known_counts
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.reference import count_reference
from tore_export.tokens.toktok_engine import ToktokEngine


@pytest.fixture
def other_engines(monkeypatch):
    """Put other packages in the place of the engines' for one test; None is one not installed."""

    def install(load=None, batch_count=None):
        gigatoken = None
        if load is not None:
            backend = types.SimpleNamespace(from_tiktoken=load)
            gigatoken = types.SimpleNamespace(BPETokenizer=backend)
        toktok = batch_count and types.SimpleNamespace(batch_count=batch_count)
        monkeypatch.setitem(sys.modules, "gigatoken.gigatoken_rs", gigatoken)
        monkeypatch.setitem(sys.modules, "toktok", toktok)
        fast_engine.cache_clear()

    yield install
    fast_engine.cache_clear()


def test_the_fastest_engine_of_both_current_encodings_is_gigatoken():
    names = {encoding: fast_engine(encoding).name for encoding in ("cl100k_base", "o200k_base")}
    assert names == {"cl100k_base": "gigatoken", "o200k_base": "gigatoken"}


class ByReference:
    name = "tiktoken"

    def __init__(self, encoding):
        self.encoding = encoding

    def count_texts(self, texts):
        return [count_reference(text, self.encoding) for text in texts]

    def count_slices(self, data, offsets):
        ends = offsets.tolist()
        contents = [data[a:b].tobytes() for a, b in pairwise(ends)]
        return self.count_texts([content.decode() for content in contents])


@pytest.mark.parametrize("encoding", FAST_ENCODINGS)
def test_the_known_counts_of_the_check_are_those_of_tiktoken(encoding):
    try:
        assert wrong_counts(ByReference(encoding), encoding) == []
    except TokenizerError:
        pytest.skip(f"no rank file of {encoding} is in TIKTOKEN_CACHE_DIR")


@pytest.mark.parametrize("engine_of", [GigatokenEngine, ToktokEngine])
def test_the_check_takes_less_than_five_milliseconds_once_the_engine_is_loaded(engine_of):
    from time import perf_counter

    engine = engine_of("cl100k_base")
    seconds = []
    for _ in range(5):
        begin = perf_counter()
        assert wrong_counts(engine, "cl100k_base") == []
        seconds.append(perf_counter() - begin)
    assert min(seconds) < 0.005


def test_an_encoding_that_no_fast_engine_knows_has_none():
    assert fast_engine("gpt2") is None


def test_where_the_fastest_engine_is_not_installed_the_next_one_counts_and_that_is_said(
    other_engines,
):
    answers = known_counts("cl100k_base") | {"one more text": 3}
    other_engines(
        load=None, batch_count=lambda texts, encoding, threads: [answers[t] for t in texts]
    )
    with pytest.warns(RuntimeWarning, match="another engine than gigatoken.*ModuleNotFoundError"):
        assert OpenAITokenizer("gpt-4", "cl100k_base").count("one more text") == 3
    assert fast_engine("cl100k_base").name == "toktok"


@pytest.mark.filterwarnings("ignore:tokens of cl100k_base are counted by another engine")
def test_where_no_fast_engine_is_installed_tiktoken_counts_and_that_is_said(other_engines):
    other_engines()
    tokenizer = OpenAITokenizer("gpt-4", "cl100k_base")
    with pytest.warns(RuntimeWarning, match="another engine than toktok.*ModuleNotFoundError"):
        assert tokenizer.count("hello world") == 2
    assert fast_engine("cl100k_base") is None
    assert tokenizer.count_batch(["a", "漢字", "b c"]) == [1, 3, 2]


class PanicException(BaseException):
    """Named and based as the exception that a Rust library raises when it panics."""


def panic(*_):
    raise PanicException("index out of bounds")


def answering(then):
    """Return how to load an engine that answers the check, and does `then` at other texts."""

    class Backend:
        def encode(self, text):
            known = known_counts("cl100k_base")
            text = text if isinstance(text, str) else text.decode()
            return [0] * known[text] if text in known else then(text)

    return lambda path, scheme, special_tokens: Backend()


@pytest.mark.filterwarnings(
    "ignore:tokens of cl100k_base are counted by another engine than toktok"
)
def test_an_engine_that_counts_wrong_is_not_used_and_that_is_said(other_engines):
    other_engines(load=lambda *_: types.SimpleNamespace(encode=lambda text: []))
    with pytest.warns(RuntimeWarning, match="exact but slower.*counts 'hello world' wrong"):
        assert OpenAITokenizer("gpt-4", "cl100k_base").count_batch(["a", "b c"]) == [1, 2]


@pytest.mark.filterwarnings(
    "ignore:tokens of cl100k_base are counted by another engine than toktok"
)
def test_an_engine_that_panics_in_its_check_is_not_used_and_that_is_said(other_engines):
    other_engines(load=lambda *_: types.SimpleNamespace(encode=panic))
    with pytest.warns(RuntimeWarning, match="than gigatoken.*PanicException"):
        assert OpenAITokenizer("gpt-4", "cl100k_base").count("hello world") == 2


def test_texts_on_which_the_engine_panics_are_counted_by_tiktoken(other_engines):
    other_engines(load=answering(panic))
    tokenizer = OpenAITokenizer("gpt-4", "cl100k_base")
    assert tokenizer.count_batch(["one more text", ""]) == [3, 0]
    assert tokenizer.count_batch(["one more téxt", ""]) == [4, 0]


def interrupt(*_):
    raise KeyboardInterrupt


def test_an_interrupt_while_the_engine_is_checked_is_not_swallowed(other_engines):
    other_engines(load=lambda *_: types.SimpleNamespace(encode=interrupt))
    with pytest.raises(KeyboardInterrupt):
        OpenAITokenizer("gpt-4", "cl100k_base").count("a")


def test_an_interrupt_after_the_check_is_not_swallowed(other_engines):
    other_engines(load=answering(interrupt))
    with pytest.raises(KeyboardInterrupt):
        OpenAITokenizer("gpt-4", "cl100k_base").count("one more text")
