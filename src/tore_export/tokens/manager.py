"""Find the tokenizer of a model or an encoding by its name."""

from __future__ import annotations

from functools import lru_cache

from tore_export.errors import TokenizerError, nearest
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.portable import PortableTokenizer, TokenizerRef
from tore_export.tokens.ranks import encoding_names, require_ranks
from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["TokenizerManager"]

FINE_TUNED = "ft:"


class TokenizerManager:
    """Tokenizers by name: OpenAI's models (also dated and fine-tuned) and tiktoken's encodings.

    >>> TokenizerManager().get("gpt-4o-2024-05-13").encoding
    'o200k_base'
    """

    def portable(self, name: str) -> TokenizerRef:
        """Return what a stage holds for the tokenizer `name`; `get` takes it on every worker.

        **Raises** TokenizerError, as `get` does.
        """
        self.get(name)
        return name

    def get(self, model_or_encoding: TokenizerRef) -> Tokenizer:
        """Return the tokenizer of a model or an encoding, the same one for the same name.

        **Raises** TokenizerError for a name nobody knows, with the nearest that is known, and for an
        encoding whose rank file is not on this machine, with the place where it belongs. The network
        is never asked.
        """
        if isinstance(model_or_encoding, PortableTokenizer):
            raise TokenizerError("not there yet")
        return _tokenizer(model_or_encoding)

    def names(self) -> list[str]:
        """Return the encodings and the models that are known by their full names."""
        from tiktoken.model import MODEL_TO_ENCODING

        return [*encoding_names(), *MODEL_TO_ENCODING]


@lru_cache(maxsize=256)
def _tokenizer(name: str) -> Tokenizer:
    encoding = name if name in encoding_names() else _encoding_of_model(name)
    require_ranks(encoding)
    return OpenAITokenizer(name, encoding)


def _encoding_of_model(name: str) -> str:
    """Return the encoding of a model by tiktoken's table; of a fine-tuned one, that of its base.

    The base comes first, since the table knows only some prefixes of fine-tuned models and takes
    `ft:gpt-4.1-…` for a gpt-4.
    """
    from tiktoken.model import encoding_name_for_model

    bases = [name.removeprefix(FINE_TUNED).partition(":")[0]] if name.startswith(FINE_TUNED) else []
    for candidate in [*bases, name]:
        try:
            return encoding_name_for_model(candidate)
        except KeyError:
            continue
    raise TokenizerError(
        "no tokenizer is known by this name",
        where="tokenizer",
        found=repr(name),
        allowed=f"an OpenAI model, or one of {', '.join(encoding_names())}",
        hint=nearest(name.lower(), TokenizerManager().names()),
    )
