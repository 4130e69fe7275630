"""YAML that users write: read safely, with the line of what is wrong."""

from __future__ import annotations

from typing import Any

from tore_export.errors import ConfigError

__all__ = ["MAX_NESTING", "MAX_VALUES", "parse_yaml"]

MAX_NESTING = 64
MAX_VALUES = 1_000_000


def parse_yaml(text: str, where: str) -> tuple[Any, Any]:
    r"""Return the root node of a YAML document, which knows lines, and its value; None twice for none.

    It is looked through before anything is built: the C library gives up its process on 100,000 nested
    brackets, and a few aliases of aliases stand for more than memory holds.

    **Raises** ConfigError, naming file and line, for what is not YAML, a key that stands twice, and more
    than MAX_NESTING levels or MAX_VALUES values, aliases counted as what they stand for.

    >>> parse_yaml("seed: 7", "own.yaml")[1]
    {'seed': 7}
    >>> parse_yaml("seed: 7\nseed: 8", "own.yaml")
    Traceback (most recent call last):
    tore_export.errors.ConfigError: own.yaml:2: 'seed' stands twice, first in line 1
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_size(yaml.parse(text, loader), where)
        loading = loader(text)
        root = loading.get_single_node()
        if root is None:
            return None, None
        _check_keys(root, where)
        return root, loading.construct_document(root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(f"not YAML: {problem}", where=where + line) from error
    except ValueError as error:  # a date as 2026-13-45, which no date is
        raise ConfigError(f"not YAML: {error}", where=where) from error


def _check_size(events: Any, where: str) -> None:
    import yaml

    # sizes of anchors; collections that are open, by anchor and what was counted before them
    sizes: dict[str, int] = {}
    open_ones: list[tuple[str | None, int]] = []
    total = 0
    for event in events:
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            if anchor in sizes:  # the parser names one that is not known
                total += sizes[anchor]
            elif any(anchor == name for name, _ in open_ones):
                raise _wrong("an alias stands for what it is in", event, where)
        elif isinstance(event, yaml.CollectionEndEvent):
            name, before = open_ones.pop()
            if name is not None:
                sizes[name] = total - before
        elif isinstance(event, yaml.NodeEvent):
            total += 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_ones.append((anchor, total - 1))
            elif anchor is not None:
                sizes[anchor] = 1
        if len(open_ones) > MAX_NESTING:
            raise _wrong("nested too deep", event, where, f"{MAX_NESTING} levels")
        if total > MAX_VALUES:
            raise _wrong("too much", event, where, f"{MAX_VALUES:,} values, aliases written out")


def _wrong(what: str, event: Any, where: str, allowed: str | None = None) -> ConfigError:
    return ConfigError(what, where=f"{where}:{event.start_mark.line + 1}", allowed=allowed)


def _check_keys(root: Any, where: str) -> None:
    import yaml

    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            lines: dict[str, int] = {}
            for key, value in node.value:
                waiting.append(value)
                line = key.start_mark.line + 1
                if isinstance(key, yaml.ScalarNode) and key.value in lines:
                    first = lines[key.value]
                    raise ConfigError(
                        f"{key.value!r} stands twice, first in line {first}",
                        where=f"{where}:{line}",
                    )
                lines[str(key.value)] = line
