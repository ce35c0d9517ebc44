"""Reads: frozen rows for lists, pages, the API and exports. Nothing here writes."""

from engine.queries.activities import ActivityRow
from engine.queries.agreement_case import Case, get_case, read_content
from engine.queries.agreement_detail import AgreementDetail, AppointmentRow, SectionText, get_agreement
from engine.queries.agreement_document import AgreementDocument, Annex, Chapter, Signature, get_document
from engine.queries.agreement_versions import Version
from engine.queries.agreements import AgreementRow, list_agreements
from engine.queries.decision_basis import DecisionBasis, following_tasks, get_decision_basis
from engine.queries.decisions import RecordedDecision, list_decisions
from engine.queries.deviations import DeviationDetail, DeviationRow, get_deviation, list_deviations
from engine.queries.diagrams import Diagram, Step
from engine.queries.foreseen import Span
from engine.queries.history import EventRow, list_events
from engine.queries.instances import InstanceRow
from engine.queries.page import Page
from engine.queries.rows import DecisionRow, StageCell, StatusPicture, StatusRow
from engine.queries.standing import Standing, standings
from engine.queries.startable import Startable, startable
from engine.queries.status import status_picture
from engine.queries.submissions import SubmissionRow
from engine.queries.task_detail import TaskDetail, get_task
from engine.queries.task_rows import TaskCount, TaskFilter, TaskRow
from engine.queries.tasks import count_tasks, list_tasks

__all__ = [
    "ActivityRow",
    "AgreementDetail",
    "AgreementDocument",
    "AgreementRow",
    "Annex",
    "AppointmentRow",
    "Case",
    "Chapter",
    "DecisionBasis",
    "DecisionRow",
    "DeviationDetail",
    "DeviationRow",
    "Diagram",
    "EventRow",
    "InstanceRow",
    "Page",
    "RecordedDecision",
    "SectionText",
    "Signature",
    "Span",
    "StageCell",
    "Standing",
    "Startable",
    "StatusPicture",
    "StatusRow",
    "Step",
    "SubmissionRow",
    "TaskCount",
    "TaskDetail",
    "TaskFilter",
    "TaskRow",
    "Version",
    "count_tasks",
    "following_tasks",
    "get_agreement",
    "get_case",
    "get_decision_basis",
    "get_deviation",
    "get_document",
    "get_task",
    "list_agreements",
    "list_decisions",
    "list_deviations",
    "list_events",
    "list_tasks",
    "read_content",
    "standings",
    "startable",
    "status_picture",
]
