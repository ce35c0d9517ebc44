"""What operators do in a scene, each act a transaction of its own, and what must be true whenever one is over."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row

from engine import commands
from engine.bpmn.modification import AFTER, BEFORE, CANCEL, Step
from engine.database.tables import event, incident, process_instance
from engine.errors import ExecutionFailed
from engine.integrity import check
from tests.engine.commands.scene import Scene

WHY = "Fel person hade fått uppgiften."


class Repair:
    """The administrator at work."""

    def __init__(self, scene: Scene, by: str = "admin") -> None:
        self.scene = scene
        self.person = scene.person(by)

    def suspend(self, instance_id: str, reason: str = WHY) -> None:
        self._do(lambda c: commands.suspend_instance(c, self.scene.now, self.person, instance_id, reason))

    def resume(self, instance_id: str, reason: str = WHY) -> None:
        self._do(lambda c: commands.resume_instance(c, self.scene.now, self.person, instance_id, reason))

    def cancel(self, instance_id: str, reason: str = WHY) -> None:
        self._do(lambda c: commands.cancel_instance(c, self.scene.now, self.person, instance_id, reason))

    def modify(self, instance_id: str, *steps: Step, reason: str = WHY) -> commands.Modified:
        done: commands.Modified = self._do(
            lambda c: commands.modify_instance(c, self.scene.now, self.person, instance_id, reason, steps)
        )
        return done

    def retry(self, incident_id: str, reason: str = WHY) -> None:
        self._do(lambda c: commands.retry_incident(c, self.scene.now, self.person, incident_id, reason))

    def note(self, error: ExecutionFailed) -> str | None:
        noted: str | None = self._do(lambda c: commands.note_incident(c, self.scene.now, error))
        return noted

    def plan(self, process_key: str, mapping: dict[str, str | None] | None = None) -> commands.MigrationPlan:
        with self.scene.database.read() as connection:
            return commands.plan_migration(
                connection, self.scene.now, self.person, process_key, 1, 2, mapping, pack_key="small"
            )

    def migrate(self, instance_id: str, mapping: dict[str, str | None] | None = None) -> commands.InstancePlan:
        done: commands.InstancePlan = self._do(
            lambda c: commands.migrate_instance(c, self.scene.now, self.person, instance_id, 2, WHY, mapping)
        )
        return done

    def migrate_all(
        self, process_key: str, mapping: dict[str, str | None] | None = None
    ) -> tuple[commands.Migrated, ...]:
        return commands.migrate_instances(
            self.scene.database, self.scene.now, self.person, process_key, 1, 2, WHY, mapping, pack_key="small"
        )

    def incidents(self) -> list[Row[Any]]:
        return self.scene.rows(incident)

    def events(self, instance_id: str, kind: str) -> list[Row[Any]]:
        return self.scene.rows(event, event.c.instance_id == instance_id, event.c.kind == kind)

    def status(self, instance_id: str) -> str:
        return str(self.scene.rows(process_instance, process_instance.c.id == instance_id)[0].status)

    def _do(self, act: Callable[[Connection], Any]) -> Any:
        return self.scene.database.run(act)


def demand_whole(scene: Scene) -> None:
    """Histories are unbroken, and every row agrees with the state."""
    with scene.database.read() as connection:
        faults = list(check(connection))
    assert not faults, "\n".join(faults)


def cancel(element_id: str, **more: Any) -> Step:
    return Step(CANCEL, element_id, **more)


def before(element_id: str, **variables: Any) -> Step:
    return Step(BEFORE, element_id, variables=variables)


def after(element_id: str, **variables: Any) -> Step:
    return Step(AFTER, element_id, variables=variables)
