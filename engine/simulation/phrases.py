"""What made-up people write in a field: by its name and its question, from phrases.toml."""

import random
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

_SHORT = 1_000  # characters: a field that holds at most so many asks for a name, a place or half a sentence
_BODIES = {
    "municipality": (("Socialnämnden", "SN"), ("Kommunstyrelsen", "KS"), ("Vård- och omsorgsnämnden", "VON")),
    "region": (("Regionstyrelsen", "RD"), ("Hälso- och sjukvårdsnämnden", "HSN")),
}


def decided_by(organisation: str, rng: random.Random, today: date) -> dict[str, str]:
    """A decision's body and case number, of a kind that the organisation has. Municipal codes have four digits."""
    body, register = rng.choice(_BODIES["municipality" if len(organisation) == 4 else "region"])
    return {"body": body, "case_number": f"{register} {today.year}/{rng.randint(12, 998):04}"}


def phrase(name: str, field: Mapping[str, Any], rng: random.Random, today: date) -> str:
    """A text for a field of this name and with this question (its title)."""
    is_short = int(field.get("maxLength", _SHORT + 1)) <= _SHORT
    text = rng.choice(_choices(name, str(field.get("title", "")), is_short))
    if "{" not in text:
        return text
    return text.replace("{year}", str(today.year)).replace("{nr}", str(rng.randint(12, 998)))


@lru_cache(maxsize=2_000)
def _choices(name: str, question: str, is_short: bool) -> list[str]:
    phrases = _phrases()
    for key in (f"{name} | {question}", f"| {question}"):
        if key in phrases["question"]:
            return phrases["question"][key]
    if name in phrases["field"]:
        return phrases["field"][name]
    by_beginning = phrases["short" if is_short else "long"]
    return next(texts for beginning, texts in by_beginning.items() if question.startswith(beginning))


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
