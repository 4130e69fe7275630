import sys
from dataclasses import dataclass
from typing import ClassVar

import pytest

from tore_export.errors import FormatError
from tore_export.formatters.formatter import Formatter
from tore_export.formatters.registry import FormatterRegistry


@dataclass(frozen=True)
class Shout:
    """Writes every text in capitals."""

    ending: str = "!"

    name: ClassVar[str] = "shout"
    suffix: ClassVar[str] = ".txt"

    def documents(self, columns, heads, count=None):
        return [text.upper() + self.ending for text in columns.texts]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installed package that brings a formatter of its own, a broken one and one named like ours."""
    (tmp_path / "shouting.py").write_text(
        "from dataclasses import dataclass\n\n"
        "@dataclass(frozen=True)\nclass Loud:\n    loudness: int = 1\n"
    )
    info = tmp_path / "shouting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[tore_export.formatters]\nloud = shouting:Loud\nbroken = shouting:Missing\n"
        "markdown = shouting:Loud\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("shouting", None)


@pytest.mark.parametrize(
    ("name", "suffix"), [("markdown", ".md"), ("plaintext", ".txt"), ("jsonl", ".jsonl")]
)
def test_built_in_formats_are_found_by_name(name, suffix):
    found = FormatterRegistry().get(name, include_furniture=True)
    assert isinstance(found, Formatter)
    assert (found.name, found.suffix, found.include_furniture) == (name, suffix, True)


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(FormatError) as caught:
        FormatterRegistry().get("markdwon")
    assert str(caught.value) == (
        "unknown format, found markdwon, allowed: markdown, plaintext, jsonl, template"
        " (did you mean markdown?)"
    )


def test_an_unknown_option_is_refused_with_the_nearest():
    with pytest.raises(FormatError) as caught:
        FormatterRegistry().get("markdown", flavour="github")
    assert "the format markdown has no such option, found flavour" in str(caught.value)
    assert "did you mean flavor?" in str(caught.value)


def test_a_registered_format_is_found_and_its_name_is_taken():
    registry = FormatterRegistry()
    registry.register("shout", Shout)
    assert registry.get("shout", ending="?") == Shout("?")
    assert registry.names() == ["markdown", "plaintext", "jsonl", "template", "shout"]
    for name in ("shout", "markdown"):
        with pytest.raises(FormatError, match="there already"):
            registry.register(name, Shout)


def test_a_format_tells_its_options_and_a_function_tells_none():
    registry = FormatterRegistry()
    registry.register("shout", Shout)
    registry.register("whisper", lambda ending=".": Shout(ending))
    assert registry.options("shout") == ("ending",)
    assert registry.options("whisper") == ()


def test_what_makes_a_formatter_may_be_any_function():
    registry = FormatterRegistry()
    registry.register("whisper", lambda ending=".": Shout(ending))
    assert registry.get("whisper", ending="…") == Shout("…")


@pytest.mark.usefixtures("installed")
def test_a_package_adds_its_format_by_an_entry_point_that_is_loaded_when_asked_for():
    registry = FormatterRegistry()
    assert registry.names() == ["markdown", "plaintext", "jsonl", "template", "loud", "broken"]
    assert "shouting" not in sys.modules
    assert registry.get("loud", loudness=3).loudness == 3
    assert registry.get("markdown").suffix == ".md"


@pytest.mark.usefixtures("installed")
def test_a_package_whose_format_cannot_be_loaded_is_named():
    with pytest.raises(FormatError, match=r"broken: .* shouting:Missing"):
        FormatterRegistry().get("broken")
