"""gigatoken: counts from texts and from bytes, bounded memory, threads, processes."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from tore_export.tokens import gigatoken_engine
from tore_export.tokens.gigatoken_engine import BLOCK, ENOUGH_UNSPACED, GigatokenEngine
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.reference import count_reference

CHINESE = "东京是日本国的首都。漢字かな交じり文を数える、AI技術は2025年に進んだ！\n"


def in_bytes(texts):
    contents = [text.encode() for text in texts]
    return np.frombuffer(b"".join(contents), np.uint8), np.cumsum([0, *map(len, contents)])


def new_words(n_words, seed):
    letters = Random(seed)
    return [f"{letters.getrandbits(40):x}".translate(LETTERS_ONLY) for _ in range(n_words)]


LETTERS_ONLY = str.maketrans("0123456789", "ghijklmnop")


@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
def test_blocks_of_all_sizes_have_the_counts_of_their_texts(encoding):
    long = " ".join(new_words(BLOCK // 8, seed=1))
    texts = [
        "",
        "a",
        "b " * 1000,
        long,
        "",
        "<|endoftext|>",
        long[: BLOCK // 2],
        "\x00",
        "é" * 9,
        "",
    ]
    expected = [count_reference(text, encoding) for text in texts]
    assert GigatokenEngine(encoding).count_slices(*in_bytes(texts)) == expected
    assert GigatokenEngine(encoding).count_texts(texts) == expected


@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
def test_much_text_without_spaces_has_its_counts_from_the_first_block_on(encoding):
    source = Random(2)
    texts = [
        "".join(source.sample(CHINESE, len(CHINESE))) for _ in range(2 * ENOUGH_UNSPACED // 90)
    ]
    engine = GigatokenEngine(encoding)
    assert engine.count_slices(*in_bytes(texts)) == [count_reference(t, encoding) for t in texts]
    assert engine._unjoined is not None


def test_little_text_without_spaces_is_counted_as_it_is():
    engine = GigatokenEngine("cl100k_base")
    assert engine.count_slices(*in_bytes([CHINESE])) == [count_reference(CHINESE, "cl100k_base")]
    assert engine._unjoined is None


def test_no_text_at_all_has_no_counts():
    assert GigatokenEngine("cl100k_base").count_slices(*in_bytes([])) == []


@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
def test_pieces_encoded_in_one_go_have_the_counts_of_each(encoding):
    source = Random(3)
    words = [
        *new_words(500, seed=4),
        "",
        "",
        "don't",
        "2025",
        "!?",
        CHINESE[:20],
        "é",
        "<|endoftext|>",
    ]
    pieces = [
        " ".join(source.choices(words, k=source.randrange(12))) + source.choice(["\n", "\n\n", ""])
        for _ in range(3 * BLOCK // 60)
    ]
    goes_on = np.array(
        [piece.endswith("\n") and next[:1] > "/" for piece, next in pairwise([*pieces, ""])]
    )
    assert goes_on.sum() > len(pieces) / 3
    expected = [count_reference(piece, encoding) for piece in pieces]
    assert GigatokenEngine(encoding).count_slices(*in_bytes(pieces), goes_on) == expected
    alone = np.zeros(len(pieces), bool)
    assert GigatokenEngine(encoding).count_slices(*in_bytes(pieces), alone) == expected


@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
def test_pieces_without_spaces_have_their_counts_in_one_go_as_well(encoding):
    source = Random(5)
    texts = [
        "".join(source.sample(CHINESE[:-1], source.randrange(1, len(CHINESE)))) + "\n"
        for _ in range(4 * ENOUGH_UNSPACED // 90)
    ]
    engine = GigatokenEngine(encoding)
    found = engine.count_slices(*in_bytes(texts), np.ones(len(texts), bool))
    assert found == [count_reference(text, encoding) for text in texts]
    assert engine._unjoined is not None


def test_empty_pieces_have_no_tokens_and_take_none():
    engine = GigatokenEngine("cl100k_base")
    pieces = ["", "", "a\n", "", "b", "", ""]
    for goes_on in (np.ones(7, bool), np.zeros(7, bool)):
        assert engine.count_slices(*in_bytes(pieces), goes_on) == [0, 0, 2, 0, 1, 0, 0]
    assert engine.count_slices(*in_bytes(["", ""]), np.ones(2, bool)) == [0, 0]
    assert engine.count_slices(*in_bytes([]), np.ones(0, bool)) == []


def test_what_is_remembered_has_a_bound_and_counts_do_not_depend_on_it():
    forgetful = GigatokenEngine("cl100k_base", most_remembered=1_000_000)
    loaded = []
    for seed in range(6):
        texts = [" ".join(new_words(100_000, seed=seed))]
        expected = [count_reference(texts[0], "cl100k_base")]
        assert forgetful.count_slices(*in_bytes(texts)) == expected
        loaded.append(forgetful._backend)
        assert forgetful.count_texts(texts) == expected
        assert forgetful._growth.n_bytes < 60_000_000
    assert loaded[0] is not loaded[-1]


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_words_that_never_come_twice_do_not_fill_the_memory():
    # without a bound, these 140 MB of text take 900 MB
    program = """
import sys
from random import Random
from tore_export.tokens.gigatoken_engine import GigatokenEngine, _resident
engine = GigatokenEngine("cl100k_base")
engine.count_texts(["warm"])
before, most = _resident(), 0
for seed in range(70):
    number = Random(seed).randbytes(1_000_000).hex()
    letters = number.translate(str.maketrans("0123456789", "ghijklmnop"))
    engine.count_texts([" ".join(letters[i : i + 15] for i in range(0, len(letters), 15))])
    most = max(most, _resident() - before)
print(most)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert int(done.stdout) < 500_000_000


def test_memory_is_bounded_by_the_text_where_the_system_does_not_tell_it(monkeypatch, tmp_path):
    monkeypatch.setattr(gigatoken_engine, "MEMORY_OF_THIS_PROCESS", str(tmp_path / "none"))
    engine = GigatokenEngine("cl100k_base", most_remembered=1_000_000)
    engine.count_texts(["a " * 300_000])
    first = engine._backend
    engine.count_texts(["a " * 300_000])
    assert engine._backend is first
    assert engine.count_texts(["hello world"]) == [2]
    assert engine._backend is not first


def test_ranks_are_read_from_a_passing_file_where_there_are_none_in_memory(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert GigatokenEngine("cl100k_base").count_texts(["hello world"]) == [2]
    assert list(tmp_path.iterdir()) == []


def test_a_rank_that_is_left_free_is_filled_by_what_no_text_holds():
    from base64 import b64encode

    from tore_export.tokens.gigatoken_engine import _load

    tokens = [bytes([i]) for i in range(256)] + [b"th", None, b"the"]
    ranks = b"".join(
        b"%s %d\n" % (b64encode(token), i) for i, token in enumerate(tokens) if token is not None
    )
    assert _load(ranks, "r50k").encode("then").tolist() == [258, ord("n")]


def test_threads_may_count_at_the_same_time():
    engine = GigatokenEngine("cl100k_base", most_remembered=1_000_000)
    texts = [" ".join(new_words(20_000, seed=seed)) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: engine.count_texts([text])[0], texts * 3))
    assert found == [count_reference(text, "cl100k_base") for text in texts] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="a fork of a process with threads is Linux's")
def test_a_forked_process_counts_on():
    # not of this process: what else it holds, as a driver of Ray, need not live through a fork
    program = """
from multiprocessing import get_context
from tore_export.tokens.openai import OpenAITokenizer
tokenizer = OpenAITokenizer("gpt-4", "cl100k_base")
here = tokenizer.count("hello world")
pool = get_context("fork").Pool(1)
print(here, pool.apply(tokenizer.count, ("hello again",)))
pool.close()  # and not terminated: a signal's handler may wait for what the fork found locked
pool.join()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "2 2\n"


def test_a_tokenizer_that_has_counted_can_be_pickled():
    tokenizer = OpenAITokenizer("gpt-4", "cl100k_base")
    assert tokenizer.count("hello world") == 2
    assert pickle.loads(pickle.dumps(tokenizer)).count_column(
        pa.array(["a b", None])
    ).to_pylist() == [
        2,
        None,
    ]


def test_counting_imports_no_package_of_arrays_in_arrays():
    program = (
        "import sys; from tore_export.tokens.gigatoken_engine import GigatokenEngine;"
        "GigatokenEngine('cl100k_base').count_texts(['a']); print('awkward' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"
