"""A believable county in a database of its own, for reading only: made once for all tests of exports."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from engine.database import Database
from engine.database.register_tables import activity
from engine.database.tables import metadata
from engine.queries.rows import StatusPicture
from engine.queries.status import status_picture
from tests import county


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    file = tmp_path_factory.mktemp("exports") / "county.sqlite3"
    database = Database(f"sqlite:///{file}")
    metadata.create_all(database.engine)
    with database.write() as connection:
        county.believable_county(connection)
        _registers(connection)
    with database.read() as connection:
        yield connection
    database.close()


@pytest.fixture(scope="session")
def picture(connection: Connection) -> StatusPicture:
    return status_picture(connection, county.PACK_KEY, county.TODAY)


def _registers(connection: Connection) -> None:
    first = county.create_activity(connection, "2080", "2025-09-01", "Utbilda i SIP", status="planned")
    connection.execute(activity.update().where(activity.c.id == first).values(superseded_at=county.at("2026-03-01")))
    county.create_activity(
        connection,
        "2080",
        "2026-03-01",
        "@Utbilda alla i SIP",
        status="going",
        ends_on=county.at("2026-11-14").date(),
        target_groups=["exposed_adults"],
    )
    county.create_activity(connection, "2081", "2026-03-01", "Gemensam mottagning", status="done")
    county.create_assessment(connection, "2080", "2026-02-01", "needs_by_sex", "in_progress", evidence="-1 till +1")
    county.create_indicator(connection, "2080", "2026-02-01", "age_0_12", women=9, men=9, total=18)
    county.create_indicator(connection, "2080", "2026-03-01", "age_0_12", women=3, men=10, total=13)
    county.create_indicator(connection, "2080", "2026-03-01", "age_13_17", missing_reason="secret")
    county.create_indicator(connection, "2080", "2026-03-01", "opened", kind="indicator", women=2.5, men=0.4, total=1.5)
