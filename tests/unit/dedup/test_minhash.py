"""Fingerprints: the share of places that agree is how similar two texts are."""

from __future__ import annotations

import random
import re
import time
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import prose
from tore_export.dedup import minhash
from tore_export.dedup.minhash import FINGERPRINT, PLACES, fingerprints_of

HAN = (
    "我们在河边看见了一座很老的石桥桥下的水流得很慢孩子们坐在草地上听老人讲从前的故事天快黑了才回家"
)


def agreement(one: str, other: str) -> float:
    """Return the share of places at which the fingerprints of two texts agree."""
    first, second = fingerprints_of(pa.array([one, other])).to_pylist()
    return sum(a == b for a, b in zip(first, second, strict=True)) / PLACES


def jaccard(one: str, other: str) -> float:
    """Return the similarity of two texts by counting, in words found by a pattern."""
    sets = []
    for text in (one, other):
        words = re.findall(r"[\u4e00-\u9fff]|[^\W_]+", text.lower())
        sets.append({tuple(words[i : i + 3]) for i in range(len(words) - 2)})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def with_changes(text: str, share: float, seed: int) -> str:
    """Return a text of which this share of words is another one."""
    random_ = random.Random(seed)
    words = text.split(" ")
    for place in random_.sample(range(len(words)), round(share * len(words))):
        words[place] = f"other{random_.randrange(10**6)}"
    return " ".join(words)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.05, 0.1, 0.3])
def test_agreement_estimates_the_similarity_of_the_sets_of_shingles(share: float) -> None:
    off = []
    for number in range(20):
        text = prose(number, 40)
        other = with_changes(text, share, number)
        off.append(agreement(text, other) - jaccard(text, other))
    assert all(abs(value) < 0.12 for value in off)
    assert abs(sum(off) / len(off)) < 0.02


def test_texts_that_share_nothing_do_not_agree() -> None:
    words = [sha256(b"%d" % n).hexdigest()[:6] for n in range(600)]
    assert agreement(" ".join(words[:300]), " ".join(words[300:])) < 0.05


def test_case_marks_and_space_do_not_count() -> None:
    assert agreement("Größe und MASS", "größe   und **mass**!") == 1
    assert agreement("Ночь. Улица. Фонарь", "НОЧЬ, улица, фонарь") == 1


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert agreement(HAN, HAN[:20] + "船" + HAN[21:]) == pytest.approx(41 / 47, abs=0.1)
    assert agreement(HAN, HAN[::-1]) < 0.2


def test_a_text_of_fewer_words_than_a_shingle_equals_only_its_own() -> None:
    assert agreement("Yes.", "yes") == 1
    assert agreement("yes", "no") < 0.05
    assert agreement("yes", "yes no") < 0.05
    assert agreement("yes no", "no yes") < 0.05


def test_a_text_without_words_has_none() -> None:
    found = fingerprints_of(pa.array(["", "… — !", None, "word"], pa.string()))
    assert found.type == FINGERPRINT
    assert [value is None for value in found.to_pylist()] == [True, True, True, False]
    assert len(fingerprints_of(pa.array([], pa.string()))) == 0


def test_shingles_do_not_reach_from_one_text_to_the_next() -> None:
    apart = fingerprints_of(pa.array(["one two", "three four", "five six seven"]))
    alone = [fingerprints_of(pa.array([text]))[0] for text in ("one two", "three four")]
    assert apart.to_pylist()[:2] == [value.as_py() for value in alone]


@settings(deadline=None)  # the first run makes tables
@given(st.lists(st.text(max_size=40) | st.sampled_from([prose(1), HAN, "a b c d"]), max_size=12))
def test_a_text_has_the_same_fingerprint_in_any_batch(texts: list[str]) -> None:
    array = pa.array(texts, pa.string())
    alone = [fingerprints_of(array.slice(n, 1)).to_pylist()[0] for n in range(len(texts))]
    assert fingerprints_of(array).to_pylist() == alone


def test_many_and_long_texts_are_worked_on_in_slices_and_come_out_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [prose(number, 1 + number % 30) for number in range(60)]
    whole = fingerprints_of(pa.array(texts))
    monkeypatch.setattr(minhash, "SLICE_BYTES", 2_000)
    monkeypatch.setattr(minhash, "SLICE_TEXTS", 7)
    assert fingerprints_of(pa.array([t for t in texts if len(t) < 1_900])).to_pylist() == [
        value for text, value in zip(texts, whole.to_pylist(), strict=True) if len(text) < 1_900
    ]


@pytest.mark.parametrize("space", [" ", "\n", ""])
def test_a_long_text_is_cut_between_words_and_loses_next_to_nothing(
    space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"{n:x}".translate({ord("0"): "z"}) if space else "山" for n in range(6_000)]
    text = space.join(words) if space else (HAN * 130)
    whole = fingerprints_of(pa.array([text])).to_pylist()[0]
    monkeypatch.setattr(minhash, "SLICE_BYTES", 4_096)
    cut = fingerprints_of(pa.array(["before", text, "after"])).to_pylist()[1]
    assert sum(a == b for a, b in zip(whole, cut, strict=True)) > 0.97 * PLACES
    assert fingerprints_of(pa.array([text])).to_pylist()[0] == cut


def test_few_shingles_fill_all_places_the_same_way_whichever_way_is_faster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    array = pa.array([" ".join(f"w{n}" for n in range(size)) for size in range(1, 60)])
    faster = fingerprints_of(array)
    monkeypatch.setattr(minhash, "SPARSE", 0)
    assert fingerprints_of(array).equals(faster)


def test_fingerprints_are_the_same_on_every_machine_and_in_every_version() -> None:
    texts = pa.array([prose(1), HAN, "Yes.", "Ночь, улица, фонарь, аптека"])
    digest = sha256(b"".join(fingerprints_of(texts).to_pylist())).hexdigest()
    # datasets keep fingerprints: where this changes, raise Fingerprint.version
    assert digest == "e4b0870cbaf3b2967b6ff24b63061bb10ec6462ef1e6f0544d302cf269c1c979"


def test_time_is_linear_in_the_text_and_in_the_number_of_texts() -> None:
    def seconds(texts: list[str]) -> float:
        array = pa.array(texts)
        begin = time.process_time()
        fingerprints_of(array)
        return time.process_time() - begin

    seconds(["warm up"])
    long = " ".join(prose(number) for number in range(1_000))
    assert seconds([long * 4]) < 8 * seconds([long]) + 0.2
    assert seconds(["x"] * 40_000) < 8 * seconds(["x"] * 10_000) + 0.2
