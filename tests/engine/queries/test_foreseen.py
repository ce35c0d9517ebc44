"""What an agreement's line of time foresees, from the pack and from where the work is."""

from datetime import date

import pytest

from engine.packs import Pack, load_pack
from engine.queries.foreseen import Facts, Span, spans, status_spans
from engine.queries.stage_rules import Period, stage_cell
from tests.county import PACK_FOLDER, at

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACK_FOLDER)


def plan(pack: Pack, periods: list[Period], *, in_force_on: date | None = None, over: bool = False) -> list[Span]:
    cells = [stage_cell(stage.key, periods, [], at("2026-11-24")) for stage in pack.stages]
    valid_to = date(2032, 12, 31) if in_force_on else None
    return spans(Facts(pack, cells, periods, in_force_on, valid_to, over, TODAY))


def of(found: list[Span], stage: str) -> list[Span]:
    return [one for one in found if one.stage == stage]


def test_stages_follow_each_other_from_when_the_open_one_is_expected_to_end(pack: Pack) -> None:
    drafting = Period("drafting", at("2026-05-01"), expected_by=at("2027-02-01"))
    found = plan(pack, [drafting])
    assert [(one.kind, one.expected) for one in of(found, "drafting")] == [("open", date(2027, 2, 1))]
    (anchoring,), (decision,) = of(found, "anchoring"), of(found, "decision")
    assert (anchoring.kind, anchoring.first, anchoring.last) == ("planned", date(2027, 2, 1), date(2027, 5, 1))
    assert decision.first == anchoring.last
    assert of(found, "annual_review")[0].first == date(2028, 11, 1), "a year after the decision is foreseen"


def test_what_is_late_pushes_what_follows(pack: Pack) -> None:
    late = Period("drafting", at("2025-01-01"), expected_by=at("2025-10-01"))
    found = plan(pack, [late])
    assert of(found, "drafting")[0].late
    assert of(found, "anchoring")[0].first == TODAY


def test_a_stage_that_was_sent_back_keeps_its_earlier_round(pack: Pack) -> None:
    first = Period("iris_1", at("2026-01-01"), ended_at=at("2026-05-01"), outcome="returned")
    second = Period("iris_1", at("2026-05-01"), round=2, expected_by=at("2026-12-24"))
    kinds = [(one.kind, one.round) for one in of(plan(pack, [first, second], in_force_on=date(2026, 1, 1)), "iris_1")]
    assert kinds == [("returned", 1), ("open", 2)]


def test_reviews_come_on_their_day_each_year_and_the_revision_when_it_is_due(pack: Pack) -> None:
    done = Period("iris_4", at("2026-01-01"), ended_at=at("2026-09-01"), outcome="done")
    found = plan(pack, [done], in_force_on=date(2026, 3, 17))
    reviews = [one.first for one in of(found, "annual_review")]
    assert reviews == [date(year, 3, 17) for year in range(2027, 2033)]
    assert of(found, "revision")[0].last == date(2032, 10, 1)


def test_an_agreement_that_is_over_foresees_nothing(pack: Pack) -> None:
    done = Period("iris_1", at("2026-01-01"), ended_at=at("2026-09-01"), outcome="done")
    found = plan(pack, [done], in_force_on=date(2026, 1, 1), over=True)
    assert [one.kind for one in found] == ["done"]


def test_the_regional_agreement_is_drawn_from_its_statuses(pack: Pack) -> None:
    changes = [("preparing", at("2023-09-01")), ("in_force", at("2024-10-01"))]
    found = status_spans(changes, pack, TODAY, is_over=False)
    assert [(one.stage, one.kind) for one in found] == [("preparing", "done"), ("under_revision", "planned")]
    assert found[1].last == date(2032, 10, 1)
