"""What tasks are called in the models of every stored version: the names are few where the tasks are many."""

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection, select

from engine.bpmn.model import read_model
from engine.database.tables import process_definition

_known: dict[str, tuple["TaskName", ...]] = {}  # by definition, which never changes
_lock = Lock()


@dataclass(frozen=True)
class TaskName:
    """A step of a process that people see: a user task, or a call that is a stage."""

    pack_key: str
    process_key: str
    element_id: str
    name: str
    has_items: bool = False  # done once for each item of a list
    catalogue: str | None = None  # where the titles of its items stand; none when they are organisations
    stage: str | None = None  # of a call: the stage that it begins
    called: str | None = None  # of a call: the process

    @property
    def process(self) -> tuple[str, str]:
        return self.pack_key, self.process_key


def task_names(connection: Connection) -> list[TaskName]:
    """Of all versions of all processes. Each model is read once by this program."""
    columns = (process_definition.c.id, process_definition.c.pack_key, process_definition.c.process_key)
    rows = connection.execute(select(*columns)).all()
    unknown = [row.id for row in rows if row.id not in _known]
    if unknown:
        texts = select(*columns, process_definition.c.bpmn).where(process_definition.c.id.in_(unknown))
        read = {row.id: tuple(_names(row.pack_key, row.process_key, row.bpmn)) for row in connection.execute(texts)}
        with _lock:
            _known.update(read)
    return list(dict.fromkeys(name for row in rows for name in _known[row.id]))


def _names(pack_key: str, process_key: str, bpmn: str) -> list[TaskName]:
    return [
        TaskName(
            pack_key,
            process_key,
            element.id,
            element.name,
            has_items=element.loop is not None,
            catalogue=element.properties.get("catalogue"),
            stage=element.stage,
            called=element.called_element,
        )
        for element in read_model(bpmn).elements.values()
        if element.type in {"userTask", "callActivity"}
    ]
