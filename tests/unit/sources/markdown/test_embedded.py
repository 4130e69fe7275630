"""Data URIs leave a text before it is parsed, and come back where they are wanted."""

from __future__ import annotations

from tore_export.sources.markdown.embedded import Embedded


def test_data_is_taken_out_and_put_back():
    embedded = Embedded()
    assert not embedded
    data = "data:image/png;base64," + "A" * 300
    text = embedded.taken_out(f"![a]({data}) and {data}; base64,\ue0007\ue000")
    assert embedded
    assert len(text) < 100
    assert embedded.put_back(text) == f"![a]({data}) and {data}; base64,\ue0007\ue000"
    assert embedded.put_back("nothing of it") == "nothing of it"


def test_short_data_and_other_text_stay():
    embedded = Embedded()
    text = "![a](data:image/gif;base64,R0lGOD) and base64 data:x"
    assert embedded.taken_out(text) == text
    assert not embedded


def test_spans_move_with_the_words_that_come_after_data():
    data = "data:image/png;base64," + "A" * 300
    embedded = Embedded()
    text = embedded.taken_out(f"a {data} b {data} c")
    spans = [{"start": text.index(word), "end": text.index(word) + 1} for word in " bc"]
    found = embedded.put_back(text, spans)
    assert [found[span["start"] : span["end"]] for span in spans] == [" ", "b", "c"]
