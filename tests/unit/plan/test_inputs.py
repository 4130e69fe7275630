from __future__ import annotations

import os
from pathlib import Path

import pytest

from tore_export.errors import PreflightError
from tore_export.plan.inputs import find_inputs, input_roots


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.json", "a/z.json", "a/deep/y.tore", ".hidden.json", ".git/x.json"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("[]")
    return tmp_path / "in"


def sources(*paths: Path | str, **options: list[str]) -> list[str]:
    return [file.source for file in find_inputs([str(path) for path in paths], **options)]


def test_a_folder_is_searched_below_in_order_of_relative_names(tree: Path) -> None:
    assert sources(tree) == ["a/deep/y.tore", "a/z.json", "b.json"]


def test_a_trailing_slash_and_a_relative_path_make_no_difference(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree.parent)
    assert sources(f"{tree}/") == sources(tree) == sources("in") == sources("./in/")
    monkeypatch.chdir(tree)
    assert sources(".") == sources(tree)


def test_a_file_is_named_by_its_own_name(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sources(tree / "a" / "z.json") == ["z.json"]
    monkeypatch.chdir(tree / "a")
    assert sources("z.json") == ["z.json"]


def test_several_paths_are_named_from_the_folder_they_share(tree: Path) -> None:
    assert sources(tree / "a", tree / "b.json") == ["a/deep/y.tore", "a/z.json", "b.json"]


def test_a_file_given_twice_is_read_once(tree: Path) -> None:
    assert sources(tree / "b.json", tree / "b.json") == ["b.json"]


def test_a_glob_is_expanded(tree: Path) -> None:
    assert sources(f"{tree}/**/*.json") == ["a/z.json", "b.json"]
    with pytest.raises(PreflightError, match="no file matches"):
        sources(f"{tree}/*.parquet")


def test_include_and_exclude_choose_by_name_or_by_path(tree: Path) -> None:
    assert sources(tree, include=["*.json"]) == ["a/z.json", "b.json"]
    assert sources(tree, include=["a/*"]) == ["a/z.json"]
    assert sources(tree, include=["a/**"], exclude=["*.json"]) == ["a/deep/y.tore"]
    assert sources(tree, include=["**/?.json"]) == ["a/z.json", "b.json"]


def test_nothing_chosen_is_an_error_that_says_how_many_there_were(tree: Path) -> None:
    with pytest.raises(PreflightError, match="3 files, none of them chosen"):
        sources(tree, include=["*.csv"])


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PreflightError, match="an empty folder"):
        sources(tmp_path)


def test_a_wrong_path_names_what_lies_near(tree: Path) -> None:
    with pytest.raises(PreflightError, match=r"did you mean b\.json"):
        sources(tree / "b.jso")
    with pytest.raises(PreflightError, match="is not there either"):
        sources(tree / "no" / "such")


def test_a_link_back_to_a_folder_above_is_not_followed(tree: Path) -> None:
    (tree / "a" / "loop").symlink_to(tree)
    (tree / "a" / "self").symlink_to(tree / "a")
    assert sources(tree) == ["a/deep/y.tore", "a/z.json", "b.json"]


def test_links_to_files_and_folders_elsewhere_are_followed(tree: Path) -> None:
    other = tree.parent / "other"
    other.mkdir()
    (other / "w.json").write_text("[]")
    (tree / "c").symlink_to(other)
    (tree / "d.json").symlink_to(other / "w.json")
    assert sources(tree) == ["a/deep/y.tore", "a/z.json", "b.json", "c/w.json", "d.json"]


def test_a_dangling_link_is_an_input_that_the_rejects_will_name(tree: Path) -> None:
    (tree / "gone.json").symlink_to(tree / "nowhere")
    assert "gone.json" in sources(tree)


def test_a_file_that_changes_has_another_stamp(tree: Path) -> None:
    before = find_inputs([str(tree / "b.json")])
    os.utime(tree / "b.json", ns=(5, 5))
    assert find_inputs([str(tree / "b.json")]) != before


def test_roots_are_absolute_and_globs_have_none(tree: Path) -> None:
    assert input_roots([f"{tree}/a/..", "s3://b/c", f"{tree}/*.json"]) == [str(tree), "s3://b/c"]


def test_what_may_not_be_read_is_refused_before_the_start(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the system's answer is given for it."""
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("b.json"))
    with pytest.raises(PreflightError, match=r"b\.json: cannot be read: permission denied"):
        sources(tree / "b.json")


def test_a_folder_that_cannot_be_searched_is_an_input_that_the_rejects_will_name(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert sources(tree) == ["a/deep", "a/z.json", "b.json"]


def test_objects_of_several_folders_are_named_from_the_folder_they_share() -> None:
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory")
    for name in ("in/a/x.json", "in/b/y.json"):
        store.pipe(f"/shop/{name}", b"[]")
    try:
        objects = ("memory://shop/in/a/x.json", "memory://shop/in/b/y.json")
        assert sources(*objects) == ["a/x.json", "b/y.json"]
        assert sources(objects[1]) == ["y.json"]
    finally:
        store.rm("/shop", recursive=True)
