"""Several models over one column: each encoding counts once."""

from dataclasses import dataclass, field

import pyarrow as pa

from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.several import count_column_for

MODELS = ("gpt-4", "gpt-4o", "gpt-3.5-turbo", "text-embedding-3-small", "o200k_base")


def test_counts_are_those_of_each_tokenizer_alone():
    texts = pa.array(["don't DON'T", "", None, "漢字かな交じり文", "\u088f.com"])
    tokenizers = [TokenizerManager().get(name) for name in MODELS]
    assert count_column_for(tokenizers, texts) == [one.count_column(texts) for one in tokenizers]


def test_no_tokenizer_counts_nothing():
    assert count_column_for([], pa.array(["a"])) == []


@dataclass
class Listing:
    """A tokenizer that says when it counts."""

    encoding: str
    asked: list = field(default_factory=list)

    def count_column(self, texts):
        self.asked.append(self.encoding)
        return pa.array([len(self.encoding)] * len(texts), pa.int64())


def test_an_encoding_counts_once_however_many_models_have_it():
    asked = []
    tokenizers = [Listing(encoding, asked) for encoding in ("a", "bc", "a", "bc", "a")]
    counts = count_column_for(tokenizers, pa.array(["x"]))
    assert [column.to_pylist() for column in counts] == [[1], [2], [1], [2], [1]]
    assert asked == ["a", "bc"]
