"""Words: a missing one is an error with four parts, never a blank."""

from __future__ import annotations

import pytest

from core import words
from core.errors import ConfigError


def test_a_missing_label_is_an_error_that_says_where() -> None:
    with pytest.raises(ConfigError) as refused:
        words.label("strand", "klingon")
    assert refused.value.exit_code == 3
    assert refused.value.where == "config/labels.toml"
    assert all(refused.value.as_dict().values())


def test_a_sentence_that_names_a_fact_it_was_not_given_is_an_error() -> None:
    with pytest.raises(ConfigError, match="window"):
        words.say("trends", "change", "subtitle", area="LLR", strand="all", quarter="Q1")


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_names_are_joined_as_in_a_sentence(names: list[str], said: str) -> None:
    assert words.join(names) == said


def test_one_is_not_many() -> None:
    assert (words.count("month", 1), words.count("month", 12)) == ("1 month", "12 months")
