"""The list of what is read and written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, get_args

import pytest

from tore_export.api.formats import formats
from tore_export.config import FLAVORS, ExportOptions, Flavor
from tore_export.errors import FormatError
from tore_export.formatters.registry import FormatterRegistry
from tore_export.formatters.template.source import SHIPPED
from tore_export.sources.detect import reader_names


def test_every_reader_format_flavor_and_template_is_listed_with_a_description() -> None:
    found = formats()
    assert [one["name"] for one in found["readers"]] == reader_names()
    assert [one["name"] for one in found["formats"]] == FormatterRegistry().names()
    assert [one["name"] for one in found["markdown_flavors"]] == list(get_args(Flavor))
    assert [one["name"] for one in found["templates"]] == list(SHIPPED)
    assert list(FLAVORS) == list(get_args(Flavor))
    for kind in found.values():
        assert all(one["description"] for one in kind)


def test_every_value_that_is_listed_is_one_the_format_takes() -> None:
    registry = FormatterRegistry()
    for one in formats()["formats"]:
        assert {option["name"] for option in one["options"]} == set(registry.options(one["name"]))
        for option in one["options"]:
            for value in option["allowed"]:
                if value in ("FILE", "int"):
                    continue
                plain = {"true": True, "false": False}.get(value, value)
                registry.get(one["name"], **{option["name"]: plain})


def test_options_that_the_configuration_has_allow_the_same() -> None:
    names = {"flavor": "markdown_flavor"}
    for one in formats()["formats"]:
        for option in one["options"]:
            field = ExportOptions.model_fields.get(names.get(option["name"], option["name"]))
            if field is not None and getattr(field.annotation, "__origin__", None) is Literal:
                assert option["allowed"] == list(get_args(field.annotation))
                assert option["default"] == field.default


def test_a_package_whose_format_cannot_be_loaded_is_listed_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[tore_export.formatters]\nbroken = not_there:Missing\nplain = plain_format:made\n"
    )
    (tmp_path / "plain_format.py").write_text("def made(**options):\n    '''Plain.'''\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = {one["name"]: one for one in formats()["formats"]}
    assert "cannot be loaded" in found["broken"]["error"]
    assert found["plain"]["options"] == []
    sys.modules.pop("plain_format", None)
    with pytest.raises(FormatError):
        FormatterRegistry().maker("broken")
