"""What the tests of parsers share: an empty folder, no network, and objects held against their file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ |= {
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "SCARF_NO_ANALYTICS": "true",
    "UNSTRUCTURED_DISABLE_NOTICE": "1",
}


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline of spaCy in the place of the model that unstructured loads, without weights.

    It ends sentences at their marks and knows some verbs, so that what is a sentence is found here, too.
    """
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    verbs = ["is", "are", "lifts", "oil", "oils", "stands", "turns"]
    pipeline.add_pipe("attribute_ruler", name="verbs").add(
        [[{"LOWER": {"IN": verbs}}]], {"TAG": "VBZ"}
    )
    folder = tmp_path_factory.mktemp("pipeline") / "en_core_web_sm"
    pipeline.to_disk(folder)
    return folder


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, english: Path) -> Path:
    """An empty folder to work in, where spaCy finds the pipeline."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / english.name).symlink_to(english)
    monkeypatch.chdir(folder)
    return folder
