"""A self-assessment as points, and what has changed between two texts."""

from web import comparison, radar
from web.comparison import Piece

SCALE = [{"key": key, "title": key} for key in ("low", "some", "high")]
ITEMS = [{"key": f"q{number}", "title": f"Fråga {number}", "step": number % 4} for number in range(8)]
STEPS = {number: f"Steg {number}" for number in range(4)}


def answers(*levels: str | None) -> list[dict[str, str]]:
    return [{"item": f"q{number}", "level": level} for number, level in enumerate(levels) if level]


def test_items_stand_beside_the_last_time_and_nothing_is_invented() -> None:
    items = radar.assessed_items(ITEMS[:2], SCALE, answers("high", None), answers("low", "some"), STEPS)
    assert [(item.now, item.then, item.change) for item in items] == [(3, 1, 2), (None, 2, None)]


def test_an_axis_is_the_mean_of_a_step() -> None:
    items = radar.assessed_items(ITEMS, SCALE, answers(*["low"] * 4, *["high"] * 4), [], STEPS)
    drawn = radar.draw(items, 3)
    assert drawn is not None
    assert [axis.lines for axis in drawn.axes] == [("Steg 0",), ("Steg 1",), ("Steg 2",), ("Steg 3",)]
    first_x, first_y = drawn.now_dots[0]
    assert (first_x, round(first_y, 1)) == (radar.CENTRE_X, round(radar.CENTRE_Y - radar.RADIUS * 2 / 3, 1))
    assert drawn.then == ""


def test_what_nobody_answered_is_no_axis() -> None:
    items = radar.assessed_items(ITEMS[:4], SCALE, answers("low", "low", None, "high"), [], STEPS)
    drawn = radar.draw(items, 3)
    assert drawn is not None
    assert len(drawn.axes) == 3
    assert radar.draw(items[:2], 3) is None


def test_changes_are_told_word_by_word() -> None:
    change = comparison.compare("Mandat", "har 10 procent av sin tid", "har 25 procent av sin tid")
    assert change.then == (Piece("same", "har"), Piece("gone", " 10"), Piece("same", " procent av sin tid"))
    assert change.now == (Piece("same", "har"), Piece("new", " 25"), Piece("same", " procent av sin tid"))
    assert comparison.compare("Risker", "", "Ny risk").then == ()


def test_changes_are_not_cut_in_shreds_and_can_be_read_as_one_text() -> None:
    change = comparison.compare("Tid", "Vi möts varje vecka i huset.", "De ses en gång varje månad i huset.")
    assert [piece.kind for piece in change.merged] == ["gone", "new", "same"]
    assert "".join(piece.text for piece in change.merged if piece.kind != "new") == "Vi möts varje vecka i huset."
    assert "".join(piece.text for piece in change.now) == "De ses en gång varje månad i huset."


def test_axes_with_long_titles_bear_numbers_of_the_rows() -> None:
    long = [
        {**item, "title": f"Ett påstående som är för långt för att stå vid en axel, {item['key']}"}
        for item in ITEMS[:4]
    ]
    items = radar.assessed_items(long, SCALE, answers("low", None, "high", "some"), [], {})
    drawn = radar.draw(items, 3)
    assert drawn is not None
    assert [axis.lines for axis in drawn.axes] == [("1",), ("3",), ("4",)]
