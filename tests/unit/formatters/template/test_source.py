"""Where templates come from: shipped ones and files, what they include, and what they may not."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from tests.unit.formatters.template.templating import HEAD
from tore_export.documents.columns import ElementColumns
from tore_export.errors import TemplateError
from tore_export.formatters.template import source as template_source
from tore_export.formatters.template.formatter import Template
from tore_export.formatters.template.source import SHIPPED, TemplateSource, outside, read_template


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "own" / "parts").mkdir(parents=True)
    return tmp_path / "own"


def rendered(path: Path) -> str:
    return Template(str(path)).documents(ElementColumns.from_elements([[]]), [HEAD])[0]


def test_a_shipped_template_is_found_by_its_name_and_a_file_by_its_path(folder: Path) -> None:
    assert read_template("default").name == "default.md.j2"
    (folder / "default").write_text("mine")
    assert read_template(str(folder / "default")).files == {"default": "mine"}


def test_every_shipped_template_is_there_and_no_other() -> None:
    there = {path.name for path in (Path(template_source.__file__).parent / "shipped").iterdir()}
    assert there == {file for file, _ in SHIPPED.values()}


def test_a_template_in_the_folder_one_works_in_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "a.md").write_text("{% include 'b.md' %}")
    (folder / "b.md").write_text("b")
    assert rendered(Path("a.md")) == "b"


def test_only_what_is_named_is_taken_along_in_turn(folder: Path) -> None:
    (folder / "a.md").write_text("{% extends 'parts/b.md' %}{% import 'c.md' as c %}")
    (folder / "parts" / "b.md").write_text("{% from 'd.md' import e %}{% include 'a.md' %}")
    for name in ("c.md", "d.md", "not.md"):
        (folder / name).write_text("")
    assert set(read_template(str(folder / "a.md")).files) == {
        *("a.md", "parts/b.md", "c.md", "d.md"),
    }


def test_a_name_that_rendering_makes_up_takes_the_text_files_of_the_folder_along(
    folder: Path,
) -> None:
    (folder / "a.md").write_text("{% include 'parts/' ~ document.language ~ '.md' %}")
    (folder / "parts" / "en.md").write_text("English")
    (folder / "image.png").write_bytes(b"\x89PNG\x00\xff")
    (folder / "zero.md").write_bytes(b"a\0b")
    (folder / "large.md").write_text("x" * (template_source.MAX_FILE_BYTES + 1))
    (folder / ".hidden").write_text("x")
    (folder / "linked.md").symlink_to(folder.parent / "secret.md")
    assert set(read_template(str(folder / "a.md")).files) == {"a.md", "parts/en.md"}
    assert rendered(folder / "a.md") == "English"


def test_shipped_templates_can_be_extended_and_own_files_come_first(folder: Path) -> None:
    (folder / "a.md").write_text("{% extends 'default.md.j2' %}")
    assert rendered(folder / "a.md") == "# Pump manual\n"
    (folder / "default.md.j2").write_text("own")
    assert rendered(folder / "a.md") == "own"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.md",
        "parts/../../secret.md",
        "../../../../../../../../etc/passwd",
        "/etc/passwd",
        "..\\\\secret.md",
        "~/secret.md",
        "",
        "linked.md",
        "linked/secret.md",
    ],
)
@pytest.mark.parametrize(
    "how",
    [
        "{{% include '{}' %}}",
        "{{% extends '{}' %}}",
        "{{% import '{}' as a %}}",
        "{{% from '{}' import a %}}",
        "{{% include ['no.md', '{}'] ignore missing %}}",
        "{{% include '{}' ~ '' %}}",
    ],
)
def test_a_file_outside_of_the_folder_is_out_of_reach(folder: Path, name: str, how: str) -> None:
    (folder / "linked.md").symlink_to(folder.parent / "secret.md")
    (folder / "linked").symlink_to(folder.parent)
    (folder / "a.md").write_text("\n" + how.format(name))
    with pytest.raises(TemplateError) as caught:
        rendered(folder / "a.md")
    assert str(caught.value).startswith("a.md:2: ")
    assert "outside of its folder" in str(caught.value) or "not there" in str(caught.value)


def test_the_template_itself_may_be_a_link(folder: Path) -> None:
    (folder / "a.md").symlink_to(folder.parent / "secret.md")
    assert rendered(folder / "a.md") == "secret"


@pytest.mark.parametrize("name", ["a/../b", "/a", "~", "a\0b", "", "\\a", "..\\a"])
def test_names_that_lead_out_are_told_however_they_are_written(name: str) -> None:
    assert outside(name)
    assert not outside("a/b..md")


def test_what_is_included_and_not_there_is_told_before_the_run(folder: Path) -> None:
    (folder / "a.md").write_text("one\n{% include 'no.md' %}")
    with pytest.raises(TemplateError, match=r"a\.md:2: .*not there, found no\.md"):
        read_template(str(folder / "a.md"))
    (folder / "a.md").write_text("{% include 'no.md' ignore missing %}{% include ['no', 'b.md'] %}")
    (folder / "b.md").write_text("b")
    assert rendered(folder / "a.md") == "b"


def test_a_made_up_name_that_is_not_there_is_told_with_its_line(folder: Path) -> None:
    (folder / "a.md").write_text("{% include document.language %}")
    with pytest.raises(TemplateError, match=r"a\.md:1: .*not there: en"):
        rendered(folder / "a.md")
    (folder / "a.md").write_text("{% include [document.language, 'x'] %}")
    with pytest.raises(TemplateError, match=r"a\.md:1: .*not there"):
        rendered(folder / "a.md")
    (folder / "a.md").write_text("{% include 1 + 1 %}")
    with pytest.raises(TemplateError, match=r"a\.md:1: "):
        rendered(folder / "a.md")


def test_a_template_that_is_not_there_is_refused_with_the_nearest_that_is() -> None:
    with pytest.raises(TemplateError, match=r"defualt: no such template.*did you mean default\?"):
        read_template("defualt")


def test_what_cannot_be_a_template_is_refused(folder: Path) -> None:
    path = folder / "a.md"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateError, match="no UTF-8 text"):
        read_template(str(path))
    path.write_text("x" * (template_source.MAX_FILE_BYTES + 1))
    with pytest.raises(TemplateError, match="too large"):
        read_template(str(path))
    with pytest.raises(TemplateError, match="no such template"):
        read_template(str(folder))
    path.write_text("{% include 'gone.md' %}")
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    with pytest.raises(TemplateError, match="not there"):
        read_template(str(path))


@pytest.mark.skipif(
    not os.path.exists("/proc/self/mem"), reason="no other file fails to be read by root, too"
)
def test_a_file_that_cannot_be_read_is_told() -> None:
    with pytest.raises(TemplateError, match="mem: the template cannot be read"):
        read_template("/proc/self/mem")


def test_too_much_to_include_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_source, "MAX_FILES", 3)
    (folder / "a.md").write_text("{% include 'a' ~ 'b' %}")
    for n in range(5):
        (folder / f"{n}.md").write_text("x")
    with pytest.raises(TemplateError, match="a folder of its own"):
        read_template(str(folder / "a.md"))
    (folder / "a.md").write_text("".join(f"{{% include '{n}.md' %}}" for n in range(5)))
    with pytest.raises(TemplateError, match="includes too much"):
        read_template(str(folder / "a.md"))


def test_a_source_is_told_by_its_content_and_that_of_what_it_includes(folder: Path) -> None:
    (folder / "a.md").write_text("{% include 'b.md' %}")
    (folder / "b.md").write_text("b")
    before = read_template(str(folder / "a.md"))
    assert read_template(str(folder / "a.md")) == before
    assert pickle.loads(pickle.dumps(before)) == before
    assert len({before, read_template(str(folder / "a.md"))}) == 1
    (folder / "b.md").write_text("c")
    after = read_template(str(folder / "a.md"))
    assert after != before
    assert str(after) != str(before)
    assert str(folder) not in str(after)
    assert before != "a.md"
    assert TemplateSource("a", {"a": "bc"}) != TemplateSource("a", {"a": "b", "c": ""})
