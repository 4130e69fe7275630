"""toktok: counts from texts and from bytes."""

import numpy as np

from tore_export.tokens.toktok_engine import ToktokEngine


def test_texts_and_their_bytes_have_the_same_counts():
    texts = ["hello world", "", "漢字 <|endoftext|>"]
    contents = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, contents)])
    engine = ToktokEngine("o200k_harmony")
    counts = engine.count_texts(texts)
    assert counts == [2, 0, 9]
    data = np.frombuffer(b"".join(contents), np.uint8)
    assert engine.count_slices(data, offsets) == counts
    assert engine.count_slices(data, offsets, np.ones(len(texts), bool)) == counts
