"""The county's pages: what holds for each, who may see which, their files, and what is done directly from them."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import event, insert, select, update

from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import outbox, user_task
from engine.database.workplace_tables import kpi, official_figure
from engine.people import Person, list_people
from engine.queries import status_picture
from engine.queries.titles import load_titles
from exports.language import english
from tests.lived_county import copy_county
from tests.web.test_pages import faults
from tests.workplace import browse, make_application
from web.county_map import FILE, NAME_LETTER, SYMBOL, WORD_LETTER, Place, county_map

VIEWS = {
    "sent": ("?visa=alla&kommun=2080", "sent"),
    "flaskhalsar": ("?process=drafting&fran=2025-01-01", "flaskhalsar"),
    "sjalvskattningar": ("?skede=iris_1", "sjalvskattningar"),
    "avvikelser": ("?delning=ja&fran=2025-01-01", "avvikelsemonster"),
    "nyckeltal": ("?kommun=2080&ar=alla", "nyckeltal"),
    "arbetsbelastning": ("?kommun=2080", "arbetsbelastning"),
}
CLOSED = ("avvikelser", "arbetsbelastning")
MOST_STATEMENTS = 14


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = copy_county(tmp_path_factory.mktemp("monitoring"))
    figure = {"kpi": "N99999", "organisation": "2080", "year": 2025, "source": "kolada", "imported_at": utc_now()}
    with opened.write() as connection:
        named = {"id": "N99999", "title": "Ett prov", "source": "kolada", "changed_at": utc_now()}
        connection.execute(insert(kpi).values(named))
        for gender, value, status in (("K", "12.5", None), ("M", None, "Missing"), ("T", "0", None)):
            connection.execute(
                insert(official_figure).values(figure | {"gender": gender, "value": value, "status": status})
            )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def application(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_application(database, tmp_path_factory.mktemp("home"), demo=True)


def somebody_with(database: Database, role: str, organisation: str | None = None) -> Person:
    with database.read() as connection:
        return list_people(connection, role=role, organisation=organisation)[0]


@pytest.fixture
def rss(application: Flask, database: Database) -> FlaskClient:
    return browse(application, somebody_with(database, "rss"))


def page(client: FlaskClient, address: str) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    tree: html.HtmlElement = html.document_fromstring(answer.text)
    return tree


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_view_holds_together(application: Flask, database: Database, locale: str) -> None:
    client = browse(application, somebody_with(database, "rss"), locale)
    for view, (query, _) in VIEWS.items():
        for address in (f"/lansbild/{view}", f"/lansbild/{view}{query}", f"/lansbild/{view}?kommun=finns-inte&fran=x"):
            assert list(faults(page(client, address), locale)) == [], address


def test_the_ways_lead_to_what_one_may_see(application: Flask, database: Database, rss: FlaskClient) -> None:
    ways = page(rss, "/lansbild").xpath("//nav[@class='ways']//a/@href")
    assert ways == ["/lansbild", *(f"/lansbild/{view}" for view in VIEWS)]
    leader = browse(application, somebody_with(database, "process_leader"))
    seen = page(leader, "/lansbild").xpath("//nav[@class='ways']//a/@href")
    assert [view for view in VIEWS if f"/lansbild/{view}" not in seen] == list(CLOSED)
    for view in VIEWS:
        expected = 403 if view in CLOSED else 200
        assert leader.get(f"/lansbild/{view}").status_code == expected
        assert leader.get(f"/lansbild/{view}.xlsx").status_code == expected


def test_each_view_can_be_taken_away_as_shown(rss: FlaskClient) -> None:
    for view, (query, name) in VIEWS.items():
        tree = page(rss, f"/lansbild/{view}{query}")
        shown = tree.xpath("//main//a[@download]/@href")
        assert [file.partition("?")[0] for file in shown[:2]] == [f"/lansbild/{view}.xlsx", f"/lansbild/{view}.csv"]
        answer = rss.get(shown[0])
        assert f"samflode-{name}-" in answer.headers["Content-Disposition"]
        book = load_workbook(BytesIO(answer.data))
        assert "Urval: " in book.worksheets[0]["A2"].value, view
        rows = list(csv.reader(StringIO(rss.get(shown[1]).data.decode("utf-8-sig")), delimiter=";"))
        assert rows[0] == [cell.value for cell in book.worksheets[0][4]], view
        assert rss.get(f"/lansbild/{view}.pdf").status_code == 404


def test_the_file_holds_what_the_page_shows(rss: FlaskClient) -> None:
    tree = page(rss, "/lansbild/flaskhalsar?process=drafting")
    shown = [row.findtext("th") for row in tree.xpath("//table[1]/tbody/tr")]
    book = load_workbook(BytesIO(rss.get("/lansbild/flaskhalsar.xlsx?process=drafting").data))
    written = [row[0].value for sheet in book.worksheets for row in sheet.iter_rows(min_row=5) if row[0].value]
    assert shown == written
    assert "Process: Framtagande av lokal överenskommelse" in book.worksheets[0]["A2"].value


def test_each_table_of_a_page_can_be_taken_away_by_itself(rss: FlaskClient) -> None:
    tree = page(rss, "/lansbild/flaskhalsar?process=drafting")
    files = tree.xpath("//a[contains(@class, 'table-file')]/@href")
    heads = [rss.get(file).data.decode("utf-8-sig").partition(";")[0] for file in files]
    assert heads == ["Steg", "Skede"]


def test_what_is_missing_is_never_nought(rss: FlaskClient) -> None:
    tree = page(rss, "/lansbild/nyckeltal?kommun=2080&slag=officiell&ar=2025")
    row = next(row for row in tree.xpath("//tbody/tr") if "Ett prov" in row.text_content())
    assert [" ".join(cell.text_content().split()) for cell in row.xpath("td")[2:5]] == ["12,5", "Missing", "0"]
    assert "Källa: Kolada" in tree.text_content()


def test_small_numbers_are_hidden_in_what_is_to_be_shared(rss: FlaskClient) -> None:
    tree = page(rss, "/lansbild/avvikelser?delning=ja")
    numbers = [cell.text_content().strip() for cell in tree.xpath("//td[@data-label='Antal']")]
    assert numbers
    assert not [number for number in numbers if number.isdigit() and 0 < int(number) < 5]
    assert "AVV-" not in tree.xpath("string(//main)")
    assert "AVV-" not in rss.get("/lansbild/avvikelser.csv?delning=ja").text


def late_task(database: Database, organisation: str) -> Any:
    """An open task there that nobody has been reminded of, made late."""
    with database.write() as connection:
        here = (user_task.c.state == "open", user_task.c.organisation == organisation, user_task.c.role != "rss")
        found = connection.execute(select(user_task).where(*here).order_by(user_task.c.id)).first()
        assert found is not None
        connection.execute(update(user_task).where(user_task.c.id == found.id).values(reminded_at=None, assignee=None))
        return found


def busy_municipality(database: Database) -> str:
    with database.read() as connection:
        here = (user_task.c.state == "open", user_task.c.role == "working_group")
        return str(connection.execute(select(user_task.c.organisation).where(*here)).scalars().first())


def test_reminding_goes_to_the_outbox_once_a_day(application: Flask, database: Database) -> None:
    application.config["WTF_CSRF_ENABLED"] = False
    client = browse(application, somebody_with(database, "rss"))
    task = late_task(database, busy_municipality(database))
    address = f"/lansbild/sent/paminn?visa=alla&kommun={task.organisation}"
    answer = client.post(address, data={"en": task.id}, follow_redirects=True)
    assert answer.request.full_path == f"/lansbild/sent?visa=alla&kommun={task.organisation}"
    assert "på väg till" in answer.text
    assert "Påmind i dag" in answer.text
    again = client.post(address, data={"uppgift": [task.id, "finns-inte"]}, follow_redirects=True)
    assert "1 uppgift: En påminnelse om uppgiften har redan gått" in again.text
    assert "1 uppgift: Uppgiften finns inte." in again.text
    with database.read() as connection:
        told = connection.execute(select(outbox).where(outbox.c.kind == "reminder", outbox.c.task_id == task.id)).all()
    assert len(told) >= 1
    application.config["WTF_CSRF_ENABLED"] = True


def test_a_task_is_handed_over_from_the_list(application: Flask, database: Database) -> None:
    application.config["WTF_CSRF_ENABLED"] = False
    client = browse(application, somebody_with(database, "rss"))
    task = late_task(database, busy_municipality(database))
    receiver = somebody_with(database, task.role, task.role_organisation)
    nobody = client.post("/lansbild/sent/lamna-over", data={"uppgift": task.id}, follow_redirects=True)
    assert "Välj vem som ska ta över" in nobody.text
    client.post("/lansbild/sent/lamna-over", data={"uppgift": task.id, "person": receiver.id})
    with database.read() as connection:
        assert connection.execute(select(user_task.c.assignee).where(user_task.c.id == task.id)).scalar() == receiver.id
    application.config["WTF_CSRF_ENABLED"] = True


def test_the_heat_map_names_steps_of_the_model(rss: FlaskClient) -> None:
    tree = page(rss, "/lansbild/flaskhalsar?process=drafting")
    place = tree.xpath("//*[@data-heat]")[0]
    model = rss.get(place.get("data-diagram")).text
    assert '"draft_section": [' in place.get("data-heat")
    assert 'id="draft_section"' in model
    assert rss.get("/lansbild/flaskhalsar/finns-inte.bpmn").status_code == 404


def test_without_a_choice_the_heat_map_is_of_one_process(rss: FlaskClient) -> None:
    # A step of another process with the same name must not give its heat to this one's.
    tree = page(rss, "/lansbild/flaskhalsar")
    drawn = tree.xpath("//*[@data-diagram]")[0]
    process_key = drawn.get("data-diagram").rpartition("/")[2].partition(".")[0]
    same = page(rss, f"/lansbild/flaskhalsar?process={process_key}").xpath("//*[@data-heat]")[0]
    assert json.loads(drawn.get("data-heat")) == json.loads(same.get("data-heat")) != {}


def test_months_are_said_as_people_say_them(rss: FlaskClient) -> None:
    tree = page(rss, "/lansbild/avvikelser")
    months = tree.xpath("//section[.//h2[@id='t-manader']]//tbody//th/text()")
    assert months
    assert all(re.fullmatch(r"[a-z]{3,4} \d{4}", month) for month in months)
    in_english = page(rss, "/lansbild/avvikelser?lang=en").xpath("//section[.//h2[@id='t-manader']]//tbody//th/text()")
    rss.get("/lansbild/avvikelser?lang=sv")
    assert all(re.fullmatch(r"[A-Z][a-z]{2,3} \d{4}", month) for month in in_english)


def test_the_map_has_every_municipality_with_its_state_in_words(rss: FlaskClient) -> None:
    tree = page(rss, "/lansbild")
    said = tree.xpath("//*[contains(@class, 'map__place')]/@aria-label")
    assert len(said) == 15
    assert all(": " in one for one in said)
    assert FILE.stat().st_size < 10_000
    assert "Statistics Sweden" in FILE.read_text()


def test_no_label_on_the_map_covers_another(application: Flask, database: Database) -> None:
    with database.read() as connection:
        picture = status_picture(connection, load_titles(connection).packs.popitem()[0], utc_now())
    longest: dict[Any, str | None] = {
        "late": "drafting",
        "wait": "decision",
        "going": "drafting",
        "back": "drafting",
        "none": None,
    }
    boxes = []
    with application.test_request_context("/"):
        for status, stage in longest.items():
            rows = [replace(row, status=status, current_stage=stage, days_late=142) for row in picture.rows]
            drawn = county_map(rows)
            assert drawn is not None
            boxes += [(status, box(place)) for place in drawn.places]
    for (status, one), (other_status, other) in combinations(boxes, 2):
        same = one[0] == other[0]
        apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
        assert same or apart, (one[0], status, other[0], other_status)


def box(place: Place) -> tuple[str, float, float, float, float]:
    """Whose label, and its left, top, right and bottom."""
    widths = [SYMBOL + len(place.lines[0]) * WORD_LETTER, *(len(line) * WORD_LETTER for line in place.lines[1:])]
    width = max(len(place.row.organisation_name) * NAME_LETTER, *widths)
    return (place.row.organisation, place.x, place.y - 11, place.x + width, place.y + 16 * len(place.lines) + 2)


def test_every_view_is_a_handful_of_statements(database: Database, rss: FlaskClient) -> None:
    counts = {}
    for view, (query, _) in VIEWS.items():
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any, into: list[str] = sent) -> None:
            into.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        page(rss, f"/lansbild/{view}{query}")
        event.remove(database.engine, "before_cursor_execute", note)
        counts[view] = sum(statement.startswith("SELECT") for statement in sent)
    assert max(counts.values()) <= MOST_STATEMENTS, counts


def test_what_the_tables_say_has_an_english_translation() -> None:
    folder = Path(__file__).resolve().parents[2] / "exports"
    said: set[str] = set()
    for name in ("monitoring_tables.py", "monitoring_registers.py"):
        said |= set(re.findall(r'say\(\s*"([^"]+)"', (folder / name).read_text()))
    assert said
    assert said - set(english()) == set()
