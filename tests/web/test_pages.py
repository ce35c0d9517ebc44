"""Every page, as people of every role see it, in both languages: what holds for all of them."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from engine.database import Database
from engine.packs import load_pack, shipped_packs
from engine.people import Person, list_people
from tests.workplace import browse, make_application, open_county
from tools.translations import catalogues, load
from web import words

ROLES = (
    "process_leader",
    "working_group",
    "steering_group",
    "rss",
    "network",
    "municipality_decision",
    "region_decision",
    "reporter",
    "deviation_handler",
    "administrator",
)
START_PAGES = (
    "/uppgifter",
    "/uppgifter?omfattning=alla&vantar=roll:rss",
    "/uppgifter/filter",
    "/sok",
    "/sok?q=besluta",
    "/overenskommelser",
    "/beslut",
    "/avvikelser?lage=alla",
    "/lansbild",
    "/starta",
    "/installningar",
    "/arshjul?kommun=alla",
    "/moten",
    "/mejl",
    "/tillganglighet",
)
FOLLOWED = ("/uppgifter/", "/overenskommelser/", "/avvikelser/", "/starta/", "/lansbild/")
PER_KIND = 2
TEMPLATES = Path(__file__).resolve().parents[2] / "web/templates"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from open_county(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def application(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_application(database, tmp_path_factory.mktemp("home"), demo=True)


def somebody_with(database: Database, role: str) -> Person:
    """Whoever of that role has most to do, so that there are pages to look at."""
    with database.read() as connection:
        return list_people(connection, role=role)[0]


def pages(client: FlaskClient) -> Iterator[tuple[str, html.HtmlElement]]:
    """The main pages and, from each, a few of every kind that it leads to."""
    seen: set[str] = set()
    queue = list(START_PAGES)
    while queue:
        address = queue.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address, follow_redirects=True)  # a task that is done shows what came of it
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        tree = html.document_fromstring(answer.text)
        yield address, tree
        for kind in FOLLOWED:
            links = tree.xpath("//main//a[not(@download)]/@href")
            found = [link for link in links if link.startswith(kind) and "?" not in link]
            queue += [link for link in dict.fromkeys(found) if link not in seen][:PER_KIND]


@pytest.mark.parametrize("locale", ["sv", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_holds_together(application: Flask, database: Database, role: str, locale: str) -> None:
    client = browse(application, somebody_with(database, role), locale)
    looked_at = 0
    for address, tree in pages(client):
        looked_at += 1
        assert list(faults(tree, locale)) == [], address
    assert looked_at >= len(START_PAGES)


def faults(tree: html.HtmlElement, locale: str) -> Iterator[str]:
    if tree.get("lang") != locale:
        yield "the page does not say its language"
    if not re.fullmatch(r"\S.* · Samflöde", tree.findtext(".//title") or "", re.DOTALL):
        yield f"title {tree.findtext('.//title')!r}"
    if len(tree.findall(".//h1")) != 1:
        yield "not one h1"
    for name in ("main", "header", "footer"):
        if len(tree.findall(f".//{name}")) != 1 and name != "header":
            yield f"not one {name}"
    if tree.xpath("//nav[not(@aria-label)]"):
        yield "a nav without a name"
    yield from inline_code(tree)
    yield from form_faults(tree)
    ids = tree.xpath("//@id")
    yield from (f"id {one!r} twice" for one in sorted({one for one in ids if ids.count(one) > 1}))
    if locale == "en":
        yield from (f"Swedish: {text!r}" for text in sorted(swedish_in(tree)))


def inline_code(tree: html.HtmlElement) -> Iterator[str]:
    """What the content policy would refuse."""
    if tree.xpath("//style | //script[not(@src)] | //@style"):
        yield "inline style or script"
    if tree.xpath("//@*[starts-with(name(), 'on')]"):
        yield "an inline event handler"


def form_faults(tree: html.HtmlElement) -> Iterator[str]:
    for form in tree.xpath("//form[translate(@method, 'POST', 'post')='post']"):
        if not form.xpath(".//input[@name='csrf_token' and string-length(@value) > 20]"):
            yield f"no CSRF token in the form to {form.get('action')}"
    for control in tree.xpath("//main//input[not(@type='hidden')] | //main//select | //main//textarea"):
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not named and not tree.xpath("//label[@for=$id]", id=control.get("id") or "-"):
            yield f"no label for {control.get('name')}"


@cache
def swedish_sentences() -> frozenset[str]:
    """Sentences of the interface whose English is another."""
    found = set()
    for message in load(catalogues()[0]):
        if isinstance(message.id, str) and message.id and message.string != message.id:
            found.add(message.id)
    return frozenset(found)


def swedish_in(tree: html.HtmlElement) -> set[str]:
    shown = {" ".join(text.split()) for text in tree.xpath("//body//text()[not(ancestor::*[@lang='sv'])]")}
    return {text for text in shown if text in swedish_sentences() | pack_texts()} - written_by_people(tree)


def written_by_people(tree: html.HtmlElement) -> set[str]:
    """What people have written is shown as it was written."""
    classes = ("written", "answers__text", "answers__points")
    places = ["//textarea", "//*[@class='answers']//td", "//*[@class='answers']//th[@scope='row']"]
    places += [f"//*[contains(concat(' ', @class, ' '), ' {name} ')]" for name in classes]
    return {" ".join(text.split()) for place in tree.xpath(" | ".join(places)) for text in place.itertext()}


@cache
def pack_texts() -> frozenset[str]:
    """Texts of the shipped packs whose English is another."""
    packs = [load_pack(folder) for folder in shipped_packs()]
    return frozenset(text for pack in packs for text, english in pack.translations.items() if text != english)


def test_templates_say_nothing_that_is_not_translated() -> None:
    allowed = {"Samflöde", "Excel", "CSV", "autofocus"}
    found = []
    for file in TEMPLATES.rglob("*.html"):
        if file.name.endswith((".sv.html", ".en.html")):
            continue
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", file.read_text(), flags=re.DOTALL)
        text = re.sub(r"""<[^>]*>|[\w-]+="[^"]*\"""", " ", text)
        found += [f"{file.name}: {word}" for word in re.findall(r"[A-Za-zÅÄÖåäö]{3,}", text) if word not in allowed]
    assert found == []


def test_a_text_of_a_pack_is_said_in_english(application: Flask, database: Database) -> None:
    with application.test_request_context("/?lang=en"):
        application.preprocess_request()
        assert words.words("Framtagande") == "Drafting"
        assert words.words("Något som ingen har översatt") == "Något som ingen har översatt"


@pytest.mark.parametrize(
    "address", ["/uppgifter/finns-inte", "/overenskommelser/finns/inte", "/avvikelser/AVV-0", "/x"]
)
def test_what_does_not_exist_is_said_so(application: Flask, database: Database, address: str) -> None:
    answer = browse(application, somebody_with(database, "rss")).get(address)
    assert answer.status_code == 404
    assert len(html.document_fromstring(answer.text).findall(".//h1")) == 1
