"""Which models are counted by a stand-in, and which are not since their tokenizer is public."""

from __future__ import annotations

import pytest

from tore_export.errors import TokenizerError
from tore_export.tokens.families import PUBLIC, STAND_INS, public_tokenizer, stand_in
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.ranks import is_shipped


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("claude-3-opus-20240229", "cl100k_base"),
        ("claude-3-5-sonnet-latest", "cl100k_base"),
        ("claude-opus-4-1", "cl100k_base"),
        ("Claude-Sonnet-4", "cl100k_base"),
        ("anthropic/claude-3.7-sonnet", "cl100k_base"),
        ("us.anthropic.claude-3-haiku-20240307-v1:0", "cl100k_base"),
        ("grok-3-mini", "o200k_base"),
        ("xai/grok-4", "o200k_base"),
        ("amazon.nova-lite-v1:0", "cl100k_base"),
        ("amazon.titan-text-express-v1", "cl100k_base"),
    ],
)
def test_a_model_without_a_public_tokenizer_is_counted_approximately(
    name: str, encoding: str
) -> None:
    found = TokenizerManager().get(name)
    assert (found.name, found.encoding, found.approximate) == (name, encoding, True)
    assert found.count("hello world") == 2
    assert TokenizerManager().portable(name) == name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("claude-2.1", "the package anthropic held before 0.39"),
        ("claude-instant-1.2", "the package anthropic"),
        ("llama-3-8b", "meta-llama/Llama-3.1-8B (its licence has to be accepted"),
        ("Llama-3.3-70B", "tokenizer.model?pattern=llama3"),
        ("llama2-13b", "meta-llama/Llama-2-7b-hf"),
        ("mixtral-8x7b", "mistral-common"),
        ("qwen-max", "qwen.tiktoken of the package dashscope"),
        ("deepseek-chat", "deepseek-ai/DeepSeek-V3"),
        ("gemini-2.5-pro", "google/gemma-3-4b-pt"),
        ("google/gemini-2.0-flash", "google/gemma-3-4b-pt"),
        ("gemma-2-9b", "google/gemma"),
        ("command-r-plus", "CohereLabs/c4ai-command-r-v01"),
        ("grok-1", "xai-org/grok-1"),
    ],
)
def test_a_model_with_a_public_tokenizer_is_an_error_that_says_what_to_give(
    name: str, told: str
) -> None:
    with pytest.raises(TokenizerError) as caught:
        TokenizerManager().get(name)
    assert "the tokenizer of this model is public, and no other stands in for it" in str(
        caught.value
    )
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "repository", ["Qwen/Qwen2.5-7B", "mistralai/Mistral-7B-v0.1", "Xenova/claude-tokenizer"]
)
def test_a_repository_of_the_hub_is_neither(repository: str) -> None:
    assert stand_in(repository) is None
    assert public_tokenizer(repository) is None


def test_each_entry_says_why_and_its_example_is_one_of_its_names() -> None:
    for entry in STAND_INS:
        assert stand_in(entry.example) is entry
        assert is_shipped(entry.encoding)
        assert len(entry.why) > 20
    for public in PUBLIC:
        assert public_tokenizer(public.example) is public
        assert public.give


@pytest.mark.parametrize("model", ["gpt-4", "gpt-4o", "o1", "text-embedding-3-small", "davinci"])
def test_openais_models_are_in_none_of_the_tables(model: str) -> None:
    assert stand_in(model) is None
    assert public_tokenizer(model) is None
