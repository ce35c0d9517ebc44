"""Files that a program hands in: with a start, a report and a completed task alike, and nothing by halves."""

from base64 import b64encode
from typing import Any

from sqlalchemy import func, select

from engine.database.tables import process_instance, submission
from engine.database.workplace_tables import attachment, attachment_content
from tests.web.api.conftest import FALUN, Program, World
from tests.web.api.test_process_instances import DEVIATION
from tests.web.api.test_user_tasks import appointment

PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"
AMENDMENT = {
    "title": "Ny paragraf",
    "kind": "law",
    "passage": "Del 2",
    "what": "Gammal text, ny text",
    "why": "Lagen är ändrad",
    "touches_purpose": False,
}


def sent(name: str, field: str | None = None, content: bytes = PDF) -> dict[str, Any]:
    return {"name": name, "content": b64encode(content).decode(), **({"field": field} if field else {})}


def amendment(*files: dict[str, Any]) -> dict[str, Any]:
    return {"process_key": "minor_amendment", "variables": AMENDMENT, "attachments": list(files)}


def test_files_are_handed_in_with_a_start(world: World, rss: Program) -> None:
    answer = rss.post("/process-instances", amendment(sent("C:\\lag.pdf", "attachment"), sent("karta.pdf")))
    assert answer.status_code == 201, answer.text
    with world.database.read() as connection:
        kept = connection.execute(select(attachment).order_by(attachment.c.name)).all()
        values = connection.execute(select(submission.c["values"])).scalar_one()
        contents = connection.execute(select(attachment_content.c.content)).scalars().all()
    assert [(row.name, row.field, row.instance_id) for row in kept] == [
        ("karta.pdf", None, answer.json["id"]),  # type: ignore[index]
        ("lag.pdf", "attachment", answer.json["id"]),  # type: ignore[index]
    ]
    assert values["attachment"] == "lag.pdf"
    assert all(row.submission_id for row in kept)
    assert contents == [PDF, PDF]


def test_what_is_wrong_with_a_file_is_told_by_its_place_and_nothing_starts(world: World, rss: Program) -> None:
    body = amendment(sent("lag.pdf", "attachment"), sent("virus.exe"), sent("karta.pdf", "why"))
    told = rss.problem("POST", "/process-instances", 422, "invalid", json=body)
    assert [error["field"] for error in told["errors"]] == ["attachments.1", "attachments.2"]
    body = amendment({"name": "lag.pdf", "content": "inte base64!"})
    told = rss.problem("POST", "/process-instances", 422, "invalid", json=body)
    assert [error["field"] for error in told["errors"]] == ["attachments.0.content"]
    with world.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(attachment)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(process_instance)).scalar_one() == 0


def test_a_report_takes_files_too(rss: Program, world: World) -> None:
    body = {"organisation": FALUN, "variables": DEVIATION, "attachments": [sent("intyg.pdf")]}
    assert rss.post("/deviations", body).status_code == 201
    with world.database.read() as connection:
        assert connection.execute(select(attachment.c.name)).scalars().all() == ["intyg.pdf"]


def test_files_are_handed_in_with_a_completed_task_or_not_at_all(world: World, rss: Program) -> None:
    rss.start_agreement()
    task = rss.read("/user-tasks")["items"][0]["id"]
    values = appointment(rss, task)
    path = f"/user-tasks/{task}/completion"
    large = sent("protokoll.txt", content=b"Beslut. " * 900_000)  # more than a request without files may hold
    refused = {"variables": values, "attachments": [sent("karta.pdf", "nothing"), large]}
    told = rss.problem("POST", path, 422, "invalid", json=refused)
    assert [error["field"] for error in told["errors"]] == ["attachments.0"]
    assert rss.read(f"/user-tasks/{task}")["attachments"] == []
    done = rss.post(path, {"variables": values, "attachments": [large]})
    assert done.status_code == 200, done.text
    kept = rss.read(f"/user-tasks/{task}")["attachments"]
    assert [(file["name"], file["size"]) for file in kept] == [("protokoll.txt", 7_200_000)]
    with world.database.read() as connection:
        handed_in = connection.execute(select(attachment.c.submission_id)).scalars().all()
    assert [submission_id is not None for submission_id in handed_in] == [True]
