"""Models that tiktoken does not know: those counted by a stand-in, and those whose tokenizer is public.

The first are counted approximately, and say so wherever a number is shown. The second are not guessed
at: the error names the repository of the hub, or the file, that counts them exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

__all__ = ["PUBLIC", "STAND_INS", "PublicTokenizer", "StandIn", "public_tokenizer", "stand_in"]


@dataclass(frozen=True, slots=True)
class StandIn:
    """Models of a maker who does not publish their tokenizer, and the encoding that stands in for it.

    `names` are patterns of the shell (`*`), in lower case; `example` is a name that users give.
    """

    example: str
    names: tuple[str, ...]
    encoding: str
    why: str


@dataclass(frozen=True, slots=True)
class PublicTokenizer:
    """Models whose tokenizer is public; `give` says what counts them."""

    example: str
    names: tuple[str, ...]
    give: str


GATED = "(its licence has to be accepted on the hub, and HF_TOKEN set)"

PUBLIC = (
    PublicTokenizer(
        "claude-2",
        ("claude-1*", "claude-2*", "claude-instant*", "claude-v1*", "claude-v2*"),
        "the tokenizer.json that the package anthropic held before 0.39, as a file",
    ),
    PublicTokenizer(
        "llama-4-scout", ("llama-4*", "llama4*"), f"meta-llama/Llama-4-Scout-17B-16E {GATED}"
    ),
    PublicTokenizer(
        "llama-3-8b",
        ("llama-3*", "llama3*", "meta-llama-3*"),
        f"meta-llama/Llama-3.1-8B {GATED}, or its rank file as tokenizer.model?pattern=llama3",
    ),
    PublicTokenizer("llama-2-7b", ("llama-2*", "llama2*"), f"meta-llama/Llama-2-7b-hf {GATED}"),
    PublicTokenizer("codellama-7b", ("codellama*",), "codellama/CodeLlama-7b-hf"),
    PublicTokenizer(
        "mistral-large",
        ("mistral*", "mixtral*", "ministral*", "codestral*", "pixtral*", "magistral*", "devstral*"),
        "the model's tekken.json or tokenizer.model, from the hub (mistralai/…) or from the package "
        "mistral-common, as a file",
    ),
    PublicTokenizer(
        "qwen-max",
        ("qwen*", "qwq*"),
        "Qwen/Qwen2.5-7B or the like, or the file qwen.tiktoken of the package dashscope",
    ),
    PublicTokenizer(
        "deepseek-chat", ("deepseek*", "deepseek/*"), "deepseek-ai/DeepSeek-V3 or the like"
    ),
    PublicTokenizer("gemma-3-4b", ("gemma*",), f"google/gemma-3-4b-pt or the like {GATED}"),
    PublicTokenizer(
        "gemini-2.5-pro",
        ("gemini*", "google/gemini*", "vertex_ai/gemini*"),
        "google/gemma-3-4b-pt, whose tokenizer Google's own client counts Gemini's text with "
        + GATED,
    ),
    PublicTokenizer("phi-4", ("phi-*",), "microsoft/phi-4 or the like"),
    PublicTokenizer(
        "command-r",
        ("command*", "cohere/command*", "aya-*"),
        f"CohereLabs/c4ai-command-r-v01 or the like {GATED}",
    ),
    PublicTokenizer(
        "grok-2", ("grok-1*", "grok-2*"), "the tokenizer of xai-org/grok-1 or grok-2, as a file"
    ),
)
"""The first that fits is taken; none is asked for a name that anything else in this package knows."""

STAND_INS = (
    StandIn(
        "claude-3-5-sonnet",
        ("claude*", "anthropic/claude*", "anthropic.claude*", "*.anthropic.claude*"),
        "cl100k_base",
        "Anthropic publishes no tokenizer since Claude 3; its service counts exactly",
    ),
    StandIn(
        "grok-4",
        ("grok*", "xai/grok*", "x-ai/grok*"),
        "o200k_base",
        "xAI publishes no tokenizer since Grok 3; its service counts exactly",
    ),
    StandIn(
        "amazon.nova-pro",
        (
            "amazon.nova*",
            "amazon/nova*",
            "*.amazon.nova*",
            "nova-lite*",
            "nova-micro*",
            "nova-pro*",
        ),
        "cl100k_base",
        "Amazon publishes no tokenizer of Nova",
    ),
    StandIn(
        "amazon.titan-text-express",
        ("amazon.titan-text*", "amazon.titan-tg1*", "amazon/titan-text*"),
        "cl100k_base",
        "Amazon publishes no tokenizer of Titan",
    ),
)
"""The first that fits is taken, after PUBLIC."""


def public_tokenizer(name: str) -> PublicTokenizer | None:
    """Return what is known of a model whose tokenizer is public.

    >>> public_tokenizer("Llama-3-8B").give.split()[0]
    'meta-llama/Llama-3.1-8B'
    """
    return next((found for found in PUBLIC if _fits(name, found.names)), None)


def stand_in(name: str) -> StandIn | None:
    """Return the stand-in for a model whose tokenizer is not public.

    >>> stand_in("claude-3-opus-20240229").encoding
    'cl100k_base'
    >>> stand_in("claude-2.1") is None
    True
    """
    if public_tokenizer(name) is not None:
        return None
    return next((found for found in STAND_INS if _fits(name, found.names)), None)


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    # a repository of the hub, org/name, is none of the models that are called name
    return any(
        fnmatchcase(name.lower(), pattern)
        for pattern in patterns
        if pattern.count("/") == name.count("/")
    )
