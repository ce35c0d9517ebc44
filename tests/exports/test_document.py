"""An agreement as a Word document, opened again: headings, contents, tables, language; and the zip of a case."""

import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn

from engine.packs import Pack, load_pack
from engine.queries import ActivityRow, AgreementDocument, AgreementRow, Annex, Chapter, DecisionRow, Signature
from engine.queries.agreement_case import CaseFile
from engine.queries.agreement_detail import SectionText
from engine.queries.agreement_versions import Version
from exports.archive import safe_name, zip_of_case
from exports.document import document_file_name, word_document
from exports.language import translator
from tests.availability import unavailable
from tests.county import PACK_FOLDER, TODAY, at
from tests.exports.office import convert


def agreement_row(**values: Any) -> AgreementRow:
    known: dict[str, Any] = {
        "key": "dalarna-kvinnofrid-2024/2080",
        "kind": "local",
        "organisation": "2080",
        "organisation_name": "Falun",
        "title": "Lokal överenskommelse, Falun",
        "status": "in_force",
        "status_title": "Gäller",
        "in_force_on": date(2026, 3, 1),
        "valid_to": date(2032, 12, 31),
        "started_at": at("2024-10-01"),
        "ended_at": None,
        "instance_id": "i",
        "pack_key": "dalarna-kvinnofrid",
        "current_stage": None,
        "current_stage_title": None,
    }
    return AgreementRow(**(known | values))


def decision_row(party: str, name: str, case_number: str | None) -> DecisionRow:
    texts = dict.fromkeys(("reason", "comments", "stage", "person_name", "return_to"))
    return DecisionRow(
        kind="party",
        party=party,
        party_name=name,
        outcome="approved",
        decided_on=date(2026, 2, 11),
        body="Kommunstyrelsen",
        case_number=case_number,
        protocol="§ 12",
        recorded_at=at("2026-02-20"),
        **texts,
    )


def activity_row(text: str, **values: Any) -> ActivityRow:
    names = ("when", "how", "by", "with_whom", "follow_up", "status", "starts_on", "ends_on", "responsible")
    known: dict[str, Any] = dict.fromkeys(names) | {"target_groups": ["exposed_adults"]}
    return ActivityRow(activity=text, recorded_at=at("2026-01-10"), **(known | values))


def section(key: str, title: str, number: str, text: str | None = None) -> SectionText:
    return SectionText(key, title, text, at("2025-04-01") if text else None, "Anna" if text else None, number)


def document(**values: Any) -> AgreementDocument:
    decisions = (decision_row("2080", "Falun", "KS 2026/0012"), decision_row("20", "Region Dalarna", None))
    version = Version(2, at("2025-05-01"), at("2025-09-01"), decisions, is_approved=True)
    text = "Första stycket med å, ä och ö.\n\nAndra stycket. \x0b=1+1"
    known: dict[str, Any] = {
        "agreement": agreement_row(),
        "parties": ("Falun", "Region Dalarna"),
        "version": version,
        "versions": (version,),
        "is_current": True,
        "chapters": (
            Chapter("Framtagande", (section("s1", "Så togs överenskommelsen fram", "1", text),)),
            Chapter("Lokal lägesbild", (section("s3a", "Målgrupperna", "3a"),)),
        ),
        "goals": None,
        "activities": tuple(
            activity_row(f"Aktivitet {number}", ends_on=date(2026, 11, 14), status="going") for number in range(40)
        ),
        "party_decisions": decisions,
        "signatures": (Signature("Anna A.", "Ordförande", "Falun", date(2026, 2, 20), "Falun", ""),),
        "annexes": (),
        "purposes": (),
        "target_groups": (),
        "regional": None,
        "predecessor_key": None,
        "successor_key": None,
    }
    return AgreementDocument(**(known | values))


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACK_FOLDER)


def opened(content: bytes) -> Any:
    return docx.Document(BytesIO(content))


def made(pack: Pack, given: AgreementDocument, locale: str = "sv") -> Any:
    return opened(word_document(given, pack, translator(pack, locale), locale, TODAY))


def headings(found: Any, level: int) -> list[str]:
    return [one.text for one in found.paragraphs if one.style.name == f"Heading {level}"]


def test_sections_are_real_headings_and_the_file_says_what_it_is(pack: Pack) -> None:
    found = made(pack, document())
    assert headings(found, 1)[:2] == ["Framtagande", "Lokal lägesbild"]
    assert headings(found, 2) == ["1 Så togs överenskommelsen fram", "3a Målgrupperna"]
    texts = [one.text for one in found.paragraphs]
    assert "Första stycket med å, ä och ö." in texts
    assert "Inget är skrivet än." in texts
    core = found.core_properties
    assert (core.title, core.language, core.keywords) == (
        "Lokal överenskommelse, Falun",
        "sv-SE",
        "dalarna-kvinnofrid-2024/2080",
    )
    header = found.sections[0].header.paragraphs[0].text
    assert header == "Lokal överenskommelse, Falun · version 2 · Gäller"


def test_another_program_lays_it_out(pack: Pack, tmp_path: Path) -> None:
    """Headings, the page's number and the head of the long table on every page that it reaches."""
    file = tmp_path / "agreement.docx"
    file.write_bytes(word_document(document(), pack, translator(pack, "sv"), "sv", TODAY))
    convert(tmp_path, "pdf", file)
    reader = shutil.which("pdftotext")
    if reader is None:
        unavailable("pdftotext (poppler-utils)")
    told = subprocess.run([reader, "-layout", tmp_path / "agreement.pdf", "-"], check=True, capture_output=True)
    pages = told.stdout.decode().removesuffix("\f").split("\f")
    assert "Lokal överenskommelse, Falun" in pages[0]
    assert [f"Sida {number} ({len(pages)})" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    planned = [page for page in pages if re.search(r"Aktivitet \d", page)]
    assert len(planned) > 1
    assert all(re.search(r"Vad\s+Hur och när", page) for page in planned)
    assert "=1+1" in told.stdout.decode()


def test_the_language_is_the_readers(pack: Pack) -> None:
    for locale, tag, heading in (("sv", "sv-SE", "Parternas beslut"), ("en", "en-GB", "The parties' decisions")):
        found = made(pack, document(), locale)
        language = found.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
        assert language.get(qn("w:val")) == tag
        assert heading in headings(found, 1)


def test_the_list_of_contents_holds_every_heading_and_leads_to_it(pack: Pack) -> None:
    found = made(pack, document())
    links = found.element.body.findall(f".//{qn('w:hyperlink')}")
    shown = ["".join(text.text for text in link.iter(qn("w:t"))) for link in links]
    in_order = [one.text for one in found.paragraphs if one.style.name in ("Heading 1", "Heading 2")]
    assert shown == in_order
    marks = {mark.get(qn("w:name")) for mark in found.element.body.iter(qn("w:bookmarkStart"))}
    assert {link.get(qn("w:anchor")) for link in links} == marks
    assert any("TOC" in (one.text or "") for one in found.element.body.iter(qn("w:instrText")))


def test_tables_say_what_they_are_and_repeat_their_heads(pack: Pack) -> None:
    found = made(pack, document())
    plan = next(table for table in found.tables if len(table.rows) == 41)
    properties = plan._tbl.tblPr
    assert properties.find(qn("w:tblCaption")).get(qn("w:val")).startswith("Aktiviteter enligt planen 2026-01-10")
    assert plan.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(table._tbl.tblPr.find(qn("w:tblCaption")) is not None for table in found.tables)
    assert [cell.text for cell in plan.rows[1].cells][-2:] == ["2026-11-14", "Försenad 10 dagar"]


def test_elements_of_a_table_stand_in_the_order_that_word_demands(pack: Pack) -> None:
    order = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook", "tblCaption", "tblDescription"]
    for table in made(pack, document()).tables:
        names = [child.tag.partition("}")[2] for child in table._tbl.tblPr]
        assert names == [name for name in order if name in names]


def test_both_parties_decisions_stand_with_their_case_numbers(pack: Pack) -> None:
    found = made(pack, document())
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    assert "KS 2026/0012, § 12" in cells
    assert "Godkänt, 2026-02-11, Kommunstyrelsen, § 12" in cells


def test_what_is_not_decided_says_so_and_has_no_lateness_of_today(pack: Pack) -> None:
    version = Version(1, at("2025-05-01"), None, (), is_approved=False)
    draft = document(version=version, party_decisions=(), signatures=(), is_current=False)
    found = made(pack, draft)
    assert "Arbetsutkast, inte beslutat" in found.sections[0].header.paragraphs[0].text
    assert "Inget beslut är registrerat om den här versionen." in [one.text for one in found.paragraphs]
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    assert not any("Försenad" in cell for cell in cells)


def test_the_regional_agreement_has_its_annexes(pack: Pack) -> None:
    regional = document(
        agreement=agreement_row(
            kind="regional", organisation=None, organisation_name="", key="dalarna-kvinnofrid-2024"
        ),
        version=None,
        versions=(),
        chapters=(),
        annexes=(Annex("1", "Ny lag", "Avsnitt 2", "Den nya lydelsen.", "Lagen är ändrad.", date(2025, 7, 1)),),
        purposes=(("Starkare samverkan", "De samverkar bättre."),),
        target_groups=("Vuxna som är utsatta för våld",),
    )
    found = made(pack, regional)
    assert "Bilaga 1: Ny lag" in headings(found, 2)
    assert document_file_name(regional) == "samflode-dalarna-kvinnofrid-2024.docx"
    assert document_file_name(document()) == "samflode-dalarna-kvinnofrid-2024-2080-version-2.docx"


def test_the_zip_of_a_case_holds_the_files_under_safe_names_and_lists_them() -> None:
    file = CaseFile("f", "../../Protokoll: maj?.pdf", "application/pdf", 4, "", at("2026-01-01"), "Anna")
    content = zip_of_case({"beslut.csv": b"a;b"}, [file], lambda _file: b"%PDF", "Ärende: x")
    with ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == ["beslut.csv", "bilagor/001-Protokoll- maj-.pdf", "innehall.txt"]
        listing = archive.read("innehall.txt").decode()
    assert "Ärende: x" in listing
    assert "  bilagor/001-Protokoll- maj-.pdf" in listing
    assert safe_name("...") == "fil"
