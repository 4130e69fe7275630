"""Find the tokenizer of a model, an encoding, a file or a repository by its name.

A name means the first of these that knows it:

1. an encoding of tiktoken (`cl100k_base`);
2. a model of OpenAI, by tiktoken's own table: current, old, dated, fine-tuned (`ft:…`), `openai/…`;
3. a tokenizer that an installed package brings (entry points `tore_export.tokenizers`);
4. a stand-in, for a model whose tokenizer is not public: approximate, and said to be;
5. a file or folder: `tokenizer.json`, `tekken.json`, a SentencePiece model, a rank file;
6. a repository of the Hugging Face hub, `org/name` or `org/name@revision`: the only one for which the
   network is asked.

Modules for files and the hub are imported where one is named: few runs need them, and a start is short.
"""

from __future__ import annotations

from functools import lru_cache

from tore_export.errors import TokenizerError, nearest
from tore_export.results import CountedBy
from tore_export.tokens import installed
from tore_export.tokens.families import PUBLIC, STAND_INS, public_tokenizer, stand_in
from tore_export.tokens.openai import OpenAITokenizer
from tore_export.tokens.portable import PortableTokenizer, TokenizerRef
from tore_export.tokens.ranks import encoding_names, is_shipped, require_ranks
from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["TokenizerManager"]

FINE_TUNED = "ft:"
OPENAI = "openai/"


class TokenizerManager:
    """Tokenizers by name, the same object for the same name or content in a process.

    >>> TokenizerManager().get("gpt-4o-2024-05-13").encoding
    'o200k_base'
    """

    def get(self, name: TokenizerRef) -> Tokenizer:
        """Return the tokenizer of a name, or of what `portable` returned for one.

        **Raises** TokenizerError for a name nobody knows, with the nearest that is known; for a file
        that is no tokenizer; for an encoding whose rank file is not on this machine, with the place
        where it belongs; for a repository that cannot be fetched; for a package that is missing.
        """
        if isinstance(name, PortableTokenizer):
            return _of_content(name)
        known = _known(name)
        if known is not None:
            return known
        return _of_content(_fetched(name))

    def portable(self, name: TokenizerRef) -> TokenizerRef:
        """Return what a stage holds for the tokenizer `name`, so that any worker can `get` it.

        A name where that means the same everywhere, else the content of the file.

        **Raises** TokenizerError, as `get` does.
        """
        if isinstance(name, PortableTokenizer):
            return name
        known = _known(name)
        if isinstance(known, OpenAITokenizer) and not is_shipped(known.encoding):
            from tore_export.tokens.rank_files import portable_encoding

            return portable_encoding(name, known.encoding)
        if known is not None:
            return name
        file = _fetched(name)
        _of_content(file)
        return file

    def counted_by(self, name: TokenizerRef) -> CountedBy:
        """Return what is to be told of counts by a tokenizer. **Raises** as `get` does.

        >>> TokenizerManager().counted_by("grok-4").stands_in
        'o200k_base stands in for grok-4'
        """
        found = self.get(name)
        return CountedBy(found.name, found.encoding, found.approximate)

    def names(self) -> list[str]:
        """Return the names that are known by themselves: encodings, models, installed, stand-ins."""
        from tiktoken.model import MODEL_TO_ENCODING

        return list(
            dict.fromkeys(
                [
                    *encoding_names(),
                    *MODEL_TO_ENCODING,
                    *installed.installed_names(),
                    *(found.example for found in STAND_INS),
                ]
            )
        )


@lru_cache(maxsize=256)
def _known(name: str) -> Tokenizer | None:
    """Return the tokenizer of a name that is known by itself, None for any other."""
    encoding = name if name in encoding_names() else _encoding_of_model(name)
    if encoding is not None:
        require_ranks(encoding)
        return OpenAITokenizer(name, encoding)
    if name in installed.installed_names():
        return installed.InstalledTokenizer(name)
    found = stand_in(name)
    return None if found is None else OpenAITokenizer(name, found.encoding, approximate=True)


def _encoding_of_model(name: str) -> str | None:
    """Return the encoding of a model by tiktoken's table; of a fine-tuned one, that of its base.

    The base comes first, since the table knows only some prefixes of fine-tuned models and takes
    `ft:gpt-4.1-…` for a gpt-4.
    """
    from tiktoken.model import encoding_name_for_model

    name = name.removeprefix(OPENAI)
    bases = [name.removeprefix(FINE_TUNED).partition(":")[0]] if name.startswith(FINE_TUNED) else []
    for candidate in [*bases, name]:
        try:
            return encoding_name_for_model(candidate)
        except KeyError:
            continue
    return None


def _fetched(name: str) -> PortableTokenizer:
    """Return the tokenizer of a file, a folder or a repository."""
    from tore_export.tokens import files

    if "\0" in name:  # no path has it
        return _unknown(name)
    found = files.tokenizer_of_file(name)
    if found is not None:
        return found
    if files.names_a_file(name):
        raise TokenizerError(
            "there is no such file or folder", where=f"tokenizer {name}", hint="check the path"
        )
    public = public_tokenizer(name)
    if public is not None:
        raise TokenizerError(
            "the tokenizer of this model is public, and no other stands in for it",
            where=f"tokenizer {name}",
            hint=f"give {public.give}",
        )
    return _of_hub(name) if _may_be_repository(name) else _unknown(name)


def _may_be_repository(name: str) -> bool:
    from tore_export.tokens.hub import is_repository

    return is_repository(name)


@lru_cache(maxsize=16)
def _of_hub(name: str) -> PortableTokenizer:
    from tore_export.tokens.files import tokenizer_of
    from tore_export.tokens.hub import Hub

    file, content = Hub().fetch(name)
    return tokenizer_of(content, name, file)


@lru_cache(maxsize=16)
def _of_content(file: PortableTokenizer) -> Tokenizer:
    if file.kind == "tokenizer.json":
        from tore_export.tokens.hugging_face import HuggingFaceTokenizer

        return HuggingFaceTokenizer(file)
    if file.kind == "sentencepiece":
        from tore_export.tokens.sentence_piece import SentencePieceTokenizer

        return SentencePieceTokenizer(file)
    from tore_export.tokens.rank_files import RankTokenizer

    return RankTokenizer(file)


def _unknown(name: str) -> PortableTokenizer:
    """Raise the error that says what names there are."""
    known = [*TokenizerManager().names(), *(found.example for found in PUBLIC)]
    raise TokenizerError(
        "no tokenizer is known by this name",
        where="tokenizer",
        found=repr(name),
        allowed="an OpenAI model, an encoding ("
        + ", ".join(encoding_names())
        + "), a file or folder with a tokenizer, org/name of the Hugging Face hub",
        hint=nearest(name.lower(), known) or "`tore-export models` lists what is known",
    )
