"""What made-up people decide: the answers that steer a process, by dice that are loaded so that every life ends."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Values = dict[str, Any]

COMMISSION = "decide_commission"  # the county network's decision to have the agreement evaluated and revised


@dataclass(frozen=True)
class Situation:
    """What a decision may depend on: which task it is, how often it has come before, and what the option says."""

    process_key: str
    element_id: str
    times_before: int
    today: date
    revise: bool  # the option: does the county network commission a revision in time?


# For a field that routes, how likely each answer is. What is not named shares what is left.
_WEIGHTS: dict[str, dict[Any, float]] = {
    "outcome": {
        "approved": 75,
        "approved_with_reason": 12,
        "returned": 13,
        "declined": 4,
        "anchored": 75,
        "changes_needed": 25,
        "ready": 70,
        "rework_sections": 20,
        "rework_plan": 10,
        "accept": 80,
        "accepted": 80,
        "not_for_us": 7,
        "needs_more": 8,
        "no_deviation": 5,
        "revise": 12,
        "prolonged": 20,
        "ended": 2,
        "stopped": 0,
    },
    "round_result": {"another_period": 60, "ready": 40},
    "next_phase": {"iris_1": 70, "iris_2": 20, "iris_3": 10, "iris_4": 0, "done": 0},
    "touches_purpose": {True: 1, False: 99},
    "early_revision": {True: 1, False: 99},
}
_NO_LOOP_AFTER = 3  # the third time the same question comes, people agree
_ONWARD = ("approved", "anchored", "ready", "accept", "accepted", "agreed", "yes", "adopted", "effective", "revise")


def choose(form: Mapping[str, Any], situation: Situation, rng: random.Random) -> Values:
    """Answers for the fields of a form that steer the process; the rest is filled in freely."""
    chosen: Values = {**_dates(form.get("properties", {}), situation.today)}
    steering = {*form.get("x-routes", []), *_WEIGHTS} & form.get("properties", {}).keys()
    for name in sorted(steering):
        field = form["properties"][name]
        options = [option["const"] for option in field.get("oneOf", [])]
        if field.get("type") == "boolean":
            options = [True, False]
        if options:
            chosen[name] = _pick(name, options, situation, rng)
    return chosen


def _dates(fields: Mapping[str, Any], today: date) -> Values:
    """Dates that a process waits for; a new regional agreement comes into force at the turn of the year."""
    dates: Values = {}
    if "look_again_on" in fields:
        dates["look_again_on"] = (today + timedelta(days=120)).isoformat()
    if "prolonged_to" in fields:
        dates["prolonged_to"] = f"{today.year + 2}-12-31"
    if "effect_check_on" in fields:
        dates["effect_check_on"] = (today + timedelta(days=90)).isoformat()
    if "in_force_on" in fields:
        dates["in_force_on"] = (today + timedelta(days=14)).isoformat()
    if "in_force_from" in fields:
        dates |= _new_agreement(today.year + 1)
    return {name: value for name, value in dates.items() if name in fields}


def _new_agreement(year: int) -> Values:
    """The same rhythm as before: eight years, a revision due three months before the end, a year's extension."""
    return {
        "in_force_from": f"{year}-01-01",
        "valid_to": f"{year + 7}-12-31",
        "expires_at": f"{year + 8}-01-01",
        "revision_look_from": f"{year + 6}-04-01",
        "revision_due": f"{year + 7}-10-01",
        "extended_to": f"{year + 8}-12-31",
        "extension_expires_at": f"{year + 9}-01-01",
    }


def _pick(name: str, options: list[Any], situation: Situation, rng: random.Random) -> Any:
    special = _special(name, options, situation)
    if special is not None:
        return special
    if situation.times_before >= _NO_LOOP_AFTER:
        onward = [option for option in _ONWARD if option in options]
        if onward:
            return onward[0]
    weights = _WEIGHTS.get(name, {})
    known = [weights.get(option, 10) for option in options]
    return rng.choices(options, known if any(known) else None)[0]


def _special(name: str, options: list[Any], situation: Situation) -> Any:
    """The decisions that the option of the simulation makes."""
    if situation.process_key == "regional_agreement" and situation.element_id == COMMISSION:
        return _commission(options, situation.revise)
    if situation.process_key == "regional_agreement" and "approved" in options and name == "outcome":
        return "approved"
    return None


def _commission(options: list[Any], revise: bool) -> Any:
    yes = [option for option in options if option in {True, "begin", "commissioned", "approved", "yes", "revise"}]
    no = [option for option in options if option not in yes]
    return (yes or options)[0] if revise else (no or options)[-1]
