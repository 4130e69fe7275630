"""A repository's tokenizer comes whole or not at all, from a hub that works or does not."""

from __future__ import annotations

import os
import pickle
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.tokens.hub_server import COMMIT, HubServer, hub_server
from tests.unit.tokens.material import MINILM, MISTRAL_1
from tore_export.errors import TokenizerError
from tore_export.tokens import hub as hub_module
from tore_export.tokens.hub import Hub, is_repository

CONTENT = Path(MINILM).read_bytes()
MODEL = Path(MISTRAL_1).read_bytes()


@pytest.fixture
def server() -> Iterator[HubServer]:
    with hub_server() as held:
        held.put("org/small/tokenizer.json", CONTENT)
        held.put("org/large/tokenizer.model", MODEL, large=True)
        yield held


@pytest.fixture
def hub(server: HubServer, tmp_path: Path) -> Hub:
    return Hub(server.endpoint, str(tmp_path / "cache"), timeout_seconds=2, wait_seconds=0.01)


def kept(hub: Hub) -> list[str]:
    """What the cache holds, with the content of no file read."""
    return sorted(str(p.relative_to(hub.cache)) for p in Path(hub.cache).rglob("*") if p.is_file())


def fault(hub: Hub, name: str) -> str:
    with pytest.raises(TokenizerError) as caught:
        hub.fetch(name)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.where == name
    return str(caught.value)


def gets(server: HubServer) -> list[str]:
    return [asked for asked in server.asked if asked.startswith("GET")]


def test_a_repositorys_tokenizer_is_fetched_and_kept_in_the_hubs_own_cache(
    server: HubServer, hub: Hub
) -> None:
    from huggingface_hub import try_to_load_from_cache

    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)
    path = try_to_load_from_cache("org/small", "tokenizer.json", cache_dir=hub.cache)
    assert isinstance(path, str)
    assert Path(path).read_bytes() == CONTENT
    assert Path(path).is_symlink()
    assert not any("incomplete" in name for name in kept(hub))


def test_what_the_cache_holds_is_not_sent_again(server: HubServer, hub: Hub) -> None:
    hub.fetch("org/small")
    hub.fetch("org/small")
    assert len(gets(server)) == 1
    assert server.asked[-1] == "HEAD org/small/tokenizer.json@main"


def test_a_large_file_comes_from_where_the_hub_keeps_it_which_is_not_told_the_token(
    server: HubServer, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    server.stored_elsewhere.add("org/large/tokenizer.model")
    assert hub.fetch("org/large") == ("tokenizer.model", MODEL)
    assert server.tokens == ["Bearer hf_secret"] * 3 + [None]
    assert hub.fetch("org/large") == ("tokenizer.model", MODEL)
    assert len(gets(server)) == 1
    hub.fetch("org/small")
    assert server.tokens[-1] == "Bearer hf_secret"


def test_the_first_file_that_is_there_is_taken(server: HubServer, hub: Hub) -> None:
    assert hub.fetch("org/large") == ("tokenizer.model", MODEL)
    assert [a.split("/")[-1] for a in server.asked] == [
        "tokenizer.json@main",
        "tekken.json@main",
        "tokenizer.model@main",
        "tokenizer.model@main",
    ]


def test_a_revision_is_asked_for_behind_the_name(server: HubServer, hub: Hub) -> None:
    assert hub.fetch("org/small@v1.2")[1] == CONTENT
    assert hub.fetch(f"org/small@{COMMIT}")[1] == CONTENT
    assert {asked.partition("@")[2] for asked in server.asked} == {"v1.2", COMMIT}


def test_a_repository_without_a_tokenizer_is_an_error(server: HubServer, hub: Hub) -> None:
    server.put("org/other/README.md", b"words")
    told = fault(hub, "org/other")
    assert "the repository holds no tokenizer" in told
    assert "tokenizer.json, tekken.json, tokenizer.model" in told


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (401, "RepoNotFound", "has no such repository, or none for this token"),
        (401, "", "has no such repository, or none for this token|answered 401"),
        (404, "RepoNotFound", "has no such repository, or none for this token"),
        (404, "RevisionNotFound", "has no revision main"),
        (403, "GatedRepo", "asks for a licence to be accepted"),
        (403, "", "answered 403"),
    ],
)
def test_a_hub_that_refuses_is_an_error_at_once_that_says_what_to_do(
    server: HubServer, hub: Hub, status: int, code: str, told: str
) -> None:
    server.status["org/small"] = [status]
    server.error_codes["org/small"] = code
    said = fault(hub, "org/small")
    assert re.search(told, said)
    assert server.endpoint in said
    assert "check the name and HF_TOKEN, or give the tokenizer's file or folder" in said
    assert len(server.asked) == 1
    assert kept(hub) == []


def test_a_bare_404_says_that_there_is_no_tokenizer(server: HubServer, hub: Hub) -> None:
    server.status["org/small"] = [404]
    assert "the repository holds no tokenizer" in fault(hub, "org/small")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_hub_in_trouble_is_asked_a_bounded_number_of_times(
    server: HubServer, hub: Hub, status: int
) -> None:
    server.status["org/small"] = [status]
    said = fault(hub, "org/small")
    assert "could not be fetched" in said
    assert "tried 3 times" in said
    assert f"found it answered {status}" in said
    assert "give its folder" in said
    assert len(server.asked) == 3


def test_a_trouble_that_passes_costs_nothing_but_time(server: HubServer, hub: Hub) -> None:
    server.status["org/small"] = [503, 500, 200]
    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)


def test_the_pause_between_tries_doubles(server: HubServer, hub: Hub) -> None:
    server.status["org/small"] = [500]
    begin = time.monotonic()
    fault(replace(hub, wait_seconds=0.1), "org/small")
    assert 0.3 <= time.monotonic() - begin < 2


def test_a_hub_that_nobody_serves_is_an_error(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    said = fault(Hub(endpoint, str(tmp_path), wait_seconds=0.01), "org/small")
    assert "found ConnectError: " in said
    assert "check the network, HF_ENDPOINT and HF_HUB_OFFLINE" in said


def test_a_hub_that_does_not_answer_is_not_waited_for_longer_than_said(
    server: HubServer, hub: Hub
) -> None:
    server.silent_for = 0.5
    begin = time.monotonic()
    said = fault(replace(hub, timeout_seconds=0.1), "org/small")
    assert "found ReadTimeout" in said
    assert time.monotonic() - begin < 2


def test_a_file_that_takes_too_long_is_given_up(server: HubServer, hub: Hub) -> None:
    said = fault(replace(hub, file_seconds=-1.0), "org/small")
    assert "the file was not there after -1 s" in said
    assert kept(hub) == []


def test_a_download_that_is_cut_is_tried_again_and_never_kept(server: HubServer, hub: Hub) -> None:
    server.cut_after["org/small/tokenizer.json"] = 100_000
    said = fault(hub, "org/small")
    assert "RemoteProtocolError" in said
    assert len(gets(server)) == 3
    assert kept(hub) == []
    del server.cut_after["org/small/tokenizer.json"]
    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)


def test_a_download_of_another_size_is_never_kept(server: HubServer, hub: Hub) -> None:
    server.sent_instead["org/small/tokenizer.json"] = CONTENT[:-10]
    assert f"it sent {len(CONTENT) - 10:,} of {len(CONTENT):,} bytes" in fault(hub, "org/small")
    assert kept(hub) == []


@pytest.mark.parametrize("path", ["org/small/tokenizer.json", "org/large/tokenizer.model"])
def test_a_download_with_another_hash_is_never_kept(server: HubServer, hub: Hub, path: str) -> None:
    content = bytearray(server.files[path])
    content[1_000] ^= 1
    server.sent_instead[path] = bytes(content)
    assert "has another hash than it told" in fault(hub, path.rpartition("/")[0])
    assert kept(hub) == []


def test_a_get_that_fails_after_the_head_is_tried_again(server: HubServer, hub: Hub) -> None:
    server.status["org/small"] = [200, 503, 200]
    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)
    server.put("org/never/tokenizer.json", CONTENT[:-1] + b" ")
    server.status["org/never"] = [200, 503, 200, 503, 200, 503]
    assert "found it answered 503" in fault(hub, "org/never")


@pytest.mark.parametrize("damaged", [CONTENT[:1_000], b"", CONTENT[:-1] + b" "])
def test_a_damaged_file_of_the_cache_is_fetched_again(
    server: HubServer, hub: Hub, damaged: bytes
) -> None:
    hub.fetch("org/small")
    (blob,) = (Path(hub.cache) / name for name in kept(hub) if "blobs" in name)
    blob.write_bytes(damaged)
    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)
    assert blob.read_bytes() == CONTENT
    blob.write_bytes(damaged)
    assert "does not hold it" in fault(replace(hub, offline=True), "org/small")


def test_without_a_hub_the_cache_serves(server: HubServer, hub: Hub) -> None:
    hub.fetch("org/small")
    asked = len(server.asked)
    assert replace(hub, offline=True).fetch("org/small") == ("tokenizer.json", CONTENT)
    assert len(server.asked) == asked
    server.status["org/small"] = [500]
    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)
    assert len(server.asked) == asked + 1  # what is kept is not waited for


def test_offline_nothing_is_asked(server: HubServer, hub: Hub) -> None:
    said = fault(replace(hub, offline=True), "org/small")
    assert "nothing was asked" in said
    assert "found HF_HUB_OFFLINE is set" in said
    assert server.asked == []


def test_what_is_no_hub_is_told_from_one(server: HubServer, hub: Hub) -> None:
    server.headers_left_out = {"X-Repo-Commit"}
    assert "does not answer as a hub does" in fault(hub, "org/small")


@pytest.mark.parametrize("commit", ["../../elsewhere", "/etc", ".."])
def test_a_commit_that_leads_out_of_the_cache_is_refused(
    server: HubServer, hub: Hub, commit: str
) -> None:
    server.commit = commit
    assert "does not answer as a hub does" in fault(hub, "org/small")


def test_a_revision_that_leads_out_of_the_cache_is_no_revision() -> None:
    assert is_repository("org/name@feature/v1.2")
    assert not is_repository("org/name@../../elsewhere")
    assert not is_repository("org/name@/etc/passwd")


def test_a_hub_without_hashes_is_held_to_the_size(server: HubServer, hub: Hub) -> None:
    server.etags["org/small/tokenizer.json"] = "of-its-own"
    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)
    server.put("org/other/tokenizer.json", CONTENT)
    server.etags["org/other/tokenizer.json"] = "another"
    server.sent_instead["org/other/tokenizer.json"] = CONTENT[:-1]
    assert "it sent" in fault(hub, "org/other")


def test_what_is_too_large_is_not_fetched(
    server: HubServer, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "MAX_BYTES", 100_000)
    assert f"has a tokenizer.json of {len(CONTENT):,} bytes" in fault(hub, "org/small")
    assert gets(server) == []
    server.headers_left_out = {"Content-Length"}
    assert "more than 100,000 bytes" in fault(hub, "org/small")


def test_a_cache_that_cannot_be_written_costs_no_tokenizer(server: HubServer, hub: Hub) -> None:
    Path(hub.cache).write_text("a file")
    assert hub.fetch("org/small") == ("tokenizer.json", CONTENT)
    assert Path(hub.cache).read_text() == "a file"


def test_where_there_are_no_links_the_file_itself_is_kept(
    server: HubServer, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "symlink", refuse)
    hub.fetch("org/small")
    assert replace(hub, offline=True).fetch("org/small") == ("tokenizer.json", CONTENT)


def in_a_process(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=own | environment,
    )


COUNT = (
    "from tore_export.tokens.manager import TokenizerManager\n"
    "found = TokenizerManager().get('org/small')\n"
    "assert found is TokenizerManager().get('org/small')\n"
    "print(found.name, found.encoding, found.count('hello world'))\n"
)


def test_the_environment_says_where_to_ask_with_what_token_and_where_to_keep(
    server: HubServer, tmp_path: Path
) -> None:
    environment = {
        "HF_ENDPOINT": server.endpoint,
        "HF_HOME": str(tmp_path / "home"),
        "HF_TOKEN": "hf_secret",
    }
    told = "org/small tokenizer.json be50c3628f2b 2\n"
    done = in_a_process(COUNT, environment)
    assert (done.stdout, done.stderr) == (told, "")
    assert set(server.tokens) == {"Bearer hf_secret"}
    assert len(gets(server)) == 1
    assert (tmp_path / "home" / "hub" / "models--org--small" / "refs" / "main").exists()
    asked = len(server.asked)
    done = in_a_process(COUNT, environment | {"HF_HUB_OFFLINE": "1"})
    assert (done.stdout, len(server.asked)) == (told, asked)


def test_what_the_hub_sends_has_to_be_a_tokenizer(server: HubServer, tmp_path: Path) -> None:
    server.put("org/small/tokenizer.json", b'{"not": "a tokenizer"}')
    environment = {"HF_ENDPOINT": server.endpoint, "HF_HOME": str(tmp_path)}
    done = in_a_process(COUNT, environment)
    assert "org/small: JSON, but no tokenizer, found keys not" in done.stderr
