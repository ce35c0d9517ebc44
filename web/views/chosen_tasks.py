"""The same done with several tasks: take over, hand over, remind. Each by itself: one does not stop the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import commands
from engine.authorisation import may_assign_task, may_remind
from engine.errors import NotFound, SamflodeError
from engine.queries import TaskRow
from engine.queries.chosen_tasks import chosen_tasks, find_candidates
from web import context, words
from web.views import task_list

blueprint = Blueprint("chosen_tasks", __name__, url_prefix="/uppgifter/valda")

MOST = 100
CLAIM, HAND_OVER, REMIND = "ta-over", "lamna-over", "paminn"


@dataclass(frozen=True)
class Outcome:
    """What came of one task, in a sentence. `task` is None when the person may not know of it."""

    task: TaskRow | None
    done: bool
    sentence: str


@blueprint.get("")
def show() -> Response:
    """Nothing is chosen any more, e.g. after signing in anew."""
    return redirect(task_list.address())


@blueprint.post("")
def act() -> str | Response | tuple[str, int]:
    ids = list(dict.fromkeys(request.form.getlist("uppgift")))[:MOST]
    action = request.form.get("gor")
    if not ids or action not in (CLAIM, HAND_OVER, REMIND):
        flash(_("Kryssa i minst en uppgift först, och välj sedan vad du vill göra."))
        return redirect(task_list.address())
    tasks = _tasks(ids)
    if action == CLAIM:
        return _result(_("Ta över"), _each(ids, tasks, _claim), _claimed)
    if action == REMIND:
        return _remind(ids, tasks)
    return _hand_over(ids, tasks)


def _tasks(ids: Sequence[str]) -> dict[str, TaskRow]:
    with context.database().read() as connection:
        found = chosen_tasks(connection, context.person(), words.titles(), ids)
    return {task.id: task for task in found}


def _each(ids: Sequence[str], tasks: dict[str, TaskRow], unit: Callable[[Connection, TaskRow], str]) -> list[Outcome]:
    """Each in a transaction of its own, soonest due first; `unit` says in a sentence what it has done."""
    unknown = [Outcome(None, False, _("Uppgiften finns inte.")) for task_id in ids if task_id not in tasks]
    return [_one(task, unit) for task in tasks.values()] + unknown


def _one(task: TaskRow, unit: Callable[[Connection, TaskRow], str]) -> Outcome:
    try:
        return Outcome(task, True, context.database().run(lambda connection: unit(connection, task)))
    except SamflodeError as error:
        return Outcome(task, False, words.said(str(error)))


def _claim(connection: Connection, task: TaskRow) -> str:
    if task.assignee_id == context.person().id and task.state == "open":
        return _("Du hade redan tagit över den.")
    commands.claim_task(connection, context.now(), context.person(), task.id)
    return _("Du har tagit över den.")


def _claimed(count: int) -> str:
    return ngettext("%(num)s uppgift är din.", "%(num)s uppgifter är dina.", count)


def _remind(ids: list[str], tasks: dict[str, TaskRow]) -> str:
    """Asks first, as it writes to others."""
    if not request.form.get("bekrafta"):
        allowed = [task for task in tasks.values() if task.state == "open" and may_remind(context.person(), task)]
        return render_template("tasks/chosen_remind.html", tasks=allowed, others=_without(tasks, allowed))

    def unit(connection: Connection, task: TaskRow) -> str:
        told = commands.remind_task(connection, context.now(), context.person(), task.id)
        return _("Påminnelse till %(names)s.", names=", ".join(told.names))

    return _result(
        _("Påminn"),
        _each(ids, tasks, unit),
        lambda count: ngettext("%(num)s påminnelse är på väg.", "%(num)s påminnelser är på väg.", count),
    )


def _hand_over(ids: list[str], tasks: dict[str, TaskRow]) -> str | tuple[str, int]:
    to = request.form.get("person")
    if not to:
        return _choose_person(tasks)

    def unit(connection: Connection, task: TaskRow) -> str:
        commands.assign_task(connection, context.now(), context.person(), task.id, to)
        return _("Den är lämnad över.")

    return _result(
        _("Lämna över"),
        _each(ids, tasks, unit),
        lambda count: ngettext("%(num)s uppgift är lämnad över.", "%(num)s uppgifter är lämnade över.", count),
    )


def _choose_person(tasks: dict[str, TaskRow]) -> str | tuple[str, int]:
    allowed = [task for task in tasks.values() if task.state == "open" and may_assign_task(context.person(), task)]
    with context.database().read() as connection:
        candidates = find_candidates(connection, allowed)
    asked = bool(request.form.get("valt"))
    page = render_template(
        "tasks/chosen_hand_over.html",
        tasks=allowed,
        others=_without(tasks, allowed),
        candidates=candidates,
        me=context.person(),
        errors=[("person", _("Välj vem som ska ta över uppgifterna"))] if asked else [],
    )
    return (page, 422) if asked else page


def _without(tasks: dict[str, TaskRow], allowed: list[TaskRow]) -> list[TaskRow]:
    return [task for task in tasks.values() if task not in allowed]


def _result(title: str, outcomes: list[Outcome], count_words: Callable[[int], str]) -> str:
    if not any(outcome.task for outcome in outcomes):
        raise NotFound(_("Uppgiften finns inte."))
    done = sum(outcome.done for outcome in outcomes)
    return render_template(
        "tasks/chosen_result.html",
        title=title,
        outcomes=sorted(outcomes, key=lambda outcome: outcome.done),
        done=done,
        failed=len(outcomes) - done,
        done_words=count_words(done),
    )
