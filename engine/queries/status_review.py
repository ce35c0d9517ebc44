"""What the county picture says of reviews: the last, the next, and whether the agreement counts as followed up."""

from dataclasses import dataclass
from datetime import date

from engine.clock import local_date
from engine.packs import Pack
from engine.queries.review_rules import followed_up_until, next_review_date
from engine.queries.stage_rules import REVIEW_STAGE, Period, known_at, open_period
from engine.queries.status_facts import Agreement, Facts

# While its revision goes on, no yearly review is planned: the two exclude each other in the model.
_REVIEWED = frozenset({"in_force", "extended", "prolonged"})


@dataclass(frozen=True)
class Review:
    """`agreement` is the one that the dates are about: the one in force, else the newest."""

    agreement: Agreement | None
    last: date | None
    next: date | None
    followed_up: bool | None
    until: date | None


def review_of(facts: Facts, pack: Pack, agreements: list[Agreement]) -> Review:
    """The review dates of one municipality; `agreements` are all its own, oldest first.

    A review of the predecessor still counts: what is followed up is the collaboration, not the document.
    """
    binding = next((agreement for agreement in reversed(agreements) if agreement.is_binding), None)
    agreement = binding or (agreements[-1] if agreements else None)
    last = max((day for known in agreements for day in _reviewed_on(facts, known)), default=None)
    until = None
    if binding is not None and binding.in_force_on is not None and "follow_up_limit" in pack.parameters:
        until = followed_up_until(binding.in_force_on, str(pack.parameters["follow_up_limit"]), last)
    return Review(
        agreement=agreement,
        last=last,
        next=_next(facts, pack, binding) if binding is not None else None,
        followed_up=local_date(facts.as_of) <= until if until is not None else None,
        until=until,
    )


def _next(facts: Facts, pack: Pack, agreement: Agreement) -> date | None:
    interval = pack.parameters.get("review_interval")
    if agreement.in_force_on is None or agreement.status not in _REVIEWED or not interval:
        return None
    running = open_period(_reviews(facts, agreement))
    return next_review_date(
        agreement.in_force_on,
        str(interval),
        last_ended=max(_reviewed_on(facts, agreement), default=None),
        running_since=local_date(running.started_at) if running else None,
        valid_to=agreement.valid_to,
    )


def _reviews(facts: Facts, agreement: Agreement) -> list[Period]:
    known = known_at(facts.periods.get(agreement.key, []), facts.as_of)
    return [period for period in known if period.stage == REVIEW_STAGE]


def _reviewed_on(facts: Facts, agreement: Agreement) -> list[date]:
    """The days on which the agreement's completed reviews ended."""
    return [
        local_date(period.ended_at)
        for period in _reviews(facts, agreement)
        if period.ended_at is not None and period.outcome == "done"
    ]
