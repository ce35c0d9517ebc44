"""Several tasks that somebody has chosen in a list, and who may take them over."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.alphabet import swedish_order
from engine.authorisation import may_be_assigned, may_see_task
from engine.database.tables import process_instance, user_task
from engine.four_eyes import submitters_by_instance
from engine.people import Person, list_people
from engine.queries.task_rows import TaskRow, task_columns, task_row
from engine.queries.titles import Titles


@dataclass(frozen=True)
class Candidate:
    """Somebody who may take over the tasks with these ids."""

    person: Person
    task_ids: frozenset[str]


def chosen_tasks(connection: Connection, person: Person, titles: Titles, ids: Sequence[str]) -> list[TaskRow]:
    """Those of the tasks that the person may see, whatever their state, soonest due first."""
    query = task_columns(person.id).where(user_task.c.id.in_(ids)).order_by(user_task.c.due_at, user_task.c.id)
    rows = [task_row(row, titles) for row in connection.execute(query)]
    return [row for row in rows if may_see_task(person, row)]


def find_candidates(connection: Connection, tasks: Sequence[TaskRow]) -> list[Candidate]:
    """Everybody who may take over at least one of the tasks and has not got it, by name."""
    submitters = _submitters(connection, tasks)
    places = {(task.role, task.role_organisation) for task in tasks}
    people = {
        person.id: person
        for role, organisation in sorted(places)
        for person in list_people(connection, role=role, organisation=organisation)
    }
    found = [
        Candidate(
            person,
            frozenset(
                task.id
                for task in tasks
                if task.assignee_id != person.id and may_be_assigned(person, task, submitters[task.instance_id])
            ),
        )
        for person in people.values()
    ]
    return sorted(
        (one for one in found if one.task_ids), key=lambda one: (-len(one.task_ids), swedish_order(one.person.name))
    )


def _submitters(connection: Connection, tasks: Sequence[TaskRow]) -> dict[str, frozenset[str]]:
    """Who has handed something in, by process instance: they may not decide about it (four eyes)."""
    instances = sorted({task.instance_id for task in tasks if task.gate})
    handed_in: dict[str, set[str]] = defaultdict(set)
    if instances:
        for instance_id, person in connection.execute(submitters_by_instance(process_instance.c.id.in_(instances))):
            handed_in[instance_id].add(person)
    return defaultdict(frozenset, {instance: frozenset(people) for instance, people in handed_in.items()})
