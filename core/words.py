"""Words from config/: labels by code, sentences by page. A missing word is an error, never a blank."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from core.errors import ConfigError
from core.settings import CONFIG, read_toml


@lru_cache(maxsize=1)
def labels() -> dict[str, dict[str, str]]:
    """Every label: kind -> code -> words (config/labels.toml)."""
    return read_toml(CONFIG / "labels.toml")


@lru_cache(maxsize=32)
def page_text(page: str) -> dict[str, Any]:
    """The words of one page or topic (config/text/<page>.toml)."""
    return read_toml(CONFIG / "text" / f"{page}.toml")


def label(kind: str, code: str) -> str:
    """The words for one code. Raises ConfigError when there are none."""
    try:
        return labels()[kind][code]
    except KeyError as missing:
        raise _missing(f"[{kind}] {code}", "config/labels.toml") from missing


def say(page: str, *keys: str, **facts: Any) -> str:
    """The sentence at `keys` in config/text/<page>.toml with its facts filled in.

    Raises ConfigError when the sentence is missing or names a fact that was not given.
    """
    found: Any = page_text(page)
    try:
        for key in keys:
            found = found[key]
        return str(found).format(**facts)
    except (KeyError, IndexError, TypeError) as missing:
        raise _missing(" > ".join(keys) + f" ({missing})", f"config/text/{page}.toml") from missing


def join(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`; empty for none."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def count(noun: str, number: int) -> str:
    """`1 month`, `12 months`: the noun's two forms are in labels.toml [count]."""
    one, _, many = label("count", noun).partition("|")
    return f"{number:,} {one if number == 1 else many}"


def _missing(what: str, where: str) -> ConfigError:
    return ConfigError(
        f"there are no words for {what}.",
        where=where,
        meaning="The page cannot be shown without them.",
        action="Add the words to that file.",
    )
