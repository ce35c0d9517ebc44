"""The list of tasks: whose, filtered, page by page, in few statements; kept filters; the same done with several."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from lxml import html
from openpyxl import load_workbook
from sqlalchemy import event, insert, select, update

from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import outbox, user_task
from engine.database.workplace_tables import contribution
from engine.people import Person, create_person, get_person, grant, list_people
from engine.queries import TaskFilter, TaskRow, list_tasks
from tests.lived_county import copy_county
from tests.web.test_pages import faults
from tests.workplace import browse, make_application, open_county

LEADER = "process_leader"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """For tests that only read; with more open tasks than a page holds."""
    opened = copy_county(tmp_path_factory.mktemp("county"))
    with opened.write() as connection:
        for row in connection.execute(select(user_task).where(user_task.c.state == "open")).mappings().all():
            for number in range(5):
                later = row["due_at"] + timedelta(days=number)
                connection.execute(insert(user_task).values({**row, "id": uuid4().hex, "due_at": later}))
    yield opened
    opened.close()


@pytest.fixture
def own_county(tmp_path: Path) -> Iterator[Database]:
    yield from open_county(tmp_path)


@pytest.fixture(scope="module")
def application(county: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_application(county, tmp_path_factory.mktemp("home"), csrf=False)


@pytest.fixture
def own_application(own_county: Database, tmp_path: Path) -> Flask:
    return make_application(own_county, tmp_path, csrf=False)


def people(database: Database, role: str) -> list[Person]:
    with database.read() as connection:
        return list_people(connection, role=role)


def tasks_of(database: Database, person: Person, **chosen: Any) -> list[TaskRow]:
    with database.read() as connection:
        return list_tasks(connection, person, utc_now(), TaskFilter(**chosen), limit=10_000).items


def busiest(database: Database, role: str = LEADER) -> Person:
    return max(people(database, role), key=lambda person: len(tasks_of(database, person)))


def listed(page: str) -> list[str]:
    """The ids of the tasks in the list, in its order."""
    links = html.document_fromstring(page).xpath("//ol[@class='tasks']//li//a/@href")
    return [str(link).rpartition("/")[2] for link in links]


def statements(database: Database, visit: Callable[[], object]) -> list[str]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        visit()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("role", [LEADER, "rss", "steering_group", "administrator"])
def test_the_whole_request_takes_fewer_than_five_statements(application: Flask, county: Database, role: str) -> None:
    client = browse(application, busiest(county, role))
    client.get("/uppgifter?q=plan")  # packs and models are read once per process
    for address in ("/uppgifter", "/uppgifter?omfattning=alla", "/uppgifter?kommun=2080&lage=late&q=plan"):
        seen = statements(county, lambda address=address: client.get(address))  # type: ignore[misc]
        assert len(seen) < 5, "\n\n".join(seen)


def test_three_scopes_and_every_filter_give_what_the_query_gives(application: Flask, county: Database) -> None:
    person = busiest(county)
    client = browse(application, person)
    cases: list[tuple[str, dict[str, Any]]] = [
        ("", {}),
        ("?omfattning=roller", {"scope": "roles"}),
        ("?omfattning=alla", {"scope": "all"}),
        ("?lage=late", {"late": True}),
        ("?omfattning=alla&vantar=roll:working_group", {"scope": "all", "waiting_role": "working_group"}),
        (f"?omfattning=alla&vantar=person:{person.id}", {"scope": "all", "waiting_person": person.id}),
        ("?omfattning=alla&process=drafting", {"scope": "all", "process_key": "drafting"}),
    ]
    for query, chosen in cases:
        page = client.get(f"/uppgifter{query}").text
        assert listed(page) == [task.id for task in tasks_of(county, person, **chosen)][:50], query
    everything = client.get("/uppgifter?omfattning=alla").text
    for field, value in (("skede", "drafting"), ("lage", "draft"), ("process", "drafting"), ("vantar", "roll:rss")):
        chosen_in = html.document_fromstring(client.get(f"/uppgifter?omfattning=alla&{field}={value}").text)
        assert chosen_in.xpath(f"//select[@name='{field}']//option[@selected]/@value") == [value]
    municipalities = html.document_fromstring(
        browse(application, people(county, "rss")[0]).get("/uppgifter?omfattning=alla").text
    ).xpath("//select[@name='kommun']/option/text()")
    assert municipalities[:3] == ["Alla", "Avesta", "Borlänge"]
    assert len(municipalities) == 16
    assert html.document_fromstring(everything).xpath("string(//*[@class='scopes']//a[@aria-current])") == (
        "Alla jag får se"
    )


def test_pages_forwards_and_back_keep_the_filter_and_lose_nothing(application: Flask, county: Database) -> None:
    client = browse(application, people(county, "rss")[0])
    everything = [task.id for task in tasks_of(county, people(county, "rss")[0], scope="all")]
    assert len(everything) > 50, "too few tasks to have pages"
    address, seen = "/uppgifter?omfattning=alla", []
    page = html.document_fromstring(client.get(address).text)
    while address:
        page = html.document_fromstring(client.get(address).text)
        seen.append((address, listed(html.tostring(page, encoding="unicode"))))
        address = str(next(iter(page.xpath("//nav[contains(@class, 'pages')]//a[@rel='next']/@href")), ""))
        assert "omfattning=alla" in address or not address
    assert [task_id for _address, ids in seen for task_id in ids] == everything
    back = str(page.xpath("//nav[contains(@class, 'pages')]//a[@rel='prev']/@href")[0])
    assert listed(client.get(back).text) == seen[-2][1]


def test_a_task_leads_back_to_the_list_as_it_was(application: Flask, county: Database) -> None:
    person = busiest(county)
    client = browse(application, person)
    task = tasks_of(county, person)[0]
    client.get(f"/uppgifter?kommun={task.organisation}&q=a&lang=sv")
    page = html.document_fromstring(client.get(f"/uppgifter/{task.id}").text)
    assert f"/uppgifter?kommun={task.organisation}&q=a" in page.xpath("//ol[@class='crumbs']//a/@href")
    client.get("/uppgifter")
    page = html.document_fromstring(client.get(f"/uppgifter/{task.id}").text)
    assert "/uppgifter" in page.xpath("//ol[@class='crumbs']//a/@href")


def test_the_file_has_the_rows_of_the_pages_in_their_order(application: Flask, county: Database) -> None:
    rss = people(county, "rss")[0]
    client = browse(application, rss)
    described = ""
    for query in ("?omfattning=alla", "?omfattning=alla&lage=late&skede=drafting"):
        shown, address = [], f"/uppgifter{query}"
        while address:
            page = html.document_fromstring(client.get(address).text)
            shown += [str(name.text_content()) for name in page.xpath("//ol[@class='tasks']//h3")]
            address = str(next(iter(page.xpath("//nav[contains(@class, 'pages')]//a[@rel='next']/@href")), ""))
        lines = client.get(f"/hamta/mina-uppgifter.csv{query}").data.decode("utf-8-sig")
        rows = list(csv.reader(StringIO(lines), delimiter=";"))
        assert [row[0] for row in rows[1:]] == shown
        sheet = load_workbook(BytesIO(client.get(f"/hamta/mina-uppgifter.xlsx{query}").data)).worksheets[0]
        assert [cell.value for cell in sheet["A"][4:]] == (shown or ["Inga rader."])
        assert [cell.value for cell in sheet[4]] == rows[0]
        described = str(sheet["A2"].value)
    assert "Filter: Alla uppgifter som jag får se; Skede: Framtagande; Läge: Försenade" in described


def test_a_filter_is_kept_shared_renamed_and_removed(own_application: Flask, own_county: Database) -> None:
    person = busiest(own_county)
    role, place = min(grant for grant in person.grants if grant[0] == LEADER)
    with own_county.write() as connection:
        other = create_person(connection, utc_now(), "ny.kollega", "Ny Kollega")
        grant(connection, utc_now(), other, role, place)
        colleague = get_person(connection, other)
    client = browse(own_application, person)
    form = {"filter": "lage=late&kommun=2080&efter=x", "namn": "Sent i Falun", "dela": f"{role}/{place}"}
    answer = client.post("/uppgifter/filter", data=form)
    assert answer.location == "/uppgifter?lage=late&kommun=2080"
    assert "Filtret är sparat." in client.get(answer.location).text
    assert client.post("/uppgifter/filter", data={**form, "namn": "  "}).status_code == 302
    assert "Ge filtret ett namn." in client.get(answer.location).text

    theirs = html.document_fromstring(browse(own_application, colleague).get("/uppgifter").text)
    assert theirs.xpath("//div[@class='saved']//a[text()='Sent i Falun']/@href") == ["/uppgifter?lage=late&kommun=2080"]
    page = html.document_fromstring(client.get("/uppgifter/filter").text)
    action = str(page.xpath("//main//form/@action")[0])
    assert browse(own_application, colleague).post(action, data={"gor": "ta-bort"}).status_code == 403
    assert client.post(action, data={"gor": "andra", "namn": ""}).status_code == 422
    assert client.post(action, data={"gor": "andra", "namn": "Försenat", "dela": ""}).status_code == 302
    assert "Försenat" in client.get("/uppgifter").text
    assert "Försenat" not in browse(own_application, colleague).get("/uppgifter").text
    assert client.post(action, data={"gor": "ta-bort"}).status_code == 302
    assert "Du har inga sparade filter" in client.get("/uppgifter/filter").text


@pytest.fixture
def group(own_county: Database) -> tuple[Person, Person, list[str]]:
    """Somebody who does not lead, a new colleague of theirs, and the ids of two tasks of theirs and one of others'."""
    with own_county.write() as connection:
        is_open = (user_task.c.state == "open", ~user_task.c.gate)
        roles = ("working_group", "municipality_decision", "recipient", "deviation_handler")
        held = select(user_task).where(*is_open, user_task.c.role.in_(roles)).order_by(user_task.c.role.desc())
        row = connection.execute(held).mappings().first()
        assert row is not None
        connection.execute(insert(user_task).values({**row, "id": uuid4().hex}))
        person = list_people(connection, role=row["role"], organisation=row["role_organisation"])[0]
    mine = [task for task in tasks_of(own_county, person, scope="roles") if task.role == row["role"]][:2]
    with own_county.write() as connection:
        for task in mine:
            connection.execute(
                update(user_task).where(user_task.c.id == task.id).values(assignee=None, reminded_at=None)
            )
        other = create_person(connection, utc_now(), "kollega", "Kim Kollega", email="kim@example.org")
        for task in mine:
            grant(connection, utc_now(), other, task.role, task.role_organisation)
        colleague = get_person(connection, other)
        elsewhere = connection.execute(
            select(user_task.c.id).where(
                user_task.c.state == "open", user_task.c.role_organisation.not_in(person.organisations)
            )
        ).scalars()
        return person, colleague, [*(task.id for task in mine), next(elsewhere)]


def outcomes(page: str) -> list[tuple[bool, str]]:
    rows = html.document_fromstring(page).xpath("//ul[contains(@class, 'outcomes')]/li")
    return [("Gick bra" in row.text_content(), re.sub(r"\s+", " ", row.text_content()).strip()) for row in rows]


def holders(database: Database, ids: list[str]) -> list[str | None]:
    with database.read() as connection:
        found = {row.id: row.assignee for row in connection.execute(select(user_task.c.id, user_task.c.assignee))}
    return [found[task_id] for task_id in ids]


def test_several_are_taken_over_and_one_that_cannot_be_does_not_stop_the_others(
    own_application: Flask, own_county: Database, group: tuple[Person, Person, list[str]]
) -> None:
    person, colleague, (first, second, elsewhere) = group
    client = browse(own_application, person)
    with own_county.write() as connection:
        connection.execute(update(user_task).where(user_task.c.id == second).values(assignee=colleague.id))
    page = client.post("/uppgifter/valda", data={"gor": "ta-over", "uppgift": [first, second, elsewhere]})
    assert page.status_code == 200
    assert "Delvis klart" in page.text
    assert "1 uppgift är din." in page.text
    told = outcomes(page.text)
    assert [done for done, _words in told] == [False, False, True]
    assert any("har tagit över uppgiften" in words for _done, words in told)
    assert any("En uppgift som inte finns" in words for _done, words in told)
    assert holders(own_county, [first, second, elsewhere])[:2] == [person.id, colleague.id]
    again = client.post("/uppgifter/valda", data={"gor": "ta-over", "uppgift": [first]})
    assert "Du hade redan tagit över den." in again.text


def test_several_are_handed_over_to_somebody_who_may_take_them(
    own_application: Flask, own_county: Database, group: tuple[Person, Person, list[str]]
) -> None:
    person, colleague, (first, second, _elsewhere) = group
    client = browse(own_application, person)
    chosen = {"gor": "lamna-over", "uppgift": [first, second]}
    page = html.document_fromstring(client.post("/uppgifter/valda", data=chosen).text)
    assert colleague.id in page.xpath("//input[@name='person']/@value")
    assert sorted(page.xpath("//input[@name='uppgift']/@value")) == sorted([first, second])
    assert client.post("/uppgifter/valda", data={**chosen, "valt": "1"}).status_code == 422
    page_after = client.post("/uppgifter/valda", data={**chosen, "valt": "1", "person": colleague.id}).text
    assert "2 uppgifter är lämnade över." in page_after
    assert holders(own_county, [first, second]) == [colleague.id, colleague.id]


def test_reminders_are_asked_for_first_and_go_once_a_day(
    own_application: Flask, own_county: Database, group: tuple[Person, Person, list[str]]
) -> None:
    person, colleague, (first, second, elsewhere) = group
    refused = browse(own_application, person).post("/uppgifter/valda", data={"gor": "paminn", "uppgift": [first]})
    assert "Du får inte påminna om någon av uppgifterna" in refused.text
    client = browse(own_application, people(own_county, "rss")[0])
    chosen = {"gor": "paminn", "uppgift": [first, second]}

    def letters() -> list[Any]:
        with own_county.read() as connection:
            return list(connection.execute(select(outbox).where(outbox.c.task_id.in_([first, second, elsewhere]))))

    before = len(letters())
    assert "Skicka 2 påminnelser" in client.post("/uppgifter/valda", data=chosen).text
    assert len(letters()) == before
    page = client.post("/uppgifter/valda", data={**chosen, "bekrafta": "1"}).text
    assert "2 påminnelser är på väg." in page
    written = [row for row in letters() if row.kind == "reminder" and row.person_id == colleague.id]
    assert {row.task_id for row in written} == {first, second}
    again = client.post("/uppgifter/valda", data={**chosen, "bekrafta": "1"}).text
    assert "Inget gick att göra" in again
    assert all("i morgon" in words for _done, words in outcomes(again))


def test_nothing_chosen_is_said_on_the_list(application: Flask, county: Database) -> None:
    client = browse(application, busiest(county))
    client.get("/uppgifter?lage=late")
    answer = client.post("/uppgifter/valda", data={"gor": "ta-over"})
    assert answer.location == "/uppgifter?lage=late"
    assert "Kryssa i minst en uppgift" in client.get(answer.location).text


def test_a_new_member_sees_earlier_tasks_and_switching_role_keeps_the_filter(
    own_application: Flask, own_county: Database, group: tuple[Person, Person, list[str]]
) -> None:
    """The roles were given after the tasks were made."""
    _person, colleague, (first, second, _elsewhere) = group
    client = browse(own_application, colleague)
    assert {first, second} <= set(listed(client.get("/uppgifter").text))
    with own_county.write() as connection:
        for code in ("2031", "2062", "2085"):
            grant(connection, utc_now(), colleague.id, LEADER, code)
    home = html.document_fromstring(client.get("/uppgifter?lage=late").text)
    form = home.xpath("//header//form[.//button[@name='role']]")[0]
    assert form.xpath(".//input[@name='next']/@value") == ["/uppgifter?lage=late"]
    roles = [str(role) for role in form.xpath(".//button[@name='role']/@value")]
    assert {"process_leader/2031", "process_leader/2062", "process_leader/2085", ""} <= set(roles)
    answer = client.post("/roll", data={"role": "process_leader/2031", "next": "/uppgifter?lage=late"})
    assert answer.location == "/uppgifter?lage=late"
    assert not {first, second} & set(listed(client.get("/uppgifter").text))


def test_a_part_of_somebody_elses_task_stands_in_ones_own_list(
    own_application: Flask, own_county: Database, group: tuple[Person, Person, list[str]]
) -> None:
    person, helper, (first, _second, _elsewhere) = group
    row = {"id": "part", "task_id": first, "person_id": helper.id, "fields": [], "asked_by": person.id}
    with own_county.write() as connection:
        connection.execute(insert(contribution).values(row | {"asked_at": utc_now()}))
    client = browse(own_application, helper)
    page = client.get("/uppgifter").text
    assert "Bidra till någon annans uppgift" in page
    assert f"{person.name} ber dig skriva en del." in page
    link = html.document_fromstring(page).xpath("//*[@aria-labelledby='g-asked']//a/@href")[0]
    assert client.get(str(link)).status_code == 200
    assert "En del skrivs av någon annan." in browse(own_application, person).get("/uppgifter").text


def test_search_finds_each_kind_and_says_when_there_is_nothing(application: Flask, county: Database) -> None:
    rss = people(county, "rss")[0]
    client = browse(application, rss)
    task = tasks_of(county, rss, scope="all")[0]
    empty = html.document_fromstring(client.get("/sok").text)
    assert empty.xpath("//main//input[@name='q']")
    assert "Skriv ett eller flera ord" in empty.text_content()
    assert "Inget hittades" in client.get("/sok?q=xyzzyx").text
    found = html.document_fromstring(client.get(f"/sok?q={task.organisation_name.upper()}").text)
    headings = [heading.text_content().strip() for heading in found.xpath("//main//h2")]
    assert headings[:2] == ["Öppna uppgifter", "Överenskommelser"]
    more = str(found.xpath("//section[@aria-labelledby='s-uppgifter']//a[contains(@href, 'typ=')]/@href")[0])
    all_of_them = html.document_fromstring(client.get(more).text)
    assert len(all_of_them.xpath("//main//section")) == 1
    assert len(all_of_them.xpath("//main//section//li")) > 5


def test_shortcuts_can_be_switched_off_and_on(own_application: Flask, own_county: Database) -> None:
    client = browse(own_application, busiest(own_county))

    def shown() -> bool:
        page = html.document_fromstring(client.get("/uppgifter").text)
        return bool(page.xpath("//dialog//kbd")) and bool(page.xpath("//script[contains(@src, 'keys.js')]"))

    assert shown()
    assert client.post("/installningar/kortkommandon", data={}).status_code == 302
    assert not shown()
    assert client.post("/installningar/kortkommandon", data={"pa": "1"}).status_code == 302
    assert shown()
    assert "<kbd>?</kbd>" in client.get("/hjalp").text


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_the_pages_that_forms_lead_to_hold_together_in_both_languages(
    own_application: Flask, own_county: Database, group: tuple[Person, Person, list[str]], locale: str
) -> None:
    person, colleague, (first, second, elsewhere) = group
    chosen = {"uppgift": [first, second, elsewhere]}
    client = browse(own_application, people(own_county, "rss")[0], locale)
    own = browse(own_application, person, locale)
    own.post("/uppgifter/filter", data={"filter": "lage=late", "namn": "Zorn", "dela": ""})
    pages = [
        own.post("/uppgifter/valda", data={**chosen, "gor": "lamna-over"}),
        own.post("/uppgifter/valda", data={**chosen, "gor": "lamna-over", "valt": "1"}),
        own.post("/uppgifter/valda", data={**chosen, "gor": "paminn"}),
        own.post("/uppgifter/valda", data={**chosen, "gor": "ta-over"}),
        own.post("/uppgifter/valda", data={**chosen, "gor": "lamna-over", "person": colleague.id}),
        client.post("/uppgifter/valda", data={**chosen, "gor": "paminn"}),
        client.post("/uppgifter/valda", data={**chosen, "gor": "paminn", "bekrafta": "1"}),
        own.get("/uppgifter/filter"),
        own.get("/uppgifter?lage=late&q=plan"),
        own.get("/sok?q=finnsinte"),
    ]
    for number, answer in enumerate(pages):
        assert list(faults(html.document_fromstring(answer.text), locale)) == [], number
