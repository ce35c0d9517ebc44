"""`samflode import`: official figures and activity plans, all or nothing, twice as once."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from engine.database import Database
from engine.database.register_tables import activity, agreement
from engine.database.tables import event, organisation, submission
from engine.database.upgrade import upgrade
from engine.database.workplace_tables import administration_event, kpi, official_figure
from engine.integrity import check
from engine.queries.official_figures import official_figures
from tests.lived_county import copy_county
from web.cli import main

Run = Callable[..., tuple[int, str, str]]
FALUN = "dalarna-kvinnofrid-2024/2080"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    copied = copy_county(tmp_path)
    stamp(copied, Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    monkeypatch.setenv("SAMFLODE_DATABASE_URL", copied.url)
    monkeypatch.setenv("SAMFLODE_HOME", str(tmp_path))
    monkeypatch.setenv("SAMFLODE_SECRET_KEY", "x" * 40)
    yield copied
    copied.close()


def stamp(copied: Database, empty: Database) -> None:
    """Say that every migration has been run: the county's tables were made at once, as they are after them."""
    upgrade(empty)
    with empty.read() as connection:
        (version,) = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
    empty.close()
    with copied.write() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (version,))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def rows(database: Database, table: Any, *conditions: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(table).where(*conditions)))


# Kolada ----------------------------------------------------------------------------------------------------------


def figure(gender: Any, value: Any, **more: Any) -> dict[str, Any]:
    return {"gender": gender, "value": value, "status": "", "count": 1, "isdeleted": False, **more}


def entry(municipality: Any, *values: Any, period: Any = 2024) -> dict[str, Any]:
    return {"kpi": "N12345", "municipality": municipality, "period": period, "values": list(values)}


def kolada_file(folder: Path, *entries: Any, **more: Any) -> str:
    path = folder / "kolada.json"
    path.write_text(json.dumps({"values": list(entries), "count": len(entries), "next_url": None, **more}))
    return str(path)


def test_figures_are_taken_in_as_written_and_twice_is_once(database: Database, run: Run, tmp_path: Path) -> None:
    falun = entry("2080", figure("T", 12.5), figure("K", None, status="Missing", count=0), figure("M", 0))
    path = kolada_file(tmp_path, falun, entry("0020", figure("T", 7)), entry("0180", figure("T", 1)))
    code, out, _ = run("import", "kolada", path)
    assert (code, out.splitlines()[0]) == (0, "Nya: 4. Ändrade: 0. Oförändrade: 0. Borttagna: 0.")
    assert "1 siffror gäller andra kommuner" in out
    with database.read() as connection:
        found = official_figures(connection, "2080", [2024])
        assert [(each.gender, each.value, each.status) for each in found] == [
            ("T", "12.5", None),
            ("K", None, "Missing"),
            ("M", "0", None),
        ]
        assert [each.value for each in official_figures(connection, "20")] == ["7"]
    before = rows(database, official_figure)
    assert "Oförändrade: 4" in run("import", "kolada", path)[1]
    assert rows(database, official_figure) == before
    assert len(rows(database, administration_event)) == 1


def test_the_older_shape_changes_deletions_and_titles(database: Database, run: Run, tmp_path: Path) -> None:
    run("import", "kolada", kolada_file(tmp_path, entry("2080", figure("T", 1), figure("K", 2))))
    older = {"gender": "T", "value": 3.0, "status": None, "count": 1}
    path = kolada_file(tmp_path, entry("2080", older, figure("K", 2, isdeleted=True), period="2024"), next_page="x")
    code, out, _ = run("import", "kolada", path)
    assert (code, out.splitlines()[0]) == (0, "Nya: 0. Ändrade: 1. Oförändrade: 0. Borttagna: 1.")
    assert "Filen är en del av flera" in out
    assert [(row.gender, row.value) for row in rows(database, official_figure)] == [("T", "3.0")]
    assert [row.title for row in rows(database, kpi)] == ["N12345"]
    run("import", "kolada", kolada_file(tmp_path, {"id": "N12345", "title": "Öppnade ärenden", "description": "x"}))
    assert [row.title for row in rows(database, kpi)] == ["Öppnade ärenden"]


WRONG = {
    "könskoden 'X' är okänd": entry("2080", figure("X", 1)),
    "könskoden None är okänd": entry("2080", figure(None, 1)),
    "municipality ska vara en text inom citattecken": entry(2080, figure("T", 1)),
    "period ska vara ett årtal": entry("2080", figure("T", 1), period="2024-01"),
    "period 3024 är inget rimligt år": entry("2080", figure("T", 1), period=3024),
    "value ska vara ett tal eller null": entry("2080", figure("T", "12,5")),
    "listan values saknas": {"kpi": "N12345", "municipality": "2080", "period": 2024, "value": 1},
    "kvinnor 2024 står två gånger": entry("2080", figure("K", 1), figure("K", 2)),
    "raden är inget objekt": [],
    "isdeleted ska vara true eller false": entry("2080", figure("T", 1, isdeleted="no")),
}


def test_every_wrong_row_is_named_and_nothing_is_written(database: Database, run: Run, tmp_path: Path) -> None:
    path = kolada_file(tmp_path, entry("2080", figure("T", 1)), *WRONG.values())
    code, out, err = run("import", "kolada", path)
    assert (code, out) == (1, "")
    for number, reason in enumerate(WRONG, 2):
        assert any(line.lstrip().startswith(f"Rad {number}") and reason in line for line in err.splitlines()), reason
    assert rows(database, official_figure) == []
    assert rows(database, kpi) == []


@pytest.mark.parametrize("content", [b"", b"[]", b'{"values": 1}', b'{"values": []}', b"\xff", b"[" * 100_000, b"NaN"])
def test_what_is_no_file_from_kolada_is_one_clear_line(
    database: Database, run: Run, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "kolada.json"
    path.write_bytes(content)
    code, _, err = run("import", "kolada", str(path))
    assert code == 1
    assert err.startswith("samflode: Filen går inte att läsa in. Inget har ändrats.\n")
    assert run("import", "kolada", str(tmp_path / "none.json"))[0] == 1


# Activities --------------------------------------------------------------------------------------------------------


@pytest.fixture
def exported(database: Database, run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "plan.xlsx"
    assert run("export", "activities", "--organisation", "2080", "--out", str(path))[0] == 0
    return path


def plan(database: Database) -> list[Any]:
    mine = (activity.c.agreement_key == FALUN, activity.c.superseded_at.is_(None))
    return sorted(rows(database, activity, *mine), key=lambda row: row.position)


def facts(found: list[Any]) -> list[tuple[Any, ...]]:
    """What a plan says, without when and from where."""
    silent = {"id", "submission_id", "recorded_at", "superseded_at"}
    return [tuple(value for name, value in row._mapping.items() if name not in silent) for row in found]


def change(path: Path, edit: Callable[[Any, dict[str, int], int], None]) -> None:
    """Edit the sheet: (sheet, column by title, first row of the table)."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows(max_row=10) if any(cell.value == "Aktivitet" for cell in row))
    edit(sheet, {str(cell.value): cell.column or 0 for cell in head}, (head[0].row or 0) + 1)
    book.save(path)


def test_an_exported_plan_comes_back_as_it_was(database: Database, exported: Path, run: Run) -> None:
    before = facts(plan(database))
    assert before
    code, out, err = run("import", "activities", str(exported), "--agreement", FALUN)
    assert (code, out, err) == (0, "Filen säger samma sak som planen. Inget har ändrats.\n", "")
    english = exported.with_name("english.xlsx")
    run("export", "activities", "--organisation", "2080", "--locale", "en", "--out", str(english))
    assert "Inget har ändrats" in run("import", "activities", str(english), "--agreement", FALUN)[1]
    assert facts(plan(database)) == before


def test_what_people_filled_in_becomes_the_plan_and_its_history(database: Database, exported: Path, run: Run) -> None:
    before = plan(database)

    def edit(sheet: Any, columns: dict[str, int], first: int) -> None:
        sheet.cell(first, columns["Hur"]).value = "Varje kvartal, hos båda"
        row = first + len(before)
        filled = {"Aktivitet": "Gemensam utbildning", "Läge": "Pågår", "Börjar": "2026-09-01", "Ansvarig": 7}
        filled |= dict.fromkeys(("När", "Hur", "Av vem", "Med vem", "Följs upp genom"), "I höst")
        for title, value in filled.items():
            sheet.cell(row, columns[title]).value = value
        sheet.cell(row, columns["Målgrupper"]).value = sheet.cell(first, columns["Målgrupper"]).value

    change(exported, edit)
    leader = "process_leader.falun"
    code, out, err = run("import", "activities", str(exported), "--agreement", FALUN, "--user", leader)
    assert (code, out) == (0, f"Planen har nu {len(before) + 1} aktiviteter.\n"), err
    after = plan(database)
    assert after[0].how == "Varje kvartal, hos båda"
    assert facts(after[1:-1]) == facts(before[1:])
    new = after[-1]
    assert (new.activity, new.status, str(new.starts_on), new.responsible) == (
        "Gemensam utbildning",
        "going",
        "2026-09-01",
        "7",
    )
    assert new.target_groups == before[0].target_groups
    told = rows(database, event, event.c.kind == "activities_imported")
    handed_in = rows(database, submission, submission.c.id == new.submission_id)[0]
    assert [each.data["submission"] for each in told] == [handed_in.id]
    assert (handed_in.person_id, handed_in.party) == (told[0].person_id, "2080")
    with database.read() as connection:
        assert check(connection) == []
    assert "Inget har ändrats" in run("import", "activities", str(exported), "--agreement", FALUN)[1]


def test_every_wrong_cell_is_named_and_nothing_is_written(database: Database, exported: Path, run: Run) -> None:
    before = facts(plan(database))
    places: list[str] = []

    def edit(sheet: Any, columns: dict[str, int], first: int) -> None:
        for row, (title, value) in enumerate(
            (("Läge", "Kanske"), ("Börjar", "i höst"), ("Målgrupper", "Alla"), ("Kommun", "Mora"), ("Aktivitet", None)),
            first + 100,
        ):
            sheet.cell(row, columns["Aktivitet"]).value = "Något"
            sheet.cell(row, columns["Hur"]).value = "Så"
            sheet.cell(row, columns[title]).value = value
            places.append(f"{sheet.title}, {sheet.cell(row, columns[title]).coordinate} ({title}):")

    change(exported, edit)
    code, _, err = run("import", "activities", str(exported), "--agreement", FALUN)
    assert code == 1
    assert all(any(line.lstrip().startswith(place) for line in err.splitlines()) for place in places), err
    assert facts(plan(database)) == before


def test_what_the_form_refuses_is_told_by_its_row(database: Database, exported: Path, run: Run) -> None:
    def edit(sheet: Any, columns: dict[str, int], first: int) -> None:
        sheet.cell(first, columns["Aktivitet"]).value = "x" * 300
        sheet.cell(first + 1, columns["Hur"]).value = "Ring 19121212-1212"

    change(exported, edit)
    code, _, err = run("import", "activities", str(exported), "--agreement", FALUN)
    assert code == 1
    assert [line.split(", ")[1].split(": ")[0] for line in err.splitlines()[1:]] == [
        "rad 5 (Vad ska göras?)",
        "rad 6 (Hur går det till?)",
    ]


def test_whose_plan_it_is_and_who_may(database: Database, exported: Path, run: Run) -> None:
    stranger = run("import", "activities", str(exported), "--agreement", FALUN, "--user", "process_leader.borlange")
    assert stranger[0] == 1
    assert "kommunens egen processledare" in stranger[2]
    assert run("import", "activities", str(exported), "--agreement", "none")[0] == 1
    with database.read() as connection:
        others = select(agreement.c.key).where(agreement.c.organisation == "2081")
        other = connection.execute(others).scalars().first()
        assert connection.execute(select(organisation.c.code).where(organisation.c.code == "2081")).scalar()
    assert "Falun hör inte till överenskommelsen" in run("import", "activities", str(exported), "--agreement", other)[2]


def test_what_is_no_workbook_is_refused(database: Database, run: Run, tmp_path: Path) -> None:
    empty = BytesIO()
    openpyxl.Workbook().save(empty)
    for content in (b"", b"PK\x03\x04 no archive", b"Aktivitet;Hur", empty.getvalue()):
        path = tmp_path / "plan.xlsx"
        path.write_bytes(content)
        code, _, err = run("import", "activities", str(path), "--agreement", FALUN)
        assert code == 1
        assert "Filen går inte att läsa in. Inget har ändrats." in err
