"""Agreements: the list, one agreement's page and its diagram."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request

from engine.authorisation import may_archive_agreement
from engine.queries import Standing, get_agreement, get_document, standings
from engine.queries.stage_rules import PRECEDENCE
from web import context
from web.views import agreement_words, focus, timeline

blueprint = Blueprint("agreements", __name__, url_prefix="/overenskommelser")

blueprint.app_template_global("line_title")(timeline.title)
blueprint.app_template_global("plan_counts")(agreement_words.plan_counts)


@dataclass(frozen=True)
class Chosen:
    """The filters of the address; what is not understood is left out."""

    over: bool
    stage: str | None
    status: str | None
    text: str

    @property
    def is_any(self) -> bool:
        return bool(self.stage or self.status or self.text)


@blueprint.get("")
def show() -> str:
    found = chosen_standings()
    mine = context.person().organisations
    return render_template(
        "agreements/list.html",
        regional=[one for one in found if one.agreement.kind == "regional"],
        mine=[one for one in found if one.agreement.organisation in mine],
        others=[one for one in found if one.agreement.kind == "local" and one.agreement.organisation not in mine],
        chosen=read_chosen(),
        stages=focus.stages(),
        kept={key: value for key, value in request.args.items() if key != "lang" and value},
    )


def chosen_standings() -> list[Standing]:
    """The agreements that the address's filters let through."""
    chosen = read_chosen()
    with context.database().read() as connection:
        found = standings(connection, context.now(), over=chosen.over)
    return [one for one in found if _fits(one, chosen)]


def read_chosen() -> Chosen:
    """The filters in the address of this request."""
    status, stage = request.args.get("lage"), request.args.get("skede")
    return Chosen(
        over=request.args.get("visa") == "alla",
        stage=stage if stage in {key for key, _title in focus.stages()} else None,
        status=status if status in PRECEDENCE else None,
        text=request.args.get("namn", "").strip()[:100],
    )


def _fits(one: Standing, chosen: Chosen) -> bool:
    if chosen.text and chosen.text.casefold() not in agreement_words.name(one.agreement).casefold():
        return False
    open_cells = [cell for cell in one.cells if cell.is_open]
    if chosen.stage and not any(cell.stage == chosen.stage for cell in open_cells):
        return False
    return not chosen.status or any(cell.status == chosen.status for cell in open_cells)


@blueprint.get("/<path:key>")
def one(key: str) -> str:
    with context.database().read() as connection:
        detail = get_agreement(connection, context.person(), context.now(), key)
        regional = detail.agreement.kind == "regional"
        document = get_document(connection, context.person(), context.now(), key) if regional else None
    return render_template(
        "agreements/one.html",
        detail=detail,
        agreement=detail.agreement,
        document=document,
        party_rows=agreement_words.party_rows(document) if document else [],
        main=agreement_words.main_cell(detail.stages),
        heading=agreement_words.heading(detail),
        lead=agreement_words.lead(detail, context.today()),
        timeline=timeline.draw(detail, context.today()),
        kind=agreement_words.kind_title(detail.agreement),
        today=context.today(),
        people=agreement_words.people(detail),
        may_archive=bool(may_archive_agreement(context.person(), detail.agreement.organisation)),
    )


@blueprint.get("/<path:key>/modell/<instance_id>.bpmn")
def model(key: str, instance_id: str) -> Response:
    """The model of one of the agreement's running processes, for the diagram on its page."""
    with context.database().read() as connection:
        detail = get_agreement(connection, context.person(), context.now(), key)
    diagram = next((one for one in detail.diagrams if one.instance_id == instance_id), None)
    if diagram is None:
        abort(404)
    return Response(diagram.bpmn, mimetype="application/xml")
