"""What several tests share: documents to run on, and one Ray cluster a session."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The gate tries the same examples each time, so that it fails only where a change broke something;
# `HYPOTHESIS_PROFILE=explore python -m pytest` looks for new ones.
settings.register_profile("gate", derandomize=True)
settings.register_profile("explore", max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

# a shell's background job ignores Ctrl-C, and so would the commands that tests interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)

# in environments of their own: make test-clients, make test-parsers
collect_ignore = ["clients", "parsers"]

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let a process that runs tests take its time to end: it has a cluster to stop.

    After ten seconds it would be killed, and what it knows of covered lines would be lost.
    """
    from xdist.workermanage import NodeManager

    NodeManager.EXIT_TIMEOUT = 180


SENTENCES = [
    "The keeper of the {a} walked along the {b} before the first light of the day.",
    "Nobody in the {a} had seen so much {b} since the winter of the long frost.",
    "When the {a} was dry, they carried it to the {b} and covered it with straw.",
    "It is not the {a} that matters here, but the way in which the {b} is used.",
    "She wrote the number of each {a} in a book and put the book beside the {b}.",
    "After that the {a} stayed closed for three weeks, and the {b} was repaired.",
    "We have asked for a second {a}, because the first {b} did not hold the weight.",
    "Most of the {a} came from the south, and some of it by way of the {b}.",
    "Her brother wanted to sell the {a}, but their father would not part with his {b}.",
    "What is left of the old {a} can be seen from the road if the {b} is not in the way.",
    "They had to wait until evening for somebody to bring a {a} and a longer {b}.",
    "In spring the whole {a} smells of tar, and the children play under the {b}.",
    "If you open the {a} too early, all the warm air will leave the {b} at once.",
    "I do not remember who built this {a}; my uncle always said it was older than his {b}.",
    "There were nine of us around one {a}, and no one spoke about the {b} any more.",
    "Because of the rain the {a} had moved a little, which made the {b} hard to close.",
    "You can still buy such a {a} at fairs, though rarely with its own {b}.",
    "Two men from the village carried his {a} home and came back later for the {b}.",
    "Between the {a} and the hill lies a field that belongs to the owners of the {b}.",
    "Once the snow had gone, we found our {a} where the wind had dropped it, near a {b}.",
    "Nothing about that {a} was new except the paint on its {b}.",
    "As soon as he heard the {a}, he ran down to see whether the {b} was safe.",
    "A good {a} lasts for thirty years when its {b} is kept dry and out of the sun.",
    "The letter spoke of a {a}, of money owed, and of some trouble over a {b}.",
]
NOUNS = [
    "harbour",
    "orchard",
    "mill",
    "river",
    "stable",
    "garden",
    "tower",
    "cellar",
    "bridge",
    "market",
    "kitchen",
    "meadow",
    "workshop",
    "chapel",
    "library",
    "quarry",
    "forest",
    "well",
    "barn",
    "field",
    "lantern",
    "ladder",
    "wagon",
    "kettle",
    "basket",
    "rope",
    "hammer",
    "window",
    "carpet",
    "ledger",
    "anvil",
    "plough",
    "boat",
    "net",
    "candle",
    "bell",
    "clock",
    "stove",
    "roof",
    "fence",
]


def prose(number: int, n_sentences: int = 12) -> str:
    """Return clean prose, the same for the same number."""
    digest = hashlib.sha256(str(number).encode()).digest() * 4
    return " ".join(
        SENTENCES[(digest[i] + i) % len(SENTENCES)].format(
            a=NOUNS[digest[i + 1] % len(NOUNS)], b=NOUNS[digest[i + 2] % len(NOUNS)]
        )
        for i in range(n_sentences)
    )


def document(number: int) -> dict[str, object]:
    """Return one parsed document in unstructured's dialect."""
    return {
        "doc_id": f"doc-{number:05d}",
        "elements": [
            {
                "type": "Title",
                "element_id": f"{number}-0",
                "text": f"Report {number}",
                "metadata": {"category_depth": 0, "page_number": 1},
            },
            {
                "type": "NarrativeText",
                "element_id": f"{number}-1",
                "text": prose(number),
                "metadata": {"page_number": 1},
            },
            {
                "type": "ListItem",
                "element_id": f"{number}-2",
                "text": prose(number + 10_000, 1),
                "metadata": {"page_number": 2},
            },
            {
                "type": "NarrativeText",
                "element_id": f"{number}-3",
                "text": prose(number + 20_000),
                "metadata": {"page_number": 2},
            },
        ],
    }


def write_jsonl(path: Path, numbers: range) -> Path:
    """Write documents as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(document(number), ensure_ascii=False) for number in numbers)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, and all that use Ray in one: there is one cluster."""
    for item in items:
        uses_ray = item.get_closest_marker("ray") or "ray_cluster" in getattr(
            item, "fixturenames", ()
        )
        item.add_marker(pytest.mark.xdist_group("ray" if uses_ray else str(item.path)))


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 400 documents in two JSONL files, one of them with a broken line, and a bad file."""
    folder = tmp_path_factory.mktemp("corpus")
    write_jsonl(folder / "a.jsonl", range(250))
    second = write_jsonl(folder / "more" / "b.jsonl", range(250, 400))
    with second.open("a", encoding="utf-8") as stream:
        stream.write('{"doc_id": "cut", "elements": [{"type": "Ti\n')
    (folder / "more" / "noise.json").write_bytes(b"\xff\xfe\x00 nothing of ours")
    (folder / "empty.json").write_text("[]")
    return folder


@pytest.fixture
def files_below() -> Callable[[Path], dict[str, str]]:
    """A function that returns name → sha256 of every data, card and rejects file of an output."""

    def found(output: Path) -> dict[str, str]:
        return {
            str(path.relative_to(output)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(output.rglob("*"))
            if path.is_file()
            and ".tore-export" not in path.parts
            and path.name != "report.html"  # it tells how long things took
        }

    return found


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[None]:
    """One local Ray cluster for the session, with a small object store."""
    import ray

    from tore_export.engine.ray_data import RayEngine

    with RayEngine(workers=2, object_store_bytes=100_000_000):
        assert ray.is_initialized()
        yield
        _save_coverage_of_workers()


def _save_coverage_of_workers() -> None:
    """Ray ends its workers without their `atexit`, where coverage would save what it saw."""
    import ray

    if "coverage" not in sys.modules:
        return

    def save() -> None:
        import time

        import coverage

        current = coverage.Coverage.current()
        if current is not None:
            current.save()
        time.sleep(0.5)  # as long as this worker is busy, the next such task is another's

    n_workers = int(ray.cluster_resources()["CPU"])
    ray.get([ray.remote(save).remote() for _ in range(n_workers)])
