"""A completion that an automatic step cannot follow: the page says plainly what happened, and nothing is lost."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.clock import utc_now
from engine.commands import deploy_pack, open_tasks, start_process
from engine.database import Database
from engine.database.tables import draft, incident, user_task
from engine.errors import ExecutionFailed
from engine.people import find_person
from tests.packs import PACK, build_pack


def test_the_page_says_so_and_keeps_what_was_written(
    signed_in: FlaskClient, database: Database, karin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as connection:
        person = find_person(connection, karin)
        assert person is not None
        deploy_pack(connection, utc_now(), build_pack(tmp_path / "pack"))
        start_process(connection, utc_now(), person, "caller", organisation="2062", pack_key=PACK)
        task_id = connection.execute(select(user_task.c.id).where(user_task.c.element_id == "work")).scalar_one()
    task_row = open_tasks.task_row

    def fragile(*given: Any) -> dict[str, Any]:
        if given[-1].element_id == "reflect":
            raise ExecutionFailed("Banan är ingen roll.")
        return task_row(*given)

    monkeypatch.setattr(open_tasks, "task_row", fragile)
    answer = signed_in.post(f"/uppgifter/{task_id}", data={"text": "Så här blev det.", "do": "complete"})
    with database.read() as connection:
        noted = connection.execute(select(incident)).one()
        assert connection.execute(select(draft.c["values"])).scalar_one() == {"text": "Så här blev det."}
        assert connection.execute(select(user_task.c.state).where(user_task.c.id == task_id)).scalar_one() == "open"
    assert answer.status_code == 500
    assert "Inget har ändrats. Det du skrev är sparat som utkast" in answer.text
    assert noted.id[:8] in answer.text
    assert noted.reason == "Banan är ingen roll."
